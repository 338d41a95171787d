// The evidence for a judgement: results with the rules under which they were scored, from any
// source. Judging evidence needs no run, corpus or network.
package import Evaluation
package import Runs

/// The results that a judgement rests on.
package struct Evidence: Sendable {
  /// Their origin for messages, such as a run's folder.
  package let source: String
  /// The corpora's results.
  package let corpora: [CorpusResult]
  /// The program that made them; nil if unknown.
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

  /// The results on genuine speech. Only these may be shown beside a recorded number.
  package var genuine: [CorpusResult] { corpora.filter { !$0.isSynthetic } }

  /// The system names, in the order of their first occurrence.
  package var systems: [String] {
    corpora.flatMap { $0.variants.map(\.name) }.reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// The systems on genuine corpora, in the form that the gate needs.
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
