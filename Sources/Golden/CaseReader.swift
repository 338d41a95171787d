// Gives an operation the inputs and parameters of one case, and records what it reads. A fixture
// with unread parts would prove less than it seems to.
package import Tensors

/// The inputs of one case, by name. One thread uses it.
package final class CaseReader {
  private let fixture: Fixture
  private let entry: Manifest.Case
  private(set) var readArrays: Set<String> = []
  private(set) var readFiles: Set<String> = []
  private var readParameters: Set<String> = []

  init(_ entry: Manifest.Case, of fixture: Fixture) {
    self.entry = entry
    self.fixture = fixture
  }

  /// Whether the case has an input with this name.
  package func has(_ name: String) -> Bool { fixture.arrays["\(entry.name)/\(name)"] != nil }

  /// Returns the input `name` in single precision.
  ///
  /// - Parameter shape: the required extents; nil for any extent.
  /// - Throws: `GoldenError` if it is missing or has another type or shape.
  package func tensor(_ name: String, _ shape: [Int?]) throws -> Tensor {
    let array = try array(name, shape)
    guard case .single(let values) = array.elements else { throw wrongType("F32", name, array) }
    return Tensor(shape: array.shape, values: values)
  }

  /// Returns the input `name` in double precision, as a list.
  package func doubles(_ name: String, _ shape: [Int?] = [nil]) throws -> [Double] {
    let array = try array(name, shape)
    guard case .double(let values) = array.elements else { throw wrongType("F64", name, array) }
    return values
  }

  /// Returns the whole numbers of the input `name`, as a list.
  package func integers(_ name: String, _ shape: [Int?] = [nil]) throws -> [Int] {
    let array = try array(name, shape)
    guard case .integers(let values) = array.elements else { throw wrongType("I64", name, array) }
    return values
  }

  /// Returns the input `name` as the lengths of packed sequences, which must sum to `rows`.
  package func ragged(_ name: String = "lengths", rows: Int) throws -> Ragged {
    let lengths = try integers(name)
    guard lengths.allSatisfy({ $0 > 0 }), lengths.reduce(0, +) == rows else {
      throw GoldenError.wrongShape(
        name: "\(entry.name)/\(name)", expected: "lengths of \(rows) rows", found: "\(lengths)")
    }
    return Ragged(lengths)
  }

  /// Returns the input `name` as `count` class indices below `classes`.
  package func labels(_ name: String = "labels", count: Int, classes: Int) throws -> [Int] {
    let labels = try integers(name, [count])
    guard labels.allSatisfy({ $0 >= 0 && $0 < classes }) else {
      throw GoldenError.wrongShape(
        name: "\(entry.name)/\(name)", expected: "classes below \(classes)", found: "\(labels)")
    }
    return labels
  }

  package func number(_ name: String) throws -> Double {
    guard case .number(let number) = parameter(name) else { throw missing(name) }
    return number
  }

  /// Whether the case has a parameter with this name.
  package func hasParameter(_ name: String) -> Bool { entry.parameters[name] != nil }

  /// Returns a parameter that is a whole number.
  package func count(_ name: String) throws -> Int {
    guard let value = Int(exactly: try number(name)) else { throw missing(name) }
    return value
  }

  package func numbers(_ name: String) throws -> [Double] {
    guard case .numbers(let numbers) = parameter(name) else { throw missing(name) }
    return numbers
  }

  package func text(_ name: String) throws -> String {
    guard case .text(let text) = parameter(name) else { throw missing(name) }
    return text
  }

  package func flag(_ name: String) throws -> Bool {
    guard case .flag(let flag) = parameter(name) else { throw missing(name) }
    return flag
  }

  /// Returns the path of the file that the text parameter `name` gives.
  package func file(_ name: String) throws -> String {
    let file = try text(name)
    guard fixture.manifest.files.contains(where: { $0.name == file }) else {
      throw GoldenError.missingFile(path: fixture.folder + "/" + file)
    }
    readFiles.insert(file)
    return fixture.folder + "/" + file
  }

  /// The first unread parameter, or nil if all were read.
  var unusedParameter: String? {
    entry.parameters.keys.sorted().first { !readParameters.contains($0) }
  }

  private func parameter(_ name: String) -> Parameter? {
    readParameters.insert(name)
    return entry.parameters[name]
  }

  private func missing(_ name: String) -> GoldenError {
    .missingParameter(name: "\(entry.name)/\(name)")
  }

  private func wrongType(_ expected: String, _ name: String, _ array: GoldenArray) -> GoldenError {
    .wrongType(
      name: "\(entry.name)/\(name)", expected: expected, found: array.elements.type)
  }

  private func array(_ name: String, _ shape: [Int?]) throws -> GoldenArray {
    let full = "\(entry.name)/\(name)"
    guard let array = fixture.arrays[full] else { throw GoldenError.missingArray(name: full) }
    readArrays.insert(full)
    let fits =
      array.shape.count == shape.count
      && zip(array.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
    guard fits else {
      let wanted = shape.map { $0.map { String($0) } ?? "any" }.joined(separator: ", ")
      throw GoldenError.wrongShape(name: full, expected: "[\(wanted)]", found: "\(array.shape)")
    }
    return array
  }
}
