// The report's maps of embeddings: t-SNE of one cell's scored utterances, with measures of its
// fidelity.
import Evaluation
import Projections
import Reporting
import Runs
import Tensors

extension VariantResult {
  /// The map of the first finished cell's scored utterances. Different cells have different
  /// networks, so their embeddings do not share a map. The networks of other seeds embed the same
  /// utterances, which shows how stable the map is.
  func projection() throws -> EmbeddingProjection? {
    guard let folder = folders.first else { return nil }
    let predictions = try folder.predictions().predictions
    let embeddings = try folder.embeddings(rows: predictions.count)
    guard predictions.count >= 8 else { return nil }
    let map = TSNE().embed(embeddings)
    let identity = folder.cell.identity
    let others = try folders.dropFirst().filter { $0.cell.identity.fold == identity.fold }
      .map { TSNE().embed(try $0.embeddings(rows: predictions.count)) }
    return EmbeddingProjection(
      points: predictions.indices.map { index in
        EmbeddingProjection.Point(
          x: Double(map.x[index]), y: Double(map.y[index]),
          classIndex: predictions[index].truth, speaker: predictions[index].speaker,
          id: predictions[index].id, predictedIndex: predictions[index].predicted)
      },
      total: predictions.count, perplexity: map.perplexity, divergence: map.divergence,
      note: "Scored utterances of fold \(identity.fold), seed \(identity.seed).",
      fidelity: fidelity(of: map, embeddings, predictions, others))
  }

  private func fidelity(
    of map: TSNE.Embedding, _ embeddings: Tensor, _ predictions: [Prediction],
    _ others: [TSNE.Embedding]
  ) -> EmbeddingProjection.Fidelity? {
    // t-SNE needs all pairwise distances. More points would take gigabytes.
    guard predictions.count <= 6000 else { return nil }
    let (features, points) = (Distances(embeddings), Distances(x: map.x, y: map.y))
    let kept = NeighbourFidelity(of: points, in: features)
    let speakers = Set(predictions.map(\.speaker)).sorted()
    let (byClass, bySpeaker) = (
      predictions.map(\.truth), predictions.map { speakers.firstIndex(of: $0.speaker) ?? 0 }
    )
    let disparities = others.filter { $0.x.count == map.x.count }
      .compactMap { procrustesDisparity((map.x, map.y), ($0.x, $0.y)) }
    return EmbeddingProjection.Fidelity(
      neighbours: kept.neighbours, trustworthiness: kept.trustworthiness,
      preservation: kept.preservation, silhouetteByClass: features.silhouette(byClass),
      mapSilhouetteByClass: points.silhouette(byClass),
      silhouetteBySpeaker: features.silhouette(bySpeaker),
      mapSilhouetteBySpeaker: points.silhouette(bySpeaker),
      disparity: disparities.isEmpty
        ? nil : disparities.reduce(0, +) / Double(disparities.count))
  }
}
