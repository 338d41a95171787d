// The untrained part of a network: it turns recordings into the frames that the rest is trained on.
import CKernels
package import Tensors

/// The frozen part of a network: recordings in, frames out.
package protocol FrameSource: Sendable {
  /// The number of features in a frame.
  var columns: Int { get }
  /// Identifies the frames: it changes with the weights, the shape and the choice of layers.
  var fingerprint: String { get }
  /// The number of frames of a recording with this many samples.
  func frameCount(samples: Int) -> Int
  /// Returns the frames of each recording, `[frames, columns]`. Their bits depend neither on the
  /// other recordings in the list nor on the number of threads.
  ///
  /// - Throws: the error of a device that cannot compute.
  func frames(of recordings: [[Float]], threads: Int) throws -> [Tensor]
  /// Describes the origin of a column, such as a layer's state. Errors quote it.
  func origin(ofColumn column: Int) -> String
  /// The number of samples that it computes best in one call. Nil if more than one training step
  /// has gain nothing, as on the CPU.
  var preferredSamples: Int? { get }
  /// The bytes that it holds on its device now; nil for a source on the CPU.
  var deviceMemory: Int? { get }
}

extension FrameSource {
  package var preferredSamples: Int? { nil }
  package var deviceMemory: Int? { nil }

  package func origin(ofColumn column: Int) -> String { "column \(column)" }

  /// Describes the non-finite numbers in frames of this source: their count and the first place.
  /// Returns nil if all numbers are finite.
  package func flaw(of frames: Tensor) -> String? {
    frames.withUnsafeBuffer { values in
      let greatest = Float(bitPattern: reprise_greatest_bits(values.baseAddress, values.count))
      guard !greatest.isFinite, let first = values.firstIndex(where: { !$0.isFinite }) else {
        return nil
      }
      let count = values.count { !$0.isFinite }
      let (row, column) = (first / max(1, frames.columns), first % max(1, frames.columns))
      return "\(count) of \(values.count) numbers are not finite, the first in frame \(row), "
        + origin(ofColumn: column)
    }
  }
}
