// Verifies one fixture: computes every case, judges every output, and checks that every array was
// used.

/// The result of one fixture.
package struct FixtureVerdict: Codable, Equatable, Sendable {
  package let name: String
  /// What a passed fixture proves. Empty without a manifest.
  package let proves: String
  /// The reference library and its version, such as `torch 2.13.0+cpu`.
  package let reference: String
  package let seed: Int?
  /// Judgements by case, in the order of the manifest.
  package let arrays: [Judgement]
  /// Faults other than wrong numbers: "case: message".
  package let problems: [String]
  package let passed: Bool

  /// The array that uses most of its tolerance.
  package var worst: Judgement? {
    arrays.dropFirst().reduce(arrays.first) { worst, next in
      worst.map { next.used > $0.used ? next : $0 }
    }
  }

  /// The number of compared numbers.
  package var elements: Int { arrays.reduce(0) { $0 + $1.shape.reduce(1, *) } }
}

extension FixtureVerdict {
  static func failure(_ name: String, _ error: any Error) -> FixtureVerdict {
    FixtureVerdict(
      name: name, proves: "", reference: "", seed: nil, arrays: [], problems: ["\(error)"],
      passed: false)
  }

  /// Verifies the fixture in `folder`.
  init(_ check: Check, folder: String) {
    do {
      self.init(check, try Fixture(folder: folder))
    } catch {
      self = .failure(check.title, error)
    }
  }

  /// Verifies a fixture that has been read.
  package init(_ check: Check, _ fixture: Fixture) {
    let manifest = fixture.manifest
    var (arrays, problems): ([Judgement], [String]) = ([], [])
    var (readArrays, readFiles): (Set<String>, Set<String>) = ([], [])
    let cases = manifest.cases.filter {
      !check.isPartial || check.operations[$0.operation] != nil
    }
    for entry in cases {
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
    let tried = Set(cases.map(\.operation))
    let untried = check.operations.keys.sorted().filter { !tried.contains($0) }
    problems += untried.map { "\(GoldenError.untriedOperation(name: $0))" }
    // Arrays that a failed case did not read are not another failure.
    if problems.isEmpty, !check.isPartial {
      problems += manifest.arrays.filter { !readArrays.contains($0.name) }
        .map { "\(GoldenError.unusedArray(name: $0.name))" }
      problems += manifest.files.filter { !readFiles.contains($0.name) }
        .map { "\(GoldenError.unusedFile(name: $0.name))" }
    }
    self.init(
      name: check.title, proves: manifest.proves,
      reference: manifest.references.first.map { "\($0.name) \($0.version)" } ?? "",
      seed: manifest.seed, arrays: arrays, problems: problems,
      passed: problems.isEmpty && !arrays.isEmpty && arrays.allSatisfy(\.passed))
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
      let expectation = try expectation.tolerance(
        in: check.arithmetic, of: "\(entry.name)/\(expectation.output)")
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
