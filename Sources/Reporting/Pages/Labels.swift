// Names of a corpus's figures and tables, and text common to all captions.
import Evaluation

extension CorpusReport {
  /// Labels a figure; `variant` counts from 0.
  func label(_ kind: String, _ title: String, _ caption: String, variant: Int? = nil) -> ChartLabel
  {
    ChartLabel(
      kind: kind, name: stem(kind, variant), title: "\(displayName)\(title)",
      caption: caption + (fingerprint.isEmpty ? "" : " \(fingerprint)"), warnings: warnings)
  }

  /// Labels a table.
  func table(
    tidy: TidyTable? = nil, _ kind: String, _ title: String, variant: Int? = nil,
    columns: [Table.Column], rows: [[Table.Cell]], ruledRows: Set<Int> = [], remark: String = "",
    isDense: Bool = false
  ) -> Table {
    var table = Table(
      kind: kind, name: stem(kind, variant), title: "\(displayName)\(title)", warnings: warnings,
      columns: columns, rows: rows, ruledRows: ruledRows, remark: remark, isDense: isDense)
    table.tidy = tidy
    return table
  }

  /// A stem such as "ravdess-confusion-1-full".
  private func stem(_ kind: String, _ variant: Int?) -> String {
    let short = kind.split(separator: "-").dropFirst().joined(separator: "-")
    let system = variant.map { "-\($0 + 1)-\(slug(variants[$0].name))" } ?? ""
    return "\(name)-\(short)\(system)"
  }

  /// A section on a part of this corpus's results.
  func section(_ title: String, _ blocks: [Block]) -> Section {
    Section(title: "\(displayName): \(title)", level: 1, warnings: warnings, blocks: blocks)
  }

  /// Text such as "n = 1440 utterances, 24 speakers, 6 folds, seeds 1, 2, 3".
  func sample(_ scores: ScoreSummary) -> String {
    let folds = scores.expectedFolds.count
    let seeds = scores.completeSeeds
    return
      "n = \(count(dataset.counts.reduce(0, +), "utterance")), "
      + "\(count(dataset.speakers.count, "speaker")), \(count(folds, "fold")), "
      + "\(seeds.count == 1 ? "seed" : "seeds") "
      + (seeds.isEmpty ? "none complete" : seeds.map(String.init).joined(separator: ", "))
  }
}

/// Returns a name in lower-case letters, digits and hyphens.
func slug(_ name: String) -> String {
  let words = name.lowercased().unicodeScalars
    .map { ("a"..."z").contains($0) || ("0"..."9").contains($0) ? Character($0) : "-" }
  let plain = String(words).split(separator: "-").joined(separator: "-")
  return plain.isEmpty ? "system" : plain
}

/// A number with its noun: "1 fold", "6 folds".
func count(_ number: Int, _ noun: String) -> String {
  "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
}
