// Kind: end to end. The shell steps of the GitHub workflow and of the gate's action, run here with
// the variables that GitHub sets.
import Foundation
import Testing

private let action = packageRoot + "/.github/actions/regression-gate"

/// Runs one of the action's scripts in `folder`, with nothing but these variables.
private func step(
  _ script: String, in folder: String, _ variables: [String: String], arguments: [String] = []
) throws -> (code: Int32, output: String) {
  let (process, pipe) = (Process(), Pipe())
  process.executableURL = URL(fileURLWithPath: script)
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  process.environment = [
    "PATH": folder + "/bin:/usr/bin:/bin", "RUNNER_TEMP": folder,
    "GITHUB_OUTPUT": folder + "/output", "GITHUB_STEP_SUMMARY": folder + "/step-summary",
  ].merging(variables) { $1 }
  (process.standardOutput, process.standardError) = (pipe, pipe)
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, output)
}

/// Writes a program to `folder/bin`.
private func writeProgram(_ name: String, _ text: String, in folder: String) throws {
  let bin = folder + "/bin"
  try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
  try write("#!/bin/bash\n" + text, to: bin + "/" + name)
  try FileManager.default.setAttributes(
    [.posixPermissions: 0o755], ofItemAtPath: bin + "/" + name)
}

@Suite(.timeLimit(.minutes(30))) struct `The action of the gate` {
  @Test func `hands on the verdict, the summary and the exit code`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      let variables = [
        "RUN": folder + "/run", "BASELINE": folder + "/tiny.json", "SYSTEM": "full",
        "MARGIN": "0.5", "HISTORY": place + "/history.jsonl", "REPRISE": try Executable.path(),
      ]
      let gate = try step(action + "/gate.sh", in: place, variables)
      #expect(gate.code == 0, "\(gate.output)")
      let output = try text(place + "/output")
      #expect(output.hasPrefix("verdict=pass\nexit-code=0\nsummary="))
      #expect(try text(place + "/step-summary").hasPrefix("## PASS: "))
      #expect(try text(place + "/history.jsonl").split(separator: "\n").count == 1)
      let summary = try #require(output.split(separator: "\n").last).dropFirst("summary=".count)
      #expect(try text(String(summary)) == text(place + "/step-summary"))
    }
  }

  @Test func `says why nothing was judged`() throws {
    let folder = try recorded.get()
    try withFolder { place in
      let gate = try step(
        action + "/gate.sh", in: place,
        [
          "RUN": folder + "/run", "BASELINE": "nowhere.json", "REPRISE": try Executable.path(),
        ])
      #expect(gate.code == 2 && gate.output.contains("nowhere.json"))
      #expect(try text(place + "/output").hasPrefix("verdict=error\nexit-code=2\n"))
      #expect(try text(place + "/step-summary").contains("nowhere.json"))
      let bare = try step(action + "/gate.sh", in: place, ["RUN": "run"])
      #expect(bare.code == 1 && bare.output.contains("BASELINE: set it to the file"))
    }
  }

  @Test(arguments: [
    (0, "pass"), (3, "regressed"), (4, "inconclusive"), (5, "incomparable"), (6, "too-good"),
    (64, "error"),
  ])
  func `has a name for each exit code`(code: Int, verdict: String) throws {
    try withFolder { place in
      try writeProgram("reprise", #"printf '%s\n' "$@" >arguments; exit \#(code)"#, in: place)
      let variables = ["RUN": "a run", "BASELINE": "b.json"]
      let gate = try step(action + "/gate.sh", in: place, variables)
      #expect(gate.code == code, "\(gate.output)")
      #expect(try text(place + "/output").hasPrefix("verdict=\(verdict)\nexit-code=\(code)\n"))
      #expect(try text(place + "/arguments").hasPrefix("check\na run\n--baseline\nb.json\n"))
      let tolerant = try step(
        action + "/gate.sh", in: place, variables.merging(["ACCEPT_INCONCLUSIVE": "true"]) { $1 })
      #expect(tolerant.code == (code == 4 ? 0 : code))
    }
  }

  @Test func `writes one comment, and replaces it the next time`() throws {
    try withFolder { place in
      // Lists the comments that were made, and keeps what it is asked for.
      try writeProgram(
        "gh",
        """
        printf '%s ' "$@" >>log; echo >>log
        for argument in "$@"; do
          case $argument in body=@*) cp "${argument#body=@}" body ;; esac
        done
        [ "$2" = --paginate ] && [ -e body ] && echo 77
        exit 0
        """, in: place)
      try write("## PASS: run\n", to: place + "/gate.md")
      let variables = ["SUMMARY": "gate.md", "PULL_REQUEST": "12", "GH_REPO": "someone/project"]
      for _ in 0..<2 {
        let comment = try step(action + "/comment.sh", in: place, variables)
        #expect(comment.code == 0, "\(comment.output)")
      }
      let log = try text(place + "/log").split(separator: "\n")
      #expect(log.count == 4)
      #expect(log[1].hasPrefix("api --method POST repos/someone/project/issues/12/comments "))
      #expect(log[3].hasPrefix("api --method PATCH repos/someone/project/issues/comments/77 "))
      #expect(try text(place + "/body") == "<!-- reprise regression gate -->\n## PASS: run\n")
      #expect(try step(action + "/comment.sh", in: place, ["SUMMARY": "gate.md"]).code == 1)
    }
  }

  @Test func `gives its script every variable that it reads`() throws {
    let steps = try text(action + "/action.yml")
    let declared = Set(steps.matches(of: /\n        ([A-Z_]+): \$/).map { String($0.1) })
    let scripts = try text(action + "/gate.sh") + text(action + "/comment.sh")
    // Those of GitHub itself are there in any case; gh reads its token unasked.
    let read = Set(scripts.matches(of: /\$\{([A-Z_]+)/).map { String($0.1) })
      .subtracting(["RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
    #expect(read.union(["GH_TOKEN"]) == declared)
    let inputs = Set(steps.matches(of: /\n  ([a-z-]+):\n    description/).map { String($0.1) })
    let used = Set(steps.matches(of: /inputs\.([a-z-]+)/).map { String($0.1) })
    #expect(used.isSubset(of: inputs) && used.count == 9)
  }
}

@Suite struct `The workflow` {
  @Test func `runs what is there`() throws {
    let workflow = try text(packageRoot + "/.github/workflows/ci.yml")
    let makefile = try text(packageRoot + "/Makefile")
    let commands = workflow.matches(of: /- run: (.+)\n/).map { String($0.1) }
    #expect(commands.count >= 8)
    for command in commands {
      let words = command.split(separator: " ").map(String.init)
      if words[0] == "make" {
        #expect(makefile.contains("\n\(words[1]):"), "\(command)")
      } else if words[0].contains("/") {
        #expect(access(packageRoot + "/" + words[0], X_OK) == 0, "\(command)")
      } else {
        #expect(["apt-get", "git"].contains(words[0]), "\(command)")
      }
    }
    for file in workflow.matches(of: /(?:uses: \.\/|baseline: )(\S+)/).map({ String($0.1) }) {
      #expect(FileManager.default.fileExists(atPath: packageRoot + "/" + file), "\(file)")
    }
  }

  @Test func `trains what the gate compares`() throws {
    try withFolder { place in
      let file = try writeExperiment(
        in: place, at: tinyRAVDESS.get(), epochs: 1, variants: "[{name: full}]")
      let training = try step(
        packageRoot + "/.ci/train", in: place,
        ["EXPERIMENT": file, "REPRISE": Executable.path()],
        arguments: ["ravdess=" + tinyRAVDESS.get(), "run"])
      #expect(training.code == 0, "\(training.output)")
      // Two folds of the experiment, three seeds of the script.
      #expect(cells(of: place + "/run").count == 6)
      #expect(try step(packageRoot + "/.ci/train", in: place, [:]).code == 64)
    }
  }
}
