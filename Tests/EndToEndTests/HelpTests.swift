// Kind: end to end. The help of every command: examples that parse and run, and lines that fit.
import Foundation
import Testing

/// A command as `--experimental-dump-help` describes it.
private struct CommandDump: Decodable {
  struct Argument: Decodable {
    let abstract: String?
    let shouldDisplay: Bool
  }

  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool
  let subcommands: [CommandDump]?
  let arguments: [Argument]?

  /// This command and all below it with the words that call them; ArgumentParser's own left out.
  func all(after words: [String] = []) -> [(words: [String], command: CommandDump)] {
    guard commandName != "help" else { return [] }
    let own = words + [commandName]
    return [(own, self)] + (subcommands ?? []).flatMap { $0.all(after: own) }
  }

  /// The command lines under the heading, comments left out.
  var examples: [String] {
    guard let discussion, let heading = discussion.range(of: "EXAMPLES:\n") else { return [] }
    return discussion[heading.upperBound...].split(separator: "\n").map { $0.trimmed }
      .filter { !$0.hasPrefix("#") }
  }
}

extension Substring {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

/// Every command of the program.
private let commands = Result<[(words: [String], command: CommandDump)], any Error> {
  struct Dump: Decodable { let command: CommandDump }
  let output = try reprise("--experimental-dump-help")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return try JSONDecoder().decode(Dump.self, from: Data(output.standardOutput.utf8)).command.all()
}

/// The parts of a line of shell between `||`, `|` and `>`, each as words, that call the program.
private func calls(_ line: String) -> [[String]] {
  line.replacing("||", with: "|").replacing("&&", with: "|").split(separator: "|").map { part in
    part.prefix { $0 != ">" }.split(separator: " ").map(String.init)
  }.filter { $0.first == "reprise" }.map { Array($0.dropFirst()) }
}

@Suite(.timeLimit(.minutes(30))) struct `The help` {
  @Test func `has an example for every command, and says what each argument is`() throws {
    let all = try commands.get()
    #expect(all.count > 30)
    for (words, command) in all {
      let name = words.joined(separator: " ")
      #expect(command.abstract?.hasSuffix(".") == true, "\(name)")
      #expect(!command.examples.isEmpty, "\(name)")
      // One example at least is of this command, or of one below it.
      #expect(command.examples.contains { $0.contains(name) }, "\(name)")
      for argument in command.arguments ?? [] where argument.shouldDisplay {
        #expect(argument.abstract?.isEmpty == false, "\(name)")
      }
    }
  }

  @Test func `has examples whose every option and value the parser takes`() throws {
    for (words, command) in try commands.get() {
      for example in command.examples {
        let calls = calls(example)
        #expect(!calls.isEmpty, "\(words): \(example)")
        for call in calls {
          let output = try reprise(["parse-arguments"] + call)
          #expect(output.code == 0, "\(example): \(output.standardError)")
        }
      }
    }
    // What is wrong is seen.
    for wrong in [
      ["run", "--profile", "quik"], ["run", "--ot", "x"], ["corpora", "inspect", "ravdes=/data"],
      ["replay"], ["check", "runs/x"], ["explane"],
    ] {
      #expect(try reprise(["parse-arguments"] + wrong).code == 64, "\(wrong)")
    }
  }

  @Test func `ends with the examples, in lines of at most 100 columns`() throws {
    for (words, command) in try commands.get() where command.shouldDisplay {
      for columns in ["80", "300"] {
        let output = try reprise(
          words.dropFirst() + ["--help"], environment: ["COLUMNS": columns])
        #expect(output.code == 0 && output.standardError.isEmpty)
        let lines = output.standardOutput.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 }, "\(words)")
        #expect(!output.standardOutput.contains("\n\n\n"), "\(words)")
        let heading = try #require(lines.firstIndex(of: "EXAMPLES:"), "\(words)")
        let usage = try #require(lines.firstIndex { $0.hasPrefix("USAGE: ") })
        #expect(usage < heading)
        // Each example stands on a line of its own, whatever the width.
        let shown = lines[heading...].map { $0.trimmed }
        for example in command.examples { #expect(shown.contains(example), "\(example)") }
        #expect(
          lines[(heading + 1)...].allSatisfy {
            $0.hasPrefix("  # ") || $0.hasPrefix("  reprise ") || $0.hasPrefix("  See 'reprise ")
          }, "\(words)")
      }
    }
  }

  @Test func `has no word of the tests' own command`() throws {
    #expect(try !reprise("--help").standardOutput.contains("parse-arguments"))
  }

  /// Examples that need a corpus or weights of the user's own, a cluster, the repository's docs, or
  /// minutes.
  private static let outside = [
    "/data/", "runs/ravdess", "runs/ablations", "slurm", "bench", "run --profile", "features.npy",
    "> docs/", "README.md", "--for 3600", "verify", "man ",
    "docs/experiments/",
  ]

  @Test func `has examples that work as typed after the quick start`() throws {
    try withFolder { folder in
      // The quick start's folder, with a run of seconds.
      let run = folder + "/runs/reproduce"
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      try copy(standIns.get(), to: run + "/stand-ins")
      let file = try writeExperiment(in: folder, at: run + "/stand-ins/ravdess")
      #expect(try reprise("run", file, "--out", run, "--quiet").code == 0)
      let examples = try commands.get().flatMap(\.command.examples).filter { example in
        !Self.outside.contains { example.contains($0) }
      }
      #expect(examples.count > 20)
      for example in Set(examples).sorted() {
        let path = (try Executable.path() as NSString).deletingLastPathComponent
        let output = try #require(
          program(
            "sh", "-c", "cd \"$FOLDER\" && PATH=\"$BIN:$PATH\" && \(example)",
            environment: ["FOLDER": folder, "BIN": path]))
        #expect(output.code == 0, "\(example): \(output.standardError)")
      }
    }
  }
}
