// An array of a fixture, in its stored precision.
import Foundation
package import Tensors

/// The elements of an array, by kind.
package enum Elements: Equatable, Sendable {
  /// F32: single precision, the program's own.
  case single([Float])
  /// F64: double precision.
  case double([Double])
  /// I64: whole numbers.
  case integers([Int])
  /// U64: random bits.
  case words([UInt64])

  package var count: Int {
    switch self {
    case .single(let values): values.count
    case .double(let values): values.count
    case .integers(let values): values.count
    case .words(let values): values.count
    }
  }

  /// The format's name of the type.
  package var type: String {
    switch self {
    case .single: "F32"
    case .double: "F64"
    case .integers: "I64"
    case .words: "U64"
    }
  }

  /// The elements of floating-point types, or nil for other types.
  var reals: [Double]? {
    switch self {
    case .single(let values): values.map(Double.init)
    case .double(let values): values
    case .integers, .words: nil
    }
  }
}

/// Elements with their shape, row-major.
package struct GoldenArray: Equatable, Sendable {
  package let shape: [Int]
  package let elements: Elements

  package init(shape: [Int], _ elements: Elements) {
    precondition(
      shape.reduce(1, *) == elements.count, "\(elements.count) elements for shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// Converts an array of a safetensors file. Fails for types that fixtures do not use.
  init?(_ raw: Safetensors.RawArray) {
    func values<Value>(_ type: Value.Type) -> [Value] {
      raw.bytes.withUnsafeBytes { bytes in
        let size = MemoryLayout<Value>.size
        return (0..<bytes.count / size).map {
          bytes.loadUnaligned(fromByteOffset: $0 * size, as: Value.self)
        }
      }
    }
    switch raw.type {
    case "F32": elements = .single(values(Float.self))
    case "F64": elements = .double(values(Double.self))
    case "I64": elements = .integers(values(Int.self))
    case "U64": elements = .words(values(UInt64.self))
    default: return nil
    }
    shape = raw.shape
  }
}

/// The result of an operation, under the name of the expected array.
package struct Output: Sendable {
  package let name: String
  package let array: GoldenArray

  package init(_ name: String, _ tensor: Tensor) {
    self.init(name, shape: tensor.shape, .single(tensor.array))
  }

  /// A list of double-precision numbers.
  package init(_ name: String, _ values: [Double]) {
    self.init(name, shape: [values.count], .double(values))
  }

  package init(_ name: String, _ values: [Float]) {
    self.init(name, shape: [values.count], .single(values))
  }

  package init(_ name: String, _ values: [Int]) {
    self.init(name, shape: [values.count], .integers(values))
  }

  package init(_ name: String, shape: [Int], _ elements: Elements) {
    self.name = name
    array = GoldenArray(shape: shape, elements)
  }
}
