// The optimiser: Adam with decoupled weight decay. The model and the class centers have separate
// learning rates.
import CKernels
package import Layers
package import Settings
package import Tensors
import Threads

/// Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019):
///
///     m = β₁ m + (1 - β₁) g,   v = β₂ v + (1 - β₂) g²
///     w = (1 - rate · decay) w - rate · m̂ / (√v̂ + ε),   m̂ = m / (1 - β₁ᵗ),  v̂ = v / (1 - β₂ᵗ)
///
/// This equals PyTorch's `AdamW`, or its `Adam` if the decay is 0. Decay applies only to matrices
/// of the model.
package struct Adam: Sendable {
  private let settings: TrainingSettings
  private let centers: Parameters.ID
  private let layerDecay: Double
  /// The number of steps taken, t.
  package private(set) var steps = 0
  /// First moments m, by parameter.
  package private(set) var first: [Tensor]
  /// Second moments v, by parameter.
  package private(set) var second: [Tensor]

  /// - Parameter layerDecay: the learning rate of a parameter is multiplied by layerDecay to the
  ///   power of the parameter's `depth` (Howard & Ruder 2018, discriminative fine-tuning).
  package init(
    _ settings: TrainingSettings, for parameters: Parameters, centers: Parameters.ID,
    layerDecay: Double = 1
  ) {
    self.settings = settings
    self.centers = centers
    self.layerDecay = layerDecay
    first = parameters.all.map { .zeros($0.value.shape) }
    second = first
  }

  /// Restores the state of an earlier run.
  package mutating func restore(steps: Int, first: [Tensor], second: [Tensor]) {
    (self.steps, self.first, self.second) = (steps, first, second)
  }

  /// Takes one step. A parameter without a gradient does not change.
  ///
  /// - Parameters:
  ///   - gradients: by parameter; nil if nothing depends on it.
  ///   - factor: the schedule's factor of both learning rates at this step.
  ///   - threads: how many threads share the work. Each element is computed separately, so the
  ///     result does not depend on it.
  package mutating func update(
    _ parameters: inout Parameters, gradients: [Tensor?], factor: Double, threads: Int = 1
  ) {
    steps += 1
    let (beta1, beta2) = (settings.beta1, settings.beta2)
    let correction1 = 1 - power(beta1, steps)
    let correction2 = 1 - power(beta2, steps)
    var pieces: [Piece] = []
    parameters.update { index, parameter in
      guard let gradient = gradients[index] else { return }
      let isCenters = index == centers.index
      let depth = power(layerDecay, parameter.depth)
      let rate =
        factor * (isCenters ? settings.centerLearningRate : settings.learningRate * depth)
      let decay = parameter.decays ? settings.weightDecay : 0
      let (w, g) = (parameter.value.ownAddress(), gradient.address)
      let (m, v) = (first[index].ownAddress(), second[index].ownAddress())
      for start in stride(from: 0, to: gradient.count, by: Piece.size) {
        pieces.append(
          Piece(
            w: w + start, g: g + start, m: m + start, v: v + start,
            count: min(Piece.size, gradient.count - start), rate: Float(rate),
            decay: Float(decay)))
      }
    }
    withExtendedLifetime((parameters, gradients)) {
      parallel(pieces.count, threads: threads) { index in
        let piece = pieces[index]
        reprise_adam(
          piece.w, piece.g, piece.m, piece.v, piece.count, piece.rate, Float(beta1), Float(beta2),
          Float(correction1), Float(correction2), Float(settings.epsilon), piece.decay)
      }
    }
  }

  /// A part of one parameter, its gradient and its moments.
  private struct Piece {
    /// The number of elements in a part: whole vectors on every processor.
    static let size = 16_384

    let w: UnsafeMutablePointer<Float>
    let g: UnsafePointer<Float>
    let m: UnsafeMutablePointer<Float>
    let v: UnsafeMutablePointer<Float>
    let count: Int
    let rate: Float
    let decay: Float
  }
}

/// Returns `base` to the power of `exponent` by multiplication, so every machine gets the same
/// bits.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
