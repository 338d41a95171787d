// NumPy's .npy format, version 1.0, for arrays of little-endian 32-bit floats.
package import Foundation

extension Tensor {
  /// This tensor as the bytes of an `.npy` file.
  package var npy: Data {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
    header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: header.utf8)
    withUnsafeBuffer { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
    return data
  }

  /// Reads the bytes of an `.npy` file of 32-bit floats in C order.
  package init(npy data: Data) throws {
    let bytes = [UInt8](data.prefix(10))
    guard bytes.count == 10, Array(bytes[0..<6]) == [0x93] + Array("NUMPY".utf8), bytes[6] == 1
    else { throw ArrayFileError.notAnArray(format: "npy version 1") }
    let end = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard data.count >= end else {
      throw ArrayFileError.truncated(expected: end, found: data.count)
    }
    let header = String(decoding: data.dropFirst(10).prefix(end - 10), as: UTF8.self)
    guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
      let open = header.firstIndex(of: "("), let close = header[open...].firstIndex(of: ")")
    else { throw ArrayFileError.unsupported(header: header) }
    let extents = header[header.index(after: open)..<close].split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let shape = extents.compactMap { Int($0) }
    guard shape.count == extents.count, let bytes = byteCount(of: shape) else {
      throw ArrayFileError.unsupported(header: header)
    }
    guard data.count - end == bytes else {
      throw ArrayFileError.truncated(expected: end + bytes, found: data.count)
    }
    self.init(shape: shape) { _ = data.dropFirst(end).copyBytes(to: $0) }
  }
}

/// Returns the number of bytes that the elements of a shape fill. Returns nil if an extent is
/// negative or the size overflows, since a file may claim any shape.
package func byteCount(of shape: [Int], elementSize: Int = MemoryLayout<Float>.size) -> Int? {
  guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
  var bytes = elementSize
  // A zero extent must not hide an overflow of the others: strides are products of extents.
  for extent in shape where extent > 0 {
    let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
    guard !overflow, product <= Int.max / 2 else { return nil }
    bytes = product
  }
  return shape.contains(0) ? 0 : bytes
}

/// A fault in the bytes of an array file.
package enum ArrayFileError: Error, Equatable, Sendable {
  case notAnArray(format: String)
  case unsupported(header: String)
  case truncated(expected: Int, found: Int)
  /// The header contradicts itself or the file.
  case malformed(problem: String)
  case missing(name: String)
  case misshapen(name: String, expected: [Int], found: [Int])
}

extension ArrayFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAnArray(let format): "not an array file: expected \(format)"
    case .unsupported(let header):
      "unsupported array: expected 32-bit floats in C order, found \(header)"
    case .truncated(let expected, let found):
      "truncated: expected \(expected) bytes, found \(found)"
    case .malformed(let problem): problem
    case .missing(let name): "no tensor named \(name)"
    case .misshapen(let name, let expected, let found):
      "tensor \(name): expected shape \(expected), found \(found)"
    }
  }
}
