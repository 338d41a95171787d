// The recorded results shown beside a run. They are gathered once, when the run ends, and stored
// with it.
import Evaluation
import Foundation
package import Runs

extension RunReferences {
  /// Gathers the printed figures and the measured results on a run's corpora from a folder of
  /// baselines.
  ///
  /// - Throws: the errors of reading the baselines.
  package init(
    for run: RecordedRun, _ results: [CorpusResult], in folder: String
  ) throws {
    self.init()
    guard FileManager.default.fileExists(atPath: folder) else { return }
    let names = Set(run.corpora.map(\.corpus))
    let all = try BaselineFile.load(folder: folder)
    baselines = all.filter { $0.kind == .published || names.contains($0.signature.corpus) }
    for result in results where !result.isSynthetic {
      let own = result.signature
      // The first baseline of the same protocol that keeps its predictions.
      for baseline in all {
        guard case .comparable = own.comparability(with: baseline.signature),
          let predictions = try baseline.predictions(in: folder)
        else { continue }
        speakers.append(
          Speakers(
            corpus: result.corpus.corpus, baseline: baseline.name,
            accuracies: predictions.speakerAccuracies().map {
              Share(name: $0.name, value: $0.value)
            }))
        break
      }
    }
  }

  /// Stores them with the run.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func record(in run: RecordedRun) throws {
    try run.inventory.write(self, to: Self.document)
  }
}
