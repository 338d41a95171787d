// The kernels of the frozen forward pass, each as a method that knows its arguments and its grid.
// N frames, H heads of E features. Shapes and formulas are in Sources/CDevice/kernels.
import Devices
import Settings
import Tensors

/// Launches kernels on a device, with products in one arithmetic.
struct DeviceOperations {
  let device: Device
  let arithmetic: FrozenArithmetic

  /// What follows a product.
  enum Activation: Int {
    case none
    /// `GELU(sum + bias + addend)`.
    case gelu
    /// `addend + GELU(sum + bias)`.
    case geluAdded
  }

  /// The kernel of tensor cores for this arithmetic, if it uses them.
  private var tensorKernel: String? {
    switch arithmetic {
    case .gpuThreeTF32: "linear_3xtf32"
    case .gpuTF32: "linear_tf32"
    case .gpuFloat32, .float32, .int16: nil
    }
  }

  /// Computes `C = activation(A Wᵀ + bias + addend)`, for several A and C if the weight has several
  /// groups of rows.
  ///
  /// - Parameters:
  ///   - rows: the row of A that each row of C reads; nil for the same.
  ///   - rowStride: floats from row to row of A. Less than a row for the windows of a convolution.
  ///   - count: rows of C.
  ///   - batches: the number of products G. Product g reads A from `g · batchStride` on and writes
  ///     columns `g · n ..< (g + 1) · n` of C, where the weight has G n rows.
  ///   - targetStride: floats from row to row of C; the columns of all products by default.
  func linear(
    _ a: DeviceBuffer, rows: DeviceTable? = nil, rowStride: Int, count: Int, batches: Int = 1,
    batchStride: Int = 0, _ affine: DeviceAffine, addend: DeviceBuffer? = nil,
    activation: Activation = .none, into c: DeviceBuffer, targetStride: Int? = nil
  ) throws(DeviceError) {
    let (n, k) = (affine.weight.rows / batches, affine.weight.columns)
    let isAligned = (rowStride | batchStride | k) & 3 == 0
    let kernel = device.productKernel(
      rows: count, columns: n, products: batches,
      tensorCores: isAligned ? tensorKernel : nil)
    try device.launch(
      kernel.name,
      groups: (
        (n + kernel.columns - 1) / kernel.columns, (count + kernel.rows - 1) / kernel.rows, batches
      ),
      [
        .buffer(a), rows?.argument ?? .none, .int(rowStride), .int(batchStride),
        .buffer(affine.weight.buffer), .int(n * k),
        affine.bias.map { .buffer($0) } ?? .none, .int(n),
        addend.map { .buffer($0) } ?? .none, .buffer(c), .int(targetStride ?? n * batches),
        .int(n), .int(count), .int(n), .int(k), .int(activation.rawValue),
      ])
  }
}

extension DeviceOperations {
  /// WavLM's gated relative position bias.
  struct Position {
    /// `[N, H]`.
    let gate: DeviceBuffer
    /// `[H, span]`.
    let bias: DeviceBuffer
    let span: Int
  }

  /// Normalises each row, optionally with the GELU after it. `y` may be `x`.
  func norm(
    _ x: DeviceBuffer, rows: Int, _ columns: Int, _ norm: DeviceNorm, epsilon: Float,
    gelu: Bool = false, into y: DeviceBuffer
  ) throws(DeviceError) {
    try device.launch(
      "layer_norm", groups: (rows, 1, 1),
      [
        .buffer(x), .buffer(norm.gain), .buffer(norm.bias), .buffer(y), .int(columns),
        .float(epsilon), .int(gelu ? 1 : 0),
      ])
  }

  /// Multi-head attention within each sequence.
  ///
  /// - Parameter projected: queries, keys and values side by side, `[N, 3 H E]`.
  func attention(
    _ projected: DeviceBuffer, heads: Int, features: Int, _ tables: DeviceTables,
    _ position: Position?, into output: DeviceBuffer
  ) throws(DeviceError) {
    let width = heads * features
    try device.launch(
      "attention", groups: (tables.tileCount, heads, 1),
      [
        .buffer(projected), .buffer(projected, offset: width),
        .buffer(projected, offset: 2 * width), .int(3 * width),
        position.map { .buffer($0.gate) } ?? .none, position.map { .buffer($0.bias) } ?? .none,
        .int(position?.span ?? 0), tables.tiles.argument, tables.offsets.argument,
        .buffer(output), .int(width), .int(heads), .int(features),
        .float(1 / Float(features).squareRoot()),
      ])
  }
}
