// The cost of t-SNE and its gradient, over all pairs of points.
import CKernels
import Foundation
import Threads

/// Points in the plane, padded to whole vectors with points far away.
package struct PlanarMap: Sendable {
  /// The number of genuine points.
  package let count: Int
  /// Horizontal coordinates, padding included.
  package var x: [Float]
  /// Vertical coordinates, padding included.
  package var y: [Float]

  /// Makes a map of the given points.
  package init(_ points: [(x: Double, y: Double)]) {
    count = points.count
    // At 1e15 the square of an inverse squared distance vanishes in single precision.
    let padding = [Float](repeating: 1e15, count: padded(count) - count)
    x = points.map { Float($0.x) } + padding
    y = points.map { Float($0.y) } + padding
  }
}

/// The forces that fit a map to the neighbour probabilities p.
///
///     qᵢⱼ = (1 + |yᵢ-yⱼ|²)⁻¹ / Z,  Z = Σₖ≠ₗ (1 + |yₖ-yₗ|²)⁻¹,  C = Σ pᵢⱼ ln(pᵢⱼ / qᵢⱼ)
///     ∂C/∂yᵢ = 4 Σⱼ (pᵢⱼ - qᵢⱼ) (1 + |yᵢ-yⱼ|²)⁻¹ (yᵢ - yⱼ)
package struct ForceField: MapField, Sendable {
  private let count: Int
  private let joint: [Float]
  private let workers: Int

  /// Copies the probabilities. `workers` threads share the rows.
  package init(_ affinities: Affinities, workers: Int) {
    precondition(workers >= 1, "t-SNE needs at least one worker, got \(workers)")
    let n = affinities.count
    count = n
    self.workers = min(workers, n)
    var rows = [Float](repeating: 0, count: n * padded(n))
    for i in 0..<n {
      for j in 0..<n { rows[i * padded(n) + j] = Float(affinities.joint[i * n + j]) }
    }
    joint = rows
  }

  /// Computes the gradient of the cost, with attraction multiplied by `exaggeration`.
  ///
  /// The sums of a row have a fixed order, and Z adds the rows in order, so the result does not
  /// depend on the number of workers.
  package func gradient(
    of map: PlanarMap, exaggeration: Float, dx: inout [Float], dy: inout [Float]
  ) {
    let forces = rowForces(of: map)
    let z = Float(1 / normaliser(forces))
    for i in 0..<count {
      dx[i] = 4 * (exaggeration * forces[5 * i] - z * forces[5 * i + 2])
      dy[i] = 4 * (exaggeration * forces[5 * i + 1] - z * forces[5 * i + 3])
    }
  }

  /// Returns the cost C of a map, in nats. All sums are in double precision.
  package func divergence(of map: PlanarMap) -> Double {
    let n = count
    var z = 0.0
    var weighted = 0.0
    for i in 0..<n {
      var row = 0.0
      var cost = 0.0
      for j in 0..<n where j != i {
        let x = Double(map.x[i]) - Double(map.x[j])
        let y = Double(map.y[i]) - Double(map.y[j])
        let spread = 1 + x * x + y * y
        row += 1 / spread
        let p = Double(joint[i * padded(n) + j])
        if p > 0 { cost += p * (log(p) + log(spread)) }
      }
      z += row
      weighted += cost
    }
    return weighted + log(z)
  }

  /// Returns five sums per point. See `reprise_tsne_forces`.
  private func rowForces(of map: PlanarMap) -> [Float] {
    let n = count
    let width = padded(n)
    return [Float](unsafeUninitializedCapacity: 5 * n) { out, filled in
      joint.withUnsafeBufferPointer { p in
        map.x.withUnsafeBufferPointer { x in
          map.y.withUnsafeBufferPointer { y in
            // Safe: all buffers are only read except `out`, and each of its rows is written once.
            let (out, p, x, y) = (
              out.baseAddress!, p.baseAddress!, x.baseAddress!, y.baseAddress!
            )
            parallel(n, by: max(1, (n + workers - 1) / workers), threads: workers) { rows in
              for i in rows {
                reprise_tsne_forces(p + i * width, x, y, width, x[i], y[i], out + 5 * i)
              }
            }
          }
        }
      }
      filled = 5 * n
    }
  }

  /// Returns Z: the sum of the rows without each point's nearness to itself, which is 1.
  private func normaliser(_ forces: [Float]) -> Double {
    var z = 0.0
    for i in 0..<count { z += Double(forces[5 * i + 4]) - 1 }
    return max(z, .leastNormalMagnitude)
  }
}

/// Returns `count` rounded up to whole vectors.
private func padded(_ count: Int) -> Int {
  let lanes = Int(REPRISE_TSNE_LANES)
  return (count + lanes - 1) / lanes * lanes
}
