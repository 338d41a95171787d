// A list of ids and labels, stored as one hash per dialog. It shows that a label was changed and
// where, without containing the labels.
import Files

/// The expected labels of a corpus, dialog by dialog.
package struct LabelList: Hashable, Sendable {
  /// The labels of one dialog.
  ///
  /// A digest is the first 16 digits of the SHA-256 of the lines `id,code`, sorted by id in byte
  /// order, each followed by a line feed.
  struct Dialog: Hashable, Sendable {
    /// Number of turns with a used label.
    var used = 0
    /// Number of all turns.
    var all = 0
    /// The digest of the used turns.
    var usedDigest = ""
    /// The digest of all turns.
    var digest = ""
  }

  private(set) var dialogs: [String: Dialog] = [:]

  /// The list of some labelled turns. The dialog of `Ses01F_impro01_F000` is `Ses01F_impro01`.
  ///
  /// - Parameter codes: the used codes.
  init(_ turns: [(id: String, code: String)], used codes: Set<String>) {
    let sorted = turns.sorted { precedes($0.id, $1.id) }
    let groups = Dictionary(grouping: sorted) { Self.dialog(of: $0.id) }
    dialogs = groups.mapValues { turns in
      let used = turns.filter { codes.contains($0.code) }
      return Dialog(
        used: used.count, all: turns.count, usedDigest: Self.digest(used),
        digest: Self.digest(turns))
    }
  }

  /// Reads rows of dialog, used turns, all turns, and both digests.
  init(parsing table: String) {
    for row in table.split(whereSeparator: \.isNewline) {
      let fields = row.split(separator: " ")
      guard fields.count == 5, let used = Int(fields[1]), let all = Int(fields[2]) else { continue }
      dialogs[String(fields[0])] = Dialog(
        used: used, all: all, usedDigest: String(fields[3]), digest: String(fields[4]))
    }
  }

  /// The numbers of dialogs, used turns and all turns.
  package var size: (dialogs: Int, used: Int, all: Int) {
    (
      dialogs.count, dialogs.values.reduce(0) { $0 + $1.used },
      dialogs.values.reduce(0) { $0 + $1.all }
    )
  }

  /// SHA-256 of the rows, sorted by dialog.
  package var fingerprint: String {
    sha256(
      dialogs.keys.sorted(by: precedes).map { name in
        let dialog = dialogs[name] ?? Dialog()
        return "\(name) \(dialog.used) \(dialog.all) \(dialog.usedDigest) \(dialog.digest)\n"
      }.joined())
  }

  /// Whether the list has this dialog.
  func contains(_ dialog: String) -> Bool { dialogs[dialog] != nil }

  /// Returns how the labels in `found` differ from these.
  package func differences(of found: LabelList) -> LabelDifferences {
    func names(_ isIncluded: (_ published: Dialog, _ found: Dialog) -> Bool) -> [String] {
      dialogs.keys.filter { name in
        guard let published = dialogs[name], let there = found.dialogs[name] else { return false }
        return isIncluded(published, there)
      }.sorted(by: precedes)
    }
    func isSame(_ a: Dialog, _ b: Dialog) -> Bool {
      a.used == b.used && a.usedDigest == b.usedDigest
    }
    return LabelDifferences(
      missing: dialogs.keys.filter { !found.contains($0) }.sorted(by: precedes),
      changed: names { !isSame($0, $1) },
      changedUnused: names { isSame($0, $1) && $0.digest != $1.digest },
      extra: found.dialogs.keys.filter { !contains($0) }.sorted(by: precedes))
  }

  /// The part of a turn's id before the last `_`.
  private static func dialog(of id: String) -> String {
    id.utf8.lastIndex(of: UInt8(ascii: "_")).map { String(id[..<$0]) } ?? id
  }

  private static func digest(_ turns: [(id: String, code: String)]) -> String {
    String(sha256(turns.map { "\($0.id),\($0.code)\n" }.joined()).prefix(16))
  }
}

/// How the labels of a corpus differ from a list, as dialog names in byte order.
package struct LabelDifferences: Codable, Hashable, Sendable {
  /// Dialogs of the list without a label.
  package let missing: [String]
  /// Dialogs in which a used label is different, superfluous or missing.
  package let changed: [String]
  /// Dialogs in which only unused labels differ. They do not change any result.
  package let changedUnused: [String]
  /// Dialogs that the list does not have.
  package let extra: [String]

  /// Whether every used label matches the list.
  package var passes: Bool { missing.isEmpty && changed.isEmpty && extra.isEmpty }

  /// One line per kind of difference.
  package var lines: [String] {
    [
      ("dialogs without labels", missing),
      ("dialogs with other labels than the published ones", changed),
      ("dialogs that were not published", extra),
    ].compactMap { $1.isEmpty ? nil : "\($0): \(shortList($1))" }
  }

  /// Differences that do not change any result; nil if there are none.
  package var note: String? {
    changedUnused.isEmpty
      ? nil
      : "dialogs with other labels than the published ones, but none that is used: "
        + shortList(changedUnused)
  }
}
