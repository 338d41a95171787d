// A division of a corpus into folds, with the tested speakers of each.

/// A division of a corpus into folds by speaker.
package struct FoldList: Hashable, Sendable {
  /// One fold.
  package struct Fold: Hashable, Sendable {
    package let name: String
    /// The speakers tested in it.
    package let speakers: [String]

    package init(name: String, speakers: [String]) {
      (self.name, self.speakers) = (name, speakers)
    }
  }

  /// Its name in settings, on the command line and in protocol signatures.
  package let name: String
  /// Fold 1 is the first.
  package let folds: [Fold]

  package init(name: String, folds: [Fold]) {
    (self.name, self.folds) = (name, folds)
  }

  /// The name of the list of a corpus with a fixed test set. Its folds are the parts: fold 1 is the
  /// test part, and no other fold is ever tested.
  package static let splitName = "split"
  /// Whether the corpus has a fixed test set.
  package var isSplit: Bool { name == Self.splitName }

  /// The names of the folds; fold 1 is the first.
  package var names: [String] { folds.map(\.name) }

  /// The fold (from 1) that tests `speaker`; nil if the list lacks the speaker.
  package func fold(of speaker: String) -> Int? {
    folds.firstIndex { $0.speakers.contains(speaker) }.map { $0 + 1 }
  }
}

extension FoldList {
  /// One fold per recording session: `Session 1` and so on.
  ///
  /// - Parameter speakers: the speakers of a session.
  static func sessions(_ count: Int, speakers: (Int) -> [String]) -> FoldList {
    FoldList(
      name: "session",
      folds: (0..<count).map { Fold(name: "Session \($0 + 1)", speakers: speakers($0 + 1)) })
  }
}
