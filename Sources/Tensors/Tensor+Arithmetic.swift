// Elementwise arithmetic on tensors of equal shape.
import CKernels

extension Tensor {
  /// Returns the elementwise sum.
  package static func + (x: Tensor, y: Tensor) -> Tensor {
    precondition(x.shape == y.shape, "shapes differ: \(x.shape) and \(y.shape)")
    return withExtendedLifetime((x, y)) {
      Tensor(shape: x.shape) { reprise_sum(x.address, y.address, $0.baseAddress, x.count) }
    }
  }

  /// Adds `other`, times `factor`, to this tensor.
  package mutating func add(_ other: Tensor, scaledBy factor: Float = 1) {
    precondition(shape == other.shape, "shapes differ: \(shape) and \(other.shape)")
    withUnsafeMutableBuffer { elements in
      other.withUnsafeBuffer {
        guard elements.count > 0 else { return }
        reprise_add_scaled(factor, $0.baseAddress!, elements.baseAddress!, elements.count)
      }
    }
  }

  /// Returns this tensor times a number.
  package func scaled(by factor: Float) -> Tensor {
    withExtendedLifetime(self) {
      Tensor(shape: shape) { reprise_scale(factor, address, $0.baseAddress, count) }
    }
  }

  /// The sum over the rows of a matrix `[N, D]`: `[D]`.
  package var columnSums: Tensor {
    var result = Tensor.zeros([columns])
    withExtendedLifetime(self) { reprise_add_rows(address, rows, columns, result.ownAddress()) }
    return result
  }

  /// The sum of the squares of all elements, accumulated in double precision.
  package var sumOfSquares: Double {
    withExtendedLifetime(self) { reprise_sum_of_squares(address, count) }
  }

  /// Whether every element is a finite number.
  package var isFinite: Bool { withUnsafeBuffer { $0.allSatisfy(\.isFinite) } }
}
