// The ceiling of products on a device.
package import Devices
package import Settings
import Tensors

/// Returns the rate of a product of two square matrices, in 10¹² operations a second.
///
/// - Parameter size: rows and columns, a multiple of 4.
package func largeProduct(
  on device: Device, _ arithmetic: FrozenArithmetic, size: Int, repeats: Int
) throws(DeviceError) -> Double {
  // Values of about one, all different: zeros would take less power.
  let values = Tensor(shape: [size, size]) { values in
    var state: UInt32 = 1
    for index in values.indices {
      state = state &* 1_664_525 &+ 1_013_904_223
      values[index] = Float(state >> 8) / 0x1p23 - 1
    }
  }
  let (a, b) = (try device.buffer(values), try device.buffer(values))
  let c = try device.buffer(floats: size * size)
  let operations = DeviceOperations(device: device, arithmetic: arithmetic)
  let affine = DeviceAffine(
    weight: DeviceMatrix(buffer: b, rows: size, columns: size), bias: nil)
  let clock = ContinuousClock()
  var times: [Double] = []
  for round in 0...max(1, repeats) {
    let start = clock.now
    try operations.linear(a, rowStride: size, count: size, affine, into: c)
    try device.synchronize()
    if round > 0 { times.append((clock.now - start) / .seconds(1)) }
  }
  let n = Double(size)
  return 2 * n * n * n / times.sorted()[times.count / 2] / 1e12
}
