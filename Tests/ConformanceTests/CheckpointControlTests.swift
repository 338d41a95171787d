// Negative controls for the fixture of pretrained networks: the results depend on the checkpoint's
// files and on the waveforms.
import Conformance
import Foundation
import Golden
import TestSupport
import Testing

private let source = packageRoot + "/golden/pretrained"

@Suite struct `The fixture of pretrained networks` {
  private let check: Check

  init() throws {
    check = try #require(allChecks.first { $0.fixture == "pretrained" })
  }

  /// The cases that compute hidden states, one for each checkpoint.
  private static let checkpoints = [
    "wavlm layer", "wavlm group", "hubert layer", "hubert group", "wav2vec2 layer",
    "wav2vec2 group",
  ]

  /// Returns the fixture in `folder` with only the case of this name.
  private func fixture(_ name: String, in folder: String) throws -> Fixture {
    var fixture = try Fixture(folder: folder)
    fixture.manifest.cases.removeAll { $0.name != name }
    try #require(fixture.manifest.cases.count == 1)
    return fixture
  }

  @Test func `has no other checkpoints`() throws {
    let manifest = try Fixture(folder: source).manifest
    #expect(
      manifest.cases.filter { $0.operation == "states" }.map(\.name) == Self.checkpoints)
  }

  /// Sets a hundred numbers in the middle of the greatest file to 0, without the protection of a
  /// hash.
  @Test(arguments: checkpoints) func `fails where some weights are others`(_ name: String) throws {
    try withTemporaryFolder { root in
      let folder = root + "/pretrained"
      try FileManager.default.copyItem(atPath: source, toPath: folder)
      let fixture = try fixture(name, in: folder)
      let sound = FixtureVerdict(check, fixture).arrays
      #expect(!sound.isEmpty && !sound.contains { !$0.passed })
      let files = fixture.manifest.files.map(\.name).filter {
        $0.hasPrefix(name.replacing(" ", with: "-") + "/") && !$0.hasSuffix(".json")
      }
      let sizes = try files.map { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)) }
      let greatest = try #require(zip(files, sizes).max { $0.1.count < $1.1.count })
      var data = greatest.1
      let middle = data.count / 2
      data.replaceSubrange(middle..<middle + 400, with: Data(count: 400))
      try data.write(to: URL(fileURLWithPath: folder + "/" + greatest.0))
      let found = FixtureVerdict(check, fixture).arrays
      #expect(found.isEmpty || found.contains { !$0.passed })
    }
  }

  @Test(arguments: checkpoints) func `fails where one sample is another`(_ name: String) throws {
    var fixture = try fixture(name, in: source)
    let array = try #require(fixture.arrays[name + "/samples"])
    guard case .single(var samples) = array.elements else {
      Issue.record("samples are \(array.elements.type)")
      return
    }
    samples[samples.count / 3] += 0.1
    fixture.arrays[name + "/samples"] = GoldenArray(shape: array.shape, .single(samples))
    let failed = FixtureVerdict(check, fixture).arrays.filter { !$0.passed }.map(\.name)
    #expect(!failed.isEmpty && !failed.contains(name + "/frames"), "\(failed)")
  }
}
