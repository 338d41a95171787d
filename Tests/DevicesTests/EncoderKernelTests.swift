// By hand: the feature encoder's kernels on a device, against double precision.
import Devices
import TestSupport
import Testing

/// Rows of several recordings in one buffer, each starting at a multiple of `unit`.
private struct Recordings {
  let lengths: [Int]
  let starts: [Int]
  let rows: Int

  init(_ lengths: [Int], unit: Int) {
    self.lengths = lengths
    let ends = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + groups($1, unit) * unit) }
    (starts, rows) = (Array(ends.dropLast()), ends[lengths.count])
  }

  func lists(_ device: Device) throws -> [DeviceArgument] {
    [
      .buffer(try device.buffer(starts.map(Int32.init))),
      .buffer(try device.buffer(lengths.map(Int32.init))),
    ]
  }
}

@Suite struct `The encoder on a device` {
  @Test(arguments: [[16_000, 400, 5001, 320], [1], [495_999]])
  func `standardises each waveform by itself`(lengths: [Int]) throws {
    let recordings = Recordings(lengths, unit: 320)
    let x = noise(recordings.rows, seed: 1).map { 0.01 * $0 + 0.3 }
    let actual = try inBothOrders { device in
      let buffer = try device.floats(x)
      try device.launch(
        "standardise", groups: (lengths.count, 1, 1),
        [.buffer(buffer)] + recordings.lists(device) + [.buffer(buffer), .double(1e-7)])
      return try device.values(buffer, x.count)
    }
    var expected = x.map(Double.init)
    for (start, length) in zip(recordings.starts, lengths) {
      let (row, one) = (
        Array(expected[start..<start + length]), [Float](repeating: 1, count: length)
      )
      let zero = [Float](repeating: 0, count: length)
      expected.replaceSubrange(
        start..<start + length, with: normalised(row, one, zero, epsilon: 1e-7))
    }
    #expect(relativeError(actual, expected) < 1e-7)
    // Between recordings nothing changes.
    let gap = recordings.starts[0] + lengths[0]..<(recordings.starts.dropFirst().first ?? x.count)
    #expect(actual[gap] == x[gap])
  }

  @Test(arguments: [
    (133, 512, 10, 5), (64, 12, 10, 5), (1, 18, 16, 16), (65, 14, 10, 5), (9, 33, 3, 2),
  ])
  func `convolves samples, with and without a norm`(
    frames: Int, channels: Int, taps: Int, stride: Int
  ) throws {
    let samples = noise((frames - 1) * stride + taps, seed: 1)
    let weight = noise(channels * taps, seed: 2)
    let (bias, gain) = (noise(channels, seed: 3), noise(channels, seed: 4))
    let offset = noise(channels, seed: 5)
    for norm in [true, false] {
      let actual = try inBothOrders { device in
        let y = try device.buffer(floats: frames * channels)
        try device.launch(
          "first_convolution", groups: (groups(frames, 64), 1, 1),
          [
            .buffer(try device.floats(samples)), .buffer(try device.floats(weight)),
            .buffer(try device.floats(bias)), norm ? .buffer(try device.floats(gain)) : .none,
            norm ? .buffer(try device.floats(offset)) : .none, .buffer(y), .int(frames),
            .int(channels), .int(taps), .int(stride), .float(1e-5),
          ])
        return try device.values(y, frames * channels)
      }
      // A product and a layer norm, which serve other sizes, give the same bits.
      let device = try Device.open(.cpu)
      let y = try device.buffer(floats: frames * channels)
      try device.launch(
        "linear_64x64", groups: (groups(channels, 64), groups(frames, 64), 1),
        [
          .buffer(try device.floats(samples)), .none, .int(stride), .int(0),
          .buffer(try device.floats(weight)), .int(0), .buffer(try device.floats(bias)), .int(0),
          .none, .buffer(y), .int(channels), .int(0), .int(frames), .int(channels), .int(taps),
          .int(0),
        ])
      if norm {
        try device.launch(
          "layer_norm", groups: (frames, 1, 1),
          [
            .buffer(y), .buffer(try device.floats(gain)), .buffer(try device.floats(offset)),
            .buffer(y), .int(channels), .float(1e-5), .int(1),
          ])
      }
      let apart = try device.values(y, frames * channels)
      #expect(actual.map(\.bitPattern) == apart.map(\.bitPattern))
      let expected = (0..<frames).flatMap { frame in
        let row = (0..<channels).map { c in
          (0..<taps).reduce(Double(bias[c])) {
            $0 + Double(samples[frame * stride + $1]) * Double(weight[c * taps + $1])
          }
        }
        return norm ? normalised(row, gain, offset).map(gelu) : row
      }
      #expect(relativeError(actual, expected) < 1e-6)
    }
  }

  @Test(arguments: [(12, Float(0)), (65, 3)])
  func `normalises each channel over the frames of its own recording`(
    channels: Int, mean: Float
  ) throws {
    let recordings = Recordings([300, 1, 77, 32], unit: 7)
    let x = noise(recordings.rows * channels, seed: 1).map { $0 + mean }
    let (gain, offset) = (noise(channels, seed: 2), noise(channels, seed: 3))
    func run(_ device: Device, _ x: [Float]) throws -> [Float] {
      let count = recordings.lengths.count
      let (buffer, lists) = (try device.floats(x), try recordings.lists(device))
      let scale = try device.buffer(floats: count * channels)
      let shift = try device.buffer(floats: count * channels)
      try device.launch(
        "column_moments", groups: (groups(channels, 32), count, 1),
        [.buffer(buffer)] + lists + [
          .buffer(try device.floats(gain)), .buffer(try device.floats(offset)), .buffer(scale),
          .buffer(shift), .int(channels), .double(1e-5),
        ])
      try device.launch(
        "scale_columns_gelu", groups: (groups(300, 32), count, 1),
        [.buffer(buffer)] + lists + [.buffer(scale), .buffer(shift), .int(channels)])
      return try device.values(buffer, x.count)
    }
    let actual = try inBothOrders { try run($0, x) }
    var expected = x.map(Double.init)
    for (start, length) in zip(recordings.starts, recordings.lengths) {
      for c in 0..<channels {
        let places = (start..<start + length).map { $0 * channels + c }
        let column = normalised(
          places.map { Double(x[$0]) }, Array(repeating: gain[c], count: length),
          Array(repeating: offset[c], count: length))
        for (place, value) in zip(places, column) { expected[place] = gelu(value) }
      }
    }
    #expect(relativeError(actual, expected) < 2e-6)
    // Another first recording changes no bit of the rest.
    var other = x
    for place in 0..<300 * channels { other[place] *= 2 }
    let changed = try run(.open(.cpu), other)
    let rest = recordings.starts[1] * channels..<x.count
    #expect(changed[rest].map(\.bitPattern) == actual[rest].map(\.bitPattern))
    #expect(changed[..<(300 * channels)] != actual[..<(300 * channels)])
  }
}
