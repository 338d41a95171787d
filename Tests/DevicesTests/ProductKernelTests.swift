// By hand: products of matrices on a device, against sums in double precision.
import Devices
import TestSupport
import Testing

/// C[m, n] = activation(Σ A[row(m), k] W[n, k] + bias[n] + addend[m, n]).
private struct Product: CustomTestStringConvertible, Sendable {
  var m: Int
  var n: Int
  var k: Int
  /// The distance of rows of A; less than k where windows overlap.
  var stride: Int
  var products = 1
  /// Whether rows of A are chosen by a list.
  var chosen = false
  var bias = true
  var addend = true
  /// 0 none, 1 the GELU of all, 2 addend + GELU.
  var activation = 0
  /// Floats that A begins after a multiple of 16 bytes, and that C's rows are longer.
  var skew = 0

  var testDescription: String {
    "\(products) of \(m) x \(n) x \(k), rows \(stride) apart, \(activation), skewed by \(skew)"
  }

  static let ragged: [Product] = [
    Product(m: 1, n: 1, k: 1, stride: 1, bias: false, addend: false),
    Product(m: 1, n: 64, k: 64, stride: 64),
    Product(m: 199, n: 140, k: 100, stride: 100, activation: 1),
    Product(m: 130, n: 132, k: 36, stride: 36, products: 2, activation: 2),
    Product(m: 50, n: 70, k: 33, stride: 12, products: 3, chosen: true, activation: 2, skew: 1),
    Product(m: 127, n: 20, k: 24, stride: 16, bias: false, addend: false, activation: 1),
    Product(m: 40, n: 12, k: 10, stride: 5, addend: false),
    Product(m: 1549, n: 8, k: 36, stride: 24, activation: 1),
  ]

  private var places: Int { chosen ? 2 * m + 3 : m }
  private var rows: [Int] { (0..<m).map { chosen ? $0 * 7 % places : $0 } }
  private var sizeA: Int { (places - 1) * stride + k }
  private var cStride: Int { products * n + skew }
  private var a: [Float] { noise(skew + sizeA * products, seed: 1) }
  private var w: [Float] { noise(n * k * products, seed: 2) }
  private var biases: [Float] { noise(n * products, seed: 3) }
  private var addends: [Float] { noise(m * cStride, seed: 4) }

