// Checks that the system grants this process the threads and the address space it needs. The check
// runs once, at the start. Later, a library that cannot get them waits for ever or ends the
// program.
import CKernels
import COpenBLAS
import Foundation

/// A system limit that leaves too little room to compute.
package enum RoomError: Error, Equatable, Sendable {
  /// The system lets this process start too few threads.
  case threads(found: Int, needed: Int)
  /// The limit leaves too few bytes of address space.
  case addressSpace(left: Int, needed: Int, used: Int, threads: Int, fitting: Int)
}

extension RoomError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .threads(let found, let needed):
      return
        "the system lets this process start \(found) threads, expected \(needed); "
        + "use fewer --threads and --jobs, or raise the limit "
        + "(ulimit -u, or the pids of the batch system or container)"
    case .addressSpace(let left, let needed, let used, let threads, let fitting):
      let advice =
        fitting > 0
        ? "use --threads \(max(1, fitting - 1)) --jobs 1, or raise" : "raise"
      return
        "\(threads) threads need \(megabytes(needed)) MB of address space, and the limit leaves "
        + "\(megabytes(left)) MB; \(advice) the limit: "
        + "ulimit -v \((used + needed) / 1024 + 65_536), or more memory from the batch system"
    }
  }

  private func megabytes(_ bytes: Int) -> Int { (bytes + 999_999) / 1_000_000 }
}

/// The address space that computing needs, and the address space that is left.
package enum ComputingRoom {
  /// Restores the environment variable that was replaced before the libraries started. Call it
  /// before you start another program.
  package static func restoreEnvironment() { reprise_restore_environment() }

  /// The buffer that OpenBLAS 0.3.21 maps for each running product (measured).
  private static let buffer = 128 << 20
  /// Address space of one thread: a buffer of OpenBLAS, an arena of the C library and a stack.
  package static let perThread = buffer + ((64 + 8) << 20)
  /// Address space of a command with little data, apart from its threads.
  package static let base = 128 << 20

  /// The bytes of address space left under `ulimit -v` and `ulimit -d`, or nil without a limit.
  package static var left: Int? {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    func used(_ key: String) -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
      return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
    }
    func rest(of limit: Int, _ key: String) -> Int? { limit < 0 ? nil : max(0, limit - used(key)) }
    return [
      rest(of: reprise_address_space_limit(), "VmSize:"), rest(of: reprise_data_limit(), "VmData:"),
    ].compactMap(\.self).min()
  }

  /// The bytes of address space in use.
  private static var used: Int {
    let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (status.split(separator: " ").first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
  }

  /// Checks that `threads` threads can start and allocates an OpenBLAS buffer for each of them. The
  /// buffers stay allocated.
  ///
  /// - Parameters:
  ///   - threads: how many threads compute at the same time.
  ///   - more: further bytes that the work needs.
  /// - Throws: `RoomError`.
  package static func require(threads: Int, more: Int = 0) throws {
    let threads = max(1, threads)
    // Six more threads: signals, heartbeat, preparation and those of the Swift library.
    let count = threads + 6
    let needed = threads * perThread + base + more
    let (left, used) = (left, used)
    if let left, left < needed {
      throw RoomError.addressSpace(
        left: left, needed: needed, used: used, threads: threads,
        fitting: min(threads, max(0, (left - base - more) / perThread)))
    }
    var hasRoom: Int32 = 0
    let started = reprise_startable_threads(count, threads * buffer + more, &hasRoom)
    guard started == count else { throw RoomError.threads(found: started, needed: count) }
    guard hasRoom != 0 else {
      throw RoomError.addressSpace(
        left: left ?? 0, needed: needed, used: used, threads: threads, fitting: 0)
    }
    let buffers = (0..<min(threads, 64)).map { _ in blas_memory_alloc(0) }
    for buffer in buffers { blas_memory_free(buffer) }
  }
}
