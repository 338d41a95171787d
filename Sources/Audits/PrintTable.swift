// All fingerprints of a corpus in one table, laid out for comparing all pairs.
import CKernels

/// Two recordings whose fingerprints show the same sound.
package struct PrintMatch: Hashable, Sendable {
  /// Positions in the table, lower first.
  package let first: Int
  package let second: Int
  /// The share of differing bits, 0 to 1; about 1/2 for unrelated sounds.
  package let difference: Double
  /// How much later the sound starts in the second recording, in seconds.
  package let shift: Double
}

/// Fingerprints side by side.
package struct PrintTable: Sendable {
  /// Pairs up to this share of differing bits are near duplicates.
  ///
  /// Measured on all 1440 clips of RAVDESS (checked by SoundPrintTests). A copy at gain ×0.3, one
  /// after 100 ms of silence, and one with white noise at -30 dB differ in up to 0.12 of the bits;
  /// all three changes together, in up to 0.19. Among the million pairs of different clips, the
  /// most similar one, two takes of a sentence by one actor, differs in at least 0.30.
  package static let threshold = 0.20
  /// The fewest frames to compare, 0.64 s. With less sound, different takes can be as similar as
  /// copies: the first 0.5 s of RAVDESS's clips reach 0.21.
  package static let leastFrames = 40
  /// The share of the longer recording's frames that must be compared.
  static let leastShare = 0.75
  /// The largest offset between the middles of both sounds: 0.5 s.
  static let greatestOffset = 31
  /// Every fourth frame is compared first, and the others only below this share. Copies stay below
  /// the threshold; four different pairs in a million pass.
  private static let firstThreshold = 0.30
  /// The first threshold if the offset may be one frame off.
  private static let hopeThreshold = 0.40
  /// Frames t, t + 4, t + 8 … are stored together.
  private static let phases = 4

  private struct Row {
    /// The start of the first phase. The others follow, each `length` long.
    let place: Int
    let length: Int
    let active: Int
    let start: Int
    let centre: Int
  }
  private let rows: [Row]
  private let words: [UInt64]
  private let masks: [UInt64]

  /// Lays out the fingerprints.
  package init(_ prints: [SoundPrint]) {
    var (rows, words, masks): ([Row], [UInt64], [UInt64]) = ([], [], [])
    rows.reserveCapacity(prints.count)
    let size = prints.reduce(0) { $0 + Self.length($1) * Self.phases }
    words.reserveCapacity(size)
    masks.reserveCapacity(size)
    for print in prints {
      let length = Self.length(print)
      rows.append(
        Row(
          place: words.count, length: length, active: print.active, start: print.start,
          centre: print.centre))
      for phase in 0..<Self.phases {
        for step in 0..<length {
          let frame = Self.phases * step + phase
          words.append(frame < print.words.count ? print.words[frame] : 0)
          masks.append(frame < print.words.count && print.hasSound[frame] ? .max : 0)
        }
      }
    }
    (self.rows, self.words, self.masks) = (rows, words, masks)
  }

  private static func length(_ print: SoundPrint) -> Int {
    (print.words.count + phases - 1) / phases
  }

  /// The number of recordings.
  var count: Int { rows.count }

  /// Whether a recording has too little sound for a comparison.
  func isTooShort(_ index: Int) -> Bool { rows[index].active < Self.leastFrames }

  /// Whether two recordings have about the same length of sound.
  func isComparable(_ a: Int, _ b: Int) -> Bool {
    let (less, more) = (min(rows[a].active, rows[b].active), max(rows[a].active, rows[b].active))
    return Double(more) * Self.leastShare <= Double(less)
  }

  /// Calls `body` with each frame that has sound: its position relative to the middle of the sound,
  /// and its word.
  ///
  /// - Parameter every: step between frames, 1 for all.
  func forEachFrame(of index: Int, every: Int, _ body: (_ place: Int, _ word: UInt64) -> Void) {
    let row = rows[index]
    for frame in stride(from: 0, to: row.length * Self.phases, by: every) {
      let place = row.place + frame % Self.phases * row.length + frame / Self.phases
      if masks[place] != 0 { body(frame - row.centre, words[place]) }
    }
  }

  /// Whether every fourth frame of two recordings may be the same sound, with the second `shift`
  /// frames later than the middles suggest. Fast, and never stricter than `match` at that offset.
  func mayMatch(_ a: Int, _ b: Int, shift: Int) -> Bool {
    let offset = rows[b].centre - rows[a].centre + shift
    var compared = 0
    let target = offset & (Self.phases - 1)
    let bits = differingBits(
      rows[a], 0, rows[b], target, step: (offset - target) / Self.phases, compared: &compared)
    return compared > 0 && Double(bits) <= Self.hopeThreshold * Double(64 * compared)
  }

  /// Returns the match of two recordings, nil if there is none; the first lies before the second.
  func match(_ a: Int, _ b: Int) -> PrintMatch? {
    let wanted = Double(max(rows[a].active, rows[b].active)) * Self.leastShare
    let quarter = Int(wanted) / 2 / Self.phases
    guard
      let first = leastDifference(a, b, phases: 1, frames: quarter),
      first.share <= Self.firstThreshold,
      let best = leastDifference(
        a, b, phases: Self.phases, frames: max(Self.leastFrames, Int(wanted.rounded(.up)))),
      best.share <= Self.threshold
    else { return nil }
    let frames = rows[b].start - rows[a].start + best.offset
    return PrintMatch(
      first: a, second: b, difference: best.share, shift: Double(frames) * SoundPrint.hop)
  }

  /// Returns the smallest share of differing bits over all offsets, and the offset in frames at
  /// which the second recording starts; nil if no offset allows enough comparisons.
  ///
  /// - Parameters:
  ///   - phases: how many of the first recording's four phases to compare; each is every fourth
  ///     frame.
  ///   - frames: how many frames must be compared.
  package func leastDifference(
    _ a: Int, _ b: Int, phases: Int = 4, frames: Int = PrintTable.leastFrames
  ) -> (share: Double, offset: Int)? {
    var best: (share: Double, offset: Int)?
    let middle = rows[b].centre - rows[a].centre
    for offset in middle - Self.greatestOffset...middle + Self.greatestOffset {
      var (bits, compared) = (0, 0)
      for phase in 0..<phases {
        // Frame t of a is compared with frame t + offset of b.
        let target = (phase + offset) & (Self.phases - 1)
        let step = (phase + offset - target) / Self.phases
        bits += differingBits(rows[a], phase, rows[b], target, step: step, compared: &compared)
      }
      guard compared >= max(1, frames) else { continue }
      let share = Double(bits) / Double(64 * compared)
      if best.map({ share < $0.share }) ?? true { best = (share, offset) }
    }
    return best
  }

  /// Compares one phase of a recording with one of another, `step` positions later.
  private func differingBits(
    _ a: Row, _ phaseA: Int, _ b: Row, _ phaseB: Int, step: Int, compared: inout Int
  ) -> Int {
    let from = max(0, -step)
    let count = min(a.length, b.length - step) - from
    guard count > 0 else { return 0 }
    let (placeA, placeB) = (
      a.place + phaseA * a.length + from, b.place + phaseB * b.length + from + step
    )
    return words.withUnsafeBufferPointer { words in
      masks.withUnsafeBufferPointer { masks in
        guard let words = words.baseAddress, let masks = masks.baseAddress else { return 0 }
        var both = 0
        let bits = reprise_differing_bits(
          words + placeA, masks + placeA, words + placeB, masks + placeB, count, &both)
        compared += both
        return bits
      }
    }
  }
}
