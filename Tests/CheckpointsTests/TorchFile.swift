// Makes files like those of `torch.save`, and hostile ones: a pickle and a zip with fields that can
// lie.
import Foundation

/// Returns the bytes of a number in little-endian order.
func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// Opcodes and values of pickles.
enum Pickle {
  static func text(_ text: String) -> [UInt8] {
    [0x58] + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
  }
  /// LONG1 with 8 bytes, which holds any number.
  static func integer(_ number: Int) -> [UInt8] { [0x8A, 8] + littleEndian(number) }
  static func tuple(_ elements: [[UInt8]]) -> [UInt8] { [0x28] + elements.joined() + [0x74] }
  static func tuple(_ numbers: [Int]) -> [UInt8] { tuple(numbers.map(integer)) }
  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }
  static func call(_ function: [UInt8], _ arguments: [[UInt8]]) -> [UInt8] {
    function + tuple(arguments) + [0x52]
  }
  static func dictionary(_ pairs: [(String, [UInt8])]) -> [UInt8] {
    [0x7D, 0x28] + pairs.flatMap { text($0.0) + $0.1 } + [0x75]
  }
  static func storage(_ type: String = "FloatStorage", key: String = "0", count: Int) -> [UInt8] {
    tuple([
      text("storage"), global("torch", type), text(key), text("cpu"), integer(count),
    ]) + [0x51]
  }
  static func tensor(
    _ storage: [UInt8], offset: Int = 0, shape: [Int], strides: [Int]
  ) -> [UInt8] {
    call(
      global("torch._utils", "_rebuild_tensor_v2"),
      [
        storage, integer(offset), tuple(shape), tuple(strides), [0x89],
        call(global("collections", "OrderedDict"), []),
      ])
  }
  /// A complete pickle of protocol 2.
  static func whole(_ value: [UInt8]) -> [UInt8] { [0x80, 2] + value + [0x2E] }
}

/// An entry of a zip. Its headers can contain false values.
struct ZipEntry {
  var name: String
  var bytes: [UInt8]
  var method: UInt16 = 0
  var flags: UInt16 = 0x808
  /// The name in the entry's own header.
  var ownName: String?
  var size: UInt32?
  /// The offset of the entry's header according to the directory.
  var header: UInt32?
  var checksum: UInt32?
  /// 64-bit sizes and offset, written wherever the 32-bit fields hold their greatest value.
  var wide: [UInt64] = []

  init(_ name: String, _ bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
}

/// Returns a zip of uncompressed entries, each aligned to 64 bytes as in PyTorch.
///
/// - Parameter isWide: whether a 64-bit record also gives the offset of the directory.
func zip(_ entries: [ZipEntry], isWide: Bool = true) -> Data {
  var (file, directory): ([UInt8], [UInt8]) = ([], [])
  for entry in entries {
    let (name, own) = (Array(entry.name.utf8), Array((entry.ownName ?? entry.name).utf8))
    let header = entry.header ?? UInt32(file.count)
    let padding = (64 - (file.count + 30 + own.count) % 64) % 64
    // Flag 8 says that the sizes follow the bytes.
    file += littleEndian(UInt32(0x0403_4b50)) + littleEndian(UInt16(0)) + littleEndian(entry.flags)
    file += littleEndian(entry.method) + [UInt8](repeating: 0, count: 16)
    file += littleEndian(UInt16(own.count)) + littleEndian(UInt16(padding)) + own
    file += [UInt8](repeating: 0x5A, count: padding) + entry.bytes
    let size = entry.size ?? UInt32(entry.bytes.count)
    let extra: [UInt8] =
      entry.wide.isEmpty
      ? []
      : littleEndian(UInt16(1)) + littleEndian(UInt16(8 * entry.wide.count))
        + entry.wide.flatMap(littleEndian)
    directory += littleEndian(UInt32(0x0201_4b50)) + [0, 0, 0, 0] + littleEndian(entry.flags)
    directory += littleEndian(entry.method) + [0, 0, 0, 0]
    directory += littleEndian(entry.checksum ?? checksum(entry.bytes))
    directory += littleEndian(size) + littleEndian(size) + littleEndian(UInt16(name.count))
    directory += littleEndian(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10)
    directory += littleEndian(header) + name + extra
  }
  let (start, count) = (file.count, entries.count)
  file += directory
  if isWide {
    let record = file.count
    file += littleEndian(UInt32(0x0606_4b50)) + littleEndian(UInt64(44)) + [0, 0, 0, 0]
    file += [UInt8](repeating: 0, count: 8) + littleEndian(UInt64(count))
    file += littleEndian(UInt64(count)) + littleEndian(UInt64(directory.count))
    file += littleEndian(UInt64(start)) + littleEndian(UInt32(0x0706_4b50)) + [0, 0, 0, 0]
    file += littleEndian(UInt64(record)) + littleEndian(UInt32(1))
  }
  file += littleEndian(UInt32(0x0605_4b50)) + [0, 0, 0, 0] + littleEndian(UInt16(count))
  file += littleEndian(UInt16(count)) + littleEndian(UInt32(directory.count))
  return Data(file + littleEndian(UInt32(start)) + [0, 0])
}

/// CRC-32, bit by bit.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { value, byte in
    (0..<8).reduce(value ^ UInt32(byte)) { value, _ in
      value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0)
    }
  }
}

/// Returns the bytes of little-endian floats.
func bytes(_ floats: [Float]) -> [UInt8] { floats.flatMap { littleEndian($0.bitPattern) } }
