// Spellings of classes. Every program abbreviates emotions differently.
import Files
import Foundation
import Runs

/// Another spelling of a class.
package struct LabelSpelling: Codable, Hashable, Sendable {
  package var spelling: String
  package var label: String

  package init(_ spelling: String, _ label: String) {
    (self.spelling, self.label) = (spelling, label)
  }

  /// Spellings in common use, each group for one emotion.
  private static let groups = [
    ["neutral", "neu", "neutrality"], ["calm", "cal", "calmness"],
    ["happy", "happiness", "hap", "joy"], ["sad", "sadness"], ["angry", "anger", "ang"],
    ["fearful", "fear", "fea"], ["disgust", "disgusted", "dis"],
    ["surprised", "surprise", "sur"],
  ]

  /// The codes that a corpus uses in its own files.
  private static let codes: [String: [(String, String)]] = [
    "ravdess": [
      ("01", "neutral"), ("02", "calm"), ("03", "happy"), ("04", "sad"), ("05", "angry"),
      ("06", "fearful"), ("07", "disgust"), ("08", "surprised"),
    ],
    "savee": [
      ("a", "anger"), ("d", "disgust"), ("f", "fear"), ("h", "happiness"), ("n", "neutral"),
      ("sa", "sadness"), ("su", "surprise"),
    ],
    "iemocap": [("exc", "happy"), ("excited", "happy"), ("excitement", "happy")],
    "msp-improv": [("A", "angry"), ("H", "happy"), ("N", "neutral"), ("S", "sad")],
  ]

  /// The spellings of a corpus's classes: common ones, and its own codes.
  static func known(for facts: CorpusFacts) -> [LabelSpelling] {
    let common = groups.flatMap { group -> [LabelSpelling] in
      let own = facts.classes.filter { group.contains($0.lowercased()) }
      guard own.count == 1 else { return [] }
      return group.filter { $0 != own[0].lowercased() }.map { LabelSpelling($0, own[0]) }
    }
    let codes = (codes[facts.corpus] ?? []).filter { facts.classes.contains($0.1) }
    return common + codes.map { LabelSpelling($0.0, $0.1) }
  }

  /// Reads spellings from `spelling=class,…`, or from a file of lines `spelling: class`.
  ///
  /// - Throws: `FileError` or `ScoreError`.
  package static func parsing(_ text: String) throws -> [LabelSpelling] {
    let isFile = !text.contains("=")
    let separator: Character = isFile ? ":" : "="
    let parts: [String]
    if isFile {
      parts = String(decoding: try Data(readingFile: text), as: UTF8.self)
        .split(whereSeparator: \.isNewline).map(String.init)
    } else {
      parts = text.split(separator: ",").map(String.init)
    }
    return try parts.enumerated().compactMap { index, part in
      let line = part.split(separator: "#", omittingEmptySubsequences: false).first ?? ""
      if isFile, trimmed(String(line)).isEmpty { return nil }
      let sides = line.split(separator: separator, omittingEmptySubsequences: false)
        .map { trimmed(String($0)).trimmingCharacters(in: ["\"", "'"]) }
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw ScoreError(
          isFile ? "\(text):\(index + 1)" : "--labels",
          "expected SPELLING\(separator)CLASS, found \"\(part)\"",
          remedy: "write for example " + (isFile ? "hap: happy" : "hap=happy,ang=angry"))
      }
      return LabelSpelling(sides[0], sides[1])
    }
  }
}

/// A text without white space at its ends.
func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

/// The classes by every known spelling, regardless of case.
struct LabelNames {
  let classes: [String]
  private var exact: [String: Int] = [:]
  private var folded: [String: Int] = [:]

  /// - Parameters:
  ///   - spellings: known spellings.
  ///   - given: the user's, which come first.
  /// - Throws: `ScoreError` if one of the user's belongs to no class.
  init(_ classes: [String], _ spellings: [LabelSpelling], given: [LabelSpelling] = []) throws {
    self.classes = classes
    for (index, label) in classes.enumerated() {
      exact[label] = index
      folded[label.lowercased()] = index
    }
    for spelling in spellings where folded[spelling.spelling.lowercased()] == nil {
      folded[spelling.spelling.lowercased()] = classes.firstIndex(of: spelling.label)
    }
    for spelling in given {
      guard let index = self[spelling.label] else {
        throw ScoreError(
          "--labels", "\(spelling.spelling)=\(spelling.label): there is no such class",
          remedy: "the classes are \(classes.joined(separator: ", "))")
      }
      exact[spelling.spelling] = index
      folded[spelling.spelling.lowercased()] = index
    }
  }

  /// The index of the class with this spelling; nil if there is none.
  subscript(text: String) -> Int? {
    exact[text] ?? folded[trimmed(text).lowercased()]
  }
}
