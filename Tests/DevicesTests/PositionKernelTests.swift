// By hand: kernels of positions, and those that treat each number by itself, against double
// precision.
import Devices
import Foundation
import TestSupport
import Testing

@Suite struct `Positions on a device` {
  @Test(arguments: [(50, 16, 64), (7, 3, 8), (33, 2, 5), (1, 1, 256)])
  func `have WavLM's gate`(rows: Int, heads: Int, features: Int) throws {
    let x = noise(rows * heads * features, seed: 1)
    let (weight, bias) = (noise(8 * features, seed: 2), noise(8, seed: 3))
    let constant = noise(heads, seed: 4)
    let actual = try inBothOrders { device in
      let gate = try device.buffer(floats: rows * heads)
      try device.launch(
        "position_gate", groups: (groups(rows * heads, 256), 1, 1),
        [
          .buffer(try device.floats(x)), .buffer(try device.floats(weight)),
          .buffer(try device.floats(bias)), .buffer(try device.floats(constant)), .buffer(gate),
          .int(rows), .int(heads), .int(features),
        ])
      return try device.values(gate, rows * heads)
    }
    func sigma(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    let expected = (0..<rows * heads).map { place in
      let a = (0..<8).map { i in
        (0..<features).reduce(Double(bias[i])) {
          $0 + Double(weight[i * features + $1]) * Double(x[place * features + $1])
        }
      }
      let inner = sigma(a[4] + a[5] + a[6] + a[7]) * Double(constant[place % heads]) - 1
      return sigma(a[0] + a[1] + a[2] + a[3]) * inner + 2
    }
    #expect(relativeError(actual, expected) < 1e-6)
  }

  @Test(arguments: [(4, 6, 16), (4, 8, 15), (2, 64, 128)])
  func `are convolved group by group within each sequence`(
    count: Int, width: Int, taps: Int
  ) throws {
    let lengths = [1, 20, 7]
    let (d, rows, padded) = (count * width, 28, 28 + 3 * (taps - 1))
    let room = groups(width, 4) * 4
    let (x, bias) = (noise(rows * d, seed: 1), noise(d, seed: 3))
    let weight = noise(d * taps * width, seed: 2).map { 0.1 * $0 }
    var (sources, windows): ([Int32], [Int32]) = ([], [])
    for length in lengths {
      let first = windows.count
      windows += (0..<length).map { Int32(sources.count + $0) }
      sources += (0..<length + taps - 1).map {
        let frame = $0 - taps / 2
        return (0..<length).contains(frame) ? Int32(first + frame) : -1
      }
    }
    // [channel, tap, input] with room for a multiple of four inputs.
    let spread = (0..<d * taps).flatMap { place in
      weight[place * width..<(place + 1) * width] + Array(repeating: 0, count: room - width)
    }
    let actual = try inBothOrders { device in
      let (input, y) = (try device.floats(x), try device.buffer(floats: rows * d))
      let gathered = try device.buffer(floats: count * padded * room)
      try device.launch(
        "gather_groups", groups: (groups(padded * room, 1024), count, 1),
        [
          .buffer(input), .buffer(try device.buffer(sources)), .buffer(gathered), .int(padded),
          .int(d), .int(width), .int(room),
        ])
      try device.launch(
        "linear_128x64", groups: (groups(width, 64), groups(rows, 128), count),
        [
          .buffer(gathered), .buffer(try device.buffer(windows)), .int(room), .int(padded * room),
          .buffer(try device.floats(spread)), .int(width * taps * room),
          .buffer(try device.floats(bias)), .int(width), .buffer(input), .buffer(y), .int(d),
          .int(width), .int(rows), .int(width), .int(taps * room), .int(2),
        ])
      return try device.values(y, rows * d)
    }
    var expected = x.map(Double.init)
    var first = 0
    for length in lengths {
      for t in 0..<length {
        for o in 0..<d {
          var sum = Double(bias[o])
          for tap in 0..<taps where (0..<length).contains(t + tap - taps / 2) {
            let start = (first + t + tap - taps / 2) * d + o / width * width
            for i in 0..<width {
              sum += Double(x[start + i]) * Double(weight[(o * taps + tap) * width + i])
            }
          }
          expected[(first + t) * d + o] += gelu(sum)
        }
      }
      first += length
    }
    #expect(relativeError(actual, expected) < 2e-6)
  }
}

@Suite struct `Single numbers on a device` {
  @Test(arguments: [1, 1023, 1024, 5001])
  func `are filled, copied and put through the GELU`(count: Int) throws {
    let (x, p) = (noise(count, seed: 1), noise(count, seed: 2).map { 5 * $0 })
    let size = (groups(count, 1024), 1, 1)
    let filled = try inBothOrders { device in
      let y = try device.buffer(floats: count)
      try device.launch("fill", groups: size, [.buffer(y), .int(count), .float(0.25)])
      return try device.values(y, count)
    }
    #expect(filled == Array(repeating: 0.25, count: count))
    let bent = try inBothOrders { device in
      let y = try device.buffer(floats: count)
      try device.launch(
        "gelu", groups: size, [.buffer(try device.floats(p)), .buffer(y), .int(count)])
      return try device.values(y, count)
    }
    // Where the GELU is nearly 0, its factor 1 + erf has lost its last digits.
    let off = zip(bent, p).map { abs(Double($0) - gelu(Double($1))) }.max() ?? 1
    #expect(off < 2e-6)
    let added = try inBothOrders { device in
      let y = try device.floats(p)
      try device.launch(
        "add_gelu", groups: size,
        [.buffer(try device.floats(x)), .buffer(y), .buffer(y), .int(count)])
      return try device.values(y, count)
    }
    #expect(relativeError(added, zip(x, p).map { Double($0) + gelu(Double($1)) }) < 1e-6)
  }

  @Test func `are copied to columns of longer rows, and to no others`() throws {
    let (rows, columns) = (3, 1100)
    let x = noise(rows * columns, seed: 1)
    let actual = try inBothOrders { device in
      let y = try device.floats([Float](repeating: 7, count: rows * 1300))
      try device.launch(
        "copy_columns", groups: (rows, groups(columns, 1024), 1),
        [
          .buffer(try device.floats(x)), .int(columns), .buffer(y, offset: 10), .int(1300),
          .int(columns),
        ])
      return try device.values(y, rows * 1300)
    }
    for row in 0..<rows {
      let line = Array(actual[row * 1300..<(row + 1) * 1300])
      #expect(Array(line[10..<1110]) == Array(x[row * columns..<(row + 1) * columns]))
      #expect((line[..<10] + line[1110...]).allSatisfy { $0 == 7 })
    }
  }
}
