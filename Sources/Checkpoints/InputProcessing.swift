// How a checkpoint's waveforms are preprocessed, and which file specifies it.
import Files
import Foundation

/// The steps of a checkpoint's feature extractor before the network.
package struct InputProcessing: Sendable, Equatable {
  /// The origin of this information.
  package enum Source: Sendable, Equatable {
    /// The files that specify it.
    case files([String])
    /// No file specifies it. This is the usual choice for published models with this encoder norm.
    case guess(TransformerConfiguration.EncoderNorm)
  }

  /// `do_normalize`: whether each waveform is first scaled to mean 0 and variance 1.
  package let normalizes: Bool
  package let source: Source

  /// The file that transformers wrote before version 5.3, and the file it has written since.
  static let fileNames = ["preprocessor_config.json", "processor_config.json"]

  /// Reads those of the two files that exist.
  ///
  /// - Throws: `CheckpointError.contradiction` if they differ, `CheckpointError.configuration` for
  ///   a wrong value, or `FileError`.
  init(folder: String, encoderNorm: TransformerConfiguration.EncoderNorm) throws {
    let present = Self.fileNames.filter { isEntry("\(folder)/\($0)") }
    var answers: [Answer] = []
    for name in present {
      answers += try Self.sections(of: name, in: folder, present).map { try Answer($0, name) }
    }
    guard let first = answers.first else {
      normalizes = encoderNorm == .layer
      source = .guess(encoderNorm)
      return
    }
    for other in answers.dropFirst() {
      if let key = first.difference(from: other) {
        throw CheckpointError.contradiction(
          folder: folder, key: key, first: first.text(key), second: other.text(key))
      }
    }
    for answer in answers { try answer.check() }
    normalizes = first.normalizes
    var names: [String] = []
    for answer in answers where !names.contains(answer.name) { names.append(answer.name) }
    source = .files(names)
  }

  /// The origin as text for people.
  package var sourceText: String {
    switch source {
    case .files(let names): names.joined(separator: " and ")
    case .guess(let norm):
      "guessed from feat_extract_norm \(norm.rawValue) of config.json"
    }
  }

  /// A warning for the user, or nil if a file specifies the preprocessing.
  package var warning: String? {
    guard case .guess = source else { return nil }
    return """
      no file says whether recordings are brought to mean 0 and variance 1: \
      \(normalizes ? "they are" : "they are not"), \(sourceText); \
      put the model's preprocessor_config.json or processor_config.json into the folder
      """
  }

  /// The objects in a file that describe a feature extractor.
  private static func sections(
    of name: String, in folder: String, _ present: [String]
  ) throws -> [ConfigurationFile] {
    let file = try ConfigurationFile("\(folder)/\(name)")
    var sections: [ConfigurationFile] = []
    for key in ["feature_extractor", "audio_processor"] where file.has(key) {
      if let section = file.section(key) {
        sections.append(section)
      } else if !file.isText(key) || present.count == 1 && !file.hasExtractor {
        // A text is the name of a class. The values must then be elsewhere.
        throw file.failure(key, expected: "an object with do_normalize and sampling_rate")
      }
    }
    // The older file always describes an extractor, even if every key has its default.
    if file.hasExtractor || sections.isEmpty && name == fileNames[0] { sections.append(file) }
    return sections
  }
}

/// The contents of one description of an extractor.
private struct Answer {
  let file: ConfigurationFile
  let name: String
  let normalizes: Bool
  private let rate: Int
  private let size: Int

  init(_ file: ConfigurationFile, _ name: String) throws {
    (self.file, self.name) = (file, name)
    normalizes = try file.flag("do_normalize", default: true)
    rate = try file.number("sampling_rate", 1...1_000_000, default: 16_000)
    size = try file.number("feature_size", 1...1_000_000, default: 1)
    _ = try file.flag("return_attention_mask", default: false)
    try file.requireNumber("padding_value")
  }

  func difference(from other: Answer) -> String? {
    if normalizes != other.normalizes { return "do_normalize" }
    if rate != other.rate { return "sampling_rate" }
    return size == other.size ? nil : "feature_size"
  }

  /// `preprocessor_config.json says true`.
  func text(_ key: String) -> String {
    let value =
      switch key {
      case "do_normalize": "\(normalizes)"
      case "sampling_rate": "\(rate)"
      default: "\(size)"
      }
    return "\(name) says \(value)" + (file.has(key) ? "" : " by default")
  }

  /// Throws if the description asks for something this program does not compute.
  func check() throws {
    let known = "Wav2Vec2FeatureExtractor"
    _ = try file.text("feature_extractor_type", oneOf: [known], default: known)
    guard rate == 16_000 else {
      throw file.failure("sampling_rate", expected: "16000, the rate of this program's waveforms")
    }
    guard size == 1 else { throw file.failure("feature_size", expected: "1, a waveform") }
  }
}

extension ConfigurationFile {
  /// Whether the object has a key of a waveform's feature extractor.
  fileprivate var hasExtractor: Bool {
    ["do_normalize", "sampling_rate", "feature_size", "feature_extractor_type"].contains(where: has)
  }
}

/// Whether a folder has such an entry. A dangling link counts.
func isEntry(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}
