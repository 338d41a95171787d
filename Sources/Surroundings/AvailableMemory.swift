// How much memory this process may still use.
import Foundation
import Tensors

/// Bytes of memory that this process can still have: what the machine has left, and what a batch
/// system, a container or `ulimit` allows.
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
  // Version 2 and version 1 of control groups; the line of version 2 begins with 0::.
  let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
  for line in groups.split(separator: "\n") {
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].isEmpty || parts[1].contains("memory") else { continue }
    let isNew = parts[1].isEmpty
    let root = isNew ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
    var group = String(parts[2])
    // A limit above holds as well.
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

/// How many cells fit side by side.
///
/// - Parameters:
///   - needed: bytes of the most demanding cell; nil where nothing is known.
///   - available: bytes that there are; a tenth is left to others.
/// - Returns: at most `jobs`, at least 1.
package func jobs(_ jobs: Int, needing needed: Int?, of available: Int) -> Int {
  guard let needed, needed > 0 else { return jobs }
  return max(1, min(jobs, available / 10 * 9 / needed))
}

/// Bytes of address space that a limit of the process leaves; nil without a limit. A process that
/// needs more is ended, where a machine without memory would swap.
package var addressSpaceLeft: Int? { ComputingRoom.left }
