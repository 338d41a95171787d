// The scores of groups of utterances, and the gaps between the groups. The unit is the speaker: a
// speaker with several groups is left out of all of them at once.
package import Statistics

/// The scores of one system by one property. Shares in 0…1.
package struct GroupScores: Codable, Hashable, Sendable {
  package let system: String
  /// The property, such as `sex`.
  package let property: String
  package let groups: [Group]
  package private(set) var gaps: [Gap]

  /// The metrics of every group and gap, in this order.
  package static let metrics = [Metric.accuracy, .unweightedAverageRecall]

  /// A group of utterances.
  package struct Group: Codable, Hashable, Sendable {
    package let name: String
    /// Test utterances in one seed.
    package let utterances: Int
    package let speakers: Int
    /// The number of classes of its utterances. UA is the mean of their recalls.
    package let classes: Int
    /// For each metric: the mean over seeds, with the delete-one-speaker jackknife. A figure has no
    /// interval if one speaker has all its utterances of a class.
    package let figures: [Estimate]
  }

  /// The difference of two groups, over the classes that both have.
  package struct Gap: Codable, Hashable, Sendable {
    package let first: String
    /// Nil for all other groups together.
    package let second: String?
    package let firstSpeakers: Int
    package let secondSpeakers: Int
    /// Speakers with utterances on both sides. With one or more, the difference is paired.
    package let sharedSpeakers: Int
    /// The number of classes that both sides have.
    package let classes: Int
    /// For each metric.
    package let differences: [Estimate]
    /// For each metric; nil without an interval.
    package let p: [Double?]
    /// The same, adjusted for all gaps of the system with a verdict (Holm); nil without a verdict.
    package fileprivate(set) var adjusted: [Double?]

    /// The fewest shared speakers for a verdict. With fewer, even a difference of the same sign in
    /// all of them has a p above 0.05: 2/2⁵ = 0.06.
    package static let fewestShared = 6
    /// The fewest speakers on either side for a verdict on a gap without shared speakers. With
    /// fewer, even a complete separation has a p above 0.05 for groups of equal size: 2/20 = 0.1.
    package static let fewestOnASide = 4

    /// Whether enough speakers are on both sides for a verdict.
    package var hasEnoughSpeakers: Bool {
      sharedSpeakers > 0
        ? sharedSpeakers >= Self.fewestShared
        : min(firstSpeakers, secondSpeakers) >= Self.fewestOnASide
    }
  }
}

extension GroupScores {
  /// Returns the scores of a system by each property, with p adjusted for all gaps of one metric.
  ///
  /// - Parameter hasSpeakers: whether the speakers are known. If not, nothing has an interval.
  package static func all(
    of system: SystemPredictions, by groupings: [Grouping], hasSpeakers: Bool = true
  ) -> [GroupScores] {
    var found = groupings.compactMap { GroupScores(system, $0, hasSpeakers: hasSpeakers) }
    for metric in metrics.indices {
      let places = found.indices.flatMap { table in
        found[table].gaps.indices.map { (table: table, gap: $0) }
      }.filter {
        let gap = found[$0.table].gaps[$0.gap]
        return gap.hasEnoughSpeakers && gap.p[metric] != nil
      }
      let values = places.compactMap { found[$0.table].gaps[$0.gap].p[metric] }
      for (place, value) in zip(places, holm(values)) {
        found[place.table].gaps[place.gap].adjusted[metric] = value
      }
    }
    return found
  }

  /// - Returns: nil unless two groups or more have test utterances, and two of them share a class.
  private init?(_ system: SystemPredictions, _ grouping: Grouping, hasSpeakers: Bool) {
    let rows = system.utterances.map { grouping.places[$0.id] }
    let parts = grouping.groups.enumerated().compactMap { place, name in
      let members = rows.indices.filter { rows[$0] == place }
      return members.isEmpty ? nil : (name: name, members: members)
    }
    guard parts.count > 1 else { return nil }
    groups = parts.map { part in
      let side = Side(system, part.members)
      return Group(
        name: part.name, utterances: part.members.count, speakers: side.table.clusters.count,
        classes: side.classes.count,
        figures: Self.metrics.map { metric in
          guard hasSpeakers else { return .withoutSpeakers(side.score(metric)) }
          return jackknife(
            clusters: side.table.clusters.count, unit: "speaker",
            { side.score(metric, weights: $0) }) ?? .undefined
        })
    }
    gaps = parts.indices.prefix(parts.count == 2 ? 1 : parts.count).compactMap { index in
      let others = parts.indices.filter { $0 != index }
      return Gap(
        system, (parts[index].name, parts[index].members),
        (
          others.count == 1 ? parts[others[0]].name : nil,
          others.flatMap { parts[$0].members }.sorted()
        ), hasSpeakers: hasSpeakers)
    }
    guard !gaps.isEmpty else { return nil }
    (self.system, property) = (system.system, grouping.name)
  }
}

