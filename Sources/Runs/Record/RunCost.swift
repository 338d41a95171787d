// What a run cost: seconds, passes through the network, memory.
import Files
import Foundation

/// What is measured of a whole process that worked on a run, in a file of its own below `costs`; of
/// all of them, together.
package struct RunCost: Codable, Equatable, Sendable {
  /// The most memory that one process held, bytes.
  package var peakMemory: Int
  /// What the caches of pretrained backbones' frames did.
  package var savings: FrameSavings?

  package init(peakMemory: Int, savings: FrameSavings? = nil) {
    (self.peakMemory, self.savings) = (peakMemory, savings)
  }

  /// Reads a stored cost.
  ///
  /// - Throws: `DecodingError` where a number is no number of bytes or recordings that a machine
  ///   has.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    peakMemory = try container.decode(Int.self, forKey: .peakMemory)
    savings = try container.decodeIfPresent(FrameSavings.self, forKey: .savings)
    guard (0...(1 << 50)).contains(peakMemory), savings?.isPossible ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .peakMemory, in: container,
        debugDescription: "expected numbers of at least 0 and at most 2^50, found others")
    }
  }

  private enum CodingKeys: String, CodingKey { case peakMemory, savings }

  /// Reads what all processes of a run took together; nil where none is known.
  ///
  /// - Throws: `FileError.damaged`.
  package init?(ofRun folder: String) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/costs")) ?? []
    let files =
      names.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/costs/\($0)" }
      + [folder + "/cost.json"].filter { FileManager.default.fileExists(atPath: $0) }
    let costs = try files.map { try readJSON(RunCost.self, from: $0, remedy: "remove it") }
    guard let most = costs.map(\.peakMemory).max() else { return nil }
    let savings = costs.compactMap(\.savings)
    self.init(
      peakMemory: most,
      savings: savings.isEmpty ? nil : savings.reduce(FrameSavings(), +))
  }
}
