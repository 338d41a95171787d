// The predictions of a trained network.
import Autograd
import Foundation
package import Layers
package import Models
import Tensors
import Threads

/// The prediction and the embedding of an utterance.
package struct NetworkOutput: Sendable, Equatable {
  /// softmax of the logits, `[K]`.
  package let probabilities: [Float]
  /// f, `[E]`.
  package let embedding: [Float]
  /// The most probable class. The first one wins a tie.
  package var predicted: Int {
    probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
  }
}

extension EmotionNetwork {
  /// Returns the network's output for the given utterances, in their order.
  func outputs(
    for positions: [Int], _ assembly: BatchAssembly, _ parameters: Parameters, threads: Int
  ) throws -> [NetworkOutput] {
    let starts = Array(stride(from: 0, to: positions.count, by: Shard.size))
    return try parallelMap(count: starts.count, threads: threads) { index in
      let end = min(starts[index] + Shard.size, positions.count)
      let batch = try assembly.plainBatch(Array(positions[starts[index]..<end]))
      return batch.shards.flatMap { outputs(of: $0, parameters) }
    }.flatMap { $0 }
  }

  /// Returns the network's output for each utterance of a shard.
  package func outputs(of shard: Shard, _ parameters: Parameters) -> [NetworkOutput] {
    let pass = Pass(parameters)
    let pooled = encode(
      shard.input, shard.sequences, statistics: shard.statistics, arePooled: shard.arePooled, pass
    ).pooled
    let head = classify(pooled, pass)
    return (0..<shard.sequences.count).map { row in
      let logits = head.logits.value.rows(row..<row + 1).array.map(Double.init)
      return NetworkOutput(
        probabilities: logSoftmax(logits).map { Float(exp($0)) },
        embedding: head.embeddings.value.rows(row..<row + 1).array)
    }
  }
}
