// The examples that a run kept for its report.
import Evaluation
import Reporting
import Runs
import Settings

extension RunReport {
  /// Adds attention and mixture, or the reason why they are missing.
  func addExamples(of corpus: CorpusFacts, to report: inout CorpusReport) throws {
    let named = run.exampleCells(of: corpus.corpus)
    guard named.weighing != nil || named.mixing != nil else { return }
    guard let examples = try run.examples(of: corpus) else {
      report.exampleProblem =
        """
        Attention and mixtures were not recorded in this run. Starting the run again adds them and \
        trains no finished cell again.
        """
      return
    }
    let names = corpus.classes
    if let attention = examples.attention, !attention.utterances.isEmpty {
      report.attention = (
        attention.system,
        attention.utterances.map { utterance in
          AttentionExample(
            utterance: utterance.id, truth: names[utterance.truth],
            predicted: names[utterance.predicted], probability: Double(utterance.probability),
            spectrum: utterance.spectrum.rows,
            secondsPerFrame: utterance.spectrum.secondsPerFrame, attention: [utterance.weights],
            secondsPerWeight: utterance.duration / Double(max(1, utterance.weights.count)))
        },
        """
        Fold \(attention.fold), seed \(attention.seed). The figure shows the most confident \
        correct and wrong predictions, of different classes if possible.
        """
      )
    }
    if let mixture = examples.mixture {
      report.mixture = (
        example(mixture, names),
        "Training recordings of \(mixture.system), fold \(mixture.fold), seed \(mixture.seed), "
          + (mixture.snr == nil
            ? "the first mixture of the first epoch."
            : """
            the first mixture of the first epoch that changes a third of a recording at an SNR of \
            at most 0 dB, or the first mixture if there is none. λ is the share of the second \
            recording in the label.
            """)
      )
    }
  }

  private func example(_ mixture: RunExamples.Mixture, _ names: [String]) -> MixtureExample {
    func time(_ seconds: Double) -> String { fixed(seconds, digits: 2) }
    var second = "second: \(mixture.second), \(names[mixture.secondClass])"
    if let start = mixture.secondStart, let length = mixture.length {
      second += ", \(time(start)) to \(time(start + length)) s of it, as added"
    }
    let titles = [
      "first: \(mixture.first), \(names[mixture.firstClass])", second,
      "mixture: \(fixed(1 - mixture.share, digits: 3)) \(names[mixture.firstClass]) + "
        + "\(fixed(mixture.share, digits: 3)) \(names[mixture.secondClass])",
    ]
    var facts: [KeyValueSection.Row] = []
    if let snr = mixture.snr {
      facts.append(.init("SNR", "\(fixed(snr, digits: 1).replacing("-", with: "−")) dB"))
    }
    facts.append(.init("λ", fixed(mixture.share, digits: 3)))
    if let length = mixture.length { facts.append(.init("mixed", "\(time(length)) s")) }
    return MixtureExample(
      method: mixture.method.rawValue.uppercased(),
      signals: titles.indices.map {
        MixtureExample.Signal(title: titles[$0], low: mixture.low[$0], high: mixture.high[$0])
      }, duration: mixture.duration, facts: facts)
  }
}
