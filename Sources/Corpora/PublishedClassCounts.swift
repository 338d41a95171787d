// The published counts by class, for readers that know a corpus by its name alone.

/// The published numbers of utterances of a corpus's classes, in their order; nil where one is not
/// known.
package func publishedClassCounts(_ corpus: String) -> [Int]? {
  guard let known = try? CorpusDefinition.registered(as: corpus) else { return nil }
  let counts = known.classes.compactMap { known.published.count(of: CountScope(label: $0)) }
  return counts.count == known.classes.count ? counts : nil
}
