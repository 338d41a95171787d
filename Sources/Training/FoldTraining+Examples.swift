// Details of single utterances for reports: FLAM's weights of a recording's frames, and examples of
// mixtures from the first epoch.
import Autograd
import Corpora
package import Layers
import Models
import Randomness
import Tensors

extension FoldTraining {
  /// Returns FLAM's weight of each frame of an utterance, after the backbone. The weights sum to 1.
  /// Returns nil for other poolings.
  package func frameWeights(of position: Int, _ parameters: Parameters) throws -> [Float]? {
    let batch = try assembly.plainBatch([position])
    guard let shard = batch.shards.first else { return nil }
    return network.frameWeights(shard.input, shard.sequences, Pass(parameters))?
      .weights.array
  }

  /// Returns the first mixture of the first epoch, in the order of the corpus, that satisfies
  /// `isWanted`.
  package func firstMixture(
    where isWanted: (_ position: Int, BatchAssembly.Mixture) -> Bool
  ) -> (position: Int, mixture: BatchAssembly.Mixture)? {
    let examples = random.split("epoch 1").split("examples")
    for position in partition.training {
      if let mixture = assembly.mixture(
        position, partners: partition.training, random: examples), isWanted(position, mixture)
      {
        return (position, mixture)
      }
    }
    return nil
  }
}
