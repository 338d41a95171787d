// The file that marks a corpus as synthetic. It stands at the root of every stand-in. A corpus
// below it is never taken for the genuine one or checked against its counts.
import Files
import Foundation

/// The contents of `SYNTHETIC.json`.
package struct SyntheticMarker: Codable, Hashable, Sendable {
  package static let fileName = "SYNTHETIC.json"

  /// A note for a person who opens the file.
  package let notice: String
  /// The corpus's id.
  package let corpus: String
  /// The synthesiser and its version. The same program and seed give the same bytes.
  package let program: String
  package let seed: UInt64
  package let counts: [ExpectedCount]
  /// Every id in byte order.
  package let ids: [String]

  /// Describes a synthetic corpus that consists of `utterances`.
  package init(
    corpus: CorpusDefinition, program: String, seed: UInt64, utterances: [Utterance]
  ) {
    notice =
      "SYNTHETIC: computed signals in the layout of \(corpus.title), not recordings of anybody. "
      + "Nothing measured on them may be compared with results on \(corpus.title)."
    self.corpus = corpus.id
    self.program = program
    self.seed = seed
    ids = utterances.map(\.id).sorted(by: precedes)
    func count(_ scope: CountScope) -> ExpectedCount {
      ExpectedCount(scope, utterances.reduce(0) { $0 + (scope.contains($1, of: corpus) ? 1 : 0) })
    }
    let folds = corpus.usualFolds.folds.indices.map { $0 + 1 }
    counts =
      [count(CountScope())] + corpus.classes.map { count(CountScope(label: $0)) }
      + folds.map { count(CountScope(folds: [$0])) }
      + folds.flatMap { fold in
        corpus.classes.map { count(CountScope(label: $0, folds: [fold])) }
      }
      + Set(utterances.map(\.speaker)).sorted(by: precedes)
      .map { count(CountScope(speaker: $0)) }
  }

  /// Reads a marker.
  ///
  /// - Throws: `CorpusError.malformedMarker` if the file is not a marker, `FileError` if it cannot
  ///   be read.
  package init(path: String) throws {
    let data = try Data(readingFile: path)
    do {
      self = try decodeJSON(SyntheticMarker.self, from: data)
    } catch {
      throw CorpusError.malformedMarker(path: path, reason: "is not a marker this program wrote")
    }
  }

  /// The expected contents of the synthetic corpus.
  var expected: ExpectedCorpus { ExpectedCorpus(source: .marker, counts: counts, ids: ids) }
}
