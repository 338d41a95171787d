// The result of comparing the files of each clip. The comparison opens sound, so it is in the
// module Audits.

/// Clips with several files, all with the same sound.
package struct CopyReport: Codable, Hashable, Sendable {
  /// Clips with more than one file.
  package let clips: Int
  /// Their files after the first of each.
  package let furtherFiles: Int
  /// Further files that are hard or symbolic links to the first one.
  package let links: Int

  package init(clips: Int, furtherFiles: Int, links: Int) {
    (self.clips, self.furtherFiles, self.links) = (clips, furtherFiles, links)
  }

  /// A sentence such as `1440 clips occur twice with equal samples`; nil if every clip has one
  /// file.
  package var sentence: String? {
    guard clips > 0 else { return nil }
    let often = furtherFiles == clips ? "twice" : "more than once (\(furtherFiles) further files)"
    let verb = clips == 1 ? "1 clip occurs" : "\(clips) clips occur"
    let linked =
      links == 0 ? "" : links == furtherFiles ? ", as links" : ", \(links) of the files are links"
    return "\(verb) \(often) with equal samples\(linked)"
  }
}

/// Two files of one clip whose sound differs.
package struct CopyDifference: Hashable, Sendable, CustomStringConvertible {
  package let id: String
  /// The path below the root of the file that comes first in byte order.
  package let first: String
  /// The path below the root of the other file.
  package let second: String
  /// How the second differs from the first, such as `22050 Hz, not 48000 Hz`.
  package let how: String

  package init(id: String, first: String, second: String, how: String) {
    (self.id, self.first, self.second, self.how) = (id, first, second, how)
  }

  package var description: String {
    "\(id): \(visible(second)) differs from \(visible(first)): \(how)"
  }
}
