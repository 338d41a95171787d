// Draws marks with Cairo. It makes no decisions: each mark contains its position, size and colour.
import CCairo

/// A Cairo drawing context on a surface.
final class CairoCanvas {
  private let context: OpaquePointer
  private let faces: [Font.Face: OpaquePointer]
  private let theme: Theme

  /// Makes a canvas on `surface`, which must outlive it.
  init(on surface: OpaquePointer, _ theme: Theme) {
    self.theme = theme
    context = cairo_create(surface)!
    var faces: [Font.Face: OpaquePointer] = [:]
    for face in Font.Face.allCases { faces[face] = face.makeCairoFace() }
    self.faces = faces
  }

  deinit {
    for face in Font.Face.allCases { cairo_font_face_destroy(faces[face]) }
    cairo_destroy(context)
  }

  /// Throws the error that Cairo recorded, if any.
  func check(_ what: String) throws(ReportError) {
    let status = cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw .drawingFailed(what: what, reason: String(cString: cairo_status_to_string(status)))
    }
  }

  /// Ends a page of a multi-page surface.
  func showPage() { cairo_show_page(context) }

  /// Fills the area with the paper's colour.
  func fill(_ size: Size) {
    draw([.rectangle(Rectangle(0, 0, size.width, size.height), fill: .paper, stroke: nil)])
  }

  /// Draws the marks in order.
  func draw(_ marks: [Mark]) { for mark in marks { draw(mark) } }

  private func draw(_ mark: Mark) {
    switch mark {
    case .rectangle(let area, let fill, let stroke):
      cairo_rectangle(context, area.x, area.y, area.width, area.height)
      paint(fill, stroke)
    case .line(let points, let stroke):
      for (index, point) in points.enumerated() {
        if index == 0 {
          cairo_move_to(context, point.x, point.y)
        } else {
          cairo_line_to(context, point.x, point.y)
        }
      }
      paint(nil, stroke)
    case .area(let points, let fill, let stroke):
      for (index, point) in points.enumerated() {
        if index == 0 {
          cairo_move_to(context, point.x, point.y)
        } else {
          cairo_line_to(context, point.x, point.y)
        }
      }
      cairo_close_path(context)
      paint(fill, stroke)
    case .image(let raster, let area): draw(raster, in: area)
    case .marker(let shape, let place, let size, let fill, let stroke):
      trace(shape, place, size / 2)
      paint(
        shape.isOpen ? nil : fill, shape.isOpen ? (stroke ?? fill.map { Stroke($0, 1) }) : stroke)
    case .text(let text, let place, let font, let color, let turned):
      write(text, place, font, color, turned)
    case .link:
      begin(.link, mark)
      end(.link)
    case .destination(let name, let place):
      cairo_tag_begin(context, CAIRO_TAG_DEST, "name='\(name)' x=\(place.x) y=\(place.y)")
      cairo_tag_end(context, CAIRO_TAG_DEST)
    case .note: break
    }
  }

  /// Opens a structure element. A link's place and destination are those of the mark.
  func begin(_ role: Role, _ link: Mark?) {
    var attributes = ""
    if role == .link, case .link(let area, let destination) = link {
      let place = "\(area.x) \(area.y) \(area.width) \(area.height)"
      attributes = "rect=[\(place)] dest='\(destination)'"
    }
    cairo_tag_begin(context, role.rawValue, attributes)
  }

  /// Closes the structure element that was opened last.
  func end(_ role: Role) { cairo_tag_end(context, role.rawValue) }

  private func write(_ text: String, _ place: Point, _ font: Font, _ color: Color, _ turned: Bool) {
    set(color)
    cairo_set_font_face(context, faces[font.face])
    cairo_set_font_size(context, font.size)
    if turned { cairo_save(context) }
    cairo_move_to(context, place.x, place.y)
    if turned { cairo_rotate(context, -Double.pi / 2) }
    cairo_show_text(context, text)
    if turned { cairo_restore(context) }
    cairo_new_path(context)
  }

  private func paint(_ fill: Color?, _ stroke: Stroke?) {
    if let fill {
      set(fill)
      if stroke == nil { cairo_fill(context) } else { cairo_fill_preserve(context) }
    }
    if let stroke {
      set(stroke.color)
      cairo_set_line_width(context, stroke.width)
      cairo_set_dash(context, stroke.dashes, Int32(stroke.dashes.count), 0)
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      cairo_stroke(context)
    }
    cairo_new_path(context)
  }

  /// Stretches an image over `area` without smoothing, since each pixel is a value.
  private func draw(_ raster: Raster, in area: Rectangle) {
    guard raster.rows > 0, raster.columns > 0 else { return }
    let palette = (0...255).map { shade -> UInt32 in
      let color = theme.shown(Color.sequential(Double(shade) / 255))
      func byte(_ value: Double) -> UInt32 { UInt32((value * 255).rounded()) }
      return 0xff00_0000 | byte(color.red) << 16 | byte(color.green) << 8 | byte(color.blue)
    }
    guard
      let image = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, Int32(raster.columns), Int32(raster.rows)),
      let bytes = cairo_image_surface_get_data(image)
    else { return }
    defer { cairo_surface_destroy(image) }
    let stride = Int(cairo_image_surface_get_stride(image)) / 4
    bytes.withMemoryRebound(to: UInt32.self, capacity: stride * raster.rows) { pixels in
      for row in 0..<raster.rows {
        for column in 0..<raster.columns {
          pixels[row * stride + column] =
            palette[
              Int(raster.shades[row * raster.columns + column])]
        }
      }
    }
    cairo_surface_mark_dirty(image)
    cairo_save(context)
    cairo_translate(context, area.x, area.y)
    cairo_scale(
      context, area.width / Double(raster.columns), area.height / Double(raster.rows))
    cairo_set_source_surface(context, image, 0, 0)
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
    cairo_rectangle(context, 0, 0, Double(raster.columns), Double(raster.rows))
    cairo_fill(context)
    cairo_restore(context)
  }

  /// Draws with the given scale and origin.
  func scaled(_ scale: Double, at origin: Point, _ draw: () -> Void) {
    cairo_save(context)
    cairo_translate(context, origin.x, origin.y)
    cairo_scale(context, scale, scale)
    draw()
    cairo_restore(context)
  }

  private func set(_ color: Color) {
    let color = theme.shown(color)
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.opacity)
  }

  /// Traces a marker within `r` of its centre. The shapes have about equal areas.
  private func trace(_ shape: MarkerShape, _ c: Point, _ r: Double) {
    func polygon(_ points: [(Double, Double)]) {
      for (index, point) in points.enumerated() {
        let (x, y) = (c.x + point.0 * r, c.y + point.1 * r)
        if index == 0 { cairo_move_to(context, x, y) } else { cairo_line_to(context, x, y) }
      }
      cairo_close_path(context)
    }
    func strokes(_ ends: [((Double, Double), (Double, Double))]) {
      for (from, to) in ends {
        cairo_move_to(context, c.x + from.0 * r, c.y + from.1 * r)
        cairo_line_to(context, c.x + to.0 * r, c.y + to.1 * r)
      }
    }
    switch shape {
    case .circle:
      cairo_new_sub_path(context)
      cairo_arc(context, c.x, c.y, r, 0, 2 * .pi)
    case .square: polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .triangle: polygon([(0, -1.15), (1.05, 0.8), (-1.05, 0.8)])
    case .triangleDown: polygon([(0, 1.15), (1.05, -0.8), (-1.05, -0.8)])
    case .diamond: polygon([(0, -1.25), (1, 0), (0, 1.25), (-1, 0)])
    case .plus: strokes([((-1.1, 0), (1.1, 0)), ((0, -1.1), (0, 1.1))])
    case .cross: strokes([((-0.9, -0.9), (0.9, 0.9)), ((-0.9, 0.9), (0.9, -0.9))])
    case .star:
      strokes([
        ((0, -1.1), (0, 1.1)), ((-0.95, -0.55), (0.95, 0.55)), ((-0.95, 0.55), (0.95, -0.55)),
      ])
    }
  }
}

extension MarkerShape {
  /// Whether the shape consists of strokes and has no inside.
  var isOpen: Bool { self == .plus || self == .cross || self == .star }
}
