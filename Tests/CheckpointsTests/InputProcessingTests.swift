// By hand: the files that specify the preprocessing of a waveform, and contradictions between them.
import Checkpoints
import Foundation
import Testing

/// The file that transformers has written since 5.3 instead of `preprocessor_config.json`.
private func processor(_ extractor: String, key: String = "feature_extractor") -> String {
  "{\"\(key)\": \(extractor), \"processor_class\": \"Wav2Vec2Processor\"}"
}

private let whole = """
  {"do_normalize": true, "feature_extractor_type": "Wav2Vec2FeatureExtractor", "feature_size": 1,
   "padding_side": "right", "padding_value": 0.0, "return_attention_mask": true,
   "sampling_rate": 16000}
  """

/// Calls `body` with a tiny checkpoint that has only these files about its extractor.
private func withExtractor<Result>(
  older: String?, newer: String?, _ body: (String) throws -> Result
) throws -> Result {
  try withTinyCheckpoint { folder in
    let files = [("preprocessor_config.json", older), ("processor_config.json", newer)]
    for (name, text) in files {
      let path = folder + "/" + name
      try? FileManager.default.removeItem(atPath: path)
      if let text { try Data(text.utf8).write(to: URL(filePath: path)) }
    }
    return try body(folder)
  }
}

