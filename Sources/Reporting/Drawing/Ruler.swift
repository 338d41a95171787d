// Measures text, so that everything is measured before it is placed.
import CCairo
import Synchronization

/// Measures texts in DejaVu Sans (Debian: fonts-dejavu-core), breaks them into lines and shortens
/// them.
///
/// Cairo's simple text interface sets glyphs one by one without kerning, and vector surfaces do not
/// round advances. Widths therefore add up and grow linearly with the size.
///
/// Safe to share between threads: `init` sets everything except the rare advances, which a lock
/// protects, and Cairo locks its scaled fonts.
package final class Ruler: @unchecked Sendable {
  /// The paper of the layout.
  package let sheet: Sheet
  /// The font family of all reports.
  static let family = "DejaVu Sans"
  /// Advances of the first Unicode scalars by face, in em.
  private let common: [[Double]]
  private let rare = Mutex<[Font.Face: [Unicode.Scalar: Double]]>([:])
  private let fonts: [OpaquePointer]

  /// Opens the font.
  ///
  /// - Throws: `ReportError.fontMissing` if the system would substitute another font.
  package init(_ paper: Paper = .a4) throws {
    sheet = Sheet(paper)
    fonts = Font.Face.allCases.map(Ruler.makeScaledFont)
    common = fonts.map { font in
      (0..<0x180).map { code in
        Unicode.Scalar(code).map { Ruler.measured($0, font) } ?? 0
      }
    }
    // Advances of DejaVu Sans 2.x in 1/2048 em: M 1767, i 569 (Book); M 2038 (Bold).
    let known: [(Font.Face, String, Double)] = [
      (.regular, "M", 1767), (.regular, "i", 569), (.bold, "M", 2038),
    ]
    for (face, letter, units) in known
    where abs(width(of: letter, Font(2048, face)) - units) > 1 {
      throw ReportError.fontMissing(family: Ruler.family)
    }
  }

  deinit { fonts.forEach(cairo_scaled_font_destroy) }

  /// Returns the advance of `text`.
  package func width(of text: String, _ font: Font) -> Double {
    var sum = 0.0
    let table = common[font.face.rawValue]
    for scalar in text.unicodeScalars {
      let code = Int(scalar.value)
      sum += code < table.count ? table[code] : rareAdvance(of: scalar, font.face)
    }
    return sum * font.size
  }

  /// Returns `text`, or as much of its beginning and end as fits around an ellipsis. Names that
  /// begin alike often differ at the end.
  package func shortened(_ text: String, _ font: Font, to limit: Double) -> String {
    guard width(of: text, font) > limit else { return text }
    let letters = Array(text)
    for kept in stride(from: letters.count - 1, through: 1, by: -1) {
      let tail = kept / 3
      let candidate = String(letters[..<(kept - tail)]) + "…" + String(letters.suffix(tail))
      if width(of: candidate, font) <= limit { return candidate }
    }
    return "…"
  }

  /// Returns `text` in lines that fit, broken at spaces and line ends, but not between a number and
  /// its unit or name. A word is broken only if it is too wide for a line, after one of `/ - _ . ,`
  /// if it has any.
  package func lines(of text: String, _ font: Font, width limit: Double) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
      paragraphLines(String($0), font, limit)
    }
  }

  private func paragraphLines(_ text: String, _ font: Font, _ limit: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in unbroken(text, font, limit) {
      let candidate = line.isEmpty ? word : line + " " + word
      if width(of: candidate, font) <= limit {
        line = candidate
        continue
      }
      if !line.isEmpty { lines.append(line) }
      var pieces = brokenWord(word, font, limit)
      line = pieces.removeLast()
      lines += pieces
    }
    return lines + [line]
  }

  /// The parts of a text between which a line may end. Words that belong together are one part,
  /// unless it is wider than a line.
  private func unbroken(_ text: String, _ font: Font, _ limit: Double) -> [String] {
    var parts: [String] = []
    var last: Substring = ""
    for word in text.split(separator: " ") {
      if let part = parts.last, belongTogether(last, word) {
        let candidate = part + " " + word
        if width(of: candidate, font) <= limit {
          parts[parts.count - 1] = candidate
          last = word
          continue
        }
      }
      parts.append(String(word))
      last = word
    }
    return parts
  }

  private func brokenWord(_ word: String, _ font: Font, _ limit: Double) -> [String] {
    var pieces: [String] = []
    var rest = Substring(word)
    while width(of: String(rest), font) > limit, rest.count > 1 {
      var end = rest.startIndex
      var used = 0.0
      while end < rest.endIndex {
        let step = width(of: String(rest[end]), font)
        if used + step > limit, end > rest.startIndex { break }
        used += step
        end = rest.index(after: end)
      }
      let fitting = rest[..<end]
      if let good = fitting.lastIndex(where: { "/-_.,".contains($0) }),
        rest.distance(from: rest.startIndex, to: good) > fitting.count / 3
      {
        end = rest.index(after: good)
      }
      pieces.append(String(rest[..<end]))
      rest = rest[end...]
    }
    return pieces + [String(rest)]
  }

  private func rareAdvance(of scalar: Unicode.Scalar, _ face: Font.Face) -> Double {
    rare.withLock { rare in
      if let known = rare[face]?[scalar] { return known }
      let value = Ruler.measured(scalar, fonts[face.rawValue])
      rare[face, default: [:]][scalar] = value
      return value
    }
  }

  private static func measured(_ scalar: Unicode.Scalar, _ font: OpaquePointer) -> Double {
    guard scalar.value != 0 else { return 0 }
    var extents = cairo_text_extents_t()
    cairo_scaled_font_text_extents(font, String(scalar), &extents)
    return extents.x_advance / 1000
  }

  private static func makeScaledFont(_ face: Font.Face) -> OpaquePointer {
    let toy = face.makeCairoFace()
    var size = cairo_matrix_t()
    cairo_matrix_init_scale(&size, 1000, 1000)
    var page = cairo_matrix_t()
    cairo_matrix_init_identity(&page)
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    defer {
      cairo_font_options_destroy(options)
      cairo_font_face_destroy(toy)
    }
    return cairo_scaled_font_create(toy, &size, &page, options)!
  }
}

/// Whether no line may end between two words: "95 %", "p = 0.04", "71 ± 2", "Table 3".
private func belongTogether(_ first: Substring, _ second: Substring) -> Bool {
  if signs.contains(first) || signs.contains(second) { return true }
  let isNumber = second.first?.isNumber == true
  if nouns.contains(first.drop { $0 == "(" }) { return isNumber }
  guard first.last?.isNumber == true else { return false }
  return second.hasPrefix("%") || units.contains(String(second.prefix { $0.isLetter }))
}

private let signs: Set<Substring> = ["=", "<", ">", "≤", "≥", "≈", "±", "×"]
private let nouns: Set<Substring> = [
  "Table", "Tables", "Figure", "Figures", "page", "seed", "fold", "epoch", "p",
]
private let units: Set<String> = [
  "point", "points", "h", "s", "ms", "min", "Hz", "kHz", "kB", "MB", "GB", "GiB", "MiB", "dB", "pt",
]

extension Font.Face {
  /// Returns the Cairo face, which the caller must destroy.
  func makeCairoFace() -> OpaquePointer {
    cairo_toy_font_face_create(
      Ruler.family, self == .oblique ? CAIRO_FONT_SLANT_OBLIQUE : CAIRO_FONT_SLANT_NORMAL,
      self == .bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)!
  }
}
