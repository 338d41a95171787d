// `reprise tsne`: the t-SNE of the reports for any array.
import ArgumentParser
import Evaluation
import Files
import Foundation
import Projections
import Tensors

struct TSNECommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tsne", abstract: "Map the rows of an .npy file to the plane with t-SNE.",
    discussion: help(
      """
      Reads any array of numbers that numpy.save writes. Starts from two principal components, so \
      it needs no seed. The same features give the same map, to the bit, with any number of \
      threads. Forces are exact up to \(TSNE.crossover) rows and interpolated on a grid beyond.
      """,
      examples: [
        "Write the map of your features as CSV.":
          "reprise tsne features.npy --out map.csv"
      ]))

  enum Method: String, ExpressibleByArgument, CaseIterable { case automatic, exact, interpolated }

  @Argument(help: ArgumentHelp("Features, [N, D].", valueName: "features.npy"))
  var features: String
  @Option(help: ArgumentHelp("Write the map to this file, as CSV.", valueName: "file"))
  var out: String?
  @Option(
    help: "The effective number of neighbours; 30 by default, at most a third of the other rows.")
  var perplexity: Double?
  @Option(help: "How many steps to take.")
  var iterations = 1000
  @Option(help: "How to compute the forces.")
  var method: Method = .automatic
  @Option(help: "How many threads to use; all cores by default. The map does not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...1e6).contains(perplexity ?? 30) else {
      throw ValidationError("--perplexity \(perplexity ?? 30): expected 1 to 1000000")
    }
    guard (0...1_000_000).contains(iterations) else {
      throw ValidationError("--iterations \(iterations): expected 0 to 1000000")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
  }

  func run() throws {
    let rows = try read()
    var tsne = TSNE()
    (tsne.perplexity, tsne.iterations) = (perplexity ?? tsne.perplexity, iterations)
    switch method {
    case .automatic: tsne.method = .automatic
    case .exact: tsne.method = .exact
    case .interpolated: tsne.method = .interpolated
    }
    var map: TSNE.Embedding?
    let time = ContinuousClock().measure { map = tsne.embed(rows, workers: threads) }
    guard let map else { return }
    if let perplexity, map.perplexity < perplexity {
      complain(
        "warning: \(features): perplexity \(perplexity) is too great for \(rows.rows) rows: "
          + "\(fixed(map.perplexity, digits: 1)) is used, a third of the other rows")
    }
    if let out {
      let table = CSVTable(header: ["x", "y"], rows: zip(map.x, map.y).map { ["\($0)", "\($1)"] })
      try Data(table.text.utf8).writeAtomically(to: out)
    }
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    try tell(
      "N \(rows.rows)  D \(rows.columns)  perplexity \(fixed(map.perplexity, digits: 1))  "
        + "KL \(fixed(map.divergence, digits: 4)) nats  \(fixed(seconds, digits: 2)) s")
  }

  /// The rows of the file.
  ///
  /// - Throws: `FileError` for a file that holds no rows of finite numbers, or too few.
  private func read() throws -> Tensor {
    let array: NumPyArray
    do {
      array = try NumPyArray(npy: Data(readingFile: features))
    } catch let error as NumPyArray.Problem {
      throw FileError.damaged(path: features, problem: error.problem, remedy: error.remedy)
    }
    let rows = array.tensor
    func problem(_ problem: String, _ remedy: String) -> FileError {
      .damaged(path: features, problem: problem, remedy: remedy)
    }
    guard rows.shape.count == 2 else {
      let extents = rows.shape.map(String.init).joined(separator: ", ")
      throw problem(
        "has the shape (\(extents)), expected rows of features, (N, D)",
        rows.shape.count == 1
          ? "one number in each row: x.reshape(-1, 1)" : "one row for each point: x.reshape(N, -1)")
    }
    guard rows.columns >= 1 else {
      throw problem("has \(rows.rows) empty rows", "give every row at least one feature")
    }
    guard rows.rows >= 4 else {
      throw problem("has \(rows.rows) rows", "t-SNE needs at least 4")
    }
    let flawed = (0..<rows.rows).filter { row in
      rows.withUnsafeBuffer { values in
        !values[row * rows.columns..<(row + 1) * rows.columns].allSatisfy(\.isFinite)
      }
    }
    if let first = flawed.first {
      throw problem(
        "has infinite or NaN values in \(flawed.count) of \(rows.rows) rows; the first is row "
          + "\(first), counted from 0", "leave these rows out or repair them")
    }
    if let loss = array.loss { complain("warning: \(features): \(loss)") }
    return rows
  }
}
