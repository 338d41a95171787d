// The corpora that the program knows by name.

extension CorpusDefinition {
  /// The corpora that can be asked for by their id, in the order in which they are listed.
  package static let registered: [CorpusDefinition] = [.iemocap, .mspImprov, .ravdess, .savee]

  /// Returns the corpus called `id`.
  ///
  /// - Throws: `CorpusError.unknownCorpus`, which says what there is.
  package static func registered(as id: String) throws(CorpusError) -> CorpusDefinition {
    guard let known = registered.first(where: { $0.id == id }) else {
      throw CorpusError.unknownCorpus(id: id, known: registered.map(\.id))
    }
    return known
  }
}
