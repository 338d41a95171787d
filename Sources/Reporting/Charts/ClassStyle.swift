// How classes look in every figure: the same colour and the same shape for the same place in the
// list of classes.

/// The look of one class.
struct ClassStyle {
  let color: Color
  let shape: MarkerShape

  /// The look of class `index`: eight pairs of colour and shape, then new pairings; 64 in all.
  init(_ index: Int) {
    let colors = Color.categories
    let shapes = MarkerShape.allCases
    color = colors[index % colors.count]
    shape = shapes[(index + index / colors.count) % shapes.count]
  }

  /// Returns the marker of this class.
  func marker(at place: Point, size: Double) -> Mark {
    shape.isOpen
      ? .marker(shape, at: place, size: size, fill: nil, stroke: Stroke(color, size * 0.24))
      : .marker(shape, at: place, size: size, fill: color, stroke: Stroke(.paper, size * 0.07))
  }
}
