// Names of files that are being written, which say by whom: what a process left that is no more can
// be told from what another is at, here or on another machine that shares the folder.
import Foundation

/// Changes with every machine, every boot and every container that numbers its processes anew: 8
/// digits.
package let machineMark: String = {
  let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
  let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
  return String(
    sha256("\(boot ?? "?") \(space ?? "?") \(ProcessInfo.processInfo.hostName)").prefix(8))
}()

/// Returns a name beside `path` that no other process, nor this one, uses:
/// `FILE.MACHINE-PROCESS-NUMBER.partial`.
package func partialPath(of path: String) -> String {
  "\(path).\(machineMark)-\(getpid())-\(UInt64.random(in: 0 ... .max)).partial"
}

/// Whether the process that was writing a file still does.
package enum PartialWriter: Equatable, Sendable {
  case alive, gone
  /// It is on another machine, or was before this one was started anew: nothing is known of it.
  case elsewhere
}

/// Who writes the file of this name; nil for a name that `partialPath` does not make.
package func partialWriter(ofName name: String) -> PartialWriter? {
  guard name.hasSuffix(".partial") else { return nil }
  let marks = name.split(separator: ".").dropLast().last?.split(separator: "-") ?? []
  guard marks.count == 3, let process = pid_t(marks[1]), process > 0 else { return nil }
  guard marks[0] == machineMark else { return .elsewhere }
  return kill(process, 0) != 0 && errno == ESRCH ? .gone : .alive
}

/// Removes from `folder` what processes of this machine that are no more left of files, and
/// folders, that they were writing.
package func removeLeftovers(in folder: String) throws {
  let names = (try? fileNames(in: folder)) ?? []
  for name in names where partialWriter(ofName: name) == .gone {
    let path = folder + "/" + name
    if unlink(path) != 0, errno != ENOENT { try? FileManager.default.removeItem(atPath: path) }
  }
}
