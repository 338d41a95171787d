// `reprise fsck`: every file of a run held to its checksum. What is damaged is set aside, never removed;
// what is good is never touched; what is gone is named.
import Corpora
import Files
import Foundation

/// What a check of a run's files found.
package struct FileCheck: Codable, Sendable {
  package struct Finding: Codable, Sendable, Equatable {
    /// Below the run.
    package let path: String
    package let problem: String
    /// Where it lies now, below the run; nil where nothing was changed.
    package var movedTo: String?
    /// What makes up for it.
    package let remedy: String
  }

  package let run: String
  /// Files that were held to a checksum.
  package let checked: Int
  /// Files that nothing guards: written by an earlier program, or by somebody else.
  package let unguarded: [String]
  package let findings: [Finding]
  /// Finished cells that are intact.
  package let intactCells: Int
  /// What is worth knowing and no fault: files that are being written, losses that were told before.
  package let notes: [String]
}

extension ExperimentRun {
  /// Holds every file below the run's folder to its checksum.
  ///
  /// - Parameter repairs: whether damage is set aside in `quarantine`, and damaged cells opened again.
  /// - Throws: `FileError`.
  package static func checkFiles(in folder: String, repairs: Bool) throws -> FileCheck {
    var checker = try FileChecker(folder: folder, repairs: repairs)
    try checker.checkPlaces()
    try checker.checkCells()
    for corpus in CorpusName.allCases {
      try checker.checkList("stand-ins/" + corpus.rawValue, remedy: "makes the stand-ins anew")
    }
    try checker.checkList("report", remedy: "draws the report anew")
    try checker.checkRest()
    try checker.checkInventory()
    return checker.outcome
  }
}

extension FileCheck {
  package var text: String {
    var lines = findings.map { finding in
      "\(finding.path): \(finding.problem)"
        + (finding.movedTo.map { "; set aside as \($0)" } ?? "") + "; \(finding.remedy)"
    }
    let listed = unguarded.prefix(5).joined(separator: ", ")
    if !unguarded.isEmpty {
      lines.append(
        "\(unguarded.count) files have no checksum, as those of earlier programs: \(listed)"
          + (unguarded.count > 5 ? " …" : ""))
    }
    lines += notes
    lines.append(
      "\(run): \(checked) files checked, \(findings.count) damaged or missing; "
        + "\(intactCells) finished cells are intact")
    return lines.joined(separator: "\n")
  }
}
