// Stored settings: the bytes of runs of version 0.5, keys that a version did not know, and keys
// that only a newer version knows.
import Files
import Foundation
import Settings
import Testing

/// The defaults as version 0.5 wrote them.
private let defaults =
  #"{"augmentation":{"frequency_mask_width":12,"frequency_masks":1,"frequency_shift":4,"#
  + #""gain_offset":0,"highest_signal_to_noise":10,"least_power":1e-10,"#
  + #""lowest_signal_to_noise":-5,"mix_probability":0.5,"mixup":"eam","noise":0,"#
  + #""statistics_noise":0.3,"tempo":0.15,"time_mask_width":40,"time_masks":1},"#
  + #""features":{"bands":80,"floor":1e-07,"high_frequency":8000,"highest_pitch":500,"hop":10,"#
  + #""low_frequency":20,"lowest_pitch":60,"normalization":"speaker","pitch_window":40,"#
  + #""prosody":true,"statistics":true,"voicing_threshold":0.5,"window":25},"#
  + #""loss":{"center":0.002,"focal":1,"focal_gamma":2,"kl":1,"label_smoothing":0.1,"#
  + #""supcon":0.1,"temperature":0.07},"model":{"backbone":"compact","blocks":1,"dropout":0.2,"#
  + #""embedding":64,"head_dropout":0.3,"heads":16,"kernel":5,"pooling":"flam","#
  + #""statistics_dropout":0.3,"statistics_hidden":64,"width":128},"signal":{"gain":"none","#
  + #""maximum_duration":6.25,"sample_rate":16000,"trim":30,"trim_margin":0.1},"#
  + #""training":{"batch_size":16,"beta1":0.9,"beta2":0.98,"center_learning_rate":0.005,"#
  + #""decay":0.875,"epochs":30,"epsilon":1e-09,"gradient_clip":5,"learning_rate":0.002,"#
  + #""schedule":"one-cycle","selection":"last","warmup":0.3,"weight_averaging":0,"#
  + #""weight_decay":0.01}}"#

/// A plain system as version 0.5 wrote it, with one change in the section of the pretrained
/// backbone.
private let plain =
  #"{"augmentation":{"frequency_mask_width":12,"frequency_masks":1,"frequency_shift":4,"#
  + #""gain_offset":0,"highest_signal_to_noise":10,"least_power":1e-10,"#
  + #""lowest_signal_to_noise":-5,"mix_probability":0.5,"mixup":"none","noise":0,"#
  + #""statistics_noise":0.3,"tempo":0.15,"time_mask_width":40,"time_masks":1},"#
  + #""features":{"bands":80,"floor":1e-07,"high_frequency":8000,"highest_pitch":500,"hop":10,"#
  + #""low_frequency":20,"lowest_pitch":60,"normalization":"speaker","pitch_window":40,"#
  + #""prosody":true,"statistics":true,"voicing_threshold":0.5,"window":25},"#
  + #""loss":{"center":0,"focal":0,"focal_gamma":2,"kl":1,"label_smoothing":0.1,"supcon":0,"#
  + #""temperature":0.07},"model":{"backbone":"compact","blocks":1,"dropout":0.2,"#
  + #""embedding":64,"head_dropout":0.3,"heads":4,"kernel":5,"pooling":"mean","#
  + #""statistics_dropout":0.3,"statistics_hidden":64,"width":16},"#
  + #""pretrained":{"frame_precision":"float32","layer_decay":1,"layers":"last","#
  + #""recompute":true,"trainable_from_layer":-1},"signal":{"gain":"none","#
  + #""maximum_duration":6.25,"sample_rate":16000,"trim":30,"trim_margin":0.1},"#
  + #""training":{"batch_size":16,"beta1":0.9,"beta2":0.98,"center_learning_rate":0.005,"#
  + #""decay":0.875,"epochs":1,"epsilon":1e-09,"gradient_clip":5,"learning_rate":0.002,"#
  + #""schedule":"one-cycle","selection":"last","warmup":0.3,"weight_averaging":0,"#
  + #""weight_decay":0.01}}"#

