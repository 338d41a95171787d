// Finds missing documents of the inventory and missing lines of the ledger.
import Files
import Foundation
import Queueing

extension FileChecker {
  /// Checks the folder against the inventory.
  mutating func checkInventory() throws {
    var seen: Set<String> = []
    for (name, entry) in known {
      guard let entry else {
        try checkLostEntry(name)
        continue
      }
      seen.insert(entry.document)
      if let head = entry.ledger {
        try checkLedger(entry.document, head)
      } else if entry.document.hasPrefix("cells/") {
        try checkCell(entry)
      } else {
        try checkDocument(entry)
      }
    }
    try checkUnknownLedgers(seen)
  }

  /// How to replace a missing document.
  func remedy(forMissing document: String) -> String {
    switch document.split(separator: "/").first ?? "" {
    case "experiment.json":
      "reprise run EXPERIMENT --out \(folder), with the experiment file, rewrites it"
    case "report": "reprise report \(folder) draws it again"
    case "cache": "the next start recreates it"
    case "corpora", "run.json":
      "reprise run \(folder) recreates it if the corpora are available; "
        + "without it the run cannot be read"
    case "references.json": "reprise run \(folder) recreates it"
    case "plan.json": "the next start with cells to train plans again"
    case "costs": "it cannot be recreated; the report lacks the cost of that process"
    default: "reprise run \(folder) recreates it"
    }
  }

  private func exists(_ path: String) -> Bool {
    access(folder + "/" + path, F_OK) == 0 || isSymbolicLink(folder + "/" + path)
  }

  private mutating func checkDocument(_ entry: Inventory.Entry) throws {
    let document = entry.document
    guard !exists(document) else { return }
    if entry.isGone == true {
      notes.append(
        "\(document): is gone, as an earlier check reported; \(remedy(forMissing: document))")
      return
    }
    find(document, "was written and is gone", remedy(forMissing: document))
    // A file that nothing recreates is reported once.
    if repairs, document.hasPrefix("costs/") || document == "plan.json" {
      try inventory.write(.init(document: document, isGone: true))
    }
  }

  private mutating func checkCell(_ entry: Inventory.Entry) throws {
    let name = String(entry.document.dropFirst("cells/".count))
    guard !exists(entry.document) else { return }
    let listing = try queue.listing()
    let waiting = listing.open + listing.failed + listing.working.map(\.name)
    guard !waiting.contains(name) else { return }
    find(entry.document, "was finished and is gone", "reprise run \(folder) trains it again")
    if repairs, !name.contains("/") { try queue.open([name]) }
  }

  private mutating func checkLedger(_ document: String, _ head: LedgerHead) throws {
    guard !isSymbolicLink(folder + "/" + document), !isSymbolicLink(folder + "/ledger") else {
      return
    }
    guard exists(document) else {
      guard head.number > 0 else { return noteLosses(document, head) }
      find(
        document, "was written and is gone, with lines up to \(head.number)",
        "it cannot be recreated: that many looks at test utterances are not counted")
      if repairs { try acceptLosses(LedgerChain(Data()), of: document) }
      return
    }
    // Unreadable files have been reported.
    guard let data = try? Data(readingFile: folder + "/" + document, mayGrow: true) else { return }
    let chain = LedgerChain(data)
    let losses = chain.losses(head)
    // Damaged lines that still exist have been reported.
    guard !losses.isEmpty, !findings.contains(where: { $0.path == document }) else {
      return noteLosses(document, head)
    }
    find(document, losses.joined(separator: "; "), "its other lines still count")
    if repairs { try acceptLosses(chain, of: document) }
  }

  private mutating func noteLosses(_ document: String, _ head: LedgerHead) {
    if let lost = head.lost, lost > 0 {
      notes.append("\(document): \(lost) of its lines are gone, as an earlier check reported")
    }
  }

  /// Accepts the remaining lines of a ledger as complete, and records what is missing.
  func acceptLosses(_ chain: LedgerChain, of document: String) throws {
    var head = chain.head
    let known = (try? inventory.entry(of: document))?.ledger
    head.gaps = chain.gaps
    head.lost = max(known?.lost ?? 0, chain.lost(known))
    try inventory.write(.init(document: document, ledger: head))
  }

  /// An inventory file that is not a valid entry. Nothing else reports it if it is sealed.
  private mutating func checkLostEntry(_ name: String) throws {
    let path = "\(Inventory.folderName)/\(name)"
    if exists(path), !findings.contains(where: { $0.path == path }) {
      find(path, "is no entry of a document", "remove it")
    }
  }

  /// Finds ledgers with more than one line that the inventory does not know. An entry follows each
  /// line.
  private mutating func checkUnknownLedgers(_ seen: Set<String>) throws {
    guard !isSymbolicLink(folder + "/ledger") else { return }
    var isChained = false
    for name in try fileNames(in: folder + "/ledger") where name.hasSuffix(".jsonl") {
      let document = "ledger/" + name
      guard !seen.contains(document),
        let data = try? Data(readingFile: folder + "/" + document, mayGrow: true)
      else { continue }
      let chain = LedgerChain(data)
      guard chain.lines.count > 1 || !chain.gaps.isEmpty else { continue }
      isChained = true
      let losses = chain.losses(nil)
      find(
        Inventory.folderName + "/" + Inventory.name(of: document),
        (["was written and is gone"] + losses).joined(separator: "; "),
        "whether the last lines of \(document) are gone cannot be seen")
      if repairs { try acceptLosses(chain, of: document) }
    }
    if !inventory.exists, !isChained {
      // Every version wrote these before the first cell.
      for document in ["experiment.json", "provenance.json", "conformance.json"]
      where !exists(document) && exists("cells") {
        find(document, "is missing, expected one in every run", remedy(forMissing: document))
      }
      notes.append(
        "no inventory: missing files of a run of an earlier version cannot be detected; "
          + "reprise run \(folder) begins one")
    }
  }
}
