// A figure as an `<svg>` element of the web page. Unlike Cairo's files it has text as text, which
// a browser can search, and colours as classes, which follow the system's light or dark setting.
import Files
import Foundation

/// A figure drawn for the web page.
struct PageFigure: Sendable {
  /// The element.
  let svg: String
  /// The colours of areas and of lines, which the page's style sheet must define.
  let fills: Set<PageColor>
  let strokes: Set<PageColor>
  /// The ids of all utterances in its notes.
  let utterances: Set<String>

  /// Draws a figure.
  ///
  /// - Parameter identifier: the prefix of its ids in the page.
  init(_ figure: Figure, identifier: String, ruler: Ruler) throws {
    var pen = Pen(ruler: ruler)
    for mark in figure.marks { try pen.draw(mark) }
    let (width, height) = (short(figure.size.width), short(figure.size.height))
    let title = (figure.label.warnings.prefix + figure.label.title).xmlEscaped
    svg = """
      <svg viewBox="0 0 \(width) \(height)" role="img" \
      aria-labelledby="\(identifier)-title \(identifier)-desc">
      <title id="\(identifier)-title">\(title)</title>
      <desc id="\(identifier)-desc">\(figure.label.caption.xmlEscaped)</desc>
      \(pen.text)</svg>
      """
    (fills, strokes, utterances) = (pen.fills, pen.strokes, pen.utterances)
  }
}

/// A colour with 8 bits per channel, without its opacity.
struct PageColor: Sendable, Hashable, Comparable {
  let code: UInt32

  init(_ color: Color) {
    func byte(_ share: Double) -> UInt32 { UInt32((min(1, max(0, share)) * 255).rounded()) }
    code = byte(color.red) << 16 | byte(color.green) << 8 | byte(color.blue)
  }

  /// Six hexadecimal digits.
  var digits: String {
    let text = String(code, radix: 16)
    return String(repeating: "0", count: 6 - text.count) + text
  }

  /// The colour in a style sheet.
  func css(_ theme: Theme) -> String { "#" + PageColor(theme.shown(Color(hex: code))).digits }

  static func < (left: PageColor, right: PageColor) -> Bool { left.code < right.code }
}

/// Returns a length in hundredths of a point, without needless zeros.
private func short(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e7 else { return "0" }
  let hundredths = Int((value * 100).rounded())
  let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
  let decimals =
    rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
  return (hundredths < 0 ? "-" : "") + (whole == 0 && rest != 0 ? "" : "\(whole)") + decimals
}

/// Writes marks as elements.
private struct Pen {
  let ruler: Ruler
  var text = ""
  var fills: Set<PageColor> = []
  var strokes: Set<PageColor> = []
  var utterances: Set<String> = []

  init(ruler: Ruler) { self.ruler = ruler }

  mutating func draw(_ mark: Mark) throws {
    switch mark {
    case .rectangle(let area, let fill, let stroke):
      text += "<rect \(place(area))\(paint(fill, stroke))/>\n"
    case .line(let points, let stroke): path(outline(points), paint(nil, stroke))
    case .area(let points, let fill, let stroke):
      path(outline(points) + "z", paint(fill, stroke))
    case .image(let raster, let area): try draw(raster, in: area)
    case .marker(let shape, let centre, let size, let fill, let stroke):
      let style =
        shape.isOpen
        ? paint(nil, stroke ?? fill.map { Stroke($0, 1) }) : paint(fill, stroke)
      draw(shape, centre, size / 2, style)
    case .text(let words, let place, let font, let color, let turned):
      write(words, place, font, color, turned)
    case .note(let note, let area): draw(note, in: area)
    case .link, .destination: break
    }
  }

  private func place(_ area: Rectangle) -> String {
    "x=\"\(short(area.x))\" y=\"\(short(area.y))\" width=\"\(short(area.width))\" "
      + "height=\"\(short(area.height))\""
  }

  private func outline(_ points: [Point]) -> String {
    var text = ""
    for (index, point) in points.enumerated() {
      text += "\(index == 0 ? "M" : index == 1 ? "L" : " ")\(short(point.x)) \(short(point.y))"
    }
    return text
  }

  private mutating func path(_ outline: String, _ style: String) {
    text += "<path d=\"\(outline)\"\(style)/>\n"
  }

