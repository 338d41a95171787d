// Kind: end to end. `reprise bench` measures, its guard can fail, and peers run in turn. No time is
// compared with a limit.
import Foundation
import Testing

private let brief = ["--usual", "--repeats", "2", "--seconds", "0", "--threads", "1"]

@Suite(.timeLimit(.minutes(30))) struct `Measuring` {
  @Test func `measures in four sizes and prints JSON`() throws {
    let output = try reprise("bench", "eam", "--repeats", "2", "--seconds", "0", "--json")
    #expect(output.code == 0, "\(output.standardError)")
    let results = try #require(
      JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8)) as? [[String: Any]])
    let measurements = try #require(results.first?["measurements"] as? [[String: Any]])
    #expect(measurements.compactMap { $0["size"] as? Int } == [64, 128, 256, 512])
    for measurement in measurements {
      let seconds = try #require(measurement["seconds"] as? [Double])
      #expect(seconds.count == 2 && seconds.allSatisfy { $0 > 0 })
      #expect((measurement["peak_memory"] as? Int ?? 0) > 1_000_000)
      #expect((measurement["limits"] as? [String: Double])?["gigabytes"] ?? 0 > 0)
    }
    #expect(results.first?["growth"] is Double)
  }

  @Test func `refuses a workload that it does not know`() throws {
    let output = try reprise("bench", "eem")
    #expect(output.code == 64)
    #expect(output.standardError.contains("eem: no such workload; expected one of decoding, "))
  }

  @Test func `its guard passes the same program and fails one that has become slower`() throws {
    try withFolder { folder in
      let record = folder + "/speed.json"
      let first = try reprise(["bench", "eam", "--record", record] + brief, in: folder)
      #expect(first.code == 0, "\(first.standardError)")
      let second = try reprise(
        ["bench", "eam", "--check", record, "--slack", "900"] + brief, in: folder)
      #expect(second.code == 0 && second.standardOutput.contains(": fine"))
      // A record of a program a thousand times as fast.
      var document = try #require(
        JSONSerialization.jsonObject(with: bytes(record)) as? [String: Any])
      var costs = try #require(document["costs"] as? [[String: Any]])
      let relative = try #require(costs[0]["relative"] as? [String: Double])
      costs[0]["relative"] = relative.mapValues { $0 / 1000 }
      document["costs"] = costs
      try write(JSONSerialization.data(withJSONObject: document), to: record)
      let third = try reprise(
        ["bench", "eam", "--check", record, "--slack", "900"] + brief, in: folder)
      #expect(third.code == 1 && third.standardOutput.contains(": SLOWER"))
      try write("{}", to: record)
      let fourth = try reprise(["bench", "eam", "--check", record] + brief, in: folder)
      #expect(fourth.code == 2 && fourth.standardError.contains("is not a speed record"))
    }
  }

  @Test func `runs peers in turn on the same input and prints how many times as long they take`()
    throws
  {
    try withFolder { folder in
      // Replaces Python: one peer takes 100 s, another is missing.
      let python = folder + "/python"
      try write(
        """
        #!/bin/bash
        if [ "$2" = list ]; then echo '{"eam": ["slow", "absent"]}'; exit; fi
        if [ "$4" = absent ]; then echo "needs a library" >&2; exit 3; fi
        test -s "$6/signals.npy" -a -s "$6/partners.npy" -a "$8" = 256 || exit 1
        echo "chatter"
        echo '{"versions": "slow 1.0", "seconds": [100, 100, 101], "peak_bytes": 1000000, \
        "setup_seconds": 1}'
        """, to: python)
      chmod(python, 0o755)
      let output = try reprise(
        ["bench", "eam", "bootstrap", "--peers", python, "--rounds", "2"] + brief, in: folder)
      #expect(output.code == 0, "\(output.standardError)")
      let rows = output.standardOutput.split(separator: "\n").filter { $0.hasPrefix("| eam") }
      #expect(rows.count == 2 && rows[0].contains("| slow | 100 s | 1.00 MB | "))
      let last = "| absent | – | – | not measured: needs a library |"
      #expect(rows.last?.hasSuffix(last) == true)
      #expect(output.standardOutput.contains("Peers: slow 1.0."))
      #expect(!output.standardOutput.contains("bootstrap"))
    }
  }

  /// The tables of docs/benchmarks.md and what they were measured as.
  private func quotedTables() throws -> [(name: String, table: String)] {
    try text(packageRoot + "/docs/benchmarks.md")
      .matches(of: #/<!-- reprise-bench:(\S+) -->\n((?s).*?)<!-- end -->/#)
      .map { (String($0.output.1), String($0.output.2)) }
  }

  @Test func `prints the tables of docs/benchmarks.md from what was measured`() throws {
    let folder = packageRoot + "/docs/benchmarks/"
    let kept = files(below: folder).filter { $0.hasSuffix(".json") }
    let quoted = try quotedTables()
    #expect(quoted.map { $0.name + ".json" }.sorted() == kept)
    for (name, table) in quoted {
      let output = try reprise("bench", "--from", folder + name + ".json")
      #expect(output.standardOutput == table, "put the output of `bench --from` into the page")
    }
  }

  /// Negative control.
  @Test func `prints another table once a measured number is another one`() throws {
    let (name, table) = try #require(try quotedTables().first)
    let measured = try text(packageRoot + "/docs/benchmarks/\(name).json")
    let changed = measured.replacing(#""peak_memory": "#, with: #""peak_memory": 9"#)
    #expect(changed != measured)
    try withFolder { folder in
      try write(changed, to: folder + "/one.json")
      let output = try reprise("bench", "--from", folder + "/one.json")
      #expect(output.code == 0 && output.standardOutput != table)
    }
  }
}
