// By hand: the recorded attributes of utterances, and runs that recorded none.
import Corpora
import Files
import Runs
import Testing

@Suite struct `The facts of a corpus` {
  private func facts(
    _ corpus: String, manifest: String? = nil, _ utterances: [CorpusFacts.Utterance]
  ) -> CorpusFacts {
    var facts = CorpusFacts(
      corpus: corpus, title: corpus, path: "", manifest: manifest, classes: ["a", "b"],
      foldList: "x", foldNames: ["1", "2"], fingerprint: "", utterances: utterances)
    facts.fingerprint = facts.computedFingerprint
    return facts
  }

  private func utterance(
    _ id: String, speaker: String = "Actor_12", _ attributes: UtteranceAttributes = .none
  ) -> CorpusFacts.Utterance {
    .init(
      id: id, label: "a", speaker: speaker, session: nil, fold: 1, attributes: attributes)
  }

  @Test func `keep attributes with any names`() throws {
    let own = UtteranceAttributes(
      text: "Yes, \"no\".", values: ["room_type": "big", "Mood": "x_y", "a b": "c"])
    let facts = facts("mine", manifest: "m.csv", [utterance("u", own)])
    let read = try decodeJSON(CorpusFacts.self, from: canonicalJSON(facts))
    #expect(read == facts && read.utteranceAttributes == [own])
    #expect(facts.problem == nil)
  }

  @Test func `of an earlier run tell attributes by the ids of a registered corpus only`() {
    let id = "03-01-06-02-01-02-12"
    let old = facts("ravdess", [utterance(id)])
    #expect(old.utteranceAttributes[0].values["intensity"] == "strong")
    #expect(old.sex(of: old.utterances[0]) == "female")
    // A manifest may use such ids for anything.
    let mine = facts("ravdess", manifest: "m.csv", [utterance(id)])
    #expect(mine.utteranceAttributes == [.none] && mine.sex(of: mine.utterances[0]) == nil)
    #expect(facts("other", [utterance(id)]).utteranceAttributes == [.none])
    // What was recorded counts.
    let recorded = facts(
      "ravdess", [utterance(id, UtteranceAttributes(values: ["intensity": "normal"]))])
    #expect(recorded.utteranceAttributes[0].values == ["intensity": "normal"])
  }

  @Test func `are damaged with attributes longer than any recorded one`() {
    for values in [
      ["x": String(repeating: "y", count: 101)], [String(repeating: "x", count: 101): ""],
    ] {
      let facts = facts("mine", [utterance("u", UtteranceAttributes(values: values))])
      #expect(facts.problem?.contains("attributes") == true)
    }
    let short = facts(
      "mine",
      [utterance("u", UtteranceAttributes(values: ["x": String(repeating: "y", count: 100)]))])
    #expect(short.problem == nil)
  }
}
