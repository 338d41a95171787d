// Whose fault an error is: a cell's own, or that of a disk on which nothing can be read or written.
import Audio
import Files

/// Whether an error says nothing against the cell in which it occurred: it waits for a disk that
/// can be written and read.
package func isTroubleOfDisk(_ error: any Error) -> Bool {
  switch error {
  case FileError.cannotWrite, FileError.cannotRead, AudioError.cannotRead: true
  default: false
  }
}
