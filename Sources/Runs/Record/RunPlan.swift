// What an experiment will take, before any of it starts: passes through networks, hours, disk. The
// counts follow from the experiment; the hours also from a short calibration on this machine.

/// An experiment's passes, hours and bytes.
package struct RunPlan: Codable, Sendable, Equatable {
  /// One variant on one corpus.
  package struct Row: Codable, Sendable, Equatable {
    package let corpus: String
    package let variant: String
    package let cells: Int
    /// Recordings whose frames a frozen backbone computes once; 0 where an earlier row does.
    package let cleanPasses: Int
    /// Mixtures whose frames it computes: expected, as each is drawn with a probability; fewer
    /// where the same mixture is drawn again, as label-adaptive mixup may.
    package let mixturePasses: Int
    /// Utterances that go through the trained part, forward and backward.
    package let trainedPasses: Int
    /// Utterances that go through it to be scored.
    package let evaluatedPasses: Int
    /// Passes of the frozen backbone that the cache spares.
    package let sparedPasses: Int
    /// Bytes of recordings' frames, and of mixtures' if all were kept.
    package let frameBytes: Int
    package let mixtureBytes: Int
    /// Wall-clock time on all cores.
    package let hours: Double
    /// Bytes of memory that one cell in training takes, about.
    package let memory: Int
    /// Bytes of the files of all its cells.
    package let resultBytes: Int
    /// Why hours, memory and bytes were not measured; nil where they were.
    package let note: String?

    package init(
      corpus: String, variant: String, cells: Int, cleanPasses: Int, mixturePasses: Int,
      trainedPasses: Int, evaluatedPasses: Int, sparedPasses: Int, frameBytes: Int,
      mixtureBytes: Int, hours: Double, memory: Int, resultBytes: Int, note: String?
    ) {
      (self.corpus, self.variant, self.cells) = (corpus, variant, cells)
      (self.cleanPasses, self.mixturePasses) = (cleanPasses, mixturePasses)
      (self.trainedPasses, self.evaluatedPasses) = (trainedPasses, evaluatedPasses)
      (self.sparedPasses, self.frameBytes) = (sparedPasses, frameBytes)
      (self.mixtureBytes, self.hours, self.memory) = (mixtureBytes, hours, memory)
      (self.resultBytes, self.note) = (resultBytes, note)
    }
  }

  package let rows: [Row]
  /// Bytes of recordings and their features, for all corpora.
  package let storeBytes: Int
  /// Cores that the hours count on.
  package let cores: Int

  package init(rows: [Row], storeBytes: Int, cores: Int) {
    (self.rows, self.storeBytes, self.cores) = (rows, storeBytes, cores)
  }

  package var hours: Double { rows.reduce(0) { $0 + $1.hours } }
  package var resultBytes: Int { rows.reduce(0) { $0 + $1.resultBytes } }
  package var frameBytes: Int { rows.reduce(0) { $0 + $1.frameBytes } }
  package var mixtureBytes: Int { rows.reduce(0) { $0 + $1.mixtureBytes } }
}
