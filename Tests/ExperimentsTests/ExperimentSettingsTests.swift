// Property: an experiment survives writing and reading.
import Experiments
import Files
import Foundation
import Settings
import TestSupport
import Testing

@Suite struct `An experiment's settings` {
  @Test func `come back from JSON with everything changed`() throws {
    var experiment = ExperimentSettings(profile: .paper)
    experiment.name = "naïve_name with \"quotes\""
    experiment.corpora = [
      .init(name: "ravdess", path: "/data/RAVDESS 16k"), .init(name: "msp-improv", path: nil),
    ]
    (experiment.seeds, experiment.folds) = ([0, 7, Int.max], [6, 1])
    experiment.protocolSettings = try decodeJSON(
      ProtocolSettings.self,
      from: canonicalJSON(SettingsTree(of: ProtocolSettings()).changedEverywhere))
    let settings = try decodeJSON(
      VariantSettings.self,
      from: canonicalJSON(SettingsTree(of: VariantSettings()).changedEverywhere))
    experiment.variants = [
      .init(name: "snake_case_name", settings: settings),
      .init(name: "plain", settings: settings.plain),
    ]
    for pretty in [false, true] {
      let data = try canonicalJSON(experiment, pretty: pretty)
      let read = try decodeJSON(ExperimentSettings.self, from: data)
      #expect(read == experiment)
      #expect(try canonicalJSON(read, pretty: pretty) == data)
    }
    #expect(experiment != ExperimentSettings(profile: .paper))
    #expect(settings.loss != VariantSettings().loss && settings.plain != settings)
  }

  @Test(arguments: Profile.allCases)
  func `of each profile come back too`(profile: Profile) throws {
    let experiment = ExperimentSettings(profile: profile)
    #expect(
      try decodeJSON(ExperimentSettings.self, from: canonicalJSON(experiment)) == experiment)
  }
}
