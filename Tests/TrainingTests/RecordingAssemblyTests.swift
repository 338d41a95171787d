// Kind: worked by hand. What a single recording says about its speaker, and its place in a shard.
import Audio
import Testing
import Training

@Suite struct `The usual speaker` {
  /// Two speakers with the means 0 and 2 of one value.
  private let speakers = [
    Normalization(mean: [0, 7], deviation: [1, 3]),
    Normalization(mean: [2, 7], deviation: [3, 5]),
  ]

  @Test func `is the average of all, moved towards the recording as far as it is to be trusted`()
    throws
  {
    let usual = try #require(UsualSpeaker(of: speakers, within: [[1, 2], [1, 2]]))
    #expect(usual.normalization == Normalization(mean: [1, 7], deviation: [2, 4]))
    // The speakers' means have the variance 1, and so have the recordings of each speaker. The
    // second value is the same for all speakers, so a recording says nothing about it.
    #expect(usual.trust == [0.5, 0])
    #expect(
      usual.normalization(knowing: [5, 9]) == Normalization(mean: [3, 7], deviation: [2, 4]))
  }

  @Test func `is the recording itself where recordings of a speaker never differ`() throws {
    let usual = try #require(UsualSpeaker(of: speakers, within: [[0, 0], [0, 0]]))
    #expect(usual.trust == [1, 0])
    #expect(usual.normalization(knowing: [5, 9]).mean == [5, 7])
    // Negative control: recordings that differ much.
    let loose = try #require(UsualSpeaker(of: speakers, within: [[3, 0], [3, 0]]))
    #expect(loose.trust == [0.1, 0])
    #expect(UsualSpeaker(of: [], within: []) == nil)
  }
}

@Suite struct `The place of an utterance in a shard` {
  @Test func `has the lengths of the utterances that were scored beside it`() throws {
    let lengths = Array(1...19)
    let place = try #require(ShardPlace(10, of: lengths))
    #expect(place.lengths == Array(9...16) && place.index == 2 && place.own == 11)
    let last = try #require(ShardPlace(17, of: lengths))
    #expect(last.lengths == [17, 18, 19] && last.index == 1 && last.own == 18)
    #expect(ShardPlace(19, of: lengths) == nil && ShardPlace(-1, of: lengths) == nil)
    #expect(ShardPlace(0, of: []) == nil)
  }
}
