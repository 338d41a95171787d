// The forces of t-SNE at a cost that grows with N: attraction among nearest neighbours, repulsion
// through a potential on a grid (FIt-SNE; Linderman, Rachh, Hoskins, Steinerberger & Kluger 2019).
import CKernels
import Foundation
import Tensors
import Threads

/// The forces on the points of a map.
package protocol MapField {
  /// Computes the gradient of the cost, with attraction multiplied by `exaggeration`.
  func gradient(of map: PlanarMap, exaggeration: Float, dx: inout [Float], dy: inout [Float])
  /// Returns the cost of a map, in nats.
  func divergence(of map: PlanarMap) -> Double
}

/// Forces with an interpolated repulsion.
///
///     φ(y) = Σⱼ (1 + |y - yⱼ|²)⁻¹,   Z = Σᵢ φ(yᵢ) - N,   Σⱼ q² (yᵢ - yⱼ) = -½ ∇φ(yᵢ)
///
/// φ is a cubic spline on a grid of nodes with spacing h. The forces are therefore the exact slopes
/// of one smooth potential. FIt-SNE transforms several charges and kernels; this method needs one
/// of each.
package final class InterpolatedField: MapField {
  private let affinities: SparseAffinities
  private let workers: Int
  /// The spacing of nodes on a large map.
  private let spacing: Float
  private var transform: GridTransform?
  private var value: [Float]
  private var slopeX: [Float]
  private var slopeY: [Float]
  private var points: [Float]
  /// The most nodes along an axis. A larger map gets a wider spacing.
  private static let mostNodes = 1024

  package init(_ affinities: SparseAffinities, workers: Int, spacing: Float) {
    self.affinities = affinities
    self.workers = workers
    self.spacing = spacing
    let n = affinities.count
    value = [Float](repeating: 0, count: n)
    (slopeX, slopeY) = (value, value)
    points = [Float](repeating: 0, count: 2 * n)
  }

  package func gradient(
    of map: PlanarMap, exaggeration: Float, dx: inout [Float], dy: inout [Float]
  ) {
    let normaliser = repel(map)
    // 4 (a A - R / Z), R = -½ ∇φ
    let repulsion = Float(0.5 / normaliser)
    for i in 0..<map.count {
      points[2 * i] = map.x[i]
      points[2 * i + 1] = map.y[i]
    }
    let (starts, slopeX, slopeY) = (affinities.starts, slopeX, slopeY)
    dx.withUnsafeMutableBufferPointer { dx in
      dy.withUnsafeMutableBufferPointer { dy in
        affinities.values.withUnsafeBufferPointer { p in
          affinities.places.withUnsafeBufferPointer { places in
            points.withUnsafeBufferPointer { points in
              // Safe: every part writes its own points.
              nonisolated(unsafe) let (dx, dy, p, places, points) = (dx, dy, p, places, points)
              parallel(map.count, by: 256, threads: workers) { part in
                var force: (Float, Float) = (0, 0)
                for i in part {
                  withUnsafeMutableBytes(of: &force) { out in
                    reprise_attraction(
                      p.baseAddress! + starts[i], places.baseAddress! + starts[i],
                      starts[i + 1] - starts[i], points.baseAddress!, points[2 * i],
                      points[2 * i + 1], out.baseAddress!.assumingMemoryBound(to: Float.self))
                  }
                  dx[i] = 4 * (exaggeration * force.0 + repulsion * slopeX[i])
                  dy[i] = 4 * (exaggeration * force.1 + repulsion * slopeY[i])
                }
              }
            }
          }
        }
      }
    }
  }

  /// The cost over the sparse affinities. Z sums over all pairs.
  package func divergence(of map: PlanarMap) -> Double {
    let n = map.count
    var sums = [(z: Double, cost: Double)](repeating: (0, 0), count: n)
    sums.withUnsafeMutableBufferPointer { sums in
      // Safe: every row is written once.
      nonisolated(unsafe) let sums = sums
      parallel(n, by: 64, threads: workers) { part in
        for i in part {
          let z = reprise_cauchy_sum(map.x, map.y, map.x.count, map.x[i], map.y[i]) - 1
          var cost = 0.0
          for e in affinities.starts[i]..<affinities.starts[i + 1] where affinities.values[e] > 0 {
            let (p, j) = (Double(affinities.values[e]), Int(affinities.places[e]))
            let (x, y) = (Double(map.x[i] - map.x[j]), Double(map.y[i] - map.y[j]))
            cost += p * (log(p) + log(1 + x * x + y * y))
          }
          sums[i] = (z, cost)
        }
      }
    }
    let total = sums.reduce((0.0, 0.0)) { ($0.0 + $1.z, $0.1 + $1.cost) }
    return total.1 + log(max(total.0, .leastNormalMagnitude))
  }

  /// Computes the potential's value and slopes at every point, and returns Z.
  private func repel(_ map: PlanarMap) -> Double {
    let n = map.count
    let (left, right) = bounds(map.x, n)
    let (top, bottom) = bounds(map.y, n)
    let grid = fitted(span: max(right - left, bottom - top))
    let h = grid.spacing
    // One node of margin below and two above, because each point uses four nodes per axis.
    let place = reprise_grid(x0: left - 1.01 * h, y0: top - 1.01 * h, h: h, stride: grid.stride)
    grid.rows.update(repeating: 0, count: grid.nodes * grid.stride)
    reprise_grid_spread(map.x, map.y, n, place, grid.rows)
    grid.convolve(workers: workers)
    value.withUnsafeMutableBufferPointer { value in
      slopeX.withUnsafeMutableBufferPointer { slopeX in
        slopeY.withUnsafeMutableBufferPointer { slopeY in
          map.x.withUnsafeBufferPointer { x in
            map.y.withUnsafeBufferPointer { y in
              // Safe: every part writes its own points.
              nonisolated(unsafe) let (value, slopeX, slopeY, x, y) = (value, slopeX, slopeY, x, y)
              parallel(n, by: 1024, threads: workers) { part in
                let i = part.lowerBound
                reprise_grid_gather(
                  x.baseAddress! + i, y.baseAddress! + i, part.count, place, grid.rows,
                  value.baseAddress! + i, slopeX.baseAddress! + i, slopeY.baseAddress! + i)
              }
            }
          }
        }
      }
    }
    let all = Double(n)
    let sum = value.reduce(0) { $0 + Double($1) } + Double(grid.shift) * all * all
    return max(sum - all, .leastNormalMagnitude)
  }

  /// Returns a grid for a map of this width. Reuses the last grid if it fits.
  private func fitted(span: Float) -> GridTransform {
    precondition(span.isFinite, "the map is not finite")
    var h = spacing
    // A small map gets a finer grid so that it still covers enough nodes. A very large map gets a
    // coarser one.
    while h > 1e-9, span / h < 24 { h /= 2 }
    while span / h + 5 > Float(Self.mostNodes) { h *= 1.25 }
    let needed = Int(span / h) + 5
    let shift: Float = span < 4 ? 1 : 0
    if let transform, transform.spacing == h, transform.shift == shift,
      transform.nodes >= needed, transform.nodes <= 2 * needed + 32
    {
      return transform
    }
    let period = GridTransform.periods.first { $0 / 2 >= needed } ?? 2 * Self.mostNodes
    let made = GridTransform(period: period, spacing: h, shift: shift, workers: workers)
    transform = made
    return made
  }

  private func bounds(_ values: [Float], _ count: Int) -> (Float, Float) {
    var (low, high) = (Float.infinity, -Float.infinity)
    for index in 0..<count {
      low = min(low, values[index])
      high = max(high, values[index])
    }
    return (low, high)
  }
}
