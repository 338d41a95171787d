// Predicts what an experiment takes: passes through networks, hours and disk space. The counts
// follow from the experiment. The hours also need a short calibration on this machine.

/// An experiment's passes, hours and bytes.
package struct RunPlan: Codable, Sendable, Equatable {
  /// One variant on one corpus.
  package struct Row: Codable, Sendable, Equatable {
    package let corpus: String
    package let variant: String
    package let cells: Int
    /// Recordings whose frames a frozen backbone computes once; 0 if an earlier row does.
    package let cleanPasses: Int
    /// Expected number of mixtures whose frames it computes, since each is drawn with a
    /// probability. It is smaller if mixtures repeat, as with label-adaptive mixup.
    package let mixturePasses: Int
    /// Utterances through the trained part, forward and backward.
    package let trainedPasses: Int
    /// Utterances through the trained part for scoring.
    package let evaluatedPasses: Int
    /// Passes of the frozen backbone that the cache saves.
    package let sparedPasses: Int
    /// Bytes of recordings' frames, and of mixtures' frames if all were stored.
    package let frameBytes: Int
    package let mixtureBytes: Int
    /// Wall-clock time on all cores, and on the device if there is one.
    package let hours: Double
    /// Approximate memory of one cell in training, in bytes.
    package let memory: Int
    /// Bytes of the files of all its cells.
    package let resultBytes: Int
    /// Why hours, memory and bytes were not measured; nil if they were.
    package let note: String?
    /// Bytes that the frozen backbone holds on its device; nil without one.
    package let deviceMemory: Int?

    package init(
      corpus: String, variant: String, cells: Int, cleanPasses: Int, mixturePasses: Int,
      trainedPasses: Int, evaluatedPasses: Int, sparedPasses: Int, frameBytes: Int,
      mixtureBytes: Int, hours: Double, memory: Int, resultBytes: Int, note: String?,
      deviceMemory: Int? = nil
    ) {
      (self.corpus, self.variant, self.cells) = (corpus, variant, cells)
      (self.cleanPasses, self.mixturePasses) = (cleanPasses, mixturePasses)
      (self.trainedPasses, self.evaluatedPasses) = (trainedPasses, evaluatedPasses)
      (self.sparedPasses, self.frameBytes) = (sparedPasses, frameBytes)
      (self.mixtureBytes, self.hours, self.memory) = (mixtureBytes, hours, memory)
      (self.resultBytes, self.note) = (resultBytes, note)
      self.deviceMemory = deviceMemory
    }
  }

  package let rows: [Row]
  /// Bytes of recordings and their features, for all corpora.
  package let storeBytes: Int
  /// The number of cores behind the hours.
  package let cores: Int

  package init(rows: [Row], storeBytes: Int, cores: Int) {
    (self.rows, self.storeBytes, self.cores) = (rows, storeBytes, cores)
  }

  package var hours: Double { rows.reduce(0) { $0 + $1.hours } }
  /// The greatest memory of a device; nil if no row uses one.
  package var deviceMemory: Int? { rows.compactMap(\.deviceMemory).max() }
  package var resultBytes: Int { rows.reduce(0) { $0 + $1.resultBytes } }
  package var frameBytes: Int { rows.reduce(0) { $0 + $1.frameBytes } }
  package var mixtureBytes: Int { rows.reduce(0) { $0 + $1.mixtureBytes } }
}
