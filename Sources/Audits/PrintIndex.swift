// An index of fingerprints by parts of their words, after Haitsma & Kalker. A copy keeps whole
// parts of some words. Another sound hardly keeps any at the same position.

/// Finds the positions of each word part in the added recordings.
struct PrintIndex {
  /// Number of word parts: part p consists of bits p, p + 4, p + 8 …
  private static let parts = 4
  /// Number of values of a 16-bit part.
  private static let values = 1 << 16
  /// The index holds every fourth frame; all frames are looked up.
  private static let step = 4
  /// The most positions to check for one part's value, latest first in each segment (our choice). A
  /// more frequent value carries no information.
  private static let mostPlaces = 512
  /// How many of the 16 bits of a second part may differ if the first part is equal.
  private static let mostDifferingBits = 5

  /// One frame in 64 bits: the recording, the position relative to the middle of its sound, and
  /// another part.
  private struct Place {
    let recording: UInt32
    let frame: Int16
    let check: UInt16
  }

  /// The frames of some recordings, sorted by the value of each part.
  private struct Segment {
    let recordings: ArraySlice<Int>
    /// The start of the positions for each part and value, and the end.
    let starts: [UInt32]
    let places: [Place]
  }

  /// The recordings in the order of addition.
  private(set) var members: [Int] = []
  private var segments: [Segment] = []

  /// Adds recordings that come after all earlier ones.
  ///
  /// Segments are merged as they grow. Each is at least twice as large as the next, so their number
  /// stays small.
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

  /// Returns the recordings before `recording` that may match it, in ascending order.
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

  /// Bits p, p + 4, p + 8 … of a word, packed into 16 bits.
  private static func part(_ part: Int, of word: UInt64) -> UInt16 {
    var bits = (word >> UInt64(part)) & 0x1111_1111_1111_1111
    bits = (bits | bits >> 3) & 0x0303_0303_0303_0303
    bits = (bits | bits >> 6) & 0x000f_000f_000f_000f
    bits = (bits | bits >> 12) & 0x0000_00ff_0000_00ff
    return UInt16(truncatingIfNeeded: bits | bits >> 24)
  }
}
