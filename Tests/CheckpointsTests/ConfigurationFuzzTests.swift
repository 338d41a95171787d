// Property: with any JSON files, a folder gives an error of one line, or its weights are looked
// for. REPRISE_FUZZ sets the number of changes.
import Checkpoints
import Files
import Foundation
import Randomness
import Testing

@Suite struct `Any JSON at all` {
  @Test(
    .timeLimit(.minutes(30)),
    arguments: ["config.json", "preprocessor_config.json", "model.safetensors.index.json"])
  func `is read or refused`(name: String) throws {
    let refusals = try withTinyCheckpoint { try kinds(of: name, in: $0) }
    // Without many kinds of errors, the changes would not go deep enough.
    #expect(refusals.count > 3, "\(refusals.sorted())")
  }

  /// Mutates a file many times and returns the beginnings of the error messages.
  private func kinds(of name: String, in folder: String) throws -> Set<String> {
    try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
    let place = URL(filePath: folder + "/" + name)
    let seed = name.contains("index") ? Self.index : Array(try Data(contentsOf: place))
    var random = RandomStream(seed: 1).split(name)
    var kinds: Set<String> = []
    for round in 0..<fuzzCount / 20 {
      var bytes = seed
      if round > 0 { mutate(&bytes, seeds: [seed], &random) }
      try Data(bytes).write(to: place)
      let message = refusal(folder)
      if message.contains("\n") || message == "opened" || message.utf8.count > 6000 {
        Issue.record("\(message.prefix(300)) of \(String(decoding: bytes, as: UTF8.self))")
      }
      kinds.insert(String(message.prefix(40)))
    }
    return kinds
  }

  private static let index = Array(
    #"{"metadata":{"total_size":8},"weight_map":{"a":"x.bin","b":"y.safetensors","c":"x.bin"}}"#
      .utf8)
}
