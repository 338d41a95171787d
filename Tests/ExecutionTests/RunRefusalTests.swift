// By hand: experiments that are rejected before anything is read.
import Execution
import Experiments
import Runs
import Settings
import Testing

@Suite struct `An experiment on inner validation speakers` {
  @Test func `may not choose its epoch by the speakers it scores`() throws {
    var experiment = ExperimentSettings(profile: .quick)
    experiment.protocolSettings.evaluateOn = .innerValidation
    _ = try ExperimentRun(experiment, folder: "unused", sound: nil)
    experiment.variants[1].settings.training.selection = .bestValidation
    #expect(throws: RunError.selectionOnScored(variant: "plain")) {
      try ExperimentRun(experiment, folder: "unused", sound: nil)
    }
    experiment.protocolSettings.evaluateOn = .test
    _ = try ExperimentRun(experiment, folder: "unused", sound: nil)
  }
}

@Suite struct `The settings of a network` {
  @Test func `keep to heads of at most 64 features and to bands enough for statistics`() throws {
    var settings = VariantSettings()
    try settings.validate()
    settings.model.width = 65 * settings.model.heads
    #expect(throws: SettingsError.self) { try settings.validate() }
    settings.model.width = 64 * settings.model.heads
    try settings.validate()
    settings.features.bands = 12
    #expect(throws: SettingsError.self) { try settings.validate() }
    settings.features.statistics = false
    try settings.validate()
  }
}
