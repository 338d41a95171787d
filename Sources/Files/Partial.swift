// Names of files that are being written, which say by whom: what a process left that is no more can be told
// from what another is at, here or on another machine that shares the folder.
import Foundation

/// Changes with every machine, every boot and every container that numbers its processes anew: 8 digits.
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

/// Removes from `folder` what processes of this machine that are no more left of files, and folders, that they
/// were writing.
package func removeLeftovers(in folder: String) throws {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  for name in names where name.hasSuffix(".partial") {
    let marks = name.split(separator: ".").dropLast().last?.split(separator: "-") ?? []
    guard marks.count == 3, marks[0] == machineMark, let process = pid_t(marks[1]), process > 0,
      kill(process, 0) != 0, errno == ESRCH
    else { continue }
    let path = folder + "/" + name
    if unlink(path) != 0, errno != ENOENT { try? FileManager.default.removeItem(atPath: path) }
  }
}
