// Slurm's time formats, by hand.
import Cluster
import Testing

@Suite struct `A time limit` {
  @Test(arguments: [
    ("2", 120), ("60", 3_600), ("90:30", 5_430), ("1:02:03", 3_723), ("2-3", 183_600),
    ("0-36", 129_600), ("2-3:04", 183_840), ("2-3:04:05", 183_845), ("0:120", 120),
    ("999999999-0", 86_399_999_913_600),
  ])
  func `is read in all of Slurm's forms`(text: String, seconds: Int) throws {
    #expect(try TimeLimit(parsing: text).seconds == seconds)
  }

  @Test(arguments: [
    "", " ", "x", "1:2:3:4", "1-", "-1", "1-2-3", "1:", ":1", "1-1:2:3:4", "1.5", "+5", "5 ", "٥",
    "1000000000", "1-:3", "UNLIMITED",
  ])
  func `is refused in any other form`(text: String) {
    #expect(throws: SlurmError.notATime(text)) { try TimeLimit(parsing: text) }
  }

  @Test(arguments: [("0", 0), ("1", 60), ("1:59", 119), ("0:00:30", 30), ("0-0", 0)])
  func `is refused when there is no time to stop in`(text: String, seconds: Int) {
    #expect(throws: SlurmError.timeTooShort(seconds: seconds)) { try TimeLimit(parsing: text) }
  }

  @Test(arguments: [
    (120, "0-00:02:00"), (3_723, "0-01:02:03"), (86_399, "0-23:59:59"), (183_845, "2-03:04:05"),
  ])
  func `is written in one form, which reads back`(seconds: Int, text: String) throws {
    let limit = try TimeLimit(seconds: seconds)
    #expect(limit.description == text)
    #expect(try TimeLimit(parsing: text) == limit)
  }
}
