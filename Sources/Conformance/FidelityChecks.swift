// How far a map can be trusted.
// N points, D features.
import Golden
import Projections
import Tensors

let fidelityChecks = [
  Check(
    "fidelity",
    [
      "silhouette": { reader in
        let features = try points(reader, "features")
        let groups = try reader.integers("groups", [features.rows])
        try require(
          groups.allSatisfy { (0..<1000).contains($0) }, "groups", expected: "0 to 999",
          found: groups)
        return [Output("silhouette", [Distances(features).silhouette(groups) ?? .nan])]
      },
      "fidelity": { reader in
        let features = try points(reader, "features")
        let map = try layout(reader, "map", count: features.rows)
        let found = NeighbourFidelity(
          of: Distances(x: map.x, y: map.y), in: Distances(features),
          neighbours: try reader.count("neighbours", within: 1...1000))
        return [
          Output("trustworthiness", [found.trustworthiness]),
          Output("preservation", [found.preservation]), Output("neighbours", [found.neighbours]),
        ]
      },
      "disparity": { reader in
        let first = try points(reader, "first", columns: 2)
        let disparity = procrustesDisparity(
          try layout(reader, "first", count: first.rows),
          try layout(reader, "second", count: first.rows))
        return [Output("disparity", [disparity ?? .nan])]
      },
    ])
]

/// At least three points, but no more than a check can take.
private func points(
  _ reader: CaseReader, _ name: String, columns: Int? = nil
) throws -> Tensor {
  let points = try reader.tensor(name, [nil, columns])
  try require(
    (3...2000).contains(points.rows) && points.columns > 0, name, expected: "3 to 2000 points",
    found: points.shape)
  return points
}

/// The coordinates of a map.
private func layout(
  _ reader: CaseReader, _ name: String, count: Int
) throws -> (x: [Float], y: [Float]) {
  let values = try reader.tensor(name, [count, 2]).array
  return (
    (0..<count).map { values[2 * $0] }, (0..<count).map { values[2 * $0 + 1] }
  )
}
