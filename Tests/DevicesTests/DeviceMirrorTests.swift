// By hand: the CPU beside a device counts the numbers that differ, and a module is loaded once.
import CDevice
import Devices
import Foundation
import Synchronization
import Tensors
import Testing

@Suite struct `A mirrored device` {
  /// Runs y = GELU(x) on a device and its mirror, whose x has other values in some places.
  ///
  /// - Returns: what the comparison says of the kernel.
  private func agreement(
    _ values: [Float], other: [(place: Int, value: Float)]
  ) throws -> KernelAgreement {
    let device = try Device.open(.cpu, mirrored: true)
    let x = try device.floats(values)
    let y = try device.buffer(floats: values.count)
    let mirror = try #require(x.mirror)
    for (place, value) in other {
      try withUnsafeBytes(of: value) {
        try mirror.device.upload($0, to: mirror, offset: 4 * place)
      }
    }
    try device.launch(
      "gelu", groups: (groups(values.count, 1024), 1, 1),
      [.buffer(x), .buffer(y), .int(values.count)])
    #expect(device.agreements.map(\.kernel) == ["gelu"])
    return try #require(device.agreements.first)
  }

  @Test func `counts no number where both agree`() throws {
    let same = try agreement(noise(1500, seed: 1), other: [])
    #expect(same.launches == 1 && same.numbers == 3000 && same.other == 0)
  }

  @Test func `counts exactly the numbers that differ`() throws {
    // The first and the last number, and the ends of both groups. Each differs in x and in y.
    let places = [0, 7, 1023, 1024, 1499]
    for count in 1...places.count {
      let found = try agreement(noise(1500, seed: 2), other: places.prefix(count).map { ($0, 3) })
      #expect(found.numbers == 3000 && found.other == 2 * count)
    }
  }

  @Test func `counts a number that differs in its last bit`() throws {
    let values = noise(100, seed: 3)
    // 50 and its neighbour have GELUs that differ as they do.
    let near = try agreement([50] + values, other: [(0, Float(50).nextUp)])
    #expect(near.other == 2)
    // GELU is 0 for both of these, so x alone differs.
    let far = try agreement([-50] + values, other: [(0, Float(-50).nextUp)])
    #expect(far.other == 1)
  }

  @Test func `counts a NaN on one side, not on both`() throws {
    let values = noise(100, seed: 4)
    #expect(try agreement(values, other: [(3, .nan)]).other == 2)
    let payload = Float(bitPattern: 0x7fc0_1234)
    #expect(try agreement([.nan] + values, other: [(0, payload)]).other == 0)
  }

  @Test func `adds up the launches of a kernel`() throws {
    let device = try Device.open(.cpu, mirrored: true)
    let buffer = try device.floats([1, 2, 3, 4])
    let mirror = try #require(buffer.mirror)
    try mirror.device.fill(mirror, offset: 12, bytes: 4)
    // The first two numbers are written, the last one differs each time.
    for _ in 0..<3 {
      try device.launch("fill", groups: (1, 1, 1), [.buffer(buffer), .int(2), .float(5)])
    }
    let found = try #require(device.agreements.first)
    #expect(found.launches == 3 && found.numbers == 12 && found.other == 3)
  }
}

@Suite struct `A module` {
  /// How often the driver of the test has loaded one.
  private static let loads = Atomic(0)

  @Test func `is loaded once for several threads`() throws {
    var functions = reprise_standin
    functions.module_load = { module, image in
      `A module`.loads.wrappingAdd(1, ordering: .relaxed)
      // So that the others ask meanwhile.
      usleep(50_000)
      return reprise_standin.module_load?(module, image) ?? 999
    }
    let driver = Driver(functions: functions, isStandIn: true)
    let device = try Device.open(.cpu, standIn: driver)
    let buffers = try (0..<8).map { _ in try device.buffer(floats: 4) }
    let failures = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: buffers.count) { index in
      let kernel: [DeviceArgument] = [.buffer(buffers[index]), .int(4), .float(Float(index))]
      do {
        try device.launch("fill", groups: (1, 1, 1), kernel)
      } catch {
        failures.wrappingAdd(1, ordering: .relaxed)
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
    #expect(Self.loads.load(ordering: .relaxed) == 1)
    for (index, buffer) in buffers.enumerated() {
      #expect(try device.values(buffer, 4) == Array(repeating: Float(index), count: 4))
    }
  }
}
