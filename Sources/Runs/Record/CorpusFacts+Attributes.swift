// What a run knows about its utterances beside class and speaker, also a run of an earlier version.
package import Corpora

extension CorpusFacts {
  /// Words and attributes of each utterance, in their order.
  ///
  /// A run of version 0.6.1 or earlier did not record them. For a registered corpus the ids tell.
  package var utteranceAttributes: [UtteranceAttributes] {
    let isRecorded = utterances.contains { $0.text != nil || $0.attributes != nil }
    let known = manifest == nil ? try? CorpusDefinition.registered(as: corpus) : nil
    return utterances.map { utterance in
      if !isRecorded, let known { return known.attributes(of: utterance.id) }
      return UtteranceAttributes(text: utterance.text, values: utterance.attributes ?? [:])
    }
  }

  /// The sex of an utterance's speaker: `female` or `male`; nil if nobody said.
  package func sex(of utterance: Utterance) -> String? {
    if let sex = utterance.sex { return sex }
    let known = manifest == nil ? try? CorpusDefinition.registered(as: corpus) : nil
    return known?.sex(of: utterance.speaker)?.rawValue
  }
}
