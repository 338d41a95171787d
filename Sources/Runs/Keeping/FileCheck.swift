// `reprise fsck`: checks every file of a run against its checksum. Damaged files are set aside,
// never deleted. Intact files are not touched. Missing files are reported.
import Experiments
import Files
import Foundation

/// The result of checking a run's files.
package struct FileCheck: Codable, Sendable {
  package struct Finding: Codable, Sendable, Equatable {
    /// The path below the run.
    package let path: String
    package let problem: String
    /// The new path below the run; nil if nothing was moved.
    package var movedTo: String?
    /// How to replace the file.
    package let remedy: String

    package init(path: String, problem: String, movedTo: String? = nil, remedy: String) {
      (self.path, self.problem) = (path, problem)
      (self.movedTo, self.remedy) = (movedTo, remedy)
    }
  }

  package let run: String
  /// Number of files that were checked against a checksum.
  package let checked: Int
  /// Files without a checksum, written by an earlier version or by someone else.
  package let unguarded: [String]
  package let findings: [Finding]
  /// Number of intact finished cells.
  package let intactCells: Int
  /// Facts that are not faults: files being written, and losses reported before.
  package let notes: [String]

  /// This check with further findings.
  package func adding(_ findings: [Finding]) -> FileCheck {
    FileCheck(
      run: run, checked: checked, unguarded: unguarded, findings: self.findings + findings,
      intactCells: intactCells, notes: notes)
  }
}

extension FileCheck {
  /// Checks every file below a run's folder against its checksum.
  ///
  /// - Parameters:
  ///   - repairs: whether to move damaged files to `quarantine` and open damaged cells again.
  ///   - caches: how to check stored features and frames.
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
      try checker.checkList("stand-ins/" + corpus, remedy: "writes the stand-ins again")
    }
    try checker.checkList("report", remedy: "draws the report again")
    try checker.checkRest()
    try checker.checkInventory()
    let isScored = (try? ExperimentSettings(ofRun: folder))?.isScored ?? false
    self = isScored ? checker.outcome.withoutTraining : checker.outcome
  }

  /// This check with the remedy for predictions of another program, which nothing trains again.
  private var withoutTraining: FileCheck {
    FileCheck(
      run: run, checked: checked, unguarded: unguarded,
      findings: findings.map {
        Finding(
          path: $0.path, problem: $0.problem, movedTo: $0.movedTo,
          remedy: $0.path.hasPrefix("report")
            ? "reprise report \(run) draws it again"
            : "score the predictions again into another folder (reprise score)")
      }, intactCells: intactCells, notes: notes)
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
        "\(unguarded.count) files have no checksum, like those of earlier versions: \(listed)"
          + (unguarded.count > 5 ? " …" : ""))
    }
    lines += notes
    lines.append(
      "\(run): \(checked) files checked, \(findings.count) damaged or missing; "
        + "\(intactCells) finished cells are intact")
    return lines.joined(separator: "\n")
  }
}
