// A plan as a table for a terminal.
import Foundation

extension RunPlan {
  /// A row for each variant on each corpus, and what all take together.
  package var text: String {
    let head = [
      "corpus", "variant", "cells", "recordings", "mixtures", "trained", "scored", "spared",
      "frames", "of mixtures", "hours",
    ]
    let lines =
      [head]
      + rows.map { row in
        [
          row.corpus, row.variant, "\(row.cells)", "\(row.cleanPasses)", "\(row.mixturePasses)",
          "\(row.trainedPasses)", "\(row.evaluatedPasses)", "\(row.sparedPasses)",
          size(row.frameBytes), size(row.mixtureBytes), String(format: "%.2f", row.hours),
        ]
      }
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let table = lines.map { line in
      line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    return
      (table + [
        "recordings, mixtures: passes of the frozen backbone, those that earlier rows share left "
          + "out; trained, scored: utterances through the trained part; spared: passes that the "
          + "cache makes needless",
        String(format: "all: %.2f hours on %d cores, ", hours, cores)
          + "\(size(frameBytes)) of recordings' frames, \(size(mixtureBytes)) of mixtures' (kept as "
          + "far as --mixture-cache allows), \(size(storeBytes)) of waveforms and log-mel features",
        "nothing was started",
      ]).joined(separator: "\n")
  }

  private func size(_ bytes: Int) -> String {
    bytes >= 1_000_000_000
      ? String(format: "%.1f GB", Double(bytes) / 1e9)
      : String(format: "%.1f MB", Double(bytes) / 1e6)
  }
}
