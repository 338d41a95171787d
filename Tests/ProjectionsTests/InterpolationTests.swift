// Oracle: interpolated t-SNE against exact t-SNE, for neighbours, affinities, forces and maps.
import Foundation
import Projections
import Randomness
import TestSupport
import Tensors
import Testing

/// Gaussian blobs, interleaved.
private func blobs(_ n: Int, dimensions d: Int, seed: UInt64 = 6) -> Tensor {
  var stream = RandomStream(seed: seed)
  let centres = (0..<5).map { _ in (0..<d).map { _ in stream.normal() * 3 } }
  return Tensor(
    shape: [n, d],
    values: (0..<n).flatMap { row in
      (0..<d).map { Float(centres[row % 5][$0] + stream.normal()) }
    })
}

@Suite struct `Nearest neighbours` {
  /// The neighbours by definition: all distances in double precision, sorted.
  private func plainly(_ features: Tensor, _ k: Int) -> (places: [Int32], squares: [Double]) {
    let (n, d, x) = (features.rows, features.columns, features.array)
    let rows = (0..<n).map { i in
      (0..<n).filter { $0 != i }.map { j in
        let square = (0..<d).reduce(0.0) {
          let difference = Double(x[i * d + $1]) - Double(x[j * d + $1])
          return $0 + difference * difference
        }
        return (square, Int32(j))
      }.sorted { $0 < $1 }.prefix(k)
    }
    return (rows.flatMap { $0.map(\.1) }, rows.flatMap { $0.map(\.0) })
  }

  @Test(arguments: [(300, 8, 12), (257, 64, 90), (20, 3, 19), (2, 1, 1)])
  func `are those of a plain search (oracle)`(n: Int, d: Int, k: Int) {
    let features = blobs(n, dimensions: d)
    let lists = NeighbourLists(of: features, neighbours: k, workers: 2)
    let expected = plainly(features, k)
    #expect(lists.places == expected.places)
    expectClose(lists.squares, expected.squares, relative: 1e-4, absolute: 1e-6)
    // Negative control: other features have other neighbours.
    if n > 20 {
      let other = plainly(blobs(n, dimensions: d, seed: 7), k)
      #expect(lists.places != other.places)
    }
  }

  @Test func `are right far from the origin, and where points coincide`() {
    let near = blobs(120, dimensions: 6)
    let far = Tensor(shape: near.shape, values: near.array.map { $0 + 3000 })
    #expect(
      NeighbourLists(of: far, neighbours: 10, workers: 1).places == plainly(far, 10).places)
    let same = Tensor.full([40, 3], 2)
    let lists = NeighbourLists(of: same, neighbours: 5, workers: 2)
    #expect(lists.squares.allSatisfy { $0 == 0 })
    for i in 0..<40 { #expect(!lists.places[i * 5..<i * 5 + 5].contains(Int32(i))) }
  }
}

@Suite struct `Sparse affinities` {
  @Test func `over all neighbours are the exact ones (oracle)`() {
    let features = blobs(90, dimensions: 7)
    let exact = Affinities(of: features, perplexity: 12)
    let lists = NeighbourLists(of: features, neighbours: 89, workers: 2)
    let sparse = SparseAffinities(lists, perplexity: 12, workers: 2)
    expectClose(sparse.precisions, exact.precisions, relative: 1e-4)
    var dense = [Double](repeating: 0, count: 90 * 90)
    for i in 0..<90 {
      for e in sparse.starts[i]..<sparse.starts[i + 1] where sparse.values[e] > 0 {
        dense[i * 90 + Int(sparse.places[e])] = Double(sparse.values[e])
      }
    }
    expectClose(dense, exact.joint, relative: 1e-3, absolute: 1e-9)
    // Negative control: another perplexity gives other precisions.
    let other = SparseAffinities(lists, perplexity: 11, workers: 2)
    #expect(zip(other.precisions, exact.precisions).contains { abs($0 / $1 - 1) > 0.01 })
  }

