// Kind: end to end, and property. Every file of a run has a checksum. A changed byte anywhere is
// reported, set aside, and repaired by the next start. A replayed cell is bit-identical, or
// reported as different.
import Foundation
import Randomness
import Testing

/// A finished run with its experiment file.
private let kept = Result<String, any Error> {
  let folder = scratch + "/kept"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get())
  let output = try reprise("run", file, "--out", folder + "/run", "--quiet")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

@Suite(.timeLimit(.minutes(30))) struct `The files of a run` {
  @Test func `are all guarded, and intact as they were written`() throws {
    let run = try kept.get() + "/run"
    let before = try snapshot(run)
    let check = try reprise("fsck", run)
    #expect(check.code == 0 && check.standardOutput.contains(" 0 damaged or missing; 4 finished"))
    #expect(!check.standardOutput.contains("have no checksum"), "\(check.standardOutput)")
    #expect(try snapshot(run) == before)
  }

  @Test func `are named one by one when a byte of them is changed`() throws {
    try withFolder { folder in
      let run = folder + "/run"
      try copy(try kept.get() + "/run", to: run)
      var random = RandomStream(seed: 3)
      // There are many similar figures and tables; some of them are enough.
      let all =
        files(below: run).filter {
          !$0.hasPrefix("report/figures/") && !$0.hasPrefix("report/tables/")
        } + files(below: run).filter { $0.hasPrefix("report/tables/") }.prefix(2)
      #expect(all.count > 40)
      for path in all {
        let whole = try bytes(run + "/" + path)
        try #require(!whole.isEmpty, "\(path)")
        var damaged = whole
        damaged[random.integer(below: whole.count)] ^= UInt8(1 << random.integer(below: 8))
        try write(damaged, to: run + "/" + path)
        let check = try reprise("fsck", run, "--dry-run", "--json")
        // A cell is damaged as a whole. A file without a recognisable checksum key counts as having
        // none.
        let parts = path.split(separator: "/")
        let name = parts.first == "cells" ? parts.prefix(2).joined(separator: "/") : path
        #expect(check.standardOutput.contains("\"\(name)"), "\(path)")
        #expect(check.code == 1 || check.standardOutput.contains("\"unguarded\" : [\n"), "\(path)")
        #expect(try bytes(run + "/" + path) == damaged)
        try write(whole, to: run + "/" + path)
      }
    }
  }

  @Test func `are set aside where they are damaged, and made again, the others untouched`() throws {
    try withFolder { folder in
      let run = folder + "/run"
      try copy(try kept.get() + "/run", to: run)
      let cell = try #require(cells(of: run).first)
      let name = (cell as NSString).lastPathComponent
      for path in [cell + "/weights.safetensors", run + "/provenance.json"] {
        let whole = try bytes(path)
        try write(whole.prefix(whole.count / 2), to: path)
      }
      let others = try snapshot(run).filter {
        !$0.key.hasPrefix("cells/" + name) && !$0.key.hasSuffix("provenance.json")
      }
      let check = try reprise("fsck", run)
      #expect(check.code == 1)
      #expect(check.standardOutput.contains("cells/\(name): weights.safetensors is missing or has"))
      #expect(check.standardOutput.contains("set aside as quarantine/provenance.json.1"))
      #expect(
        try snapshot(run).filter {
          !$0.key.hasPrefix("quarantine/") && !$0.key.hasSuffix("provenance.json")
        } == others)
      #expect(exists("\(run)/quarantine/cells~\(name).1/predictions.csv"))
      #expect(try reprise("status", run, "--list", "open").standardOutput == name + "\n")
      #expect(try reprise("fsck", run).code == 0)
      let again = try reprise(
        "run", try kept.get() + "/tiny.yaml", "--out", run, "--quiet")
      #expect(again.code == 0, "\(again.standardError)")
      #expect(try results(of: run) == results(of: kept.get() + "/run"))
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A damaged ledger` {
  @Test func `loses the damaged line alone`() throws {
    try withFolder { folder in
      let run = folder + "/run"
      try copy(try kept.get() + "/run", to: run)
      let name = try #require(files(below: run + "/ledger").first)
      let path = "\(run)/ledger/\(name)"
      let lines = try text(path).split(separator: "\n")
      try write(
        lines.dropLast().joined(separator: "\n") + "\n" + lines[lines.count - 1].prefix(40),
        to: path)
      expectRefusal(
        try reprise("report", run), "line \(lines.count) is not an entry of the ledger")
      #expect(try reprise("fsck", run).code == 1)
      #expect(try text(path).split(separator: "\n") == lines.dropLast())
      #expect(files(below: run + "/quarantine") == ["ledger~\(name).1"])
      #expect(try reprise("report", run).code == 0 && reprise("fsck", run).code == 0)
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A replayed cell` {
  @Test func `is the same to the last bit, whatever the threads`() throws {
    let run = try kept.get() + "/run"
    for threads in ["1", "2"] {
      let output = try reprise(
        "replay", run, "ravdess", "full", "2", "1", "--quiet", "--threads", threads)
      #expect(output.code == 0, "\(output.standardError)")
      #expect(output.standardOutput.contains("bit-identical: 2 epochs, 16 predictions, weights"))
      #expect(output.standardOutput.contains("same program, libraries, kernels and processor"))
    }
    #expect(cells(of: run).count == 4 && unfinishedCells(of: run).isEmpty)
  }

  @Test func `is said to differ, by how much, and where the record was made`() throws {
    try withFolder { folder in
      let run = folder + "/run"
      try copy(try kept.get() + "/run", to: run)
      let cell = try #require(cells(of: run).first)
      // A record that another processor could have made, with correct checksums.
      try revouch(cell, "predictions.csv") { text in
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var fields = lines[1].split(separator: ",").map(String.init)
        let (one, other) = (try #require(Float(fields[5])), try #require(Float(fields[6])))
        (fields[5], fields[6]) = ("\(one + 0.001)", "\(other - 0.001)")
        return ([lines[0], Substring(fields.joined(separator: ","))] + lines.dropFirst(2))
          .joined(separator: "\n")
      }
      try revouch(cell, "epochs.jsonl") { text in
        text.replacing(#/"gradient_norm":[0-9.]+/#, with: "\"gradient_norm\":1.5")
      }
      try revouch(cell, "origin.json") { text in
        unsealed(text).replacing(
          #/"blas_kernels" : "[A-Za-z]*"/#, with: "\"blas_kernels\" : \"Fancy\"")
      }
      let name = (cell as NSString).lastPathComponent
      let output = try reprise("replay", run, name, "--quiet")
      #expect(output.code == 1)
      for part in [
        "NOT identical: from epoch 1 of 2 on", "probabilities by at most 0.",
        "differs: OpenBLAS kernels: Fancy, now ",
      ] {
        #expect(output.standardOutput.contains(part), "\(output.standardOutput)")
      }
      expectRefusal(try reprise("replay", run, "nothing"), "expected one cell", "found 0")
    }
  }
}

/// Changes a file of a cell and updates its hash in `done.json`.
func revouch(_ cell: String, _ name: String, _ change: (String) throws -> String) throws {
  let old = try text("\(cell)/\(name)")
  let new = try change(old)
  try #require(new != old)
  try write(new, to: "\(cell)/\(name)")
  let sum = try #require(program("sha256sum", "\(cell)/\(name)")).standardOutput.prefix(64)
  let done = try unsealed(text(cell + "/done.json"))
  let pattern = try Regex("\"name\" : \"\(name)\",\\s*\"sha256\" : \"[0-9a-f]*\"")
  let vouched = done.replacing(pattern, with: "\"name\" : \"\(name)\", \"sha256\" : \"\(sum)\"")
  try #require(vouched != done)
  try write(vouched, to: cell + "/done.json")
}
