// Kind: end to end. Places that cannot be written, and full disks.
import Foundation
import Testing

/// Whether a small memory disk can be mounted, which requires root.
private let canMount: Bool = {
  let place = scratch + "/mount-trial"
  guard (try? Disk(at: place, kilobytes: 64)) != nil else { return false }
  return true
}()

/// A small file system, unmounted by its deinit.
private final class Disk {
  let path: String

  init(at path: String, kilobytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
      throw POSIXError(.init(rawValue: errno) ?? .EPERM)
    }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }

  func grow(toKilobytes size: Int) {
    #expect(mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(size)k") == 0)
  }

  func forbidWriting() {
    #expect(
      mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A place to write` {
  @Test func `may have a file where a folder should be`() throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get())
      try write("mine", to: folder + "/file")
      expectRefusal(
        try reprise("run", file, "--out", "file", "--quiet", in: folder),
        "file: cannot be written: a file is in the way, expected a folder", "choose another place")
      expectRefusal(
        try reprise("run", file, "--out", "file/below", "--quiet", in: folder),
        "file/below: cannot be written: Not a directory")
      expectRefusal(
        try reprise("corpora", "synthesize", "file", in: folder),
        "file: cannot be written: a file is in the way")
      #expect(try text(folder + "/file") == "mine")
      #expect(files(below: folder) == ["file", "tiny.yaml"])
    }
  }

  @Test func `may be standard output on a full disk`() throws {
    try withFolder { folder in
      let path = try tinyRAVDESS.get()
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = [
        "-c", "exec \"$0\" corpora list \"ravdess=$1\" > /dev/full 2> \"$2\"",
        try Executable.path(), path, folder + "/err",
      ]
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 2)
      #expect(try text(folder + "/err").contains("standard output: cannot be written: No space"))
    }
  }

  @Test(.enabled(if: canMount, "a small disk can be mounted by root only"))
  func `may be read-only`() throws {
    try withFolder { folder in
      let disk = try Disk(at: folder + "/disk", kilobytes: 16_000)
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
      #expect(try reprise("run", file, "--out", "disk/run", "--quiet", in: folder).code == 0)
      disk.forbidWriting()
      expectRefusal(
        try reprise("run", file, "--out", "disk/other", "--quiet", in: folder),
        "disk/other: cannot be written: Read-only file system")
      expectRefusal(
        try reprise("report", "disk/run", in: folder), "cannot be written: Read-only file system")
      withExtendedLifetime(disk) {}
    }
  }

  // 48 clips make a store of about 1 MB, and the rest of the run takes about as much.
  @Test(
    .enabled(if: canMount, "a small disk can be mounted by root only"),
    arguments: [16, 400, 1_120, 1_180, 1_300])
  func `may fill up, after which the run goes on`(_ kilobytes: Int) throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), variants: "[{name: full}]")
      let disk = try Disk(at: folder + "/disk", kilobytes: kilobytes)
      let full = try reprise("run", file, "--out", "disk/run", "--quiet", in: folder)
      #expect(full.code == 2 && full.standardOutput.isEmpty)
      #expect(!full.errorLines.isEmpty)
      for line in full.errorLines {
        #expect(line.contains("cannot be written: No space left on device; free some space"))
      }
      #expect(!files(below: disk.path).contains { $0.hasSuffix(".partial") })
      for path in files(below: disk.path) where path.hasSuffix(".json") {
        #expect(throws: Never.self) {
          try JSONSerialization.jsonObject(with: bytes(disk.path + "/" + path))
        }
      }
      disk.grow(toKilobytes: 24_000)
      let after = try reprise("run", file, "--out", "disk/run", "--quiet", in: folder)
      #expect(after.code == 0 && after.standardError.isEmpty)
      #expect(try reprise("run", file, "--out", "whole", "--quiet", in: folder).code == 0)
      #expect(try results(of: disk.path + "/run") == results(of: folder + "/whole"))
      withExtendedLifetime(disk) {}
    }
  }
}
