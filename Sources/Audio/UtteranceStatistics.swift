// Summarises an utterance in one vector, computed from its frames. Classical speech emotion
// recognition calls these values functionals. They complement the frames.
import Foundation
import Fourier
package import Settings
package import Tensors

/// Statistics of an utterance over its frames. The selection is our choice, in the manner of
/// eGeMAPS (Eyben et al. 2016):
///
/// - of each of 13 mel cepstra (orthonormal DCT-II of the log-mel bands): mean, deviation, and
///   deviation of the difference two frames apart;
/// - of log F0 over voiced frames: 10th, 50th and 90th percentile, deviation, mean absolute change
///   between neighbouring voiced frames; the voiced share; mean voicing strength;
/// - duration in s; of the log energy: median, 95th percentile, deviation;
/// - the modulation spectrum: for 8 groups of neighbouring bands, the log mean magnitude of the
///   centred mean level's spectrum in 5 ranges of modulation frequency, 1.2 to 31 Hz.
package struct UtteranceStatistics: Sendable {
  private static let cepstra = 13
  private static let groups = 8
  /// The edges of the modulation ranges, in Hz.
  private static let modulations = [1.2, 3.1, 5.1, 7.8, 15.6, 31.0]
  /// The most frames that enter the modulation spectrum.
  private static let span = 1024

  /// The number of statistics of an utterance.
  package let count = 3 * cepstra + 11 + groups * (modulations.count - 1)
  private let bands: Int
  private let framesPerSecond: Double
  private let voicingThreshold: Float
  private let cosines: Tensor
  private let plan: FFTPlan

  /// - Precondition: the settings ask for prosody and for at least 13 bands.
  package init(settings: FeatureSettings) {
    precondition(
      settings.prosody && settings.bands >= Self.cepstra,
      "utterance statistics need prosody and \(Self.cepstra) bands, got \(settings.bands)")
    bands = settings.bands
    framesPerSecond = 1000 / settings.hop
    voicingThreshold = Float(settings.voicingThreshold)
    plan = FFTPlan(length: Self.span)
    let n = Double(settings.bands)
    cosines = Tensor(
      shape: [settings.bands, Self.cepstra],
      values: (0..<settings.bands * Self.cepstra).map { index in
        let (band, order) = (Double(index / Self.cepstra), Double(index % Self.cepstra))
        let scale = order == 0 ? (1 / n).squareRoot() : (2 / n).squareRoot()
        return Float(scale * cos(.pi * order * (2 * band + 1) / (2 * n)))
      })
  }

  /// Returns the statistics of an utterance.
  ///
  /// - Parameter features: raw features with prosody, `[T, bands + 3]`.
  /// - Returns: `[count]`, finite.
  package func values(of features: Tensor) -> [Float] {
    precondition(
      features.columns == bands + Prosody.features, "features \(features.shape), \(bands) bands")
    let statistics =
      cepstralStatistics(features) + prosodicStatistics(features) + modulationSpectrum(features)
    return statistics.map(Float.init)
  }

  /// Returns the statistics in units of a speaker's deviation, clamped to ±4.
  package static func scaled(_ values: [Float], by normalization: Normalization) -> [Float] {
    var values = values
    values.withUnsafeMutableBufferPointer { normalization.apply(to: $0) }
    return values.map { min(4, max(-4, $0)) }
  }

  private func cepstralStatistics(_ features: Tensor) -> [Double] {
    let frames = features.rows
    let mel = Tensor(shape: [frames, bands]) { mel in
      for t in 0..<frames {
        for band in 0..<bands {
          mel[t * bands + band] = features.address[t * features.columns + band]
        }
      }
    }
    let cepstra = product(mel, cosines)
    defer { withExtendedLifetime(cepstra) {} }
    return (0..<Self.cepstra).flatMap { order in
      let track = cepstra.address + order
      func cepstrum(_ t: Int) -> Double { Double(track[t * Self.cepstra]) }
      return [
        mean(frames, cepstrum), deviation(frames, cepstrum),
        deviation(max(0, frames - 2)) { cepstrum($0 + 2) - cepstrum($0) },
      ]
    }
  }

  private func prosodicStatistics(_ features: Tensor) -> [Double] {
    let frames = features.rows
    func value(_ column: Int, _ t: Int) -> Double {
      Double(features.address[t * features.columns + bands + column])
    }
    func energy(_ t: Int) -> Double { value(0, t) }
    func voicing(_ t: Int) -> Double { value(2, t) }
    let pitch = (0..<frames).filter { voicing($0) >= Double(voicingThreshold) }.map { value(1, $0) }
    let (sortedPitch, sortedEnergy) = (pitch.sorted(), (0..<frames).map(energy).sorted())
    return [0.1, 0.5, 0.9].map { percentile(sortedPitch, $0) } + [
      deviation(pitch.count) { pitch[$0] },
      mean(max(0, pitch.count - 1)) { abs(pitch[$0 + 1] - pitch[$0]) },
      Double(pitch.count) / Double(frames), mean(frames, voicing),
      Double(frames) / framesPerSecond, percentile(sortedEnergy, 0.5),
      percentile(sortedEnergy, 0.95), deviation(frames, energy),
    ]
  }

  private func modulationSpectrum(_ features: Tensor) -> [Double] {
    let frames = min(features.rows, Self.span)
    let hertz = framesPerSecond / Double(Self.span)
    let scratch = FFTScratch(length: Self.span)
    defer { withExtendedLifetime(scratch) {} }
    let (level, real, imaginary) = (scratch.signal, scratch.real, scratch.imaginary)
    return (0..<Self.groups).flatMap { group -> [Double] in
      let members = group * bands / Self.groups..<(group + 1) * bands / Self.groups
      level.update(repeating: 0, count: Self.span)
      for t in 0..<frames {
        let row = features.address + t * features.columns
        for band in members { level[t] += row[band] }
        level[t] /= Float(members.count)
      }
      let average = Float(mean(frames) { Double(level[$0]) })
      for t in 0..<frames { level[t] -= average }
      plan.transform(scratch)
      return zip(Self.modulations, Self.modulations.dropFirst()).map { low, high in
        // The frame rate limits the modulation spectrum: it ends at half that rate.
        let first = min(Int((low / hertz).rounded()), plan.bins)
        let count = min(Int((high / hertz).rounded()), plan.bins) - first
        let magnitude = mean(count) {
          let (x, y) = (real[first + $0], imaginary[first + $0])
          return Double(x * x + y * y).squareRoot()
        }
        return log(magnitude + 1e-6)
      }
    }
  }
}

// These functions read their values through a closure over positions. Each mixture calls them, and
// arrays would make the threads wait for the allocator.

/// The mean of `count` values, or 0 without values.
private func mean(_ count: Int, _ value: (Int) -> Double) -> Double {
  guard count > 0 else { return 0 }
  var sum = 0.0
  for index in 0..<count { sum += value(index) }
  return sum / Double(count)
}

/// The standard deviation of `count` values with divisor n, or 0 without values.
private func deviation(_ count: Int, _ value: (Int) -> Double) -> Double {
  let centre = mean(count, value)
  return mean(count) {
    let distance = value($0) - centre
    return distance * distance
  }.squareRoot()
}

/// The value below which a share of all values lies, with linear interpolation; 0 without values.
private func percentile(_ sorted: [Double], _ share: Double) -> Double {
  guard let last = sorted.indices.last else { return 0 }
  let place = share * Double(last)
  let low = Int(place)
  return sorted[low] + (place - Double(low)) * (sorted[min(low + 1, last)] - sorted[low])
}
