// Property: a cell's address changes with everything that determines its numbers and with nothing
// else. Its folder counts as finished and intact only while every result has its original bytes.
import Cells
import Execution
import Experiments
import Runs
import Files
import Foundation
import Settings
import TestSupport
import Testing

func identity(
  settings: VariantSettings = VariantSettings(), fold: Int = 2, seed: Int = 3,
  corpus: String = "ravdess", fingerprint: String = "abc", version: String = "0.1",
  sound: String? = "5e", folds: String = "emobox",
  split: ProtocolSettings.EvaluationSplit = .test, backbone: String? = nil, frames: String? = nil
) -> Cell.Identity {
  Cell.Identity(
    programVersion: version, corpus: corpus, corpusFingerprint: fingerprint, sound: sound,
    foldList: folds, evaluateOn: split, fold: fold, seed: seed, settings: settings,
    backboneFingerprint: backbone, frames: frames)
}

/// The settings with one value changed; nil if it has no other value.
private func changed(_ path: String) throws -> VariantSettings? {
  func change(_ tree: SettingsTree, _ prefix: String) -> SettingsTree {
    switch tree {
    case .section(let parts):
      return .section(
        parts.map { part in
          var part = part
          part.value = change(part.value, prefix.isEmpty ? part.key : prefix + "." + part.key)
          return part
        })
    case _ where prefix != path: return tree
    case .integer(let value): return .integer(value + 1)
    case .number(let value): return .number(value + 0.125)
    case .boolean(let value): return .boolean(!value)
    case .choice(let value, let names):
      return .choice(names.first { $0 != value } ?? value, of: names)
    }
  }
  let tree = change(SettingsTree(of: VariantSettings()), "")
  guard tree != SettingsTree(of: VariantSettings()) else { return nil }
  return try decodeJSON(VariantSettings.self, from: canonicalJSON(tree))
}

@Suite struct `A cell's hash` {
  @Test func `changes with every setting`() throws {
    let paths = SettingsTree(of: VariantSettings()).leaves.map(\.path)
    var hashes = [try Cell(variant: "full", identity: identity()).hash]
    for path in paths {
      let settings = try #require(try changed(path), "\(path) was not changed")
      hashes.append(try Cell(variant: "full", identity: identity(settings: settings)).hash)
    }
    #expect(hashes.count == paths.count + 1 && Set(hashes).count == hashes.count)
    #expect(hashes.count > 50)
  }

  @Test func `changes with every other part of the identity`() throws {
    let identities = [
      identity(), identity(fold: 3), identity(seed: 2), identity(corpus: "savee"),
      identity(fingerprint: "abd"), identity(version: "0.2"), identity(folds: "contiguous"),
      identity(sound: "5f"), identity(sound: nil),
      identity(split: .innerValidation), identity(backbone: "a"), identity(backbone: "b"),
      identity(frames: "a"), identity(frames: "b"),
    ]
    let hashes = try identities.map { try Cell(variant: "full", identity: $0).hash }
    #expect(Set(hashes).count == identities.count)
    #expect(hashes.allSatisfy { $0.count == 64 })
  }

  @Test func `does not change with the variant's name, and is the same twice`() throws {
    let cells = try ["full", "plain", "full"].map { try Cell(variant: $0, identity: identity()) }
    #expect(Set(cells.map(\.hash)).count == 1)
    #expect(Set(cells.map(\.folderName)).count == 1)
    #expect(cells[0].folderName == "ravdess-fold2-seed3-" + cells[0].hash.prefix(16))
    #expect(cells[1].title == "ravdess plain fold 2 seed 3")
  }

  @Test func `is that of the identity's JSON, which comes back`() throws {
    let cell = try Cell(variant: "full", identity: identity())
    #expect(cell.hash == sha256(try canonicalJSON(cell.identity)))
    #expect(try decodeJSON(Cell.self, from: canonicalJSON(cell)) == cell)
  }
}

@Suite struct `A cell's folder` {
  private static let names = [
    "configuration.json", "epochs.jsonl", "predictions.csv", "embeddings.npy",
    "weights.safetensors",
  ]

  /// Calls `body` with a finished cell's folder and its checksums.
  private func withFinished(_ body: (CellFolder) throws -> Void) throws {
    try withTemporaryFolder { run in
      let folder = CellFolder(run: run, cell: try Cell(variant: "full", identity: identity()))
      #expect(!folder.isDone)
      try makeFolder(folder.path)
      for name in Self.names { try Data("the \(name)".utf8).writeAtomically(to: folder.file(name)) }
      #expect(!folder.isDone)
      try vouch(folder, cell: folder.cell.hash, names: Self.names)
      #expect(folder.isDone)
      try body(folder)
    }
  }

  private func vouch(_ folder: CellFolder, cell: String, names: [String]) throws {
    let files = names.map {
      #"{"name":"\#($0)","sha256":"\#(sha256("the \($0)"))"}"#
    }
    let text = #"{"cell":"\#(cell)","files":[\#(files.joined(separator: ","))]}"#
    try Data(text.utf8).writeAtomically(to: folder.file("done.json"))
  }

  @Test(arguments: names)
  func `is unfinished without any one of its results, and not intact with a damaged one`(
    name: String
  ) throws {
    try withFinished { folder in
      #expect(folder.isIntact)
      try Data("the \(name)!".utf8).writeAtomically(to: folder.file(name))
      #expect(!folder.isIntact)
      #expect(throws: FileError.self) { try folder.requireIntact() }
      try FileManager.default.removeItem(atPath: folder.file(name))
      #expect(!folder.isDone && !folder.isIntact)
      try Data("the \(name)".utf8).writeAtomically(to: folder.file(name))
      #expect(folder.isDone && folder.isIntact)
    }
  }

  @Test func `is unfinished where done.json is damaged, of another cell, or vouches for less`()
    throws
  {
    try withFinished { folder in
      let done = folder.file("done.json")
      let whole = try Data(readingFile: done)
      for length in [0, 1, whole.count / 2, whole.count - 1] {
        try whole.prefix(length).writeAtomically(to: done)
        #expect(!folder.isDone)
      }
      try vouch(folder, cell: "0000", names: Self.names)
      #expect(!folder.isDone)
      try vouch(folder, cell: folder.cell.hash, names: [])
      #expect(!folder.isDone)
      try vouch(folder, cell: folder.cell.hash, names: Array(Self.names.dropLast()))
      #expect(!folder.isDone)
      try whole.writeAtomically(to: done)
      #expect(folder.isDone)
    }
  }

  @Test func `keeps why it failed until it is tried again`() throws {
    try withTemporaryFolder { run in
      let folder = CellFolder(run: run, cell: try Cell(variant: "full", identity: identity()))
      #expect(folder.failure == nil)
      try makeFolder(folder.path)
      try folder.fail("a \"reason\"\nof two lines, é")
      #expect(folder.failure == "a \"reason\"\nof two lines, é" && !folder.isDone)
      try folder.begin()
      #expect(folder.failure == nil)
      let written = try Data(readingFile: folder.file("configuration.json"))
      #expect(try decodeJSON(Cell.self, from: written) == folder.cell)
    }
  }
}
