// The properties of a corpus as a value. The rest of the program never asks which corpus it has. It
// asks the definition.

/// The properties of a corpus: name, classes, folds, published counts, reader, texts.
///
/// Two definitions are equal if their ids are.
package struct CorpusDefinition: Sendable {
  /// Its name on the command line and in files, such as `ravdess`.
  package let id: String
  /// The corpus's own spelling of its name, such as `RAVDESS`.
  package let title: String
  /// The classes in their fixed order. A class index is a position in this list.
  package let classes: [String]
  /// The default division into folds.
  package let usualFolds: FoldList
  /// Other published divisions.
  package let otherFolds: [FoldList]
  /// The published numbers of utterances, which hold for every division.
  package var published: ExpectedCorpus { publishedCounts() }

  private let publishedCounts: @Sendable () -> ExpectedCorpus
  private let reader: Reader
  private let isOwnFile: @Sendable (FoundFile) -> Bool
  private let textsOfID: @Sendable (String) -> [SpokenText]
  private let sexOfSpeaker: @Sendable (String) -> Sex?
  private let turnTypeOfID: @Sendable (String) -> String?
  private let attributesOfID: @Sendable (String) -> UtteranceAttributes

  /// Finds the corpus's utterances among the files below a root. Their folds are those of the list.
  ///
  /// A reader throws `CorpusError`, or `FileError` for a label file that cannot be read.
  package typealias Reader = @Sendable (FileIndex, FoldList) throws -> Findings

  /// Describes a corpus.
  ///
  /// - Parameters:
  ///   - published: the published numbers; none by default.
  ///   - isOwnFile: whether only this corpus has files with such a name.
  ///   - texts: the texts that an utterance shares with others, by its id; none by default.
  ///   - sex: the sex of a speaker, by name; unknown by default.
  ///   - turnType: the kind of a turn, by its id, if counts of kinds are published.
  ///   - attributes: what else an utterance's id tells; nothing by default.
  package init(
    id: String, title: String, classes: [String], usualFolds: FoldList,
    otherFolds: [FoldList] = [], published: (@Sendable () -> ExpectedCorpus)? = nil,
    isOwnFile: @escaping @Sendable (FoundFile) -> Bool,
    texts: @escaping @Sendable (String) -> [SpokenText] = { _ in [] },
    sex: @escaping @Sendable (String) -> Sex? = { _ in nil },
    turnType: @escaping @Sendable (String) -> String? = { _ in nil },
    attributes: @escaping @Sendable (String) -> UtteranceAttributes = { _ in .none },
    reader: @escaping Reader
  ) {
    (self.id, self.title, self.classes) = (id, title, classes)
    (self.usualFolds, self.otherFolds) = (usualFolds, otherFolds)
    publishedCounts = published ?? { ExpectedCorpus(source: .published, counts: [], ids: nil) }
    self.isOwnFile = isOwnFile
    (textsOfID, sexOfSpeaker, turnTypeOfID) = (texts, sex, turnType)
    attributesOfID = attributes
    self.reader = reader
  }

  /// All divisions into folds, the usual one first.
  package var foldLists: [FoldList] { [usualFolds] + otherFolds }

  /// Returns the division with this name, or the usual one if the corpus has no such division.
  package func folds(preferring name: String) -> FoldList {
    foldLists.first { $0.name == name } ?? usualFolds
  }

  /// Returns what the corpus's reader finds.
  func findings(in index: FileIndex, folds: FoldList) throws -> Findings {
    try reader(index, folds)
  }

  /// Whether only this corpus has files with such a name.
  func recognizes(_ file: FoundFile) -> Bool { isOwnFile(file) }

  /// Returns the texts that an utterance shares with others, by its id; empty if the id does not
  /// tell.
  package func texts(of id: String) -> [SpokenText] { textsOfID(id) }

  /// Returns the sex of a speaker, by name; nil if the corpus does not tell.
  package func sex(of speaker: String) -> Sex? { sexOfSpeaker(speaker) }

  /// Returns what else is known about an utterance, by its id.
  package func attributes(of id: String) -> UtteranceAttributes { attributesOfID(id) }

  /// Returns the kind of a turn, by its id; nil if the corpus has no kinds.
  func turnType(of id: String) -> String? { turnTypeOfID(id) }
}

extension CorpusDefinition: Hashable {
  package static func == (a: CorpusDefinition, b: CorpusDefinition) -> Bool { a.id == b.id }
  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension CorpusDefinition: CustomStringConvertible {
  /// Its id.
  package var description: String { id }
}

/// The sex of a speaker, from the corpus's documentation.
package enum Sex: String, CaseIterable, Codable, Hashable, Sendable { case female, male }

/// Returns a number with at least two digits.
func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
