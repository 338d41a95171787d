// Principal components and t-SNE.
// N rows, D columns.
import Golden
import Projections
import Tensors

let projectionChecks = [
  Check(
    "pca",
    [
      "components": { reader in
        let features = try features(reader, least: 1)
        let count = try reader.count("count")
        try require((1...max(1, features.columns)).contains(count), "count", "1 … D", count)
        let components = PrincipalComponents(of: features, count: count)
        return [
          Output(
            "directions", shape: [count, features.columns],
            .double(components.directions.flatMap { $0 })),
          Output("variances", components.variances),
          Output(
            "scores", shape: [features.rows, count], .double(components.scores.flatMap { $0 })),
        ]
      }
    ]),
  Check(
    "tsne",
    [
      "affinities": { reader in
        let affinities = try affinities(reader)
        return [Output("precisions", affinities.precisions), joint(affinities)]
      },
      "joint": { [joint(try affinities($0))] },
      "gradient": gradient,
      "start": { reader in
        let start = TSNE().start(of: try features(reader, least: 1))
        return [
          Output("start", shape: [start.count, 2], .double(start.flatMap { [$0.x, $0.y] }))
        ]
      },
      "steps": { reader in
        var settings = TSNE()
        settings.perplexity = try reader.number("perplexity")
        settings.iterations = try reader.count("iterations")
        settings.exaggeratedIterations = try reader.count("exaggerated")
        settings.exaggeration = try reader.number("exaggeration")
        try require(
          (0...1000).contains(settings.iterations), "iterations", "0 … 1000", settings.iterations)
        let map = settings.embed(try features(reader, least: 4), workers: 1)
        return [layout("layout", map.x, map.y)]
      },
      "settings": { reader in
        let counts = try reader.integers("counts")
        let plain = TSNE()
        return [
          Output("rates", counts.map(TSNE.learningRate)),
          Output(
            "defaults",
            [
              plain.perplexity, plain.exaggeration, Double(plain.iterations),
              Double(plain.exaggeratedIterations),
            ]),
        ]
      },
      "embedding": { reader in
        var settings = TSNE()
        settings.perplexity = try reader.number("perplexity")
        return [
          Output(
            "divergence",
            [settings.embed(try features(reader, least: 4), workers: 1).divergence])
        ]
      },
    ]),
]

private func require<Value>(
  _ condition: Bool, _ name: String, _ expected: String, _ found: Value
) throws {
  guard condition else {
    throw GoldenError.wrongShape(name: name, expected: expected, found: "\(found)")
  }
}

/// The input `features`, `[N, D]`, with at least `least` rows.
private func features(_ reader: CaseReader, least: Int) throws -> Tensor {
  let features = try reader.tensor("features", [nil, nil])
  try require(
    features.rows >= least && features.columns >= 1, "features", "\(least) rows", features.shape)
  return features
}

private func affinities(_ reader: CaseReader) throws -> Affinities {
  let features = try features(reader, least: 2)
  let perplexity = try reader.number("perplexity")
  try require(
    perplexity >= 1 && perplexity <= Double(features.rows - 1), "perplexity", "1 … N - 1",
    perplexity)
  return Affinities(of: features, perplexity: perplexity)
}

private func joint(_ affinities: Affinities) -> Output {
  Output("joint", shape: [affinities.count, affinities.count], .double(affinities.joint))
}

/// The coordinates as `[N, 2]`.
private func layout(_ name: String, _ x: [Float], _ y: [Float]) -> Output {
  Output(name, shape: [x.count, 2], .single(zip(x, y).flatMap { [$0, $1] }))
}

/// The gradient and the cost for the input `layout`, `[N, 2]`.
private func gradient(_ reader: CaseReader) throws -> [Output] {
  let affinities = try affinities(reader)
  let points = try reader.tensor("layout", [affinities.count, 2]).array
  let exaggeration = Float(try reader.number("exaggeration"))
  let field = ForceField(affinities, workers: 1)
  let map = PlanarMap(
    (0..<affinities.count).map { (Double(points[2 * $0]), Double(points[2 * $0 + 1])) })
  var dx = [Float](repeating: 0, count: map.count)
  var dy = dx
  field.gradient(of: map, exaggeration: exaggeration, dx: &dx, dy: &dy)
  return [layout("gradient", dx, dy), Output("divergence", [field.divergence(of: map)])]
}
