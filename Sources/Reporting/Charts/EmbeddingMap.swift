// A map of utterances in the plane. Colour and shape show the class.

/// A t-SNE map, coloured by class or by speaker.
package struct EmbeddingMap: Chart {
  package var label: ChartLabel
  /// The groups that colours distinguish: classes or speakers.
  package var groups: [String]
  /// The names of the classes.
  package var classes: [String]
  /// The group index of each point.
  package var memberships: [Int]
  package var points: [EmbeddingProjection.Point]

  /// - Parameters:
  ///   - bySpeaker: whether points show the speaker instead of the true class.
  ///   - speakers: all speakers, for maps that share a legend; nil for those of the points.
  package init(
    label: ChartLabel, classes: [String], points: [EmbeddingProjection.Point],
    bySpeaker: Bool = false, speakers: [String]? = nil
  ) {
    (self.label, self.classes) = (label, classes)
    let shown = points.filter { $0.x.isFinite && $0.y.isFinite }
    self.points = shown
    let speakers = speakers ?? Self.speakers(of: shown)
    groups = bySpeaker ? speakers : classes
    memberships = shown.map { point in
      bySpeaker ? speakers.firstIndex(of: point.speaker) ?? 0 : point.classIndex
    }
  }

  /// The speakers of points, short names first.
  static func speakers(of points: [EmbeddingProjection.Point]) -> [String] {
    Set(points.map(\.speaker)).sorted { ($0.count, $0) < ($1.count, $1) }
  }

  /// Lays out the chart at the given width: a map, slightly wider than high, and a legend below.
  package func plot(width: Double, ruler: Ruler) -> Plot {
    let map = map(width: width)
    let legend = legend(width: width, top: map.size.height + 8, ruler)
    return Plot(Size(width, map.size.height + 8 + legend.height), map.marks + legend.marks)
  }

  /// Lays out the map alone. A narrow one has smaller points.
  func map(width: Double) -> Plot {
    let area = Size(width, 0.86 * width)
    let plain = points.count > 1000 ? 3.0 : points.count > 300 ? 3.6 : 4.6
    let marker = plain * min(1, max(0.5, width / 200))
    let inset = min(8, width * 0.04)
    let xs = points.map(\.x)
    let ys = points.map(\.y)
    let (lowX, highX) = (xs.min() ?? 0, xs.max() ?? 0)
    let (lowY, highY) = (ys.min() ?? 0, ys.max() ?? 0)
    // Both directions have one scale, because a map shows distances.
    func scale(_ room: Double, _ span: Double) -> Double {
      span > 0 ? (room - 2 * inset) / span : .infinity
    }
    let fitting = min(scale(area.width, highX - lowX), scale(area.height, highY - lowY))
    let scale = fitting.isFinite ? fitting : 0
    var marks: [Mark] = [
      .rectangle(Rectangle(0, 0, area.width, area.height), fill: nil, stroke: Stroke(.rule))
    ]
    var notes: [Mark] = []
    for (point, group) in zip(points, memberships) {
      let place = Point(
        area.width / 2 + (point.x - (lowX + highX) / 2) * scale,
        area.height / 2 - (point.y - (lowY + highY) / 2) * scale)
      marks.append(ClassStyle(group).marker(at: place, size: marker))
      if let note = Note(point, classes: classes) {
        let side = marker + 1
        let around = Rectangle(place.x - side / 2, place.y - side / 2, side, side)
        notes.append(.note(note, in: around))
      }
    }
    return Plot(area, marks + notes)
  }

  private func legend(width: Double, top: Double, _ ruler: Ruler) -> (marks: [Mark], height: Double)
  {
    let entries = groups.enumerated().map { index, name in
      (name: "\(name) (\(memberships.count { $0 == index }))", style: ClassStyle(index))
    }
    return MarkerLegend(entries: entries).laidOut(width: width, top: top, ruler)
  }
}

extension Note {
  /// The utterance of a point; nil if its id is unknown.
  init?(_ point: EmbeddingProjection.Point, classes: [String]) {
    guard !point.id.isEmpty else { return nil }
    func name(_ index: Int) -> String { classes.indices.contains(index) ? classes[index] : "?" }
    let predicted = point.predictedIndex.map { ", predicted as \(name($0))" } ?? ""
    self.init(
      text: "\(name(point.classIndex))\(predicted), speaker \(point.speaker)",
      utterances: [Utterance(id: point.id)])
  }
}
