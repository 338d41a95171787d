// Stored experiments: keys that an earlier version lacked, and keys of a newer version.
import Experiments
import Files
import Foundation
import Settings
import TestSupport
import Testing

/// An experiment in which no optional key has its default value.
private var experiment: ExperimentSettings {
  var experiment = ExperimentSettings(profile: .paper)
  experiment.name = "stored"
  experiment.corpora = [.init(name: "ravdess", path: "/data/ravdess")]
  (experiment.backbone, experiment.allowedLeaks) = ("/data/wavlm", ["speaker"])
  (experiment.seeds, experiment.folds) = ([7], [2])
  experiment.frames = [.init(name: "ravdess", path: "/data/frames")]
  return experiment
}

/// The JSON of the experiment, changed.
private func stored(_ change: (inout [String: Any]) -> Void) throws -> Data {
  let data = try canonicalJSON(experiment)
  var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  change(&object)
  return try JSONSerialization.data(withJSONObject: object)
}

@Suite struct `A stored experiment` {
  @Test(arguments: ["corpora", "backbone", "frames", "allowed_leaks", "seeds", "folds"])
  func `without a list or a path has that of an experiment that names none`(key: String) throws {
    let data = try stored { $0[key] = nil }
    let read = try decodeJSON(ExperimentSettings.self, from: data)
    let (whole, none) = (experiment, ExperimentSettings(profile: .paper))
    #expect(read != whole)
    #expect(read.corpora == (key == "corpora" ? none : whole).corpora)
    #expect(read.backbone == (key == "backbone" ? none : whole).backbone)
    #expect(read.frames == (key == "frames" ? none : whole).frames)
    #expect(read.allowedLeaks == (key == "allowed_leaks" ? none : whole).allowedLeaks)
    #expect(read.seeds == (key == "seeds" ? none : whole).seeds)
    #expect(read.folds == (key == "folds" ? none : whole).folds)
    #expect(read.variants == whole.variants && read.name == whole.name)
  }

  @Test(arguments: ["name", "profile", "protocol_settings", "variants"])
  func `without what it is made of is refused`(key: String) throws {
    let data = try stored { $0[key] = nil }
    #expect(throws: DecodingError.self) { try decodeJSON(ExperimentSettings.self, from: data) }
  }

  @Test(arguments: ["", "variants", "corpora", "protocol_settings"])
  func `with a key of a newer version is refused by its name, and says what to do`(
    place: String
  ) throws {
    let data = try stored { object in
      if place.isEmpty {
        object["invented"] = 1
      } else if var parts = object[place] as? [[String: Any]] {
        parts[0]["invented"] = 1
        object[place] = parts
      } else if var part = object[place] as? [String: Any] {
        part["invented"] = 1
        object[place] = part
      }
    }
    try withTemporaryFolder { folder in
      let path = folder + "/experiment.json"
      try data.sealed.writeAtomically(to: path)
      let error = #expect(throws: FileError.self) {
        try readJSON(ExperimentSettings.self, from: path, remedy: "start again")
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("has the key invented, which this version does not know"))
      #expect(text.contains("read it with the version that wrote it"))
      #expect(!text.contains("start again"))
      try canonicalJSON(experiment).sealed.writeAtomically(to: path)
      #expect(
        try readJSON(ExperimentSettings.self, from: path, remedy: "start again") == experiment)
    }
  }
}
