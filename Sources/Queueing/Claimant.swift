// The owner of a claim. Its name lets another process on the same machine check at once whether the
// owner still lives, without a lock or a server.
import Files
package import Foundation

/// A process, or a part of one, that claims work.
package struct Claimant: Hashable, Sendable {
  /// The node's name in letters, digits and dashes.
  package let host: String
  /// Eight digits that change with every boot, and with every container that has its own process
  /// numbers.
  package let machine: String
  package let process: pid_t
  /// The process's start in clock ticks since boot, because process numbers are reused.
  package let start: UInt64
  /// Distinguishes several claimants of one process.
  package let nonce: String

  /// `HOST.MACHINE.PROCESS.START.NONCE`, used in the names of claimed folders.
  package var token: String { "\(host).\(machine).\(process).\(start).\(nonce)" }

  /// `node7, process 4211`, for people.
  package var title: String { "\(host), process \(process)" }

  /// This process under a unique name.
  package static func current() -> Claimant {
    let process = getpid()
    return Claimant(
      host: hostName(), machine: machineMark, process: process,
      start: ProcessState(process)?.start ?? 0,
      nonce: String(UInt32.random(in: 0 ... .max), radix: 16))
  }

  package init(host: String, machine: String, process: pid_t, start: UInt64, nonce: String) {
    (self.host, self.machine, self.nonce) = (host, machine, nonce)
    (self.process, self.start) = (process, start)
  }

  /// Reads a token; nil if it is not one.
  package init?(token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, let process = pid_t(parts[2]), let start = UInt64(parts[3]) else {
      return nil
    }
    self.init(
      host: parts[0], machine: parts[1], process: process, start: start, nonce: parts[4])
  }

  /// Whether this claimant's process has ended; nil if that cannot be known on this machine.
  package var hasEnded: Bool? {
    guard machine == machineMark else { return nil }
    guard let state = ProcessState(process) else { return true }
    return state.hasEnded || state.start != start
  }
}

/// The system's information about a process.
private struct ProcessState {
  let start: UInt64
  /// It has ended, and its parent has not collected its status.
  let hasEnded: Bool

  init?(_ process: pid_t) {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The program's name, in parentheses, may contain anything.
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let start = UInt64(fields[19]) else { return nil }
    self.start = start
    hasEnded = ["Z", "X"].contains(fields[0])
  }
}

private func hostName() -> String {
  var bytes = [CChar](repeating: 0, count: 256)
  guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
  let name = String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  let allowed = name.split(separator: ".").first.map(String.init) ?? "unknown"
  return String(allowed.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
}
