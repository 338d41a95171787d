// The command line as text: checked before anything is read from it.
import ArgumentParser
import CKernels
import Foundation

/// The program's arguments as the system gave them, without the program's name.
///
/// Swift itself reads them from /proc, which a bare chroot lacks.
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

/// The program as the user called it, for commands to copy.
let programName: String = {
  guard let name = reprise_argument(0) ?? CommandLine.unsafeArgv[0].map({ UnsafePointer($0) }),
    let text = String(validatingCString: name), !text.isEmpty
  else { return "reprise" }
  return text
}()

/// The arguments as texts. Bytes that are not UTF-8 become U+FFFD here and are refused later.
let textArguments = rawArguments.map {
  String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Throws if an argument or the name of the working folder is not UTF-8.
///
/// Swift replaces such bytes with U+FFFD, so a run would land in another folder than the one named.
func requireTextArguments() throws {
  for (index, argument) in rawArguments.enumerated()
  where String(validating: argument.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) == nil
  {
    throw ValidationError(
      "\(textArguments[index]): argument \(index + 1) is not UTF-8; rename the file or folder, or "
        + "use a link with a UTF-8 name")
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

/// The name of the working folder is not UTF-8.
struct UnnamedFolder: Error, CustomStringConvertible {
  let name: String

  var description: String {
    "\(name): the name of the working folder is not UTF-8; rename it or start from another folder"
  }
}
