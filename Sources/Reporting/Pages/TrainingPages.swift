// How the systems were trained: curves of every loss term, and the cost.
import Evaluation
import Settings

extension CorpusReport {
  /// A section per system that has curves, then the learning rate and the cost.
  var trainingSections: [Section] {
    variants.enumerated().filter { !$0.element.curves.isEmpty }.map { index, variant in
      section("\(variant.name), training", [.chart(curves(variant, index))])
    }
      + [section("learning rate", learningRates), section("cost", costTable)]
      .filter { !$0.blocks.isEmpty }
  }

  private func curves(_ variant: VariantReport, _ index: Int) -> CurvePanels {
    typealias Epoch = TrainingCurve.Epoch
    let terms: [(String, (Epoch) -> Double?)] = LossTerm.allCases.map { term in
      (term.title, { $0.losses[term] })
    }
    let quantities: [(String, (Epoch) -> Double?)] =
      [("Total loss", { $0.total })] + terms + [
        ("Training accuracy, %", { $0.trainAccuracy.map { $0 * 100 } }),
        ("Gradient norm", { $0.gradientNorm }),
      ]
    let seeds = variant.curves.map(\.seed)
    let panels = quantities.compactMap { title, quantity in
      let lines = variant.curves.map { $0.epochs.map(quantity) }
      return lines.contains { $0.contains { $0 != nil } }
        ? CurvePanels.Panel(title: title, lines: lines, seeds: seeds) : nil
    }
    return CurvePanels(
      label: label(
        "fig-curves", ", \(variant.name): training",
        """
        Light lines: each of the \(variant.curves.count) cells (folds × seeds). Coloured and \
        dashed: the mean of each seed \
        (\(Set(seeds).sorted().map(String.init).joined(separator: ", "))). Dark: the mean of all. \
        Loss terms are means over an epoch's batches, before weights and scaling. Training data \
        only.
        """,
        variant: index), panels: panels)
  }

  private var costTable: [Block] {
    let rows = variants.compactMap { variant in
      variant.cost.map { cost in
        [
          Table.Cell(variant.name, isBold: true), Table.Cell(grouped(cost.cells)),
          Table.Cell(grouped(cost.epochs)),
          Table.Cell(fixed(cost.secondsPerEpoch, digits: 2)), Table.Cell(grouped(cost.trained)),
          Table.Cell(grouped(cost.scored)), Table.Cell(grouped(cost.parameters)),
          Table.Cell(cost.peakMemory.map { fixed(Double($0) / 1e6, digits: 0) } ?? "not recorded"),
        ]
      }
    }
    guard !rows.isEmpty else { return [] }
    return [
      .table(
        table(
          "tab-cost", ": cost",
          columns: [
            .words("System"), .number("Cells"), .number("Epochs"),
            .number("Median s per epoch"), .number("Forward passes, training"),
            .number("Forward passes, scoring"), .number("Parameters"), .number("Peak memory, MB"),
          ], rows: rows,
          remark:
            """
            Finished cells only, without companion trainings. Median s per epoch: \
            wall-clock time on the run's machine, median over all epochs. Cells may have run in \
            parallel, so compare it only within a run. A forward pass is \
            one utterance through the network; in training each has a backward pass too. Scoring: \
            every entry of the ledger of test folds. Parameters: trained ones. Peak memory: of the \
            whole process that made the run.
            """
        ))
    ]
  }
}
