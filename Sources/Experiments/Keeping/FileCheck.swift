// `reprise fsck`: every file of a run held to its checksum. What is damaged is set aside, never removed;
// what is good is never touched.
import Corpora
import Files
import Foundation
import Queueing
import StandIns

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
}

extension ExperimentRun {
  /// Holds every file below the run's folder to its checksum.
  ///
  /// - Parameter repairs: whether damage is set aside in `quarantine`, and damaged cells opened again.
  /// - Throws: `FileError.cannotWrite`.
  package static func checkFiles(in folder: String, repairs: Bool) throws -> FileCheck {
    var checker = Checker(folder: folder, repairs: repairs)
    try checker.checkCells()
    for corpus in CorpusName.allCases {
      try checker.checkList("stand-ins/" + corpus.rawValue, remedy: "makes the stand-ins anew")
    }
    try checker.checkList("report", remedy: "draws the report anew")
    try checker.checkRest()
    return FileCheck(
      run: folder, checked: checker.checked, unguarded: checker.unguarded.sorted(),
      findings: checker.findings, intactCells: checker.intactCells)
  }
}

private struct Checker {
  let folder: String
  let repairs: Bool
  var checked = 0
  var intactCells = 0
  var unguarded: [String] = []
  var findings: [FileCheck.Finding] = []
  /// What is looked at as a whole.
  private var covered: [String] = ["quarantine/"]

  init(folder: String, repairs: Bool) { (self.folder, self.repairs) = (folder, repairs) }

  private var queue: WorkQueue {
    WorkQueue(folder: folder + "/queue", finished: folder + "/cells")
  }

  mutating func checkCells() throws {
    covered.append("cells/")
    for name in queue.listing().finished {
      let path = "cells/" + name
      // Earlier programs trained cells where finished ones lie.
      guard FileManager.default.fileExists(atPath: "\(folder)/\(path)/done.json") else {
        findings.append(
          FileCheck.Finding(
            path: path, problem: "has no done.json: it is not finished",
            remedy: "reprise run \(folder) goes on with it"))
        continue
      }
      guard let problem = cellProblem(path) else {
        intactCells += 1
        continue
      }
      try report(
        path, problem, remedy: "reprise run \(folder) trains it again", opens: name)
    }
  }

  /// What is wrong with a finished cell; nil where it is as it was written.
  private mutating func cellProblem(_ path: String) -> String? {
    let place = folder + "/" + path
    let done: CellFolder.Done
    do {
      done = try readJSON(CellFolder.Done.self, from: place + "/done.json", remedy: "")
    } catch {
      return "done.json is not what was written"
    }
    checked += 1
    if ((try? Data(readingFile: place + "/done.json"))?.sealState ?? .broken) == .unsealed {
      unguarded.append(path + "/done.json")
    }
    for file in done.files {
      checked += 1
      guard let data = try? Data(readingFile: "\(place)/\(file.name)"), sha256(data) == file.sha256
      else { return "\(file.name) is missing or not what was written" }
    }
    let listed = Set(done.files.map(\.name) + ["done.json"])
    for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    where !listed.contains(name) && !name.hasSuffix(".partial") {
      unguarded.append("\(path)/\(name)")
    }
    return nil
  }

  /// Checks a folder that has a list of checksums.
  mutating func checkList(_ path: String, remedy: String) throws {
    let list = "\(folder)/\(path)/\(ChecksumList.fileName)"
    guard FileManager.default.fileExists(atPath: list) else { return }
    covered.append(path + "/")
    checked += (try? ChecksumList(of: "\(folder)/\(path)").digests.count) ?? 0
    for problem in ChecksumList.problems(in: "\(folder)/\(path)") {
      let place = "\(path)/\(problem.path)"
      switch problem {
      case .unlisted where place.hasSuffix(".partial"): break
      case .unlisted, .unguarded: unguarded.append(place)
      case .missing:
        findings.append(
          FileCheck.Finding(
            path: place, problem: "is missing", remedy: "reprise run \(folder) \(remedy)"))
      case .changed, .damagedList:
        try report(
          place, "is not what was written", remedy: "reprise run \(folder) \(remedy)")
      }
    }
  }

  mutating func checkRest() throws {
    let all = (FileManager.default.subpaths(atPath: folder) ?? []).sorted()
    for path in all where !covered.contains(where: path.hasPrefix) {
      guard !isFolder(folder + "/" + path) else { continue }
      switch StoredFile(run: folder, path: path).verdict() {
      case .intact: checked += 1
      case .passing: break
      case .unguarded: unguarded.append(path)
      case .damaged(let problem):
        checked += 1
        try report(
          path, problem,
          remedy: path.hasPrefix("ledger")
            ? "its other lines still count" : "reprise run \(folder) makes it anew")
      }
    }
  }

  private mutating func report(
    _ path: String, _ problem: String, remedy: String, opens cell: String? = nil
  ) throws {
    var finding = FileCheck.Finding(path: path, problem: problem, remedy: remedy)
    if repairs {
      let target = try setAside(folder + "/" + path, of: folder)
      finding.movedTo = String(target.dropFirst(folder.count + 1))
      if let cell { try queue.open([cell]) }
      if path.hasPrefix("ledger") { try keepLines(of: target, at: folder + "/" + path) }
    }
    findings.append(finding)
  }
}

/// Adds the intact lines of a damaged ledger to a new one in its place: what was looked at stays looked at.
private func keepLines(of damaged: String, at path: String) throws {
  let whole = try Data(readingFile: damaged)
  // A line without its end was cut off.
  let lines = whole.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast()
  let kept = lines.filter { !$0.isEmpty && Data($0).lineSealState != .broken }
  try kept.reduce(into: Data()) { $0 += $1 + Data("\n".utf8) }.append(to: path)
}

private func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
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
    lines.append(
      "\(run): \(checked) files checked, \(findings.count) damaged or missing; "
        + "\(intactCells) finished cells are intact")
    return lines.joined(separator: "\n")
  }
}
