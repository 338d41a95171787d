// An utterance's statistics, and the normalisation of statistics and frames.
import Audio
import Golden
import Settings
import Tensors

let statisticsChecks = [
  Check(
    "statistics",
    [
      "statistics": statistics, "by speaker": normalizedBySpeaker,
      "by utterance": normalizedByUtterance, "scaled": scaledStatistics,
    ])
]

@Sendable private func statistics(_ reader: CaseReader) throws -> [Output] {
  var settings = FeatureSettings()
  settings.bands = try reader.count("bands", within: 13...1_000)
  settings.hop = try reader.number("hop", within: 1...1_000)
  let features = try reader.tensor("features", [nil, settings.bands + Prosody.features])
  guard features.rows > 0 else {
    throw GoldenError.wrongShape(
      name: "features", expected: "at least one frame", found: "\(features.shape)")
  }
  let values = UtteranceStatistics(settings: settings).values(of: features)
  return [
    Output("cepstra", Array(values[..<39])), Output("prosody", Array(values[39..<50])),
    Output("modulation", Array(values[50...])),
  ]
}

/// Frames normalised by all frames of the speaker, accumulated utterance by utterance.
@Sendable private func normalizedBySpeaker(_ reader: CaseReader) throws -> [Output] {
  try normalized(reader) { utterances, columns in
    var accumulator = NormalizationAccumulator(columns: columns)
    for frames in utterances { accumulator.add(UnsafeBufferPointer(frames)) }
    for frames in utterances { accumulator.normalization.apply(to: frames) }
  }
}

/// Frames normalised by those of the same utterance.
@Sendable private func normalizedByUtterance(_ reader: CaseReader) throws -> [Output] {
  try normalized(reader) { utterances, columns in
    for frames in utterances {
      var accumulator = NormalizationAccumulator(columns: columns)
      accumulator.add(UnsafeBufferPointer(frames))
      accumulator.normalization.apply(to: frames)
    }
  }
}

/// The frames of a case after `normalize` received the frames of each utterance and their number of
/// columns.
private func normalized(
  _ reader: CaseReader, by normalize: ([UnsafeMutableBufferPointer<Float>], Int) -> Void
) throws -> [Output] {
  var frames = try reader.tensor("frames", [nil, nil])
  let offsets = try reader.ragged(rows: frames.rows).offsets
  let columns = frames.columns
  guard columns > 0, frames.rows > 0 else {
    throw GoldenError.wrongShape(
      name: "frames", expected: "frames with columns", found: "\(frames.shape)")
  }
  frames.withUnsafeMutableBuffer { frames in
    let utterances = zip(offsets, offsets.dropFirst()).map {
      UnsafeMutableBufferPointer(rebasing: frames[$0 * columns..<$1 * columns])
    }
    normalize(utterances, columns)
  }
  return [Output("normalized", frames)]
}

/// The statistics of a speaker's utterances, normalised over all of them.
@Sendable private func scaledStatistics(_ reader: CaseReader) throws -> [Output] {
  let values = try reader.tensor("values", [nil, nil])
  guard values.array.count > 0 else {
    throw GoldenError.wrongShape(
      name: "values", expected: "at least one utterance", found: "\(values.shape)")
  }
  let rows = (0..<values.rows).map { row in
    Array(values.array[row * values.columns..<(row + 1) * values.columns])
  }
  var accumulator = NormalizationAccumulator(columns: values.columns)
  for row in rows { row.withUnsafeBufferPointer { accumulator.add($0) } }
  let normalization = accumulator.normalization
  let scaled = rows.flatMap { UtteranceStatistics.scaled($0, by: normalization) }
  return [Output("scaled", Tensor(shape: values.shape, values: scaled))]
}
