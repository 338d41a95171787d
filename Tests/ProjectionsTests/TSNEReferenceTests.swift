// t-SNE beside scikit-learn's exact one (golden/tsne/make_reference.py): golden.
import Foundation
import Projections
import TestSupport
import Tensors
import Testing

@Suite struct `A t-SNE beside scikit-learn` {
  private struct Reference: Decodable {
    let scikitLearn: String
    let perplexity: Double
    let features: [[Float]]
    let joint: [Double]
    let layout: [[Double]]
    let cost: Double
    let gradient: [[Double]]
    let cloud: [[Float]]
    let cloudPerplexity: Double
    let cloudDivergence: Double

    var tensor: Tensor { matrix(features) }
    var cloudTensor: Tensor { matrix(cloud) }

    private func matrix(_ rows: [[Float]]) -> Tensor {
      Tensor(shape: [rows.count, rows[0].count], values: rows.flatMap { $0 })
    }
  }

  private func reference() throws -> Reference {
    let path = packageRoot + "/golden/tsne/reference.json"
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Reference.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func `has the same affinities, elementwise`() throws {
    let reference = try reference()
    let affinities = Affinities(of: reference.tensor, perplexity: reference.perplexity)
    // scikit-learn stops its bisection at an entropy error of 1e-5 and works in single precision.
    expectClose(affinities.joint, reference.joint, relative: 2e-4, absolute: 1e-8)
    let other = Affinities(of: reference.tensor, perplexity: 9)
    #expect(zip(other.joint, reference.joint).contains { abs($0 - $1) > 1e-4 })
  }

  @Test func `has the same cost and gradient, elementwise`() throws {
    let reference = try reference()
    let field = ForceField(
      Affinities(of: reference.tensor, perplexity: reference.perplexity), workers: 1)
    let map = PlanarMap(reference.layout.map { ($0[0], $0[1]) })
    var dx = [Float](repeating: 0, count: map.count)
    var dy = dx
    field.gradient(of: map, exaggeration: 1, dx: &dx, dy: &dy)
    expectClose(field.divergence(of: map), reference.cost, relative: 1e-4)
    expectClose(
      dx.map(Double.init), reference.gradient.map { $0[0] }, relative: 1e-3, absolute: 2e-6)
    expectClose(
      dy.map(Double.init), reference.gradient.map { $0[1] }, relative: 1e-3, absolute: 2e-6)
    #expect(zip(dx, reference.gradient).contains { abs(Double($0) - $1[1]) > 1e-3 }, "axes differ")
  }

  @Test func `ends at no greater divergence, up to 2 %`() throws {
    let reference = try reference()
    var settings = TSNE()
    settings.perplexity = reference.cloudPerplexity
    let bound = reference.cloudDivergence * 1.02
    #expect(settings.embed(reference.cloudTensor, workers: 1).divergence <= bound)
    settings.iterations = 100
    #expect(settings.embed(reference.cloudTensor, workers: 1).divergence > bound)
  }
}
