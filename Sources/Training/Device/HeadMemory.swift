// Memory of a device by name, and products of what it holds.
import Devices

/// A place in the memory of a device.
struct DevicePlace {
  let buffer: DeviceBuffer
  /// In floats.
  var offset = 0

  static func + (place: DevicePlace, floats: Int) -> DevicePlace {
    DevicePlace(buffer: place.buffer, offset: place.offset + floats)
  }

  var argument: DeviceArgument { .buffer(buffer, offset: offset) }
}

/// Buffers by name that grow to the greatest size that was asked for, and the products on them.
struct HeadMemory {
  let device: Device
  /// The size of the tiles of all products; nil to choose by the sizes of the matrices. No bit
  /// depends on it.
  var tile: Int?
  private var buffers: [String: DeviceBuffer] = [:]

  init(_ device: Device) { self.device = device }

  /// Memory for at least `floats` numbers. It may hold anything.
  mutating func place(_ name: String, _ floats: Int) throws -> DevicePlace {
    if let known = buffers[name], known.floats >= floats { return DevicePlace(buffer: known) }
    // Two sizes of one buffer need not fit at the same time.
    buffers[name] = nil
    let made = try device.buffer(floats: floats)
    buffers[name] = made
    return DevicePlace(buffer: made)
  }

  /// A matrix in memory: its first element and the floats from row to row. A stride of 0 stands for
  /// that of the table.
  struct Matrix {
    let place: DevicePlace
    let stride: Int

    init(_ place: DevicePlace, _ stride: Int) { (self.place, self.stride) = (place, stride) }
  }

  /// How the factors lie in memory: as written (`n`) or transposed (`t`).
  enum Layout: String { case nn, tn, nt }

  /// Computes `c = scale · a b + bias`, or adds it to c.
  ///
  /// - Parameters:
  ///   - table: the places and sizes of several products; m, n and k are then the greatest.
  ///   - count: the number of products.
  func product(
    _ layout: Layout, _ a: Matrix, _ b: Matrix, bias: DevicePlace? = nil, into c: Matrix,
    accumulating: Bool = false, scale: Float = 1, table: DevicePlace? = nil, count: Int = 1,
    m: Int, n: Int, k: Int
  ) throws {
    let tile = tile ?? Self.tile(m: m, n: n, count: count)
    try device.launch(
      "head_product_\(layout.rawValue)_\(tile)",
      groups: (count, (m + tile - 1) / tile, (n + tile - 1) / tile),
      [
        a.place.argument, .int(a.stride), b.place.argument, .int(b.stride),
        bias?.argument ?? .none, c.place.argument, .int(c.stride), .int(accumulating ? 1 : 0),
        .float(scale), table?.argument ?? .none, .int(m), .int(n), .int(k),
      ])
  }

  /// Large tiles read less memory for each product. Small ones give work to all multiprocessors.
  private static func tile(m: Int, n: Int, count: Int) -> Int {
    for tile in [128, 64] where min(m, n) > tile / 2 {
      let groups = count * ((m + tile - 1) / tile) * ((n + tile - 1) / tile)
      if groups >= 96 { return tile }
    }
    return 32
  }

  /// Runs a kernel of `items` items a group, one for each of `count` elements.
  func launch(
    _ name: String, _ count: Int, by items: Int, _ arguments: [DeviceArgument]
  ) throws {
    try device.launch(name, groups: ((count + items - 1) / items, 1, 1), arguments)
  }

  /// Computes weighted sums of columns; see the kernel.
  func columnSums(
    _ x: Matrix, weights: Matrix? = nil, part: Int = 1 << 30, addend: Matrix? = nil,
    outer: (u: DevicePlace, v: DevicePlace)? = nil, into out: DevicePlace, rows: Int, columns: Int
  ) throws {
    try launch(
      "head_column_sums", columns, by: 8,
      [
        x.place.argument, .int(x.stride), weights?.place.argument ?? .none,
        .int(weights?.stride ?? 0), .int(part), addend?.place.argument ?? .none,
        .int(addend?.stride ?? 0), outer?.u.argument ?? .none, outer?.v.argument ?? .none,
        out.argument, .int(rows), .int(columns),
      ])
  }
}
