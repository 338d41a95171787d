// By hand: impossible weights, each with its message.
import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct `Weights` {
  let matrix = "encoder.layers.1.feed_forward.output_dense.weight"

  /// The message for a tiny checkpoint after a change to one tensor, stored as `type`.
  private func verdict(
    _ type: StoredType = .float32, _ change: (inout [Float]) -> Void
  ) throws -> String {
    try withTinyCheckpoint { folder in
      let path = folder + "/model.safetensors"
      let tensors = try readTensors(path).sorted { $0.key < $1.key }
      var (header, body, offset) = ([String](), Data(), 0)
      for (name, tensor) in tensors {
        var values = tensor.array
        if name == matrix { change(&values) }
        let bytes: [UInt8] = values.flatMap { value in
          switch type {
          case .float16: littleEndian(Float16(value).bitPattern)
          case .bfloat16: littleEndian(UInt16(value.bitPattern >> 16))
          default: littleEndian(value.bitPattern)
          }
        }
        let name2 = type == .float16 ? "F16" : type == .bfloat16 ? "BF16" : "F32"
        header.append(
          "\"\(name)\":{\"dtype\":\"\(name2)\",\"shape\":\(tensor.shape),"
            + "\"data_offsets\":[\(offset),\(offset + bytes.count)]}")
        body += bytes
        offset += bytes.count
      }
      let text = Data(("{" + header.joined(separator: ",") + "}").utf8)
      try (Data(littleEndian(UInt64(text.count))) + text + body).write(to: URL(filePath: path))
      do {
        let checkpoint = try Checkpoint(folder: folder)
        return try checkpoint.warnings().joined(separator: "\n")
      } catch {
        return "\(error)".replacing(folder, with: "F")
      }
    }
  }

  @Test(arguments: [StoredType.float32, .float16, .bfloat16], [Float.nan, .infinity, -.infinity])
  func `that are not finite are an error that names tensor and count`(
    type: StoredType, value: Float
  ) throws {
    let message = try verdict(type) { $0[7...9] = [value, value, value] }
    #expect(
      message.hasPrefix(
        "F/model.safetensors: 1 tensor holds numbers that are not finite: \(matrix) (3 of 2048);"),
      "\(message)")
    #expect(try verdict(type) { _ in } == "")
  }

  @Test func `too great for half precision are an error, in single precision none`() throws {
    #expect(try verdict(.float16) { $0[0] = 7e4 }.contains("\(matrix) (1 of 2048)"))
    #expect(try verdict(.float32) { $0[0] = 7e4 } == "")
  }

  @Test func `that are hardly a network's are named in a warning`() throws {
    #expect(
      try verdict { $0[3] = -1e30 }.hasPrefix(
        "1 tensor holds implausible weights: \(matrix) (up to 1e+30)"))
    #expect(try verdict(.bfloat16) { $0[3] = 1e30 }.contains("implausible weights: \(matrix)"))
    #expect(
      try verdict { $0 = $0.map { _ in Float(bitPattern: 71_362) } }.contains(
        "\(matrix) (at most 1e-40)"))
    #expect(try verdict { $0 = $0.map { _ in 0 } }.contains("\(matrix) (all zero)"))
    // A few zeros and small numbers among others are normal.
    #expect(try verdict { $0[0...99] = $0[0...99].map { $0 * 0x1p-126 }[...] } == "")
  }

  @Test func `keep the fingerprint that they had`() throws {
    try withTinyCheckpoint { folder in
      let checkpoint = try Checkpoint(folder: folder)
      let wanted = "0180a80d25f3debec02d5d49def6bd15c4ef642bb83e3b5446fee88527264ff6"
      #expect(checkpoint.fingerprint == wanted)
      #expect(try checkpoint.warnings() == [] && checkpoint.fingerprint == wanted)
    }
  }
}
