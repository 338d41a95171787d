// Property: any value of a setting in an experiment file is read, or rejected in one line with the
// setting, the allowed values and the found one.
import Experiments
import Files
import Foundation
import Settings
import TestSupport
import Testing

private let known = [
  KnownCorpus(name: "iemocap", folds: 5), KnownCorpus(name: "ravdess", folds: 6),
]

private func parse(_ text: String) throws -> ExperimentSettings {
  try ExperimentSettings(parsing: text, file: "x.yaml", known: known)
}

@Suite struct `Any setting in an experiment file` {
  static let paths = SettingsReference.entries.map(\.path)

  /// YAML, and its form in messages.
  static let strange: [(yaml: String, shown: String)] = [
    ("", "nothing"), ("null", "nothing"), ("\"\"", "the text \"\""), ("[1]", "a list"),
    ("{a: 1}", "a map of keys"), ("word", "word"), ("nan", "nan"), ("inf", "inf"),
    ("-infinity", "-infinity"), (".nan", ".nan"), ("1e400", "1e400"), ("1e39", "1e39"),
    ("9223372036854775808", "9223372036854775808"),
    ("-9223372036854775809", "-9223372036854775809"),
    ("1_000", "1_000"), ("\"\\0\"", "the text"),
  ]

  @Test(arguments: paths) func `is never of another type`(path: String) throws {
    let names = path.split(separator: ".")
    for (yaml, shown) in Self.strange {
      let isNumber = SettingsReference.entries.first { $0.path == path }?.allowed != nil
      do {
        _ = try parse("\(names[0]): {\(names[1]): \(yaml)}")
        // Large numbers are allowed if their setting may be large.
        #expect(isNumber && Double(yaml).map(abs).map { $0 <= 3.4e38 } ?? false, "\(yaml)")
      } catch let error as ExperimentFileError {
        let text = error.description
        #expect(text.hasPrefix("x.yaml:1: \(path): expected "), "\(text)")
        let asNumber = Double(yaml).map { "found \($0)" } ?? "found \(shown)"
        #expect(text.contains("found \(shown)") || text.contains(asNumber), "\(text)")
        #expect(!text.contains("\n") && !text.contains("EncodingError"))
      }
    }
  }

  @Test(arguments: SettingsReference.entries.filter { $0.allowed != nil }.map(\.path))
  func `is held to both ends of its range`(path: String) throws {
    let entry = try #require(SettingsReference.entries.first { $0.path == path })
    let allowed = try #require(entry.allowed)
    let leaf = try #require(SettingsReference.tree().leaves.first { $0.path == path }).value
    let names = path.split(separator: ".")
    func text(_ value: Double) -> String {
      if case .integer = leaf, abs(value) < 1e18 { return String(Int(value)) }
      return value.description
    }
    var outside = [allowed.low - max(1, abs(allowed.low) / 4), -1e300]
    if allowed.high < 1e18 { outside.append(allowed.high + 1) }
    if case .number = leaf { outside += [allowed.low.nextDown, 3.5e38, 1e300] }
    for value in outside {
      let error = #expect(throws: ExperimentFileError.self, "\(path): \(value)") {
        try parse("\(names[0]): {\(names[1]): \(text(value))}")
      }
      let said = error?.description ?? ""
      #expect(said.contains(path) && said.contains("expected"), "\(said)")
      // Whole numbers beyond an integer's range have another type.
      #expect(said.contains(allowed.description) || said.contains("a whole number"), "\(said)")
    }
  }

  @Test func `that is -0 is the same as 0`() throws {
    let (plus, minus) = (
      try parse("augmentation: {noise: 0.0}"), try parse("augmentation: {noise: -0.0}")
    )
    #expect(try canonicalJSON(plus) == canonicalJSON(minus))
  }

  @Test func `of the pitch must fit its window, whichever was changed`() throws {
    for (yaml, complaint) in [
      (
        "{lowest_pitch: 20}",
        """
        features.lowest_pitch: expected at least 25.118 Hz, of which one period and 3 samples fit \
        into features.pitch_window, which is 40.0 ms, found 20.0
        """
      ),
      (
        "{pitch_window: 5}",
        "features.pitch_window: expected at least 16.875 ms, one period and 3 samples of "
          + "features.lowest_pitch, which is 60.0 Hz, found 5.0"
      ),
    ] {
      let error = #expect(throws: ExperimentFileError.self) { try parse("features: \(yaml)") }
      #expect(error?.description == "x.yaml:1: \(complaint) (in variant full)")
    }
    _ = try parse("features: {lowest_pitch: 25.118}")
    _ = try parse("features: {pitch_window: 16.875}")
    _ = try parse("features: {pitch_window: 5, prosody: false, statistics: false}")
  }

  @Test func `of the network's size is held to what can be trained`() throws {
    let error = #expect(throws: ExperimentFileError.self) {
      try parse("model: {width: 4096, heads: 64, kernel: 99, blocks: 64}")
    }
    #expect(error?.description.contains("model.width: expected at most 1000 million") == true)
    _ = try parse("model: {width: 4096, heads: 64, kernel: 5, blocks: 1}")
  }
}

