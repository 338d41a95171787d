// All kinds of files that a run stores, and how damage to each is detected.
import Files
import Foundation

/// The state of a stored file.
enum FileVerdict: Equatable {
  case intact
  /// It has changed.
  case damaged(String)
  /// It has no checksum: an earlier version or someone else wrote it.
  case unguarded
  /// It is half written, by a process that was killed or is at work.
  case passing
}

/// How to check files of stored features and frames. Training recreates them, and readers of
/// results do not know their format.
package struct CacheFormats: Sendable {
  /// What is wrong with a feature store; nil if nothing is.
  package var storeProblem: @Sendable (_ path: String) -> String?
  /// What is wrong with a file of a pretrained network's frames; nil if nothing is.
  package var framesProblem: @Sendable (_ path: String) -> String?

  package init(
    storeProblem: @escaping @Sendable (_ path: String) -> String?,
    framesProblem: @escaping @Sendable (_ path: String) -> String?
  ) {
    (self.storeProblem, self.framesProblem) = (storeProblem, framesProblem)
  }
}

/// A file below a run, with its path there.
struct StoredFile {
  let run: String
  let path: String
  let caches: CacheFormats

  var fullPath: String { run + "/" + path }
  private var parts: [Substring] { path.split(separator: "/") }
  private var name: String { String(parts.last ?? "") }

  /// Checks the file. `CellFolder` checks finished cells as a whole.
  func verdict() -> FileVerdict {
    if name.hasSuffix(".partial") || name == "heartbeat" { return .passing }
    switch parts.first {
    case "cache" where name.hasSuffix(".json"): return documentVerdict()
    case "cache":
      // The next start that needs it replaces an earlier version's store.
      return caches.storeProblem(fullPath).map {
        $0.contains("version 1, expected") ? .unguarded : .damaged($0)
      } ?? .intact
    case "frames": return framesVerdict()
    case "ledger", "ledger.jsonl": return linesVerdict()
    case "queue": return queueVerdict()
    case "quarantine": return .intact
    case "inventory": return documentVerdict()
    default: return name.hasSuffix(".json") ? documentVerdict() : .unguarded
    }
  }

  private func verdict(_ problem: String?) -> FileVerdict {
    problem.map(FileVerdict.damaged) ?? .intact
  }

  private func documentVerdict() -> FileVerdict {
    guard let data = try? Data(readingFile: fullPath) else { return .damaged("cannot be read") }
    return switch data.sealState {
    case .intact: .intact
    case .broken: .damaged("its checksum differs")
    case .unsealed:
      (try? JSONSerialization.jsonObject(with: data)) == nil ? .damaged("is not JSON") : .unguarded
    }
  }

  /// The state of a file in which each line has a checksum.
  private func linesVerdict() -> FileVerdict {
    guard let data = try? Data(readingFile: fullPath) else { return .damaged("cannot be read") }
    var isGuarded = true
    guard data.isEmpty || data.last == 0x0a else { return .damaged("its last line is cut off") }
    for (index, line) in data.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast()
      .enumerated()
    {
      switch Data(line).lineSealState {
      case .intact: break
      case .unsealed: isGuarded = false
      case .broken: return .damaged("line \(index + 1) has changed")
      }
    }
    return isGuarded ? .intact : .unguarded
  }

  /// For an unfinished cell only the saved state counts. Everything else is written again from it.
  private func queueVerdict() -> FileVerdict {
    switch name {
    case "state":
      guard let data = try? Data(readingFile: fullPath) else { return .passing }
      // Files of earlier versions begin with JSON.
      if data.first == UInt8(ascii: "{") { return .unguarded }
      return unsealedBytes(data) == nil ? .damaged("its checksum differs") : .intact
    case "failure.json": return documentVerdict()
    default: return .passing
    }
  }

  private func framesVerdict() -> FileVerdict {
    if name == "source.txt" {
      let text = (try? Data(readingFile: fullPath)).flatMap { String(data: $0, encoding: .utf8) }
      let source = text.map { String($0.dropLast()) } ?? ""
      return text?.last == "\n"
        && parts.dropLast().last.map { sha256(source).hasPrefix($0) } == true
        ? .intact : .damaged("is not the fingerprint that its folder is called after")
    }
    guard name.hasSuffix(".frames") else { return .unguarded }
    return verdict(caches.framesProblem(fullPath))
  }
}
