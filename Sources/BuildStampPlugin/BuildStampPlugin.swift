// Runs a script before each build that records what is built: see Sources/BuildStamp/stamp.sh.
import Foundation
import PackagePlugin

@main
struct BuildStampPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let package = context.package.directoryURL
    let folder = context.pluginWorkDirectoryURL.appending(path: "stamp")
    return [
      .prebuildCommand(
        displayName: "Stamp of the sources", executable: URL(filePath: "/bin/sh"),
        arguments: [
          package.appending(path: "Sources/BuildStamp/stamp.sh").path, package.path,
          folder.appending(path: "Stamp.swift").path,
        ],
        outputFilesDirectory: folder)
    ]
  }
}
