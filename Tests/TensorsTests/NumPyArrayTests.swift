// By hand: arrays of every type and order that NumPy saves. The reader reports what a conversion
// changes and what a file is that holds no array of numbers.
import Foundation
import Randomness
import TestSupport
import Tensors
import Testing

/// An .npy file with any header.
private func file(_ header: String, _ numbers: Data, version: UInt8 = 1) -> Data {
  let length = header.utf8.count
  let width = version == 1 ? 2 : 4
  let size = (0..<width).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return Data([0x93]) + Data("NUMPY".utf8) + Data([version, 0]) + Data(size) + Data(header.utf8)
    + numbers
}

private func header(_ type: String, _ shape: String, fortran: Bool = false) -> String {
  "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
}

private func bytes<Number: FixedWidthInteger>(_ numbers: [Number], big: Bool = false) -> Data {
  numbers.reduce(into: Data()) { data, number in
    withUnsafeBytes(of: big ? number.bigEndian : number.littleEndian) {
      data.append(contentsOf: $0)
    }
  }
}

/// The problem of a file, or "read" if it has none.
private func problem(_ data: Data) -> String {
  do {
    _ = try NumPyArray(npy: data)
    return "read"
  } catch {
    return (error as? NumPyArray.Problem)?.problem ?? "\(error)"
  }
}

