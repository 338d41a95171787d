// The memory of this process, as the system reports it.
import Foundation

/// The resident memory of this process in bytes, or 0 if the system does not report it (all but
/// Linux).
package enum ProcessMemory {
  /// The bytes in use now.
  package static var resident: Int { line("VmRSS:") }
  /// The most bytes in use since the start, or since `forgetPeak`.
  package static var peak: Int { line("VmHWM:") }

  /// Resets `peak`.
  package static func forgetPeak() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  private static func line(_ key: String) -> Int {
    let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = lines.split(separator: "\n").first { $0.hasPrefix(key) }
    return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
  }
}
