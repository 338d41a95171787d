// By hand and property: exactly one contender makes each change of state. A former owner can no
// longer write, and no work is lost.
import Dispatch
import Files
import Foundation
import Queueing
import Synchronization
import TestSupport
import Testing

/// Calls `body` with an empty queue.
func withQueue(_ names: [String] = [], _ body: (WorkQueue) throws -> Void) throws {
  try withTemporaryFolder { folder in
    let queue = WorkQueue(folder: folder + "/queue", finished: folder + "/done")
    try queue.open(names)
    try body(queue)
  }
}

/// A claimant on a machine that this one knows nothing about.
func foreigner(_ nonce: String = "a") -> Claimant {
  Claimant(host: "node9", machine: "00000000", process: 7, start: 70, nonce: nonce)
}

@Suite struct `A work queue` {
  @Test func `moves work from open through a claim to its end`() throws {
    try withQueue(["a", "b"]) { queue in
      #expect(try queue.listing().open == ["a", "b"])
      let claim = try #require(try queue.claim("a", by: .current()))
      #expect(try queue.listing().open == ["b"])
      #expect(try queue.workers().map(\.name) == ["a"])
      #expect(claim.isHeld)
      try Data("result".utf8).writeAtomically(to: claim.path + "/file")
      #expect(try claim.publish() == .published)
      #expect(!claim.isHeld)
      #expect(try queue.workers().isEmpty)
      #expect(try queue.listing().finished == ["a"])
      let path = queue.finished + "/a/file"
      #expect(try Data(readingFile: path) == Data("result".utf8))
    }
  }

  @Test func `keeps what was done when work is given back or fails`() throws {
    try withQueue(["a"]) { queue in
      let claim = try #require(try queue.claim("a", by: .current()))
      try Data("half".utf8).writeAtomically(to: claim.path + "/state")
      #expect(try claim.release())
      #expect(try queue.listing().open == ["a"])
      let again = try #require(try queue.claim("a", by: foreigner()))
      #expect(try Data(readingFile: again.path + "/state") == Data("half".utf8))
      #expect(try again.fail())
      #expect(try queue.listing().failed == ["a"])
      // Failed work is not opened automatically.
      try queue.open(["a"])
      #expect(try queue.listing().open.isEmpty)
      #expect(try queue.retry("a"))
      #expect(try queue.listing().open == ["a"])
      #expect(try Data(readingFile: queue.openFolder + "/a/state") == Data("half".utf8))
      #expect(try !queue.retry("a"))
    }
  }

  @Test func `opens only what lies nowhere`() throws {
    try withQueue(["a", "b", "c"]) { queue in
      let claim = try #require(try queue.claim("a", by: foreigner()))
      _ = try #require(try queue.claim("b", by: foreigner())).publish()
      try queue.open(["a", "b", "c", "d"])
      let listing = try queue.listing()
      #expect(listing.open == ["c", "d"] && listing.finished == ["b"] && claim.isHeld)
    }
  }

  @Test func `gives each work to exactly one of many who try at once`() throws {
    let names = (0..<120).map { "work-\($0)" }
    try withQueue(names) { (queue) throws in
      let done = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 12) { number in
        let claimant = foreigner("\(number)")
        while let claim = try? queue.claimNext(of: names, spread: 12, by: claimant) {
          guard (try? claim.publish()) == .published else { continue }
          done.withLock { $0.append(claim.name) }
        }
      }
      #expect(done.withLock { $0.sorted() } == names.sorted())
      #expect(try queue.listing().finished == names.sorted())
      #expect(try queue.workers().isEmpty)
    }
  }

  @Test func `takes the first of the order that is open, and then the next`() throws {
    try withQueue(["a", "b", "c"]) { queue in
      let order = ["x", "c", "a", "b"]
      let names = try (0..<4).map { _ in try queue.claimNext(of: order, by: .current())?.name }
      #expect(names == ["c", "a", "b", nil])
    }
  }

  @Test func `lets exactly one take abandoned work over, and shuts the former owner out`() throws {
    try withQueue(["a"]) { queue in
      let old = try #require(try queue.claim("a", by: foreigner("old")))
      try Data("state".utf8).writeAtomically(to: old.path + "/state")
      let working = try #require(try queue.workers().first)
      let new = try #require(try queue.takeOver(working, by: foreigner("new")))
      #expect(try queue.takeOver(working, by: foreigner("late")) == nil)
      #expect(try Data(readingFile: new.path + "/state") == Data("state".utf8))
      // The former owner wakes up.
      #expect(!old.isHeld)
      #expect(throws: FileError.self) {
        try Data("older".utf8).writeAtomically(to: old.path + "/state")
      }
      #expect(try old.publish() == .lost)
      #expect(try !old.release() && !old.fail())
      try old.discard()
      #expect(try Data(readingFile: new.path + "/state") == Data("state".utf8))
      #expect(try new.publish() == .published)
    }
  }

  @Test func `never replaces finished work`() throws {
    try withQueue(["a"]) { queue in
      let first = try #require(try queue.claim("a", by: foreigner("1")))
      try makeFolder(queue.openFolder + "/a")
      let second = try #require(try queue.claim("a", by: foreigner("2")))
      for (claim, text) in [(first, "one"), (second, "two")] {
        try Data(text.utf8).writeAtomically(to: claim.path + "/file")
      }
      #expect(try first.publish() == .published)
      #expect(try second.publish() == .alreadyThere && second.isHeld)
      #expect(try Data(readingFile: queue.finished + "/a/file") == Data("one".utf8))
      // Opened a third time, by a process that looked before it was finished.
      try makeFolder(queue.openFolder + "/a")
      #expect(try queue.claim("a", by: foreigner("3")) == nil)
      #expect(try queue.listing().open.isEmpty)
    }
  }

  @Test func `says when its folder cannot be written`() throws {
    try withQueue(["a"]) { queue in
      try FileManager.default.removeItem(atPath: queue.workingFolder)
      try Data().writeAtomically(to: queue.workingFolder)
      #expect(throws: FileError.self) { try queue.claim("a", by: .current()) }
      // An unreadable folder does not count as empty.
      #expect(throws: FileError.self) { try queue.listing() }
      #expect(try fileNames(in: queue.openFolder) == ["a"])
    }
  }
}
