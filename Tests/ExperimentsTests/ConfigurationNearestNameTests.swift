// Distances between names, worked by hand.
import Experiments
import Testing

@Suite struct `The edit distance` {
  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
    ("learnign", "learning", 1), ("ca", "abc", 3), ("epochs", "epoch", 1),
  ])
  func `counts insertions, deletions, replacements and swaps`(
    first: String, second: String, distance: Int
  ) {
    #expect(editDistance(first, second) == distance)
    #expect(editDistance(second, first) == distance)
  }
}

@Suite struct `The nearest name` {
  @Test func `is the one with the fewest edits, whatever the case`() {
    #expect(nearestName(to: "Epoch", among: ["batch_size", "epochs", "eps"]) == "epochs")
  }

  @Test func `is the first of equally near ones`() {
    #expect(nearestName(to: "ab", among: ["ac", "ad"]) == "ac")
  }

  @Test func `is nothing when none is near`() {
    #expect(nearestName(to: "zzz", among: ["epochs", "kl"]) == nil)
    #expect(nearestName(to: "x", among: []) == nil)
  }
}
