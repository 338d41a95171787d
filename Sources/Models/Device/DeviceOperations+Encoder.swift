// The kernels of the feature encoder and of the position embedding.
import Devices
import Tensors

extension DeviceOperations {
  /// Gives each recording mean 0 and variance 1, in place.
  func standardise(
    _ samples: DeviceBuffer, _ tables: DeviceTables, count: Int
  ) throws(DeviceError) {
    try device.launch(
      "standardise", groups: (count, 1, 1),
      [
        .buffer(samples), tables.sampleStarts.argument, tables.sampleCounts.argument,
        .buffer(samples), .double(1e-7),
      ])
  }

  /// The convolution of samples. If `normalized`, each frame is then normalised and goes through
  /// the GELU.
  func firstConvolution(
    _ samples: DeviceBuffer, rows: Int, _ convolution: DeviceWeights.Convolution,
    normalized: Bool, epsilon: Float, into y: DeviceBuffer
  ) throws(DeviceError) {
    let (channels, taps) = (convolution.product.weight.rows, convolution.kernel)
    let norm = normalized ? convolution.norm : nil
    guard channels <= 512, taps <= 16 else {
      try linear(
        samples, rowStride: convolution.stride, count: rows, convolution.product, into: y)
      if let norm {
        try self.norm(y, rows: rows, channels, norm, epsilon: epsilon, gelu: true, into: y)
      }
      return
    }
    try device.launch(
      "first_convolution", groups: ((rows + 63) / 64, 1, 1),
      [
        .buffer(samples), .buffer(convolution.product.weight.buffer),
        convolution.product.bias.map { .buffer($0) } ?? .none,
        norm.map { .buffer($0.gain) } ?? .none, norm.map { .buffer($0.bias) } ?? .none,
        .buffer(y), .int(rows), .int(channels), .int(taps), .int(convolution.stride),
        .float(epsilon),
      ])
  }

  /// Normalises each channel over the frames of its recording, then applies the GELU, in place.
  ///
  /// - Parameter lengths: the frames of each recording.
  func normalizeColumns(
    _ x: DeviceBuffer, _ channels: Int, _ norm: DeviceNorm, _ tables: DeviceTables,
    lengths: [Int], epsilon: Float, _ workspace: inout DeviceWorkspace
  ) throws(DeviceError) {
    let scale = try workspace.floats("scales", lengths.count * channels)
    let shift = try workspace.floats("shifts", lengths.count * channels)
    let (first, count) = (tables.frameStarts.argument, tables.frameCounts.argument)
    try device.launch(
      "column_moments", groups: ((channels + 31) / 32, lengths.count, 1),
      [
        .buffer(x), first, count, .buffer(norm.gain), .buffer(norm.bias),
        .buffer(scale), .buffer(shift), .int(channels), .double(Double(epsilon)),
      ])
    try device.launch(
      "scale_columns_gelu", groups: (((lengths.max() ?? 0) + 31) / 32, lengths.count, 1),
      [
        .buffer(x), first, count, .buffer(scale), .buffer(shift),
        .int(channels),
      ])
  }

  /// WavLM's gate of relative positions, `[N, H]`.
  func positionGate(
    _ x: DeviceBuffer, rows: Int, heads: Int, features: Int, _ gate: DeviceWeights.Gate,
    into target: DeviceBuffer
  ) throws(DeviceError) {
    try device.launch(
      "position_gate", groups: ((rows * heads + 255) / 256, 1, 1),
      [
        .buffer(x), .buffer(gate.weight), .buffer(gate.bias), .buffer(gate.constant),
        .buffer(target), .int(rows), .int(heads), .int(features),
      ])
  }

  /// Copies the channels of each group of columns behind each other, with zeros between sequences.
  ///
  /// - Parameters:
  ///   - channels: of a group in `y`, at least `width / groups`; the others are zeros.
  ///   - rows: of a group in `y`.
  func gatherGroups(
    _ x: DeviceBuffer, width: Int, groups: Int, channels: Int, rows: Int, _ tables: DeviceTables,
    into y: DeviceBuffer
  ) throws(DeviceError) {
    try device.launch(
      "gather_groups", groups: ((rows * channels + 1023) / 1024, groups, 1),
      [
        .buffer(x), tables.paddedSources.argument, .buffer(y), .int(rows), .int(width),
        .int(width / groups), .int(channels),
      ])
  }

  /// Copies a matrix into columns of a wider one.
  func copyColumns(
    _ x: DeviceBuffer, rows: Int, columns: Int, into y: DeviceBuffer, column: Int, of width: Int
  ) throws(DeviceError) {
    try device.launch(
      "copy_columns", groups: (rows, (columns + 1023) / 1024, 1),
      [
        .buffer(x), .int(columns), .buffer(y, offset: column), .int(width), .int(columns),
      ])
  }
}
