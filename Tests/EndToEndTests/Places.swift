// The folder of these tests, one for the whole process. It is in memory if possible, because a run
// syncs to disk after each epoch.
import Foundation
import Testing

/// The folder of this process, removed at its end.
let scratch: String = {
  let memory = "/dev/shm"
  let parent =
    FileManager.default.isWritableFile(atPath: memory)
    ? memory : FileManager.default.temporaryDirectory.path
  let path = parent + "/reprise-end-to-end-\(getpid())"
  try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  atexit { try? FileManager.default.removeItem(atPath: scratch) }
  return path
}()

/// Calls `body` with the path of a new empty folder, and removes it afterwards.
func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let path = scratch + "/" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// The stand-in corpora, made once by the program itself: `standIns/ravdess` and so on.
let standIns = Result<String, any Error> {
  let folder = scratch + "/stand-ins"
  let output = try reprise("corpora", "synthesize", folder)
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

/// The program failed to set up a test.
struct Unexpected: Error, CustomStringConvertible {
  let output: Output
  var description: String { "exit code \(output.code): \(output.standardError)" }
}

func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

func write(_ data: Data, to path: String) throws { try data.write(to: URL(fileURLWithPath: path)) }

func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

func copy(_ from: String, to: String) throws {
  try FileManager.default.copyItem(atPath: from, toPath: to)
}

func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }

/// A JSON document without its checksum.
func unsealed(_ document: String) -> String {
  document.replacing(#/ *"checksum" : "[0-9a-f]*",\n/#, with: "")
}

/// All files below a folder, hidden ones included, as paths below it, sorted.
func files(below folder: String) -> [String] {
  guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
  return walk.compactMap { $0 as? String }.filter { path in
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }.sorted()
}

/// Every file below a folder with its bytes.
func snapshot(_ folder: String) throws -> [String: Data] {
  try Dictionary(
    uniqueKeysWithValues: files(below: folder).map { ($0, try bytes(folder + "/" + $0)) })
}

/// The package's folder.
let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().path
