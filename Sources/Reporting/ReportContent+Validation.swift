// Checks before drawing.
import Evaluation

extension ReportContent {
  /// Throws if counts do not fit the classes, or if SYNTHETIC data would stand beside the paper's.
  func validate() throws(ReportError) {
    for corpus in corpora { try corpus.validate() }
  }
}

extension CorpusReport {
  fileprivate func validate() throws(ReportError) {
    if isSynthetic, let baseline = baselines.first(where: { $0.origin == .paper }) {
      throw .syntheticBesidePaper(corpus: displayName, baseline: baseline.name)
    }
    try expect(dataset.counts.count, "class counts")
    if let published = dataset.publishedCounts { try expect(published.count, "published counts") }
    for row in dataset.speakers { try expect(row.counts.count, "counts of speaker \(row.name)") }
    for row in dataset.folds { try expect(row.counts.count, "counts of fold \(row.name)") }
    for variant in variants {
      for cell in variant.scores.cells {
        try expect(
          cell.matrix.classes.count,
          "\(variant.name): classes of seed \(cell.seed), fold \(cell.fold)")
      }
    }
    for variant in variants {
      for point in variant.projection?.points ?? []
      where !classes.indices.contains(point.classIndex) {
        throw .mismatched(
          corpus: displayName, what: "\(variant.name): class of a point of the t-SNE, below",
          expected: classes.count, found: point.classIndex)
      }
    }
  }

  private func expect(_ found: Int, _ what: String) throws(ReportError) {
    guard found == classes.count else {
      throw .mismatched(
        corpus: displayName, what: what, expected: classes.count, found: found)
    }
  }
}
