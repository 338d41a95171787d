// The extents of marks, for tests of clipping and overlap.
import Reporting

extension Mark {
  /// The smallest upright rectangle around the mark; for a text, from capitals to baseline.
  func extent(_ ruler: Ruler) -> Rectangle {
    switch self {
    case .rectangle(let area, _, _), .link(let area, _), .note(_, let area): return area
    case .line(let points, _), .area(let points, _, _): return bounds(points)
    case .image(_, let area): return area
    case .marker(_, let place, let size, _, _):
      return Rectangle(place.x - size / 2, place.y - size / 2, size, size)
    case .text(let text, let place, let font, _, let turned):
      let width = ruler.width(of: text, font)
      let height = 0.72 * font.size
      return turned
        ? Rectangle(place.x - height, place.y - width, height, width)
        : Rectangle(place.x, place.y - height, width, height)
    case .destination(_, let place): return Rectangle(place.x, place.y, 0, 0)
    }
  }
}

private func bounds(_ points: [Point]) -> Rectangle {
  let (xs, ys) = (points.map(\.x), points.map(\.y))
  let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
  return Rectangle(left, top, (xs.max() ?? 0) - left, (ys.max() ?? 0) - top)
}

extension Rectangle {
  /// Whether both share more than a hairline.
  func overlaps(_ other: Rectangle) -> Bool {
    min(right, other.right) - max(x, other.x) > 0.2
      && min(bottom, other.bottom) - max(y, other.y) > 0.2
  }
}
