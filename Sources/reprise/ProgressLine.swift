// How a run tells a person how far it is: one line that is written over on a terminal, plain lines
// otherwise, nothing when quiet. Always on standard error; results go to standard output.
import Evaluation
import Execution
import Files
import Foundation
import Runs
import Synchronization

/// Shows the progress of a run.
final class ProgressLine: Sendable {
  private let isQuiet: Bool
  private let isTerminal: Bool
  private let state: Mutex<State>

  private struct State {
    var start = Date()
    var total = 0
    var done = 0
    var cells = 0
    var finishedCells = 0
    var trained = 0
    var lastShown = Date.distantPast
    var isLineOpen = false
  }

  init(quiet: Bool) {
    isQuiet = quiet
    isTerminal = isatty(2) == 1
    state = Mutex(State())
  }

  /// Takes in what happened, from any thread. A failure is told even by a quiet line.
  func watch(_ event: RunEvent) {
    if isQuiet {
      guard case .failed = event else { return }
    }
    state.withLock { state in
      switch event {
      case .hashing(let corpus, let done, let total):
        show("\(corpus): hashing the sound \(done)/\(total)", false, &state)
      case .preparing(let corpus, let done, let total):
        show("\(corpus): reading recordings \(done)/\(total)", done == total, &state)
      case .auditing(let corpus): show("\(corpus): looking for leaks", false, &state)
      case .started(let cells, let epochs):
        (state.start, state.cells, state.total) = (Date(), cells, epochs)
        say("\(cells) cells, \(epochs) epochs", &state)
      case .epoch(let cell, let epoch):
        state.done += 1
        state.trained += 1
        show(status(cell, epoch.losses.total, state), false, &state)
      case .finished(let cell, let epochs, let reused):
        state.done += epochs
        state.finishedCells += 1
        if !isTerminal || reused {
          let how = reused ? "already finished" : "finished"
          say("\(cell.title): \(how) (\(state.finishedCells)/\(state.cells))", &state)
        }
      case .failed(let cell, let reason):
        state.finishedCells += 1
        say("\(cell.title): FAILED: \(reason)", &state)
      case .limited(let jobs, let asked, let reason):
        say("\(jobs) cells side by side instead of \(asked): \(reason)", &state)
      case .waiting(let others):
        say("nothing left but what others are on: \(others.joined(separator: "; "))", &state)
      case .framesCached(let savings):
        say("frames of the backbone: \(savings)", &state)
      }
    }
  }

  /// Ends the line.
  func finish() {
    state.withLock { if $0.isLineOpen { write("\n") } }
  }

  /// Shows a passing stage, such as reports being drawn.
  func say(_ text: String) {
    guard !isQuiet else { return }
    state.withLock { say(text, &$0) }
  }

  private func status(_ cell: Cell, _ loss: Double, _ state: State) -> String {
    let elapsed = max(1e-3, Date().timeIntervalSince(state.start))
    let rate = Double(state.trained) / elapsed
    let left = Double(state.total - state.done) / max(rate, 1e-9)
    let share = 100 * state.done / max(1, state.total)
    return "\(share) %  cell \(min(state.finishedCells + 1, state.cells))/\(state.cells)  "
      + String(format: "%.2f epochs/s  %@ left  ", rate, duration(left))
      + "\(cell.title)  loss " + String(format: "%.3f", loss)
  }

  /// Shows a line that the next one replaces; without a terminal every ten seconds one, and
  /// important ones.
  private func show(_ text: String, _ isImportant: Bool, _ state: inout State) {
    let text = text.terminalSafe
    let now = Date()
    let pause = isTerminal ? 0.1 : 10
    guard isImportant || now.timeIntervalSince(state.lastShown) >= pause else { return }
    state.lastShown = now
    if isTerminal {
      write("\r\u{1b}[K" + text)
      state.isLineOpen = true
    } else {
      write(text + "\n")
    }
  }

  private func say(_ text: String, _ state: inout State) {
    if state.isLineOpen { write("\r\u{1b}[K") }
    state.isLineOpen = false
    write(text.terminalSafe + "\n")
  }

  private func write(_ text: String) { writeMessage(text) }
}