/// The protocol's defaults as version 0.5 wrote them.
private let protocolDefaults =
  #"{"allow_incomplete":false,"evaluate_on":"test","ravdess_folds":"emobox","selection_seeds":1,"#
  + #""test_trajectory":true}"#

private func text(_ value: some Encodable) throws -> String {
  String(decoding: try canonicalJSON(value), as: UTF8.self)
}

private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
  try decodeJSON(type, from: Data(text.utf8))
}

extension SettingsTree {
  /// Another value of the same kind for each leaf.
  fileprivate var changed: SettingsTree {
    switch self {
    case .integer(let value): .integer(value + 1)
    case .number(let value): .number(value + 0.125)
    case .boolean(let value): .boolean(!value)
    case .choice(let value, let names): .choice(names.last { $0 != value } ?? value, of: names)
    case .section(let parts):
      .section(
        parts.map { part in
          var part = part
          part.value = part.value.changed
          return part
        })
    }
  }

  /// The tree as a JSON object without the value at a path.
  fileprivate func json(without path: [Substring]) -> Any {
    switch self {
    case .integer(let value): value
    case .number(let value): value
    case .boolean(let value): value
    case .choice(let value, _): value
    case .section(let parts):
      Dictionary(
        parts.filter { [Substring($0.key)] != path }.map { part in
          let below = path.first.map { $0 == part.key } ?? false
          return (part.key, part.value.json(without: below ? Array(path.dropFirst()) : []))
        }
      ) { $1 }
    }
  }

  /// The leaves, with those at or below a path taken from another tree.
  fileprivate func leaves(taking path: String, from other: SettingsTree) -> [SettingsTree] {
    zip(leaves, other.leaves).map { own, others in
      (own.path + ".").hasPrefix(path + ".") ? others.value : own.value
    }
  }

  /// The paths of all settings and sections.
  fileprivate var paths: [String] {
    guard case .section(let parts) = self else { return [] }
    return parts.flatMap { part in
      [part.key] + part.value.paths.map { part.key + "." + $0 }
    }
  }
}

/// Settings of type `Section` in which no value is the default, without the value at `path`.
private func decodeChanged<Section: SettingsSection>(
  _ type: Section.Type, without path: String
) throws -> (whole: SettingsTree, read: SettingsTree) {
  let whole = Section().tree.changed
  let object = whole.json(without: path.split(separator: "."))
  let data = try JSONSerialization.data(withJSONObject: object)
  return (whole, try decodeJSON(type, from: data).tree)
}

@Suite struct `Stored settings` {
  @Test(arguments: [defaults, plain])
  func `of version 0.5 come back, and are written to the same bytes`(stored: String) throws {
    #expect(try text(try decode(VariantSettings.self, stored)) == stored)
  }

  @Test func `at their defaults have the bytes of version 0.5, on which addresses of cells rest`()
    throws
  {
    #expect(try text(VariantSettings()) == defaults)
    #expect(try text(ProtocolSettings()) == protocolDefaults)
    #expect(try decode(ProtocolSettings.self, protocolDefaults) == ProtocolSettings())
    var changed = VariantSettings()
    changed.loss.kl = 2
    #expect(try text(changed) == defaults.replacingOccurrences(of: #""kl":1,"#, with: #""kl":2,"#))
  }

  @Test(arguments: VariantSettings().tree.paths)
  func `without a key have its default and everything else`(path: String) throws {
    let (whole, read) = try decodeChanged(VariantSettings.self, without: path)
    let expected = whole.leaves(taking: path, from: VariantSettings().tree)
    #expect(read.leaves.map(\.value) == expected)
    #expect(read != whole)
  }

  @Test func `with every key have everything`() throws {
    let (whole, read) = try decodeChanged(VariantSettings.self, without: "")
    #expect(read == whole && whole != VariantSettings().tree)
  }

