// What another program prints. Foundation's `Process` ends the whole program where the system has no
// descriptor left for a pipe; here that is no output.
import Foundation

/// Returns what a program, found on the PATH, prints; nil where it cannot be run or fails. Its messages are
/// lost.
package func programOutput(_ arguments: [String]) -> String? {
  var ends: [Int32] = [-1, -1]
  guard !arguments.isEmpty, pipe(&ends) == 0 else { return nil }
  // Other children must not hold the pipe open.
  for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  defer { close(ends[0]) }
  guard let process = spawn(arguments, output: ends[1]) else {
    close(ends[1])
    return nil
  }
  close(ends[1])
  var data = Data()
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(ends[0], &piece, piece.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    data += piece[..<count]
  }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0 {
    guard errno == EINTR else { return nil }
  }
  return status == 0 ? String(decoding: data, as: UTF8.self) : nil
}

/// Starts a program with its output into a descriptor, and no other stream.
private func spawn(_ arguments: [String], output: Int32) -> pid_t? {
  var actions = posix_spawn_file_actions_t()
  var attributes = posix_spawnattr_t()
  guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
  defer { posix_spawn_file_actions_destroy(&actions) }
  guard posix_spawnattr_init(&attributes) == 0 else { return nil }
  defer { posix_spawnattr_destroy(&attributes) }
  posix_spawn_file_actions_adddup2(&actions, output, 1)
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
  // What this program ignores, another may rely on.
  var signals = sigset_t()
  sigemptyset(&signals)
  for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
  posix_spawnattr_setsigdefault(&attributes, &signals)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
  let texts = arguments.map { strdup($0) } + [nil]
  let environment =
    ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { (texts + environment).forEach { free($0) } }
  var process: pid_t = 0
  let code = posix_spawnp(&process, arguments[0], &actions, &attributes, texts, environment)
  return code == 0 ? process : nil
}
