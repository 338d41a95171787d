// Products with packed matrices, the arithmetic of frozen networks.
import Golden
import Settings
import Tensors

let packedChecks = [
  Check("packed", ["packed product": packedProduct])
]

/// `A·B + bias + addend`, or its GELU. Rows of A that begin less than K numbers apart overlap, like
/// the windows of a convolution.
private func packedProduct(_ reader: CaseReader) throws -> [Output] {
  let arithmetic: FrozenArithmetic = try reader.choice("arithmetic")
  let stride = try reader.count("stride")
  let (a, b) = (try reader.tensor("a", [nil, nil]), try reader.tensor("b", [nil, nil]))
  let (k, n) = (b.rows, b.columns)
  try require(
    stride > 0 && k <= a.count && (stride < k || a.columns == k), "a",
    expected: "rows of \(k), or at least \(k) numbers for windows", found: a.shape)
  let m = (a.count - k) / stride + 1
  let bias = reader.has("bias") ? try reader.tensor("bias", [n]) : nil
  let addend = reader.has("addend") ? try reader.tensor("addend", [m, n]) : nil
  let packed = PackedMatrix(
    b.address, rows: k, columns: n, rowStride: n, columnStride: 1,
    as: arithmetic == .int16 ? .int16 : .float32, threads: 2)
  var product = Tensor(uninitialized: [m, n])
  let gelu = try reader.flag("gelu")
  packed.multiply(
    a.address, rowStride: stride, m: m, bias: bias?.address, addend: addend?.address,
    into: product.ownAddress(), targetStride: n, gelu: gelu, threads: 2)
  withExtendedLifetime((a, b, bias, addend)) {}
  return [Output("output", product)]
}
