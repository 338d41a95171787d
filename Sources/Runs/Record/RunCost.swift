// The cost of a run: seconds, passes through the network, memory.
import Files
import Foundation

/// Measurements of one process that worked on a run, in a separate file below `costs`, or of all of
/// them together.
package struct RunCost: Codable, Equatable, Sendable {
  /// The peak memory of one process, in bytes.
  package var peakMemory: Int
  /// How the cache of backbone frames served.
  package var savings: FrameSavings?

  package init(peakMemory: Int, savings: FrameSavings? = nil) {
    (self.peakMemory, self.savings) = (peakMemory, savings)
  }

  /// Reads a stored cost.
  ///
  /// - Throws: `DecodingError` if a number of bytes or recordings is impossible.
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

  /// Reads the cost of all processes of a run together; nil if none is known.
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
