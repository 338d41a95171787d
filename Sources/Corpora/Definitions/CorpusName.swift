// The earlier spelling, for call sites that do not use the definition's own yet.

package typealias CorpusName = CorpusDefinition

extension CorpusDefinition: CaseIterable {
  package static var allCases: [CorpusDefinition] { registered }
  package var rawValue: String { id }

  package init?(rawValue: String) {
    guard let known = Self.registered.first(where: { $0.id == rawValue }) else { return nil }
    self = known
  }

  package func foldNames(ravdessFolds: FoldList = .emobox) -> [String] {
    folds(preferring: ravdessFolds.name).names
  }
}

extension FoldList {
  package static var emobox: FoldList { CorpusDefinition.ravdess.usualFolds }
  package static var contiguous: FoldList {
    CorpusDefinition.ravdess.folds(preferring: "contiguous")
  }

  package init?(rawValue: String) {
    guard let list = CorpusDefinition.ravdess.foldLists.first(where: { $0.name == rawValue }) else {
      return nil
    }
    self = list
  }
}

extension Corpus {
  package var name: CorpusName { definition }

  package static func read(
    _ name: CorpusName, at path: String, ravdessFolds: FoldList
  ) throws -> Corpus {
    try read(name, at: path, folds: name.folds(preferring: ravdessFolds.name))
  }
}

extension ExpectedCorpus {
  package static func published(_ name: CorpusName) -> ExpectedCorpus { name.published }
}
