// t-SNE (van der Maaten & Hinton 2008): exact for few points, interpolated for many. The result has
// the same bits for any number of threads.
import Foundation
package import Randomness
package import Tensors

/// The settings of a t-SNE. The defaults are those of scikit-learn 1.2 and later.
package struct TSNE: Sendable, Hashable {
  /// The effective number of neighbours, limited to (N - 1) / 3 for few points.
  package var perplexity = 30.0
  /// The total number of steps.
  package var iterations = 1000
  /// The factor on attraction during the first `exaggeratedIterations` steps.
  package var exaggeration = 12.0
  /// The number of steps with exaggeration and with momentum 0.5. Later steps use momentum 0.8.
  package var exaggeratedIterations = 250
  /// The standard deviation of the first initial coordinate.
  package var initialSpread = 1e-4
  package var method = Method.automatic
  /// The spacing of nodes in the interpolated method, in units of the map.
  package var gridSpacing: Float = 0.35

  /// The method for computing forces.
  package enum Method: Sendable, Hashable {
    /// Exact up to `crossover` points, interpolated beyond.
    case automatic
    /// All pairs of points: O(N²) time per step, O(N²) memory.
    case exact
    /// Attraction among 3 · perplexity nearest neighbours, repulsion on a grid: O(N) per step. With
    /// fewer than 100 points the computation is exact anyway, because the grid's error would
    /// dominate the forces of so few distant points.
    case interpolated
  }

  /// The number of points up to which the exact method is faster.
  package static let crossover = 1500

  package init() {}

  /// Returns the learning rate for `count` points: scikit-learn's `max(N / 12 / 4, 50)`, for a
  /// gradient that includes the factor 4, as ours does.
  package static func learningRate(of count: Int) -> Double { max(Double(count) / 48, 50) }

  /// The result of t-SNE.
  package struct Embedding: Sendable, Hashable {
    /// Horizontal coordinates, one per row.
    package let x: [Float]
    /// Vertical coordinates, one per row.
    package let y: [Float]
    /// The Kullback–Leibler divergence of the map's neighbours from the data's, in nats.
    package let divergence: Double
    /// The perplexity in use.
    package let perplexity: Double
  }

  /// Embeds the rows of `features`, `[N, D]`, in the plane, starting from their first two principal
  /// components.
  ///
  /// - Parameter workers: threads that share the rows. The result does not depend on it.
  /// - Precondition: N ≥ 4, and all features are finite.
  /// - Complexity: see `Method`; finding the neighbours takes O(N² D) once.
  package func embed(
    _ features: Tensor, workers: Int = ProcessInfo.processInfo.activeProcessorCount
  )
    -> Embedding
  {
    let n = features.rows
    precondition(n >= 4, "t-SNE needs at least 4 points, got \(n)")
    let features = withinRange(features)
    // A step over so few points takes less time than waking a second thread.
    let workers = n < 400 ? 1 : workers
    let used = max(1, min(perplexity, Double(n - 1) / 3))
    let isExact = method == .exact || n < 100 || method == .automatic && n <= Self.crossover
    let field: any MapField =
      isExact
      ? ForceField(Affinities(of: features, perplexity: used), workers: workers)
      : interpolatedField(of: features, perplexity: used, workers: workers)
    var map = PlanarMap(separated(start(of: features)))
    descend(&map, in: field)
    return Embedding(
      x: Array(map.x.prefix(n)), y: Array(map.y.prefix(n)), divergence: field.divergence(of: map),
      perplexity: used)
  }

  private func interpolatedField(of features: Tensor, perplexity: Double, workers: Int)
    -> InterpolatedField
  {
    let neighbours = min(features.rows - 1, max(1, Int(3 * perplexity)))
    let lists = NeighbourLists(of: features, neighbours: neighbours, workers: workers)
    let affinities = SparseAffinities(
      lists, perplexity: min(perplexity, Double(neighbours)), workers: workers)
    return InterpolatedField(affinities, workers: workers, spacing: gridSpacing)
  }

  /// Returns the first two principal components of the rows, scaled so that the first has standard
  /// deviation `initialSpread`.
  package func start(of features: Tensor) -> [(x: Double, y: Double)] {
    let components = PrincipalComponents(of: features, count: min(2, features.columns))
    let deviation = (components.variances.first ?? 0).squareRoot()
    let scale = deviation > 0 ? initialSpread / deviation : 0
    return components.scores.map { ($0[0] * scale, ($0.count > 1 ? $0[1] : 0) * scale) }
  }

  /// Returns an initial map whose points can move apart.
  ///
  /// Points that start on a line stay on it, because no force acts across the line. Points that
  /// start at the same place stay together. If the second coordinate has almost no variance, this
  /// moves every point a little, always in the same way.
  private func separated(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    let squares = points.reduce((x: 0.0, y: 0.0)) {
      ($0.x + $1.x * $1.x, $0.y + $1.y * $1.y)
    }
    guard squares.y <= Self.leastVariance * squares.x else { return points }
    var random = RandomStream(seed: 1).split("t-SNE start")
    return points.map { point in
      (
        x: point.x + Self.jitter * initialSpread * random.normal(),
        y: point.y + Self.jitter * initialSpread * random.normal()
      )
    }
  }

  /// A second component with less than this share of the first one's variance is rounding. Rows on
  /// a line in 32-bit floats have about 1e-14.
  private static let leastVariance = 1e-10
  /// How far points that start on a line are moved, in units of `initialSpread`.
  private static let jitter = 0.1

  /// Moves the points of `map` down the gradient with momentum, and with a gain per coordinate that
  /// grows while the gradient keeps its sign (Jacobs 1988).
  private func descend(_ map: inout PlanarMap, in field: any MapField) {
    let n = map.count
    let rate = Float(Self.learningRate(of: n))
    var dx = [Float](repeating: 0, count: n)
    var dy = dx
    var velocities = [Float](repeating: 0, count: 2 * n)
    var gains = [Float](repeating: 1, count: 2 * n)
    for step in 0..<iterations {
      let early = step < exaggeratedIterations
      field.gradient(
        of: map, exaggeration: early ? Float(exaggeration) : 1, dx: &dx, dy: &dy)
      let momentum: Float = early ? 0.5 : 0.8
      func move(_ position: inout Float, _ k: Int, _ slope: Float) {
        let gain = slope * velocities[k] < 0 ? gains[k] + 0.2 : gains[k] * 0.8
        gains[k] = max(0.01, gain)
        velocities[k] = momentum * velocities[k] - rate * gains[k] * slope
        position += velocities[k]
      }
      for i in 0..<n {
        move(&map.x[i], i, dx[i])
        move(&map.y[i], n + i, dy[i])
      }
    }
  }
}

/// Returns the features, scaled by a power of two if their squares would leave the range of 32-bit
/// floats. The map does not depend on their scale.
private func withinRange(_ features: Tensor) -> Tensor {
  let greatest = features.withUnsafeBuffer { $0.reduce(0) { max($0, abs($1)) } }
  guard greatest > 0, greatest.isFinite, greatest > 0x1p30 || greatest < 0x1p-30 else {
    return features
  }
  // In two steps, because a factor of 2^140 exceeds 32-bit floats.
  let exponent = -Int(greatest.exponent)
  let factors = [exponent / 2, exponent - exponent / 2].map {
    Float(sign: .plus, exponent: $0, significand: 1)
  }
  return Tensor(
    shape: features.shape, values: features.array.map { $0 * factors[0] * factors[1] })
}

extension RandomStream {
  /// Returns `limit` of the numbers `0 ..< count`, drawn without replacement, in ascending order.
  /// Returns all of them if there are no more.
  package mutating func sample(_ limit: Int, of count: Int) -> [Int] {
    guard count > limit else { return Array(0..<count) }
    var indices = Array(0..<count)
    shuffle(&indices)
    return indices.prefix(limit).sorted()
  }
}