  /// The attributes of an area and its outline.
  private mutating func paint(_ fill: Color?, _ stroke: Stroke?) -> String {
    var classes: [String] = []
    var attributes = ""
    if let fill {
      let color = PageColor(fill)
      fills.insert(color)
      classes.append("f" + color.digits)
      if fill.opacity < 1 { attributes += " fill-opacity=\"\(short(fill.opacity))\"" }
    } else {
      attributes += " fill=\"none\""
    }
    if let stroke {
      let color = PageColor(stroke.color)
      strokes.insert(color)
      classes.append("s" + color.digits)
      attributes += " stroke-width=\"\(short(stroke.width))\""
      if stroke.color.opacity < 1 {
        attributes += " stroke-opacity=\"\(short(stroke.color.opacity))\""
      }
      if !stroke.dashes.isEmpty {
        attributes += " stroke-dasharray=\"\(stroke.dashes.map(short).joined(separator: " "))\""
      }
    }
    return (classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\"") + attributes
  }

  /// Writes one line of text. `textLength` gives it the width of DejaVu Sans in any other font.
  private mutating func write(
    _ words: String, _ place: Point, _ font: Font, _ color: Color, _ turned: Bool
  ) {
    guard !words.isEmpty else { return }
    let paper = PageColor(color)
    fills.insert(paper)
    var classes = "f" + paper.digits
    switch font.face {
    case .regular: break
    case .bold: classes += " bold"
    case .oblique: classes += " oblique"
    }
    let at =
      turned
      ? "transform=\"translate(\(short(place.x)) \(short(place.y)))rotate(-90)\""
      : "x=\"\(short(place.x))\" y=\"\(short(place.y))\""
    let length =
      words.unicodeScalars.count > 1
      ? " textLength=\"\(short(ruler.width(of: words, font)))\"" : ""
    text +=
      "<text \(at) class=\"\(classes)\" font-size=\"\(short(font.size))\"\(length)>"
      + "\(words.xmlEscaped)</text>\n"
  }

  /// Draws an image twice, in the colours of paper and of a dark screen; one of them is shown.
  private mutating func draw(_ raster: Raster, in area: Rectangle) throws {
    guard raster.rows > 0, raster.columns > 0 else { return }
    let size = Size(Double(raster.columns), Double(raster.rows))
    for theme in Theme.allCases {
      let image = try makePNG(
        size, scale: 1, theme: theme,
        marks: [.image(raster, in: Rectangle(0, 0, size.width, size.height))])
      text +=
        "<image class=\"\(theme.rawValue)\" \(place(area)) preserveAspectRatio=\"none\" "
        + "href=\"data:image/png;base64,\(image.base64EncodedString())\"/>\n"
    }
  }

  /// An invisible area. A browser shows the words of its `<title>`; the page's script shows them
  /// as a box, in which ids can be clicked.
  private mutating func draw(_ note: Note, in area: Rectangle) {
    let rows = note.utterances.map { utterance in
      utterance.id.onOneLine + (utterance.detail.isEmpty ? "" : "\t\(utterance.detail)")
    }
    let more = note.more == 0 ? [] : ["and \(note.more) more"]
    for utterance in note.utterances { utterances.insert(utterance.id) }
    let words = ([note.text.onOneLine] + rows + more).joined(separator: "\n").xmlEscaped
    text +=
      "<rect class=\"note\" \(place(area)) data-rows=\"\(rows.count)\">"
      + "<title>\(words)</title></rect>\n"
  }

  /// The same outlines as on paper: see `CairoCanvas`.
  private mutating func draw(_ shape: MarkerShape, _ c: Point, _ r: Double, _ style: String) {
    func polygon(_ points: [(Double, Double)]) -> String {
      outline(points.map { Point(c.x + $0.0 * r, c.y + $0.1 * r) }) + "z"
    }
    func strokes(_ ends: [((Double, Double), (Double, Double))]) -> String {
      ends.map { from, to in
        outline([from, to].map { Point(c.x + $0.0 * r, c.y + $0.1 * r) })
      }.joined()
    }
    switch shape {
    case .circle:
      text += "<circle cx=\"\(short(c.x))\" cy=\"\(short(c.y))\" r=\"\(short(r))\"\(style)/>\n"
    case .square: path(polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]), style)
    case .triangle: path(polygon([(0, -1.15), (1.05, 0.8), (-1.05, 0.8)]), style)
    case .triangleDown: path(polygon([(0, 1.15), (1.05, -0.8), (-1.05, -0.8)]), style)
    case .diamond: path(polygon([(0, -1.25), (1, 0), (0, 1.25), (-1, 0)]), style)
    case .plus: path(strokes([((-1.1, 0), (1.1, 0)), ((0, -1.1), (0, 1.1))]), style)
    case .cross: path(strokes([((-0.9, -0.9), (0.9, 0.9)), ((-0.9, 0.9), (0.9, -0.9))]), style)
    case .star:
      path(
        strokes([
          ((0, -1.1), (0, 1.1)), ((-0.95, -0.55), (0.95, 0.55)), ((-0.95, 0.55), (0.95, -0.55)),
        ]), style)
    }
  }
}
