// Cairo's PDF, SVG and image surfaces: each handle has one owner, every status is checked, and
// output stays in memory.
import CCairo
import Files
package import Foundation

/// Collects the output of a surface.
private final class ByteSink {
  var bytes = Data()

  /// Cairo's write callback. Its closure is a sink that outlives the surface.
  static let write: cairo_write_func_t = { sink, bytes, count in
    guard let sink, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
    Unmanaged<ByteSink>.fromOpaque(sink).takeUnretainedValue().bytes
      .append(bytes, count: Int(count))
    return CAIRO_STATUS_SUCCESS
  }
}

/// A surface in use.
private struct Surface: ~Copyable {
  let handle: OpaquePointer
  let sink: ByteSink
  private let what: String

  init(
    _ what: String, _ size: Size,
    _ make: (cairo_write_func_t, UnsafeMutableRawPointer, Double, Double) -> OpaquePointer?
  ) throws(ReportError) {
    self.what = what
    sink = ByteSink()
    handle = make(
      ByteSink.write, Unmanaged.passUnretained(sink).toOpaque(), size.width, size.height)!
    try check()
  }

  /// Throws the error that Cairo recorded, if any.
  func check() throws(ReportError) {
    let status = cairo_surface_status(handle)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw .drawingFailed(what: what, reason: String(cString: cairo_status_to_string(status)))
    }
  }

  /// Finishes the output and returns all bytes.
  consuming func finish() throws(ReportError) -> Data {
    cairo_surface_finish(handle)
    try check()
    return sink.bytes
  }

  deinit {
    withExtendedLifetime(sink) {
      cairo_surface_finish(handle)
      cairo_surface_destroy(handle)
    }
  }
}

/// The metadata of a PDF.
struct DocumentMetadata {
  var title: String
  var subject: String
  var keywords: String
  var createdAt: Date
}

/// One page ready for print.
struct FinishedPage {
  var marks: [Mark]
  /// The structure of the marks, in order; empty for a page without.
  var runs: [Run] = []
  var label: String
}

/// An entry of a PDF's outline.
struct OutlineEntry {
  var title: String
  /// Counted from 0.
  var level: Int
  var destination: String
}

/// Returns a PDF of the pages. Equal values give equal bytes with the same Cairo and fonts.
///
/// - Parameter name: the file's name, for messages.
func makePDF(
  _ pages: [FinishedPage], name: String, size: Size, theme: Theme, metadata: DocumentMetadata,
  outline: [OutlineEntry]
) throws -> Data {
  let surface = try Surface(name, size, cairo_pdf_surface_create_for_stream)
  // Later versions pack objects, which `described` could not find.
  cairo_pdf_surface_restrict_to_version(surface.handle, CAIRO_PDF_VERSION_1_4)
  // The handle, not the surface: a debug build does not let a closure capture a consumed value.
  let handle = surface.handle
  func set(_ key: cairo_pdf_metadata_t, _ value: String) {
    cairo_pdf_surface_set_metadata(handle, key, value)
  }
  let date = metadata.createdAt.formatted(.iso8601)
  set(CAIRO_PDF_METADATA_TITLE, metadata.title)
  set(CAIRO_PDF_METADATA_AUTHOR, "Reprise")
  set(CAIRO_PDF_METADATA_CREATOR, "Reprise")
  set(CAIRO_PDF_METADATA_SUBJECT, metadata.subject)
  set(CAIRO_PDF_METADATA_KEYWORDS, metadata.keywords)
  set(CAIRO_PDF_METADATA_CREATE_DATE, date)
  set(CAIRO_PDF_METADATA_MOD_DATE, date)
  // The last entry of each level. Deeper entries become its children.
  var parents: [Int32] = []
  for entry in outline {
    let parent = entry.level > 0 ? parents.prefix(entry.level).last ?? 0 : 0
    let identifier = cairo_pdf_surface_add_outline(
      surface.handle, parent, entry.title, "dest='\(entry.destination)'",
      entry.level == 0 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : cairo_pdf_outline_flags_t(0))
    parents = Array(parents.prefix(entry.level)) + [identifier]
  }
  let canvas = CairoCanvas(on: surface.handle, theme)
  var structure = StructureWriter(canvas)
  for (index, page) in pages.enumerated() {
    cairo_pdf_surface_set_page_label(surface.handle, page.label)
    canvas.fill(size)
    structure.draw(page.marks, page.runs)
    if index + 1 == pages.count { structure.finish() }
    canvas.showPage()
    try canvas.check("\(name), page \(page.label)")
  }
  let bytes = try surface.finish()
  guard pages.contains(where: { !$0.runs.isEmpty }) else { return bytes }
  return described(pdf: bytes, alternates: structure.alternates, language: "en")
}

