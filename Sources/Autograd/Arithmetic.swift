// Elementwise operations and their derivatives.
// N rows, D columns.
import CKernels
import Tensors

extension Tape {
  /// Returns `x + y`. Both have the same shape.
  package func sum(_ x: Variable, _ y: Variable) -> Variable {
    record(x.value + y.value, from: [x, y]) { dOutput, gradients in
      gradients.add(dOutput, to: x)
      gradients.add(dOutput, to: y)
    }
  }

  /// Returns `factor · x`.
  package func scaled(_ x: Variable, by factor: Float) -> Variable {
    record(x.value.scaled(by: factor), from: [x]) { dOutput, gradients in
      gradients.add(dOutput.scaled(by: factor), to: x)
    }
  }

  /// Returns `½ (x + y)`.
  package func mean(_ x: Variable, _ y: Variable) -> Variable { scaled(sum(x, y), by: 0.5) }

  /// Returns the given rows of `x`.
  package func rows(_ x: Variable, _ range: Range<Int>) -> Variable {
    record(x.value.rows(range), from: [x]) { dOutput, gradients in
      var dInput = Tensor.zeros(x.shape)
      (dInput.ownAddress() + range.lowerBound * x.value.columns)
        .update(from: dOutput.address, count: dOutput.count)
      gradients.add(dInput, to: x)
    }
  }

  /// Returns the exact Gaussian error linear unit, `x Φ(x)` (Hendrycks & Gimpel 2016).
  package func gelu(_ x: Variable) -> Variable {
    elementwise(x, forward: reprise_gelu, gradient: reprise_gelu_gradient)
  }

  /// Returns `max(x, 0)`. The derivative at 0 is 0.
  package func relu(_ x: Variable) -> Variable {
    elementwise(x, forward: reprise_relu, gradient: reprise_relu_gradient)
  }

  /// Returns `x` with each element set to zero with probability `rate`, and the others divided by
  /// `1 - rate` (Srivastava et al. 2014). The same seed drops the same elements.
  package func dropout(_ x: Variable, rate: Double, seed: UInt64) -> Variable {
    guard rate > 0 else { return x }
    precondition(rate < 1, "dropout rate \(rate) is not below 1")
    func drop(_ input: Tensor) -> Tensor {
      var output = Tensor(uninitialized: input.shape)
      reprise_dropout(seed, Float(rate), 0, input.address, output.ownAddress(), input.count)
      return output
    }
    return record(drop(x.value), from: [x]) { dOutput, gradients in
      gradients.add(drop(dOutput), to: x)
    }
  }

  private func elementwise(
    _ x: Variable,
    forward: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
    gradient:
      @escaping (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
      ) -> Void
  ) -> Variable {
    var output = Tensor(uninitialized: x.shape)
    forward(x.value.address, output.ownAddress(), output.count)
    return record(output, from: [x]) { dOutput, gradients in
      var dInput = Tensor(uninitialized: x.shape)
      gradient(x.value.address, dOutput.address, dInput.ownAddress(), dInput.count)
      gradients.add(dInput, to: x)
    }
  }
}
