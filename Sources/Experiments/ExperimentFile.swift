// Reads an experiment file: YAML laid over the profile's defaults. The whole file is checked before
// anything runs. docs/experiments holds examples; docs/settings.md lists all settings.
import Files
import Foundation
package import Settings
import YAML

extension ExperimentSettings {
  /// Reads the experiment file at `path`.
  ///
  /// - Parameters:
  ///   - path: a YAML file. Its corpus paths are relative to its folder.
  ///   - profile: overrides the profile in the file.
  ///   - known: the corpora that the file may use.
  /// - Throws: `FileError`, or `ExperimentFileError` for the first error.
  package init(readingFile path: String, profile: Profile? = nil, known: [KnownCorpus]) throws {
    // Check the size first, so that a file of many gigabytes is rejected without reading it.
    let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    guard size <= YAMLLimits.bytes else {
      throw ExperimentFileError.tooMuch(
        Place(file: path, line: nil), what: "bytes", found: size, most: YAMLLimits.bytes)
    }
    guard let text = String(data: try Data(readingFile: path), encoding: .utf8) else {
      throw ExperimentFileError.notUTF8(file: path)
    }
    try self.init(parsing: text, file: path, profile: profile, known: known)
  }

  /// Reads an experiment from `text`, the content of `file`.
  package init(parsing text: String, file: String, profile: Profile? = nil, known: [KnownCorpus])
    throws
  {
    let root: YAMLTree
    do {
      root = try YAMLTree(parsing: text, file: file)
    } catch let error as YAMLError {
      throw ExperimentFileError.document(error)
    }
    let reader = ExperimentReader(file: file, root: root)
    self = try reader.experiment(profile: profile, known: known)
  }
}

/// Reads the parts of one file.
private struct ExperimentReader {
  let file: String
  let root: YAMLTree

  static let sections = [
    "signal", "features", "augmentation", "model", "pretrained", "loss", "training",
  ]
  static let keys =
    ["name", "profile", "corpora", "backbone", "frames", "seeds", "folds", "protocol"] + sections
    + ["variants"]

  func experiment(profile: Profile?, known: [KnownCorpus]) throws -> ExperimentSettings {
    let top = try entries(of: root, named: "the file", known: Self.keys)
    func entry(_ key: String) -> YAMLTree.Entry? { top.first { $0.key == key } }

    let named = try entry("profile").map { try choice($0, of: Profile.self) }
    var experiment = ExperimentSettings(profile: profile ?? named ?? .standard)
    if let entry = entry("name") { experiment.name = try name(entry) }
    if let entry = entry("corpora") {
      experiment.corpora = try corpora(entry.value)
      try experiment.checkCorpora(known, at: place(entry.line))
    }
    if let entry = entry("backbone") {
      experiment.backbone = resolved(
        try text(entry.value, "backbone", expected: "the folder of a pretrained network"))
    }
    if let entry = entry("frames") { experiment.frames = try frames(entry.value) }
    if let entry = entry("seeds") {
      experiment.seeds = try integers(entry)
      try experiment.checkSeeds(at: place(entry.line))
    }
    if let entry = entry("folds") {
      experiment.folds = try integers(entry)
      try experiment.checkFolds(known, at: place(entry.line))
    }

    var overlay = SettingsOverlay(file: file)
    var tree = SettingsReference.tree(of: experiment.variants[0].settings)
    for entry in top where entry.key == "protocol" || Self.sections.contains(entry.key) {
      tree = try overlay.apply(entry.value, at: entry.key, to: tree)
    }
    experiment.protocolSettings = try protocolSettings(in: tree)
    do {
      try experiment.protocolSettings.validate()
    } catch let error as SettingsError {
      throw ExperimentFileError.setting(
        place(overlay.lines[error.path] ?? root.line), variant: nil, error)
    }
    if let entry = entry("variants") {
      experiment.variants = try variants(entry, over: tree, overlay: overlay)
    } else {
      experiment.variants = ExperimentSettings.fullAndPlain(
        try tree.decoded(as: VariantSettings.self))
      for variant in experiment.variants { try check(variant, overlay, otherwise: root.line) }
    }
    return experiment
  }

  // MARK: Variants

  private func variants(
    _ entry: YAMLTree.Entry, over tree: SettingsTree, overlay: SettingsOverlay
  ) throws -> [ExperimentSettings.Variant] {
    guard case .list(let nodes, _) = entry.value else {
      throw wrong(entry.value, "variants", expected: "a list of variants, each with a name")
    }
    if nodes.isEmpty { throw ExperimentFileError.empty(place(entry.line), key: "variants") }
    try requireFew(nodes.count, "variants", at: place(entry.line))
    var variants: [ExperimentSettings.Variant] = []
    for node in nodes {
      let parts = try entries(of: node, named: "variants", known: ["name"] + Self.sections)
      guard let nameEntry = parts.first(where: { $0.key == "name" }) else {
        throw ExperimentFileError.wrongType(
          place(node.line), key: "variants", expected: "a name for each variant", found: "none")
      }
      var overlay = overlay
      var tree = tree
      for part in parts where part.key != "name" {
        tree = try overlay.apply(part.value, at: part.key, to: tree)
      }
      let variant = ExperimentSettings.Variant(
        name: try name(nameEntry), settings: try tree.decoded(as: VariantSettings.self))
      // Cell folders are named after variants, and some file systems ignore case.
      if variants.contains(where: { $0.name.lowercased() == variant.name.lowercased() }) {
        throw ExperimentFileError.duplicate(
          place(nameEntry.line), what: "variant", name: variant.name)
      }
      try check(variant, overlay, otherwise: node.line)
      variants.append(variant)
    }
    return variants
  }

