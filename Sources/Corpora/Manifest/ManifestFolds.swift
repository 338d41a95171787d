// Divides the clips of a manifest into folds. The same clips always give the same folds.
import Files

/// A division of clips into folds.
struct ManifestFolds {
  /// How the folds were made, such as `speaker-groups-5`.
  let name: String
  /// The name of each fold; fold 1 is the first.
  let names: [String]
  /// The fold of each clip, from 1.
  let folds: [Int]

  init(name: String, names: [String], folds: [Int]) {
    (self.name, self.names, self.folds) = (name, names, folds)
  }

  /// The list of these folds. Without speakers, a fold lists nobody.
  func list(of utterances: [Utterance], hasSpeakers: Bool) -> FoldList {
    var tested = Array(repeating: Set<String>(), count: names.count)
    if hasSpeakers {
      for utterance in utterances { tested[utterance.fold - 1].insert(utterance.speaker) }
    }
    return FoldList(
      name: name,
      folds: zip(names, tested).map {
        FoldList.Fold(name: $0, speakers: $1.sorted(by: precedes))
      })
  }

  /// Uses folds that are given, which must be 1, 2, 3 and so on.
  ///
  /// - Parameters:
  ///   - name: where the folds are from.
  ///   - speakers: the speaker of each clip, to name the folds; nil if unknown.
  init(given folds: [Int], name: String, speakers: [String]?, file: String) throws {
    let count = folds.max() ?? 0
    let present = Set(folds)
    if let missing = (1...max(1, count)).first(where: { !present.contains($0) }) {
      throw ManifestError(
        file, "the folds go up to \(count), but no clip is in fold \(missing)",
        remedy: "number the folds 1, 2, 3 and so on")
    }
    guard count >= 2 else {
      throw ManifestError(
        file, "every clip is in fold 1", remedy: "use at least two folds, or remove the folds")
    }
    self.init(
      name: name, names: foldNames(folds, count: count, members: speakers), folds: folds)
  }

  /// Keeps each group, such as a speaker, in one fold. Folds get about the same number of clips of
  /// each class: the largest group goes first, always to the fold in which it fits best.
  ///
  /// - Parameters:
  ///   - groups: the group of each clip.
  ///   - classes: the class of each clip, from 0.
  ///   - count: the number of folds, at most the number of groups.
  init(grouping groups: [String], classes: [Int], count: Int, name: String) {
    let classCount = (classes.max() ?? 0) + 1
    var sizes: [String: [Int]] = [:]
    for (group, label) in zip(groups, classes) {
      sizes[group, default: Array(repeating: 0, count: classCount)][label] += 1
    }
    let totals = (0..<classCount).map { label in
      sizes.values.reduce(0) { $0 + $1[label] }
    }
    let order = sizes.keys.map { (name: $0, clips: sizes[$0]?.reduce(0, +) ?? 0) }
      .sorted { $0.clips == $1.clips ? precedes($0.name, $1.name) : $0.clips > $1.clips }
    var filled = Array(repeating: Array(repeating: 0, count: classCount), count: count)
    var place: [String: Int] = [:]
    for (position, group) in order.enumerated() {
      let own = sizes[group.name] ?? []
      // The first groups go to different folds, so that none stays empty.
      let choices = position < count ? position..<position + 1 : 0..<count
      let costs = choices.map { fold in
        (0..<classCount).reduce(0.0) { cost, label in
          let increase = own[label] * (2 * filled[fold][label] + own[label])
          return cost + Double(increase) / Double(max(1, totals[label]))
        }
      }
      let best = choices.lowerBound + (costs.indices.min { costs[$0] < costs[$1] } ?? 0)
      for label in 0..<classCount { filled[best][label] += own[label] }
      place[group.name] = best + 1
    }
    let folds = groups.map { place[$0] ?? 1 }
    self.init(
      name: name, names: foldNames(folds, count: count, members: groups), folds: folds)
  }

  /// Divides the clips of each class evenly, without regard to speakers. The order of a digest of
  /// their ids decides.
  init(stratifying ids: [String], classes: [Int], count: Int) {
    let keys = ids.map { sha256($0) }
    let order = ids.indices.sorted { a, b in
      classes[a] == classes[b]
        ? (keys[a] == keys[b] ? precedes(ids[a], ids[b]) : precedes(keys[a], keys[b]))
        : classes[a] < classes[b]
    }
    var folds = Array(repeating: 1, count: ids.count)
    for (place, clip) in order.enumerated() { folds[clip] = place % count + 1 }
    self.init(
      name: "stratified-\(count)", names: foldNames(folds, count: count, members: nil),
      folds: folds)
  }
}

/// Names each fold after its members if they are few, otherwise `fold 1` and so on.
private func foldNames(_ folds: [Int], count: Int, members: [String]?) -> [String] {
  var inFold = Array(repeating: Set<String>(), count: count)
  if let members {
    for (fold, member) in zip(folds, members) { inFold[fold - 1].insert(member) }
  }
  let names = inFold.map { $0.sorted(by: precedes).joined(separator: " ") }
  let isShort = names.allSatisfy { !$0.isEmpty && $0.count <= 24 } && Set(names).count == count
  return isShort ? names : (1...max(1, count)).map { "fold \($0)" }
}
