// Generated reports for tests and timing. They are seeded, of any size, and use no real run.
import Evaluation
import Foundation
import Randomness
package import Reporting
import Settings
import Synchronization

/// The size and difficulty of a sample.
package struct Sample: Sendable, Hashable {
  package var classes = [
    "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised",
  ]
  package var speakers = 24
  package var folds = 6
  package var seeds = [1, 2, 3]
  package var epochs = 30
  package var points = 720
  package var corpora = ["ravdess"]
  package var isSynthetic = true
  package var hasMissingVariant = false
  package var hasMissingCell = false
  package var emptyClass: Int?
  package var settings = 40
  /// Whether the paper's ablations are included.
  package var hasAblations = false
  /// Number of systems, counted from the first; all by default.
  package var systemCount = Int.max

  /// A report like that of the default run.
  package static let quick = Sample(
    classes: ["angry", "happy", "neutral", "sad"], speakers: 4, folds: 2, seeds: [1], epochs: 8,
    points: 80, corpora: ["ravdess", "iemocap", "msp-improv", "savee"])
  /// A report like that of genuine speech, with the paper's numbers.
  package static let real = Sample(isSynthetic: false)
  /// Long names, an empty class and missing cells.
  package static let awkward = Sample(
    classes: (1...8).map { "an emotion with a very long name, no. \($0)" }, points: 10_000,
    corpora: ["a-corpus-with-a-rather-long-name-of-its-own"], hasMissingVariant: true,
    hasMissingCell: true, emptyClass: 3, settings: 160)
  /// The smallest possible report.
  package static let least = Sample(
    classes: ["neutral"], speakers: 1, folds: 1, seeds: [7], epochs: 1, points: 5, settings: 0)
  /// Many classes with unbreakable names.
  package static let many = Sample(
    classes: (1...24).map { "emotion_number_\($0)" }, speakers: 60, folds: 12, points: 300)
}

extension Sample {
  /// The paper's ablations: twelve systems.
  package static let grid = Sample(epochs: 8, points: 240, hasAblations: true)

  /// A report like RAVDESS's with `count` systems, at most twelve; for timing.
  package static func sized(systems count: Int) -> Sample {
    Sample(points: 240, hasAblations: count > 2, systemCount: count)
  }

  /// The report, made once per process.
  package var content: ReportContent { makeContent(self) }

  /// For each system: name, augmentation, pooling, losses and skill.
  var systems: [(String, String, String, String, Double)] {
    let losses = LossTerm.allCases.map(\.label)
    func first(_ count: Int) -> String { losses.prefix(count).joined(separator: " + ") }
    func last(_ count: Int) -> String { losses.suffix(count).joined(separator: " + ") }
    func without(_ index: Int) -> String {
      losses.enumerated().filter { $0.offset != index }.map(\.element).joined(separator: " + ")
    }
    let all = first(losses.count)
    let systems =
      [("full", "EAM", "FLAM", all, 0.68)]
      + (hasAblations
        ? [
          ("no-mixup", "no mixup", "FLAM", all, 0.66), ("lam", "LAM", "FLAM", all, 0.67),
          ("mean-pooling", "EAM", "mean pooling", all, 0.64),
          ("max-pooling", "EAM", "max pooling", all, 0.65), ("kl", "EAM", "FLAM", first(1), 0.66),
          ("kl-focal", "EAM", "FLAM", first(2), 0.67),
          ("kl-focal-center", "EAM", "FLAM", first(3), 0.68),
          ("no-kl", "EAM", "FLAM", last(3), 0.65),
          ("no-focal", "EAM", "FLAM", without(1), 0.67),
          ("no-center", "EAM", "FLAM", without(2), 0.66),
          ("plain", "no mixup", "mean pooling", "KL", 0.6),
        ] : [("plain", "no mixup", "mean pooling", "KL", 0.6)])
    return Array(systems.prefix(systemCount))
  }
}

private let made = Mutex<[Sample: ReportContent]>([:])

/// The report content of a sample, made once.
package func makeContent(_ sample: Sample) -> ReportContent {
  made.withLock { made in
    if let content = made[sample] { return content }
    let content = build(sample)
    made[sample] = content
    return content
  }
}

