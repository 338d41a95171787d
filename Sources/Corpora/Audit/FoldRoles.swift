// The roles of a corpus's utterances in each fold, which an audit judges.

/// The use of an utterance in one fold.
package enum FoldRole: String, CaseIterable, Codable, Hashable, Sendable {
  case training
  /// Held out of training to choose an epoch or settings.
  case validation
  case test
}

/// The utterances of one fold by role, as positions in the corpus.
package struct FoldRoles: Hashable, Sendable {
  /// Counted from 1.
  package let fold: Int
  package let training: [Int]
  /// Empty if nothing is chosen.
  package let validation: [Int]
  package let test: [Int]

  /// Sets the training, validation and test positions of `fold`.
  package init(fold: Int, training: [Int], validation: [Int], test: [Int]) {
    self.fold = fold
    self.training = training
    self.validation = validation
    self.test = test
  }

  /// The positions with a role.
  package subscript(role: FoldRole) -> [Int] {
    switch role {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }

  /// Returns the corpus's own roles: fold k is tested, the next fold validates (the first follows
  /// the last), and all others train.
  package static func all(of utterances: [Utterance], folds: Int) -> [FoldRoles] {
    (0..<max(0, folds)).map { index in
      let fold = index + 1
      let next = fold % folds + 1
      func positions(_ isIncluded: (Int) -> Bool) -> [Int] {
        utterances.indices.filter { isIncluded(utterances[$0].fold) }
      }
      return FoldRoles(
        fold: fold, training: positions { $0 != fold && $0 != next },
        validation: positions { $0 == next }, test: positions { $0 == fold })
    }
  }

  /// Returns the roles in a corpus's own folds. A fixed test set has those of its only tested fold.
  package static func all(of corpus: Corpus) -> [FoldRoles] {
    let roles = all(of: corpus.utterances, folds: corpus.foldNames.count)
    return corpus.foldList.isSplit ? Array(roles.prefix(1)) : roles
  }

  /// The roles of each of `count` positions in this fold as bits: training 1, validation 2, test 4;
  /// 0 for none.
  package func roleBits(count: Int) -> [UInt8] {
    var bits = [UInt8](repeating: 0, count: count)
    for (place, role) in FoldRole.allCases.enumerated() {
      for position in self[role] { bits[position] |= 1 << UInt8(place) }
    }
    return bits
  }
}
