// A pretrained network's folder in the Hugging Face layout, opened for reading.
package import Files
import Foundation
import Synchronization
package import Tensors

/// A checkpoint whose tensors stay in mapped files. Opening it reads only headers.
package final class Checkpoint: Sendable {
  package let folder: String
  package let configuration: TransformerConfiguration
  /// The preprocessing of recordings, and the file that specifies it.
  package let input: InputProcessing
  /// Whether the weights are random numbers for trials. Results with them are meaningless.
  package let isRandom: Bool
  /// The tensors that no part of the network reads, such as heads, sorted.
  package let unused: [String]
  /// The mapped weight files.
  package let files: [MappedFile]
  private let tensors: [String: StoredTensor]
  private let examined = Mutex<WeightExamination?>(nil)

  /// Opens a folder with `config.json`, weights and, optionally, a description of the feature
  /// extractor.
  ///
  /// - Throws: `CheckpointError` or `FileError`, one line that says what is wrong and where.
  package init(folder: String) throws {
    self.folder = folder
    try requireConfiguration(in: folder)
    let file = try ConfigurationFile(folder + "/config.json")
    configuration = try TransformerConfiguration(file)
    isRandom = try file.flag(Self.randomKey, default: false)
    input = try InputProcessing(folder: folder, encoderNorm: configuration.encoderNorm)
    let weights = try WeightFiles(folder: folder)
    let matching = try TensorMatching(weights.tensors, configuration, folder: folder)
    files = weights.files
    tensors = matching.tensors
    unused = matching.unused
  }

  /// The key in `config.json` that marks a random checkpoint.
  static let randomKey = "reprise_random_weights"

  /// Returns a tensor by its name in the bare model, such as
  /// `encoder.layers.0.attention.q_proj.weight`, in PyTorch's shape. 32-bit floats are returned as
  /// the mapped memory. 16-bit floats are converted.
  ///
  /// The position convolution's weight has the names `encoder.pos_conv_embed.conv.weight_g` and
  /// `.weight_v`, even if the file uses other names.
  ///
  /// - Precondition: the name is one of the configuration's `expectedTensors`. Opening has checked
  ///   that all of them exist with the right shapes.
  package func tensor(_ name: String) -> Tensor { stored(name).tensor }

  /// Releases the memory of a tensor that will hardly be read again. Another read loads it from the
  /// file.
  package func forget(_ name: String) {
    let tensor = stored(name)
    if let bytes = tensor.contiguousBytes {
      tensor.file.forget(tensor.offset..<tensor.offset + bytes.count)
    }
  }

  /// Whether recordings are first scaled to mean 0 and variance 1.
  package var normalizesInput: Bool { input.normalizes }

  /// The SHA-256 of everything that determines the network's numbers: the configuration, and the
  /// name, shape, type and bytes of every tensor. The first call reads the whole file.
  package var fingerprint: String { examination.fingerprint }

  /// Returns warnings about the checkpoint for the user. The first call reads the whole file.
  ///
  /// - Throws: `CheckpointError.notFinite` if a weight is infinite or NaN.
  package func warnings() throws -> [String] {
    try examination.requireFinite()
    return [input.warning, examination.warning].compactMap { $0 }
  }

  /// The result of reading every weight once.
  private var examination: WeightExamination {
    examined.withLock { examined in
      if let examined { return examined }
      let tensors = configuration.expectedTensors.map { ($0.name, stored($0.name)) }
      let result = WeightExamination(
        of: tensors, heading: "\(configuration) normalizes \(normalizesInput)")
      examined = result
      return result
    }
  }

  /// The types of the stored weights: each once, in the order of its first tensor.
  package var types: [StoredType] {
    configuration.expectedTensors.reduce(into: []) { types, tensor in
      let type = stored(tensor.name).type
      if !types.contains(type) { types.append(type) }
    }
  }

  /// The number of parameters of the network.
  package var parameterCount: Int {
    configuration.expectedTensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  private func stored(_ name: String) -> StoredTensor {
    guard let tensor = tensors[name] else { preconditionFailure("no tensor \(name)") }
    return tensor
  }
}
