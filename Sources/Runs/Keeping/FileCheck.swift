// `reprise fsck`: every file of a run held to its checksum. What is damaged is set aside, never
// removed; what is good is never touched; what is gone is named.
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

    package init(path: String, problem: String, movedTo: String? = nil, remedy: String) {
      (self.path, self.problem) = (path, problem)
      (self.movedTo, self.remedy) = (movedTo, remedy)
    }
  }

  package let run: String
  /// Files that were held to a checksum.
  package let checked: Int
  /// Files that nothing guards: written by an earlier program, or by somebody else.
  package let unguarded: [String]
  package let findings: [Finding]
  /// Finished cells that are intact.
  package let intactCells: Int
  /// What is worth knowing and no fault: files that are being written, losses that were told
  /// before.
  package let notes: [String]

  /// The check with what else was found.
  package func adding(_ findings: [Finding]) -> FileCheck {
    FileCheck(
      run: run, checked: checked, unguarded: unguarded, findings: self.findings + findings,
      intactCells: intactCells, notes: notes)
  }
}

extension FileCheck {
  /// Holds every file below a run's folder to its checksum.
  ///
  /// - Parameters:
  ///   - repairs: whether damage is set aside in `quarantine`, and damaged cells opened again.
  ///   - caches: how computed features and frames are looked at.
  /// - Throws: `FileError`; `RunFolderError.notARun`.
  package init(ofRun folder: String, repairs: Bool, caches: CacheFormats) throws {
    let parts = ["cells", "experiment.json", "inventory", "ledger", "queue"]
    guard parts.contains(where: { access("\(folder)/\($0)", F_OK) == 0 }) else {
      throw RunFolderError.notARun(folder: folder)
    }
    var checker = try FileChecker(folder: folder, repairs: repairs, caches: caches)
    try checker.checkPlaces()
    try checker.checkCells()
    for corpus in try fileNames(in: folder + "/stand-ins") {
      try checker.checkList("stand-ins/" + corpus, remedy: "makes the stand-ins anew")
    }
    try checker.checkList("report", remedy: "draws the report anew")
    try checker.checkRest()
    try checker.checkInventory()
    self = checker.outcome
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
