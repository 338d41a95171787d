// One pass over all weights of a network: their fingerprint, and whether the numbers can be right.
import CKernels
import Files
import Tensors

/// What was found in the weights of a network.
struct WeightExamination {
  /// SHA-256 of the heading and of every tensor.
  let fingerprint: String
  /// Tensors with numbers that are infinite or none, by file, with how many.
  private let notFinite: [(path: String, tensor: String)]
  /// Tensors whose numbers can hardly be those of a trained network.
  private let implausible: [String]

  /// A greatest weight beyond this is said to be implausible: 16-bit floats end at 65504, and
  /// published models fit into them.
  private static let greatestPlausible: Float = 1e5
  /// A matrix whose greatest weight is below this does nothing.
  private static let leastPlausible: Float = 1e-12

  /// Reads every number once.
  ///
  /// - Parameter heading: what else determines the network's numbers.
  init(of tensors: [(name: String, tensor: StoredTensor)], heading: String) {
    var hash = StreamedDigest()
    hash.add(heading)
    var notFinite: [(path: String, tensor: String)] = []
    var implausible: [String] = []
    for (name, tensor) in tensors {
      hash.add("\n\(name) \(tensor.shape) \(tensor.type)\n")
      let bits: UInt32
      if let bytes = tensor.contiguousBytes {
        hash.add(bytes)
        bits = Self.greatestBits(bytes, tensor)
      } else {
        bits = tensor.tensor.withUnsafeBuffer {
          hash.add(UnsafeRawBufferPointer($0))
          return reprise_greatest_bits($0.baseAddress, $0.count)
        }
      }
      let greatest = Float(bitPattern: bits)
      if !greatest.isFinite {
        let count = tensor.tensor.array.count { !$0.isFinite }
        notFinite.append((tensor.file.path, "\(name) (\(count) of \(tensor.count))"))
      } else if greatest > Self.greatestPlausible {
        implausible.append("\(name) (up to \(greatest))")
      } else if greatest < Self.leastPlausible, tensor.shape.count > 1, tensor.count > 0 {
        implausible.append("\(name) (\(greatest == 0 ? "all zero" : "at most \(greatest)"))")
      }
    }
    (fingerprint, self.notFinite, self.implausible) = (hash.hexadecimal, notFinite, implausible)
  }

  /// The bits of the greatest magnitude as a 32-bit float: those of infinity or more where a number
  /// is not finite.
  private static func greatestBits(
    _ bytes: UnsafeRawBufferPointer, _ tensor: StoredTensor
  ) -> UInt32 {
    switch tensor.type {
    case .float32: return reprise_greatest_bits(bytes.baseAddress, tensor.count)
    case .bfloat16:
      return UInt32(reprise_greatest_short_bits(bytes.baseAddress, tensor.count)) << 16
    case .float16:
      let bits = reprise_greatest_short_bits(bytes.baseAddress, tensor.count)
      var value: Float = 0
      withUnsafeBytes(of: bits) { reprise_widen_half($0.baseAddress, &value, 1) }
      return value.bitPattern
    case .other: return 0
    }
  }

  /// - Throws: `CheckpointError.notFinite` with the tensors of the first file that has such.
  func requireFinite() throws {
    guard let path = notFinite.first?.path else { return }
    throw CheckpointError.notFinite(
      path: path, tensors: notFinite.filter { $0.path == path }.map(\.tensor))
  }

  /// What to say of weights that can hardly be right; nil where there are none.
  var warning: String? {
    guard !implausible.isEmpty else { return nil }
    return
      "\(countOfTensors(implausible.count)) implausible weights: "
      + implausible.prefix(5).joined(separator: ", ") + (implausible.count > 5 ? ", …" : "")
      + "; check the file against its publisher's checksum"
  }
}
