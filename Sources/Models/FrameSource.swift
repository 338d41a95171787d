// What turns recordings into the frames that a network is trained on, and is itself not trained.
import CKernels
package import Tensors

/// The frozen part of a network: recordings in, frames out.
package protocol FrameSource: Sendable {
  /// Numbers in a frame.
  var columns: Int { get }
  /// Changes with anything that changes the frames: weights, shape, choice of layers.
  var fingerprint: String { get }
  /// How many frames a recording of so many samples becomes.
  func frameCount(samples: Int) -> Int
  /// Returns the frames of each recording, `[frames, columns]`. They have the same bits whatever
  /// else is in the list and whatever the number of threads.
  func frames(of recordings: [[Float]], threads: Int) -> [Tensor]
  /// What a column of a frame holds a number of, such as a layer's state: for errors.
  func origin(ofColumn column: Int) -> String
}

extension FrameSource {
  package func origin(ofColumn column: Int) -> String { "column \(column)" }

  /// Returns what is wrong with frames that this source gave: how many numbers are infinite or
  /// none, and where the first is; nil where all are finite.
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
