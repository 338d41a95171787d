// Everything that can be drawn. A figure or page is a list of marks, and the canvas draws nothing
// else.

/// One drawn item.
package enum Mark: Sendable, Equatable {
  case rectangle(Rectangle, fill: Color?, stroke: Stroke?)
  /// Straight strokes from point to point.
  case line([Point], Stroke)
  /// A filled polygon.
  case area([Point], fill: Color, stroke: Stroke?)
  /// Shades in rows and columns, stretched over a rectangle.
  case image(Raster, in: Rectangle)
  case marker(MarkerShape, at: Point, size: Double, fill: Color?, stroke: Stroke?)
  /// Text whose baseline starts at a point; it runs upwards if `turned`.
  case text(String, at: Point, Font, Color, turned: Bool)
  /// An area that links to a destination in the same document.
  case link(Rectangle, to: String)
  /// The target of links.
  case destination(String, at: Point)
  /// What a web page tells about an area when a reader points at it. Paper does not show it.
  case note(Note, in: Rectangle)

  /// Returns the same mark, moved.
  func moved(_ dx: Double, _ dy: Double) -> Mark {
    switch self {
    case .rectangle(let area, let fill, let stroke):
      .rectangle(area.moved(dx, dy), fill: fill, stroke: stroke)
    case .line(let points, let stroke): .line(points.map { $0.moved(dx, dy) }, stroke)
    case .area(let points, let fill, let stroke):
      .area(points.map { $0.moved(dx, dy) }, fill: fill, stroke: stroke)
    case .image(let raster, let area): .image(raster, in: area.moved(dx, dy))
    case .marker(let shape, let place, let size, let fill, let stroke):
      .marker(shape, at: place.moved(dx, dy), size: size, fill: fill, stroke: stroke)
    case .text(let text, let place, let font, let color, let turned):
      .text(text, at: place.moved(dx, dy), font, color, turned: turned)
    case .link(let area, let destination): .link(area.moved(dx, dy), to: destination)
    case .destination(let name, let place): .destination(name, at: place.moved(dx, dy))
    case .note(let note, let area): .note(note, in: area.moved(dx, dy))
    }
  }

  /// Returns the same mark, made smaller or larger around the origin.
  func scaled(_ factor: Double) -> Mark {
    func scaled(_ stroke: Stroke?) -> Stroke? {
      stroke.map { Stroke($0.color, $0.width * factor, dashes: $0.dashes.map { $0 * factor }) }
    }
    return switch self {
    case .rectangle(let area, let fill, let stroke):
      .rectangle(area.scaled(factor), fill: fill, stroke: scaled(stroke))
    case .line(let points, let stroke):
      .line(points.map { $0.scaled(factor) }, scaled(stroke) ?? stroke)
    case .area(let points, let fill, let stroke):
      .area(points.map { $0.scaled(factor) }, fill: fill, stroke: scaled(stroke))
    case .image(let raster, let area): .image(raster, in: area.scaled(factor))
    case .marker(let shape, let place, let size, let fill, let stroke):
      .marker(
        shape, at: place.scaled(factor), size: size * factor, fill: fill, stroke: scaled(stroke))
    case .text(let text, let place, let font, let color, let turned):
      .text(
        text, at: place.scaled(factor), Font(font.size * factor, font.face), color, turned: turned)
    case .link(let area, let destination): .link(area.scaled(factor), to: destination)
    case .destination(let name, let place): .destination(name, at: place.scaled(factor))
    case .note(let note, let area): .note(note, in: area.scaled(factor))
    }
  }

  /// The words of a text; nil for other marks.
  package var words: String? {
    if case .text(let text, _, _, _, _) = self { text } else { nil }
  }
}

/// Shades of `Color.sequential`, 0 … 255, row by row from the top.
package struct Raster: Sendable, Equatable {
  package let columns: Int
  package let rows: Int
  package let shades: [UInt8]

  /// Makes an image of values, `[bands][frames]`, with the lowest band at the bottom, the least
  /// value white and the greatest dark. The lowest hundredth of the values is clipped, because
  /// silence would take most of the scale.
  package init(_ values: [[Float]]) {
    rows = values.count
    columns = values.map(\.count).min() ?? 0
    let columns = columns
    let all = values.flatMap { $0.prefix(columns) }.filter(\.isFinite).sorted()
    let least = all.isEmpty ? 0 : all[all.count / 100]
    let span = max((all.last ?? 1) - least, 1e-9)
    shades = values.reversed().flatMap { band in
      band.prefix(columns).map { UInt8(max(0, min(255, ($0 - least) / span * 255))) }
    }
  }
}

/// The style of a line.
package struct Stroke: Sendable, Equatable {
  package var color: Color
  package var width: Double
  /// Lengths of dashes and gaps; empty for a solid line.
  package var dashes: [Double] = []

  package init(_ color: Color, _ width: Double = 0.5, dashes: [Double] = []) {
    self.color = color
    self.width = width
    self.dashes = dashes
  }
}

/// The shape of a data point, distinguishable in black and white.
package enum MarkerShape: String, Sendable, CaseIterable {
  case circle, square, triangle, diamond, plus, triangleDown, cross, star
}

/// A size and a face of DejaVu Sans.
package struct Font: Sendable, Equatable, Hashable {
  /// A face.
  package enum Face: Int, Sendable, CaseIterable { case regular, bold, oblique }

  package var size: Double
  package var face: Face

  package init(_ size: Double, _ face: Face = .regular) {
    self.size = size
    self.face = face
  }

  /// The height of capitals (DejaVu Sans: 0.729 of the size).
  var capHeight: Double { 0.729 * size }
  /// The depth of letters below the baseline.
  var descent: Double { 0.24 * size }
  /// The distance between baselines.
  var lineHeight: Double { 1.38 * size }
}
