// A pretrained network's folder as Hugging Face lays it out, opened for reading.
package import Files
import Foundation
import Synchronization
package import Tensors

/// A checkpoint whose tensors lie in mapped files: opening reads headers alone.
package final class Checkpoint: Sendable {
  package let folder: String
  package let configuration: TransformerConfiguration
  /// What is done to a recording first, and which file says so.
  package let input: InputProcessing
  /// Whether the weights are random numbers made for trials: results with them mean nothing.
  package let isRandom: Bool
  /// Tensors in the files that no part of the network reads, such as heads; sorted.
  package let unused: [String]
  /// The weight files, mapped.
  package let files: [MappedFile]
  private let tensors: [String: StoredTensor]
  private let examined = Mutex<WeightExamination?>(nil)

  /// Opens a folder with `config.json`, weights, and perhaps a file about the feature extractor.
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

  /// The key of `config.json` by which a random checkpoint can be told.
  static let randomKey = "reprise_random_weights"

  /// Returns a tensor by its name within the bare model, such as
  /// `encoder.layers.0.attention.q_proj.weight`, in PyTorch's shape. 32-bit floats are the mapped
  /// memory itself; 16-bit ones are converted by this call.
  ///
  /// The weight of the position convolution is found as `encoder.pos_conv_embed.conv.weight_g` and
  /// `.weight_v`, whichever names the file uses.
  ///
  /// - Precondition: the name is one of the configuration's `expectedTensors`; opening has checked
  ///   that these are all there, in their shapes.
  package func tensor(_ name: String) -> Tensor { stored(name).tensor }

  /// Gives back the memory of a tensor that will hardly be read again; reading it again reads the
  /// file again.
  package func forget(_ name: String) {
    let tensor = stored(name)
    if let bytes = tensor.contiguousBytes {
      tensor.file.forget(tensor.offset..<tensor.offset + bytes.count)
    }
  }

  /// Whether recordings are brought to mean 0 and variance 1 first.
  package var normalizesInput: Bool { input.normalizes }

  /// The SHA-256 of all that determines the network's numbers: the configuration, and every
  /// tensor's name, shape, type and bytes. The first time, this reads the whole file.
  package var fingerprint: String { examination.fingerprint }

  /// Returns what a user should know of the checkpoint. The first time, this reads the whole file.
  ///
  /// - Throws: `CheckpointError.notFinite` if a weight is infinite or no number.
  package func warnings() throws -> [String] {
    try examination.requireFinite()
    return [input.warning, examination.warning].compactMap { $0 }
  }

  /// What was found in reading every weight once.
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

  /// What the weights are stored as: each type once, in the order of its first tensor.
  package var types: [StoredType] {
    configuration.expectedTensors.reduce(into: []) { types, tensor in
      let type = stored(tensor.name).type
      if !types.contains(type) { types.append(type) }
    }
  }

  /// How many numbers the network has.
  package var parameterCount: Int {
    configuration.expectedTensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  private func stored(_ name: String) -> StoredTensor {
    guard let tensor = tensors[name] else { preconditionFailure("no tensor \(name)") }
    return tensor
  }
}
