// Memory of a device that calls use one after the other.
import Devices

/// Buffers by name. Each grows to the greatest size that was asked for and is then kept.
struct DeviceWorkspace {
  private let device: Device
  private var buffers: [String: DeviceBuffer] = [:]

  init(_ device: Device) { self.device = device }

  /// Memory for at least `floats` numbers. It may hold anything.
  ///
  /// - Throws: `DeviceError.outOfMemory`. The buffers of other names stay.
  mutating func floats(_ name: String, _ floats: Int) throws(DeviceError) -> DeviceBuffer {
    if let known = buffers[name], known.floats >= floats { return known }
    // Two sizes of one buffer need not fit at the same time.
    buffers[name] = nil
    let made = try device.buffer(floats: floats)
    buffers[name] = made
    return made
  }

  /// Gives all memory back.
  mutating func clear() { buffers = [:] }
}
