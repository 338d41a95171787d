// The areas of marks, so that nothing is drawn beside the paper unseen.

extension Mark {
  /// The smallest upright rectangle around what is visible; nil for marks that are not.
  func bounds(_ ruler: Ruler) -> Rectangle? {
    switch self {
    case .rectangle(let area, _, _), .image(_, let area): return area
    case .line(let points, _), .area(let points, _, _):
      let (xs, ys) = (points.map(\.x), points.map(\.y))
      guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let end = ys.max()
      else { return nil }
      return Rectangle(left, top, right - left, end - top)
    case .marker(_, let place, let size, _, _):
      return Rectangle(place.x - size / 2, place.y - size / 2, size, size)
    case .text(let text, let place, let font, _, let turned):
      let width = ruler.width(of: text, font)
      let (rise, fall) = (font.capHeight, font.descent)
      return turned
        ? Rectangle(place.x - rise, place.y - width, rise + fall, width)
        : Rectangle(place.x, place.y - rise, width, rise + fall)
    default: return nil
    }
  }
}

/// Throws if a mark of a page leaves the sheet.
///
/// - Throws: `ReportError.leavesSheet` for the first such mark.
package func requireMarks(
  of pages: [[Mark]], insideSheet size: Size, _ ruler: Ruler
) throws(ReportError) {
  let sheet = Rectangle(0, 0, size.width, size.height)
  for (index, page) in pages.enumerated() {
    for mark in page {
      guard let area = mark.bounds(ruler), !sheet.contains(area) else { continue }
      throw .leavesSheet(page: index + 1, what: mark.words.map { "“\($0)”" } ?? "a mark")
    }
  }
}
