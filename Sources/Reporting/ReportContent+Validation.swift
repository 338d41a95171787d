// What must hold before anything is drawn.

extension ReportContent {
  /// Throws where counts do not fit the classes or SYNTHETIC data would stand beside the paper's.
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
      guard let confusion = variant.confusion else { continue }
      try expect(confusion.count, "\(variant.name): rows of the confusion matrix")
      for row in confusion { try expect(row.count, "\(variant.name): columns of the confusion matrix") }
      try expect(variant.perClass.count, "\(variant.name): per-class scores")
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
