// Text for people: a baseline on one line, or in full.

extension Baseline {
  /// WA and UA, the strength of the evidence, and the protocol.
  package var line: String {
    let scores = figures.map { figure in
      "\(figure.metric.abbreviation) "
        + (figure.percent.map {
          fixed($0, digits: kind == .published ? figure.printedDigits : 1) + " %"
        }
          ?? "not recorded")
    }
    return
      "\(kind.rawValue), \(scores.joined(separator: ", ")); \(evidence.rawValue); \(signature.text)"
  }

  /// The whole baseline except single utterances.
  package var details: String {
    var lines = [name, "  " + line]
    if let source {
      lines.append(
        "  source    "
          + [source.paper, source.place, source.arxiv, source.note].compactMap { $0 }
          .joined(separator: ", "))
    }
    guard let measurement else { return lines.joined(separator: "\n") }
    let made = measurement.provenance
    lines += [
      "  made by   \(made.programVersion), commit \(made.commit)\(made.dirty ? ", DIRTY" : ""), "
        + "\(made.date), \(made.machine)",
      "  seeds     \(measurement.seeds.map(String.init).joined(separator: " "))",
    ]
    if let margin = measurement.margin {
      lines.append(
        "  margin    \(fixed(margin.points, digits: 2)) points of \(margin.metric.abbreviation), "
          + "\(fixed(100 * margin.confidence, digits: 0)) % interval")
    }
    if let predictions = measurement.predictions {
      lines.append("  utterances  \(predictions.file), SHA-256 \(predictions.sha256)")
    }
    if let probabilities = measurement.probabilities {
      lines += [
        "  probabilities  \(probabilities.file), SHA-256 \(probabilities.sha256)",
        "  ECE \(fixed(100 * probabilities.expectedError, digits: 1)) %  Brier "
          + "\(fixed(probabilities.brier, digits: 3))  NLL "
          + "\(fixed(probabilities.negativeLogLikelihood, digits: 3)) nats, all seeds together",
      ]
    }
    for metric in Metric.allCases {
      let summary = measurement.summary
      lines.append(
        """
          \(metric.abbreviation)  pooled \(summary.pooled(metric)?.percentages ?? "–") over \
        seeds, \(summary.perFold(metric)?.percentages ?? "–") over folds
        """)
    }
    lines.append("  cells")
    lines += measurement.cells.map {
      "    seed \($0.seed) fold \($0.fold)  WA \(percent($0.accuracy))  UA "
        + "\(percent($0.unweightedAverageRecall))  n \($0.matrix.total)"
    }
    lines.append("  settings")
    lines += measurement.settings.map { "    \($0.path) \($0.value)" }
    return lines.joined(separator: "\n")
  }
}
