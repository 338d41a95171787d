// Distinguishes errors of a cell from errors of a disk that cannot be read or written.
import Audio
import Files

/// Whether the error says that a recording cannot be read.
package func isTroubleOfSound(_ error: any Error) -> Bool {
  guard let error = error as? AudioError else { return false }
  if case .cannotWrite = error { return false }
  return true
}

/// Whether the error comes from the disk. The cell itself can then run again once the disk works.
package func isTroubleOfDisk(_ error: any Error) -> Bool {
  switch error {
  case FileError.cannotWrite, FileError.cannotRead, AudioError.cannotRead: true
  default: false
  }
}
