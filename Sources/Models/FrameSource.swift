// What turns recordings into the frames that a network is trained on, and is itself not trained.
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
}
