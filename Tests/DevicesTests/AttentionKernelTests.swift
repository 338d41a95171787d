// By hand: attention and layer norm on a device, against double precision.
import Devices
import Foundation
import TestSupport
import Testing

private struct Heads: CustomTestStringConvertible, Sendable {
  var lengths: [Int]
  var heads: Int
  var features: Int
  var biased = true
  /// Floats between the values of a row and the next row.
  var gap = 0

  var testDescription: String { "\(heads) heads of \(features), frames \(lengths)" }

  static let all = [
    Heads(lengths: [1, 37, 64, 65, 130, 33], heads: 2, features: 64),
    Heads(lengths: [1, 37, 64, 65, 33], heads: 3, features: 8),
    Heads(lengths: [20, 70], heads: 2, features: 16, biased: false),
    Heads(lengths: [1], heads: 2, features: 64),
    Heads(lengths: [9, 66], heads: 3, features: 5, gap: 1),
    Heads(lengths: [1549], heads: 1, features: 8),
  ]

  var width: Int { heads * features }
  var rows: Int { lengths.reduce(0, +) }
  private var stride: Int { 3 * width + gap }
  private var longest: Int { lengths.max() ?? 1 }
  private var span: Int { 2 * longest - 1 }
  private var scale: Float { 1 / Float(features).squareRoot() }
  private var offsets: [Int] { lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) } }
  private var gates: [Float] { noise(rows * heads, seed: 6) }
  private var biases: [Float] { noise(heads * span, seed: 7) }
  private var read: [Float] { noise(rows * stride, seed: 5).map { 2 * $0 } }

  /// Returns the results for all rows.
  ///
  /// - Parameter change: what to do with queries, keys and values first.
  func run(_ device: Device, change: (inout [Float]) -> Void = { _ in }) throws -> [Float] {
    var numbers = read
    change(&numbers)
    let tiles = lengths.indices.flatMap { s in
      Swift.stride(from: offsets[s], to: offsets[s + 1], by: 64).flatMap { [Int32($0), Int32(s)] }
    }
    let (buffer, out) = (try device.floats(numbers), try device.buffer(floats: rows * width))
    try device.launch(
      "attention", groups: (tiles.count / 2, heads, 1),
      [
        .buffer(buffer), .buffer(buffer, offset: width), .buffer(buffer, offset: 2 * width),
        .int(stride), biased ? .buffer(try device.floats(gates)) : .none,
        biased ? .buffer(try device.floats(biases)) : .none, .int(biased ? span : 0),
        .buffer(try device.buffer(tiles)), .buffer(try device.buffer(offsets.map(Int32.init))),
        .buffer(out), .int(width), .int(heads), .int(features), .float(scale),
      ])
    return try device.values(out, rows * width)
  }

  var expected: [Double] {
    let (numbers, gates, biases, scale) = (read, gates, biases, Double(scale))
    var result = [Double](repeating: 0, count: rows * width)
    for s in lengths.indices {
      let frames = offsets[s]..<offsets[s + 1]
      for h in 0..<heads {
        for t in frames {
          let weights = frames.map { j in
            var dot = 0.0
            for e in h * features..<(h + 1) * features {
              dot += Double(numbers[t * stride + e]) * Double(numbers[j * stride + width + e])
            }
            let place = h * span + j - t + longest - 1
            return exp(dot * scale + (biased ? Double(gates[t * heads + h] * biases[place]) : 0))
          }
          let total = weights.reduce(0, +)
          for e in h * features..<(h + 1) * features {
            var sum = 0.0
            for (j, weight) in zip(frames, weights) {
              sum += weight * Double(numbers[j * stride + 2 * width + e])
            }
            result[t * width + e] = sum / total
          }
        }
      }
    }
    return result
  }
}

@Suite struct `Attention on a device` {
  @Test(arguments: Heads.all)
  private func `is right for sequences and heads of any size`(heads: Heads) throws {
    let actual = try inBothOrders { try heads.run($0) }
    #expect(relativeError(actual, heads.expected) < 2e-6)
    // Negative control: without its position bias, or with another, the result differs.
    if heads.biased && heads.rows > 1 {
      var plain = heads
      plain.biased = false
      #expect(relativeError(try plain.run(.open(.cpu)), heads.expected) > 1e-2)
    }
  }

  @Test func `of a sequence does not depend on the others`() throws {
    let heads = Heads(lengths: [70, 64, 1, 33], heads: 2, features: 16)
    let device = try Device.open(.cpu)
    let usual = try heads.run(device)
    let changed = try heads.run(device) { numbers in
      // All that the second sequence reads.
      for place in 70 * 96..<134 * 96 { numbers[place] = .nan }
    }
    for row in 0..<heads.rows {
      let columns = row * heads.width..<(row + 1) * heads.width
      if (70..<134).contains(row) {
        #expect(changed[columns].allSatisfy { $0.isNaN })
      } else {
        #expect(changed[columns].map(\.bitPattern) == usual[columns].map(\.bitPattern))
      }
    }
  }
}

@Suite struct `Layer norm on a device` {
  @Test(arguments: [(300, 64), (33, 1024), (2, 4096), (50, 8), (9, 20), (3, 515), (4, 1)], [0, 1])
  func `is right for rows of any length`(size: (Int, Int), activation: Int) throws {
    let (rows, columns) = size
    let x = noise(rows * columns, seed: 1).map { 3 * $0 + 0.5 }
    let (gain, offset) = (noise(columns, seed: 2), noise(columns, seed: 3))
    let actual = try inBothOrders { device in
      let buffer = try device.floats(x)
      try device.launch(
        "layer_norm", groups: (rows, 1, 1),
        [
          .buffer(buffer), .buffer(try device.floats(gain)), .buffer(try device.floats(offset)),
          .buffer(buffer), .int(columns), .float(1e-5), .int(activation),
        ])
      return try device.values(buffer, rows * columns)
    }
    let expected = (0..<rows).flatMap { row in
      normalised(x[row * columns..<(row + 1) * columns].map(Double.init), gain, offset)
    }
    #expect(relativeError(actual, activation == 1 ? expected.map(gelu) : expected) < 1e-6)
    #expect(relativeError(actual, activation == 0 ? expected.map(gelu) : expected) > 1e-2)
  }
}
