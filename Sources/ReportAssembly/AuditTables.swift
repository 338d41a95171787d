// An audit in the report.
import Corpora
import Evaluation
import Reporting

extension CorpusAudit {
  /// Findings, shared texts, lengths and levels.
  var tables: [PlainTable] {
    let found = findings.map {
      [
        $0.kind.rawValue, $0.severity.rawValue + (allows($0) ? ", allowed" : ""), $0.place,
        $0.expected, $0.found,
      ]
    }
    let kinds = AuditFinding.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    let verdict = leaks.isEmpty ? "No leak that was not allowed." : "\(leaks.count) LEAKS."
    return [
      PlainTable(
        title: "Findings before training",
        columns: ["Kind", "Severity", "Where", "Expected", "Found"],
        rows: found.isEmpty ? [["nothing", "–", "–", "–", "–"]] : found,
        remark: sound.recordings == 0
          ? "\(verdict) No recording was opened, so duplicates were not looked for."
          : "\(verdict) Looked for: \(kinds); over all \(sound.recordings) decoded recordings.",
        hasWords: true)
    ]
      + (sound.recordings > 0
        ? [groups("Length and loudness by class", "Class", [sound.all] + sound.classes)] : [])
      + (hasSpeakers && sound.recordings > 0
        ? [groups("Length and loudness by speaker", "Speaker", sound.speakers)] : [])
  }

  private func groups(_ title: String, _ kind: String, _ groups: [SoundAudit.Group]) -> PlainTable {
    func text(_ summary: SoundAudit.Summary) -> [String] {
      [
        fixed(summary.mean, digits: 2), fixed(summary.deviation, digits: 2),
        "\(fixed(summary.least, digits: 2)) to \(fixed(summary.greatest, digits: 2))",
      ]
    }
    return PlainTable(
      title: title,
      columns: [kind, "n", "s: mean", "sd", "range", "dBFS: mean", "sd", "range"],
      rows: groups.map { [$0.name, "\($0.count)"] + text($0.duration) + text($0.loudness) },
      remark: "Root mean square of whole recordings as they are stored, before any scaling.")
  }
}
