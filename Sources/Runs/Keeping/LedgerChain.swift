// The chain of a ledger's lines. Each line holds its own number and the checksum of the line
// before. The inventory knows the last line. A missing line leaves a gap wherever it was.
import Files
import Foundation

/// The last line of a ledger file, stored in the inventory.
struct LedgerHead: Codable, Equatable, Sendable {
  /// Its number, from 1; 0 if no line is left.
  var number: Int
  /// Its checksum, 16 digits; empty if no line is left.
  var checksum: String
  /// The checksums of lines after a gap that an earlier `fsck` reported.
  var gaps: [String]?
  /// Number of missing lines that earlier checks reported.
  var lost: Int?
}

/// A ledger file, read line by line.
struct LedgerChain {
  struct Line: Equatable {
    let number: Int
    let checksum: String
    /// The checksum of the previous line; empty for the first.
    let previous: String
  }

  /// More lines than any run has. A greater number is not valid.
  private static let mostLines = 1_000_000_000

  private struct Link: Decodable {
    let checksum: String?
    let number: Int?
    let previous: String?
  }

  /// The intact lines with a place in the chain.
  private(set) var lines: [Line] = []
  /// Whether a line has no place in the chain, because an earlier version wrote it.
  private(set) var hasUnchained = false

  /// Reads the bytes of a ledger file and skips damaged lines.
  init(_ data: Data) {
    for line in data.split(separator: 0x0a) {
      let line = Data(line)
      guard line.lineSealState != .broken, let link = try? decodeJSON(Link.self, from: line) else {
        continue
      }
      if let number = link.number, let previous = link.previous, let checksum = link.checksum,
        (1...Self.mostLines).contains(number)
      {
        lines.append(Line(number: number, checksum: checksum, previous: previous))
      } else {
        hasUnchained = true
      }
    }
  }

  /// The last line, for the inventory.
  var head: LedgerHead {
    LedgerHead(number: lines.last?.number ?? 0, checksum: lines.last?.checksum ?? "")
  }

  /// The checksums of lines whose predecessor is missing.
  var gaps: [String] {
    zip([nil] + lines.map(Optional.some), lines).compactMap { before, line in
      line.previous == (before?.checksum ?? "") ? nil : line.checksum
    }
  }

  /// What is missing from the file, in words; empty if nothing is, or if it was reported before.
  ///
  /// - Parameter known: the inventory's entry; nil if it has none.
  func losses(_ known: LedgerHead?) -> [String] {
    let told = Set(known?.gaps ?? [])
    var losses: [String] = []
    var before: Line?
    for line in lines {
      if line.previous != (before?.checksum ?? ""), !told.contains(line.checksum) {
        losses.append(Self.words(from: (before?.number ?? 0) + 1, to: line.number - 1))
      }
      before = line
    }
    if let known, (lines.last?.number ?? 0) < known.number {
      losses.append(Self.words(from: (lines.last?.number ?? 0) + 1, to: known.number))
    } else if let known, losses.isEmpty,
      let line = lines.first(where: { $0.number == known.number }), line.checksum != known.checksum
    {
      losses.append("line \(known.number) is another one than was written")
    }
    return losses
  }

  /// The number of missing lines.
  func lost(_ known: LedgerHead?) -> Int {
    let last = max(lines.last?.number ?? 0, known?.number ?? 0)
    return max(0, last - lines.count)
  }

  private static func words(from first: Int, to last: Int) -> String {
    if first == last { return "line \(first) is gone" }
    return first < last ? "lines \(first) to \(last) are gone" : "its lines are in another order"
  }
}
