// A fixture read from its folder. It is checked against its manifest before anything is computed
// from it.
import Files
import Foundation
import Tensors

/// A fixture whose arrays and files match its manifest.
package struct Fixture: Sendable {
  package let folder: String
  package var manifest: Manifest
  /// The arrays by name.
  package var arrays: [String: GoldenArray]

  /// Reads the fixture in `folder`. The folder has the fixture's name.
  ///
  /// - Throws: `GoldenError` for the first deviation from the manifest.
  package init(folder: String) throws {
    self.folder = folder
    let path = folder + "/manifest.json"
    guard let data = try? Data(readingFile: path) else {
      throw GoldenError.noManifest(folder: folder)
    }
    do {
      manifest = try JSONDecoder().decode(Manifest.self, from: data)
    } catch let error as DecodingError {
      throw GoldenError.badManifest(path: path, problem: error.problem)
    }
    try manifest.validate(path: path, folder: (folder as NSString).lastPathComponent)
    arrays = try readArrays(manifest, path: folder + "/arrays.safetensors")
    for file in manifest.files {
      let path: String
      do {
        path = try Files.path(file.name, below: folder)
      } catch {
        throw GoldenError.badManifest(path: folder + "/manifest.json", problem: "\(error)")
      }
      guard let data = try? Data(readingFile: path) else {
        throw GoldenError.missingFile(path: path)
      }
      try requireHash(sha256(data), file.sha256, of: file.name)
    }
  }
}

/// Returns the arrays of the file at `path`. They must be exactly those of the manifest.
private func readArrays(_ manifest: Manifest, path: String) throws -> [String: GoldenArray] {
  guard !manifest.arrays.isEmpty else { return [:] }
  guard let data = try? Data(readingFile: path) else { throw GoldenError.missingFile(path: path) }
  let raw: [String: Safetensors.RawArray]
  do {
    raw = try Safetensors.arrays(data)
  } catch let error as ArrayFileError {
    throw GoldenError.badArrays(path: path, problem: "\(error)")
  }
  let listed = Set(manifest.arrays.map(\.name))
  if let extra = raw.keys.sorted().first(where: { !listed.contains($0) }) {
    throw GoldenError.unlistedArray(name: extra)
  }
  var result: [String: GoldenArray] = [:]
  for stored in manifest.arrays {
    guard let found = raw[stored.name] else { throw GoldenError.missingArray(name: stored.name) }
    guard found.shape == stored.shape else {
      throw GoldenError.wrongShape(
        name: stored.name, expected: "\(stored.shape)", found: "\(found.shape)")
    }
    guard found.type == stored.type, let array = GoldenArray(found) else {
      throw GoldenError.wrongType(name: stored.name, expected: stored.type, found: found.type)
    }
    try requireHash(sha256(found.bytes), stored.sha256, of: stored.name)
    if let reals = array.elements.reals, let bad = reals.firstIndex(where: { !$0.isFinite }) {
      throw GoldenError.notFinite(name: stored.name, element: place(bad, in: array.shape))
    }
    result[stored.name] = array
  }
  return result
}

private func requireHash(_ found: String, _ expected: String, of name: String) throws {
  guard found == expected else {
    throw GoldenError.wrongHash(name: name, expected: expected, found: found)
  }
}

extension Manifest {
  /// Throws if the manifest contradicts itself or its folder.
  func validate(path: String, folder: String) throws {
    guard format == Manifest.currentFormat else {
      throw GoldenError.unknownFormat(path: path, found: format)
    }
    guard name == folder else {
      throw GoldenError.misnamed(path: path, expected: folder, found: name)
    }
    guard !cases.isEmpty else { throw GoldenError.noCases(path: path) }
    guard let first = references.first, !first.name.isEmpty, !first.version.isEmpty else {
      throw GoldenError.badManifest(path: path, problem: "lists no reference")
    }
    for names in [arrays.map(\.name), files.map(\.name), cases.map(\.name)] {
      var seen: Set<String> = []
      if let twice = names.first(where: { !seen.insert($0).inserted }) {
        throw GoldenError.duplicate(name: twice)
      }
    }
  }
}

/// Returns the indices of the element at `offset` of a row-major array.
func place(_ offset: Int, in shape: [Int]) -> [Int] {
  var rest = offset
  return shape.reversed().map { extent in
    defer { rest /= max(extent, 1) }
    return rest % max(extent, 1)
  }.reversed()
}
