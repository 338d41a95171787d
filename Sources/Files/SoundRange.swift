// A part of a sound file, written after its path as in a media fragment: `talk.wav#t=1.5,4`.
import Foundation

/// A file and a range of seconds in it.
package struct SoundRange: Hashable, Sendable {
  /// The path of the file.
  package let file: String
  /// Seconds from the beginning of the file.
  package let start: Double
  package let end: Double

  /// The greatest end, in seconds.
  package static let longest = 1e7

  private static let mark = "#t="

  /// Reads the path of a part; nil for the path of a whole file.
  package init?(_ path: String) {
    guard path.utf8.contains(UInt8(ascii: "#")), let mark = path.range(of: Self.mark) else {
      return nil
    }
    let numbers = path[mark.upperBound...].split(separator: ",", omittingEmptySubsequences: false)
    guard numbers.count == 2, let start = Double(numbers[0]), let end = Double(numbers[1]),
      start >= 0, start < end, end <= Self.longest
    else { return nil }
    file = String(path[..<mark.lowerBound])
    (self.start, self.end) = (start, end)
  }

  /// Returns the path of a part of a file.
  ///
  /// - Parameters:
  ///   - start: seconds as the user wrote them, so that they are read back as they are.
  ///   - end: the same for the end.
  package static func path(_ file: String, start: String, end: String) -> String {
    "\(file)\(mark)\(start),\(end)"
  }
}

/// Returns the path of the file that holds a sound, which may be a part of it.
package func soundFile(of path: String) -> String { SoundRange(path)?.file ?? path }
