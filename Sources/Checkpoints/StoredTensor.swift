// A tensor in a checkpoint's file.
import CKernels
package import Files
package import Tensors

/// The type of a stored tensor's elements.
package enum StoredType: Sendable, Equatable, CustomStringConvertible {
  case float32
  /// IEEE half precision.
  case float16
  case bfloat16
  /// A type that weights may not have, by its name in the format, with its size in bytes.
  case other(String, size: Int)

  /// The size of an element in bytes.
  package var size: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .other(_, let size): size
    }
  }

  package var description: String {
    switch self {
    case .float32: "float32"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .other(let name, _): name
    }
  }
}

/// A tensor's place in a file. Its creator has checked that all elements lie within the file.
package struct StoredTensor: Sendable {
  package let type: StoredType
  package let shape: [Int]
  /// The distance between neighbours along each axis, in elements.
  package let strides: [Int]
  /// The offset of element 0 in the file, in bytes.
  package let offset: Int
  package let file: MappedFile

  package init(
    type: StoredType, shape: [Int], strides: [Int], offset: Int, file: MappedFile
  ) {
    self.type = type
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.file = file
  }

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// The strides of a contiguous row-major tensor.
  package static func contiguousStrides(of shape: [Int]) -> [Int] {
    var step = 1
    return Array(
      shape.reversed().map { extent in
        defer { step *= max(extent, 1) }
        return step
      }.reversed())
  }

  /// The bytes of a contiguous row-major tensor, or nil for any other.
  package var contiguousBytes: UnsafeRawBufferPointer? {
    let plain = Self.contiguousStrides(of: shape)
    guard zip(shape, zip(strides, plain)).allSatisfy({ $0 < 2 || $1.0 == $1.1 }) else { return nil }
    return UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + count * type.size])
  }

  /// The elements as 32-bit floats: the file's own memory if possible, otherwise a copy.
  ///
  /// - Precondition: the type is a float type.
  package var tensor: Tensor {
    guard count > 0 else { return .zeros(shape) }
    guard let bytes = contiguousBytes, let start = bytes.baseAddress else { return gathered }
    if type == .float32, Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0 {
      return Tensor(
        shape: shape, at: start.assumingMemoryBound(to: Float.self), owner: file)
    }
    return Tensor(shape: shape) { elements in
      if let target = elements.baseAddress { widen(start, into: target, count: count) }
    }
  }

  /// A copy in row-major order, one element at a time.
  private var gathered: Tensor {
    Tensor(shape: shape) { elements in
      guard let start = file.bytes.baseAddress, let target = elements.baseAddress else { return }
      var (index, place) = ([Int](repeating: 0, count: shape.count), 0)
      for element in 0..<count {
        widen(start + offset + place * type.size, into: target + element, count: 1)
        var axis = shape.count - 1
        while axis >= 0 {
          (index[axis], place) = (index[axis] + 1, place + strides[axis])
          if index[axis] < shape[axis] { break }
          place -= index[axis] * strides[axis]
          index[axis] = 0
          axis -= 1
        }
      }
    }
  }

  private func widen(
    _ start: UnsafeRawPointer, into target: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch type {
    case .float32:
      UnsafeMutableRawPointer(target).copyMemory(from: start, byteCount: 4 * count)
    case .float16: reprise_widen_half(start, target, count)
    case .bfloat16: reprise_widen_bfloat(start, target, count)
    case .other(let name, _): preconditionFailure("a weight of type \(name)")
    }
  }
}
