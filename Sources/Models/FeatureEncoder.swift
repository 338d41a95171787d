// The convolutional feature encoder of the wav2vec 2.0 family: samples in, about 50 frames a second
// out. It is never trained.
import Autograd
import CKernels
import Checkpoints
import Tensors
import Threads

/// Convolutions, norms and GELUs from a waveform to frames of C channels.
struct FeatureEncoder {
  let weights: FrozenWeights
  let arithmetic: Arithmetic
  private var configuration: TransformerConfiguration { weights.checkpoint.configuration }

  /// The number of frames one thread computes at a time. They stay in its cache until the norm
  /// reads them.
  private static let chunk = 80 * WinogradConvolution.frames
  /// Zero frames after those of a layer. The last three frames of the next layer may read them.
  private static let spare = 2 * WinogradConvolution.frames
  /// PyTorch's default. `layer_norm_eps` does not affect the encoder.
  private static let epsilon: Float = 1e-5

  /// The number of channels of a frame, C.
  var channels: Int { configuration.convolutionChannels.last ?? 1 }

  /// Returns the frames of a waveform, `[M, C]`, with M = `configuration.frameCount`.
  ///
  /// Each convolution is one product. Channels are contiguous, so the window of an output frame is
  /// k · C contiguous numbers and the next window begins s · C numbers later. Float convolutions
  /// with three taps and stride 2 need fewer multiplications: see `WinogradConvolution`.
  func frames(of samples: [Float], threads: Int) -> Tensor {
    var (x, length, inputs) = (standardised(samples), samples.count, 1)
    for layer in configuration.convolutionChannels.indices {
      let kernel = configuration.convolutionKernels[layer]
      let stride = configuration.convolutionStrides[layer]
      let outputs = configuration.convolutionChannels[layer]
      length = length < kernel ? 0 : (length - kernel) / stride + 1
      var y = Tensor(uninitialized: [length + Self.spare, outputs])
      convolve(
        x, into: &y, length, layer, inputs: inputs, kernel: kernel, stride: stride,
        threads: threads)
      (y.ownAddress() + length * outputs).update(repeating: 0, count: Self.spare * outputs)
      if layer == 0 && configuration.encoderNorm == .group {
        normalizeColumns(&y, length, layer, threads: threads)
      }
      (x, inputs) = (y, outputs)
    }
    return x.rows(0..<length)
  }

  /// Returns the samples with mean 0 and variance 1, `(x - mean) / √(variance + 1e-7)`, if the
  /// checkpoint's processor asks for it.
  private func standardised(_ samples: [Float]) -> Tensor {
    let x = Tensor(shape: [samples.count, 1], values: samples)
    guard weights.checkpoint.normalizesInput else { return x }
    var y = Tensor(uninitialized: x.shape)
    reprise_standardise(x.address, x.count, 1e-7, y.ownAddress())
    withExtendedLifetime(x) {}
    return y
  }

  /// Computes the `length` frames of a convolution, and also its norm and GELU if these need only
  /// one frame at a time.
  private func convolve(
    _ x: Tensor, into y: inout Tensor, _ length: Int, _ layer: Int, inputs: Int, kernel: Int,
    stride: Int, threads: Int
  ) {
    let name = "feature_extractor.conv_layers.\(layer)."
    let bias = configuration.convolutionBias ? weights.checkpoint.tensor(name + "conv.bias") : nil
    let norm: (gain: Tensor, bias: Tensor)? =
      configuration.encoderNorm == .layer ? norm(layer) : nil
    let (outputs, gelu) = (y.columns, norm == nil && layer > 0)
    let start = y.ownAddress()
    func inChunks(_ multiply: (Range<Int>, UnsafeMutablePointer<Float>) -> Void) {
      parallel(length, by: Self.chunk, threads: threads) { rows in
        let target = start + rows.lowerBound * outputs
        multiply(rows, target)
        if let norm {
          reprise_layer_norm_gelu(
            target, norm.gain.address, norm.bias.address, rows.count, outputs, Self.epsilon)
        }
      }
    }
    // The first layer's windows are short and its samples vary widely in size, so it uses floats.
    let arithmetic = layer == 0 ? .float32 : arithmetic
    if layer > 0, kernel == 3, stride == 2, arithmetic == .float32 {
      let weight = weights.packed(name + "conv.weight", as: arithmetic) {
        WinogradConvolution(Self.rows(of: $0, threads: threads), threads: threads)
      }
      inChunks { rows, target in
        let frames = WinogradConvolution.frames
        weight.convolve(
          x.address + rows.lowerBound * stride * inputs, count: (rows.count + frames - 1) / frames,
          bias: bias?.address, into: target, gelu: gelu)
      }
    } else {
      let weight = weights.packed(name + "conv.weight", as: arithmetic) {
        PackedMatrix(
          transposing: Self.rows(of: $0, threads: threads), as: arithmetic, threads: threads)
      }
      inChunks { rows, target in
        weight.multiply(
          x.address + rows.lowerBound * stride * inputs, rowStride: stride * inputs,
          m: rows.count, bias: bias?.address, into: target, targetStride: outputs, gelu: gelu)
      }
    }
    withExtendedLifetime((x, bias, norm)) {}
  }

  /// Returns a convolution's weight, `[O, I, K]`, as `[O, K · I]`.
  static func rows(of weight: Tensor, threads: Int) -> Tensor {
    let (outputs, inputs, taps) = (weight.shape[0], weight.shape[1], weight.shape[2])
    var rows = Tensor(uninitialized: [outputs, taps * inputs])
    let target = rows.ownAddress()
    parallel(outputs, by: 16, threads: threads) { part in
      for o in part {
        for i in 0..<inputs {
          for k in 0..<taps {
            target[(o * taps + k) * inputs + i] =
              weight.address[(o * inputs + i) * taps + k]
          }
        }
      }
    }
    withExtendedLifetime(weight) {}
    return rows
  }

  private func norm(_ layer: Int) -> (gain: Tensor, bias: Tensor) {
    let name = "feature_extractor.conv_layers.\(layer).layer_norm."
    return (weights.checkpoint.tensor(name + "weight"), weights.checkpoint.tensor(name + "bias"))
  }

  /// Normalises each channel over all frames of the waveform, like a group norm with one channel
  /// per group, then applies the GELU, in place.
  private func normalizeColumns(_ y: inout Tensor, _ length: Int, _ layer: Int, threads: Int) {
    let (gain, bias) = norm(layer)
    let columns = y.columns
    var moments = Tensor(uninitialized: [2, columns])
    let (scale, shift) = (moments.ownAddress(), moments.ownAddress() + columns)
    let target = y.ownAddress()
    parallel(columns, by: 64, threads: threads) { part in
      reprise_column_normalisation(
        target, gain.address, bias.address, length, columns, part.lowerBound, part.upperBound,
        Self.epsilon, scale, shift)
    }
    parallel(length, by: Self.chunk, threads: threads) { rows in
      reprise_scale_columns_gelu(
        target + rows.lowerBound * columns, scale, shift, rows.count, columns)
    }
    withExtendedLifetime((gain, bias, moments)) {}
  }
}
