// Which column of a file holds what. Names in common use are recognised, and the user may name any.
import Files
import Foundation

/// The columns that the user named.
package struct ColumnNames: Sendable, Equatable {
  package var id: String?
  package var prediction: String?
  package var truth: String?
  package var speaker: String?
  package var fold: String?
  package var seed: String?
  /// Whether columns that are called like classes hold logits instead of probabilities.
  package var hasLogits = false

  package init() {}
}

/// The columns of one file.
struct Columns {
  private(set) var id = 0
  /// Nil if the class with the greatest probability is the prediction.
  private(set) var prediction: Int?
  private(set) var truth: Int?
  private(set) var speaker: Int?
  private(set) var fold: Int?
  private(set) var seed: Int?
  /// One column for each class; nil if there are none.
  private(set) var probabilities: [Int]?
  private(set) var areLogits = false
  private let header: [String]

  private static let ids = [
    "id", "utterance_id", "utt_id", "utterance", "utt", "key", "file", "filename", "file_name",
    "path", "filepath", "file_path", "wav", "wav_path", "audio", "name", "clip",
  ]
  private static let predictions = [
    "prediction", "predicted", "pred", "predictions", "predict", "predicted_label", "pred_label",
    "predicted_emotion", "pred_emotion", "y_pred", "hyp", "hypothesis",
  ]
  private static let truths = [
    "truth", "label", "true", "true_label", "emotion", "target", "gold", "ref", "reference",
    "y_true",
  ]

  /// - Throws: `ScoreError` if a needed or a named column is missing.
  init(of raw: RawPredictions, _ names: ColumnNames, _ labels: LabelNames) throws {
    header = raw.table.header
    let folded = header.map { trimmed($0).lowercased() }
    var taken: Set<Int> = []
    func find(_ given: String?, _ option: String, _ usual: [String]) throws -> Int? {
      if let given {
        guard let index = header.firstIndex(of: given) ?? folded.firstIndex(of: given.lowercased())
        else {
          throw ScoreError(
            raw.path + ":1", "--\(option) \(given): there is no such column",
            remedy: "the columns are \(header.joined(separator: ", "))")
        }
        taken.insert(index)
        return index
      }
      let index = usual.lazy.compactMap { name in
        folded.indices.first { folded[$0] == name && !taken.contains($0) }
      }.first
      if let index { taken.insert(index) }
      return index
    }
    // Columns that the user named are not guessed to be something else.
    for (given, option) in [
      (names.id, "id-column"), (names.prediction, "prediction-column"),
      (names.truth, "truth-column"), (names.speaker, "speaker-column"),
      (names.fold, "fold-column"), (names.seed, "seed-column"),
    ] where given != nil { _ = try find(given, option, []) }
    guard let id = try find(names.id, "id-column", Self.ids) else {
      throw ScoreError(
        raw.path + ":1",
        "no column holds the ids; the columns are \(header.joined(separator: ", "))",
        remedy: "name one with --id-column")
    }
    self.id = id
    prediction = try find(names.prediction, "prediction-column", Self.predictions)
    truth = try find(names.truth, "truth-column", Self.truths)
    speaker = try find(names.speaker, "speaker-column", ["speaker", "speaker_id", "spk"])
    fold = try find(names.fold, "fold-column", ["fold"])
    seed = try find(names.seed, "seed-column", ["seed"])
    try findProbabilities(raw, names, labels, taken)
    guard prediction != nil || probabilities != nil else {
      throw ScoreError(
        raw.path + ":1",
        "no column holds the predicted class; the columns are \(header.joined(separator: ", "))",
        remedy: "name one with --prediction-column")
    }
  }

  private mutating func findProbabilities(
    _ raw: RawPredictions, _ names: ColumnNames, _ labels: LabelNames, _ taken: Set<Int>
  ) throws {
    let kinds = [
      (["p_", "prob_", "proba_", "probability_"], false), (["logit_", "logits_"], true),
      ([""], names.hasLogits),
    ]
    for (prefixes, areLogits) in kinds {
      var found = [Int?](repeating: nil, count: labels.classes.count)
      for index in header.indices where !taken.contains(index) {
        let name = header[index].lowercased()
        guard let prefix = prefixes.first(where: name.hasPrefix) else { continue }
        let label = String(header[index].dropFirst(prefix.count))
        guard let place = labels[label] else {
          if prefix.isEmpty { continue }
          throw ScoreError(
            raw.path + ":1", "column \(header[index]): there is no class \"\(label)\"",
            remedy: "the classes are \(labels.classes.joined(separator: ", ")); "
              + "--labels maps other spellings")
        }
        if let other = found[place] {
          throw ScoreError(
            raw.path + ":1",
            "columns \(header[other]) and \(header[index]) are both for \(labels.classes[place])",
            remedy: "keep one of them")
        }
        found[place] = index
      }
      let all = found.compactMap(\.self)
      if all.isEmpty { continue }
      guard all.count == found.count else {
        // Single columns that are called like a class may mean anything.
        if prefixes == [""] { return }
        let missing = labels.classes.indices.filter { found[$0] == nil }.map { labels.classes[$0] }
        throw ScoreError(
          raw.path + ":1", "no column holds the probability of \(missing.joined(separator: ", "))",
          remedy: "give a column for every class, or none")
      }
      (probabilities, self.areLogits) = (all, areLogits)
      return
    }
  }

  /// What was recognised, on one line.
  var text: String {
    let single = [
      ("id", Int?.some(id)), ("prediction", prediction), ("truth", truth), ("speaker", speaker),
      ("fold", fold), ("seed", seed),
    ]
    var parts = single.compactMap { name, index in index.map { "\(name)=\(header[$0])" } }
    if let probabilities, let first = probabilities.first, let last = probabilities.last {
      parts.append(
        "\(areLogits ? "logits" : "probabilities")=\(header[first]) … \(header[last])"
          + (prediction == nil ? " (the greatest is the prediction)" : ""))
    }
    return parts.joined(separator: ", ")
  }
}
