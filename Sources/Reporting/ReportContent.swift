// The content of a report as a value: results by cell, their analysis, and texts. Drawing it needs
// no run.
import Evaluation
package import Foundation

/// Everything a report shows.
package struct ReportContent: Sendable {
  package var title: String
  package var runName: String
  /// The date of the run, printed and stored in the PDF.
  package var createdAt: Date
  package var corpora: [CorpusReport]
  /// The program's results on the golden fixtures; nil if not recorded.
  package var conformance: ConformanceReport?
  /// Versions, machine, commit, seeds and so on, in titled groups.
  package var provenance: [KeyValueSection]
  /// Every setting of the experiment, in titled groups.
  package var settings: [KeyValueSection]
  /// Remarks for the summary page.
  package var notes: [String]
  /// Whether another program trained the systems, so that nobody can tell on what.
  package var isScored: Bool

  package init(
    title: String, runName: String, createdAt: Date, corpora: [CorpusReport],
    conformance: ConformanceReport?, provenance: [KeyValueSection], settings: [KeyValueSection],
    notes: [String], isScored: Bool = false
  ) {
    self.title = title
    self.runName = runName
    self.createdAt = createdAt
    self.corpora = corpora
    self.conformance = conformance
    self.provenance = provenance
    self.settings = settings
    self.notes = notes
    self.isScored = isScored
  }

  /// Whether any corpus is a synthetic stand-in.
  package var isSynthetic: Bool { corpora.contains(where: \.isSynthetic) }
}

/// A titled list of names and values.
package struct KeyValueSection: Sendable, Equatable {
  package var title: String
  package var rows: [Row]

  package init(title: String, rows: [Row]) {
    self.title = title
    self.rows = rows
  }

  /// A name and its value.
  package struct Row: Sendable, Equatable {
    package var key: String
    package var value: String

    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }
}

/// What was trained and tested on one corpus.
package struct CorpusReport: Sendable {
  /// The name used in file names, such as `ravdess`.
  package var name: String
  package var displayName: String
  package var isSynthetic: Bool
  /// Whether the corpus lacks utterances of the published one.
  package var isIncomplete: Bool
  /// Whether the speakers are unknown. Each utterance then counts as a speaker of its own.
  package var isWithoutSpeakers: Bool
  /// Folds, evaluated part, seeds and selection rule, one sentence each.
  package var protocolText: [String]
  package var classes: [String]
  package var dataset: DataSetReport
  package var variants: [VariantReport]
  package var baselines: [BaselineRow]
  /// How far the results can be trusted; nil in a report without a judgement.
  package var judgement: JudgementReport?
  /// The protocol's fingerprint for captions, such as `fp:77aba972337dddef`; empty if there is
  /// none.
  package var fingerprint: String
  /// Where one system's attention looked, with the system's name; nil if nothing was kept.
  package var attention: (system: String, examples: [AttentionExample], note: String)?
  /// A mixture as made in training; nil if nothing was kept.
  package var mixture: (example: MixtureExample, note: String)?
  /// Why one of the two is missing.
  package var exampleProblem: String?
  /// The addresses of recordings by utterance, for links from the web page; empty for no links.
  package var recordings: [String: String] = [:]

  package init(
    name: String, displayName: String, isSynthetic: Bool, isIncomplete: Bool,
    isWithoutSpeakers: Bool = false, protocolText: [String], classes: [String],
    dataset: DataSetReport, variants: [VariantReport], baselines: [BaselineRow],
    judgement: JudgementReport? = nil, fingerprint: String = ""
  ) {
    self.name = name
    self.displayName = displayName
    self.isSynthetic = isSynthetic
    self.isIncomplete = isIncomplete
    self.isWithoutSpeakers = isWithoutSpeakers
    self.protocolText = protocolText
    self.classes = classes
    self.dataset = dataset
    self.variants = variants
    self.baselines = baselines
    self.judgement = judgement
    self.fingerprint = fingerprint
  }

  /// The warnings on everything made from this corpus.
  package var warnings: Warnings {
    Warnings(
      isSynthetic: isSynthetic,
      isIncomplete: isIncomplete || variants.contains { !$0.scores.isComplete },
      isWithoutSpeakers: isWithoutSpeakers)
  }
}

/// Counts of a corpus's utterances.
package struct DataSetReport: Sendable, Equatable {
  /// Utterances per class, in the corpus's order of classes.
  package var counts: [Int]
  /// The published counts; nil if there are none.
  package var publishedCounts: [Int]?
  /// Whether the counts to compare with are not published, but expected by the corpus's manifest.
  package var isExpectedByManifest = false
  package var speakers: [CountRow]
  package var folds: [CountRow]
  /// Why utterances were left out, and how many.
  package var excluded: [Exclusion]
  package var fingerprint: String
  /// Lengths of recordings by speaker and by class, in their order; empty if unknown.
  package var speakerLengths: [CorpusOverview.Length?]
  package var classLengths: [CorpusOverview.Length?]

  package init(
    counts: [Int], publishedCounts: [Int]?, speakers: [CountRow], folds: [CountRow],
    excluded: [Exclusion], fingerprint: String, speakerLengths: [CorpusOverview.Length?] = [],
    classLengths: [CorpusOverview.Length?] = []
  ) {
    self.speakerLengths = speakerLengths
    self.classLengths = classLengths
    self.counts = counts
    self.publishedCounts = publishedCounts
    self.speakers = speakers
    self.folds = folds
    self.excluded = excluded
    self.fingerprint = fingerprint
  }

  /// A sentence on the counts to compare with.
  var comparedWith: String {
    switch (publishedCounts == nil, isExpectedByManifest) {
    case (true, false): "There are no published counts for comparison."
    case (true, true): "The manifest expects no counts."
    case (false, false): "Black ticks: the published counts."
    case (false, true): "Black ticks: the counts expected by the manifest."
    }
  }

  /// Utterances per class of one speaker or fold.
  package struct CountRow: Sendable, Equatable {
    package var name: String
    package var counts: [Int]

    package init(_ name: String, _ counts: [Int]) {
      self.name = name
      self.counts = counts
    }
  }

  /// A reason for leaving utterances out.
  package struct Exclusion: Sendable, Equatable {
    package var reason: String
    package var count: Int

    package init(_ reason: String, _ count: Int) {
      self.reason = reason
      self.count = count
    }
  }
}

/// A result recorded elsewhere, to show beside ours.
package struct BaselineRow: Sendable {
  /// The origin of a baseline.
  package enum Origin: String, Sendable { case paper, measured }

  package var name: String
  package var source: String
  package var origin: Origin
  /// Shares, 0 … 1; nil if not recorded.
  package var accuracy: Double?
  package var unweightedAverageRecall: Double?
  /// Whether the protocols agree.
  package var isComparable: Bool
  /// Why they do not agree; empty if they do.
  package var whyNot: String
  /// Whether it has the classes of this run's system of the same name for every utterance and seed:
  /// it was recorded from this run, or from one with the same predictions.
  package var isSame = false
  /// UA of each fold, mean over seeds, if recorded.
  package var folds: [(fold: Int, unweightedAverageRecall: Double)]

  package init(
    name: String, source: String, origin: Origin, accuracy: Double?,
    unweightedAverageRecall: Double?, isComparable: Bool, whyNot: String,
    folds: [(fold: Int, unweightedAverageRecall: Double)] = []
  ) {
    self.folds = folds
    self.name = name
    self.source = source
    self.origin = origin
    self.accuracy = accuracy
    self.unweightedAverageRecall = unweightedAverageRecall
    self.isComparable = isComparable
    self.whyNot = whyNot
  }
}
