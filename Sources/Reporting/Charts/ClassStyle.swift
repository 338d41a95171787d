// The look of classes in every figure: a position in the list of classes always has the same colour
// and shape.

/// The look of one class.
struct ClassStyle {
  /// The number of systems that readers can tell apart by their marks in one chart.
  static let distinct = 4

  let color: Color
  let shape: MarkerShape

  /// The look of class `index`: eight pairs of colour and shape, then new combinations, 64 in all.
  init(_ index: Int) {
    let colors = Color.categories
    let shapes = MarkerShape.allCases
    color = colors[index % colors.count]
    shape = shapes[(index + index / colors.count) % shapes.count]
  }

  /// The look of everything that only makes the background.
  static let background = ClassStyle(color: .rule, shape: .circle)

  private init(color: Color, shape: MarkerShape) { (self.color, self.shape) = (color, shape) }

  /// Returns the marker of this class.
  func marker(at place: Point, size: Double) -> Mark {
    shape.isOpen
      ? .marker(shape, at: place, size: size, fill: nil, stroke: Stroke(color, size * 0.24))
      : .marker(shape, at: place, size: size, fill: color, stroke: Stroke(.paper, size * 0.07))
  }
}
