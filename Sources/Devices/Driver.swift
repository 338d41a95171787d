// The functions of a driver, and how its errors become ours.
package import CDevice
import Foundation

/// A driver: NVIDIA's, or the CPU in the place of a GPU.
package struct Driver: Sendable {
  /// Filled once and never changed. Functions of the driver may be called from any thread.
  let functions: reprise_driver
  /// Whether the CPU computes.
  let isStandIn: Bool

  /// Numbers of the driver's errors, from `cuda.h`.
  enum Code {
    static let outOfMemory: Int32 = 2
    /// Errors after which nothing more can be computed in this process: an illegal address, a
    /// launch that timed out or failed, hardware faults, a device that fell off the bus.
    static let lost: Set<Int32> = [
      46, 700, 702, 713, 714, 715, 716, 717, 718, 719, 721, 910, 912, 913,
    ]
  }

  package init(functions: reprise_driver, isStandIn: Bool) {
    (self.functions, self.isStandIn) = (functions, isStandIn)
  }

  /// The CPU in the place of a GPU.
  package static let standIn = Driver(functions: reprise_standin, isStandIn: true)

  /// Places of the driver's library, in the order of the search.
  static var places: [String] {
    if let own = ProcessInfo.processInfo.environment["REPRISE_LIBCUDA"], !own.isEmpty {
      return [own]
    }
    return [
      "libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1",
    ]
  }

  /// Opens NVIDIA's driver.
  ///
  /// - Throws: `DriverProblem` with the reason.
  static func open() throws(DriverProblem) -> Driver {
    var first: String?
    for place in places {
      var functions = reprise_driver()
      var problem = [CChar](repeating: 0, count: 512)
      let result = reprise_driver_open(place, &functions, &problem, problem.count)
      if result == 0 { return Driver(functions: functions, isStandIn: false) }
      let text = problem.withUnsafeBufferPointer {
        $0.baseAddress.map { String(cString: $0) } ?? ""
      }
      if result == 2 {
        throw DriverProblem(
          reason: "the driver \(place) lacks \(text); install a driver for CUDA 12 or later")
      }
      first = first ?? text
    }
    throw DriverProblem(reason: "no NVIDIA driver: \(first ?? "")")
  }

  /// The name of an error.
  func name(of error: Int32) -> String {
    var text: UnsafePointer<CChar>?
    guard let get = functions.error_name, get(error, &text) == 0, let text else {
      return "error \(error)"
    }
    return "\(String(cString: text)) (\(error))"
  }
}

/// The reason why a driver cannot be used.
struct DriverProblem: Error {
  let reason: String
}
