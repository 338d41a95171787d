// Places for the files of tests.
import Foundation

/// The root of the package, derived from this file's path.
package let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// The developers' shared folder beside the package. Other users do not have it.
package let sharedFolder = URL(fileURLWithPath: packageRoot).deletingLastPathComponent()
  .appendingPathComponent("shared").path

/// The genuine RAVDESS speech corpus at 16 kHz, if a developer has it.
package let ravdess16k = sharedFolder + "/data/ravdess16k"

/// Whether the genuine RAVDESS speech corpus is available.
package let hasRAVDESS = FileManager.default.fileExists(atPath: ravdess16k)

/// Calls `body` with the path of a new empty folder, and removes it afterwards.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let path = FileManager.default.temporaryDirectory.path + "/reprise-test-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}
