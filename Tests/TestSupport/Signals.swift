// Signals to transform and to measure.

/// Something between noise and a tone, the same each time, within ±0.5.
package func rumble(_ count: Int) -> [Float] {
  (0..<count).map { index in
    let step = Float((index * 7919 + 1) % 1009)
    return step / 1009 - 0.5
  }
}
