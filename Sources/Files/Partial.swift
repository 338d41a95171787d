// Names of files that are being written. The name identifies the writer. Leftovers of a dead
// process can be distinguished from the files of a running one, on this machine or on another one
// that shares the folder.
import Foundation

/// Eight digits that change with every machine, boot, and container with its own process numbers.
package let machineMark: String = {
  let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
  let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
  return String(
    sha256("\(boot ?? "?") \(space ?? "?") \(ProcessInfo.processInfo.hostName)").prefix(8))
}()

/// Returns a unique name beside `path`: `FILE.MACHINE-PROCESS-NUMBER.partial`.
package func partialPath(of path: String) -> String {
  "\(path).\(machineMark)-\(getpid())-\(UInt64.random(in: 0 ... .max)).partial"
}

/// Whether the process that writes a file still exists.
package enum PartialWriter: Equatable, Sendable {
  case alive, gone
  /// The writer is on another machine, or from before a reboot: nothing is known about it.
  case elsewhere
}

/// The writer of a file with this name; nil if `partialPath` did not make the name.
package func partialWriter(ofName name: String) -> PartialWriter? {
  guard name.hasSuffix(".partial") else { return nil }
  let marks = name.split(separator: ".").dropLast().last?.split(separator: "-") ?? []
  guard marks.count == 3, let process = pid_t(marks[1]), process > 0 else { return nil }
  guard marks[0] == machineMark else { return .elsewhere }
  return kill(process, 0) != 0 && errno == ESRCH ? .gone : .alive
}

/// Removes partial files and folders of dead processes of this machine from `folder`.
package func removeLeftovers(in folder: String) throws {
  let names = (try? fileNames(in: folder)) ?? []
  for name in names where partialWriter(ofName: name) == .gone {
    let path = folder + "/" + name
    if unlink(path) != 0, errno != ENOENT { try? FileManager.default.removeItem(atPath: path) }
  }
}
