// Oracle: the gradient of t-SNE against finite differences and its inner loop against a plain one.
// Property: its maps.
import Foundation
import Projections
import Randomness
import TestSupport
import Tensors
import Testing

@Suite struct `A t-SNE` {
  @Test func `has the gradient of its cost (property)`() {
    let n = 21
    let (features, _) = blobs(of: 7, spread: 1, dimensions: 4)
    let field = ForceField(Affinities(of: features, perplexity: 5), workers: 1)
    var stream = RandomStream(seed: 3)
    let map = PlanarMap((0..<n).map { _ in (stream.normal(), stream.normal()) })
    var dx = [Float](repeating: 0, count: n)
    var dy = dx
    field.gradient(of: map, exaggeration: 1, dx: &dx, dy: &dy)
    func slope(_ coordinate: WritableKeyPath<PlanarMap, [Float]>, _ i: Int) -> Float {
      var up = map
      var down = map
      up[keyPath: coordinate][i] += 0x1p-9
      down[keyPath: coordinate][i] -= 0x1p-9
      return Float((field.divergence(of: up) - field.divergence(of: down)) / 0x1p-8)
    }
    expectClose(dx, (0..<n).map { slope(\.x, $0) }, relative: 1e-3, absolute: 1e-5)
    expectClose(dy, (0..<n).map { slope(\.y, $0) }, relative: 1e-3, absolute: 1e-5)
    // Negative control: the exaggerated gradient differs.
    var exaggerated = dx
    field.gradient(of: map, exaggeration: 12, dx: &exaggerated, dy: &dy)
    #expect(zip(dx, exaggerated).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `separates blobs, where its start and shuffled labels do not (comparison)`() {
    let (features, labels) = blobs(of: 60, spread: 2.2, dimensions: 40)
    let start = TSNE().start(of: features)
    var shuffled = labels
    var stream = RandomStream(seed: 4)
    stream.shuffle(&shuffled)
    let map = TSNE().embed(features, workers: 2)
    let points = zip(map.x, map.y).map { (Double($0), Double($1)) }
    #expect(nearestAgreement(points, labels) > 0.95)
    #expect(nearestAgreement(points, shuffled) < 0.5)
    let random = labels.map { _ in (stream.normal(), stream.normal()) }
    #expect(nearestAgreement(random, labels) < 0.5)
    #expect(map.divergence > 0 && map.divergence < 2)
    expectClose(
      (start.reduce(0) { $0 + $1.x * $1.x } / Double(start.count)).squareRoot(), 1e-4,
      relative: 1e-6)
  }

