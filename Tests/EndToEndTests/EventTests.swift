// Kind: end to end. `--json` prints the events that docs/events.md lists, one JSON object a line.
import Foundation
import Testing

/// The fields of each event by the table of the page; true for those that must be there.
private func documentedEvents() throws -> [String: [String: Bool]] {
  let page = try text(packageRoot + "/docs/events.md")
  let table = try #require(page.split(separator: "| event | when | fields |").last)
  var events: [String: [String: Bool]] = [:]
  for line in table.split(separator: "\n").dropFirst().prefix(while: { $0.hasPrefix("| `") }) {
    let columns = line.split(separator: "|")
    let name = columns[0].trimmingCharacters(in: CharacterSet(charactersIn: " `"))
    var fields = ["event": true, "time": true]
    for field in columns[2].split(separator: ",") {
      let word = field.trimmingCharacters(in: .whitespaces)
      fields[word.replacing("`", with: "").replacing("?", with: "")] = !word.hasSuffix("?")
    }
    events[name] = fields
  }
  return events
}

/// The lines of standard output as objects.
private func eventLines(_ output: Output) throws -> [NSDictionary] {
  try output.standardOutput.split(separator: "\n").map {
    try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary)
  }
}

/// What is wrong with an event by the page; nil for nothing.
private func flaw(_ event: NSDictionary, _ documented: [String: [String: Bool]]) -> String? {
  guard let name = event["event"] as? String, let fields = documented[name] else {
    return "\(event): is not documented"
  }
  let keys = Set(event.allKeys.compactMap { $0 as? String })
  if let other = keys.first(where: { fields[$0] == nil }) { return "\(name): has \(other) too" }
  return fields.filter(\.value).keys.first { !keys.contains($0) }.map { "\(name): lacks \($0)" }
}

@Suite(.timeLimit(.minutes(30))) struct `Events` {
  @Test func `of a run are those of the page, in their order`() throws {
    let documented = try documentedEvents()
    #expect(documented.count == 13)
    try withFolder { folder in
      let file = try writeExperiment(
        in: folder, at: tinyRAVDESS.get(),
        variants: "[{name: hot, training: {learning_rate: 1e30, gradient_clip: 0}}, {name: full}]")
      let output = try reprise("run", file, "--out", "run", "--json", "--jobs", "1", in: folder)
      #expect(output.code == 1)
      // Nothing of it is said twice.
      #expect(output.standardError.isEmpty, "\(output.standardError)")
      let events = try eventLines(output)
      for event in events { #expect(flaw(event, documented) == nil) }
      let names = events.compactMap { $0["event"] as? String }
      for name in ["hashing", "auditing", "started", "epoch", "finished", "failed"] {
        #expect(names.contains(name), "\(name)")
      }
      #expect(names.count { $0 == "epoch" } == 4 && names.count { $0 == "finished" } == 2)
      let epochs = events.filter { $0["event"] as? String == "epoch" }
      #expect(epochs.compactMap { $0["epoch"] as? Int } == [1, 2, 1, 2])
      #expect(epochs.allSatisfy { $0["epochs"] as? Int == 2 && $0["variant"] as? String == "full" })
      #expect(epochs.allSatisfy { ($0["loss"] as? Double ?? -1) > 0 })
      let last = try #require(events.last)
      #expect(last["event"] as? String == "results" && last["folder"] as? String == "run")
      let results = try #require(last["results"] as? NSDictionary)
      let kept = try JSONSerialization.jsonObject(
        with: Data(unsealed(text(folder + "/run/results.json")).utf8))
      #expect(results == kept as? NSDictionary)
      for path in try #require(last["report"] as? [String]) {
        #expect(exists(folder + "/" + path), "\(path)")
      }
      // Again: every cell is there, and the times are those of a clock.
      let again = try eventLines(
        reprise("run", "run", "--json", "--jobs", "1", in: folder))
      let started = try #require(again.first { $0["event"] as? String == "started" })
      #expect(started["cells"] as? Int == 4 && started["finished"] as? Int == 2)
      #expect(again.count { $0["reused"] as? Bool == true } == 2)
      for event in again {
        #expect((event["time"] as? String)?.wholeMatch(of: /20..-..-..T..:..:..Z/) != nil)
      }
    }
    // What the page does not have is seen.
    #expect(flaw(["event": "epoch", "time": ""], documented) != nil)
    #expect(flaw(["event": "auditing", "time": "", "corpus": "", "more": 1], documented) != nil)
    #expect(flaw(["event": "other", "time": ""], documented) != nil)
    #expect(flaw(["event": "auditing", "time": "", "corpus": ""], documented) == nil)
  }

  @Test func `of preparing and of single cells have their ends`() throws {
    let documented = try documentedEvents()
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
      let laid = try eventLines(
        reprise("run", file, "--out", "run", "--no-start", "--json", in: folder))
      #expect(laid.last?["event"] as? String == "prepared")
      #expect(laid.last?["open"] as? Int == 2 && laid.last?["cells"] as? Int == 2)
      let cell = try eventLines(reprise("cell", "run", "--json", in: folder))
      #expect(cell.count { $0["event"] as? String == "finished" } == 2)
      for event in laid + cell { #expect(flaw(event, documented) == nil) }
      // Quiet: the result alone.
      let quiet = try reprise("run", "run", "--json", "--quiet", in: folder)
      #expect(quiet.code == 0 && quiet.standardError.isEmpty)
      #expect(try eventLines(quiet).map { $0["event"] as? String } == ["results"])
    }
  }

  @Test(arguments: [">&-", ">/dev/full"])
  func `that cannot be written do not stop the run, and are an error at its end`(
    _ redirection: String
  ) throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
      let path = try Executable.path()
      let output = try #require(
        program(
          "sh", "-c", "cd \"$0\" && \"$1\" run \(file) --out run --json \(redirection)", folder,
          path))
      #expect(output.code == 2)
      #expect(output.errorLines.count == 1, "\(output.standardError)")
      #expect(output.standardError.contains("standard output: cannot be written"))
      #expect(exists(folder + "/run/report/report.pdf") && cells(of: folder + "/run").count == 2)
    }
  }
}
