// A map of utterances in the plane with measures of its fidelity, as finished values.

/// A t-SNE of utterance embeddings.
package struct EmbeddingProjection: Sendable, Equatable {
  package var points: [Point]
  /// Number of utterances. It exceeds `points` if the map shows a sample.
  package var total: Int
  package var perplexity: Double
  /// Kullback–Leibler divergence in nats.
  package var divergence: Double
  /// The origin of the embeddings: fold, seed, test or training utterances.
  package var note: String
  /// Measures of the map's fidelity; nil if not measured.
  package var fidelity: Fidelity?

  /// How far a map can be trusted.
  package struct Fidelity: Sendable, Equatable {
    /// The number of neighbours, k, for the next two values.
    package var neighbours: Int
    package var trustworthiness: Double
    package var preservation: Double
    /// Silhouette of the embeddings and of the map; nil with a single group.
    package var silhouetteByClass: Double?
    package var mapSilhouetteByClass: Double?
    package var silhouetteBySpeaker: Double?
    package var mapSilhouetteBySpeaker: Double?
    /// Procrustes disparity, mean over the other seeds' maps; nil with one seed.
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
    /// The index of its true class among the corpus's classes.
    package var classIndex: Int
    package var speaker: String
    /// The utterance's id; empty if unknown.
    package var id: String
    /// The index of the predicted class; nil if unknown.
    package var predictedIndex: Int?

    package init(
      x: Double, y: Double, classIndex: Int, speaker: String, id: String = "",
      predictedIndex: Int? = nil
    ) {
      (self.x, self.y, self.classIndex, self.speaker) = (x, y, classIndex, speaker)
      (self.id, self.predictedIndex) = (id, predictedIndex)
    }
  }
}