  @Test func `gives the same bits whatever the number of workers`() {
    let (features, _) = blobs(of: 37, spread: 1, dimensions: 8)
    var brief = TSNE()
    brief.iterations = 300
    let one = brief.embed(features, workers: 1)
    for workers in [2, 3, 8] { #expect(brief.embed(features, workers: workers) == one) }
    var values = features.array
    values[5] += 0.01
    let other = brief.embed(Tensor(shape: features.shape, values: values), workers: 1)
    #expect(other != one, "a changed input must change the map")
  }

  @Test func `does not reach its divergence while attraction is exaggerated (negative control)`() {
    let (features, _) = blobs(of: 40, spread: 1, dimensions: 5)
    var settings = TSNE()
    let whole = settings.embed(features, workers: 1).divergence
    settings.iterations = 100
    #expect(settings.embed(features, workers: 1).divergence > 1.02 * whole)
  }

  @Test func `survives points that coincide`() {
    let map = TSNE().embed(Tensor.full([12, 3], 1), workers: 1)
    #expect((map.x + map.y).allSatisfy { $0.isFinite })
    #expect(map.divergence.isFinite)
  }

  /// Rows that differ along only one direction, or hardly at all.
  static let degenerate: [(name: String, rows: Tensor, greatest: Double)] = {
    var stream = RandomStream(seed: 8)
    let line = (0..<150).map { _ in Float(stream.normal()) }
    let direction = (0..<20).map { _ in Float(stream.normal()) }
    let along = line.flatMap { place in direction.map { place * $0 } }
    let two = (0..<100).flatMap { row in direction.prefix(5).map { row < 50 ? $0 : -$0 } }
    return [
      ("one column", Tensor(shape: [150, 1], values: line), 0.12),
      ("rank one", Tensor(shape: [150, 20], values: along), 0.12),
      ("evenly spaced", Tensor(shape: [150, 1], values: (0..<150).map { Float($0) / 149 }), 0.13),
      ("two points", Tensor(shape: [100, 5], values: two), 0.005),
      ("equal rows", Tensor.full([50, 3], 1), 0.001),
    ]
  }()

  /// scikit-learn 1.9 (exact, init pca) reaches 0.0966 on 150 rows of rank one, and 0.0005 on two
  /// points.
  @Test(arguments: degenerate.indices)
  func `leaves the line on which its rows lie, and reaches the divergence of scikit-learn`(
    index: Int
  ) {
    let (name, rows, greatest) = Self.degenerate[index]
    let map = TSNE().embed(rows, workers: 2)
    #expect(map.divergence < greatest, "\(name): \(map.divergence)")
    let points = Tensor(
      shape: [map.x.count, 2], values: zip(map.x, map.y).flatMap { [$0, $1] })
    let spread = PrincipalComponents(of: points, count: 2).variances
    // The two groups lie far apart on a line, and each group is round.
    #expect(spread[1] > (name == "two points" ? 1e-12 : 1e-4) * spread[0], "\(name) is a line")
    #expect(TSNE().embed(rows, workers: 1) == map)
  }

  @Test func `is not moved from its principal components where both have variance`() {
    let (features, _) = blobs(of: 20, spread: 1, dimensions: 6)
    let components = PrincipalComponents(of: features, count: 2)
    let scale = 1e-4 / components.variances[0].squareRoot()
    let start = TSNE().start(of: features)
    #expect(start.map(\.x) == components.scores.map { $0[0] * scale })
    #expect(start.map(\.y) == components.scores.map { $0[1] * scale })
  }

  @Test(arguments: [Float(0x1p100), 0x1p-100])
  func `does not depend on the scale of its features`(scale: Float) {
    let (features, _) = blobs(of: 600, spread: 1, dimensions: 3)
    var brief = TSNE()
    brief.iterations = 5
    let scaled = Tensor(shape: features.shape, values: features.array.map { $0 * scale })
    let (map, other) = (brief.embed(features, workers: 2), brief.embed(scaled, workers: 2))
    expectClose(other.x, map.x, relative: 1e-3, absolute: 1e-7)
    expectClose(other.y, map.y, relative: 1e-3, absolute: 1e-7)
  }

  @Test func `lowers its perplexity for few points`() {
    let (features, _) = blobs(of: 3, spread: 1, dimensions: 3)
    #expect(TSNE().embed(features, workers: 1).perplexity == 8.0 / 3)
  }

  @Test func `samples without repetition, in order, and all where few`() {
    var stream = RandomStream(seed: 5)
    let sample = stream.sample(20, of: 100)
    #expect(
      Set(sample).count == 20 && sample == sample.sorted() && sample.last.map { $0 < 100 } == true)
    #expect(stream.sample(20, of: 7) == Array(0..<7))
  }
}

/// Three Gaussian blobs of `size` points each, interleaved, and the blob of each point.
private func blobs(of size: Int, spread: Double, dimensions d: Int) -> (Tensor, [Int]) {
  var stream = RandomStream(seed: 6)
  let centres = (0..<3).map { _ in (0..<d).map { _ in stream.normal() * 2 } }
  let labels = (0..<size * 3).map { $0 % 3 }
  let values = labels.flatMap { label in
    (0..<d).map { Float(centres[label][$0] + spread * stream.normal()) }
  }
  return (Tensor(shape: [size * 3, d], values: values), labels)
}

/// The share of points whose nearest other point has the same label.
private func nearestAgreement(_ points: [(Double, Double)], _ labels: [Int]) -> Double {
  let hits = points.indices.filter { i in
    let nearest = points.indices.filter { $0 != i }.min { a, b in
      func distance(_ j: Int) -> Double {
        hypot(points[i].0 - points[j].0, points[i].1 - points[j].1)
      }
      return distance(a) < distance(b)
    }
    return nearest.map { labels[$0] == labels[i] } ?? false
  }
  return Double(hits.count) / Double(points.count)
}
