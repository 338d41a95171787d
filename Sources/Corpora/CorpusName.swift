// The four corpora and how each divides its speech into classes and folds. Counts are in
// PublishedCounts.swift, reading in the reader of each corpus.

/// One of the four corpora; the raw value is its name on the command line.
package enum CorpusName: String, CaseIterable, Codable, Hashable, Sendable {
  case iemocap
  case mspImprov = "msp-improv"
  case ravdess
  case savee

  /// The corpus's own spelling of its name.
  package var title: String {
    switch self {
    case .iemocap: "IEMOCAP"
    case .mspImprov: "MSP-IMPROV"
    case .ravdess: "RAVDESS"
    case .savee: "SAVEE"
    }
  }

  /// The classes in their fixed order; a class index is a place in this list.
  package var classes: [String] {
    switch self {
    case .iemocap, .mspImprov: ["angry", "happy", "neutral", "sad"]
    case .ravdess:
      ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]
    case .savee: ["anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"]
    }
  }

  /// The names of the folds in order; fold 1 is the first.
  ///
  /// - Parameter ravdessFolds: the fold list of RAVDESS; the others have one each.
  package func foldNames(ravdessFolds: FoldList = .emobox) -> [String] {
    switch self {
    case .iemocap: (1...5).map { "Session \($0)" }
    case .mspImprov: (1...6).map { "Session \($0)" }
    case .ravdess:
      ravdessFolds.actors.map { "Actors " + $0.map(twoDigits).joined(separator: " ") }
    case .savee: saveeSpeakers
    }
  }
}

/// The four speakers of SAVEE in the order of EmoBox's folds 1 to 4 (EmoBox @08280f2).
let saveeSpeakers = ["JE", "KL", "DC", "JK"]

/// Returns a number with a leading zero where it is below ten.
func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
