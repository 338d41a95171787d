// An audit as plain text in columns, for a terminal.
import Foundation

extension CorpusAudit {
  /// The audit as lines of text: the verdict, the findings, then the underlying tables.
  package var text: String {
    let title =
      (isSynthetic ? "SYNTHETIC " : "") + "\(corpus) at \(path)"
      + (isIncomplete ? ", INCOMPLETE" : "")
    let sections = [
      [title, "fingerprint \(fingerprint)"] + copyLines + [verdict], findings.flatMap(lines),
      soundTable, outliers, classTable, textTable, table(of: "class", [sound.all] + sound.classes),
      hasSpeakers ? table(of: "speaker", sound.speakers) : [], shortRecordings,
    ]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var copyLines: [String] { copies?.sentence.map { ["copies: " + $0] } ?? [] }

  private var verdict: String {
    let counts = AuditFinding.Severity.allCases.map { severity in
      let count = findings.count { $0.severity == severity }
      return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
    guard leaks.isEmpty else { return "FAILED: \(counts)" }
    // Missing clips may be the ones that leak.
    return isIncomplete ? "undecided, for the corpus is INCOMPLETE: \(counts)" : "passed: \(counts)"
  }

  private func lines(_ finding: AuditFinding) -> [String] {
    [
      "\(finding.severity.rawValue) \(finding.kind.rawValue): \(finding.what)"
        + (allows(finding) ? " (allowed)" : ""),
      "  where     \(finding.place)", "  expected  \(finding.expected)",
      "  found     \(finding.found)", "  to do     \(finding.remedy)",
    ]
  }

  /// A row per quantity, followed by rates and channels.
  private var soundTable: [String] {
    guard let table = sound.table else { return [] }
    func number(_ value: Double) -> String { String(format: "%.4g", value) }
    let rows = table.rows.map {
      ["\($0.name), \($0.unit)", number($0.least), number($0.median), number($0.greatest)]
    }
    func shares(_ shares: [SoundTable.Share], _ unit: String) -> String {
      let shown = shares.prefix(8).map { "\($0.value)\(unit) (\($0.count))" }
      return shown.joined(separator: ", ") + (shares.count > 8 ? " …" : "")
    }
    return columns([["sound", "min", "median", "max"]] + rows) + [
      "rates (clips): " + shares(table.rates, " Hz"),
      "channels (clips): " + shares(table.channels, ""),
    ]
  }

  /// The unusual recordings, up to a readable number.
  private var outliers: [String] {
    guard let outliers = sound.outliers, !outliers.isEmpty else { return [] }
    return ["unusual recordings:"]
      + outliers.prefix(50).map { "  \($0.path): \($0.reason)" }
      + (outliers.count > 50 ? ["  and \(outliers.count - 50) more: see --json"] : [])
  }

  /// A row per fold and a column per class. Validation is another fold's test part.
  private var classTable: [String] {
    let labels = division.folds.first?.balances.first?.classes.map(\.label) ?? []
    let rows = division.folds.flatMap { fold in
      fold.balances.filter { $0.role != .validation }.map { balance in
        ["\(fold.fold)", balance.role.rawValue, "\(balance.count)"]
          + balance.classes.map { "\($0.count) (\(String(format: "%.1f", 100 * $0.share)) %)" }
      }
    }
    return columns([["fold", "role", "clips"] + labels] + rows)
  }

  /// A row per fold and a column per kind of text.
  private var textTable: [String] {
    let kinds = SpokenText.Kind.allCases.filter { kind in
      division.folds.contains { $0.repetitions.contains { $0.kind == kind } }
    }
    guard !kinds.isEmpty else { return [] }
    let rows = division.folds.map { fold in
      ["\(fold.fold)", "\(fold.balance(.test)?.count ?? 0)"]
        + kinds.map { kind in
          "\(fold.repetitions.first { $0.kind == kind }?.count ?? 0)"
        }
    }
    return columns(
      [["fold", "test clips"] + kinds.map { "whose \($0) is in training" }] + rows)
  }

  private func table(of name: String, _ groups: [SoundAudit.Group]) -> [String] {
    func numbers(_ summary: SoundAudit.Summary) -> [String] {
      [summary.mean, summary.deviation, summary.least, summary.greatest].map {
        String(format: "%.2f", $0)
      }
    }
    let header = [name, "clips", "s: mean", "sd", "min", "max", "dBFS: mean", "sd", "min", "max"]
    return columns(
      [header]
        + groups.map { group in
          [group.name, "\(group.count)"] + numbers(group.duration) + numbers(group.loudness)
        })
  }

  private var shortRecordings: [String] {
    guard !sound.tooShort.isEmpty else { return [] }
    let shown = sound.tooShort.prefix(5).joined(separator: ", ")
    return [
      """
      \(sound.tooShort.count) clip\(sound.tooShort.count == 1 ? " has" : "s have") less than 0.64 \
      s of sound; no near duplicate was looked for: \
      \(shown)\(sound.tooShort.count > 5 ? " …" : "")
      """
    ]
  }
}

/// Returns rows of cells as lines. The first column is aligned left, the others right.
private func columns(_ rows: [[String]]) -> [String] {
  let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    zip(row, widths).enumerated().map { column, cell in
      let blanks = String(repeating: " ", count: cell.1 - cell.0.count)
      return column == 0 ? cell.0 + blanks : blanks + cell.0
    }.joined(separator: "  ")
  }
}
