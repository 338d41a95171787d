// Products with weights that lie as PyTorch's `Linear` holds them, frozen or trained.
// N rows, I inputs, O outputs.
import CKernels
package import Tensors

/// The weight of a linear map, `[O, I]`.
package enum LinearWeight {
  /// Never trained, and packed for the product: its transpose.
  case frozen(PackedMatrix)
  /// Trained, or at least as it lies in memory.
  case variable(Variable)
}

extension Tape {
  /// Returns `x Wᵀ + b + addend`, or its exact GELU.
  ///
  /// - Parameters:
  ///   - x: `[N, I]`.
  ///   - weight: `[O, I]`; no gradient flows through a frozen one.
  ///   - bias: `[O]`.
  ///   - addend: `[N, O]`, or nil.
  /// - Returns: `[N, O]`; frozen and trained weights of equal values give equal bits.
  package func linear(
    _ x: Variable, _ weight: LinearWeight, bias: Variable, addend: Variable? = nil,
    gelu: Bool = false
  ) -> Variable {
    let packed: PackedMatrix
    var trained: Variable?
    switch weight {
    case .frozen(let matrix): packed = matrix
    case .variable(let variable):
      packed = PackedMatrix(transposing: variable.value, threads: threads)
      trained = variable
    }
    let (n, i, o) = (x.value.rows, packed.rows, packed.columns)
    precondition(x.value.columns == i, "weight [\(o), \(i)] for input \(x.shape)")
    precondition(bias.shape == [o], "bias \(bias.shape) for \(o) outputs")
    precondition(addend.map { $0.shape == [n, o] } ?? true, "addend of another shape")
    let inputs = [x, bias] + [trained, addend].compactMap { $0 }
    let isRecorded = isRecording && inputs.contains(where: \.isDifferentiated)
    precondition(
      trained != nil || !x.isDifferentiated || !isRecording, "a gradient through a frozen weight")
    var output = Tensor(uninitialized: [n, o])
    packed.multiply(
      x.value.address, rowStride: i, m: n, bias: bias.value.address,
      addend: addend?.value.address, into: output.ownAddress(), targetStride: o,
      gelu: gelu && !isRecorded, threads: threads)
    withExtendedLifetime((x, bias, addend)) {}
    let result = record(output, from: inputs) { dOutput, gradients in
      if let trained {
        gradients.add(product(dOutput, x.value, transposing: .first), to: trained)
        gradients.add(product(dOutput, trained.value), to: x)
      }
      gradients.add(dOutput.columnSums, to: bias)
      if let addend { gradients.add(dOutput, to: addend) }
    }
    return gelu && isRecorded ? self.gelu(result) : result
  }

  /// Returns `x Wᵀ + b` for each weight and bias: the same bits as one by one, and faster where
  /// weights are frozen, since x is then packed once.
  package func linear(_ x: Variable, _ layers: [(weight: LinearWeight, bias: Variable)])
    -> [Variable]
  {
    let packed = layers.compactMap { layer in
      if case .frozen(let matrix) = layer.weight { (matrix, layer.bias.value) } else { nil }
    }
    let differentiated = x.isDifferentiated || layers.contains { $0.bias.isDifferentiated }
    guard packed.count == layers.count, !isRecording || !differentiated else {
      return layers.map { linear(x, $0.weight, bias: $0.bias) }
    }
    let n = x.value.rows
    var outputs = packed.map { Tensor(uninitialized: [n, $0.0.columns]) }
    let products = zip(packed, outputs.indices).map { layer, index in
      precondition(
        layer.0.rows == x.value.columns && layer.1.shape == [layer.0.columns],
        "weight [\(layer.0.columns), \(layer.0.rows)] and bias \(layer.1.shape) for \(x.shape)")
      return PackedProduct(
        layer.0, bias: layer.1.address, into: outputs[index].ownAddress(),
        targetStride: layer.0.columns)
    }
    PackedMatrix.multiply(
      x.value.address, rowStride: x.value.columns, m: n, products, threads: threads)
    withExtendedLifetime((x, layers)) {}
    return outputs.map { Variable(constant: $0) }
  }
}
