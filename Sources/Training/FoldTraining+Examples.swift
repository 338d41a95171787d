// Single utterances of a training, for whoever wants to see what happens to them: how FLAM weighs
// the frames of a recording, and what the first epoch mixed.
import Autograd
import Corpora
package import Layers
import Models
import Randomness
import Tensors

extension FoldTraining {
  /// Returns the weight that FLAM gives each frame of an utterance, as they leave the backbone;
  /// their sum is
  /// 1. Nil for another pooling.
  package func frameWeights(of position: Int, _ parameters: Parameters) throws -> [Float]? {
    let batch = try assembly.plainBatch([position])
    guard let shard = batch.shards.first else { return nil }
    return network.frameWeights(shard.input, shard.sequences, Pass(parameters))?
      .weights.array
  }

  /// Returns the first mixture of the first epoch, in the order of the corpus, that `isWanted`.
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
