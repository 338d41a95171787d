// The corpora that the program knows by name.

extension CorpusDefinition {
  /// The corpora that can be requested by id, in listing order.
  package static let registered: [CorpusDefinition] = [.iemocap, .mspImprov, .ravdess, .savee]

  /// Returns the corpus with this id.
  ///
  /// - Throws: `CorpusError.unknownCorpus`, which lists the known ones.
  package static func registered(as id: String) throws(CorpusError) -> CorpusDefinition {
    guard let known = registered.first(where: { $0.id == id }) else {
      throw CorpusError.unknownCorpus(id: id, known: registered.map(\.id))
    }
    return known
  }
}
