// All fixtures of a folder against the checks of the program: every fixture has a check, every check
// its fixture, every array a reader. Whatever does not fit is a failure, and nothing is skipped.
import Dispatch
import Files
import Foundation
import Synchronization

/// The operations that compute what a fixture holds, each by a shipped code path.
package struct Check: Sendable {
  package typealias Operation = @Sendable (CaseReader) throws -> [Output]
  /// The fixture's name.
  package let fixture: String
  /// By the names that cases give.
  let operations: [String: Operation]

  package init(_ fixture: String, _ operations: [String: Operation]) {
    self.fixture = fixture
    self.operations = operations
  }
}

/// What came of one fixture.
package struct FixtureVerdict: Codable, Equatable, Sendable {
  package let name: String
  /// What a passed fixture proves; empty where there is no manifest to say it.
  package let proves: String
  /// Reference of record and version, such as `torch 2.13.0+cpu`.
  package let reference: String
  package let seed: Int?
  /// By case, in the manifest's order.
  package let arrays: [Judgement]
  /// What was wrong apart from numbers: "case: message".
  package let problems: [String]

  package var passed: Bool {
    problems.isEmpty && !arrays.isEmpty && arrays.allSatisfy(\.passed)
  }

  /// The array that uses most of its tolerance.
  package var worst: Judgement? {
    arrays.dropFirst().reduce(arrays.first) { worst, next in
      worst.map { next.used > $0.used ? next : $0 }
    }
  }

  /// How many numbers were compared.
  package var elements: Int { arrays.reduce(0) { $0 + $1.shape.reduce(1, *) } }
}

/// What came of all fixtures.
package struct Verification: Codable, Equatable, Sendable {
  /// By name.
  package let fixtures: [FixtureVerdict]

  package var passed: Bool { !fixtures.isEmpty && fixtures.allSatisfy(\.passed) }

  /// Verifies the fixtures of `folder`.
  ///
  /// - Parameters:
  ///   - only: the names of those to verify; empty for all.
  ///   - threads: how many are verified at a time; the result does not depend on it.
  package init(folder: String, checks: [Check], only: [String] = [], threads: Int) {
    let known = checks.map(\.fixture).sorted()
    let present = fixtureFolders(in: folder)
    guard !present.isEmpty else {
      fixtures = [.failure("golden", GoldenError.noFixtures(folder: folder))]
      return
    }
    let wanted = only.isEmpty ? Set(known).union(present).sorted() : Set(only).sorted()
    let results = Mutex<[FixtureVerdict?]>(Array(repeating: nil, count: wanted.count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < wanted.count else { return }
        let name = wanted[index]
        let verdict =
          if let check = checks.first(where: { $0.fixture == name }) {
            present.contains(name)
              ? FixtureVerdict(check, folder: folder + "/" + name)
              : .failure(name, GoldenError.missingFixture(name: name))
          } else {
            FixtureVerdict.failure(name, GoldenError.unknownFixture(name: name, known: known))
          }
        results.withLock { $0[index] = verdict }
      }
    }
    fixtures = results.withLock { $0.compactMap { $0 } }
  }
}

/// Returns the names of the folders in `folder` that hold a manifest or arrays, ascending.
private func fixtureFolders(in folder: String) -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.sorted().filter { name in
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + name)) ?? []
    return files.contains {
      $0 == "manifest.json" || $0.hasSuffix(".safetensors") || $0.hasSuffix(".npy")
    }
  }
}

extension FixtureVerdict {
  static func failure(_ name: String, _ error: any Error) -> FixtureVerdict {
    FixtureVerdict(
      name: name, proves: "", reference: "", seed: nil, arrays: [], problems: ["\(error)"])
  }

  /// Verifies the fixture in `folder`.
  init(_ check: Check, folder: String) {
    let fixture: Fixture
    do {
      fixture = try Fixture(folder: folder)
    } catch {
      self = .failure(check.fixture, error)
      return
    }
    let manifest = fixture.manifest
    var (arrays, problems): ([Judgement], [String]) = ([], [])
    var (readArrays, readFiles): (Set<String>, Set<String>) = ([], [])
    for entry in manifest.cases {
      let reader = CaseReader(entry, of: fixture)
      let result = judge(entry, check, fixture, reader)
      arrays += result.arrays
      problems += result.problems.map { problem in
        let text = "\(problem)"
        return text.contains(entry.name) ? text : "\(entry.name): \(text)"
      }
      readArrays.formUnion(reader.readArrays)
      readArrays.formUnion(entry.expected.map { "\(entry.name)/\($0.output)" })
      readFiles.formUnion(reader.readFiles)
    }
    let tried = Set(manifest.cases.map(\.operation))
    let untried = check.operations.keys.sorted().filter { !tried.contains($0) }
    problems += untried.map { "\(GoldenError.untriedOperation(name: $0))" }
    // What a failed case did not come to read is not a second failure.
    if problems.isEmpty {
      problems += manifest.arrays.filter { !readArrays.contains($0.name) }
        .map { "\(GoldenError.unusedArray(name: $0.name))" }
      problems += manifest.files.filter { !readFiles.contains($0.name) }
        .map { "\(GoldenError.unusedFile(name: $0.name))" }
    }
    self.init(
      name: manifest.name, proves: manifest.proves,
      reference: manifest.references.first.map { "\($0.name) \($0.version)" } ?? "",
      seed: manifest.seed, arrays: arrays, problems: problems)
  }
}

/// Computes a case and judges each of its outputs.
private func judge(
  _ entry: Manifest.Case, _ check: Check, _ fixture: Fixture, _ reader: CaseReader
) -> (arrays: [Judgement], problems: [any Error]) {
  guard let operation = check.operations[entry.operation] else {
    let known = check.operations.keys.sorted()
    return ([], [GoldenError.unknownOperation(name: entry.operation, known: known)])
  }
  guard !entry.expected.isEmpty else { return ([], [GoldenError.noExpectation]) }
  let outputs: [Output]
  do {
    outputs = try operation(reader)
  } catch {
    return ([], [error])
  }
  var (arrays, problems): ([Judgement], [any Error]) = ([], [])
  if let name = reader.unusedParameter { problems.append(GoldenError.unusedParameter(name: name)) }
  for output in outputs where !entry.expected.contains(where: { $0.output == output.name }) {
    problems.append(GoldenError.notExpected(output: output.name))
  }
  for expectation in entry.expected {
    do {
      arrays.append(try judge(expectation, of: entry, outputs, fixture))
    } catch {
      problems.append(error)
    }
  }
  return (arrays, problems)
}

private func judge(
  _ expectation: Manifest.Expectation, of entry: Manifest.Case, _ outputs: [Output],
  _ fixture: Fixture
) throws -> Judgement {
  let name = "\(entry.name)/\(expectation.output)"
  let (absolute, relative) = (expectation.absolute, expectation.relative)
  guard absolute >= 0, relative >= 0, absolute.isFinite, relative.isFinite else {
    throw GoldenError.badTolerance(output: name, absolute: absolute, relative: relative)
  }
  guard let reason = fixture.manifest.reasons[expectation.reason], !reason.isEmpty else {
    throw GoldenError.noReason(output: name, reason: expectation.reason)
  }
  guard let expected = fixture.arrays[name] else { throw GoldenError.missingArray(name: name) }
  guard let output = outputs.first(where: { $0.name == expectation.output }) else {
    throw GoldenError.notComputed(output: name)
  }
  return try Judgement(name, output.array, expected: expected, expectation, reason: reason)
}
