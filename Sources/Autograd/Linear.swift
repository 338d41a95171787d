// Products with weights in the layout of PyTorch's `Linear`, frozen or trained.
// N rows, I inputs, O outputs.
import CKernels
package import Tensors

/// The weight of a linear map, `[O, I]`.
package enum LinearWeight {
  /// A weight that is never trained. Its transpose is packed for the product.
  case frozen(PackedMatrix)
  /// A weight that may be trained, in its plain layout.
  case variable(Variable)
}

extension Tape {
  /// Returns `x Wᵀ + b + addend`, or its exact GELU.
  ///
  /// - Parameters:
  ///   - x: `[N, I]`.
  ///   - weight: `[O, I]`. A frozen weight gets no gradient.
  ///   - bias: `[O]`.
  ///   - addend: `[N, O]`, or nil.
  /// - Returns: `[N, O]`. Frozen and trained weights of equal values give equal bits.
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

  /// Returns `x Wᵀ + b` for each weight and bias. The bits equal those of separate calls. It is
  /// faster for frozen weights because x is packed only once.
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
