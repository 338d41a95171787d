// What a fixture says of itself: `manifest.json`, written by `golden/generate.py` and by nothing
// else. Names in it are as they stand, so it is decoded without any change of case.

/// The account of one fixture.
package struct Manifest: Codable, Equatable, Sendable {
  /// The only version of the form that this program reads.
  package static let currentFormat = 1

  package var format: Int
  /// The fixture's name, which is also its folder's.
  package var name: String
  /// What a passed fixture proves, in one sentence.
  package var proves: String
  /// The libraries whose results these are, the one of record first.
  package var references: [Library]
  /// The script that made it, from the root of the repository.
  package var generator: String
  package var seed: Int
  package var arrays: [StoredArray]
  /// Other files of the fixture, such as recordings.
  package var files: [StoredFile]
  /// Why tolerances are as wide as they are, by the name that expectations give.
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
    /// Of the array's bytes.
    package var sha256: String
  }

  package struct StoredFile: Codable, Equatable, Sendable {
    package var name: String
    package var sha256: String
  }

  /// One computation: its inputs are the arrays `name/…` that are not expected.
  package struct Case: Codable, Equatable, Sendable {
    package var name: String
    /// Which of the fixture's operations computes it.
    package var operation: String
    package var parameters: [String: Parameter]
    package var expected: [Expectation]
  }

  /// What must come out, and how near.
  package struct Expectation: Codable, Equatable, Sendable {
    /// The output's name; the array is `case/output`.
    package var output: String
    package var comparison: Comparison
    /// Allowed whatever the expected value is, in its unit.
    package var absolute: Double
    /// Allowed per unit of the expected magnitude.
    package var relative: Double
    /// The name of the reason for this much.
    package var reason: String
  }

  package enum Comparison: String, Codable, Sendable {
    /// |found - expected| ≤ absolute + relative · |expected|, for every element.
    case within
    /// Every element is the expected one.
    case equal
    /// found ≤ expected + absolute + relative · |expected|, for every element.
    case atMost = "at most"
  }
}

/// A number, text, truth value or list of numbers of a case.
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