private func build(_ sample: Sample) -> ReportContent {
  let stream = RandomStream(seed: 11)
  let lists = [
    KeyValueSection(
      title: "Program",
      rows: [
        .init("commit", "0123456789abcdef0123456789abcdef01234567"), .init("dirty", "no"),
        .init("Swift", "6.3.1"),
      ]),
    KeyValueSection(
      title: "Machine",
      rows: [.init("processor", "Example CPU @ 2.50 GHz, 2 cores"), .init("memory", "8 GiB")]),
  ]
  let settings = KeyValueSection(
    title: "Training",
    rows: (0..<sample.settings).map {
      .init(
        "training.setting-number-\($0)",
        $0 % 7 == 3
          ? String(repeating: "a long value that must be broken over lines ", count: 5) : "\($0)")
    })
  return ReportContent(
    title: "Speech emotion recognition: EAM, FLAM and multi-loss learning",
    runName: "sample-run", createdAt: Date(timeIntervalSince1970: 1_790_000_000),
    corpora: sample.corpora.map { makeCorpus($0, sample, stream.split($0)) },
    conformance: sample.settings == 0 ? nil : makeConformance(), provenance: lists,
    settings: [settings],
    notes: ["The last epoch is evaluated; no epoch is chosen by its test score."])
}

private func makeCorpus(_ name: String, _ sample: Sample, _ stream: RandomStream) -> CorpusReport {
  let k = sample.classes.count
  func counts(_ size: Int) -> [Int] {
    (0..<k).map { $0 == sample.emptyClass ? 0 : $0 == 0 ? size / 2 : size }
  }
  let total = sample.speakers * sample.folds * 2
  let speakers = (1...sample.speakers).map {
    DataSetReport.CountRow("speaker-\($0)", counts(total / sample.speakers))
  }
  let folds = (1...sample.folds).map {
    DataSetReport.CountRow("\($0)", counts(total / sample.folds))
  }
  var corpus = CorpusReport(
    name: name, displayName: name.uppercased() + (sample.isSynthetic ? " stand-in" : ""),
    isSynthetic: sample.isSynthetic, isIncomplete: false,
    protocolText: [
      "\(sample.folds) folds from the list “emobox”; no speaker is in both parts of a fold.",
      """
      Seeds \(sample.seeds.map(String.init).joined(separator: ", ")); the last epoch is evaluated.
      """,
    ],
    classes: sample.classes,
    dataset: DataSetReport(
      counts: counts(total), publishedCounts: sample.emptyClass == nil ? counts(total) : nil,
      speakers: speakers, folds: folds,
      excluded: [.init("song, not speech", 1012), .init("AppleDouble file", 3)],
      fingerprint: "9f2c4e6a8b0d1f3a5c7e9b1d3f5a7c9e0b2d4f6a8c0e1f3b5d7f9a1c3e5b7d9f"),
    variants: sample.systems.enumerated().map { index, system in
      let isMissing = sample.hasMissingVariant && index == 1
      return makeVariant(
        system.0, (system.1, system.2, system.3), skill: system.4, isMissing: isMissing, sample,
        stream.split(system.0))
    },
    baselines: sample.isSynthetic
      ? []
      : [
        BaselineRow(
          name: "EAM + FLAM + MLL, WavLM Large", source: "arXiv 2512.04551", origin: .paper,
          accuracy: 0.934, unweightedAverageRecall: 0.9228, isComparable: false,
          whyNot: "its backbone was pretrained on 94 000 h of speech; its fold lists are not known."
        ),
        BaselineRow(
          name: "compact, recorded", source: "baselines/ravdess-compact.json", origin: .measured,
          accuracy: 0.671, unweightedAverageRecall: nil, isComparable: true, whyNot: ""),
      ],
    fingerprint: "fp:0123456789abcdef")
  corpus.judgement = makeJudgement(sample, stream)
  if sample.epochs > 1 { makeExamples(&corpus) }
  return corpus
}

