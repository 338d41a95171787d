// Spectra, mel frames and pitch. StatisticsChecks checks what is computed from frames.
import Audio
import Fourier
import Golden
import Settings
import Tensors

let featureChecks =
  [
    Check("spectrum", ["transform": transformed, "frames": powerFrames]),
    Check("mel", ["filters": melFilters, "frames": melFrames, "update": updatedFrames]),
    Check("prosody", ["prosody": prosody]),
  ] + statisticsChecks

/// The sampling rate of a case, and its settings for frames without prosody.
func frameSettings(_ reader: CaseReader) throws -> (sampleRate: Int, features: FeatureSettings) {
  let rate = try reader.count("sampleRate", within: 4_000...192_000)
  var settings = FeatureSettings()
  settings.prosody = false
  settings.bands = try reader.count("bands", within: 1...1_000)
  settings.window = try reader.number("window", within: 1...1_000)
  settings.hop = try reader.number("hop", within: 1...1_000)
  settings.highFrequency = try reader.number("high", within: 1...Double(rate) / 2)
  settings.lowFrequency = try reader.number("low", within: 0...settings.highFrequency.nextDown)
  settings.floor = try reader.number("floor", within: 1e-20...1)
  return (rate, settings)
}

/// The extractor of frames without prosody for a case.
func frameExtractor(_ reader: CaseReader) throws -> FeatureExtractor {
  let (rate, settings) = try frameSettings(reader)
  return FeatureExtractor(settings: settings, sampleRate: rate)
}

@Sendable private func transformed(_ reader: CaseReader) throws -> [Output] {
  let signal = try reader.tensor("signal", [nil]).array
  guard signal.count >= 4, signal.count.isMultiple(of: 2) else {
    throw GoldenError.wrongShape(
      name: "signal", expected: "an even number of samples, at least 4", found: "\(signal.count)")
  }
  let spectrum = FFTPlan(length: signal.count).spectrum(of: signal)
  return [Output("real", spectrum.real), Output("imaginary", spectrum.imaginary)]
}

@Sendable private func powerFrames(_ reader: CaseReader) throws -> [Output] {
  let (rate, settings) = try frameSettings(reader)
  let analysis = LogMel(settings: settings, sampleRate: rate)
  let samples = try reader.tensor("samples", [nil])
  let frames = samples.withUnsafeBuffer { buffer in
    (0..<analysis.frameCount(samples: buffer.count)).map {
      analysis.powerSpectrum(of: $0, samples: buffer)
    }
  }
  let power = Tensor(shape: [frames.count, frames[0].count], values: frames.flatMap { $0 })
  return [Output("power", power)]
}

@Sendable private func melFilters(_ reader: CaseReader) throws -> [Output] {
  let length = try reader.count("length", within: 4...65_536)
  let rate = try reader.count("sampleRate", within: 4_000...192_000)
  let high = try reader.number("high", within: 1...Double(rate) / 2)
  let bank = MelFilterBank(
    count: try reader.count("bands", within: 1...1_000), length: length, sampleRate: rate,
    low: try reader.number("low", within: 0...high.nextDown), high: high)
  let bins = length / 2 + 1
  let rows = bank.bands.flatMap { band in
    [Float](repeating: 0, count: band.first) + band.weights
      + [Float](repeating: 0, count: bins - band.first - band.weights.count)
  }
  return [Output("weights", Tensor(shape: [bank.bands.count, bins], values: rows))]
}

@Sendable private func melFrames(_ reader: CaseReader) throws -> [Output] {
  let samples = try reader.tensor("samples", [nil]).array
  return [Output("frames", try frameExtractor(reader).features(of: samples))]
}

/// The features of a recording, updated after some of its samples changed.
@Sendable private func updatedFrames(_ reader: CaseReader) throws -> [Output] {
  let extractor = try frameExtractor(reader)
  let before = try reader.tensor("before", [nil]).array
  let after = try reader.tensor("after", [before.count])
  let start = try reader.count("start", within: 0...before.count)
  let length = try reader.count("length", within: 0...before.count - start)
  var frames = extractor.features(of: before)
  after.withUnsafeBuffer {
    extractor.update(&frames, samples: $0, changed: start..<start + length)
  }
  return [Output("frames", frames)]
}

@Sendable private func prosody(_ reader: CaseReader) throws -> [Output] {
  var (rate, settings) = try frameSettings(reader)
  settings.prosody = true
  settings.lowestPitch = try reader.number("lowestPitch", within: 40...200)
  settings.highestPitch = try reader.number("highestPitch", within: 250...1_000)
  settings.pitchWindow = try reader.number("pitchWindow", within: 30...100)
  settings.voicingThreshold = try reader.number("threshold", within: 0...1)
  let samples = try reader.tensor("samples", [nil]).array
  let features = FeatureExtractor(settings: settings, sampleRate: rate).features(of: samples)
  let values = features.array
  return ["energy", "pitch", "voicing"].enumerated().map { index, name in
    let column = settings.bands + index
    return Output(name, (0..<features.rows).map { values[$0 * features.columns + column] })
  }
}
