// Cairo's PDF and SVG surfaces: one owner per handle, every status checked, bytes kept in memory.
import CCairo
import Foundation

/// Collects what a surface writes.
private final class ByteSink {
  var bytes = Data()

  /// Cairo's write callback; the closure is a sink that outlives the surface.
  static let write: cairo_write_func_t = { sink, bytes, count in
    guard let sink, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
    Unmanaged<ByteSink>.fromOpaque(sink).takeUnretainedValue().bytes
      .append(bytes, count: Int(count))
    return CAIRO_STATUS_SUCCESS
  }
}

/// A surface that is being drawn on.
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

  /// Throws what Cairo remembers to have failed.
  func check() throws(ReportError) {
    let status = cairo_surface_status(handle)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw .drawingFailed(what: what, reason: String(cString: cairo_status_to_string(status)))
    }
  }

  /// Writes the end and returns all bytes.
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

/// What a PDF says about itself.
struct DocumentMetadata {
  var title: String
  var subject: String
  var keywords: String
  var createdAt: Date
}

/// One page to print.
struct FinishedPage {
  var marks: [Mark]
  var label: String
}

/// An entry of a PDF's outline.
struct OutlineEntry {
  var title: String
  /// Counted from 0.
  var level: Int
  var destination: String
}

/// Returns a PDF of the pages; equal values give equal bytes with the same Cairo and fonts.
func makePDF(
  _ pages: [FinishedPage], size: Size, metadata: DocumentMetadata, outline: [OutlineEntry]
) throws -> Data {
  let surface = try Surface("report.pdf", size, cairo_pdf_surface_create_for_stream)
  func set(_ key: cairo_pdf_metadata_t, _ value: String) {
    cairo_pdf_surface_set_metadata(surface.handle, key, value)
  }
  let date = metadata.createdAt.formatted(.iso8601)
  set(CAIRO_PDF_METADATA_TITLE, metadata.title)
  set(CAIRO_PDF_METADATA_AUTHOR, "Reprise")
  set(CAIRO_PDF_METADATA_CREATOR, "Reprise")
  set(CAIRO_PDF_METADATA_SUBJECT, metadata.subject)
  set(CAIRO_PDF_METADATA_KEYWORDS, metadata.keywords)
  set(CAIRO_PDF_METADATA_CREATE_DATE, date)
  set(CAIRO_PDF_METADATA_MOD_DATE, date)
  // The last entry of each level, under which deeper ones hang.
  var parents: [Int32] = []
  for entry in outline {
    let parent = entry.level > 0 ? parents.prefix(entry.level).last ?? 0 : 0
    let identifier = cairo_pdf_surface_add_outline(
      surface.handle, parent, entry.title, "dest='\(entry.destination)'",
      entry.level == 0 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : cairo_pdf_outline_flags_t(0))
    parents = Array(parents.prefix(entry.level)) + [identifier]
  }
  let canvas = CairoCanvas(on: surface.handle)
  for page in pages {
    cairo_pdf_surface_set_page_label(surface.handle, page.label)
    canvas.draw(page.marks)
    canvas.showPage()
    try canvas.check("report.pdf, page \(page.label)")
  }
  return try surface.finish()
}

/// Returns a figure as SVG: text as outlines, so that no reader needs the font, and the same words
/// once more in `<title>` and `<desc>`. Equal values give equal bytes.
func makeSVG(_ figure: Figure) throws -> Data {
  let surface = try Surface(figure.name + ".svg", figure.size, cairo_svg_surface_create_for_stream)
  let canvas = CairoCanvas(on: surface.handle)
  let sheet = Rectangle(0, 0, figure.size.width, figure.size.height)
  canvas.draw([.rectangle(sheet, fill: .paper, stroke: nil)])
  canvas.draw(figure.marks)
  canvas.showPage()
  try canvas.check(figure.name + ".svg")
  var text = String(decoding: try surface.finish(), as: UTF8.self)
  // Cairo numbers its surfaces through the life of the process; the number means nothing here.
  text = text.replacing(/id="surface[0-9]+"/, with: "id=\"figure\"")
  if let start = text.range(of: "<svg"), let end = text[start.upperBound...].firstIndex(of: ">") {
    let words = figure.warnings.words.map { "\($0). " }.joined()
    text.insert(
      contentsOf: "\n<title>\(escaped(words + figure.title))</title>"
        + "\n<desc>\(escaped(words + figure.caption))</desc>",
      at: text.index(after: end))
  }
  return Data(text.utf8)
}

/// Returns `text` with the characters that XML keeps for itself written as entities.
private func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
