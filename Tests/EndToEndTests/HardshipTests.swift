// Kind: end to end. A full disk, a disk that cannot be written, a clock that goes backwards, and
// files cut off by a crash. The fault is reported or does not matter, and the final results equal
// those of an undisturbed run.
import Foundation
import Testing

private let calm = Result<String, any Error> {
  let folder = scratch + "/calm"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), epochs: 4)
  let output = try reprise("run", file, "--out", folder + "/run", "--quiet")
  guard output.code == 0 else { throw Unexpected(output: output) }
  return folder
}

/// Whether this process may mount a file system.
private let mayMount: Bool = {
  let place = scratch + "/may-mount"
  try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
  guard program("mount", "-t", "tmpfs", "none", place)?.code == 0 else { return false }
  return program("umount", place)?.code == 0
}()

/// Calls `body` with a file system of this many KB, and removes it afterwards.
private func withDisk(kilobytes: Int, _ body: (String) throws -> Void) throws {
  try withFolder { folder in
    let disk = folder + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let mounted = program("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "none", disk)
    try #require(mounted?.code == 0)
    defer { _ = program("umount", "-l", disk) }
    try body(disk)
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A run under hardship` {
  private func expectCalm(_ run: String) throws {
    #expect(try results(of: run) == results(of: calm.get() + "/run"))
    #expect(files(below: run + "/queue").isEmpty)
    #expect(try reprise("fsck", run).code == 0)
  }

  /// An undisturbed run without its report takes about 4 MB, so the disk fills up on the way.
  @Test(.enabled(if: mayMount, "may not mount a file system"), arguments: [300, 1500, 2200, 2600])
  func `stops at a full disk, says so, and goes on when there is room`(kilobytes: Int) throws {
    let file = try calm.get() + "/tiny.yaml"
    try withDisk(kilobytes: kilobytes) { disk in
      let run = disk + "/run"
      let output = try reprise("run", file, "--out", run, "--quiet", "--jobs", "2")
      #expect(output.code == 2, "\(output.standardOutput)")
      #expect(output.standardError.contains("No space left on device"), "\(output.standardError)")
      #expect(output.errorLines.count == 1)
      // No cell is blamed.
      #expect(!files(below: run).contains { $0.hasSuffix("failure.json") })
      let done = try results(of: run)
      #expect(program("mount", "-o", "remount,size=200m", disk)?.code == 0)
      let again = try reprise("run", file, "--out", run, "--quiet")
      #expect(again.code == 0, "\(again.standardError)")
      try expectCalm(run)
      #expect(try results(of: run).merging(done) { $1 } == results(of: run))
    }
  }

  @Test(.enabled(if: mayMount, "may not mount a file system"))
  func `says that its folder cannot be written, and goes on when it can`() throws {
    let file = try calm.get() + "/tiny.yaml"
    try withDisk(kilobytes: 200_000) { disk in
      let run = disk + "/run"
      #expect(try reprise("run", file, "--out", run, "--quiet", "--prepare").code == 0)
      #expect(program("mount", "-o", "remount,ro", disk)?.code == 0)
      for arguments in [["run", file, "--out", run], ["cell", run]] {
        expectRefusal(
          try reprise(arguments + ["--quiet"]), "cannot be written: Read-only file system")
      }
      // Reading is allowed.
      #expect(try reprise("status", run).standardOutput.contains("4 open"))
      #expect(try reprise("fsck", run, "--dry-run").code == 0)
      #expect(program("mount", "-o", "remount,rw", disk)?.code == 0)
      #expect(try reprise("run", run, "--quiet").code == 0)
      try expectCalm(run)
    }
  }

  @Test func `does not care for a clock that goes backwards`() throws {
    let file = try calm.get() + "/tiny.yaml"
    try withFolder { folder in
      let source = folder + "/clock.c", library = folder + "/clock.so"
      try write(
        """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <time.h>
        #include <stdatomic.h>
        static _Atomic long calls;
        int clock_gettime(clockid_t id, struct timespec *time) {
          static int (*real)(clockid_t, struct timespec *);
          if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
          int result = real(id, time);
          // Each look at the wall clock gives a time one hour earlier.
          if (id == CLOCK_REALTIME) time->tv_sec -= 3600 * atomic_fetch_add(&calls, 1);
          return result;
        }
        """, to: source)
      guard program("clang", "-shared", "-fPIC", "-O1", source, "-o", library, "-ldl")?.code == 0
      else { return }
      let run = folder + "/run"
      let clock = ["LD_PRELOAD": library]
      // The clock does go backwards.
      let early = try #require(program("date", "+%s", environment: clock)).standardOutput
      #expect(try #require(Double(early.dropLast())) <= Date().timeIntervalSince1970)
      let running = try start(
        ["run", file, "--out", run, "--quiet", "--jobs", "2", "--lease", "2"], in: folder,
        environment: clock)
      while running.isRunning, cells(of: run).isEmpty { usleep(1000) }
      running.kill()
      _ = try running.output()
      let output = try reprise(
        ["run", file, "--out", run, "--quiet", "--lease", "2"], in: folder, environment: clock)
      #expect(output.code == 0, "\(output.standardError)")
      try expectCalm(run)
      let dates = try files(below: run + "/ledger").map { try text(run + "/ledger/" + $0) }.joined()
      #expect(dates.contains("\"date\":\"20"))
    }
  }

  @Test func `makes again what a crash cut off, or names it`() throws {
    let file = try calm.get() + "/tiny.yaml"
    try withFolder { folder in
      let half = folder + "/half"
      let running = try start(["run", file, "--out", half, "--quiet", "--jobs", "1"], in: folder)
      while running.isRunning,
        cells(of: half).isEmpty
          || !files(below: half + "/queue/working").contains(where: { $0.hasSuffix("state") })
      { usleep(300) }
      running.kill()
      _ = try running.output()
      for path in files(below: half) where !path.hasSuffix("heartbeat") {
        let run = folder + "/run"
        try copy(half, to: run)
        let whole = try bytes(run + "/" + path)
        try write(whole.prefix(whole.count * 2 / 3), to: run + "/" + path)
        let output = try reprise("run", file, "--out", run, "--quiet")
        if path.hasPrefix("ledger/"), output.code == 2 {
          // Recorded looks at test data are not lost silently.
          #expect(output.standardError.contains("is not an entry of the ledger; reprise fsck"))
          #expect(try reprise("fsck", run).code == 1)
          #expect(try reprise("run", file, "--out", run, "--quiet").code == 0)
        } else {
          #expect(output.code == 0, "\(path): \(output.standardError)")
        }
        #expect(try results(of: run) == results(of: calm.get() + "/run"), "\(path)")
        try remove(run)
      }
    }
  }
}