  @Test func `of few neighbours are symmetric and sum to 1 (property)`() {
    let lists = NeighbourLists(of: blobs(200, dimensions: 5), neighbours: 15, workers: 1)
    let sparse = SparseAffinities(lists, perplexity: 5, workers: 1)
    var entries: [Int: Float] = [:]
    for i in 0..<200 {
      for e in sparse.starts[i]..<sparse.starts[i + 1] where sparse.values[e] > 0 {
        entries[i * 200 + Int(sparse.places[e])] = sparse.values[e]
      }
    }
    for (key, value) in entries { #expect(entries[key % 200 * 200 + key / 200] == value) }
    expectClose(sparse.values.reduce(0) { $0 + Double($1) }, 1, relative: 1e-5)
  }
}

@Suite struct `Interpolated forces` {
  private func error(spread: Double, spacing: Float, outlier: Double? = nil) -> Double {
    let n = 400
    let features = blobs(n, dimensions: 6)
    let lists = NeighbourLists(of: features, neighbours: n - 1, workers: 2)
    let fast = InterpolatedField(
      SparseAffinities(lists, perplexity: 20, workers: 2), workers: 2, spacing: spacing)
    let exact = ForceField(Affinities(of: features, perplexity: 20), workers: 2)
    var stream = RandomStream(seed: 9)
    var places = (0..<n).map { _ in (x: stream.normal() * spread, y: stream.normal() * spread) }
    if let outlier { places[7] = (outlier, -outlier) }
    let map = PlanarMap(places)
    let zeros = [Float](repeating: 0, count: n)
    var (dx, dy, ex, ey) = (zeros, zeros, zeros, zeros)
    fast.gradient(of: map, exaggeration: 1, dx: &dx, dy: &dy)
    exact.gradient(of: map, exaggeration: 1, dx: &ex, dy: &ey)
    func norm(_ values: [Float]) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    return norm(zip(dx + dy, ex + ey).map { $0 - $1 }) / norm(ex + ey)
  }

  /// Spread 20 puts 400 points on a map 120 wide. The forces there come from single near pairs,
  /// which nodes 0.35 apart resolve worst.
  @Test(arguments: [(1e-5, 1e-4), (0.01, 1e-4), (0.5, 2e-4), (3, 0.006), (20, 0.05)])
  func `are those of all pairs (oracle)`(spread: Double, bound: Double) {
    #expect(error(spread: spread, spacing: 0.35) < bound)
  }

  @Test func `grow nearer with nearer nodes, and are wrong with distant ones (negative control)`() {
    let errors = [0.125, 0.25, 0.5, 1].map { error(spread: 12, spacing: $0) }
    #expect(errors == errors.sorted())
    // The error of a cubic spline's slopes grows with the third power of the spacing.
    #expect(errors[0] < 0.125 * errors[1] && errors[1] < 0.125 * errors[2])
    #expect(error(spread: 12, spacing: 4) > 0.05)
  }

  @Test func `keep to their grid where one point lies far away`() {
    #expect(error(spread: 2, spacing: 0.35, outlier: 150) < 0.03)
    let far = error(spread: 2, spacing: 0.35, outlier: 5000)
    #expect(far.isFinite)
  }

  @Test func `give the same cost as all pairs (oracle)`() {
    let features = blobs(150, dimensions: 6)
    let lists = NeighbourLists(of: features, neighbours: 149, workers: 1)
    let fast = InterpolatedField(
      SparseAffinities(lists, perplexity: 15, workers: 1), workers: 1, spacing: 0.35)
    let exact = ForceField(Affinities(of: features, perplexity: 15), workers: 1)
    var stream = RandomStream(seed: 2)
    let map = PlanarMap((0..<150).map { _ in (stream.normal() * 9, stream.normal() * 9) })
    expectClose(fast.divergence(of: map), exact.divergence(of: map), relative: 1e-5)
  }
}

@Suite struct `An interpolated t-SNE` {
  @Test func `gives the same bits whatever the number of workers`() {
    let features = blobs(700, dimensions: 10)
    var brief = TSNE()
    (brief.iterations, brief.method) = (350, .interpolated)
    let one = brief.embed(features, workers: 1)
    for workers in [2, 3, 8] { #expect(brief.embed(features, workers: workers) == one) }
    var values = features.array
    values[5] += 0.01
    #expect(brief.embed(Tensor(shape: features.shape, values: values), workers: 1) != one)
  }

  @Test func `ends as low as the exact one, where coarse nodes do not (oracle)`() {
    let features = blobs(1200, dimensions: 16)
    func cost(_ method: TSNE.Method, _ spacing: Float = 0.35) -> Double {
      var tsne = TSNE()
      (tsne.method, tsne.gridSpacing) = (method, spacing)
      let map = tsne.embed(features, workers: 2)
      let exact = ForceField(
        Affinities(of: features, perplexity: map.perplexity), workers: 2)
      return exact.divergence(of: PlanarMap(zip(map.x, map.y).map { (Double($0), Double($1)) }))
    }
    let exact = cost(.exact)
    #expect(cost(.interpolated) < 1.02 * exact)
    #expect(cost(.interpolated, 6) > 1.05 * exact)
  }

  @Test func `survives points that coincide, and few of them`() {
    var tsne = TSNE()
    (tsne.method, tsne.iterations) = (.interpolated, 400)
    for n in [4, 5, 40] {
      let map = tsne.embed(Tensor.full([n, 3], 1), workers: 2)
      #expect((map.x + map.y).allSatisfy { $0.isFinite } && map.divergence.isFinite)
    }
    let map = tsne.embed(blobs(6, dimensions: 4), workers: 2)
    #expect((map.x + map.y).allSatisfy { $0.isFinite } && map.divergence.isFinite)
  }
}
