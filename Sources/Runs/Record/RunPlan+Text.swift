// A plan as a table for a terminal.
import Foundation

extension RunPlan {
  /// A row for each variant on each corpus, and the totals.
  package var text: String {
    let head = [
      "corpus", "variant", "cells", "recordings", "mixtures", "trained", "scored", "spared",
      "frames", "of mixtures", "memory", "results", "hours",
    ]
    let lines =
      [head]
      + rows.map { row in
        [
          row.corpus, row.variant, "\(row.cells)", "\(row.cleanPasses)", "\(row.mixturePasses)",
          "\(row.trainedPasses)", "\(row.evaluatedPasses)", "\(row.sparedPasses)",
          sizeText(row.frameBytes), sizeText(row.mixtureBytes),
          row.note == nil ? sizeText(row.memory) : "–", sizeText(row.resultBytes),
          row.note == nil ? String(format: "%.2f", row.hours) : "–",
        ]
      }
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let table = lines.map { line in
      line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let notes = rows.compactMap { row in row.note.map { "\(row.corpus) \(row.variant): \($0)" } }
    return
      (table + notes + [
        "recordings, mixtures: passes of the frozen backbone, those that earlier rows share left "
          + "out; trained, scored: utterances through the trained part; spared: passes that the "
          + "cache makes needless",
        String(format: "all: %.2f hours on %d cores, ", hours, cores)
          + "\(sizeText(frameBytes)) of recordings' frames, "
          + "\(sizeText(mixtureBytes)) of mixtures' (kept as far as --mixture-cache allows), "
          + "\(sizeText(storeBytes)) of waveforms and log-mel features, "
          + "\(sizeText(resultBytes)) of results; memory: of one cell in training, about"
          + (deviceMemory.map { "; on the device: \(sizeText($0))" } ?? ""),
        "nothing was started",
      ]).joined(separator: "\n")
  }
}

/// Bytes for people: `1.5 GB`, `20.3 MB`.
package func sizeText(_ bytes: Int) -> String {
  bytes >= 1_000_000_000
    ? String(format: "%.1f GB", Double(bytes) / 1e9)
    : String(format: "%.1f MB", Double(bytes) / 1e6)
}