  /// Returns the first `rows` rows of C, computed by a kernel on their own.
  func run(_ kernel: String, _ device: Device, rows count: Int? = nil) throws -> [Float] {
    let m = count ?? m
    let size =
      kernel == "linear_tf32_hopper"
      ? [128, 256]
      : kernel.contains("tf32")
        ? [128, 128] : kernel.dropFirst(7).split(separator: "x").compactMap { Int($0) }
    let c = try device.buffer(floats: m * cStride)
    let list = try device.buffer(rows.prefix(m).map(Int32.init))
    try device.launch(
      kernel, groups: (groups(n, size[1]), groups(m, size[0]), products),
      [
        .buffer(try device.floats(a), offset: skew), chosen ? .buffer(list) : .none, .int(stride),
        .int(sizeA), .buffer(try device.floats(w)), .int(n * k),
        bias ? .buffer(try device.floats(biases)) : .none, .int(n),
        addend ? .buffer(try device.floats(Array(addends.prefix(m * cStride)))) : .none,
        .buffer(c), .int(cStride), .int(n), .int(m), .int(n), .int(k), .int(activation),
      ])
    let all = try device.values(c, m * cStride)
    // What lies between the rows of C stays as it was.
    for row in 0..<m {
      for column in products * n..<cStride { #expect(all[row * cStride + column].isNaN) }
    }
    return (0..<m).flatMap { all[$0 * cStride..<$0 * cStride + products * n] }
  }

  var expected: [Double] {
    let (a, w, biases, addends) = (a, w, biases, addends)
    return (0..<m).flatMap { row in
      (0..<products * n).map { column in
        let (product, start) = (column / n, skew + column / n * sizeA + rows[row] * stride)
        let weights = product * n * k + column % n * k
        var sum = 0.0
        for t in 0..<k { sum += Double(a[start + t]) * Double(w[weights + t]) }
        if bias { sum += Double(biases[column]) }
        let added = addend ? Double(addends[row * cStride + column]) : 0
        return activation == 2
          ? added + gelu(sum) : activation == 1 ? gelu(sum + added) : sum + added
      }
    }
  }
}

private let kernels = ["linear_128x128", "linear_128x64", "linear_64x64", "linear_32x64"]

/// A kernel with one product of TF32 numbers, and one with three.
private struct TensorKernels: Sendable {
  let one: String
  let three: String
}

private let tensorKernels = [
  TensorKernels(one: "linear_tf32", three: "linear_3xtf32"),
  TensorKernels(one: "linear_tf32_hopper", three: "linear_3xtf32_hopper"),
]

@Suite struct `Products on a device` {
  @Test(arguments: Product.ragged)
  private func `have the same bits whatever the kernel, and are right`(product: Product) throws {
    let expected = product.expected
    var first: [UInt32]?
    for kernel in kernels {
      let actual = try inBothOrders { try product.run(kernel, $0) }
      #expect(relativeError(actual, expected) < 1e-6, "\(kernel)")
      if let first { #expect(actual.map(\.bitPattern) == first, "\(kernel)") }
      first = first ?? actual.map(\.bitPattern)
    }
    // Negative control: with and without the GELU the numbers differ.
    var other = product
    other.activation = product.activation == 0 ? 1 : 0
    #expect(relativeError(try other.run(kernels[0], .open(.cpu)), expected) > 1e-3)
  }

  @Test(arguments: kernels + tensorKernels.flatMap { [$0.one, $0.three] })
  func `have rows that do not depend on the other rows`(kernel: String) throws {
    let product = Product(m: 150, n: 70, k: 40, stride: 40, activation: 1)
    let device = try Device.open(.cpu)
    let all = try product.run(kernel, device)
    for count in [1, 50, 129] {
      let alone = try product.run(kernel, device, rows: count)
      #expect(alone.map(\.bitPattern) == all.prefix(count * product.n).map(\.bitPattern))
    }
  }

  @Test(arguments: tensorKernels)
  private func `on tensor cores are as exact as their factors`(tensor: TensorKernels) throws {
    for product in [
      Product(m: 70, n: 130, k: 256, stride: 256, activation: 1),
      Product(m: 50, n: 70, k: 36, stride: 12, products: 2, chosen: true, activation: 2),
      Product(m: 130, n: 258, k: 20, stride: 20),
      Product(m: 1, n: 3, k: 4, stride: 4, bias: false, addend: false),
    ] {
      let expected = product.expected
      let three = try inBothOrders { try product.run(tensor.three, $0) }
      let one = try inBothOrders { try product.run(tensor.one, $0) }
      #expect(relativeError(three, expected) < 1e-6)
      #expect(relativeError(one, expected) < 1e-3)
      // Negative control: one product of rounded factors is far less exact than three.
      if product.m > 1 { #expect(relativeError(one, expected) > 1e-5) }
    }
  }

  @Test(arguments: tensorKernels)
  private func `on tensor cores do not drift in long sums, although these round towards zero`(
    tensor: TensorKernels
  ) throws {
    let product = Product(m: 4, n: 8, k: 8192, stride: 8192, bias: false, addend: false)
    let actual = try product.run(tensor.three, .open(.cpu))
    #expect(relativeError(actual, product.expected) < 1e-6)
  }

  @Test func `on Hopper processors are more exact with weights that are already TF32`() throws {
    let device = try Device.open(.cpu)
    let weights = noise(64 * 256, seed: 2)
    let (a, w) = (noise(64 * 256, seed: 1), try device.floats(weights))
    let expected = (0..<64).flatMap { row in
      (0..<64).map { column in
        (0..<256).reduce(0.0) {
          $0 + Double(a[row * 256 + $1]) * Double(weights[column * 256 + $1])
        }
      }
    }
    func error() throws -> Double {
      let c = try device.buffer(floats: 64 * 64)
      try device.launch(
        "linear_tf32_hopper", groups: (1, 1, 1),
        [
          .buffer(try device.floats(a)), .none, .int(256), .int(0), .buffer(w), .int(0), .none,
          .int(0), .none, .buffer(c), .int(64), .int(0), .int(64), .int(64), .int(256), .int(0),
        ])
      return relativeError(try device.values(c, 64 * 64), expected)
    }
    let cut = try error()
    try device.launch(
      "round_tf32", groups: (groups(weights.count, 1024), 1, 1), [.buffer(w), .int(weights.count)])
    let rounded = try device.values(w, weights.count)
    #expect(rounded.allSatisfy { $0.bitPattern & 0x1fff == 0 })
    #expect(zip(rounded, weights).allSatisfy { abs($0 - $1) <= abs($1) / 2048 })
    #expect(try error() < 3e-4 && cut > 3.5e-4)
  }

  @Test func `use the kernels for Hopper processors there and nowhere else`() throws {
    func kernel(_ capability: Int, _ name: String?) throws -> ProductKernel {
      try withFaults("capability=\(capability)") {
        try Device.open(.cpu).productKernel(rows: 300, columns: 300, products: 1, tensorCores: name)
      }
    }
    for name in ["linear_tf32", "linear_3xtf32"] {
      let columns = name == "linear_tf32" ? 256 : 128
      let hopper = ProductKernel(name: name + "_hopper", rows: 128, columns: columns)
      #expect(try kernel(90, name) == hopper)
      for other in [80, 89, 100, 120] {
        #expect(try kernel(other, name) == ProductKernel(name: name, rows: 128, columns: 128))
      }
    }
    #expect(try !kernel(90, nil).name.contains("hopper"))
  }

  @Test func `that read beyond their memory end the process`() async {
    await #expect(processExitsWith: .failure) {
      let device = try Device.open(.cpu)
      let (a, c) = (try device.floats(noise(64, seed: 1)), try device.buffer(floats: 4096))
      try device.launch(
        "linear_32x64", groups: (1, 1, 1),
        [
          .buffer(a), .none, .int(64), .int(0), .buffer(a), .int(0), .none, .int(0), .none,
          .buffer(c), .int(64), .int(0), .int(2), .int(1), .int(4096), .int(0),
        ])
    }
  }
}
