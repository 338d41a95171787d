// Two trainings never give the same probabilities. If two cells have the same ones, one is a copy,
// and the difference between them says nothing about seeds.

/// The predictions of one cell in a form that is quick to compare.
package struct CellPredictions: Sendable {
  /// The cell's name in messages, such as `cells/ravdess-fold1-seed1-…`.
  package let name: String
  package let seed: Int
  package let fold: Int
  /// Sorted by id in byte order.
  private let rows: [Prediction]

  package init(name: String, seed: Int, fold: Int, predictions: [Prediction]) {
    (self.name, self.seed, self.fold) = (name, seed, fold)
    rows = predictions.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// The number of mistakes that two seeds never share entirely by chance.
  private static let tellingMistakes = 20

  /// Whether one cell is a copy of the other. Both have the same utterances, and one of these
  /// holds:
  ///
  /// - all rows have the same class and probabilities;
  /// - more than half of the rows agree, at least ten of them in probabilities other than 0 and 1;
  /// - the seeds differ, all rows have the same class, and at least 20 rows are mistakes of more
  ///   than one class. This finds a copy with slightly changed probabilities.
  ///
  /// Without probabilities only the last rule applies, to equal seeds of two systems too. Values
  /// are compared, not their spelling.
  package func isCopy(of other: CellPredictions) -> Bool {
    guard !rows.isEmpty, rows.count == other.rows.count else { return false }
    let haveNone = rows.allSatisfy(\.probabilities.isEmpty)
    var (equal, telling, alike) = (0, 0, 0)
    for (own, others) in zip(rows, other.rows) {
      guard own.id == others.id else { return false }
      if own.predicted == others.predicted { alike += 1 }
      guard own.predicted == others.predicted, own.probabilities == others.probabilities else {
        continue
      }
      equal += 1
      if !own.probabilities.contains(1) { telling += 1 }
    }
    if !haveNone, equal == rows.count || telling >= 10 && 2 * telling > rows.count { return true }
    let mistakes = rows.count { $0.predicted != $0.truth }
    return (seed != other.seed || haveNone) && alike == rows.count
      && mistakes >= Self.tellingMistakes
      && Set(rows.map(\.predicted)).count > 1
  }
}

/// Returns each pair of cells that are copies, in the order of `cells`.
///
/// - Parameter mayAgree: whether two cells may have the same predictions.
package func copies(
  among cells: [CellPredictions],
  mayAgree: (_ first: Int, _ second: Int) -> Bool = { _, _ in false }
) -> [(first: CellPredictions, second: CellPredictions)] {
  let groups = Dictionary(grouping: cells.indices) { cells[$0].fold }
  var pairs: [(Int, Int)] = []
  for fold in groups.keys.sorted() {
    let group = groups[fold] ?? []
    for (offset, second) in group.enumerated() {
      for first in group.prefix(offset)
      where cells[first].isCopy(of: cells[second]) && !mayAgree(first, second) {
        pairs.append((first, second))
      }
    }
  }
  return pairs.sorted { $0 < $1 }.map { (cells[$0.0], cells[$0.1]) }
}

extension SystemPredictions {
  /// Returns one sentence for each pair of seeds that are copies in a fold, for predictions without
  /// probabilities. Good systems agree on correct answers, and a collapsed system always predicts
  /// the same class. Two seeds are copies if they make ten or more mistakes, all of them alike,
  /// with more than one class.
  package func copiedSeeds() -> [String] {
    let folds = Set(utterances.map(\.fold)).sorted()
    return seeds.indices.flatMap { second in
      (0..<second).flatMap { first in
        folds.compactMap { fold -> String? in
          let a = seeds[first].predictions.filter { $0.fold == fold }.map(\.predicted)
          let b = seeds[second].predictions.filter { $0.fold == fold }
          let mistakes = b.count { $0.predicted != $0.truth }
          guard mistakes >= 10, a == b.map(\.predicted), Set(a).count > 1 else { return nil }
          return "seeds \(seeds[first].seed) and \(seeds[second].seed) have the same \(mistakes) "
            + "mistakes in fold \(fold): one is a copy of the other"
        }
      }
    }
  }
}
