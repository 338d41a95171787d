// The faults of a fixture itself. Wrong numbers are not among them.

/// The reason why a fixture cannot be judged. Each one fails the verification.
package enum GoldenError: Error, Equatable, Sendable {
  case noFixtures(folder: String)
  case unknownFixture(name: String, known: [String])
  case missingFixture(name: String)
  case noManifest(folder: String)
  case badManifest(path: String, problem: String)
  case unknownFormat(path: String, found: Int)
  case misnamed(path: String, expected: String, found: String)
  case noCases(path: String)
  case badArrays(path: String, problem: String)
  case missingArray(name: String)
  case unlistedArray(name: String)
  case wrongHash(name: String, expected: String, found: String)
  case wrongShape(name: String, expected: String, found: String)
  case wrongType(name: String, expected: String, found: String)
  case missingFile(path: String)
  case notFinite(name: String, element: [Int])
  case unusedArray(name: String)
  case unusedFile(name: String)
  case unknownOperation(name: String, known: [String])
  case untriedOperation(name: String)
  case noExpectation
  case badTolerance(output: String, absolute: Double, relative: Double)
  case noReason(output: String, reason: String)
  case noTolerance(output: String, arithmetic: String)
  case missingParameter(name: String)
  case unusedParameter(name: String)
  case notComputed(output: String)
  case notExpected(output: String)
  case duplicate(name: String)
}

private let remedy = "make the fixture again with golden/generate.py"

extension GoldenError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noFixtures(let folder):
      "\(folder): no fixtures found; expected folders with a manifest.json, "
        + "made by golden/generate.py"
    case .unknownFixture(let name, let known):
      "no check reads a fixture named \(name); expected one of \(known.joined(separator: ", "))"
    case .missingFixture(let name):
      "the fixture \(name) is missing; make it with golden/generate.py --only \(name)"
    case .noManifest(let folder): "\(folder): holds arrays but no manifest.json; \(remedy)"
    case .badManifest(let path, let problem): "\(path): \(problem); \(remedy)"
    case .unknownFormat(let path, let found):
      "\(path): format \(found), expected \(Manifest.currentFormat); \(remedy)"
    case .misnamed(let path, let expected, let found):
      "\(path): has the name \(found), expected \(expected)"
    case .noCases(let path): "\(path): has no cases, so it proves nothing; \(remedy)"
    case .badArrays(let path, let problem): "\(path): \(problem); \(remedy)"
    case .missingArray(let name): "the array \(name) is missing; \(remedy)"
    case .unlistedArray(let name): "the array \(name) is not in the manifest; \(remedy)"
    case .wrongHash(let name, let expected, let found):
      "\(name) was changed: expected SHA-256 \(expected.prefix(12))…, found \(found.prefix(12))…; "
        + remedy
    case .wrongShape(let name, let expected, let found):
      "\(name): expected shape \(expected), found \(found)"
    case .wrongType(let name, let expected, let found):
      "\(name): expected elements of type \(expected), found \(found)"
    case .missingFile(let path): "\(path): cannot be read; \(remedy)"
    case .notFinite(let name, let element): "\(name): element \(element) is not a finite number"
    case .unusedArray(let name): "nothing reads the array \(name), so the fixture does not prove it"
    case .unusedFile(let name): "nothing reads the file \(name), so the fixture does not prove it"
    case .unknownOperation(let name, let known):
      "no operation is named \(name); expected one of \(known.joined(separator: ", "))"
    case .untriedOperation(let name): "no case tries the operation \(name); \(remedy)"
    case .noExpectation: "expects nothing, so it proves nothing; \(remedy)"
    case .badTolerance(let output, let absolute, let relative):
      "\(output): tolerances must be finite and not negative, found \(absolute) and \(relative)"
    case .noReason(let output, let reason):
      "\(output): no reason named \(reason) for its tolerance in the manifest"
    case .noTolerance(let output, let arithmetic):
      "\(output): the manifest has no tolerance for \(arithmetic); \(remedy)"
    case .missingParameter(let name): "no parameter named \(name), or of another kind; \(remedy)"
    case .unusedParameter(let name): "nothing reads the parameter \(name)"
    case .notComputed(let output): "\(output) was expected but not computed"
    case .notExpected(let output): "\(output) was computed but is not in the fixture"
    case .duplicate(let name): "\(name) appears twice"
    }
  }
}