extension GroupScores.Gap {
  /// - Returns: nil if no class is on both sides.
  fileprivate init?(
    _ system: SystemPredictions, _ first: (name: String, members: [Int]),
    _ second: (name: String?, members: [Int]), hasSpeakers: Bool
  ) {
    func labels(_ members: [Int]) -> Set<Int> { Set(members.map { system.utterances[$0].truth }) }
    let common = labels(first.members).intersection(labels(second.members))
    guard !common.isEmpty else { return nil }
    func speakers(_ members: [Int]) -> Set<String> {
      Set(members.map { system.utterances[$0].speaker })
    }
    func kept(_ members: [Int]) -> [Int] {
      members.filter { common.contains(system.utterances[$0].truth) }
    }
    let (own, others) = (kept(first.members), kept(second.members))
    let shared = speakers(own).intersection(speakers(others))
    let all = speakers(own).union(speakers(others))
    let isPaired = !shared.isEmpty
    let a = Side(system, own, speakers: isPaired ? all : nil)
    let b = Side(system, others, speakers: isPaired ? all : nil)
    let found = GroupScores.metrics.map { metric -> (difference: Estimate, p: Double?)? in
      guard hasSpeakers else {
        let values = (a.score(metric), b.score(metric))
        guard let x = values.0, let y = values.1 else { return nil }
        return (.withoutSpeakers(x - y), nil)
      }
      return isPaired
        ? pairedDifference(clusters: all.count, unit: "speaker") { weights in
          guard let x = a.score(metric, weights: weights), let y = b.score(metric, weights: weights)
          else { return nil }
          return x - y
        }
        : unpairedDifference(
          (a.table.clusters.count, { a.score(metric, weights: $0) }),
          (b.table.clusters.count, { b.score(metric, weights: $0) }), unit: "speaker")
    }
    self.first = first.name
    self.second = second.name
    firstSpeakers = speakers(own).count
    secondSpeakers = speakers(others).count
    sharedSpeakers = shared.count
    classes = common.count
    differences = found.map { $0?.difference ?? .undefined }
    p = found.map { $0?.p }
    adjusted = found.map { _ in nil }
  }
}

extension Estimate {
  fileprivate static let undefined = Estimate(value: .nan, interval: nil, method: "not defined")

  fileprivate static func withoutSpeakers(_ value: Double?) -> Estimate {
    Estimate(value: value ?? .nan, interval: nil, method: "speakers unknown")
  }
}

/// The counts of some utterances of a system by speaker.
private struct Side {
  let table: ClusterTable
  /// The classes of the utterances.
  let classes: [Int]
  /// Utterances by speaker and class.
  private let supports: [[Int]]

  /// - Parameters:
  ///   - members: the utterances, as places in the system's list.
  ///   - speakers: the speakers to count; by default those of the utterances.
  init(_ system: SystemPredictions, _ members: [Int], speakers: Set<String>? = nil) {
    let k = system.classes.count
    let names = (speakers ?? Set(members.map { system.utterances[$0].speaker })).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    let places = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let counts = system.seeds.map { seed in
      var counts = [[Int]](repeating: [Int](repeating: 0, count: k * k), count: names.count)
      for member in members {
        let row = seed.predictions[member]
        guard let place = places[row.speaker] else { continue }
        counts[place][row.truth * k + row.predicted] += 1
      }
      return counts
    }
    table = ClusterTable(classes: k, clusters: names, counts: counts)
    supports = (counts.first ?? []).map { cluster in
      (0..<k).map { label in (0..<k).reduce(0) { $0 + cluster[label * k + $1] } }
    }
    let supports = supports
    classes = (0..<k).filter { label in supports.contains { $0[label] > 0 } }
  }

  /// The figure of all utterances.
  func score(_ metric: Metric) -> Double? {
    score(metric, weights: [Int](repeating: 1, count: table.clusters.count))
  }

  /// The figure with each speaker counted `weights` times; nil if a class is lost. UA would then be
  /// a mean of other classes.
  func score(_ metric: Metric, weights: [Int]) -> Double? {
    for label in classes
    where !zip(supports, weights).contains(where: { $0[label] > 0 && $1 > 0 }) {
      return nil
    }
    return table.score(metric, weights: weights)
  }
}
