// All figures in small size on one image, for a quick look at a report.
import Foundation

extension Report {
  /// Returns an image, 1600 pixels wide, of every figure with its title. Each figure goes to the
  /// shortest column. Figures beyond `limit` are only counted.
  func contactSheet(columns: Int = 4, limit: Int = 24) throws -> Data {
    let size = Size(1600, 1)
    let gap = 24.0
    let width = (size.width - gap * Double(columns + 1)) / Double(columns)
    let shown = Array(figures(width: .page, isTitled: true).prefix(limit))
    let scale = width / FigureWidth.page.points
    var ends = [Double](repeating: 64, count: columns)
    let places = shown.map { figure in
      let column = ends.indices.min { (ends[$0], $0) < (ends[$1], $1) } ?? 0
      let place = Point(gap + Double(column) * (width + gap), ends[column])
      ends[column] += figure.size.height * scale + gap
      return place
    }
    let height = (ends.max() ?? 64) + 20
    let words = content.warnings.prefix
    let left = charts.count - shown.count
    let note =
      "\(words)\(content.runName), \(timestamp(content.createdAt)): \(shown.count) figures"
      + (left > 0 ? ", \(left) more in the report" : "")
    return try makePNG(Size(size.width, height), scale: 1, theme: options.theme) { canvas in
      canvas.draw([
        ruler.line(note, Font(20, .bold), .accent, from: gap, to: size.width - gap, baseline: 40)
      ])
      for (figure, place) in zip(shown, places) {
        canvas.scaled(scale, at: place) { canvas.draw(figure.marks) }
      }
    }
  }
}
