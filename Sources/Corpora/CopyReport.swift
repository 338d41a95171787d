// What was found when the files of one clip were held against each other. The comparison itself
// opens sound, and so is in Audits.

/// The clips that lie there in several files, all with the same sound.
package struct CopyReport: Codable, Hashable, Sendable {
  /// Clips with more than one file.
  package let clips: Int
  /// Their files beyond the first of each.
  package let furtherFiles: Int
  /// Those of them that are the first file by another name: hard or symbolic links.
  package let links: Int

  package init(clips: Int, furtherFiles: Int, links: Int) {
    (self.clips, self.furtherFiles, self.links) = (clips, furtherFiles, links)
  }

  /// `1440 clips occur twice with equal samples`; nil where every clip has one file.
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
  /// The path below the root of the other.
  package let second: String
  /// In what the second differs from the first: `22050 Hz, not 48000 Hz`.
  package let how: String

  package init(id: String, first: String, second: String, how: String) {
    (self.id, self.first, self.second, self.how) = (id, first, second, how)
  }

  package var description: String {
    "\(id): \(visible(second)) differs from \(visible(first)): \(how)"
  }
}
