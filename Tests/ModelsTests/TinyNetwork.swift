// A network small enough to check number by number, and inputs for it.
import Autograd
import Layers
import Models
import Randomness
import Settings
import Tensors

func randomTensor(_ shape: [Int], _ name: String, scale: Double = 1) -> Tensor {
  var stream = RandomStream(seed: 51).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(scale * stream.normal()) })
}

/// Width 8, 2 heads, no dropout.
func tinySettings(_ pooling: ModelSettings.Pooling = .flam) -> ModelSettings {
  var settings = ModelSettings()
  (settings.width, settings.heads, settings.blocks, settings.kernel) = (8, 2, 1, 3)
  (settings.embedding, settings.statisticsHidden, settings.pooling) = (5, 6, pooling)
  (settings.dropout, settings.headDropout, settings.statisticsDropout) = (0, 0, 0)
  return settings
}

/// Frames of seven features, and three statistics of an utterance.
struct TinyInput {
  let frames: Tensor
  let statistics: Tensor

  init(_ name: String, length: Int) {
    frames = randomTensor([length, 7], name)
    statistics = randomTensor([1, 3], name + " statistics")
  }

  private init(frames: Tensor, statistics: Tensor) {
    (self.frames, self.statistics) = (frames, statistics)
  }

  /// The same input with zero frames appended.
  func padded(by frames: Int) -> TinyInput {
    TinyInput(frames: .stacked([self.frames, .zeros([frames, 7])]), statistics: statistics)
  }
}

/// The results of a network for some packed utterances.
struct TinyResult {
  let pooled: Tensor
  let broadcast: Tensor
  let embeddings: Tensor
  let logits: Tensor

  init(_ made: (network: EmotionNetwork, parameters: Parameters), _ inputs: [TinyInput]) {
    let pass = Pass(made.parameters)
    let (pooled, broadcast) = made.network.encode(
      .stacked(inputs.map(\.frames)), Ragged(inputs.map(\.frames.rows)),
      statistics: .stacked(inputs.map(\.statistics)), pass)
    let head = made.network.classify(pooled, pass)
    (self.pooled, self.broadcast) = (pooled.value, broadcast.value)
    (embeddings, logits) = (head.embeddings.value, head.logits.value)
  }

  /// All results of one utterance.
  func row(_ index: Int) -> [Float] {
    [pooled, broadcast, embeddings, logits].flatMap { $0.rows(index..<index + 1).array }
  }
}

func tinyNetwork(
  _ settings: ModelSettings = tinySettings(), seed: UInt64 = 1
) -> (network: EmotionNetwork, parameters: Parameters) {
  EmotionNetwork.make(
    settings, features: 7, statistics: 3, classes: 4, using: RandomStream(seed: seed))
}
