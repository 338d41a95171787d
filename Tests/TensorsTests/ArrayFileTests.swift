// Property: array files round-trip bit for bit. By hand: the bytes of a small file. Truncated,
// mislabelled and malicious files cause errors, never traps.
import Foundation
import TestSupport
import Tensors
import Testing

/// An .npy file with any header.
private func npy(_ header: String, values: Int, version: UInt8 = 1) -> Data {
  var data = Data([0x93]) + Data("NUMPY".utf8) + Data([version, 0])
  data += Data([UInt8(header.utf8.count % 256), UInt8(header.utf8.count / 256)])
  return data + Data(header.utf8) + Data(repeating: 0, count: 4 * values)
}

private func description(_ shape: String, type: String = "<f4", fortran: String = "False") -> String
{
  "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }\n"
}

@Suite struct `An npy file` {
  @Test(arguments: [[], [1], [0], [7], [2, 3], [4, 0, 2], [2, 3, 5]])
  func `gives back shape and bits`(shape: [Int]) throws {
    var tensor = randomTensor(shape, "npy")
    if tensor.count > 1 { tensor.withUnsafeMutableBuffer { ($0[0], $0[1]) = (.nan, -0.0) } }
    #expect(try Tensor(npy: tensor.npy) == tensor)
    #expect(try Tensor(npy: (Data([1, 2, 3]) + tensor.npy).dropFirst(3)) == tensor)
  }

  @Test func `has NumPy's bytes`() throws {
    let data = Tensor(shape: [2], values: [1, -2]).npy
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    #expect(data.count == 128 + 8)
    #expect(Array(data.prefix(10)) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
    #expect(String(decoding: data[10..<10 + header.utf8.count], as: UTF8.self) == header)
    #expect(data[127] == 0x0a)
    #expect(Array(data.suffix(8)) == [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  }

  @Test func `cut short or too long is an error at every length`() {
    let whole = randomTensor([2, 2], "cut").npy
    for length in 0..<whole.count {
      #expect(throws: ArrayFileError.self) { try Tensor(npy: whole.prefix(length)) }
    }
    #expect(throws: ArrayFileError.truncated(expected: 144, found: 145)) {
      try Tensor(npy: whole + Data([0]))
    }
  }

  @Test(arguments: [
    description("(2,)", type: "<f8"), description("(2,)", type: ">f4"),
    description("(2,)", fortran: "True"), description("(-2,)"), description("(-1, -2)"),
    description("(two,)"), description("(2.0,)"), description("2"), description(")2("),
    description("(9223372036854775807, 9223372036854775807)"),
    description("(4611686018427387904, 2)"), description("(0, 9223372036854775807, 8)"),
    description("(99999999999999999999,)"),
  ])
  func `of another kind or an impossible shape is an error`(header: String) throws {
    #expect(throws: ArrayFileError.unsupported(header: header)) {
      try Tensor(npy: npy(header, values: 2))
    }
    #expect(try Tensor(npy: npy(description("(2,)"), values: 2)).shape == [2])
  }

  @Test func `of another version or none is an error`() {
    #expect(throws: ArrayFileError.notAnArray(format: "npy version 1")) {
      try Tensor(npy: npy(description("(2,)"), values: 2, version: 2))
    }
    #expect(throws: ArrayFileError.notAnArray(format: "npy version 1")) {
      try Tensor(npy: Data("a text file that is no array".utf8))
    }
    let vast = npy(description("(274877906944,)"), values: 2)
    let expected = vast.count - 8 + (1 << 40)
    #expect(throws: ArrayFileError.truncated(expected: expected, found: vast.count)) {
      try Tensor(npy: vast)
    }
  }
}

/// A safetensors file with any header.
private func safetensors(_ header: String, bytes: Int = 8, length: UInt64? = nil) -> Data {
  var data = Data()
  withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) {
    data.append(contentsOf: $0)
  }
  return data + Data(header.utf8) + Data(repeating: 0, count: bytes)
}

private func entry(_ shape: String, _ offsets: String, type: String = "F32") -> String {
  #"{"w":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
}

