// How a run shows its progress: a line that is redrawn on a terminal, lines with times in a log,
// JSON events for other programs. The first two go to standard error.
import Evaluation
import Execution
import Files
import Foundation
import Runs
import Synchronization

/// Shows what happens during a run. Any thread may tell it.
final class Progress: Sendable {
  private enum Form { case line, log, events }

  private let form: Form
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let state = Mutex(State())

  private struct State {
    var progress = RunProgress()
    var begin = Date()
    var lastShown = Date.distantPast
    var isOver = false
    /// Why events could not be written.
    var problem: (any Error)?
  }

  /// - Parameter events: whether events go to standard output instead.
  init(_ options: ProgressOptions, events: Bool = false) {
    form = events ? .events : isTerminal(STDERR_FILENO) ? .line : .log
    (isQuiet, isVerbose) = (options.quiet, options.verbose)
    guard form == .line, !isQuiet else { return }
    // The clock goes on during a long epoch.
    Thread.detachNewThread { [weak self] in
      repeat { Thread.sleep(forTimeInterval: 1) } while self?.tick() == true
    }
  }

  /// Takes in what happened. Failures are shown even when quiet.
  func watch(_ event: RunEvent) {
    state.withLock { state in
      let now = Date()
      state.progress.take(event, at: now)
      // The message says what the first line would.
      if case .started = event { state.lastShown = now }
      if form == .events { return write(TimedEvent(event, at: now), event.isFailure, &state) }
      if let message = message(for: event, state.progress) {
        if event.isFailure || !isQuiet { say(message, event.isFailure, now) }
        // The message took the line's place; the line comes back at once.
        if form == .line { state.lastShown = .distantPast }
      }
      if !isQuiet { show(now, isWhole: event.endsStage, &state) }
    }
  }

  /// Tells of a stage of the work that has no event, such as the report.
  func say(_ text: String) {
    state.withLock { state in
      let now = Date()
      if form == .events {
        write(MessageEvent(text: text, time: now), false, &state)
      } else if !isQuiet {
        say(text, false, now)
      }
    }
  }

  /// Writes an event of the command itself to standard output, even when quiet.
  ///
  /// - Throws: why this or an earlier event could not be written.
  func tellEvent(_ event: some Encodable) throws {
    try state.withLock { state in
      if let problem = state.problem { throw problem }
      try tell(String(decoding: canonicalJSON(event), as: UTF8.self))
    }
  }

  /// Removes the line; nothing is shown any more.
  ///
  /// - Throws: why an event could not be written.
  func finish() throws {
    try state.withLock {
      $0.isOver = true
      StatusLine.clear()
      if let problem = $0.problem { throw problem }
    }
  }

  /// What a person should read of an event; nil for what the line of progress shows.
  private func message(for event: RunEvent, _ progress: RunProgress) -> String? {
    switch event {
    case .hashing, .preparing, .auditing: nil
    case .started(let cells, let epochs, let finished):
      "\(cells) cells, \(epochs) epochs"
        + (finished > 0 ? "; \(finished) of \(cells) cells already finished" : "")
    case .epoch(let cell, let record):
      isVerbose
        ? "\(cell.title): epoch \(record.epoch) of \(cell.epochs), loss "
          + String(format: "%.3f", record.losses.total)
          + String(format: ", %.1f s", record.seconds) : nil
    case .finished(let cell, _, let isReused):
      isReused && !isVerbose
        ? nil
        : "\(cell.title): \(isReused ? "already finished" : "finished") "
          + "(\(progress.settled) of \(progress.cells))"
    case .failed(let cell, let reason): "\(cell.title): FAILED: \(reason)"
    case .limited(let jobs, let asked, let reason):
      "training \(jobs) cells at the same time instead of \(asked): \(reason)"
    case .waiting(let others):
      "waiting for cells of other processes: \(others.joined(separator: "; "))"
    case .framesCached(let savings): "frames of the backbone: \(savings)"
    }
  }

  private func say(_ text: String, _ isFailure: Bool, _ now: Date) {
    let text = text.onOneLine
    let shown = isFailure ? inRed(text, on: STDERR_FILENO) : text
    StatusLine.write((form == .log ? stamp(now) + "  " : "") + shown + "\n")
  }

  /// Redraws the line at most ten times a second. A log gets a line every ten seconds at first, and
  /// every ten minutes after some hours.
  private func show(_ now: Date, isWhole: Bool, _ state: inout State) {
    guard !state.isOver else { return }
    let pause =
      form == .line ? 0.1 : max(10, min(600, now.timeIntervalSince(state.begin) / 20))
    guard isWhole || now.timeIntervalSince(state.lastShown) >= pause else { return }
    if form == .line {
      // A line as wide as the terminal would wrap.
      let line = state.progress.line(width: terminalWidth(of: STDERR_FILENO) - 1, at: now)
      if !line.isEmpty { StatusLine.show(line) }
    } else {
      let line = state.progress.line(width: 200, at: now)
      guard !line.isEmpty else { return }
      say(line, false, now)
    }
    state.lastShown = now
  }

  private func tick() -> Bool {
    state.withLock {
      show(Date(), isWhole: false, &$0)
      return !$0.isOver
    }
  }

  /// Writes an event to standard output. After one that cannot be written the run goes on without.
  private func write(_ event: some Encodable, _ isFailure: Bool, _ state: inout State) {
    guard state.problem == nil, isFailure || !isQuiet else { return }
    do {
      try tell(String(decoding: canonicalJSON(event), as: UTF8.self))
    } catch {
      state.problem = error
    }
  }
}

extension RunEvent {
  fileprivate var isFailure: Bool {
    if case .failed = self { true } else { false }
  }

  /// Whether the last step of a stage is done, which a log shows in any case.
  fileprivate var endsStage: Bool {
    if case .preparing(_, let done, let total) = self { done == total } else { false }
  }
}

/// The date and time of a line in a log, in the local time zone.
private func stamp(_ date: Date) -> String {
  var seconds = time_t(date.timeIntervalSince1970)
  var parts = tm()
  localtime_r(&seconds, &parts)
  return String(
    format: "%04d-%02d-%02d %02d:%02d:%02d", Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1,
    Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
}
