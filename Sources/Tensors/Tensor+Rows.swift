// Taking rows and columns out of tensors and putting tensors on top of each other.

extension Tensor {
  /// Returns the given rows as a tensor of their own.
  package func rows(_ range: Range<Int>) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    let result = Tensor(uninitialized: [range.count] + shape.dropFirst())
    withExtendedLifetime(self) {
      result.freshAddress.update(from: address + range.lowerBound * columns, count: result.count)
    }
    return result
  }

  /// Returns the last `count` columns of a matrix.
  package func lastColumns(_ count: Int) -> Tensor {
    precondition(count <= columns, "\(count) columns of \(columns)")
    let result = Tensor(uninitialized: [rows, count])
    withExtendedLifetime(self) {
      for row in 0..<rows {
        (result.freshAddress + row * count).update(
          from: address + (row + 1) * columns - count, count: count)
      }
    }
    return result
  }

  /// Returns the rows of all `parts`, in order, as one matrix; their columns must agree.
  package static func stacked(_ parts: [Tensor]) -> Tensor {
    let columns = parts.first?.columns ?? 0
    precondition(
      parts.allSatisfy { $0.columns == columns }, "columns differ: \(parts.map(\.shape))")
    let result = Tensor(uninitialized: [parts.reduce(0) { $0 + $1.rows }, columns])
    var offset = 0
    for part in parts {
      (result.freshAddress + offset).update(from: part.address, count: part.count)
      offset += part.count
    }
    withExtendedLifetime(parts) {}
    return result
  }
}
