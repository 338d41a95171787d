// Selecting rows and columns of tensors, and stacking tensors.

extension Tensor {
  /// Returns the given rows as a new tensor.
  package func rows(_ range: Range<Int>) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return withExtendedLifetime(self) {
      Tensor(shape: [range.count] + shape.dropFirst()) { result in
        result.baseAddress?.update(from: address + range.lowerBound * columns, count: result.count)
      }
    }
  }

  /// Returns the first `count` columns of a matrix.
  package func firstColumns(_ count: Int) -> Tensor { columns(from: 0, count) }

  /// Returns the last `count` columns of a matrix.
  package func lastColumns(_ count: Int) -> Tensor { columns(from: columns - count, count) }

  private func columns(from first: Int, _ count: Int) -> Tensor {
    precondition(
      first >= 0 && first + count <= columns, "columns \(first) to \(first + count) of \(columns)")
    return Tensor(shape: [rows, count]) { result in
      withUnsafeBuffer { source in
        for row in 0..<rows {
          for column in 0..<count {
            result[row * count + column] = source[row * columns + first + column]
          }
        }
      }
    }
  }

  /// Returns the rows of all `parts`, in order, as one matrix. All parts must have the same number
  /// of columns.
  package static func stacked(_ parts: [Tensor]) -> Tensor {
    let columns = parts.first?.columns ?? 0
    precondition(
      parts.allSatisfy { $0.columns == columns }, "columns differ: \(parts.map(\.shape))")
    return Tensor(shape: [parts.reduce(0) { $0 + $1.rows }, columns]) { result in
      guard let start = result.baseAddress else { return }
      var offset = 0
      for part in parts {
        part.withUnsafeBuffer {
          if let source = $0.baseAddress {
            (start + offset).update(from: source, count: $0.count)
          }
        }
        offset += part.count
      }
    }
  }
}
