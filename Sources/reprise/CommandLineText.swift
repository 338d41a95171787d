// What the command line must be before anything is read from it.
import ArgumentParser
import Foundation

/// Throws where an argument, or the name of the working folder, is not UTF-8.
///
/// Swift puts U+FFFD in the place of what is not. So a run whose folder has such a name would be written into
/// another folder.
func requireTextArguments() throws {
  for index in 1..<max(1, Int(CommandLine.argc)) {
    guard let argument = CommandLine.unsafeArgv[index],
      String(validatingCString: argument) == nil
    else { continue }
    throw ValidationError(
      "\(String(cString: argument)): argument \(index) is not UTF-8; rename the file or folder, or "
        + "give a link to it whose name is UTF-8")
  }
  // Help needs no folder.
  let needsNone = ["help", "--help", "-h", "--help-hidden", "--version"]
  guard !CommandLine.arguments.contains(where: needsNone.contains),
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
