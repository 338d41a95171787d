// What the tests of kernels share. The device is the CPU: its fresh memory holds NaN, and every
// allocation ends at memory that cannot be touched.
import Devices
import Foundation
import Tensors
import TestSupport
import Testing

extension Device {
  /// Allocates memory that holds numbers.
  func floats(_ values: [Float]) throws -> DeviceBuffer {
    let buffer = try buffer(floats: values.count)
    try upload(values, to: buffer)
    return buffer
  }

  /// Copies numbers from the device.
  func values(_ buffer: DeviceBuffer, _ count: Int) throws -> [Float] {
    try tensor(buffer, [count]).array
  }
}

/// Runs launches in the usual way, where the CPU may have a faster one of its own, and item by item
/// from the last item of each group to the first. Expects the same bits.
func inBothOrders(
  sourceLocation: SourceLocation = #_sourceLocation, _ run: (Device) throws -> [Float]
) throws -> [Float] {
  let usual = try run(try Device.open(.cpu))
  let reversed = try withFaults("reversed") { try run(try Device.open(.cpu)) }
  #expect(
    usual.map(\.bitPattern) == reversed.map(\.bitPattern), "in the other order",
    sourceLocation: sourceLocation)
  return usual
}

/// Returns numbers from -1 to 1 that depend on the seed alone.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
  }
}

/// Returns the norm of the difference by the norm of the expected numbers.
func relativeError(_ actual: [Float], _ expected: [Double]) -> Double {
  guard actual.count == expected.count else { return .infinity }
  let error = zip(actual, expected).reduce(0) { $0 + ($1.1 - Double($1.0)) * ($1.1 - Double($1.0)) }
  let norm = expected.reduce(0) { $0 + $1 * $1 }
  return (error / max(norm, .leastNormalMagnitude)).squareRoot()
}

/// The GELU in double precision.
func gelu(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / 2.0.squareRoot())) }

/// Returns a row with mean 0 and variance 1, times gain, plus offset.
func normalised(
  _ row: [Double], _ gain: [Float], _ offset: [Float], epsilon: Double = 1e-5
) -> [Double] {
  let mean = row.reduce(0, +) / Double(row.count)
  let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
  let scale = 1 / (variance + epsilon).squareRoot()
  return row.indices.map { (row[$0] - mean) * scale * Double(gain[$0]) + Double(offset[$0]) }
}

/// Returns numbers / size, rounded up.
func groups(_ numbers: Int, _ size: Int) -> Int { (numbers + size - 1) / size }