@Suite struct `What is done to a waveform` {
  @Test(arguments: [true, false], ["feature_extractor", "audio_processor"])
  func `stands in processor_config.json as in preprocessor_config.json`(
    normalizes: Bool, key: String
  ) throws {
    let text = "{\"do_normalize\": \(normalizes), \"sampling_rate\": 16000}"
    let old = try withExtractor(older: text, newer: nil) { try Checkpoint(folder: $0) }
    let new = try withExtractor(older: nil, newer: processor(text, key: key)) {
      try Checkpoint(folder: $0)
    }
    let both = try withExtractor(older: text, newer: processor(text, key: key)) {
      try Checkpoint(folder: $0)
    }
    #expect(old.input.source == .files(["preprocessor_config.json"]))
    #expect(new.input.source == .files(["processor_config.json"]))
    #expect(
      both.input.source == .files(["preprocessor_config.json", "processor_config.json"]))
    for checkpoint in [old, new, both] {
      #expect(checkpoint.normalizesInput == normalizes)
      #expect(try checkpoint.warnings() == [])
    }
  }

  @Test func `is part of the fingerprint, whichever file says it`() throws {
    func fingerprint(_ older: String?, _ newer: String?) throws -> String {
      try withExtractor(older: older, newer: newer) { try Checkpoint(folder: $0).fingerprint }
    }
    let quiet = "{\"do_normalize\": false}"
    let wanted = try fingerprint(whole, nil)
    #expect(try fingerprint(nil, processor(whole)) == wanted)
    #expect(try fingerprint(quiet, nil) == fingerprint(nil, processor(quiet)))
    #expect(try fingerprint(quiet, nil) != wanted)
  }

  @Test func `is guessed from config.json where no file says it, and that is said`() throws {
    for (norm, normalizes) in [("layer", true), ("group", false)] {
      // A processor's file with nothing but a class name does not describe the extractor.
      for newer in [nil, "{\"processor_class\": \"Wav2Vec2Processor\"}"] {
        try withExtractor(older: nil, newer: newer) { folder in
          if norm == "group" {
            try configure(folder) { $0["feat_extract_norm"] = "group" }
            try change(folder) { tensors in
              for layer in 1..<7 {
                for part in ["weight", "bias"] {
                  tensors["feature_extractor.conv_layers.\(layer).layer_norm.\(part)"] = nil
                }
              }
            }
          }
          let checkpoint = try Checkpoint(folder: folder)
          #expect(checkpoint.normalizesInput == normalizes)
          let inspection = try CheckpointInspection(checkpoint)
          #expect(
            inspection.normalizesInputSource
              == "guessed from feat_extract_norm \(norm) of config.json")
          #expect(inspection.warnings.count == 1)
          #expect(inspection.text.contains("\nwarning: no file says whether recordings are"))
          #expect(!inspection.text.contains("no problems found"))
        }
      }
    }
  }

  @Test(arguments: [
    ("{\"do_normalize\": false}", whole, "do_normalize: preprocessor_config.json says false"),
    ("{}", "{\"do_normalize\": false}", "preprocessor_config.json says true by default"),
    (whole, "{\"sampling_rate\": 8000}", "sampling_rate: preprocessor_config.json says 16000"),
    (whole, "{\"feature_size\": 80}", "feature_size: preprocessor_config.json says 1, "),
  ])
  func `may not be told in two ways`(older: String, newer: String, message: String) throws {
    try withExtractor(older: older, newer: processor(newer)) { folder in
      #expect(refusal(folder).hasPrefix("F: "))
      #expect(refusal(folder).contains(message), "\(refusal(folder))")
      #expect(refusal(folder).contains(", processor_config.json says "))
    }
  }

  @Test(arguments: [
    ("{\"sampling_rate\": 8000}", "feature_extractor.sampling_rate: expected 16000"),
    ("{\"sampling_rate\": \"16k\"}", "feature_extractor.sampling_rate: expected a whole number"),
    ("{\"sampling_rate\": 1e300}", "feature_extractor.sampling_rate: expected a whole number"),
    ("{\"do_normalize\": 1}", "feature_extractor.do_normalize: expected true or false, found 1"),
    ("{\"do_normalize\": \"true\"}", "feature_extractor.do_normalize: expected true or false"),
    ("{\"feature_size\": 80}", "feature_extractor.feature_size: expected 1, a waveform"),
    ("{\"padding_value\": \"0\"}", "feature_extractor.padding_value: expected a number"),
    ("{\"return_attention_mask\": 0}", "feature_extractor.return_attention_mask: expected true"),
    (
      "{\"feature_extractor_type\": \"WhisperFeatureExtractor\"}",
      "feature_extractor.feature_extractor_type: expected Wav2Vec2FeatureExtractor"
    ),
    ("\"Wav2Vec2FeatureExtractor\"", "feature_extractor: expected an object with do_normalize"),
    ("[true]", "feature_extractor: expected an object with do_normalize"),
    ("7", "feature_extractor: expected an object with do_normalize"),
  ])
  func `is refused by its key where it is not as it must be`(
    extractor: String, message: String
  ) throws {
    try withExtractor(older: nil, newer: processor(extractor)) { folder in
      #expect(refusal(folder).hasPrefix("F/processor_config.json: " + message))
    }
    // Negative control: the file that transformers writes is accepted.
    #expect(try withExtractor(older: nil, newer: processor(whole)) { refusal($0) } == "opened")
  }

  @Test func `may stand beside the name of its class, or in a processor's file of the older name`()
    throws
  {
    let named = "{\"feature_extractor\": \"Wav2Vec2FeatureExtractor\", \"do_normalize\": false}"
    for (older, newer) in [
      (nil, named), (named, nil), (processor("{\"do_normalize\": false}"), nil),
    ] {
      let checkpoint = try withExtractor(older: older, newer: newer) {
        try Checkpoint(folder: $0)
      }
      #expect(!checkpoint.normalizesInput)
    }
    // The older file always describes an extractor. Missing keys have their defaults.
    let empty = try withExtractor(older: "{}", newer: nil) { try Checkpoint(folder: $0) }
    #expect(empty.normalizesInput && empty.input.warning == nil)
  }

  @Test(arguments: ["", "[]", "{\"feature_extractor\": {", "\u{0}"])
  func `is an error in a file that is no JSON object, and behind a link that leads nowhere`(
    text: String
  ) throws {
    try withExtractor(older: nil, newer: text) { folder in
      #expect(refusal(folder).hasPrefix("F/processor_config.json: expected a JSON object"))
      let path = folder + "/processor_config.json"
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: folder + "/gone")
      #expect(refusal(folder).hasPrefix("F/processor_config.json: cannot be read"))
    }
  }
}
