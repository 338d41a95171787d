// The values of pairs of systems and of their confidence, for other programs.
import Evaluation
import Statistics

extension SystemPairs {
  /// Every pair, in shares.
  var tidy: TidyTable {
    var table = TidyTable([
      "first", "second", "metric", "delta", "low", "high", "level", "p", "p_holm", "verdict",
      "method",
    ])
    for pair in pairs {
      let interval = pair.difference.interval
      table.add([
        pair.first, pair.second, metric.rawValue, exact(pair.difference.value),
        exact(interval?.lower), exact(interval?.upper), exact(interval?.level), exact(pair.p),
        exact(pair.adjustedP), pair.verdict, method,
      ])
    }
    return table
  }
}

extension [ConfidenceAnalysis] {
  /// One quantity in a row, in shares and nats.
  var tidyCalibration: TidyTable {
    var table = TidyTable([
      "system", "quantity", "scaled", "value", "low", "high", "level", "seeds", "utterances",
      "speakers", "method",
    ])
    for system in self {
      func add(_ quantity: String, _ estimate: Estimate, isScaled: Bool = false) {
        let interval = estimate.interval?.withinShares
        table.add([
          system.system, quantity, isScaled ? "yes" : "no", exact(estimate.value),
          exact(interval?.lower), exact(interval?.upper), exact(interval?.level),
          "\(system.seeds)", "\(system.utterances)", "\(system.speakers)", estimate.method,
        ])
      }
      func plain(_ value: Double, _ method: String = "") -> Estimate {
        Estimate(value: value, interval: nil, method: method)
      }
      add("ece", system.expectedError)
      add("nll", plain(system.negativeLogLikelihood))
      add("brier", plain(system.brier))
      if let scaled = system.scaled {
        let method = "fitted on the test predictions of the other folds"
        add("temperature", plain(scaled.temperature, method), isScaled: true)
        add("temperature, least", plain(scaled.least, method), isScaled: true)
        add("temperature, greatest", plain(scaled.greatest, method), isScaled: true)
        add("ece", scaled.expectedError, isScaled: true)
        add("nll", plain(scaled.negativeLogLikelihood), isScaled: true)
        add("brier", plain(scaled.brier), isScaled: true)
      }
      add("aurc", system.riskCoverage.area)
      add("accuracy at 80 % coverage", system.riskCoverage.accuracyAt80)
    }
    return table
  }

  /// The bins of the reliability diagrams.
  var tidyBins: TidyTable {
    var table = TidyTable([
      "system", "bin", "above", "up_to", "predictions", "confidence", "accuracy", "low", "high",
      "level",
    ])
    let bins = Double(ConfidenceAnalysis.bins)
    for system in self {
      for bin in system.bins {
        table.add([
          system.system, "\(bin.index + 1)", exact(Double(bin.index) / bins),
          exact(Double(bin.index + 1) / bins), "\(bin.count)", exact(bin.confidence),
          exact(bin.accuracy), exact(bin.interval?.lower), exact(bin.interval?.upper),
          exact(bin.interval?.level),
        ])
      }
    }
    return table
  }

  /// The risk–coverage curves.
  var tidyRisks: TidyTable {
    var table = TidyTable(["system", "coverage", "risk", "accuracy"])
    for system in self {
      for (index, risk) in system.riskCoverage.risks.enumerated() {
        table.add([system.system, exact(Double(index + 1) / 100), exact(risk), exact(1 - risk)])
      }
    }
    return table
  }
}
