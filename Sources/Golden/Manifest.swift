// A fixture's own description, `manifest.json`. Only `golden/generate.py` writes it. Its keys are
// decoded without a change of case.

/// The description of a fixture.
package struct Manifest: Codable, Equatable, Sendable {
  /// The version of the format that this program reads.
  package static let currentFormat = 1

  package var format: Int
  /// The name of the fixture and of its folder.
  package var name: String
  /// What a passed fixture proves, in one sentence.
  package var proves: String
  /// The libraries that computed the results. The first one is the reference.
  package var references: [Library]
  /// The script that made the fixture, relative to the root of the repository.
  package var generator: String
  package var seed: Int
  package var arrays: [StoredArray]
  /// Other files of the fixture, such as recordings.
  package var files: [StoredFile]
  /// The reasons for the tolerances, by the names that expectations use.
  package var reasons: [String: String]
  package var cases: [Case]

  package struct Library: Codable, Equatable, Sendable {
    package var name: String
    package var version: String
  }

  /// An array of `arrays.safetensors`.
  package struct StoredArray: Codable, Equatable, Sendable {
    package var name: String
    package var type: String
    package var shape: [Int]
    /// The hash of the array's bytes.
    package var sha256: String
  }

  package struct StoredFile: Codable, Equatable, Sendable {
    package var name: String
    package var sha256: String
  }

  /// One computation. Its inputs are those arrays `name/…` that are not expected outputs.
  package struct Case: Codable, Equatable, Sendable {
    package var name: String
    /// The operation of the check that computes the case.
    package var operation: String
    package var parameters: [String: Parameter]
    package var expected: [Expectation]
  }

  /// An expected result and its tolerance.
  package struct Expectation: Codable, Equatable, Sendable {
    /// The name of the output. Its array is `case/output`.
    package var output: String
    package var comparison: Comparison
    /// The absolute tolerance, in the unit of the value.
    package var absolute: Double
    /// The tolerance relative to the magnitude of the expected value.
    package var relative: Double
    /// The name of the reason for this tolerance.
    package var reason: String
    /// The tolerances of other arithmetics, by their names as values of `pretrained.arithmetic`.
    package var arithmetics: [String: Tolerance]?
  }

  /// The tolerance of an arithmetic.
  package struct Tolerance: Codable, Equatable, Sendable {
    package var absolute: Double
    package var relative: Double
    package var reason: String
  }

  package enum Comparison: String, Codable, Sendable {
    /// |found - expected| ≤ absolute + relative · |expected|, for every element.
    case within
    /// Every element equals the expected one.
    case equal
    /// found ≤ expected + absolute + relative · |expected|, for every element.
    case atMost = "at most"
  }
}

extension Manifest.Expectation {
  /// This expectation with the tolerance of an arithmetic. Whole numbers stay equal in all of them.
  ///
  /// - Parameter arithmetic: nil for the tolerance of 32-bit floats.
  /// - Throws: `GoldenError` if the manifest has no tolerance for it.
  func tolerance(in arithmetic: String?, of name: String) throws -> Self {
    guard let arithmetic, comparison != .equal else { return self }
    guard let other = arithmetics?[arithmetic] else {
      throw GoldenError.noTolerance(output: name, arithmetic: arithmetic)
    }
    var result = self
    (result.absolute, result.relative, result.reason) = (
      other.absolute, other.relative, other.reason
    )
    return result
  }
}

/// A parameter of a case: a number, text, truth value or list of numbers.
package enum Parameter: Equatable, Sendable {
  case number(Double)
  case numbers([Double])
  case text(String)
  case flag(Bool)
}

extension Parameter: Codable {
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .numbers(try value.decode([Double].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .number(let number): try value.encode(number)
    case .numbers(let numbers): try value.encode(numbers)
    case .text(let text): try value.encode(text)
    case .flag(let flag): try value.encode(flag)
    }
  }
}
