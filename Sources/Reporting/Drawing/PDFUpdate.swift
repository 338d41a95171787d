// Alternate texts and the language of a PDF. Cairo 1.16 writes neither, so they are appended as an
// incremental update (ISO 32000-1, 7.5.6): new versions of a few objects, after Cairo's bytes.
import Foundation

/// Returns a PDF of Cairo with the language, its title shown by viewers, and a text for each of its
/// figures. A file of another form, or with another number of figures, is returned as it is.
///
/// - Parameter alternates: what a reader hears for each figure, in order.
func described(pdf: Data, alternates: [String], language: String) -> Data {
  guard let file = PDFObjects(pdf) else { return pdf }
  let figures = (1..<max(1, file.count)).filter { file.isFigure($0) }
  guard figures.count == alternates.count else { return pdf }
  var changes = zip(figures, alternates).map { number, text in
    (number, "/Alt \(text.pdfString)")
  }
  changes.append(
    (file.root, "/Lang (\(language))\n   /ViewerPreferences << /DisplayDocTitle true >>"))
  return file.updated(changes.sorted { $0.0 < $1.0 }) ?? pdf
}

/// The objects of a PDF with a plain table of offsets, as Cairo writes it.
private struct PDFObjects {
  private let bytes: [UInt8]
  private let offsets: [Int]
  private let table: Int
  let root: Int
  private let information: String

  var count: Int { offsets.count }

  init?(_ pdf: Data) {
    bytes = Array(pdf)
    let end = String(decoding: bytes.suffix(400), as: UTF8.self)
    func number(_ pattern: Regex<(Substring, Substring)>) -> Int? {
      end.firstMatch(of: pattern).flatMap { Int($0.1) }
    }
    guard let start = number(/startxref\s+([0-9]{1,15})\s+%%EOF\s*$/),
      let size = number(/\/Size ([0-9]{1,9})\s/), let root = number(/\/Root ([0-9]{1,9}) 0 R/),
      let information = end.firstMatch(of: /\/Info [0-9]{1,9} 0 R/),
      (1..<bytes.count).contains(start), (1..<size).contains(root)
    else { return nil }
    let head = Array("xref\n0 \(size)\n".utf8)
    let first = start + head.count
    guard first + 20 * size <= bytes.count, bytes[start..<first].elementsEqual(head) else {
      return nil
    }
    var offsets: [Int] = []
    for entry in 0..<size {
      let digits = bytes[(first + 20 * entry)..<(first + 20 * entry + 10)]
      guard let offset = Int(String(decoding: digits, as: UTF8.self)), offset < start else {
        return nil
      }
      offsets.append(offset)
    }
    (self.offsets, self.table, self.root) = (offsets, start, root)
    self.information = String(information.0)
  }

  func isFigure(_ number: Int) -> Bool {
    guard offsets.indices.contains(number) else { return false }
    let head = Array("\(number) 0 obj\n<< /Type /StructElem\n   /S /Figure\n".utf8)
    return bytes[offsets[number]...].starts(with: head)
  }

  /// The text of an object's dictionary without its last `>>`; nil if it is no dictionary.
  private func opening(_ number: Int) -> String? {
    guard offsets.indices.contains(number) else { return nil }
    let close = Array(">>\nendobj".utf8)
    let rest = bytes[offsets[number]..<min(bytes.count, offsets[number] + 10_000)]
    guard rest.starts(with: Array("\(number) 0 obj\n<<".utf8)),
      let end = rest.indices.first(where: { rest[$0...].starts(with: close) })
    else { return nil }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  /// The file with more entries in the dictionaries of some objects.
  ///
  /// - Parameter changes: by ascending number.
  func updated(_ changes: [(Int, String)]) -> Data? {
    var added = Data()
    var entries = ""
    for (number, entry) in changes {
      guard let opening = opening(number) else { return nil }
      let digits = "\(bytes.count + added.count)"
      entries +=
        "\(number) 1\n" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        + " 00000 n \n"
      added += Data("\(opening)   \(entry)\n>>\nendobj\n".utf8)
    }
    let start = bytes.count + added.count
    added += Data(
      """
      xref
      \(entries)trailer
      << /Size \(count)
         /Root \(root) 0 R
         \(information)
         /Prev \(table)
      >>
      startxref
      \(start)
      %%EOF

      """.utf8)
    return Data(bytes) + added
  }
}

extension String {
  /// The text as a PDF string: UTF-16 with a byte order mark, in hexadecimal digits.
  fileprivate var pdfString: String {
    let digits = utf16.map { unit in
      let text = String(unit, radix: 16, uppercase: true)
      return String(repeating: "0", count: 4 - text.count) + text
    }
    return "<FEFF" + digits.joined() + ">"
  }
}
