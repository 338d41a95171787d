// By hand: the measures of a map's fidelity.
import Foundation
import Projections
import Randomness
import TestSupport
import Tensors
import Testing

@Suite struct `The fidelity of a map` {
  private static let points: (x: [Float], y: [Float]) = {
    var stream = RandomStream(seed: 3)
    let values = (0..<80).map { _ in (Float(stream.normal()), Float(stream.normal())) }
    return (values.map(\.0), values.map(\.1))
  }()

  @Test func `is 1 for features that are the map, and poor for a shuffled one`() {
    let (x, y) = Self.points
    let features = Distances(Tensor(shape: [80, 2], values: zip(x, y).flatMap { [$0, $1] }))
    let same = NeighbourFidelity(of: Distances(x: x, y: y), in: features)
    #expect(same.trustworthiness == 1 && same.preservation == 1 && same.neighbours == 10)
    var order = Array(0..<80)
    var stream = RandomStream(seed: 4)
    stream.shuffle(&order)
    let shuffled = NeighbourFidelity(
      of: Distances(x: order.map { x[$0] }, y: order.map { y[$0] }), in: features)
    #expect(shuffled.trustworthiness < 0.65 && shuffled.preservation < 0.3)
  }

  @Test func `is what three points on a line give (worked by hand)`() throws {
    // Features 0, 1, 10 and map 0, 10, 1. With k = 1 the neighbours on the map are 2, 2 and 0.
    // Their ranks among the features are 2, 2 and 2 (for point 2: first 1, then 0). So 1 - 2 /
    // (3·1·2) · 3 = 0.
    let features = Distances(Tensor(shape: [3, 1], values: [0, 1, 10]))
    let map = Distances(x: [0, 10, 1], y: [0, 0, 0])
    let fidelity = NeighbourFidelity(of: map, in: features, neighbours: 10)
    #expect(fidelity.neighbours == 1)
    expectClose(fidelity.trustworthiness, 0, absolute: 1e-12)
    #expect(fidelity.preservation == 0)
  }

  @Test func `has the silhouettes of two pairs (worked by hand)`() throws {
    // Groups 0, 1 | 5, 7, point by point:
    // a = 1, b = (5 + 7)/2 = 6 → 5/6;  a = 1, b = 5 → 4/5;
    // a = 2, b = 4.5 → 2.5/4.5;  a = 2, b = 6.5 → 4.5/6.5.
    let points = Distances(x: [0, 1, 5, 7], y: [0, 0, 0, 0])
    let expected = (5.0 / 6 + 4.0 / 5 + 2.5 / 4.5 + 4.5 / 6.5) / 4
    expectClose(try #require(points.silhouette([0, 0, 1, 1])), expected, relative: 1e-12)
    #expect(try #require(points.silhouette([0, 1, 0, 1])) < 0)
    #expect(points.silhouette([0, 0, 0, 0]) == nil && points.silhouette([0, 1, 2, 3]) == nil)
  }

  @Test func `between a map and itself turned, scaled, mirrored and moved is 0 (property)`() throws
  {
    let (x, y) = Self.points
    let turned = (
      x: zip(x, y).map { 3 * (0.6 * $0 - 0.8 * $1) + 7 },
      y: zip(x, y).map { -3 * (0.8 * $0 + 0.6 * $1) - 2 }
    )
    expectClose(try #require(procrustesDisparity((x, y), turned)), 0, absolute: 1e-6)
    let mixed = (x: Array(x.reversed()), y: y)
    #expect(try #require(procrustesDisparity((x, y), mixed)) > 0.3)
    #expect(
      procrustesDisparity(
        (x, y), ([Float](repeating: 1, count: 80), [Float](repeating: 1, count: 80))) == nil)
  }
}
