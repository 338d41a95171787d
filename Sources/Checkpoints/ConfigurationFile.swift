// Reads `config.json` and the files of feature extractors, with the defaults of transformers 5.23.
// If a key asks for something this program does not compute, the error quotes the key.
import Files
import Foundation

/// The values of a JSON file. Each is read with its default, type and bounds.
struct ConfigurationFile {
  let path: String
  private let values: [String: Any]
  /// The path of the object within the file: `feature_extractor.`, or empty.
  private var place = ""

  /// - Throws: `FileError` if the file cannot be read or is not a JSON object.
  init(_ path: String) throws {
    self.path = path
    let data = try Data(readingFile: path)
    guard let values = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw FileError.damaged(
        path: path, problem: "expected a JSON object", remedy: "download it again")
    }
    self.values = values
  }

  private init(path: String, values: [String: Any], place: String) {
    (self.path, self.values, self.place) = (path, values, place)
  }

  /// Whether the key has a value other than null.
  func has(_ key: String) -> Bool { values[key].map { !($0 is NSNull) } ?? false }

  func isText(_ key: String) -> Bool { values[key] is String }

  /// The object under a key, or nil if it is not an object.
  func section(_ key: String) -> ConfigurationFile? {
    guard let object = values[key] as? [String: Any] else { return nil }
    return ConfigurationFile(path: path, values: object, place: place + key + ".")
  }

  /// Throws if the value of the key is not a number.
  func requireNumber(_ key: String) throws {
    guard let value = values[key], !(value is NSNull) else { return }
    guard value is NSNumber, !Self.isFlag(value) else {
      throw failure(key, expected: "a number")
    }
  }

  /// Returns the error for the value of a key.
  func failure(_ key: String, expected: String) -> CheckpointError {
    let found = values[key].map { String(describing: $0).replacing("\n", with: " ") } ?? "none"
    return .configuration(
      path: path, key: place + key, expected: expected, found: String(found.prefix(80)))
  }

  func number(_ key: String, _ range: ClosedRange<Int>, default fallback: Int) throws -> Int {
    guard let value = values[key], !(value is NSNull) else { return fallback }
    guard let number = Self.integer(value), range.contains(number) else {
      throw failure(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func fraction(_ key: String, default fallback: Double) throws -> Float {
    guard let value = values[key], !(value is NSNull) else { return Float(fallback) }
    guard let number = value as? NSNumber, !Self.isFlag(value), number.doubleValue > 0,
      number.doubleValue < 1
    else { throw failure(key, expected: "a number between 0 and 1") }
    return number.floatValue
  }

  func flag(_ key: String, default fallback: Bool) throws -> Bool {
    guard let value = values[key], !(value is NSNull) else { return fallback }
    guard Self.isFlag(value), let flag = value as? Bool else {
      throw failure(key, expected: "true or false")
    }
    return flag
  }

  func text(_ key: String, oneOf choices: [String], default fallback: String?) throws -> String {
    let value = values[key] as? String ?? (values[key] == nil ? fallback : nil)
    guard let value, choices.contains(value) else {
      throw failure(key, expected: choices.joined(separator: " or "))
    }
    return value
  }

  func numbers(
    _ key: String, _ range: ClosedRange<Int>, count: Int?, default fallback: [Int]
  ) throws -> [Int] {
    guard let value = values[key], !(value is NSNull) else { return fallback }
    let numbers = (value as? [Any])?.map(Self.integer) ?? []
    let found = numbers.compactMap { $0 }.filter(range.contains)
    guard !found.isEmpty, found.count == numbers.count, found.count <= 32,
      count.map({ $0 == found.count }) ?? true
    else {
      let many = count.map { "\($0)" } ?? "1 to 32"
      throw failure(
        key, expected: "\(many) whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
    return found
  }

  /// Foundation reads JSON's true as a number and accepts `1` as a Boolean.
  private static func isFlag(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
  }

  private static func integer(_ value: Any) -> Int? {
    guard !isFlag(value), let number = value as? NSNumber, let whole = Int(exactly: number) else {
      return nil
    }
    return whole
  }
}

extension TransformerConfiguration {
  /// Reads `config.json`.
  init(_ file: ConfigurationFile) throws {
    let model = try file.text(
      "model_type", oneOf: Family.allCases.map(\.rawValue), default: nil)
    guard let family = Family(rawValue: model) else {
      throw file.failure("model_type", expected: "")
    }
    for key in ["hidden_act", "feat_extract_activation"] {
      _ = try file.text(key, oneOf: ["gelu"], default: "gelu")
    }
    for key in ["add_adapter", "conv_pos_batch_norm"] where try file.flag(key, default: false) {
      throw file.failure(key, expected: "false, the only value that this program supports")
    }
    let normalizesFirst = try file.flag("do_stable_layer_norm", default: false)
    // transformers adds adapters only to layers with norms before attention.
    guard !normalizesFirst || !file.has("adapter_attn_dim") else {
      throw file.failure(
        "adapter_attn_dim", expected: "null, since adapters within layers are not supported")
    }
    let channels = try file.numbers(
      "conv_dim", 1...8192, count: nil, default: [Int](repeating: 512, count: 7))
    let norm = try file.text(
      "feat_extract_norm", oneOf: EncoderNorm.allCases.map(\.rawValue), default: "group")
    self.init(
      family: family, width: try file.number("hidden_size", 1...16_384, default: 768),
      layers: try file.number("num_hidden_layers", 1...256, default: 12),
      heads: try file.number("num_attention_heads", 1...256, default: 12),
      feedForward: try file.number("intermediate_size", 1...65_536, default: 3072),
      epsilon: try file.fraction("layer_norm_eps", default: 1e-5),
      normalizesFirst: normalizesFirst,
      encoderNorm: EncoderNorm(rawValue: norm) ?? .group, convolutionChannels: channels,
      convolutionKernels: try file.numbers(
        "conv_kernel", 1...1024, count: channels.count, default: [10, 3, 3, 3, 3, 2, 2]),
      convolutionStrides: try file.numbers(
        "conv_stride", 1...1024, count: channels.count, default: [5, 2, 2, 2, 2, 2, 2]),
      convolutionBias: try file.flag("conv_bias", default: false),
      normalizesProjection: family == .hubert
        ? try file.flag("feat_proj_layer_norm", default: true) : true,
      positionKernel: try file.number("num_conv_pos_embeddings", 1...4096, default: 128),
      positionGroups: try file.number("num_conv_pos_embedding_groups", 1...4096, default: 16),
      positionBuckets: try file.number("num_buckets", 4...65_536, default: 320),
      greatestPositionDistance: try file.number(
        "max_bucket_distance", 2...1_000_000, default: 800))
    for (key, divisor) in [
      ("num_attention_heads", heads), ("num_conv_pos_embedding_groups", positionGroups),
    ] where width % divisor != 0 {
      throw file.failure(key, expected: "a divisor of hidden_size, \(width)")
    }
    if convolutionKernels.count != channels.count || convolutionStrides.count != channels.count {
      throw file.failure("conv_dim", expected: "as many values as conv_kernel and conv_stride")
    }
    if family == .wavlm, positionBuckets % 4 != 0 || greatestPositionDistance <= positionBuckets / 4
    {
      throw file.failure(
        "num_buckets", expected: "a multiple of 4, below 4 times max_bucket_distance")
    }
  }
}
