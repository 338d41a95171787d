// Memory of a device, and the arguments of kernels.
import CDevice
import Synchronization

/// Memory of a device. It is freed with the last reference.
package final class DeviceBuffer: Sendable {
  package let device: Device
  let address: UInt64
  package let bytes: Int
  /// The memory of the CPU that does the same work, or nil.
  package let mirror: DeviceBuffer?

  /// The number of floats that fit.
  package var floats: Int { bytes / 4 }

  init(device: Device, address: UInt64, bytes: Int, mirror: DeviceBuffer?) {
    (self.device, self.address, self.bytes) = (device, address, bytes)
    self.mirror = mirror
  }

  deinit {
    // Kernels may still read it.
    try? device.synchronize()
    device.enter()
    _ = device.driver.functions.release?(address)
    device.tally.withLock { $0 -= bytes }
  }
}

/// An argument of a kernel.
package enum DeviceArgument: Sendable {
  /// Memory from the float with index `offset` on.
  case buffer(DeviceBuffer, offset: Int = 0)
  /// A null pointer.
  case none
  case int(Int)
  case float(Float)
  case double(Double)

  /// The letter of its kind in a kernel's signature.
  var letter: Character {
    switch self {
    case .buffer, .none: "p"
    case .int: "i"
    case .float: "f"
    case .double: "d"
    }
  }

  /// Its bytes, in the first places of eight.
  var bits: UInt64 {
    switch self {
    case .buffer(let buffer, let offset): buffer.address + UInt64(4 * offset)
    case .none: 0
    case .int(let value): UInt64(UInt32(bitPattern: Int32(truncatingIfNeeded: value)))
    case .float(let value): UInt64(value.bitPattern)
    case .double(let value): value.bitPattern
    }
  }
}
