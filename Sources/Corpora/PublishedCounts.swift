// The published numbers of utterances that the protocols use. A number that no source gives is not
// here: MSP-IMPROV's single sessions, for one.

extension ExpectedCorpus {
  /// The published counts of a genuine corpus; they are the same for both fold lists of RAVDESS.
  package static func published(_ name: CorpusName) -> ExpectedCorpus {
    switch name {
    case .iemocap: ExpectedCorpus(source: .published, counts: iemocap, ids: nil)
    case .mspImprov: ExpectedCorpus(source: .published, counts: mspImprov, ids: nil)
    case .ravdess:
      ExpectedCorpus(
        source: .published, counts: ravdess, ids: RAVDESSReader.allIDs.sorted(by: precedes))
    case .savee:
      ExpectedCorpus(
        source: .published, counts: savee, ids: SAVEEReader.allIDs.sorted(by: precedes))
    }
  }

  /// Per session: angry, happy (hap + exc), neutral, sad (EmoBox and s3prl agree on every id), and
  /// the women's and men's turns.
  private static var iemocap: [ExpectedCount] {
    let classes = CorpusName.iemocap.classes
    let sessions = [
      [229, 278, 384, 194], [137, 327, 362, 197], [240, 286, 320, 305], [327, 303, 258, 143],
      [170, 442, 384, 245],
    ]
    let speakers = [(528, 557), (481, 542), (522, 629), (528, 503), (590, 651)]
    var counts = grid(classes: classes, folds: sessions)
    for (session, turns) in speakers.enumerated() {
      counts.append(ExpectedCount(CountScope(speaker: "Ses0\(session + 1)F"), turns.0))
      counts.append(ExpectedCount(CountScope(speaker: "Ses0\(session + 1)M"), turns.1))
    }
    return counts
  }

  /// Busso et al. 2017, tables 3 and 4, with each type of turn: angry, happy, neutral, sad. How
  /// sessions 1 to 4, and 5 and 6, divide is not published.
  private static var mspImprov: [ExpectedCount] {
    let types = [
      ("P", [38, 1372, 1164, 66]), ("R", [169, 88, 241, 80]), ("S", [470, 1048, 1789, 633]),
      ("T", [115, 136, 283, 106]),
    ]
    let classes = CorpusName.mspImprov.classes
    return mspImprovTotals
      + types.map { type, counts in
        ExpectedCount(CountScope(turnType: type), counts.reduce(0, +))
      }
      + types.flatMap { type, counts in
        zip(classes, counts).map { ExpectedCount(CountScope(label: $0, turnType: type), $1) }
      }
  }

  private static var mspImprovTotals: [ExpectedCount] {
    [ExpectedCount(CountScope(), 7798)]
      + zip(CorpusName.mspImprov.classes, [792, 2644, 3477, 885]).map {
        ExpectedCount(CountScope(label: $0), $1)
      }
      + [
        ExpectedCount(CountScope(folds: [1, 2, 3, 4]), 4918),
        ExpectedCount(CountScope(folds: [5, 6]), 2880),
      ]
  }

  /// Per fold of four actors 32 of each class, but 16 neutral; per actor 60.
  private static var ravdess: [ExpectedCount] {
    let fold = [16] + [Int](repeating: 32, count: 7)
    return grid(classes: CorpusName.ravdess.classes, folds: Array(repeating: fold, count: 6))
      + (1...24).map { ExpectedCount(CountScope(speaker: "Actor_" + twoDigits($0)), 60) }
  }

  /// Per speaker, who is a fold, 15 of each class, but 30 neutral.
  private static var savee: [ExpectedCount] {
    let fold = CorpusName.savee.classes.map { $0 == "neutral" ? 30 : 15 }
    return grid(classes: CorpusName.savee.classes, folds: Array(repeating: fold, count: 4))
      + saveeSpeakers.map { ExpectedCount(CountScope(speaker: $0), 120) }
  }

  /// The total, the classes, the folds, and each class in each fold, of a table `folds[fold][class]`.
  private static func grid(classes: [String], folds: [[Int]]) -> [ExpectedCount] {
    var counts = [ExpectedCount(CountScope(), folds.joined().reduce(0, +))]
    for (column, label) in classes.enumerated() {
      let total = folds.reduce(0) { $0 + $1[column] }
      counts.append(ExpectedCount(CountScope(label: label), total))
    }
    for (fold, row) in folds.enumerated() {
      counts.append(ExpectedCount(CountScope(folds: [fold + 1]), row.reduce(0, +)))
    }
    for (fold, row) in folds.enumerated() {
      for (label, count) in zip(classes, row) {
        counts.append(ExpectedCount(CountScope(label: label, folds: [fold + 1]), count))
      }
    }
    return counts
  }
}
