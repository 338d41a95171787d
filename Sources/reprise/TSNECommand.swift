// A map of any features: the t-SNE of the reports, for arrays from elsewhere.
import ArgumentParser
import Evaluation
import Files
import Foundation
import Projections
import Tensors

struct TSNECommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tsne", abstract: "Embed the rows of an .npy file in the plane by t-SNE.",
    discussion: """
      Starts from two principal components, so that there is no seed; the same features give the same map, \
      to the bit, with any number of threads. Up to \(TSNE.crossover) rows forces are exact, beyond that \
      interpolated on a grid.
      """)

  enum Method: String, ExpressibleByArgument, CaseIterable { case automatic, exact, interpolated }

  @Argument(help: ArgumentHelp("Features, [N, D], float32.", valueName: "features.npy"))
  var features: String
  @Option(help: "Where the map is written, as CSV; nowhere by default.")
  var out: String?
  @Option(help: "The effective number of neighbours.")
  var perplexity = 30.0
  @Option(help: "Steps.")
  var iterations = 1000
  @Option(help: "automatic, exact or interpolated.")
  var method: Method = .automatic
  @Option(help: "Threads; all cores by default. The map does not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1e6).contains(perplexity) else {
      throw ValidationError("--perplexity \(perplexity): expected 1 to 1000000")
    }
    guard (0...1_000_000).contains(iterations) else {
      throw ValidationError("--iterations \(iterations): expected 0 to 1000000")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
  }

  func run() throws {
    let rows = try Tensor(npy: Data(readingFile: features))
    guard rows.shape.count == 2, rows.rows >= 4, rows.columns >= 1,
      rows.array.allSatisfy(\.isFinite)
    else {
      throw FileError.damaged(
        path: features,
        problem: "holds no finite [N, D] array with N ≥ 4; its shape is \(rows.shape)",
        remedy: "write one with numpy.save(path, x.astype(\"float32\"))")
    }
    var tsne = TSNE()
    (tsne.perplexity, tsne.iterations) = (perplexity, iterations)
    switch method {
    case .automatic: tsne.method = .automatic
    case .exact: tsne.method = .exact
    case .interpolated: tsne.method = .interpolated
    }
    var map: TSNE.Embedding?
    let time = ContinuousClock().measure { map = tsne.embed(rows, workers: threads) }
    guard let map else { return }
    if let out {
      let table = CSVTable(header: ["x", "y"], rows: zip(map.x, map.y).map { ["\($0)", "\($1)"] })
      try Data(table.text.utf8).writeAtomically(to: out)
    }
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    try tell(
      "N \(rows.rows)  D \(rows.columns)  perplexity \(fixed(map.perplexity, digits: 1))  "
        + "KL \(fixed(map.divergence, digits: 4)) nats  \(fixed(seconds, digits: 2)) s")
  }
}
