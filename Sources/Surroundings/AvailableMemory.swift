// The memory that this process may still use.
import Foundation
import Tensors

/// Bytes of memory that this process can still obtain: what the machine has left, limited by the
/// batch system, container or `ulimit`.
package func availableMemory() -> Int {
  func number(_ path: String) -> Int? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
      Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
  let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
  let available = lines.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    .flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1024 }
  var limits = [available, ComputingRoom.left].compactMap(\.self)
  // Version 1 and version 2 of control groups. The line of version 2 begins with 0::.
  let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
  for line in groups.split(separator: "\n") {
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].isEmpty || parts[1].contains("memory") else { continue }
    let isNew = parts[1].isEmpty
    let root = isNew ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
    var group = String(parts[2])
    // Limits of parent groups apply as well.
    while true {
      let folder = root + group
      if let limit = number(folder + (isNew ? "/memory.max" : "/memory.limit_in_bytes")),
        let used = number(folder + (isNew ? "/memory.current" : "/memory.usage_in_bytes"))
      {
        limits.append(max(0, limit - used))
      }
      guard let slash = group.lastIndex(of: "/"), group != "/" else { break }
      group = String(group[..<slash])
    }
  }
  return limits.min() ?? Int.max
}

/// Returns how many cells fit side by side, at least 1 and at most `jobs`.
///
/// - Parameters:
///   - needed: bytes of the most demanding cell; nil if unknown.
///   - available: available bytes. A tenth is left to others.
package func jobs(_ jobs: Int, needing needed: Int?, of available: Int) -> Int {
  guard let needed, needed > 0 else { return jobs }
  return max(1, min(jobs, available / 10 * 9 / needed))
}

/// Bytes of address space left by the process's limit; nil without a limit. Beyond this limit a
/// process is killed, whereas a machine without free memory would swap.
package var addressSpaceLeft: Int? { ComputingRoom.left }
