// The published class counts, for callers that know a corpus only by name.

/// The published numbers of utterances of a corpus's classes, in class order; nil if one is
/// unknown.
package func publishedClassCounts(_ corpus: String) -> [Int]? {
  guard let known = try? CorpusDefinition.registered(as: corpus) else { return nil }
  let counts = known.classes.compactMap { known.published.count(of: CountScope(label: $0)) }
  return counts.count == known.classes.count ? counts : nil
}
