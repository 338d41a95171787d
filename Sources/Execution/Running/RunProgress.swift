// How far a run is, computed from its events: numbers, and one line that fits a terminal.
import Evaluation
package import Foundation
import Runs

/// How far a run is.
package struct RunProgress: Sendable {
  package private(set) var cells = 0
  /// Cells that are finished or failed.
  package private(set) var settled = 0
  /// What is being done before the training: "RAVDESS: reading recordings 12 of 1440".
  package private(set) var stage: String?
  private var start: Date?
  private var epochs = 0
  private var epochsDone = 0
  /// Epochs that this process has trained, on which the time left is based.
  private var epochsTrained = 0
  private var latest: (title: String, epoch: Int, epochs: Int, loss: Double)?

  package init() {}

  /// Takes in an event that happened at `time`.
  package mutating func take(_ event: RunEvent, at time: Date) {
    switch event {
    case .hashing(let corpus, let done, let total):
      stage = "\(corpus): hashing sound, \(done) of \(total) clips"
    case .preparing(let corpus, let done, let total):
      stage = "\(corpus): reading recordings, \(done) of \(total)"
    case .auditing(let corpus): stage = "\(corpus): looking for leaks"
    case .started(let cells, let epochs, _):
      (start, stage) = (time, nil)
      (self.cells, self.epochs) = (cells, epochs)
    case .epoch(let cell, let record):
      (epochsDone, epochsTrained) = (epochsDone + 1, epochsTrained + 1)
      latest = (cell.title, record.epoch, cell.epochs, record.losses.total)
    case .finished(_, let epochs, _):
      epochsDone += epochs
      settled += 1
    case .failed: settled += 1
    case .limited, .waiting, .framesCached: break
    }
  }

  /// Seconds since the training began.
  package func elapsed(at time: Date) -> Double {
    start.map { max(0, time.timeIntervalSince($0)) } ?? 0
  }

  /// Seconds that the rest should take; nil before the first epoch.
  package func left(at time: Date) -> Double? {
    guard epochsTrained > 0 else { return nil }
    return elapsed(at: time) / Double(epochsTrained) * Double(max(0, epochs - epochsDone))
  }

  /// One line of at most `width` columns. What matters least is left out where it does not fit.
  package func line(width: Int, at time: Date) -> String {
    guard start != nil else { return shortened(stage ?? "", to: width) }
    var parts = ["\(settled) of \(cells) cells"]
    if let latest {
      parts.append("epoch \(latest.epoch) of \(latest.epochs)")
      parts.append("loss " + String(format: "%.3f", latest.loss))
    }
    parts.append(clock(elapsed(at: time)))
    if let left = left(at: time) { parts.append(clock(left) + " left") }
    var line = shortened(parts[0], to: width)
    for part in parts.dropFirst() where columns(line) + 2 + columns(part) <= width {
      line += "  " + part
    }
    // A title is cut before it is left out.
    if let title = latest?.title, columns(line) + 2 + min(columns(title), 12) <= width {
      line += "  " + shortened(title, to: width - columns(line) - 2)
    }
    return line
  }
}

/// Returns a time as a clock shows it: "0:07", "12:30", "3:05:00".
package func clock(_ seconds: Double) -> String {
  let whole = seconds.isFinite ? Int(min(max(0, seconds), 3_599_999).rounded()) : 3_599_999
  let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60)
  return h > 0 ? String(format: "%d:%02d:%02d", h, m, s) : String(format: "%d:%02d", m, s)
}

/// Returns the text, or its beginning and "…", in at most `width` columns.
package func shortened(_ text: String, to width: Int) -> String {
  guard columns(text) > width else { return text }
  var (result, used) = ("", 0)
  for character in text {
    let next = columns(String(character))
    guard used + next <= width - 1 else { break }
    result.append(character)
    used += next
  }
  return width > 0 ? result + "…" : ""
}

/// Returns how many columns of a terminal a text takes. East Asian characters and emoji take two.
package func columns(_ text: String) -> Int {
  text.reduce(0) { sum, character in
    guard let first = character.unicodeScalars.first else { return sum }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
    ]
    return sum + (wide.contains { $0.contains(first.value) } ? 2 : 1)
  }
}
