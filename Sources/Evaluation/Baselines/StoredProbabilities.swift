// A baseline's probabilities, stored beside its predictions: a NumPy array of shape
// `[seeds, utterances, classes]` with 16 bits each. Rows are those of the CSV file. With them,
// calibration can be computed again.
import Files
package import Foundation

/// Probabilities as 16-bit numbers, at equal steps of their logarithm.
///
///     q = round(-ln(max(p, 1e-12)) · 65535 / ln 1e12),   p ≈ exp(-q · ln 1e12 / 65535)
///
/// So every probability keeps its first three to four digits, the small ones too, which matter for
/// the log-likelihood. Below 1e-12 all become 1e-12, as in `Calibration`.
package enum StoredProbabilities {
  /// The step of the logarithm.
  static let step = -Foundation.log(1e-12) / 65535

  /// How far a stored probability may be from the true one, relative to it.
  package static let rounding = 1.0001 * step / 2

  static func stored(_ probability: Float) -> UInt16 {
    let p = min(1, max(1e-12, Double(probability)))
    return UInt16(min(65535, max(0, (-Foundation.log(p) / step).rounded())))
  }

  static func probability(_ stored: UInt16) -> Double { Foundation.exp(-Double(stored) * step) }

  /// The file of these predictions; nil if a prediction has no probabilities.
  package static func file(of system: SystemPredictions) -> Data? {
    let classes = system.classes.count
    let all = system.seeds.flatMap(\.predictions)
    guard !all.isEmpty, all.allSatisfy({ $0.probabilities.count == classes }) else { return nil }
    var data = header([system.seeds.count, system.utterances.count, classes])
    for prediction in all {
      for probability in prediction.probabilities {
        let value = stored(probability)
        data.append(UInt8(value & 0xFF))
        data.append(UInt8(value >> 8))
      }
    }
    return data
  }

  /// NumPy's header, version 1.0: everything before the numbers.
  static func header(_ shape: [Int]) -> Data {
    let sizes = shape.map(String.init).joined(separator: ", ")
    let text = "{'descr': '<u2', 'fortran_order': False, 'shape': (\(sizes)), }"
    // The header ends with a line feed at a multiple of 64 bytes.
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64 - 10
    let padded = text + String(repeating: " ", count: length - text.utf8.count - 1) + "\n"
    return Data([0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)])
      + Data(padded.utf8)
  }

  /// The rows of `data`, `[seeds · utterances][classes]`; nil if it is no file of this shape.
  static func rows(_ data: Data, shape: [Int]) -> [[Double]]? {
    let header = header(shape)
    let (rows, classes) = (shape.dropLast().reduce(1, *), shape.last ?? 0)
    guard data.count == header.count + 2 * rows * classes, data.prefix(header.count) == header
    else { return nil }
    let numbers = [UInt8](data.dropFirst(header.count))
    return (0..<rows).map { row in
      (0..<classes).map { label in
        let place = 2 * (row * classes + label)
        return probability(UInt16(numbers[place]) | UInt16(numbers[place + 1]) << 8)
      }
    }
  }
}

extension Baseline.Measurement {
  /// The files beside the baseline's own.
  package var files: [Baseline.PredictionsFile] {
    [predictions, probabilities?.place].compactMap(\.self)
  }
}

extension Baseline {
  /// The file of probabilities and what they gave before rounding.
  package struct Probabilities: Codable, Hashable, Sendable {
    package var file: String
    package var sha256: String
    /// ECE over 15 bins, of all seeds together.
    package var expectedError: Double
    package var brier: Double
    /// In nats.
    package var negativeLogLikelihood: Double

    package init(file: String, sha256: String, _ calibration: Calibration) {
      (self.file, self.sha256) = (file, sha256)
      expectedError = calibration.expectedError
      brier = calibration.brier
      negativeLogLikelihood = calibration.negativeLogLikelihood
    }

    var place: PredictionsFile { PredictionsFile(file: file, sha256: sha256) }
  }

  /// Reads the stored probabilities, checks them against the predicted classes, and computes the
  /// recorded calibration from them again.
  ///
  /// - Parameter system: the predictions of `predictions(in:)`.
  /// - Returns: nil if no probabilities are recorded.
  /// - Throws: `FileError` or `BaselineError.inconsistent`.
  package func calibration(in folder: String, of system: SystemPredictions) throws -> Calibration? {
    guard let recorded = measurement?.probabilities else { return nil }
    func wrong(_ expected: String, _ found: String) -> BaselineError {
      .inconsistent(
        file: folder + "/" + recorded.file, name: name, expected: expected, found: found)
    }
    let data = try content(of: recorded.place, in: folder).data
    let shape = [system.seeds.count, system.utterances.count, system.classes.count]
    guard let rows = StoredProbabilities.rows(data, shape: shape) else {
      throw wrong("a NumPy array <u2 of shape \(shape)", "something else")
    }
    var (predictions, nearEdges) = ([Prediction](), 0)
    let bins = 15.0
    for (prediction, row) in zip(system.seeds.flatMap(\.predictions), rows) {
      let sum = row.reduce(0, +)
      // The true ones sum to 1 within 1e-3, as files of predictions require.
      guard abs(sum - 1) < 2e-3 else {
        throw wrong("probabilities of \(prediction.id) that sum to 1", "the sum \(sum)")
      }
      let greatest = row.max() ?? 0
      guard row[prediction.predicted] == greatest else {
        let predicted = system.classes[prediction.predicted]
        throw wrong(
          "the greatest probability of \(prediction.id) for \(predicted)", "another class's")
      }
      // No confidence is above the last edge, so none crosses it.
      let (place, edge) = (greatest * bins, (greatest * bins).rounded())
      if edge < bins, abs(place - edge) <= 2 * place * StoredProbabilities.rounding {
        nearEdges += 1
      }
      var whole = prediction
      whole.probabilities = row.map(Float.init)
      predictions.append(whole)
    }
    guard !predictions.isEmpty else { throw wrong("probabilities", "none") }
    let found = Calibration(predictions, bins: Int(bins))
    // What rounding can change. A confidence that crosses the edge of a bin changes two bins.
    let (ε, n) = (StoredProbabilities.rounding + 1e-6, Double(predictions.count))
    for (figure, value, own, bound) in [
      ("ECE", recorded.expectedError, found.expectedError, ε + 2 * Double(nearEdges) / n),
      ("Brier score", recorded.brier, found.brier, 2 * ε + ε * ε),
      (
        "negative log-likelihood", recorded.negativeLogLikelihood, found.negativeLogLikelihood, ε
      ),
    ] {
      guard abs(value - own) <= bound else {
        throw wrong("\(figure) \(own) within \(bound), by the stored probabilities", "\(value)")
      }
    }
    return found
  }
}