  @Test(arguments: ProtocolSettings().tree.paths)
  func `of a protocol without a key have what versions without it did`(path: String) throws {
    let (whole, read) = try decodeChanged(ProtocolSettings.self, without: path)
    var before = ProtocolSettings()
    (before.testTrajectory, before.selectionSeeds) = (false, 0)
    #expect(read.leaves.map(\.value) == whole.leaves(taking: path, from: before.tree))
  }

  @Test func `without any key at all are those of before too`() throws {
    var before = ProtocolSettings()
    (before.testTrajectory, before.selectionSeeds) = (false, 0)
    #expect(try decode(ProtocolSettings.self, "{}") == before)
    #expect(try decode(VariantSettings.self, "{}") == VariantSettings())
  }

  @Test(arguments: [
    (#""loss":{"#, #""loss":{"mean_square":1,"#, "at loss: has the key meanSquare"),
    (#"{"augmentation""#, #"{"adversary":{},"augmentation""#, "has the key adversary"),
  ])
  func `with a key that no setting has are refused by its name`(
    old: String, new: String, problem: String
  ) throws {
    let newer = defaults.replacingOccurrences(of: old, with: new)
    #expect(newer != defaults)
    let error = #expect(throws: DecodingError.self) { try decode(VariantSettings.self, newer) }
    #expect(error?.isOfNewerVersion == true)
    #expect(error?.problem == problem + ", which this version does not know")
  }

  @Test(arguments: [
    (#""epochs":30"#, #""epochs":"many""#), (#""epochs":30"#, #""epochs":null"#),
    (#""epochs":30"#, #""epochs":1e99"#), (#""mixup":"eam""#, #""mixup":"all""#),
    (#""prosody":true"#, #""prosody":1"#), (#""trim":30"#, #""trim":[30]"#),
  ])
  func `with a value of another kind are refused, and not as those of a newer version`(
    old: String, new: String
  ) throws {
    let damaged = defaults.replacingOccurrences(of: old, with: new)
    #expect(damaged != defaults)
    let error = #expect(throws: DecodingError.self) { try decode(VariantSettings.self, damaged) }
    #expect(error?.isOfNewerVersion == false)
  }
}

@Suite struct `Settings as values` {
  @Test func `are copied: a change of one leaves the other`() {
    var first = VariantSettings()
    let second = first
    first.loss.kl = 3
    var third = first
    third.loss.kl = 4
    #expect((first.loss.kl, second.loss.kl, third.loss.kl) == (3, 1, 4))
    #expect(first != second && second == VariantSettings())
    #expect(Set([first, second, third, VariantSettings()]).count == 3)
  }

  @Test func `as text say every value, so that different ones are different`() {
    let text = "\(LossSettings())"
    #expect(text.hasPrefix("LossSettings(kl: 1.0, focal: 1.0, focal_gamma: 2.0, "))
    for leaf in VariantSettings().tree.leaves {
      #expect("\(VariantSettings())".contains("\(leaf.path): \(leaf.value.text ?? "?")"))
    }
    var other = VariantSettings()
    other.training.selection = .bestValidation
    #expect("\(other)" != "\(VariantSettings())")
  }

  @Test func `that were read share nothing with those read before or made anew`() throws {
    let stored = try decode(VariantSettings.self, plain)
    #expect(stored.model.width == 16 && VariantSettings().model.width == 128)
    let again = try decode(VariantSettings.self, defaults)
    #expect(stored.model.width == 16 && again.model.width == 128)
  }

  @Test func `are changed by one task without another's noticing`() async {
    let shared = VariantSettings()
    let sums = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask {
          var own = shared
          for value in 0..<1000 { own.training.epochs = task * 1000 + value }
          return own.training.epochs
        }
      }
      var sums: [Int] = []
      for await sum in group { sums.append(sum) }
      return sums.sorted()
    }
    #expect(sums == (0..<8).map { $0 * 1000 + 999 })
    #expect(shared == VariantSettings())
  }
}
