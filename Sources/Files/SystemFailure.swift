// The table of system errors with their remedies.
import Foundation

/// A failed system call.
package struct SystemFailure: Error, Equatable, Sendable {
  /// The system's error number, `errno`.
  package let code: Int32

  package init(code: Int32) { self.code = code }

  /// The last failed call of this thread.
  package static var last: SystemFailure { SystemFailure(code: errno) }

  /// The failure with this system message; nil if the table lacks it.
  package init?(words: String) {
    guard let code = Self.advice.keys.sorted().first(where: { Self.words(of: $0) == words }) else {
      return nil
    }
    self.code = code
  }

  /// The system's message.
  package var words: String { Self.words(of: code) }

  /// What to do about it; nil if only the path can be wrong.
  package var remedy: String? { Self.advice[code] }

  private static func words(of code: Int32) -> String { String(cString: strerror(code)) }

  private static let advice: [Int32: String] = [
    ENOSPC: "free some space or choose another place",
    EDQUOT: "your quota is used up: free some space or choose another place",
    EFBIG: "the limit for the size of a file is reached: see ulimit -f, or choose another place",
    EROFS: "the file system can only be read: choose another place",
    EACCES: "you may not do this: check the permissions of it and of the folders above",
    EPERM: "you may not do this: check the permissions of it and of the folders above",
    EIO: "the device or the network fails: check it, for example with dmesg, and try again",
    ESTALE: "the file server has lost it: mount the folder again and retry",
    EMFILE: "this process has too many files open: raise ulimit -n, or use fewer jobs",
    ENFILE: "the machine has too many files open: close other programs",
    ENOMEM: "memory is short: use fewer jobs or close other programs",
    ENAMETOOLONG: "the path is too long: choose a shorter one",
    ELOOP: "symbolic links lead in a circle: check the path with ls -l",
    ENOENT: "check the path",
    ENOTDIR: "a part of the path is a file, not a folder: check the path",
    EISDIR: "a folder is there: choose another name",
    EBUSY: "something else uses it: wait, or choose another place",
    ETXTBSY: "something else uses it: wait, or choose another place",
    EPIPE: "the program that read it has ended",
    EBADF: "it is closed: leave it open, or send it to a file",
    ENXIO: "no device is there: check the path",
    ENODEV: "no device is there: check the path",
  ]
}
