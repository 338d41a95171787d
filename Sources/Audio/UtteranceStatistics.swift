// One vector for a whole utterance, from its frames: what classical speech emotion recognition calls
// functionals. It stands beside the frames, never instead of them.
import Foundation
package import Settings
package import Tensors

/// Statistics of an utterance over its frames (choice; in the manner of eGeMAPS, Eyben et al. 2016):
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
  /// Edges of the modulation ranges, Hz.
  private static let modulations = [1.2, 3.1, 5.1, 7.8, 15.6, 31.0]
  /// Frames that the modulation spectrum looks at, at most.
  private static let span = 1024

  /// How many numbers describe an utterance.
  package let count = 3 * cepstra + 11 + groups * (modulations.count - 1)
  private let bands: Int
  private let framesPerSecond: Double
  private let voicingThreshold: Float
  private let cosines: Tensor
  private let plan: FFTPlan

  /// - Precondition: the settings ask for prosody, and for at least 13 bands.
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

  /// Returns statistics in units of a speaker's deviation, held to ±4.
  package static func scaled(_ values: [Float], by normalization: Normalization) -> [Float] {
    var values = values
    values.withUnsafeMutableBufferPointer { normalization.apply(to: $0) }
    return values.map { min(4, max(-4, $0)) }
  }

  private func cepstralStatistics(_ features: Tensor) -> [Double] {
    let frames = features.rows
    let mel = Tensor(uninitialized: [frames, bands])
    for t in 0..<frames {
      (mel.freshAddress + t * bands).update(
        from: features.address + t * features.columns, count: bands)
    }
    let cepstra = product(mel, cosines).array
    func track(_ order: Int) -> [Double] {
      (0..<frames).map { Double(cepstra[$0 * Self.cepstra + order]) }
    }
    return (0..<Self.cepstra).flatMap { order in
      let track = track(order)
      let changes = zip(track.dropFirst(2), track).map { $0 - $1 }
      return [mean(track), deviation(track), deviation(changes)]
    }
  }

  private func prosodicStatistics(_ features: Tensor) -> [Double] {
    func column(_ index: Int) -> [Double] {
      (0..<features.rows).map { Double(features.address[$0 * features.columns + bands + index]) }
    }
    let (energy, voicing) = (column(0), column(2))
    let pitch = zip(column(1), voicing).filter { $0.1 >= Double(voicingThreshold) }.map(\.0)
    let changes = zip(pitch.dropFirst(), pitch).map { abs($0 - $1) }
    return [0.1, 0.5, 0.9].map { percentile(pitch, $0) } + [
      deviation(pitch), mean(changes), Double(pitch.count) / Double(features.rows), mean(voicing),
      Double(features.rows) / framesPerSecond, percentile(energy, 0.5), percentile(energy, 0.95),
      deviation(energy),
    ]
  }

  private func modulationSpectrum(_ features: Tensor) -> [Double] {
    let frames = min(features.rows, Self.span)
    return (0..<Self.groups).flatMap { group -> [Double] in
      let members = group * bands / Self.groups..<(group + 1) * bands / Self.groups
      var level = [Float](repeating: 0, count: Self.span)
      for t in 0..<frames {
        let row = features.address + t * features.columns
        for band in members { level[t] += row[band] }
        level[t] /= Float(members.count)
      }
      let average = Float(mean(level.prefix(frames).map(Double.init)))
      for t in 0..<frames { level[t] -= average }
      let (real, imaginary) = plan.spectrum(of: level)
      let hertz = framesPerSecond / Double(Self.span)
      return zip(Self.modulations, Self.modulations.dropFirst()).map { low, high in
        // Frames too far apart show no fast modulation: the spectrum ends at half their rate.
        let bins =
          min(
            Int((low / hertz).rounded()), plan.bins)..<min(
            Int((high / hertz).rounded()), plan.bins)
        let magnitude = bins.reduce(0.0) {
          $0 + Double(real[$1] * real[$1] + imaginary[$1] * imaginary[$1]).squareRoot()
        }
        return log(magnitude / Double(max(1, bins.count)) + 1e-6)
      }
    }
  }
}

/// The mean; 0 of nothing.
private func mean(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}

/// The standard deviation, divided by n; 0 of nothing.
private func deviation(_ values: [Double]) -> Double {
  let centre = mean(values)
  return mean(values.map { ($0 - centre) * ($0 - centre) }).squareRoot()
}

/// The value below which a share of all lies, interpolated linearly; 0 of nothing.
private func percentile(_ values: [Double], _ share: Double) -> Double {
  guard let last = values.indices.last else { return 0 }
  let sorted = values.sorted()
  let place = share * Double(last)
  let low = Int(place)
  return sorted[low] + (place - Double(low)) * (sorted[min(low + 1, last)] - sorted[low])
}
