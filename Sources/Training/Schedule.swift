// Learning rate schedules.
import Foundation
package import Settings

/// The factor of both learning rates at each step.
package struct Schedule: Sendable {
  private let settings: TrainingSettings
  let stepsPerEpoch: Int

  package init(_ settings: TrainingSettings, stepsPerEpoch: Int) {
    self.settings = settings
    self.stepsPerEpoch = stepsPerEpoch
  }

  /// Returns the factor at a step, counted from 0.
  ///
  /// - `exponential`: `decay ^ ⌊step / stepsPerEpoch⌋` (P).
  /// - `one-cycle`: from 1/25 up to 1 over the first `warmup` of all steps, then down to 4e-6 over
  ///   the rest, both along a half cosine (Smith & Topin 2018, PyTorch's `OneCycleLR`).
  package func factor(atStep step: Int) -> Double {
    switch settings.schedule {
    case .constant: return 1
    case .exponential: return pow(settings.decay, Double(step / stepsPerEpoch))
    case .oneCycle:
      let total = Double(settings.epochs * stepsPerEpoch)
      let peak = settings.warmup * total - 1
      let (start, end) = (1.0 / 25, 1.0 / 25 / 1e4)
      let step = Double(step)
      if step <= peak { return cosine(from: start, to: 1, share: peak > 0 ? step / peak : 1) }
      return cosine(from: 1, to: end, share: min(1, (step - peak) / max(1, total - 1 - peak)))
    }
  }

  private func cosine(from start: Double, to end: Double, share: Double) -> Double {
    end + (start - end) / 2 * (1 + cos(.pi * share))
  }
}
