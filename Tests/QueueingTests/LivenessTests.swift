// By hand: which claimants are alive, gone or unknown, judged by processes and signs of life,
// without the wall clock.
import Files
import Foundation
import Queueing
import TestSupport
import Testing

@Suite struct `A claimant` {
  @Test func `is known by its token again`() throws {
    let claimant = Claimant.current()
    #expect(Claimant(token: claimant.token) == claimant)
    #expect(Claimant.current() != claimant)
    for token in ["", "a.b.c.d.e", "a.b.1.2", "a.b.1.2.c.d", "a.b.x.2.c"] {
      #expect(Claimant(token: token) == nil)
    }
    #expect(!claimant.token.contains("@") && !claimant.token.contains("/"))
  }

  @Test func `has ended when its process has, and cannot be told from another machine`() throws {
    let own = Claimant.current()
    #expect(own.hasEnded == false)
    // Another process has the number now.
    #expect(
      Claimant(
        host: own.host, machine: own.machine, process: own.process, start: own.start + 1,
        nonce: "a"
      ).hasEnded == true)
    #expect(foreigner().hasEnded == nil)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sleep")
    process.arguments = ["60"]
    try process.run()
    let stat = try String(
      contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
    let start = try #require(UInt64(stat.split(separator: " ")[21]))
    let other = Claimant(
      host: own.host, machine: own.machine, process: process.processIdentifier, start: start,
      nonce: "a")
    #expect(other.hasEnded == false)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(other.hasEnded == true)
  }
}

@Suite struct `A watch over claims` {
  let start = ContinuousClock.now

  @Test func `calls a claim abandoned after a lease without a sign of life, not before`() throws {
    try withQueue(["a"]) { queue in
      let claim = try #require(try queue.claim("a", by: foreigner()))
      let beat = claim.path + "/heartbeat"
      var watch = ClaimWatch(queue, lease: 60)
      func look(_ seconds: Double) throws -> (abandoned: Int, alive: Int, unsure: Int) {
        let seen = try watch.look(["a"], now: start + .seconds(seconds))
        return (seen.abandoned.count, seen.alive.count, seen.unsure.count)
      }
      #expect(try look(0) == (0, 0, 1))
      #expect(try look(59) == (0, 0, 1))
      try Data("1".utf8).writeAtomically(to: beat)
      #expect(try look(59.5) == (0, 1, 0))
      #expect(try look(119) == (0, 0, 1))
      // Its clock may show any time.
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: beat)
      #expect(try look(119.4) == (0, 0, 1))
      #expect(try look(119.5) == (1, 0, 0))
      let working = try #require(try queue.workers().first)
      let taken = try #require(try queue.takeOver(working, by: foreigner("b")))
      #expect(try look(120) == (0, 0, 1) && taken.isHeld)
    }
  }

  @Test func `knows processes of its own machine at once, and leaves other names alone`() throws {
    try withQueue(["a", "b", "c"]) { queue in
      let own = Claimant.current()
      _ = try #require(try queue.claim("a", by: own))
      let gone = Claimant(
        host: own.host, machine: own.machine, process: own.process, start: own.start + 1,
        nonce: "z")
      _ = try #require(try queue.claim("b", by: gone))
      _ = try #require(try queue.claim("c", by: gone))
      var watch = ClaimWatch(queue, lease: 60)
      let seen = try watch.look(["a", "b"])
      #expect(seen.alive.map(\.name) == ["a"] && seen.abandoned.map(\.name) == ["b"])
      // A process that exists but hangs loses its claim too.
      let later = try watch.look(["a", "b"], now: .now + .seconds(61))
      #expect(later.abandoned.map(\.name) == ["a", "b"])
    }
  }

  @Test func `sees the beats of a heart, which end when they should`() throws {
    try withQueue(["a"]) { queue in
      let claim = try #require(try queue.claim("a", by: foreigner()))
      let heartbeat = Heartbeat(interval: 0.02)
      heartbeat.begin(claim)
      var watch = ClaimWatch(queue, lease: 0.3)
      _ = try watch.look(["a"])
      for _ in 0..<40 {
        Thread.sleep(forTimeInterval: 0.02)
        #expect(try watch.look(["a"]).abandoned.isEmpty)
      }
      heartbeat.end(claim)
      _ = try watch.look(["a"])
      #expect(try watch.look(["a"], now: .now + .seconds(0.31)).abandoned.count == 1)
      // A heartbeat for lost work does not create a folder.
      heartbeat.begin(claim)
      let working = try #require(try queue.workers().first)
      _ = try queue.takeOver(working, by: foreigner("b"))
      Thread.sleep(forTimeInterval: 0.1)
      #expect(!claim.isHeld)
    }
  }
}
