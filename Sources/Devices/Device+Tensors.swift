// Tensors to and from a device.
package import Tensors

extension Device {
  /// Allocates memory that holds a tensor.
  package func buffer(_ tensor: Tensor) throws(DeviceError) -> DeviceBuffer {
    let buffer = try buffer(floats: tensor.count)
    try upload(tensor, to: buffer)
    return buffer
  }

  /// Allocates memory that holds 32-bit integers.
  package func buffer(_ values: [Int32]) throws(DeviceError) -> DeviceBuffer {
    let buffer = try buffer(bytes: 4 * values.count)
    try upload(values, to: buffer)
    return buffer
  }

  /// Copies a tensor to the device, from the float with index `offset` on.
  package func upload(
    _ tensor: Tensor, to target: DeviceBuffer, at offset: Int = 0
  ) throws(DeviceError) {
    try upload(
      UnsafeRawBufferPointer(start: tensor.address, count: 4 * tensor.count), to: target,
      offset: 4 * offset)
    withExtendedLifetime(tensor) {}
  }

  /// Copies numbers to the device.
  package func upload<Number: BitwiseCopyable>(
    _ values: [Number], to target: DeviceBuffer, at offset: Int = 0
  ) throws(DeviceError) {
    let result = values.withUnsafeBytes { bytes -> Result<Void, DeviceError> in
      do throws(DeviceError) {
        try upload(bytes, to: target, offset: offset * MemoryLayout<Number>.stride)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Copies numbers from the device into a tensor.
  package func tensor(
    _ source: DeviceBuffer, at offset: Int = 0, _ shape: [Int]
  ) throws(DeviceError) -> Tensor {
    var tensor = Tensor(uninitialized: shape)
    try download(
      source, offset: 4 * offset,
      into: UnsafeMutableRawBufferPointer(start: tensor.ownAddress(), count: 4 * tensor.count))
    return tensor
  }
}
