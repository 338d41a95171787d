// Where damage goes: nothing that a run stored is ever removed for being damaged.
import Files
import Foundation

/// Sets a file or folder of a run aside in `quarantine`, under a name that nothing else has.
///
/// - Returns: where it lies now.
@discardableResult package func setAside(_ path: String, of run: String) throws -> String {
  let place = run + "/quarantine"
  try requireNoLink(place)
  try makeFolder(place)
  let name = path.dropFirst(path.hasPrefix(run + "/") ? run.count + 1 : 0)
    .replacingOccurrences(of: "/", with: "~")
  for number in 1... {
    let target = "\(place)/\(name).\(number)"
    guard access(target, F_OK) != 0, !isSymbolicLink(target) else { continue }
    // Somebody else may have been faster.
    guard rename(path, target) == 0 || errno == ENOENT else {
      throw FileError.cannotWrite(path: target, reason: String(cString: strerror(errno)))
    }
    return target
  }
  return path
}