/// Predictions for every utterance and seed. Speakers take turns in the folds.
private func makePredictions(_ sample: Sample, skill: Double, _ stream: inout RandomStream)
  -> [(seed: Int, predictions: [Prediction])]
{
  let k = sample.classes.count
  let total = max(sample.folds * k, 192 * min(k, 8))
  return sample.seeds.map { seed in
    let rows = (0..<total).compactMap { index -> Prediction? in
      let truth = index % k
      let speaker = index / k % max(sample.speakers, sample.folds)
      let isRight = stream.uniform() < skill
      let guess = isRight ? truth : stream.integer(below: k)
      guard truth != sample.emptyClass else { return nil }
      // Correct predictions tend to be more confident. Numbers that depend on the place alone leave
      // the stream, and so all other numbers, as they were.
      let place = (Double(index) * 0.618_034 + Double(seed) * 0.37)
        .truncatingRemainder(dividingBy: 1)
      let tendency = guess == truth ? 1 - 0.7 * place * place : 0.1 + 0.8 * place
      let least = 1.2 / Double(k)
      let confidence = k > 1 ? Float(least + (0.999 - least) * tendency) : 1
      let rest = k > 1 ? (1 - confidence) / Float(k - 1) : 0
      return Prediction(
        id: "u-\(index)", speaker: "speaker-\(speaker + 1)", fold: speaker % sample.folds + 1,
        truth: truth, predicted: guess,
        probabilities: (0..<k).map { $0 == guess ? confidence : rest })
    }
    return (seed, rows)
  }
}

/// The judgement of the systems with complete seeds, computed by `Evaluation`.
private func makeJudgement(_ sample: Sample, _ origin: RandomStream) -> JudgementReport {
  let systems = sample.systems.prefix(sample.hasMissingVariant ? 1 : .max)
    .map { name, _, _, _, skill in
      var stream = origin.split(name)
      return SystemPredictions(
        system: name, classes: sample.classes,
        seeds: makePredictions(sample, skill: skill, &stream))
    }
  var report = JudgementReport(
    signature: "sample|fp:0123456789abcdef",
    analyses: systems.map { SystemAnalysis($0, random: origin, resamples: 50) },
    comparisons: [Metric.accuracy, .unweightedAverageRecall].map { metric in
      systems.dropFirst().map {
        SystemComparison(systems[0], $0, metric: metric, random: origin, resamples: 50)
      }
    }.filter { !$0.isEmpty }, selections: [],
    looks: [.init(fold: 1, result: 6, trajectory: 180, companion: 60)], claims: [],
    audits: [
      PlainTable(
        title: "Findings before training", columns: ["Kind", "Where"],
        rows: [["exact-duplicates", "a-file-name_of-some-length.wav"]], remark: "One.",
        hasWords: true)
    ])
  report.leaks = 0
  report.gate = makeGate(Array(systems), sample)
  report.components = report.comparisons.map { group in
    ComponentClaim.judged(
      group.map { .init(series: "Losses, one by one", claim: "+ SupCon", comparison: $0) }
        + [.init(series: "Pooling", claim: "FLAM over max", comparison: nil)])
  }
  report.pairs = [Metric.unweightedAverageRecall, .accuracy]
    .compactMap { SystemPairs(systems, metric: $0) }.filter { $0.standings.count > 2 }
  report.confidences = systems.compactMap { ConfidenceAnalysis($0) }
  report.courses = systems.enumerated().map { index, system in
    (system.system, makeCourses(sample, lead: Double(index % 3) / 50))
  }
  report.recalls = systems.map { ($0.system, $0.classRecalls()) }
  report.differences = systems.dropFirst().map { ConfusionDifference(systems[0], $0) }
  report.addGroups(Array(systems))
  return report
}

/// Accuracies that rise with the epochs, of test utterances and of held-out speakers.
private func makeCourses(_ sample: Sample, lead: Double) -> [EpochCourse] {
  func course(_ part: EpochCourse.Part, seeds: [Int], _ offset: Double) -> EpochCourse? {
    EpochCourse(
      part,
      seeds.flatMap { seed in
        (1...sample.folds).map { fold in
          let values = (1...sample.epochs).map { epoch in
            let spread = 0.03 * sin(Double(7 * seed + 3 * fold + epoch))
            return 0.68 + lead + offset + spread - 0.5 * pow(0.85, Double(epoch))
          }
          return (seed, fold, values)
        }
      })
  }
  return [
    course(.scored, seeds: sample.seeds, 0),
    course(.heldOut, seeds: Array(sample.seeds.prefix(1)), -0.04),
    course(.scoredBeside, seeds: Array(sample.seeds.prefix(1)), -0.02),
  ].compactMap(\.self)
}

