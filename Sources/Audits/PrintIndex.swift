// An index of fingerprints by parts of their words, after Haitsma & Kalker: in a copy some frames
// keep whole parts of their words, in another sound hardly any do at the same place.

/// Where each part of a word occurs in the recordings that were added.
struct PrintIndex {
  /// Parts of a word: part p is its bits p, p + 4, p + 8 …
  private static let parts = 4
  /// Values of a part of 16 bits.
  private static let values = 1 << 16
  /// Every fourth frame is in the index; all frames are looked up.
  private static let step = 4
  /// Of one part's value, so many places are looked at, the latest first in each segment (choice):
  /// a value that is this frequent tells nothing.
  private static let mostPlaces = 512
  /// The bits of a second part, of 16, that may differ where the first one is equal.
  private static let mostDifferingBits = 5

  /// One frame in 64 bits: the recording, its place from the middle of the sound, and another part.
  private struct Place {
    let recording: UInt32
    let frame: Int16
    let check: UInt16
  }

  /// Some recordings' frames, sorted by the value of each part.
  private struct Segment {
    let recordings: ArraySlice<Int>
    /// Where each part's and value's places begin, and the end.
    let starts: [UInt32]
    let places: [Place]
  }

  /// The recordings, in the order in which they were added.
  private(set) var members: [Int] = []
  private var segments: [Segment] = []

  /// Adds recordings that come after all others.
  ///
  /// Segments are merged as they grow, so that there are few of them: each at least twice as large
  /// as the next.
  mutating func add(_ recordings: [Int], of table: PrintTable) {
    guard !recordings.isEmpty else { return }
    var start = members.count
    members += recordings
    while let last = segments.last, last.recordings.count < 2 * (members.count - start) {
      start = last.recordings.startIndex
      segments.removeLast()
    }
    segments.append(Self.segment(members[start...], of: table))
  }

  private static func segment(_ recordings: ArraySlice<Int>, of table: PrintTable) -> Segment {
    var counts = [UInt32](repeating: 0, count: parts * values + 1)
    func forEachPlace(_ body: (_ slot: Int, _ place: Place) -> Void) {
      for recording in recordings {
        table.forEachFrame(of: recording, every: step) { frame, word in
          guard let frame = Int16(exactly: frame) else { return }
          for part in 0..<parts {
            body(
              part * values + Int(Self.part(part, of: word)),
              Place(
                recording: UInt32(truncatingIfNeeded: recording), frame: frame,
                check: Self.part((part + 2) % parts, of: word)))
          }
        }
      }
    }
    forEachPlace { slot, _ in counts[slot + 1] += 1 }
    for slot in 0..<parts * values { counts[slot + 1] += counts[slot] }
    var next = counts
    var places = [Place](
      repeating: Place(recording: 0, frame: 0, check: 0), count: Int(counts[parts * values]))
    forEachPlace { slot, place in
      places[Int(next[slot])] = place
      next[slot] += 1
    }
    return Segment(recordings: recordings, starts: counts, places: places)
  }

  /// Returns the recordings that may match one that comes after them, in ascending order.
  func candidates(for recording: Int, in table: PrintTable) -> [Int] {
    var proposed: Set<Int> = []
    var previous = [Int](repeating: -1, count: Self.parts)
    table.forEachFrame(of: recording, every: 1) { frame, word in
      for part in 0..<Self.parts {
        let slot = part * Self.values + Int(Self.part(part, of: word))
        // Neighbouring frames share most of their parts.
        guard slot != previous[part] else { continue }
        previous[part] = slot
        let check = Self.part((part + 2) % Self.parts, of: word)
        for segment in segments {
          let end = Int(segment.starts[slot + 1])
          let begin = max(Int(segment.starts[slot]), end - Self.mostPlaces)
          segment.places.withUnsafeBufferPointer { places in
            for index in begin..<end {
              let place = places[index]
              let shift = frame - Int(place.frame)
              guard abs(shift) <= PrintTable.greatestOffset,
                (place.check ^ check).nonzeroBitCount <= Self.mostDifferingBits
              else { continue }
              let other = Int(place.recording)
              if !proposed.contains(other), table.isComparable(other, recording),
                table.mayMatch(other, recording, shift: shift)
              {
                proposed.insert(other)
              }
            }
          }
        }
      }
    }
    return proposed.sorted()
  }

  /// Bits p, p + 4, p + 8 … of a word, gathered into 16.
  private static func part(_ part: Int, of word: UInt64) -> UInt16 {
    var bits = (word >> UInt64(part)) & 0x1111_1111_1111_1111
    bits = (bits | bits >> 3) & 0x0303_0303_0303_0303
    bits = (bits | bits >> 6) & 0x000f_000f_000f_000f
    bits = (bits | bits >> 12) & 0x0000_00ff_0000_00ff
    return UInt16(truncatingIfNeeded: bits | bits >> 24)
  }
}