@Suite struct `An experiment file made to do harm` {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let yaml: String
    let complaint: String
    var testDescription: String { name }
  }

  /// Twelve lines, each of which refers to the previous one ten times.
  static let bomb: String = {
    let letters = Array("abcdefghijkl")
    let lines = letters.indices.map { index in
      let part = index == 0 ? "x" : "*\(letters[index - 1])"
      let list = [String](repeating: part, count: 10).joined(separator: ",")
      return "\(letters[index]): &\(letters[index]) [\(list)]"
    }
    return lines.joined(separator: "\n")
  }()

  @Test(arguments: [
    Case(name: "bomb", yaml: bomb, complaint: "expected at most 100000 values"),
    Case(name: "bomb as key", yaml: bomb + "\n? *l\n: 1", complaint: "expected at most 100000"),
    Case(
      name: "brackets", yaml: String(repeating: "[", count: 100_000),
      complaint: "lists and maps within each other"),
    Case(
      name: "braces", yaml: String(repeating: "{a: ", count: 100_000),
      complaint: "lists and maps within each other"),
    Case(
      name: "indents",
      yaml: (0..<500).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
      complaint: "expected at most 32 lists and maps within each other"),
    Case(
      name: "size", yaml: "name: " + String(repeating: "a", count: 1_000_000),
      complaint: "expected at most 1000000 bytes, found 1000006"),
    Case(
      name: "seeds", yaml: "seeds: \((1...1001).map { $0 })",
      complaint: "expected at most 1000 seeds, found 1001"),
    Case(
      name: "variants",
      yaml: "variants: [" + (0...1000).map { "{name: v\($0)}" }.joined(separator: ", ") + "]",
      complaint: "expected at most 1000 variants, found 1001"),
    Case(
      name: "itself", yaml: "seeds: &a [*a]", complaint: "the alias *a has no anchor"),
    Case(name: "alias", yaml: "seeds: *b", complaint: "the alias *b has no anchor"),
    Case(
      name: "merge", yaml: "training: &t {epochs: 3}\nloss:\n  <<: *t",
      complaint: "x.yaml:3: is not YAML: the merge key << is not read here"),
    Case(
      name: "documents", yaml: "name: a\n---\nname: b",
      complaint: "x.yaml:2: is not YAML: a second document begins here"),
    Case(name: "list as key", yaml: "? [a]\n: 1", complaint: "a key must be a plain text"),
    Case(name: "tab", yaml: "training:\n\tepochs: 3", complaint: "not with tabs"),
    Case(name: "NUL", yaml: "name: a\0b", complaint: "control characters are not allowed"),
    Case(
      name: "NUL in a path", yaml: "backbone: \"a\\0b\"",
      complaint: "backbone: expected the folder of a pretrained network"),
  ]) func `is refused at once`(wrong: Case) {
    let start = ContinuousClock.now
    let error = #expect(throws: ExperimentFileError.self) { try parse(wrong.yaml) }
    #expect(error?.description.contains(wrong.complaint) == true, "\(String(describing: error))")
    #expect((error?.description.utf8.count ?? 0) < 400)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func `is told from one that uses aliases a little (negative control)`() throws {
    let experiment = try parse(
      """
      training: &t {epochs: 3}
      variants:
        - {name: a, training: *t, model: &m {width: 64}}
        - {name: b, model: *m}
      """)
    #expect(experiment.variants.map(\.settings.model.width) == [64, 64])
    #expect(experiment.variants.map(\.settings.training.epochs) == [3, 3])
  }

  @Test(arguments: [
    "a/b", "..", ".hidden", "-rf", "_a", "+a", "a\\nb", "a\\0b", "a\\eb", "a\\u202Eb", " ", "",
    "é", "😀", "a b", "a:b", "ａ", "a\\tb", "a%b", "a#b",
  ]) func `has no name that a file could not have`(name: String) {
    for yaml in ["name: \"\(name)\"", "variants: [{name: \"\(name)\"}]"] {
      let error = #expect(throws: ExperimentFileError.self) { try parse(yaml) }
      #expect(error?.description.contains("name: expected a name") == true)
    }
  }

  @Test func `has no name that is too long for the files of a report`() throws {
    let longest = String(repeating: "a", count: 64)
    #expect(try parse("name: \(longest)").name == longest)
    for count in [65, 250, 5_000, 500_000] {
      let name = String(repeating: "a", count: count)
      for yaml in ["name: \(name)", "variants: [{name: \(name)}]"] {
        let error = #expect(throws: ExperimentFileError.self) { try parse(yaml) }
        let said = error?.description ?? ""
        #expect(said.contains("name: expected a name of at most 64 characters"), "\(said)")
        #expect(said.contains("(\(count) bytes)"))
      }
    }
  }
}