/// Two recordings with attention and one mixture, made of sines.
private func makeExamples(_ corpus: inout CorpusReport) {
  let names = corpus.classes
  corpus.attention = (
    "full",
    ["right", "wrong"].map { kind in
      AttentionExample(
        utterance: "03-01-05-01-02-01-\(kind)", truth: names[0],
        predicted: kind == "right" ? names[0] : names[names.count - 1], probability: 0.93,
        spectrum: (0..<40).map { band in
          (0..<120).map { Float(sin(Double(band * $0) / 90) - Double(band) / 30) }
        }, secondsPerFrame: 0.02,
        attention: (0..<4).map { head in
          let raw = (0..<60).map { 1.2 + sin(Double($0 + 9 * head) / 7) }
          return raw.map { Float($0 / raw.reduce(0, +)) }
        }, secondsPerWeight: 0.04)
    }, "Fold 1, seed 1."
  )
  let wave = (0..<300).map { Float(abs(sin(Double($0) / 20)) * 0.6) }
  corpus.mixture = (
    MixtureExample(
      method: "EAM",
      signals: ["first: a, \(names[0])", "second: b", "mixture"].map {
        .init(title: $0, low: wave.map { -$0 }, high: wave)
      }, duration: 3.1, facts: [.init("SNR", "4.2 dB"), .init("λ", "0.72")]),
    "Drawn as in training."
  )
}

private func makeVariant(
  _ name: String, _ system: (String, String, String), skill: Double, isMissing: Bool,
  _ sample: Sample, _ origin: RandomStream
) -> VariantReport {
  var stream = origin
  let k = sample.classes.count
  let predictions = makePredictions(sample, skill: skill, &stream)
  var cells = predictions.flatMap { seed, rows in
    (1...sample.folds).map { fold in
      ScoredCell(
        seed: seed, fold: fold,
        matrix: ConfusionMatrix(
          classes: sample.classes, predictions: rows.filter { $0.fold == fold }))
    }
  }
  if sample.hasMissingCell, name == "full" { cells.removeLast() }
  let curves = sample.seeds.flatMap { seed in
    (1...sample.folds).map { fold in
      TrainingCurve(
        seed: seed, fold: fold,
        epochs: (1...sample.epochs).map { epoch in
          let loss = 2 * pow(0.93, Double(epoch)) * (1 + 0.08 * stream.normal())
          let isFull = name == "full"
          return TrainingCurve.Epoch(
            epoch: epoch, total: isFull ? loss * 1.9 : loss,
            losses: isFull
              ? [.kl: loss, .focal: loss * 0.6, .center: loss * 60, .supcon: loss * 1.4]
              : [.kl: loss],
            learningRate: 0.001 * pow(0.95, Double(epoch)), gradientNorm: 3 + 0.4 * stream.normal(),
            trainAccuracy: 1 - loss / 2.4)
        })
    }
  }
  let centres = (0..<k).map { _ in (stream.normal() * 20, stream.normal() * 20) }
  let points = (0..<sample.points).map { index in
    let label = index % k
    return EmbeddingProjection.Point(
      x: centres[label].0 + 6 * stream.normal(), y: centres[label].1 + 6 * stream.normal(),
      classIndex: label, speaker: "speaker-\(index % sample.speakers + 1)", id: "u-\(index)",
      predictedIndex: index % 5 == 0 ? (label + 1) % k : label)
  }
  var report = VariantReport(
    name: name, augmentation: system.0, pooling: system.1, losses: system.2,
    scores: ScoreSummary(
      cells: isMissing ? [] : cells, seeds: sample.seeds, folds: Array(1...sample.folds)),
    curves: isMissing ? [] : curves,
    projection: isMissing
      ? nil
      : EmbeddingProjection(
        points: points, total: sample.points == 2000 ? 4320 : sample.points, perplexity: 30,
        divergence: 1.234, note: "Test utterances of all folds, seed \(sample.seeds[0])."))
  let complete = predictions.filter { report.scores.completeSeeds.contains($0.seed) }
  if !complete.isEmpty {
    report.predictions = SystemPredictions(
      system: name, classes: sample.classes, seeds: complete)
  }
  return report
}

/// Two fixtures, one of which failed.
private func makeConformance() -> ConformanceReport {
  ConformanceReport(
    verified: "Reprise 0.0, commit 0123456789ab",
    rows: [("losses", true), ("a-fixture-of-long-name", false)].map { name, passed in
      ConformanceReport.Row(
        fixture: name, proves: "The losses and their gradients", reference: "torch 2.13.0+cpu",
        numbers: "13140", worst: "focal mixed 16x8/dLogits [16, 8], element [3, 7]",
        absolute: "5.5e-8", relative: "5.4e-8", ulp: "0.5", tolerance: "4.8e-7 + 4.8e-7·|x|",
        passed: passed)
    })
}
