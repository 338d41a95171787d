// Everything that changes while a network trains, and its format on disk. A stopped training
// resumes from it with the same bits.
package import Evaluation
import Files
package import Foundation
package import Layers
import Tensors

/// The finished part of an epoch, if a training stopped within it.
package struct PartialEpoch: Codable, Equatable, Sendable {
  /// The number of finished steps.
  package internal(set) var steps = 0
  /// Sums so far, weighted by each step's share of the epoch's utterances.
  var losses = LossTerms()
  var correct = 0
  var norms = 0.0
  var seconds = 0.0

  /// Adds the results of the next step.
  ///
  /// - Parameter share: the step's share of the epoch's utterances.
  mutating func add(_ terms: LossTerms, correct: Int, norm: Double, share: Double) {
    losses.add(terms, weight: share)
    self.correct += correct
    norms += norm
    steps += 1
  }
}

/// The state of a training after a step.
package struct TrainingState: Sendable {
  package var epochs: [EpochRecord] = []
  /// The finished part of the next epoch, or nil between two epochs.
  package internal(set) var partial: PartialEpoch?
  package var parameters: Parameters
  package var optimizer: Adam
  /// The running mean of the weights, if the settings ask for it.
  package var average: Parameters?
  /// The weights of the best epoch on held-out speakers, if the settings choose an epoch.
  package var best: (epoch: Int, accuracy: Double, parameters: Parameters)?

  /// The epoch whose weights are evaluated: the one chosen on held-out speakers, or the last.
  package var evaluatedEpoch: Int { best?.epoch ?? epochs.count }

  /// This state as the bytes of a file: a JSON line, then safetensors.
  package func data() throws -> Data {
    var tensors = parameters.named
    let names = tensors.map(\.name)
    tensors += zip(names, optimizer.first).map { ("adam.first." + $0, $1) }
    tensors += zip(names, optimizer.second).map { ("adam.second." + $0, $1) }
    tensors += (average?.named ?? []).map { ("average." + $0.name, $0.tensor) }
    tensors += (best?.parameters.named ?? []).map { ("best." + $0.name, $0.tensor) }
    let header = Header(
      epochs: epochs, partial: partial, steps: optimizer.steps, hasAverage: average != nil,
      bestEpoch: best?.epoch, bestAccuracy: best?.accuracy)
    return try canonicalJSON(header) + Data("\n".utf8) + Safetensors.data(tensors)
  }

  /// Restores what `data()` wrote, for a network of the same shape.
  package mutating func restore(_ data: Data) throws {
    guard let end = data.firstIndex(of: 0x0a) else {
      throw ArrayFileError.notAnArray(format: "training state")
    }
    let header = try decodeJSON(Header.self, from: data[..<end])
    let tensors = try Safetensors.tensors(Data(data[data.index(after: end)...]))
    func parameters(_ prefix: String) throws -> Parameters {
      var result = self.parameters
      let named = tensors.filter { $0.key.hasPrefix(prefix) }
        .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
      try result.load(Dictionary(uniqueKeysWithValues: named))
      return result
    }
    let moments = try ["adam.first.", "adam.second."].map { try parameters($0).all.map(\.value) }
    let average = header.hasAverage ? try parameters("average.") : nil
    if let epoch = header.bestEpoch, let accuracy = header.bestAccuracy {
      best = (epoch, accuracy, try parameters("best."))
    }
    optimizer.restore(steps: header.steps, first: moments[0], second: moments[1])
    (epochs, partial) = (header.epochs, header.partial)
    self.average = average
    self.parameters = try parameters("")
  }

  private struct Header: Codable {
    let epochs: [EpochRecord]
    let partial: PartialEpoch?
    let steps: Int
    let hasAverage: Bool
    let bestEpoch: Int?
    let bestAccuracy: Double?
  }
}
