// The output of `reprise backbone inspect`.
import Files
import Foundation

/// A checkpoint's shape, sizes and hashes.
package struct CheckpointInspection: Encodable {
  package struct File: Encodable {
    package let path: String
    /// The size in bytes.
    package let size: Int
    package let sha256: String
  }

  package let folder: String
  package let family: String
  package let layers: Int
  package let width: Int
  package let heads: Int
  package let feedForward: Int
  /// The normalisation of the feature encoder, and whether the network is pre-norm.
  package let encoderNorm: String
  package let normalizesFirst: Bool
  package let normalizesInput: Bool
  /// The files that specify it, or the basis of a guess.
  package let normalizesInputSource: String
  package let parameters: Int
  /// The types of the stored numbers.
  package let types: [String]
  package let files: [File]
  /// SHA-256 of everything that determines the network's numbers.
  package let fingerprint: String
  /// Tensors that no part of the network reads.
  package let unused: [String]
  /// Whether the weights are random.
  package let synthetic: Bool
  /// Warnings for the user.
  package let warnings: [String]

  /// Hashes the files and examines every weight.
  ///
  /// - Throws: `CheckpointError.notFinite`.
  package init(_ checkpoint: Checkpoint) throws {
    warnings = try checkpoint.warnings()
    let configuration = checkpoint.configuration
    folder = checkpoint.folder
    family = configuration.family.rawValue
    layers = configuration.layers
    width = configuration.width
    heads = configuration.heads
    feedForward = configuration.feedForward
    encoderNorm = configuration.encoderNorm.rawValue
    normalizesFirst = configuration.normalizesFirst
    normalizesInput = checkpoint.normalizesInput
    normalizesInputSource = checkpoint.input.sourceText
    parameters = checkpoint.parameterCount
    types = checkpoint.types.map(\.description)
    files = checkpoint.files.map { file in
      var hash = StreamedDigest()
      hash.add(file.bytes)
      return File(path: file.path, size: file.bytes.count, sha256: hash.hexadecimal)
    }
    fingerprint = checkpoint.fingerprint
    unused = checkpoint.unused
    synthetic = checkpoint.isRandom
  }

  /// The inspection as lines for a terminal.
  package var text: String {
    let megabytes = files.map { String(format: "%.1f MB", Double($0.size) / 1e6) }
    return
      ((synthetic ? ["SYNTHETIC: random weights, for trials only"] : [])
      + [
        "\(family): \(layers) layers of \(width) features, \(heads) heads, "
          + "\(feedForward) hidden units",
        "norms \(normalizesFirst ? "before" : "behind") attention, feature encoder normalised by "
          + "\(encoderNorm), input \(normalizesInput ? "" : "not ")brought to mean 0 "
          + "and variance 1 (\(normalizesInputSource))",
        String(format: "%.1f M parameters as ", Double(parameters) / 1e6)
          + types.joined(separator: ", "),
        "fingerprint \(fingerprint)",
      ]
      + zip(files, megabytes).map { "\($0.path): \($1), SHA-256 \($0.sha256)" }
      + (unused.isEmpty ? [] : ["not used: " + unused.joined(separator: ", ")])
      + (warnings.isEmpty ? ["no problems found"] : warnings.map { "warning: " + $0 })).joined(
        separator: "\n")
  }
}