/// Returns a figure as a PDF of the figure's size.
func makePDF(_ figure: Figure, theme: Theme, createdAt: Date) throws -> Data {
  try makePDF(
    [FinishedPage(marks: figure.marks, label: "1")], name: figure.name + ".pdf", size: figure.size,
    theme: theme,
    metadata: DocumentMetadata(
      title: figure.label.warnings.prefix + figure.label.title, subject: figure.caption,
      keywords: figure.label.warnings.words.joined(separator: ", "), createdAt: createdAt),
    outline: [])
}

/// Returns a figure as SVG. Text becomes outlines, so that viewers need no font; the words are
/// repeated in `<title>` and `<desc>`. Equal values give equal bytes.
func makeSVG(_ figure: Figure, theme: Theme) throws -> Data {
  let surface = try Surface(figure.name + ".svg", figure.size, cairo_svg_surface_create_for_stream)
  // Cairo 1.18 leaves the unit out. A figure without one is drawn at three quarters of its size.
  cairo_svg_surface_set_document_unit(surface.handle, CAIRO_SVG_UNIT_PT)
  let canvas = CairoCanvas(on: surface.handle, theme)
  canvas.fill(figure.size)
  canvas.draw(figure.marks)
  canvas.showPage()
  try canvas.check(figure.name + ".svg")
  var bytes = tidied(svg: try surface.finish())
  if let start = bytes.range(of: Data("<svg".utf8)),
    let end = bytes[start.upperBound...].firstIndex(of: UInt8(ascii: ">"))
  {
    let words = figure.label.warnings.prefix + figure.label.title
    let text =
      "\n<title>\(words.xmlEscaped)</title>\n<desc>\(figure.caption.xmlEscaped)</desc>"
    bytes.insert(contentsOf: Data(text.utf8), at: end + 1)
  }
  return bytes
}

/// Returns an image of marks as PNG, with `scale` pixels per point.
package func makePNG(_ size: Size, scale: Double, theme: Theme, marks: [Mark]) throws -> Data {
  try makePNG(size, scale: scale, theme: theme) { $0.draw(marks) }
}

/// Returns the drawing of `draw` as PNG, with `scale` pixels per point.
func makePNG(
  _ size: Size, scale: Double, theme: Theme, draw: (CairoCanvas) -> Void
) throws(ReportError) -> Data {
  let (width, height) = (
    Int32((size.width * scale).rounded(.up)), Int32((size.height * scale).rounded(.up))
  )
  let sink = ByteSink()
  guard let image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height) else {
    throw .drawingFailed(what: "picture", reason: "no memory for \(width) × \(height)")
  }
  defer { cairo_surface_destroy(image) }
  let canvas = CairoCanvas(on: image, theme)
  canvas.scaled(scale, at: Point(0, 0)) {
    // The last row and column may extend beyond the size by a fraction of a pixel.
    canvas.fill(Size(size.width + 1, size.height + 1))
    draw(canvas)
  }
  try canvas.check("picture")
  let status = cairo_surface_write_to_png_stream(
    image, ByteSink.write, Unmanaged.passUnretained(sink).toOpaque())
  guard status == CAIRO_STATUS_SUCCESS else {
    throw .drawingFailed(what: "picture", reason: String(cString: cairo_status_to_string(status)))
  }
  return sink.bytes
}
