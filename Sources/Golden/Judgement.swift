// Compares a computed array with the expected one: first the shape, then every element.
import Foundation

/// The distance of a computed array from the expected one.
package struct Judgement: Codable, Equatable, Sendable {
  /// `case/output`.
  package let name: String
  package let shape: [Int]
  package let comparison: Manifest.Comparison
  /// The tolerance: absolute + relative · |expected|.
  package let absoluteTolerance: Double
  package let relativeTolerance: Double
  /// The reason for this tolerance.
  package let reason: String
  /// The greatest |found - expected|. For whole numbers, the count of wrong ones.
  package let absoluteError: Double
  /// The greatest |found - expected| / |expected|, over the elements of at least a thousandth of
  /// the array's greatest magnitude. Smaller elements say nothing about the accuracy of the
  /// computation.
  package let relativeError: Double
  /// The greatest |found - expected| in units of the last place of the expected value, in the
  /// precision of the computation, over the same elements.
  package let ulpError: Double
  /// The greatest share of its tolerance that an element uses. The array fails above 1. If elements
  /// must be equal, the share is 0 for equal arrays and infinite otherwise.
  package let used: Double
  /// The indices of the element with the greatest share.
  package let worst: [Int]
  /// The values of this element, as texts of full precision.
  package let found: String
  package let expected: String
  package let passed: Bool
}

extension Judgement {
  /// Compares `found` with `expected`. Both must have the same shape and type.
  ///
  /// - Throws: `GoldenError` for another shape or type, or a value that is not finite.
  init(
    _ name: String, _ found: GoldenArray, expected: GoldenArray,
    _ expectation: Manifest.Expectation, reason: String
  ) throws {
    guard found.shape == expected.shape else {
      throw GoldenError.wrongShape(
        name: name, expected: "\(expected.shape)", found: "\(found.shape)")
    }
    self.name = name
    shape = found.shape
    comparison = expectation.comparison
    absoluteTolerance = expectation.absolute
    relativeTolerance = expectation.relative
    self.reason = reason
    let errors: Errors
    if let values = found.elements.reals, let references = expected.elements.reals {
      if let bad = values.firstIndex(where: { !$0.isFinite }) {
        throw GoldenError.notFinite(name: name, element: place(bad, in: shape))
      }
      var isSingle = false
      if case .single = found.elements { isSingle = true }
      errors = Errors(values, references, expectation, isSingle: isSingle)
    } else {
      guard found.elements.type == expected.elements.type else {
        throw GoldenError.wrongType(
          name: name, expected: expected.elements.type, found: found.elements.type)
      }
      errors = Errors(
        different: (0..<found.elements.count).filter {
          found.elements.text($0) != expected.elements.text($0)
        })
    }
    self.found = found.elements.text(errors.worst)
    self.expected = expected.elements.text(errors.worst)
    absoluteError = errors.absolute
    relativeError = errors.relative
    ulpError = errors.ulp
    used = errors.used
    passed = used <= 1
    worst = place(errors.worst, in: shape)
  }
}

/// The greatest errors over an array's elements.
private struct Errors {
  var absolute = 0.0
  var relative = 0.0
  var ulp = 0.0
  var used = 0.0
  var worst = 0

  /// For elements that must be equal: the offsets of the unequal ones.
  init(different: [Int]) {
    guard let first = different.first else { return }
    (used, worst) = (.greatestFiniteMagnitude, first)
    absolute = Double(different.count)
  }

  init(
    _ values: [Double], _ references: [Double], _ expectation: Manifest.Expectation, isSingle: Bool
  ) {
    let least = 1e-3 * references.reduce(0) { max($0, abs($1)) }
    for (index, (value, reference)) in zip(values, references).enumerated() {
      let error =
        expectation.comparison == .atMost
        ? max(0, value - reference) : abs(value - reference)
      absolute = max(absolute, error)
      if error > 0, abs(reference) >= least, reference != 0 {
        relative = max(relative, error / abs(reference))
        let unit = isSingle ? Double(Float(reference).ulp) : reference.ulp
        ulp = max(ulp, error / unit)
      }
      let allowed =
        expectation.comparison == .equal
        ? 0 : expectation.absolute + expectation.relative * abs(reference)
      // An exact value uses none of its tolerance, even if the tolerance is 0.
      let share = error == 0 ? 0 : min(error / allowed, .greatestFiniteMagnitude)
      if share > used { (used, worst) = (share, index) }
    }
  }
}

extension Elements {
  /// An element as a text of full precision, or an empty text if there is none.
  fileprivate func text(_ index: Int) -> String {
    guard index < count else { return "" }
    return switch self {
    case .integers(let values): "\(values[index])"
    case .words(let values): "0x" + String(values[index], radix: 16)
    case .single(let values): "\(values[index])"
    case .double(let values): "\(values[index])"
    }
  }
}
