// Positions and sizes on paper in points (1/72 inch), from the top left, with y pointing down.

/// A position.
package struct Point: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  func moved(_ dx: Double, _ dy: Double) -> Point { Point(x + dx, y + dy) }
  func scaled(_ factor: Double) -> Point { Point(x * factor, y * factor) }
}

/// A width and a height.
package struct Size: Sendable, Equatable {
  package var width: Double
  package var height: Double

  package init(_ width: Double, _ height: Double) {
    self.width = width
    self.height = height
  }
}

/// An upright rectangle.
package struct Rectangle: Sendable, Equatable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var right: Double { x + width }
  package var bottom: Double { y + height }
  var centre: Point { Point(x + width / 2, y + height / 2) }

  func moved(_ dx: Double, _ dy: Double) -> Rectangle {
    Rectangle(x + dx, y + dy, width, height)
  }

  func scaled(_ factor: Double) -> Rectangle {
    Rectangle(x * factor, y * factor, width * factor, height * factor)
  }

  /// Whether this contains all of `other`, up to a rounding error.
  package func contains(_ other: Rectangle) -> Bool {
    other.x >= x - 0.01 && other.y >= y - 0.01 && other.right <= right + 0.01
      && other.bottom <= bottom + 0.01
  }
}
