// Runs another program to its end. Foundation's `Process` aborts the whole program if the system
// has no descriptor left for a pipe. Here that is an error.
package import Foundation

/// The result of a finished program.
package struct FinishedProgram: Sendable {
  /// Its exit code, or 128 plus the signal's number if a signal ended it, as in shells.
  package let status: Int32
  /// Its standard output.
  package let output: Data
  /// Its standard error.
  package let errors: Data

  /// Whether its exit code is 0.
  package var succeeded: Bool { status == 0 }

  /// The non-blank lines on standard error.
  package var complaints: [Substring] {
    String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { !$0.allSatisfy(\.isWhitespace) }
  }
}

/// Runs a program to its end, without input, in its own process group, so that Ctrl-C does not
/// reach it.
///
/// - Parameters:
///   - program: its path, or a name to look up in this process's PATH.
///   - environment: its complete environment.
/// - Throws: `SystemFailure` if it cannot be started.
package func runProgram(
  _ program: String, _ arguments: [String],
  environment: [String: String] = ProcessInfo.processInfo.environment
) throws(SystemFailure) -> FinishedProgram {
  let (output, errors) = (try OutputPipe(), try OutputPipe())
  let process = try spawn([program] + arguments, environment, output.inlet, errors.inlet)
  output.closeInlet()
  errors.closeInlet()
  let (said, complained) = drain(output.outlet, errors.outlet)
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0 {
    guard errno == EINTR else { throw .last }
  }
  // WIFSIGNALED and WEXITSTATUS are C macros, which Swift does not import.
  let signal = status & 0x7f
  return FinishedProgram(
    status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: said, errors: complained)
}

/// A pipe from a child to this process.
private final class OutputPipe {
  let outlet: Int32
  private(set) var inlet: Int32

  init() throws(SystemFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .last }
    // Other children must not keep it open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (outlet, inlet) = (ends[0], ends[1])
  }

  func closeInlet() {
    if inlet >= 0 { close(inlet) }
    inlet = -1
  }

  deinit {
    closeInlet()
    close(outlet)
  }
}

/// Reads both pipes to their ends, whichever has data. A full pipe would block the child.
private func drain(_ first: Int32, _ second: Int32) -> (Data, Data) {
  var ends = [first, second].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  var read = [Data(), Data()]
  var piece = [UInt8](repeating: 0, count: 65_536)
  // poll ignores a negative descriptor.
  while ends.contains(where: { $0.fd >= 0 }) {
    guard poll(&ends, nfds_t(ends.count), -1) >= 0 || errno == EINTR else { break }
    for index in ends.indices where ends[index].fd >= 0 && ends[index].revents != 0 {
      let count = Foundation.read(ends[index].fd, &piece, piece.count)
      if count > 0 {
        read[index] += piece[..<count]
      } else if count == 0 || errno != EINTR {
        ends[index].fd = -1
      }
    }
  }
  return (read[0], read[1])
}

/// Starts a program with its output going to two descriptors.
private func spawn(
  _ arguments: [String], _ environment: [String: String], _ output: Int32, _ errors: Int32
) throws(SystemFailure) -> pid_t {
  var actions = posix_spawn_file_actions_t()
  var attributes = posix_spawnattr_t()
  guard posix_spawn_file_actions_init(&actions) == 0 else { throw .last }
  defer { posix_spawn_file_actions_destroy(&actions) }
  guard posix_spawnattr_init(&attributes) == 0 else { throw .last }
  defer { posix_spawnattr_destroy(&attributes) }
  posix_spawn_file_actions_adddup2(&actions, output, 1)
  posix_spawn_file_actions_adddup2(&actions, errors, 2)
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  // Reset the signals that this process ignores or this thread blocks; the program may need them.
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setpgroup(&attributes, 0)
  posix_spawnattr_setflags(
    &attributes,
    Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
  let words = arguments.map { strdup($0) } + [nil]
  let variables =
    environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { (words + variables).forEach { free($0) } }
  var process: pid_t = 0
  let code = posix_spawnp(&process, arguments[0], &actions, &attributes, words, variables)
  guard code == 0 else { throw SystemFailure(code: code) }
  return process
}
