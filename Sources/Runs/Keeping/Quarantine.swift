// Damaged files go to quarantine. No stored file is ever deleted because of damage.
import Files
import Foundation

/// Moves a file or folder of a run to `quarantine`, under a unique name.
///
/// - Returns: the new path.
@discardableResult package func setAside(_ path: String, of run: String) throws -> String {
  let place = run + "/quarantine"
  try requireNoLink(place)
  try makeFolder(place)
  let name = path.dropFirst(path.hasPrefix(run + "/") ? run.count + 1 : 0)
    .replacingOccurrences(of: "/", with: "~")
  for number in 1... {
    let target = "\(place)/\(name).\(number)"
    guard access(target, F_OK) != 0, !isSymbolicLink(target) else { continue }
    // Another process may have been faster.
    guard rename(path, target) == 0 || errno == ENOENT else {
      throw FileError.cannotWrite(path: target, reason: String(cString: strerror(errno)))
    }
    return target
  }
  return path
}
