// Kind: end to end. `fsck` reports what a run wrote and lost: documents, cells, lines of the
// ledger. A kill between the writes of the ledger is not damage.
import Foundation
import Testing

/// A finished run with its experiment file.
private let complete = Result<String, any Error> {
  let folder = scratch + "/complete"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), epochs: 3)
  let output = try reprise("run", file, "--out", folder + "/run", "--quiet", "--jobs", "1")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

private func withRun(_ body: (String) throws -> Void) throws {
  try withFolder { folder in
    try copy(try complete.get() + "/run", to: folder + "/run")
    try body(folder + "/run")
  }
}

@Suite(.timeLimit(.minutes(30))) struct `What is gone from a run` {
  @Test func `is named, whatever document it is`() throws {
    let whole = try complete.get() + "/run"
    #expect(try reprise("fsck", whole, "--dry-run").code == 0)
    let costs = try #require(files(below: whole + "/costs").first)
    let ledger = try #require(files(below: whole + "/ledger").first)
    let cell = (try #require(cells(of: whole).first) as NSString).lastPathComponent
    let documents = [
      "experiment.json", "provenance.json", "conformance.json", "plan.json", "results.json",
      "audits/ravdess.json", "examples/ravdess.json", "costs/\(costs)", "report/SHA256SUMS",
      "report/report.pdf", "ledger/\(ledger)", "cells/\(cell)", "cells/\(cell)/done.json",
      "cells/\(cell)/predictions.csv",
    ]
    for document in documents {
      try withRun { run in
        try remove(run + "/" + document)
        let check = try reprise("fsck", run, "--dry-run")
        #expect(check.code == 1, "\(document)")
        let name =
          document.hasPrefix("cells/")
          ? document.split(separator: "/").prefix(2).joined(separator: "/") : document
        #expect(check.standardOutput.contains(name + ": "), "\(check.standardOutput)")
      }
    }
    for (folder, named) in [
      ("audits", "audits/ravdess.json"), ("costs", "costs/\(costs)"),
      ("ledger", "ledger/\(ledger)"),
      ("report", "report/SHA256SUMS"), ("examples", "examples/ravdess.json"),
      ("cells", "cells/\(cell)"), ("inventory", "inventory/ledger~\(ledger)"),
    ] {
      try withRun { run in
        try remove(run + "/" + folder)
        let check = try reprise("fsck", run, "--dry-run")
        #expect(check.code == 1 && check.standardOutput.contains(named + ": "), "\(folder)")
      }
    }
  }

  @Test func `is made again by the next start, after which nothing is missed`() throws {
    try withRun { run in
      for document in [
        "experiment.json", "provenance.json", "results.json", "audits/ravdess.json", "report",
        "plan.json",
      ] { try remove(run + "/" + document) }
      try remove(try #require(cells(of: run).first))
      #expect(try reprise("fsck", run).code == 1)
      let file = try complete.get() + "/tiny.yaml"
      #expect(try reprise("run", file, "--out", run, "--quiet").code == 0)
      let check = try reprise("fsck", run)
      #expect(check.code == 0, "\(check.standardOutput)")
      #expect(try results(of: run) == results(of: complete.get() + "/run"))
    }
  }

  @Test func `is not looked for in a run of an earlier program, which is said`() throws {
    try withRun { run in
      for part in ["inventory", "ledger", "results.json"] { try remove(run + "/" + part) }
      let check = try reprise("fsck", run)
      #expect(check.code == 0 && check.standardOutput.contains("no inventory"))
      for document in ["experiment.json", "provenance.json", "conformance.json"] {
        try remove(run + "/" + document)
        let without = try reprise("fsck", run)
        #expect(without.code == 1 && without.standardOutput.contains(document + ": is missing"))
      }
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `The lines of a ledger` {
  @Test func `are missed wherever they stood, told once, and counted as far as they are there`()
    throws
  {
    let name = try #require(files(below: complete.get() + "/run/ledger").first)
    let lines = try text(complete.get() + "/run/ledger/\(name)").split(separator: "\n")
    let count = lines.count
    try #require(count >= 8)
    for (gone, words) in [
      ([0], "line 1 is gone"), ([3], "line 4 is gone"), ([count - 1], "line \(count) is gone"),
      ([0, 1], "lines 1 to 2 are gone"), ([2, 5], "line 3 is gone; line 6 is gone"),
      ([count - 2, count - 1], "lines \(count - 1) to \(count) are gone"),
      (Array(0..<count), "lines 1 to \(count) are gone"),
    ] {
      try withRun { run in
        let path = "\(run)/ledger/\(name)"
        let kept = lines.indices.filter { !gone.contains($0) }.map { lines[$0] + "\n" }.joined()
        try write(kept, to: path)
        for arguments in [["--dry-run"], []] {
          let check = try reprise(["fsck", run] + arguments)
          #expect(check.code == 1, "\(gone)")
          #expect(check.standardOutput.contains("ledger/\(name): \(words)"), "\(check)")
        }
        #expect(try text(path) == kept)
        let after = try reprise("fsck", run)
        #expect(after.code == 0, "\(after.standardOutput)")
        #expect(after.standardOutput.contains("\(gone.count) of its lines are gone, as an earlier"))
        #expect(try reprise("report", run, "--only", "tab-ablation").code == 0)
        // Further losses are reported again.
        guard kept.split(separator: "\n").count > 2 else { return }
        try write(kept.split(separator: "\n").dropLast(2).joined(separator: "\n") + "\n", to: path)
        #expect(try reprise("fsck", run).code == 1)
      }
    }
  }

  @Test func `are missed when they change their places, and when the inventory is gone`() throws {
    let name = try #require(files(below: complete.get() + "/run/ledger").first)
    try withRun { run in
      let path = "\(run)/ledger/\(name)"
      var lines = try text(path).split(separator: "\n")
      lines.swapAt(1, 2)
      try write(lines.joined(separator: "\n") + "\n", to: path)
      #expect(try reprise("fsck", run, "--dry-run").code == 1)
      lines.swapAt(1, 2)
      try write(lines.joined(separator: "\n") + "\n", to: path)
      #expect(try reprise("fsck", run, "--dry-run").code == 0)
      try remove(run + "/inventory/ledger~\(name)")
      let check = try reprise("fsck", run)
      #expect(check.code == 1)
      #expect(check.standardOutput.contains("inventory/ledger~\(name): was written and is gone"))
      #expect(try reprise("fsck", run).code == 0)
    }
  }

  /// Kills the program at the given number of a ledger line's entry: the line is there, its entry
  /// is not.
  @Test(arguments: [1, 2, 5, 9])
  func `may have a kill between them and their entries, which is no damage`(_ number: Int) throws {
    try withFolder { folder in
      let source = folder + "/kill.c", library = folder + "/kill.so"
      try write(
        """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <signal.h>
        #include <string.h>
        #include <unistd.h>
        static int calls;
        int rename(const char *from, const char *to) {
          static int (*real)(const char *, const char *);
          if (!real) real = dlsym(RTLD_NEXT, "rename");
          if (strstr(to, "inventory/ledger~") && ++calls == \(number)) kill(getpid(), SIGKILL);
          return real(from, to);
        }
        """, to: source)
      guard program("clang", "-shared", "-fPIC", "-O1", source, "-o", library, "-ldl")?.code == 0
      else { return }
      let run = folder + "/run", file = try complete.get() + "/tiny.yaml"
      let killed = try reprise(
        ["run", file, "--out", run, "--quiet", "--jobs", "1"],
        environment: ["LD_PRELOAD": library])
      #expect(killed.code == SIGKILL)
      let ledger = try #require(files(below: run + "/ledger").first)
      #expect(try text("\(run)/ledger/\(ledger)").split(separator: "\n").count == number)
      let check = try reprise("fsck", run, "--dry-run")
      #expect(!check.standardOutput.contains("ledger/\(ledger): "), "\(check.standardOutput)")
      #expect(!check.standardOutput.contains(" is gone"), "\(check.standardOutput)")
      #expect(try reprise("run", file, "--out", run, "--quiet").code == 0)
      let after = try reprise("fsck", run)
      #expect(after.code == 0, "\(after.standardOutput)")
      #expect(try results(of: run) == results(of: complete.get() + "/run"))
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `What is half written` {
  @Test func `is named with its size and age, and is no fault while its writer lives`() throws {
    try withRun { run in
      let ledger = try #require(files(below: run + "/ledger").first)
      // The names of claimants contain this machine's mark.
      let mark = ledger.split(separator: ".")[1]
      let alive = "results.json.\(mark)-\(getpid())-1.partial"
      try write("12345", to: run + "/" + alive)
      let first = try reprise("fsck", run)
      #expect(first.code == 0)
      #expect(first.standardOutput.contains("\(alive): is being written: 5 bytes, last written"))
      // No process has this number, which exceeds Linux's limit.
      let dead = "report/report.pdf.\(mark)-2147483646-1.partial"
      try write("123", to: run + "/" + dead)
      let second = try reprise("fsck", run)
      #expect(second.code == 1)
      #expect(
        second.standardOutput.contains("\(dead): was left half written: 3 bytes, last written"))
      #expect(exists("\(run)/quarantine/\(dead.replacing("/", with: "~")).1"))
      #expect(try reprise("fsck", run).code == 0)
    }
  }
}
