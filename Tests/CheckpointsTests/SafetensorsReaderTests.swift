// By hand: inconsistent safetensors files, each with an error of one line.
import Checkpoints
import Files
import Foundation
import Tensors
import Testing

@Suite struct `A safetensors file` {
  /// Writes a header followed by this many bytes, and reads the file.
  func read(_ header: String, bytes: Int, length: UInt64? = nil) throws -> [(
    name: String, tensor: StoredTensor
  )] {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID()).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var data = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Data($0) }
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: (0..<bytes).map { UInt8($0 % 251) })
    try data.write(to: URL(filePath: path))
    return try SafetensorsReader.tensors(in: MappedFile(path))
  }

  func refusal(_ header: String, bytes: Int, length: UInt64? = nil) -> String {
    do {
      _ = try read(header, bytes: bytes, length: length)
      return "read"
    } catch { return "\(error)" }
  }

  func entry(_ name: String, _ shape: String, _ offsets: String, _ type: String = "F32") -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  @Test func `may hold any order, remarks, and types of 16 bits`() throws {
    let header =
      "{\"__metadata__\":{\"format\":\"pt\"}," + entry("b", "[2]", "[8,12]", "F16") + ","
      + entry("a", "[2]", "[0,8]") + "," + entry("c", "[1,2]", "[12,16]", "BF16") + "}"
    let tensors = try read(header, bytes: 16)
    #expect(tensors.map(\.name) == ["a", "b", "c"])
    #expect(tensors.map(\.tensor.type) == [.float32, .float16, .bfloat16])
    // Bytes 8 to 15, little-endian: 0x0908 and so on.
    let half = Float(Float16(bitPattern: 0x0908))
    #expect(tensors[1].tensor.tensor.array == [half, Float(Float16(bitPattern: 0x0b0a))])
    #expect(
      tensors[2].tensor.tensor.array
        == [Float(bitPattern: 0x0d0c_0000), Float(bitPattern: 0x0f0e_0000)])
  }

  @Test func `is refused when it is not what it says`() {
    let whole = "{" + entry("a", "[2]", "[0,8]") + "}"
    #expect(refusal(whole, bytes: 8) == "read")
    for (header, bytes, length, problem) in [
      (whole, 7, nil, "tensor a: expected offsets from 0 to at most 7, found [0, 8]"),
      (whole, 9, nil, "expected 8 bytes of tensors, found 9"),
      (whole, 8, UInt64.max, "a header of 18446744073709551615 bytes"),
      (whole, 8, 1 << 63, "a header of 9223372036854775808 bytes"),
      ("{" + entry("a", "[2]", "[-8,0]") + "}", 8, nil, "tensor a: expected offsets from 0"),
      ("{" + entry("a", "[2]", "[1,9]") + "}", 9, nil, "tensor a: expected offsets from 0"),
      ("{" + entry("a", "[2]", "[0,8,9]") + "}", 8, nil, "tensor a: expected offsets from 0"),
      ("{" + entry("a", "[3]", "[0,8]") + "}", 8, nil, "tensor a: shape [3] of F32 in 8 bytes"),
      ("{" + entry("a", "[-2]", "[0,8]") + "}", 8, nil, "tensor a: shape [-2]"),
      ("{" + entry("a", "[4611686018427387904,4]", "[0,0]") + "}", 0, nil, "tensor a: shape"),
      ("{" + entry("a", "[0,4611686018427387904,4]", "[0,0]") + "}", 0, nil, "tensor a: shape"),
      ("{" + entry("a", "[9223372036854775808]", "[0,8]") + "}", 8, nil, "header: "),
      ("{" + entry("a", "[2]", "[0,8]", "F12") + "}", 8, nil, "tensor a: unknown type F12"),
      (
        "{" + entry("a", "[2]", "[0,8]") + "," + entry("b", "[1]", "[4,8]") + "}", 8, nil,
        "tensor b: expected offsets from 8"
      ),
      (
        "{" + entry("a", "[2]", "[0,8]") + "," + entry("\\u0061", "[2]", "[0,8]") + "}", 8, nil,
        "header: a tensor is named twice"
      ),
      ("[1]", 0, nil, "header: "), ("{\"a\":1}", 0, nil, "header: "), ("", 0, nil, "header: "),
      (String(repeating: "[", count: 5000), 0, nil, "header: "),
    ] as [(String, Int, UInt64?, String)] {
      let message = refusal(header, bytes: bytes, length: length)
      #expect(message.contains(": " + problem) && !message.contains("\n"), "\(message)")
    }
  }

  @Test func `is refused when it is shorter than a length`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID()).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for count in [0, 7] {
      try Data(count: count).write(to: URL(filePath: path))
      #expect {
        try SafetensorsReader.tensors(in: MappedFile(path))
      } throws: { "\($0)".contains("expected at least 8 bytes, found \(count)") }
    }
  }
}
