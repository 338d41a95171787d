// Every kind of file that a run stores, and what guards it: how a file that is not what was written
// is known.
import Files
import Foundation

/// What is known of a stored file.
enum FileVerdict: Equatable {
  case intact
  /// It is not what was written.
  case damaged(String)
  /// Nothing guards it: written by an earlier program, or by somebody else.
  case unguarded
  /// What a process that was killed, or is at work, has half written.
  case passing
}

/// How files of computed features and frames are looked at: they are made again by whoever trains,
/// and a reader of results does not know their form.
package struct CacheFormats: Sendable {
  /// What is wrong with a store of features; nil where nothing is.
  package var storeProblem: @Sendable (_ path: String) -> String?
  /// What is wrong with a file of a pretrained network's frames.
  package var framesProblem: @Sendable (_ path: String) -> String?

  package init(
    storeProblem: @escaping @Sendable (_ path: String) -> String?,
    framesProblem: @escaping @Sendable (_ path: String) -> String?
  ) {
    (self.storeProblem, self.framesProblem) = (storeProblem, framesProblem)
  }
}

/// A file below a run, by its path there.
struct StoredFile {
  let run: String
  let path: String
  let caches: CacheFormats

  var fullPath: String { run + "/" + path }
  private var parts: [Substring] { path.split(separator: "/") }
  private var name: String { String(parts.last ?? "") }

  /// Looks at the file. Finished cells are looked at as a whole, by `CellFolder`.
  func verdict() -> FileVerdict {
    if name.hasSuffix(".partial") || name == "heartbeat" { return .passing }
    switch parts.first {
    case "cache" where name.hasSuffix(".json"): return documentVerdict()
    case "cache":
      // An earlier program's store is made anew by the next start that needs it.
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

  /// Of lines that each have their checksum.
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
      case .broken: return .damaged("line \(index + 1) is not what was written")
      }
    }
    return isGuarded ? .intact : .unguarded
  }

  /// Of a cell that is not finished the state is what counts; the rest is written anew from it.
  private func queueVerdict() -> FileVerdict {
    switch name {
    case "state":
      guard let data = try? Data(readingFile: fullPath) else { return .passing }
      // An earlier program's began with JSON.
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
