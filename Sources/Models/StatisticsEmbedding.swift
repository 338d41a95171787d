// Combines statistics of the whole utterance with the vector pooled from its frames.
package import Autograd
package import Layers
package import Randomness
package import Settings

/// `dropout(GELU(dropout(g) A + a)) B + b`, from G utterance statistics to D features. The form is
/// our choice.
package struct StatisticsEmbedding: Sendable {
  private let hidden: Affine
  private let output: Affine
  private let dropout: Double

  package init(
    _ settings: ModelSettings, inputs: Int, width: Int, in parameters: inout Parameters,
    using random: RandomStream
  ) {
    hidden = Affine(
      "statistics.hidden", inputs: inputs, outputs: settings.statisticsHidden, in: &parameters,
      using: random)
    output = Affine(
      "statistics.output", inputs: settings.statisticsHidden, outputs: width, in: &parameters,
      using: random)
    dropout = settings.statisticsDropout
  }

  /// Returns `[S, D]` for `statistics: [S, G]`.
  package func callAsFunction(_ statistics: Variable, _ pass: Pass) -> Variable {
    let h = pass.tape.gelu(hidden(pass.dropout(statistics, rate: dropout), pass))
    return output(pass.dropout(h, rate: dropout), pass)
  }
}
