// Checks that stored examples can be drawn: existing classes, non-empty signals, finite numbers.

extension RunExamples {
  /// The first thing in these examples that cannot be drawn; nil if there is none.
  ///
  /// - Parameter classes: the number of classes.
  func problem(classes: Int) -> String? {
    for utterance in attention?.utterances ?? [] {
      if let problem = utterance.problem(classes: classes) {
        return "attention of \(utterance.id): \(problem)"
      }
    }
    return mixture?.problem(classes: classes).map { "mixture: \($0)" }
  }
}

/// The possible durations of a recording, in seconds.
private let durations = 1e-6...1e6

extension RunExamples.Utterance {
  fileprivate func problem(classes: Int) -> String? {
    guard (0..<classes).contains(truth), (0..<classes).contains(predicted) else {
      return "expected classes from 0 to \(classes - 1), found \(truth) and \(predicted)"
    }
    guard (0...1).contains(probability) else {
      return "expected a probability from 0 to 1, found \(probability)"
    }
    guard durations.contains(duration), durations.contains(spectrum.secondsPerFrame) else {
      return "expected seconds above 0, found \(duration) and \(spectrum.secondsPerFrame) a frame"
    }
    let levels = spectrum.levels.count
    guard (1...4096).contains(spectrum.bands), levels > 0, levels % spectrum.bands == 0 else {
      return
        "expected a spectrum of whole frames, found \(levels) levels in \(spectrum.bands) bands"
    }
    guard spectrum.least.isFinite, (spectrum.greatest - spectrum.least).isFinite,
      spectrum.greatest >= spectrum.least
    else { return "expected a range of levels, found \(spectrum.least) to \(spectrum.greatest)" }
    guard !weights.isEmpty, weights.allSatisfy({ (0...1.001).contains($0) }) else {
      return "expected weights from 0 to 1, found others or none"
    }
    return nil
  }
}

extension RunExamples.Mixture {
  fileprivate func problem(classes: Int) -> String? {
    guard (0..<classes).contains(firstClass), (0..<classes).contains(secondClass) else {
      return "expected classes from 0 to \(classes - 1), found \(firstClass) and \(secondClass)"
    }
    guard (0...1).contains(share), durations.contains(duration) else {
      return "expected a share from 0 to 1 and seconds above 0, found \(share) and \(duration)"
    }
    guard [snr, start, secondStart, length].allSatisfy({ abs($0 ?? 0) <= 1e6 }) else {
      return "expected dB and seconds, found numbers beyond a million"
    }
    guard low.count == 3, high.count == 3, zip(low, high).allSatisfy({ $0.count == $1.count }),
      low.allSatisfy({ !$0.isEmpty }), (low + high).joined().allSatisfy({ abs($0) <= 1e6 })
    else { return "expected the outlines of three signals, found others" }
    return nil
  }
}
