// The two public lists of RAVDESS's six folds; the paper does not say which one it used.

/// Which actors of RAVDESS are tested in which fold.
package enum FoldList: String, CaseIterable, Codable, Hashable, Sendable {
  /// The lists committed by EmoBox @08280f2, the one public split that others reuse.
  case emobox
  /// Actors 1–4, 5–8, and so on: fold = (actor − 1) div 4 + 1.
  case contiguous

  /// The four actors of each fold, fold 1 first.
  package var actors: [[Int]] {
    switch self {
    case .emobox:
      [
        [1, 11, 20, 21], [4, 10, 12, 14], [8, 9, 19, 23],
        [3, 5, 7, 24], [2, 15, 16, 18], [6, 13, 17, 22],
      ]
    case .contiguous: (0..<6).map { fold in (1...4).map { fold * 4 + $0 } }
    }
  }

  /// The fold (from 1) of every actor; `byActor[actor - 1]`, 24 long.
  var byActor: [Int] {
    var folds = [Int](repeating: 0, count: 24)
    for (fold, members) in actors.enumerated() {
      for actor in members { folds[actor - 1] = fold + 1 }
    }
    return folds
  }
}
