// Property: the record of a run, which anybody may have edited, is read completely or rejected with
// a message.
import Experiments
import Files
import Runs
import Settings
import TestSupport
import Testing

@Suite struct `The record of a run` {
  @Test func `is held to the rules of experiment files when the run is opened`() throws {
    try withTemporaryFolder { folder in
      func open(_ change: (inout ExperimentSettings) -> Void) throws {
        var experiment = ExperimentSettings(profile: .quick)
        change(&experiment)
        try writeSealedJSON(experiment, to: folder + "/experiment.json")
        _ = try RecordedRun(readingFolder: folder)
      }
      try open { _ in }
      let wrong: [(String, (inout ExperimentSettings) -> Void)] = [
        ("features.floor: expected", { $0.variants[1].settings.features.floor = 1e-31 }),
        ("features.pitch_window", { $0.variants[0].settings.features.pitchWindow = 5 }),
        ("model.heads: expected", { $0.variants[0].settings.model.heads = 0 }),
        ("training.batch_size", { $0.variants[0].settings.training.batchSize = .min }),
        ("protocol.selection_seeds", { $0.protocolSettings.selectionSeeds = -1 }),
        ("seeds: expected whole numbers", { $0.seeds = [-1] }),
        ("seeds: expected at least one", { $0.seeds = [] }),
        ("folds: expected", { $0.folds = [.min] }),
        ("variants: expected at least one", { $0.variants = [] }),
        ("variant plain occurs twice", { $0.variants[0].name = "plain" }),
        (
          "corpus savee occurs twice",
          { $0.corpora = [.init(name: "savee", path: "/a"), .init(name: "savee", path: "/b")] }
        ),
        ("expected a name of letters", { $0.variants[0].name = "../../victim" }),
      ]
      for (complaint, change) in wrong {
        let error = #expect(throws: ExperimentFileError.self) { try open(change) }
        #expect(error?.description.contains(complaint) == true, "\(String(describing: error))")
      }
    }
  }
}
