// A map of utterances in the plane and how far it can be trusted; finished values.

/// A t-SNE of utterance embeddings.
package struct EmbeddingProjection: Sendable, Equatable {
  package var points: [Point]
  /// Utterances there are; more than `points` where the map is of a sample.
  package var total: Int
  package var perplexity: Double
  /// Nats.
  package var divergence: Double
  /// Whose embeddings: fold, seed, test or training utterances.
  package var note: String
  /// How far the map can be trusted; nil where it was not measured.
  package var fidelity: Fidelity?

  /// How far a map can be trusted.
  package struct Fidelity: Sendable, Equatable {
    /// k of the two that follow.
    package var neighbours: Int
    package var trustworthiness: Double
    package var preservation: Double
    /// Of the embeddings, and of the map; nil with a single group.
    package var silhouetteByClass: Double?
    package var mapSilhouetteByClass: Double?
    package var silhouetteBySpeaker: Double?
    package var mapSilhouetteBySpeaker: Double?
    /// Procrustes, mean over the other seeds' maps; nil with one seed.
    package var disparity: Double?

    package init(
      neighbours: Int, trustworthiness: Double, preservation: Double, silhouetteByClass: Double?,
      mapSilhouetteByClass: Double?, silhouetteBySpeaker: Double?, mapSilhouetteBySpeaker: Double?,
      disparity: Double?
    ) {
      self.neighbours = neighbours
      self.trustworthiness = trustworthiness
      self.preservation = preservation
      self.silhouetteByClass = silhouetteByClass
      self.mapSilhouetteByClass = mapSilhouetteByClass
      self.silhouetteBySpeaker = silhouetteBySpeaker
      self.mapSilhouetteBySpeaker = mapSilhouetteBySpeaker
      self.disparity = disparity
    }
  }

  package init(
    points: [Point], total: Int, perplexity: Double, divergence: Double, note: String,
    fidelity: Fidelity? = nil
  ) {
    self.fidelity = fidelity
    self.points = points
    self.total = total
    self.perplexity = perplexity
    self.divergence = divergence
    self.note = note
  }

  /// One utterance on the map.
  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double
    /// The place of its true class in the corpus' classes.
    package var classIndex: Int
    package var speaker: String

    package init(x: Double, y: Double, classIndex: Int, speaker: String) {
      self.x = x
      self.y = y
      self.classIndex = classIndex
      self.speaker = speaker
    }
  }
}
