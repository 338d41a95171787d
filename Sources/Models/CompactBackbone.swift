// The embedded backbone: a small convolutional network on log-mel frames, trained from scratch on a
// CPU. Its shape is our choice; method.md leaves it open.
package import Autograd
package import Layers
package import Randomness
package import Settings
package import Tensors

/// Two strided convolutions, 100 Hz → 50 Hz → 25 Hz, then residual convolutions:
///
///     h = dropout(GELU(LayerNorm(conv(h))))          twice, stride 2
///     h = dropout(h + GELU(LayerNorm(conv(h))))      `blocks` times, stride 1
package struct CompactBackbone: Backbone {
  package let width: Int
  private let strided: [Block]
  private let residual: [Block]
  private let dropout: Double

  private struct Block: Sendable {
    let convolution: Convolution
    let norm: LayerNorm

    init(
      _ name: String, inputs: Int, outputs: Int, taps: Int, stride: Int,
      in parameters: inout Parameters, using random: RandomStream
    ) {
      convolution = Convolution(
        name + ".convolution", inputs: inputs, outputs: outputs, taps: taps, stride: stride,
        in: &parameters, using: random)
      norm = LayerNorm(name + ".norm", width: outputs, in: &parameters)
    }
  }

  /// Makes the backbone for frames of `features` features.
  package init(
    _ settings: ModelSettings, features: Int, in parameters: inout Parameters,
    using random: RandomStream
  ) {
    width = settings.width
    dropout = settings.dropout
    strided = (0..<2).map { index in
      Block(
        "backbone.strided.\(index)", inputs: index == 0 ? features : settings.width,
        outputs: settings.width, taps: settings.kernel, stride: 2, in: &parameters, using: random)
    }
    residual = (0..<settings.blocks).map { index in
      Block(
        "backbone.residual.\(index)", inputs: settings.width, outputs: settings.width,
        taps: settings.kernel, stride: 1, in: &parameters, using: random)
    }
  }

  package func frames(
    of input: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (frames: Variable, sequences: Ragged) {
    var (h, sequences) = (input, sequences)
    for block in strided {
      (h, sequences) = block.convolution(h, sequences, pass)
      h = block.norm.activated(h, dropout: dropout, pass)
    }
    for block in residual {
      let (change, _) = block.convolution(h, sequences, pass)
      h = block.norm.activated(change, residual: h, dropout: dropout, pass)
    }
    return (h, sequences)
  }
}
