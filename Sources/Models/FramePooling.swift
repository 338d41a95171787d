// Pools the frames of an utterance into one vector: the paper's frame-level attention module (FLAM)
// and the poolings it is compared with.
package import Autograd
package import Layers
package import Randomness
package import Settings
package import Tensors

/// Pools the frames F of each utterance to z.
package enum FramePooling: Sendable {
  /// `H = F + MSA(F)`, `α = softmax_t(H w)`, `z = Σ_t α_t H_t` (P).
  case flam(FrameAttention)
  /// Mean or maximum, without trained weights.
  case untrained(FrameSummary)

  /// - Parameter width: the number of features of a frame, D.
  package init(
    _ settings: ModelSettings, width: Int, in parameters: inout Parameters,
    using random: RandomStream
  ) {
    switch settings.pooling {
    case .flam:
      self = .flam(
        FrameAttention(
          "flam", width: width, heads: settings.heads, in: &parameters, using: random))
    case .mean: self = .untrained(.mean)
    case .max: self = .untrained(.max)
    }
  }

  /// Returns the pooled frames and the pooled context-broadcast frames of each utterance.
  ///
  /// Context broadcasting (CB) is `CB(H)_t = (H_t + mean_t H)/2`. The weights sum to 1, so its
  /// pooled value is `(z + mean_t H)/2`, and the frames themselves need no change. The same holds
  /// for mean and maximum pooling.
  ///
  /// - Parameters:
  ///   - frames: F, `[M, D]`.
  ///   - sequences: the lengths of the S utterances in frames.
  /// - Returns: z and its context-broadcast counterpart, both `[S, D]`.
  package func pooled(
    _ frames: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (pooled: Variable, broadcast: Variable) {
    let tape = pass.tape
    switch self {
    case .flam(let attention):
      let (z, mean, _) = attention(frames, sequences, pass)
      return (z, tape.mean(z, mean))
    case .untrained(let summary): return summary.pooled(frames, sequences, tape)
    }
  }

  /// Returns the weight α of every frame, `[M]`. The weights of an utterance sum to 1. Returns nil
  /// for a pooling without weights.
  package func weights(_ frames: Variable, _ sequences: Ragged, _ pass: Pass) -> Tensor? {
    guard case .flam(let attention) = self else { return nil }
    return attention(frames, sequences, pass).weights
  }
}