  private func check(
    _ variant: ExperimentSettings.Variant, _ overlay: SettingsOverlay, otherwise line: Int
  ) throws {
    do {
      try variant.settings.validate()
    } catch let error as SettingsError {
      throw ExperimentFileError.setting(
        place(overlay.lines[error.path] ?? line), variant: variant.name, error)
    }
  }

  private func protocolSettings(in tree: SettingsTree) throws -> ProtocolSettings {
    guard case .section(let parts) = tree,
      let part = parts.first(where: { $0.key == "protocol" })
    else { preconditionFailure("the tree of settings has no protocol section") }
    return try part.value.decoded(as: ProtocolSettings.self)
  }

  // MARK: Values

  private func place(_ line: Int) -> Place { Place(file: file, line: line) }

  private func wrong(_ node: YAMLTree, _ key: String, expected: String) -> ExperimentFileError {
    .wrongType(place(node.line), key: key, expected: expected, found: node.finding)
  }

  /// The entries of a map, all of whose keys must be known.
  private func entries(of node: YAMLTree, named: String, known: [String]) throws
    -> [YAMLTree.Entry]
  {
    if node.isNull { return [] }
    guard case .map(let entries, _) = node else {
      throw wrong(node, named, expected: "a map of \(known.joined(separator: ", "))")
    }
    for entry in entries where !known.contains(entry.key) {
      let elsewhere = SettingsReference.entries.map(\.path).first {
        $0.hasSuffix("." + entry.key)
      }
      throw ExperimentFileError.unknownKey(
        place(entry.line), key: entry.key,
        nearest: elsewhere ?? nearestName(to: entry.key, among: known), known: known)
    }
    return entries
  }

  private func text(_ node: YAMLTree, _ key: String, expected: String) throws -> String {
    guard case .scalar(let text, _, _) = node, !node.isNull, !text.utf8.contains(0) else {
      throw wrong(node, key, expected: expected)
    }
    return text
  }

  private func name(_ entry: YAMLTree.Entry) throws -> String {
    let text = try text(entry.value, entry.key, expected: "a name")
    guard isPlain(text), text.utf8.count <= ExperimentSettings.longestName else {
      throw ExperimentFileError.badName(place(entry.value.line), what: entry.key, name: text)
    }
    return text
  }

  private func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ entry: YAMLTree.Entry, of type: Choice.Type
  ) throws -> Choice {
    let expected = "one of " + type.allCases.map(\.rawValue).joined(separator: ", ")
    let text = try text(entry.value, entry.key, expected: expected)
    guard let choice = Choice(rawValue: text) else {
      throw wrong(entry.value, entry.key, expected: expected)
    }
    return choice
  }

  private func integers(_ entry: YAMLTree.Entry) throws -> [Int] {
    guard case .list(let nodes, _) = entry.value else {
      throw wrong(entry.value, entry.key, expected: "a list of whole numbers such as [1, 2, 3]")
    }
    return try nodes.map { node in
      guard case .scalar(let text, isQuoted: false, _) = node, let number = Int(text) else {
        throw wrong(node, entry.key, expected: "a whole number")
      }
      return number
    }
  }

  private func corpora(_ node: YAMLTree) throws -> [ExperimentSettings.CorpusChoice] {
    switch node {
    case .list(let nodes, _):
      return try nodes.map {
        ExperimentSettings.CorpusChoice(
          name: try text($0, "corpora", expected: "the name of a corpus"), path: nil)
      }
    case .map(let entries, _):
      return try entries.map { entry in
        let path =
          entry.value.isNull
          ? nil : try text(entry.value, "corpora.\(entry.key)", expected: "a path")
        return ExperimentSettings.CorpusChoice(name: entry.key, path: path.map(resolved))
      }
    case .scalar:
      throw wrong(node, "corpora", expected: "a list of names, or a map of names to paths")
    }
  }

  private func frames(_ node: YAMLTree) throws -> [ExperimentSettings.CorpusChoice] {
    guard case .map(let entries, _) = node else {
      throw wrong(node, "frames", expected: "a map of corpora to folders of frames")
    }
    return try entries.map { entry in
      let path = try text(
        entry.value, "frames.\(entry.key)",
        expected: "a folder of .npy files or a .safetensors file"
      )
      return ExperimentSettings.CorpusChoice(name: entry.key, path: resolved(path))
    }
  }

  /// A path from the file, resolved against the file's folder.
  private func resolved(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    let folder = parentFolder(of: file)
    return folder.isEmpty ? path : (folder as NSString).appendingPathComponent(path)
  }
}
