// Reads all weights of a network once, to compute their fingerprint and to find wrong numbers.
import CKernels
import Files
import Tensors

/// The result of examining the weights of a network.
struct WeightExamination {
  /// SHA-256 of the heading and of all tensors.
  let fingerprint: String
  /// The tensors with infinite numbers or NaN, by file, with their count.
  private let notFinite: [(path: String, tensor: String)]
  /// The tensors with numbers that a trained network can hardly have.
  private let implausible: [String]

  /// A weight beyond this is implausible. 16-bit floats end at 65504, and published models fit into
  /// them.
  private static let greatestPlausible: Float = 1e5
  /// A matrix whose greatest weight is below this has no effect.
  private static let leastPlausible: Float = 1e-12

  /// Reads every number once.
  ///
  /// - Parameter heading: everything else that determines the network's numbers.
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

  /// The bits of the greatest magnitude as a 32-bit float. If a number is not finite, they are at
  /// least those of infinity.
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

  /// - Throws: `CheckpointError.notFinite` with the tensors of the first affected file.
  func requireFinite() throws {
    guard let path = notFinite.first?.path else { return }
    throw CheckpointError.notFinite(
      path: path, tensors: notFinite.filter { $0.path == path }.map(\.tensor))
  }

  /// A warning about implausible weights, or nil if there are none.
  var warning: String? {
    guard !implausible.isEmpty else { return nil }
    return
      "\(countOfTensors(implausible.count)) implausible weights: "
      + implausible.prefix(5).joined(separator: ", ") + (implausible.count > 5 ? ", …" : "")
      + "; check the file against its publisher's checksum"
  }
}
