// The device of this process: chosen once, opened at its first use.
import Foundation
import Synchronization

extension Device {
  private struct OfProcess: Sendable {
    var choice: DeviceChoice?
    var device: Device?
  }
  private static let ofProcess = Mutex(OfProcess())

  /// The environment variable that chooses the device where no option does.
  package static let variable = "REPRISE_DEVICE"

  /// The choice of this process: the one made by `choose`, or that of the environment, or the first
  /// GPU.
  package static var choiceOfThisProcess: DeviceChoice {
    ofProcess.withLock { $0.choice } ?? choiceOfEnvironment ?? .automatic
  }

  private static var choiceOfEnvironment: DeviceChoice? {
    ProcessInfo.processInfo.environment[variable].flatMap { DeviceChoice($0) }
  }

  /// Chooses the device of this process. Has no effect on a device that is open.
  package static func choose(_ choice: DeviceChoice) {
    ofProcess.withLock { $0.choice = choice }
  }

  /// The device of this process. The first call opens it.
  ///
  /// - Throws: `DeviceError.none` if the choice asks for a GPU and none can be used.
  package static func ofThisProcess() throws(DeviceError) -> Device {
    let choice = choiceOfThisProcess
    let result = ofProcess.withLock { state -> Result<Device, DeviceError> in
      if let device = state.device { return .success(device) }
      do throws(DeviceError) {
        let device = try Device.open(choice)
        state.device = device
        return .success(device)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
