// Kind: end to end. The commands of the README work as they stand.
import Foundation
import Testing

/// How a command of the README is tried.
private enum Trial {
  /// It runs, and ends with 0.
  case runs
  /// It runs up to the first look at a corpus or checkpoint, which is not there: exit code 2. A
  /// wrong command or option gives 64. With the genuine RAVDESS at hand, quick commands run.
  case parses(quickWithRAVDESS: Bool)
  /// `make` says what it would do.
  case dryRun

  /// The first words of a command, how it is tried, and why.
  static let table: [(words: String, trial: Trial, why: String)] = [
    ("make", .dryRun, "builds, trains or installs for minutes"),
    ("reprise --version", .runs, "needs nothing"),
    ("reprise verify", .runs, "needs the fixtures only"),
    ("reprise status", .runs, "needs a run: a small one takes the place of runs/reproduce"),
    ("reprise explain", .runs, "the same"),
    ("reprise report", .runs, "the same"),
    ("reprise score", .runs, "needs the example and the recorded protocol only"),
    ("reprise corpora inspect", .parses(quickWithRAVDESS: true), "needs a corpus"),
    ("reprise run", .parses(quickWithRAVDESS: false), "needs a corpus, trains for hours"),
  ]

  /// Parsing is the least: it finds words that the table does not know.
  init(_ command: String) {
    self =
      Self.table.first { command.hasPrefix($0.words + " ") || command == $0.words }?.trial
      ?? .parses(quickWithRAVDESS: false)
  }
}

/// The commands in the code blocks of a page, without their comments.
private func commands(in page: String) -> [String] {
  page.split(separator: "\n").filter { $0.hasPrefix("    ") }.map {
    $0.replacing(#/\s+#.*$/#, with: "").trimmingCharacters(in: .whitespaces)
  }
}

/// Tries every command of a page in `folder`; one complaint for each that fails.
private func complaints(about page: String, in folder: String) throws -> [String] {
  try commands(in: page).compactMap { command in
    let words = command.split(separator: " ").map(String.init)
    guard let first = words.first else { return nil }
    if case .dryRun = Trial(command) {
      let output = program("make", ["-n", "-C", packageRoot] + words.dropFirst())
      return output.flatMap { $0.code == 0 ? nil : "\(command): \($0.standardError)" }
    }
    guard first == "reprise" else { return "\(command): neither make nor reprise" }
    func run(with corpora: String) throws -> Output {
      try reprise(
        words.dropFirst().map { $0.replacing("/data/", with: corpora + "/") }, in: folder)
    }
    switch Trial(command) {
    case .parses(quickWithRAVDESS: true) where exists(genuineRAVDESS + "/ravdess"):
      let output = try run(with: genuineRAVDESS)
      return output.code == 0 ? nil : "\(command): \(output.standardError)"
    case .parses:
      let output = try run(with: folder + "/absent")
      let isRight = output.code == 2 && output.standardError.contains(folder + "/absent")
      return isRight ? nil : "\(command): \(output.code), \(output.standardError)"
    case .runs, .dryRun:
      let output = try run(with: folder + "/absent")
      return output.code == 0 ? nil : "\(command): \(output.code), \(output.standardError)"
    }
  }
}

/// A folder with RAVDESS under the name `ravdess`, where a developer has the corpus.
private let genuineRAVDESS: String = {
  let folder = scratch + "/genuine"
  let corpus = URL(fileURLWithPath: packageRoot).deletingLastPathComponent()
    .appendingPathComponent("shared/data/ravdess16k").path
  guard exists(corpus) else { return folder }
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  try? FileManager.default.createSymbolicLink(
    atPath: folder + "/ravdess", withDestinationPath: corpus)
  return folder
}()

@Suite(.timeLimit(.minutes(30))) struct `The README` {
  /// A folder as it is after `make reproduce`, but with a smaller run.
  private func withReproduced<Value>(_ body: (String) throws -> Value) throws -> Value {
    let run = try recorded.get() + "/run"
    return try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/runs", withIntermediateDirectories: true)
      try copy(run, to: folder + "/runs/reproduce")
      for name in ["docs", "baselines"] {
        try FileManager.default.createSymbolicLink(
          atPath: folder + "/" + name, withDestinationPath: packageRoot + "/" + name)
      }
      return try body(folder)
    }
  }

  @Test func `has commands that work as they stand`() throws {
    let readme = try text(packageRoot + "/README.md")
    try withReproduced { folder in
      let found = try complaints(about: readme, in: folder)
      #expect(found == [])
    }
    // Each way of trying has commands, and quotes or variables would need a shell.
    let found = commands(in: readme)
    for row in Trial.table { #expect(found.contains { $0.hasPrefix(row.words) }, "\(row.words)") }
    #expect(!found.contains { $0.hasPrefix("reprise") && $0.contains(/["'$|<>;&]/) })
  }

  /// Negative control: a mistyped command or option in each kind of command.
  @Test(arguments: [
    ("make reproduce ", "make reproduse "), ("reprise status ", "reprise staus "),
    ("--only fig-confusion", "--onyl fig-confusion"), ("full ua pooled", "full au pooled"),
    ("corpora inspect", "corpora inspct"), ("run --corpus", "run --corpsu"),
    ("/data/wavlm-large --plan", "/data/wavlm-large --paln"),
    ("paper-ravdess.yaml", "paper-radvess.yaml"), ("reprise verify ", "repirse verify "),
  ])
  func `fails this test once a command is mistyped`(right: String, wrong: String) throws {
    let readme = try text(packageRoot + "/README.md")
    let page = readme.split(separator: "\n").filter { $0.hasPrefix("    ") && $0.contains(right) }
      .map { $0.replacing(right, with: wrong) + "\n" }.joined()
    #expect(!page.isEmpty)
    try withReproduced { folder in
      let found = try complaints(about: page, in: folder)
      #expect(found.count == 1, "\(found)")
    }
  }

  @Test func `shows the two main commands on its first screen, and is short`() throws {
    let readme = try text(packageRoot + "/README.md")
    let screen = readme.split(separator: "\n", omittingEmptySubsequences: false).prefix(20)
    #expect(screen.contains { $0.hasPrefix("    make reproduce") })
    #expect(screen.contains { $0.hasPrefix("    make test") })
    #expect(readme.utf8.count < 8000)
  }

  @Test func `names no command that the program does not have`() throws {
    let readme = try text(packageRoot + "/README.md")
    let named = Set(readme.matches(of: /`reprise ([a-z][a-z-]*)/).map { String($0.1) }).sorted()
    #expect(named.contains("check"))
    for name in named {
      #expect(try reprise("help", name).code == 0, "\(name)")
      #expect(try reprise(name, "--no-such-option").code == 64, "\(name)")
    }
  }
}
