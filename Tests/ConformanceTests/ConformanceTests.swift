// Golden: every fixture passes. Negative controls for each family: verification detects any change
// to a fixture. (golden/mutants.sh changes the program.)
import Conformance
import Foundation
import Golden
import Randomness
import TestSupport
import Testing

private let folder = packageRoot + "/golden"

/// Reads a fixture of the repository.
private func fixture(_ check: Check) throws -> Fixture {
  try Fixture(folder: folder + "/" + check.fixture)
}

extension Check: CustomTestStringConvertible {
  public var testDescription: String { fixture }
}

@Suite(.timeLimit(.minutes(30))) struct `The golden fixtures` {
  @Test func `all pass, whatever the number of threads`() {
    let results = [1, 3].map {
      Verification(folder: folder, checks: allChecks, threads: $0)
    }
    #expect(results[0].passed, "\(results[0].text)")
    #expect(results[0] == results[1])
  }

  @Test func `fill less than 15 MB`() throws {
    let files = try #require(FileManager.default.enumerator(atPath: folder))
    let bytes = files.reduce(0) { $0 + (($1 as? String).map(size) ?? 0) }
    #expect(bytes > 100_000 && bytes < 15_000_000)
  }

  private func size(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
    return attributes?[.size] as? Int ?? 0
  }

  @Test(arguments: allChecks)
  func `fail where an element of any expected array lies ten tolerances off`(_ check: Check) throws
  {
    var fixture = try fixture(check)
    let sound = FixtureVerdict(check, fixture).arrays
    var random = RandomStream(seed: 1).split(check.fixture)
    for entry in fixture.manifest.cases {
      for expectation in entry.expected {
        let name = "\(entry.name)/\(expectation.output)"
        let array = try #require(fixture.arrays[name])
        guard array.elements.count > 0 else { continue }
        if expectation.comparison == .atMost {
          // A bound fails only if it lies below the found value.
          let found = try #require(sound.first { $0.name == name }.flatMap { Double($0.found) })
          let values = [Double](repeating: found - 1e-6 * abs(found), count: array.elements.count)
          fixture.arrays[name] = GoldenArray(shape: array.shape, .double(values))
          for index in fixture.manifest.cases.indices {
            fixture.manifest.cases[index].tighten(expectation.output, of: entry.name)
          }
        } else {
          fixture.arrays[name] = array.moved(
            at: random.integer(below: array.elements.count), by: expectation)
        }
      }
    }
    let verdict = FixtureVerdict(check, fixture)
    #expect(!verdict.passed)
    let blind = verdict.arrays.filter { $0.passed && !$0.shape.contains(0) }
    #expect(blind.isEmpty, "\(blind.map(\.name))")
  }

  @Test(arguments: allChecks)
  func `fail where two axes are swapped`(_ check: Check) throws {
    var fixture = try fixture(check)
    var swapped: Set<String> = []
    for entry in fixture.manifest.cases {
      for expectation in entry.expected {
        let name = "\(entry.name)/\(expectation.output)"
        guard let array = fixture.arrays[name], let other = array.transposed, other != array
        else { continue }
        fixture.arrays[name] = other
        swapped.insert(name)
      }
    }
    guard !swapped.isEmpty else { return }
    let verdict = FixtureVerdict(check, fixture)
    let blind = verdict.arrays.filter { $0.passed && swapped.contains($0.name) }
    #expect(!verdict.passed && blind.isEmpty, "\(blind.map(\.name))")
  }

  /// Some cases rightly do not depend on a label: a single utterance has no others to be compared
  /// with.
  @Test(arguments: allChecks)
  func `fail where one label of the input is another`(_ check: Check) throws {
    let sound = try fixture(check)
    var seen: [String: [Bool]] = [:]
    for entry in sound.manifest.cases {
      for input in ["labels", "truth", "predicted"] {
        let name = "\(entry.name)/\(input)"
        guard !entry.expected.contains(where: { $0.output == input }),
          let array = sound.arrays[name], case .integers(var values) = array.elements,
          !values.isEmpty
        else { continue }
        let middle = values.count / 2
        values[middle] = (values[middle] + 1) % max(2, (values.max() ?? 0) + 1)
        var fixture = sound
        fixture.arrays[name] = GoldenArray(shape: array.shape, .integers(values))
        fixture.manifest.cases = [entry]
        let verdict = FixtureVerdict(check, fixture)
        seen["\(entry.operation) \(input)", default: []].append(
          verdict.arrays.isEmpty || !verdict.arrays.allSatisfy(\.passed))
      }
    }
    let blind = seen.filter { 2 * $0.value.count { $0 } <= $0.value.count }.keys.sorted()
    #expect(blind.isEmpty)
    if ["losses", "metrics"].contains(check.fixture) { #expect(!seen.isEmpty) }
  }

  @Test(arguments: allChecks)
  func `fail where a byte, a hash or a whole array is another`(_ check: Check) throws {
    let source = folder + "/" + check.fixture
    try withTemporaryFolder { root in
      let place = root + "/" + check.fixture
      func verdict(_ words: String, spoil: (String) throws -> Void) throws {
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.copyItem(atPath: source, toPath: place)
        try spoil(place)
        let result = Verification(
          folder: root, checks: allChecks, only: [check.fixture], threads: 1)
        #expect(!result.passed)
        #expect(result.text.contains(words), "\(result.text)")
      }
      let manifest = try String(contentsOfFile: source + "/manifest.json", encoding: .utf8)
      if try !fixture(check).arrays.isEmpty {
        try verdict("was changed: expected SHA-256") { place in
          let url = URL(fileURLWithPath: place + "/arrays.safetensors")
          var data = try Data(contentsOf: url)
          data[data.count - 1] ^= 1
          try data.write(to: url)
        }
        try verdict("cannot be read") {
          try FileManager.default.removeItem(atPath: $0 + "/arrays.safetensors")
        }
      }
      try verdict("was changed: expected SHA-256") { place in
        let hash = try #require(manifest.range(of: "\"sha256\": \""))
        var changed = manifest
        let digit = hash.upperBound
        let other = manifest[digit] == "0" ? "1" : "0"
        changed.replaceSubrange(digit...digit, with: other)
        try changed.write(toFile: place + "/manifest.json", atomically: true, encoding: .utf8)
      }
    }
  }
}

extension Manifest.Case {
  /// Removes the tolerance of an output if the case has this name.
  mutating func tighten(_ output: String, of name: String) {
    guard self.name == name else { return }
    for index in expected.indices where expected[index].output == output {
      (expected[index].absolute, expected[index].relative) = (0, 0)
    }
  }
}

extension GoldenArray {
  /// This array with one element moved by ten tolerances, or by the least step if it is exact.
  func moved(at index: Int, by expectation: Manifest.Expectation) -> GoldenArray {
    switch elements {
    case .single(var values):
      values[index] = Float(Self.moved(Double(values[index]), by: expectation))
      return GoldenArray(shape: shape, .single(values))
    case .double(var values):
      values[index] = Self.moved(values[index], by: expectation)
      return GoldenArray(shape: shape, .double(values))
    case .integers(var values):
      values[index] += 1
      return GoldenArray(shape: shape, .integers(values))
    case .words(var values):
      values[index] ^= 1
      return GoldenArray(shape: shape, .words(values))
    }
  }

  private static func moved(_ value: Double, by expectation: Manifest.Expectation) -> Double {
    let tolerance =
      expectation.comparison == .equal
      ? 0 : expectation.absolute + expectation.relative * abs(value)
    return tolerance == 0 ? value.nextUp : value + 10 * tolerance
  }

  /// This array with its last two axes swapped, or nil if it has fewer than two.
  var transposed: GoldenArray? {
    guard shape.count >= 2, let n = shape.last, n > 0 else { return nil }
    let m = shape[shape.count - 2]
    func swapped<Value>(_ values: [Value]) -> [Value] {
      stride(from: 0, to: values.count, by: m * n).flatMap { start in
        (0..<n).flatMap { column in (0..<m).map { values[start + $0 * n + column] } }
      }
    }
    let other = shape.dropLast(2) + [n, m]
    switch elements {
    case .single(let values): return GoldenArray(shape: Array(other), .single(swapped(values)))
    case .double(let values): return GoldenArray(shape: Array(other), .double(swapped(values)))
    case .integers(let values): return GoldenArray(shape: Array(other), .integers(swapped(values)))
    case .words(let values): return GoldenArray(shape: Array(other), .words(swapped(values)))
    }
  }
}
