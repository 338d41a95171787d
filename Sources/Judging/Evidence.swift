// What is judged: results with the rules under which they were scored, wherever they come from.
// Whoever has evidence needs no run, no corpus and no network.
package import Evaluation
package import Runs

/// The results that a judgement rests on.
package struct Evidence: Sendable {
  /// Where they come from, for messages: a run's folder.
  package let source: String
  /// The corpora's results.
  package let corpora: [CorpusResult]
  /// What they were made with; nil where it is not known.
  package let provenance: Provenance?

  package init(source: String, corpora: [CorpusResult], provenance: Provenance?) {
    (self.source, self.corpora, self.provenance) = (source, corpora, provenance)
  }

  /// The results of a run.
  ///
  /// - Throws: what `RecordedRun.results` throws.
  package init(of run: RecordedRun) throws {
    self.init(
      source: run.folder, corpora: try run.results(),
      provenance: try? Provenance(ofRun: run.folder))
  }

  /// The results on genuine speech: nothing else stands beside a recorded number.
  package var genuine: [CorpusResult] { corpora.filter { !$0.isSynthetic } }

  /// The names of the systems, in the order of the first corpus that has them.
  package var systems: [String] {
    corpora.flatMap { $0.variants.map(\.name) }.reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// The systems on genuine corpora as the gate sees them.
  package var candidates: [Gate.Candidate] {
    genuine.flatMap { result in
      result.variants.map {
        Gate.Candidate(
          system: $0.name, signature: result.signature(of: $0), summary: $0.summary,
          predictions: $0.predictions)
      }
    }
  }
}
