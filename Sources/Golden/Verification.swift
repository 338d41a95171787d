// Verifies all fixtures of a folder with the program's checks. Every fixture needs a check, every
// check a fixture, and every array must be read. Anything else is a failure. Nothing is skipped.
import Files
import Foundation
import Threads

/// The operations that compute the results of a fixture. Each calls code that ships.
package struct Check: Sendable {
  package typealias Operation = @Sendable (CaseReader) throws -> [Output]
  /// The fixture's name.
  package let fixture: String
  /// Operations by the names in the cases.
  let operations: [String: Operation]
  /// Whether cases of other operations are left out.
  let isPartial: Bool
  /// The arithmetic whose tolerances apply; nil for 32-bit floats.
  package let arithmetic: String?

  package init(
    _ fixture: String, _ operations: [String: Operation], isPartial: Bool = false,
    arithmetic: String? = nil
  ) {
    self.fixture = fixture
    self.operations = operations
    self.isPartial = isPartial
    self.arithmetic = arithmetic
  }

  /// The fixture's name, and the arithmetic if it is not that of 32-bit floats.
  var title: String { fixture + (arithmetic.map { " in " + $0 } ?? "") }
}

/// The results of all fixtures.
package struct Verification: Codable, Equatable, Sendable {
  /// Sorted by name.
  package let fixtures: [FixtureVerdict]
  package let passed: Bool

  /// Verifies the fixtures of `folder`.
  ///
  /// - Parameters:
  ///   - only: the names of the fixtures to verify; empty for all.
  ///   - threads: how many are verified in parallel. The result does not depend on it.
  package init(folder: String, checks: [Check], only: [String] = [], threads: Int) {
    let known = Set(checks.map(\.fixture)).sorted()
    let present = fixtureFolders(in: folder)
    guard !present.isEmpty else {
      self.init([.failure("golden", GoldenError.noFixtures(folder: folder))])
      return
    }
    let wanted = only.isEmpty ? Set(known).union(present).sorted() : Set(only).sorted()
    let rows = wanted.flatMap { name -> [(name: String, check: Check?)] in
      let own = checks.filter { $0.fixture == name }
      return own.isEmpty ? [(name, nil)] : own.map { (name, $0) }
    }
    let verdicts = parallelMap(count: rows.count, threads: threads) { index in
      let name = rows[index].name
      guard let check = rows[index].check else {
        return FixtureVerdict.failure(name, GoldenError.unknownFixture(name: name, known: known))
      }
      return present.contains(name)
        ? FixtureVerdict(check, folder: folder + "/" + name)
        : .failure(check.title, GoldenError.missingFixture(name: name))
    }
    self.init(verdicts)
  }

  private init(_ fixtures: [FixtureVerdict]) {
    self.fixtures = fixtures
    passed = !fixtures.isEmpty && fixtures.allSatisfy(\.passed)
  }
}

/// Returns the names of the subfolders of `folder` with a manifest or arrays, sorted.
package func fixtureFolders(in folder: String) -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.sorted().filter { name in
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + name)) ?? []
    return files.contains {
      $0 == "manifest.json" || $0.hasSuffix(".safetensors") || $0.hasSuffix(".npy")
    }
  }
}
