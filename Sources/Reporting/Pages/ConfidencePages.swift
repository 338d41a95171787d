// How far probabilities can be trusted: calibration, temperature, risk and coverage.
import Evaluation
import Statistics

extension CorpusReport {
  /// The reliability diagrams, the figures of calibration, and the risk–coverage curves; empty if
  /// no probabilities are stored.
  var confidence: [Block] {
    guard let systems = judgement?.confidences, let first = systems.first else { return [] }
    let (risks, table) = (
      Block.chart(riskChart(systems, first)), Block.table(calibrationTable(systems))
    )
    // A long table would be split after the small diagrams of many systems.
    return [.chart(reliability(systems))]
      + (systems.count > ReliabilityPanels.mostLarge ? [risks, table] : [table, risks])
  }

  /// The numbers behind both figures, for files.
  var confidenceFiles: [Block] {
    guard let systems = judgement?.confidences, !systems.isEmpty else { return [] }
    return [.table(binTable(systems)), .table(riskTable(systems))]
  }

  private func reliability(_ systems: [ConfidenceAnalysis]) -> ReliabilityPanels {
    let isSmall = systems.count > ReliabilityPanels.mostLarge
    let least = ReliabilityBin.least
    return ReliabilityPanels(
      label: label(
        "fig-reliability", ": reliability",
        """
        \(isSmall ? "Height" : "Bars"): share of correct predictions among those with a given \
        confidence (greatest probability, \(ConfidenceAnalysis.bins) equal bins). Dots: their mean \
        confidence\(isSmall ? "; larger ones stand for more predictions" : ""). Lines through the \
        dots: 95 % Wilson intervals with an effective number of predictions, because those of one \
        speaker are alike. Bins with fewer than \(least) predictions are \
        \(isSmall ? "left out" : "hatched"). Dashed: a calibrated \
        system.\(isSmall ? "" : " Below: number of predictions in each bin.") ECE: distance \
        between accuracy and confidence, averaged over all predictions. \(confidenceSample), all \
        seeds together.
        """), systems: systems)
  }

  private var confidenceSample: String { variants.first.map { sample($0.scores) } ?? "" }

  private func calibrationTable(_ systems: [ConfidenceAnalysis]) -> Table {
    let rows = systems.map { system in
      let scaled = system.scaled
      return [
        Table.Cell(system.system, isBold: true),
        Table.Cell(inPercent(system.expectedError.value), isBold: true),
        Table.Cell(range(system.expectedError)),
        Table.Cell(fixed(system.negativeLogLikelihood, digits: 3)),
        Table.Cell(
          scaled.map {
            "\(fixed($0.temperature, digits: 2)) (\(fixed($0.least, digits: 2)) to "
              + "\(fixed($0.greatest, digits: 2)))"
          } ?? "–"),
        Table.Cell(scaled.map { inPercent($0.expectedError.value) } ?? "–"),
        Table.Cell(scaled.map { fixed($0.negativeLogLikelihood, digits: 3) } ?? "–"),
        Table.Cell(inPercent(system.riskCoverage.area.value)),
        Table.Cell(inPercent(system.riskCoverage.accuracyAt80.value), isBold: true),
        Table.Cell(range(system.riskCoverage.accuracyAt80)),
      ]
    }
    return table(
      tidy: systems.tidyCalibration, "tab-calibration",
      ": calibration and coverage",
      columns: [
        .words("System"), .number("ECE, %"), .number("interval"), .number("NLL"),
        .number("T (least to greatest)"), .number("ECE at T, %"), .number("NLL at T"),
        .number("AURC, %"), .number("WA at 80 %"), .number("interval"),
      ], rows: rows,
      remark:
        """
        ECE: expected calibration error, \(ConfidenceAnalysis.bins) bins. NLL: negative \
        log-likelihood in nats. T: temperature, mean over folds and seeds. The T of a fold is \
        fitted on the test predictions of the other folds, so that no utterance of the fold itself \
        is used. T above 1: the system is too confident. It changes no prediction. AURC: area \
        under the risk–coverage curve, smaller is better. WA at 80 %: accuracy on the 80 % of \
        utterances with the greatest confidence. 95 % intervals: delete-one-speaker jackknife.
        """, isDense: true)
  }

  private func riskChart(_ systems: [ConfidenceAnalysis], _ first: ConfidenceAnalysis)
    -> RiskCurves
  {
    let isCrowded = systems.count > ClassStyle.distinct
    return RiskCurves(
      label: label(
        "fig-risk-coverage", ": risk and coverage",
        """
        Share of errors if a system answers only the utterances with the greatest confidence. At \
        100 % coverage it is the error rate. A curve that does not fall to the left belongs to a \
        system whose confidence says nothing. Mean over seeds. The curves start at 5 % coverage.\
        \(isCrowded ? " The table has the area for every system." : "") \(confidenceSample).
        """), systems: systems.map { ($0.system, $0.riskCoverage.risks) })
  }

  private func binTable(_ systems: [ConfidenceAnalysis]) -> Table {
    table(
      tidy: systems.tidyBins, "tab-reliability", ": confidence and accuracy by bin, percent",
      columns: [
        .words("System"), .number("Confidence above"), .number("Predictions"),
        .number("Mean confidence"), .number("Accuracy"), .number("interval"),
      ],
      rows: systems.flatMap { system in
        system.bins.map { bin in
          [
            Table.Cell(system.system, isBold: true),
            Table.Cell(inPercent(Double(bin.index) / Double(ConfidenceAnalysis.bins))),
            Table.Cell(grouped(bin.count)), Table.Cell(inPercent(bin.confidence)),
            Table.Cell(inPercent(bin.accuracy)),
            Table.Cell(
              bin.interval.map { "\(inPercent($0.lower)) to \(inPercent($0.upper))" } ?? "–"),
          ]
        }
      },
      remark:
        """
        No interval: fewer than \(ReliabilityBin.least) predictions, or one speaker.
        """)
  }

  private func riskTable(_ systems: [ConfidenceAnalysis]) -> Table {
    let coverages = [100, 90, 80, 70, 60, 50]
    return table(
      tidy: systems.tidyRisks, "tab-risk-coverage", ": accuracy by coverage, percent",
      columns: [.words("System")] + coverages.map { .number("at \($0) %") },
      rows: systems.map { system in
        [Table.Cell(system.system, isBold: true)]
          + coverages.map { coverage in
            let risks = system.riskCoverage.risks
            return Table.Cell(
              risks.indices.contains(coverage - 1) ? inPercent(1 - risks[coverage - 1]) : "–")
          }
      },
      remark: "Accuracy on the share of utterances with the greatest confidence, mean over seeds.")
  }
}
