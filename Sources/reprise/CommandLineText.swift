// What the command line must be before anything is read from it.
import ArgumentParser
import CKernels
import Foundation

/// The program's arguments as the system gave them, its own name left out.
///
/// Swift alone would know none of them where there is no /proc, as in a bare chroot.
let rawArguments: [[CChar]] = {
  func copy(_ text: UnsafePointer<CChar>) -> [CChar] {
    Array(UnsafeBufferPointer(start: text, count: strlen(text) + 1))
  }
  let count = Int(reprise_argument_count())
  if count > 0 {
    return (1..<max(1, count)).compactMap { reprise_argument(Int32($0)).map(copy) }
  }
  return (1..<max(1, Int(CommandLine.argc))).compactMap {
    CommandLine.unsafeArgv[$0].map { copy(UnsafePointer($0)) }
  }
}()

/// The arguments as texts; what is not UTF-8 is mended, and refused later.
let textArguments = rawArguments.map {
  String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Throws where an argument, or the name of the working folder, is not UTF-8.
///
/// Swift puts U+FFFD in the place of what is not. So a run whose folder has such a name would be written into
/// another folder.
func requireTextArguments() throws {
  for (index, argument) in rawArguments.enumerated()
  where String(validating: argument.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) == nil
  {
    throw ValidationError(
      "\(textArguments[index]): argument \(index + 1) is not UTF-8; rename the file or folder, or "
        + "give a link to it whose name is UTF-8")
  }
  // Help needs no folder.
  let needsNone = ["help", "--help", "-h", "--help-hidden", "--version"]
  guard !textArguments.contains(where: needsNone.contains),
    let folder = getcwd(nil, 0)
  else { return }
  defer { free(folder) }
  guard String(validatingCString: folder) != nil else {
    throw UnnamedFolder(name: String(cString: folder))
  }
}

/// The working folder's name cannot be told.
struct UnnamedFolder: Error, CustomStringConvertible {
  let name: String

  var description: String {
    "\(name): the name of the working folder is not UTF-8; rename it, or start from another folder"
  }
}
