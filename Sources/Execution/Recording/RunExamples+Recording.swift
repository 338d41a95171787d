// Makes the examples of a run from its finished cells.
import Cells
import Examples
import Files
import Foundation
import Runs

extension ExperimentRun {
  /// Stores examples of the corpora that have none from these cells.
  ///
  /// - Parameter prepared: the input of the run's cells. It is opened again if nil or incomplete.
  func recordExamples(_ prepared: PreparedCorpora?, watch: @escaping @Sendable (RunEvent) -> Void)
    throws
  {
    try makeFolder(folder + "/examples")
    let record = try record()
    for corpus in corpora where (try? record.examples(of: corpus)) == nil {
      let named = record.exampleCells(of: corpus.corpus)
      guard named.weighing != nil || named.mixing != nil else { continue }
      let weighing = named.weighing.map { CellFolder(run: folder, cell: $0) }
      let mixing = named.mixing.map { CellFolder(run: folder, cell: $0) }
      // A failed cell may be finished by a later start, so nothing is stored until then.
      if let weighing, !weighing.isDone { continue }
      let cells = [weighing, mixing].compactMap(\.self).map(\.cell)
      let source =
        try prepared.flatMap { $0.serves(cells) ? $0 : nil }
        ?? preparedCorpora(
          for: cells, threads: ProcessInfo.processInfo.activeProcessorCount, watch: watch)
      let examples = RunExamples(
        attentionCell: weighing?.cell.hash, mixtureCell: mixing?.cell.hash,
        attention: try weighing?.attention(corpus, source),
        mixture: try mixing?.mixtureExample(corpus, source))
      try inventory.write(
        examples, pretty: false, to: RunExamples.document(corpus.corpus))
    }
  }
}
