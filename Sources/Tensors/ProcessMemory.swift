// What memory this process holds, as the system counts it.
import Foundation

/// Resident memory of this process; zeros where the system does not tell (all but Linux).
package enum ProcessMemory {
  /// Bytes held now.
  package static var resident: Int { line("VmRSS:") }
  /// The most bytes held since the start, or since `forgetPeak`.
  package static var peak: Int { line("VmHWM:") }

  /// Has `peak` start anew.
  package static func forgetPeak() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  private static func line(_ key: String) -> Int {
    let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = lines.split(separator: "\n").first { $0.hasPrefix(key) }
    return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
  }
}