@Suite struct `An array of NumPy` {
  @Test(arguments: [false, true]) func `of any type of numbers is read exactly`(big: Bool) throws {
    let order = big ? ">" : "<"
    func values(_ type: String, _ data: Data, count: Int = 3) throws -> [Float] {
      let array = try NumPyArray(npy: file(header(type, "(\(count),)"), data))
      #expect(array.loss == nil && array.tensor.shape == [count])
      return array.tensor.array
    }
    let numbers: [Float] = [-2, 0.5, 96]
    #expect(try values(order + "f4", bytes(numbers.map(\.bitPattern), big: big)) == numbers)
    let doubles = numbers.map { Double($0).bitPattern }
    #expect(try values(order + "f8", bytes(doubles, big: big)) == numbers)
    let halves: [UInt16] = [0xC000, 0x3800, 0x5600]
    #expect(try values(order + "f2", bytes(halves, big: big)) == numbers)
    #expect(try values(order + "i8", bytes([-7, 0, 1 << 40], big: big)) == [-7, 0, 0x1p40])
    #expect(try values(order + "i4", bytes([-7, 0, 9] as [Int32], big: big)) == [-7, 0, 9])
    #expect(try values(order + "i2", bytes([-7, 0, 999] as [Int16], big: big)) == [-7, 0, 999])
    #expect(
      try values(order + "u8", bytes([1, 2, 1 << 63] as [UInt64], big: big)) == [1, 2, 0x1p63])
    #expect(
      try values(order + "u4", bytes([0, 1, 1 << 31] as [UInt32], big: big)) == [0, 1, 0x1p31])
    #expect(
      try values(order + "u2", bytes([0, 1, 65_535] as [UInt16], big: big)) == [0, 1, 65_535])
    #expect(try values("|i1", Data([0x80, 0, 0x7F])) == [-128, 0, 127])
    #expect(try values("|u1", Data([0x80, 0, 0xFF])) == [128, 0, 255])
    #expect(try values("|b1", Data([1, 0, 1])) == [1, 0, 1])
  }

  @Test func `that stands column by column is turned`() throws {
    let numbers = (0..<6).map(Float.init)
    let data = bytes(numbers.map(\.bitPattern))
    let rows = try NumPyArray(npy: file(header("<f4", "(2, 3)"), data)).tensor
    let columns = try NumPyArray(npy: file(header("<f4", "(2, 3)", fortran: true), data)).tensor
    #expect(rows.shape == [2, 3] && rows.array == [0, 1, 2, 3, 4, 5])
    #expect(columns.shape == [2, 3] && columns.array == [0, 2, 4, 1, 3, 5])
    let deep = bytes((0..<24).map { Float($0).bitPattern })
    let turned = try NumPyArray(npy: file(header("<f4", "(2, 3, 4)", fortran: true), deep)).tensor
    // Element (i, j, k) is at offset i + 2 j + 6 k.
    let expected = (0..<24).map { (place: Int) -> Float in
      let (i, j, k) = (place / 12, place / 4 % 3, place % 4)
      return Float(i + 2 * j + 6 * k)
    }
    #expect(turned.array == expected)
    let none = try NumPyArray(npy: file(header("<f4", "(0, 3)", fortran: true), Data())).tensor
    #expect(none.shape == [0, 3])
  }

  @Test func `is what the program's own reader gives`() throws {
    for shape in [[], [1], [0], [2, 3], [4, 0, 2]] {
      let tensor = randomTensor(shape, "numpy")
      #expect(try NumPyArray(npy: tensor.npy).tensor == tensor)
      #expect(try NumPyArray(npy: (Data([1, 2]) + tensor.npy).dropFirst(2)).tensor == tensor)
    }
  }

  @Test func `says what rounding changed, and refuses what does not fit`() throws {
    let doubles = bytes([0.5, 0.1, 3].map(\.bitPattern))
    let array = try NumPyArray(npy: file(header("<f8", "(3,)"), doubles))
    #expect(array.tensor.array == [0.5, 0.1, 3])
    #expect(array.loss == "1 of 3 numbers of float64 are rounded to 32-bit floats")
    let odd = try NumPyArray(npy: file(header("<i8", "(2,)"), bytes([1 << 24, 1 << 24 + 1])))
    #expect(odd.loss == "1 of 2 numbers of int64 are rounded to 32-bit floats")
    let edge = try NumPyArray(npy: file(header("<u8", "(1,)"), bytes([UInt64.max])))
    #expect(edge.tensor.array == [0x1p64] && edge.loss != nil)
    let great = bytes([1e300, 1].map(\.bitPattern))
    #expect(problem(file(header("<f8", "(2,)"), great)).hasPrefix("has 1 numbers beyond the range"))
    // Infinite values and NaN are kept. The reader of the array decides about them.
    let flawed = bytes([Double.nan, .infinity, -.infinity].map(\.bitPattern))
    let kept = try NumPyArray(npy: file(header("<f8", "(3,)"), flawed))
    #expect(kept.loss == nil && kept.tensor.array[0].isNaN && kept.tensor.array[2] == -.infinity)
  }

  @Test(arguments: [
    ("|O", "holds Python objects"), ("<c8", "holds complex numbers"), ("<U3", "holds texts"),
    ("|S5", "holds texts"), ("<M8[s]", "holds dates or times"), ("|V2", "holds raw bytes"),
    ("<f16", "holds floats wider than 64 bits"), ("<i3", "holds elements"), ("", "holds elements"),
    ("<f", "holds elements"), ("|f4", "holds"), ("<f99999999999999999999", "holds"),
    ("<f-4", "holds"),
  ])
  func `of anything but numbers is named`(type: String, message: String) {
    let data = file(header(type, "(2,)"), Data(count: 64))
    #expect(problem(data).hasPrefix(message), "\(problem(data))")
  }

  @Test(arguments: [
    (Data(), "is empty"), (Data("PK\u{3}\u{4}".utf8), "is an archive, as written by numpy.savez"),
    (Data([0x80, 4, 0x95]), "is a pickle"), (Data("1,2\n3,4\n".utf8), "is a text file"),
    (Data([0x1F, 0x8B, 8]), "is compressed with gzip"), (Data([0, 1, 2]), "is not an .npy file"),
    (Data([0x89]) + Data("HDF\r\n".utf8), "is an HDF5 file"),
  ])
  func `is not what another file is, which is named`(data: Data, message: String) {
    #expect(problem(data).hasPrefix(message))
  }

  @Test(arguments: [
    "(-2,)", "(-1, -2)", "(two,)", "(2.0,)", "2", ")2(", "(2", "(2,,)", "(99999999999999999999,)",
    "(" + String(repeating: "1, ", count: 100) + ")", "[2]", "'2'", "True",
    "(9223372036854775807, 9223372036854775807)", "(4611686018427387904, 2)",
    "(0, 9223372036854775807, 8)",
  ])
  func `with a header that lies is an error`(shape: String) {
    let data = file(header("<f4", shape), Data(count: 8))
    #expect(problem(data).contains("header that is not NumPy's") || problem(data).contains("shape"))
    #expect(problem(file(header("<f4", "(2,)"), Data(count: 8))) == "read")
    #expect(problem(file(header("<f4", "(2L,)"), Data(count: 8), version: 2)) == "read")
    #expect(problem(file(header("<f4", "(2,)"), Data(count: 8), version: 3)) == "read")
    #expect(problem(file(header("<f4", "(2,)"), Data(count: 8), version: 4)).contains("version 4"))
  }

  @Test func `cut short or too long is an error at every length`() {
    let whole = randomTensor([2, 2], "cut").npy
    for length in 0..<whole.count { #expect(problem(whole.prefix(length)) != "read") }
    #expect(problem(whole + Data([0])).hasPrefix("expected 16 bytes of numbers for shape (2, 2)"))
    let vast = file(header("<f8", "(274877906944,)"), Data(count: 8))
    #expect(problem(vast).hasPrefix("expected 2199023255552 bytes of numbers"))
  }

  @Test func `of changed bytes is read or refused, and never ends the program`() {
    var random = RandomStream(seed: 3)
    let seeds = [
      file(header("<f8", "(2, 3)", fortran: true), Data(count: 48)),
      file(header(">i2", "(3, 2)"), Data(count: 12), version: 2), randomTensor([2, 2], "f").npy,
    ]
    var read = 0
    for _ in 0..<6000 {
      var data = seeds[random.integer(below: seeds.count)]
      for _ in 0...random.integer(below: 4) {
        data[random.integer(below: data.count)] = UInt8(random.integer(below: 256))
      }
      if problem(data) == "read" { read += 1 }
    }
    #expect(read > 100 && read < 5900)
  }
}
