// Maps of embeddings, coloured by emotion and by speaker, with measures of their fidelity.
import Evaluation

extension CorpusReport {
  var mapSections: [Section] {
    let shown = variants.enumerated().compactMap { index, variant in
      variant.projection.map { (index, variant, $0) }
    }
    guard !shown.isEmpty else { return [] }
    let single = [false, true].map { bySpeaker in
      shown.map { index, variant, projection -> any Chart in
        EmbeddingMap(
          label: label(
            bySpeaker ? "fig-tsne-speakers" : "fig-tsne",
            ", \(variant.name): t-SNE by \(bySpeaker ? "speaker" : "emotion")",
            caption(variant, projection, bySpeaker: bySpeaker), variant: index),
          classes: classes, points: projection.points, bySpeaker: bySpeaker)
      }
    }
    let table = fidelityTable(shown.map { ($1, $2) })
    guard shown.count > 1 else {
      return [section("t-SNE of embeddings", [.charts(single.flatMap(\.self))] + table)]
    }
    var section = section(
      "t-SNE of embeddings",
      [false, true].map { .chart(maps(shown.map { ($1, $2) }, bySpeaker: $0)) } + table)
    section.extras = single.flatMap(\.self).map { .chart($0) }
    return [section]
  }

  /// The maps of all systems in one figure.
  private func maps(_ shown: [(VariantReport, EmbeddingProjection)], bySpeaker: Bool)
    -> EmbeddingMaps
  {
    let speakers = EmbeddingMap.speakers(of: shown.flatMap(\.1.points))
    let notes = shown.map(\.1.note)
    let isOneNote = Set(notes).count == 1
    let note =
      isOneNote
      ? notes[0] : zip(shown, notes).map { "\($0.0.name): \($1)" }.joined(separator: " ")
    let sizes = Set(shown.map(\.1.points.count))
    let size =
      sizes.count == 1 ? "n = \(grouped(sizes.first ?? 0)) utterances on each map. " : ""
    let perplexities = Set(shown.map { plain($0.1.perplexity) })
    let label = label(
      bySpeaker ? "fig-tsne-speakers" : "fig-tsne",
      ": t-SNE by \(bySpeaker ? "speaker" : "emotion")",
      """
      \(note) \(size)\
      \(perplexities.count == 1 ? "Perplexity \(perplexities.first ?? ""). " : "")KL: \
      Kullback–Leibler divergence in nats. Each map has its own axes. Only neighbourhoods are \
      meaningful; axes, sizes and gaps are not.
      """)
    return EmbeddingMaps(
      label: label,
      panels: shown.map { variant, projection in
        (
          variant.name,
          (sizes.count == 1 ? "" : "n = \(grouped(projection.points.count)), ")
            + "KL \(plain(projection.divergence))",
          EmbeddingMap(
            label: label, classes: classes, points: projection.points, bySpeaker: bySpeaker,
            speakers: speakers)
        )
      })
  }

  private func caption(
    _ variant: VariantReport, _ projection: EmbeddingProjection, bySpeaker: Bool
  ) -> String {
    let sample =
      projection.total > projection.points.count
      ? "A sample of \(projection.points.count) of n = \(grouped(projection.total)) utterances. "
      : "n = \(projection.points.count) utterances. "
    let fidelity = projection.fidelity.map { fidelity in
      "Trustworthiness \(fixed(fidelity.trustworthiness, digits: 3)), silhouette by "
        + (bySpeaker
          ? "speaker \(plain(fidelity.mapSilhouetteBySpeaker))"
          : "emotion \(plain(fidelity.mapSilhouetteByClass))") + ". "
    }
    return
      """
      \(variant.losses); \(projection.note) \(sample)Perplexity \(plain(projection.perplexity)), \
      KL \(plain(projection.divergence)) nats. \(fidelity ?? "")Only neighbourhoods are \
      meaningful; axes, sizes and gaps are not.
      """
  }

  private func fidelityTable(_ shown: [(VariantReport, EmbeddingProjection)]) -> [Block] {
    let rows = shown.compactMap { variant, projection in
      projection.fidelity.map { fidelity in
        [
          Table.Cell(variant.name, isBold: true), Table.Cell(variant.losses),
          Table.Cell(fixed(fidelity.trustworthiness, digits: 3)),
          Table.Cell(fixed(fidelity.preservation, digits: 3)),
          Table.Cell(plain(fidelity.silhouetteByClass)),
          Table.Cell(plain(fidelity.mapSilhouetteByClass)),
          Table.Cell(plain(fidelity.silhouetteBySpeaker)),
          Table.Cell(plain(fidelity.mapSilhouetteBySpeaker)),
          Table.Cell(fidelity.disparity.map { fixed($0, digits: 3) } ?? "–"),
        ]
      }
    }
    guard !rows.isEmpty else { return [] }
    let k = shown.compactMap { $1.fidelity?.neighbours }.first ?? 0
    return [
      .table(
        table(
          "tab-tsne", ": how far the maps can be trusted",
          columns: [
            .words("System"), .words("Losses"), .number("Trust-worthiness"),
            .number("kNN preservation"), .number("Silhouette, emotion"), .number("on the map"),
            .number("Silhouette, speaker"), .number("on the map"), .number("Disparity over seeds"),
          ], rows: rows,
          remark:
            """
            Trustworthiness, 0 to 1: whether the \(k) nearest neighbours on the map are neighbours \
            among the embeddings. Preservation, 0 to 1: the same in the other direction. \
            Silhouette, −1 to 1: of the embeddings and of their map, by emotion and by speaker. \
            Disparity (Procrustes), 0 to 1: mean over the other seeds' networks on the same \
            utterances; 0 means the same map.
            """))
    ]
  }
}
