// Finds the repository's own data: in the working folder, or beside the sources of this build.
import Foundation

/// The folder of recorded baselines.
package func baselinesFolder() -> String { folder("baselines", holding: "paper.json") }

/// The folder of golden fixtures.
package func goldenFolder() -> String { folder("golden", holding: "generate.py") }

private func folder(_ name: String, holding file: String) -> String {
  if FileManager.default.fileExists(atPath: "\(name)/\(file)") { return name }
  let sources = (0..<2).reduce(URL(fileURLWithPath: #filePath).deletingLastPathComponent()) {
    url, _ in
    url.deletingLastPathComponent()
  }
  return sources.path + "/" + name
}
