// Pooling without trained weights. On frozen frames its result is the same in every epoch.
import Autograd
package import Tensors

/// A pooling of frames that depends on nothing but the frames.
package enum FrameSummary: Hashable, Sendable {
  /// `z = mean_t F_t`.
  case mean
  /// `z = max_t F_t`, feature by feature.
  case max

  /// Returns the pooled frames and the pooled context-broadcast frames, both `[S, D]`. See
  /// `FramePooling.pooled`.
  func pooled(
    _ frames: Variable, _ sequences: Ragged, _ tape: Tape
  ) -> (pooled: Variable, broadcast: Variable) {
    switch self {
    case .mean:
      let z = tape.mean(frames, within: sequences)
      return (z, z)
    case .max:
      let z = tape.maximum(frames, within: sequences)
      return (z, tape.mean(z, tape.mean(frames, within: sequences)))
    }
  }

  /// Returns both results for the frames of one utterance side by side, `[1, 2D]`.
  package func row(of frames: Tensor) -> Tensor {
    let (pooled, broadcast) = pooled(
      Variable(constant: frames), Ragged([frames.rows]), Tape(recording: false))
    return Tensor(
      shape: [1, 2 * frames.columns], values: pooled.value.array + broadcast.value.array)
  }

  /// Returns both results from the rows of S utterances, `[S, 2D]`.
  static func parts(of rows: Tensor) -> (pooled: Variable, broadcast: Variable) {
    let width = rows.columns / 2
    return (
      Variable(constant: rows.firstColumns(width)), Variable(constant: rows.lastColumns(width))
    )
  }
}
