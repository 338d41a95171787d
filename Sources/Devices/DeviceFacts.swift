// What a device is, and which arithmetics it offers.
import CDevice
import Foundation

/// A device as its driver describes it.
package struct DeviceFacts: Sendable, Equatable {
  /// Its number, counted from 0 by the driver.
  package let index: Int
  package let name: String
  /// The compute capability, such as 90 for 9.0.
  package let capability: Int
  package let multiprocessors: Int
  /// In bytes.
  package let memory: Int
  /// The version of CUDA that the driver supports, such as 12020 for 12.2.
  package let driver: Int
  /// Whether the CPU computes in its place.
  package let isStandIn: Bool

  /// The least capability for each module of kernels, and the least version of the driver.
  static let leastCapability = 70
  static let leastTensorCapability = 80
  /// The only capability of the module `hopper`.
  static let hopperCapability = 90
  static let leastDriver = 12000

  /// The reason why this device cannot be used, or nil.
  package var problem: String? {
    if driver < Self.leastDriver {
      return "gpu:\(index) (\(name)): the driver supports CUDA \(Self.version(driver)), expected "
        + "12.0 or later: install a driver of version 525 or later"
    }
    if capability < Self.leastCapability {
      return "gpu:\(index) (\(name)): compute capability \(capability / 10).\(capability % 10), "
        + "expected 7.0 or later"
    }
    return nil
  }

  /// The arithmetics that this device offers, as values of `pretrained.arithmetic`.
  package var modes: [String] {
    guard problem == nil else { return [] }
    return ["gpu-float32"]
      + (capability >= Self.leastTensorCapability ? ["gpu-3xtf32", "gpu-tf32"] : [])
  }

  /// A version of CUDA as people write it: 12020 is 12.2.
  package static func version(_ number: Int) -> String {
    "\(number / 1000).\(number % 1000 / 10)"
  }
}

/// The devices of this machine.
package struct DeviceList: Sendable {
  package let devices: [DeviceFacts]
  /// The reason why there are none, or nil.
  package let problem: String?

  /// Asks the driver for its devices. Starts none of them.
  package static func find() -> DeviceList {
    do throws(DriverProblem) {
      return try list(Driver.open())
    } catch {
      return DeviceList(devices: [], problem: error.reason)
    }
  }

  package static func list(_ driver: Driver) -> DeviceList {
    let functions = driver.functions
    var (version, count): (Int32, Int32) = (0, 0)
    guard let initialise = functions.`init`, let versionOf = functions.driver_version,
      let countOf = functions.device_count
    else { return DeviceList(devices: [], problem: "the driver is incomplete") }
    let error = initialise(0)
    if error != 0 {
      return DeviceList(
        devices: [], problem: "the driver finds no GPU: \(driver.name(of: error))")
    }
    _ = versionOf(&version)
    _ = countOf(&count)
    let devices = (0..<max(0, min(count, 64))).map { index in
      facts(index, version: version, driver)
    }
    return DeviceList(
      devices: devices, problem: devices.isEmpty ? "the driver finds no GPU" : nil)
  }

  private static func facts(_ index: Int32, version: Int32, _ driver: Driver) -> DeviceFacts {
    let functions = driver.functions
    var device: Int32 = 0
    _ = functions.device_get?(&device, index)
    var name = [CChar](repeating: 0, count: 256)
    _ = functions.device_name?(&name, 255, device)
    func attribute(_ number: Int32) -> Int {
      var value: Int32 = 0
      _ = functions.device_attribute?(&value, number, device)
      return Int(value)
    }
    var memory = 0
    _ = functions.device_memory?(&memory, device)
    return DeviceFacts(
      index: Int(index),
      name: name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" },
      capability: attribute(75) * 10 + attribute(76), multiprocessors: attribute(16),
      memory: memory, driver: Int(version), isStandIn: driver.isStandIn)
  }
}
