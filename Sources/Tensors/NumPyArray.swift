// Reads NumPy arrays of any number type and order, converts them to 32-bit floats, and reports what
// the conversion loses. `Tensor.init(npy:)` reads the program's own files and accepts nothing else.
package import Foundation

/// An array of numbers from NumPy's `save`.
package struct NumPyArray: Sendable {
  /// The numbers, in row-major order.
  package let tensor: Tensor
  /// What the conversion to 32-bit floats changed, or nil if every number kept its value.
  package let loss: String?

  /// What is wrong with a file, and what to do about it.
  package struct Problem: Error, Equatable {
    package let problem: String
    package let remedy: String
  }

  /// Reads the bytes of an .npy file.
  ///
  /// - Throws: `Problem`.
  package init(npy data: Data) throws {
    let header = try NumPyHeader(data)
    let (shape, type) = (header.shape, header.type)
    guard let size = byteCount(of: shape, elementSize: type.size),
      byteCount(of: shape) != nil
    else {
      throw Problem(
        problem: "has the impossible shape \(header.shapeText)", remedy: Self.saveAgain)
    }
    let found = data.count - header.size
    guard found == size else {
      throw Problem(
        problem:
          "expected \(size) bytes of numbers for shape \(header.shapeText) of \(type), found "
          + "\(found)",
        remedy: found < size ? "the file is truncated: copy it again" : Self.saveAgain)
    }
    var tally = Tally()
    let tensor = Tensor(shape: shape) { elements in
      let places = header.isFortran ? Places(shape) : nil
      data.withUnsafeBytes { bytes in
        let values = UnsafeRawBufferPointer(rebasing: bytes[header.size...])
        type.convert(values, count: elements.count, &tally) { place, value in
          elements[places?[place] ?? place] = value
        }
      }
    }
    guard tally.overflowing == 0 else {
      throw Problem(
        problem: "has \(tally.overflowing) numbers beyond the range of 32-bit floats, 3.4e38",
        remedy: "scale its columns, such as to variance 1")
    }
    self.tensor = tensor
    loss =
      tally.rounded == 0
      ? nil : "\(tally.rounded) of \(tensor.count) numbers of \(type) are rounded to 32-bit floats"
  }

  static let saveAgain = "write it with numpy.save(path, x.astype(\"float32\"))"

  /// Counts what conversions changed.
  struct Tally {
    var rounded = 0
    var overflowing = 0
  }

  /// Maps the elements of a column-major array to row-major places.
  private struct Places {
    private let shape: [Int]
    private let strides: [Int]

    init(_ shape: [Int]) {
      self.shape = shape
      var step = 1
      strides = Array(
        shape.reversed().map { extent in
          defer { step *= max(1, extent) }
          return step
        }.reversed())
    }

    subscript(place: Int) -> Int {
      var (rest, result) = (place, 0)
      for axis in shape.indices {
        result += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      return result
    }
  }
}

/// A number type in NumPy's notation, such as `<f8`.
struct NumPyType: CustomStringConvertible {
  let kind: Character
  /// The size of a number in bytes.
  let size: Int
  let isBig: Bool

  /// Fails for types that are not numbers and for number types we do not read.
  init?(_ text: String) {
    var rest = Substring(text)
    var order: Character = "="
    if let first = rest.first, "<>=|".contains(first) { order = rest.removeFirst() }
    guard let kind = rest.popFirst(), let size = Int(rest) else { return nil }
    let sizes: [Character: [Int]] = [
      "f": [2, 4, 8], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "b": [1],
    ]
    guard sizes[kind]?.contains(size) ?? false, size == 1 || order != "|" else { return nil }
    (self.kind, self.size, isBig) = (kind, size, order == ">")
  }

  var description: String {
    switch kind {
    case "f": "float\(8 * size)"
    case "i": "int\(8 * size)"
    case "u": "uint\(8 * size)"
    default: "bool"
    }
  }

  /// Calls `put` with the place and the value of each number.
  func convert(
    _ bytes: UnsafeRawBufferPointer, count: Int, _ tally: inout NumPyArray.Tally,
    _ put: (Int, Float) -> Void
  ) {
    switch (kind, size) {
    case ("f", 2):
      each(bytes, count, UInt16.self) { put($0, Float(Float16(bitPattern: $1))) }
    case ("f", 4): each(bytes, count, UInt32.self) { put($0, Float(bitPattern: $1)) }
    case ("f", _):
      var (rounded, overflowing) = (0, 0)
      each(bytes, count, UInt64.self) { place, bits in
        let value = Double(bitPattern: bits)
        let single = Float(value)
        if value.isFinite, !single.isFinite { overflowing += 1 }
        if Double(single) != value, !value.isNaN { rounded += 1 }
        put(place, single)
      }
      (tally.rounded, tally.overflowing) = (rounded, overflowing)
    case ("i", 1): whole(bytes, count, Int8.self, &tally, put)
    case ("i", 2): whole(bytes, count, Int16.self, &tally, put)
    case ("i", 4): whole(bytes, count, Int32.self, &tally, put)
    case ("i", _): whole(bytes, count, Int64.self, &tally, put)
    case ("u", 2): whole(bytes, count, UInt16.self, &tally, put)
    case ("u", 4): whole(bytes, count, UInt32.self, &tally, put)
    case ("u", 8): whole(bytes, count, UInt64.self, &tally, put)
    case ("b", _): each(bytes, count, UInt8.self) { put($0, $1 == 0 ? 0 : 1) }
    default: whole(bytes, count, UInt8.self, &tally, put)
    }
  }

  private func whole<Number: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ count: Int, _ type: Number.Type,
    _ tally: inout NumPyArray.Tally, _ put: (Int, Float) -> Void
  ) {
    var rounded = 0
    each(bytes, count, type) { place, value in
      let single = Float(value)
      if Number(exactly: single) != value { rounded += 1 }
      put(place, single)
    }
    tally.rounded = rounded
  }

  private func each<Number: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ count: Int, _ type: Number.Type,
    _ body: (Int, Number) -> Void
  ) {
    for place in 0..<count {
      let value = bytes.loadUnaligned(
        fromByteOffset: place * MemoryLayout<Number>.size, as: type)
      body(place, isBig ? Number(bigEndian: value) : Number(littleEndian: value))
    }
  }
}