@Suite struct `A safetensors file` {
  @Test func `gives back names, shapes and bits`() throws {
    let tensors = [
      ("b.weight", randomTensor([3, 4], "w")), ("a/é\"", randomTensor([5], "b")),
      ("none", Tensor.zeros([0, 3])), ("one", Tensor.scalar(.nan)),
    ].map { (name: $0.0, tensor: $0.1) }
    let data = try Safetensors.data(tensors)
    let read = try Safetensors.tensors(data)
    #expect(read == Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) }))
    #expect(try Safetensors.tensors((Data([7]) + data).dropFirst()) == read)
    #expect(try Safetensors.data(tensors) == data)
  }

  @Test func `may hold remarks and arrays of other types`() throws {
    let header =
      #"{"__metadata__":{"format":"pt"},"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#
    let array = try #require(try Safetensors.arrays(safetensors(header))["w"])
    #expect(
      array.type == "I64" && array.shape == [1] && array.bytes == Data(repeating: 0, count: 8))
    #expect(throws: ArrayFileError.unsupported(header: "I64 [1]")) {
      try Safetensors.tensors(safetensors(header))
    }
  }

  @Test func `starts its values at a multiple of eight`() throws {
    for name in ["a", "ab", "abc", "abcd"] {
      let data = try Safetensors.data([(name, .zeros([1]))])
      #expect(data.count % 8 == 4 && data[0] % 8 == 0)
    }
  }

  @Test func `cut short is an error at every length`() throws {
    let whole = try Safetensors.data([("w", randomTensor([2, 2], "cut"))])
    for length in 0..<whole.count {
      #expect(throws: ArrayFileError.self) { try Safetensors.tensors(whole.prefix(length)) }
    }
    #expect(try Safetensors.tensors(whole).count == 1)
  }

  @Test(arguments: [
    entry("[2]", "[0,8]", type: "F33"), entry("[-2]", "[0,8]"), entry("[-1,-2]", "[0,8]"),
    entry("[9223372036854775807,4]", "[0,8]"), entry("[4611686018427387904,2]", "[0,8]"),
    entry("[0,9223372036854775807,8]", "[0,0]"), entry("[2]", "[0]"), entry("[2]", "[0,4,8]"),
  ])
  func `of another kind or an impossible shape is an error`(header: String) throws {
    #expect(try Safetensors.tensors(safetensors(entry("[2]", "[0,8]")))["w"]?.shape == [2])
    let error = #expect(throws: ArrayFileError.self) {
      try Safetensors.tensors(safetensors(header))
    }
    #expect(error.map { if case .malformed = $0 { true } else { false } } == true, "\(error!)")
  }

  @Test(arguments: [
    entry("[2]", "[4,12]"), entry("[2]", "[-8,0]"), entry("[2]", "[8,0]"), entry("[2]", "[0,4]"),
    entry("[1]", "[0,8]"), entry("[2]", "[9223372036854775799,9223372036854775807]"),
    entry("[2]", "[-9223372036854775808,9223372036854775807]"),
    entry("[1152921504606846975]", "[0,4611686018427387900]"),
  ])
  func `with offsets beyond its values is an error`(header: String) {
    let error = #expect(throws: ArrayFileError.self) {
      try Safetensors.tensors(safetensors(header))
    }
    #expect(error.map { if case .malformed = $0 { true } else { false } } == true)
  }

  @Test(arguments: [UInt64.max, UInt64(Int.max), UInt64(Int.max) + 1, 1 << 40])
  func `with a header longer than itself is an error`(length: UInt64) {
    let problem = "a header of \(length) bytes in a file of 18"
    #expect(throws: ArrayFileError.malformed(problem: problem)) {
      try Safetensors.tensors(safetensors("{}", length: length))
    }
  }

  @Test(arguments: ["", "[]", "nonsense", #"{"w":3}"#, #"{"w":{"dtype":"F32","shape":[1.5]}}"#])
  func `without a proper header is an error`(header: String) {
    let error = #expect(throws: ArrayFileError.self) {
      try Safetensors.tensors(safetensors(header))
    }
    #expect(error.map { "\($0)".hasPrefix("header: ") } == true)
  }
}
