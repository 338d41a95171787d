// By hand and by property: the identity of a protocol.
import Evaluation
import Testing

private func items(_ count: Int = 6) -> [ProtocolFingerprint.Item] {
  (0..<count).map {
    .init(id: "u\($0)", label: ["x", "y"][$0 % 2], fold: 1 + $0 / 3, speaker: "s\($0 / 2)")
  }
}

private func fingerprint(
  _ items: [ProtocolFingerprint.Item] = items(), classes: [String] = ["x", "y"],
  exclusions: [String] = ["v,other"], evaluateOn: String = "test"
) -> ProtocolFingerprint {
  ProtocolFingerprint(
    items: items, classes: classes, exclusions: exclusions, evaluateOn: evaluateOn)
}

@Suite struct `A protocol fingerprint` {
  @Test func `does not depend on the order in which utterances come`() {
    #expect(fingerprint(items().reversed()) == fingerprint())
    #expect(
      fingerprint(exclusions: ["a,1", "b,2"]) == fingerprint(exclusions: ["b,2", "a,1"]))
    #expect(fingerprint().digest.count == 16)
  }

  @Test func `changes with every part, and says with which`() {
    func changed(_ index: Int, label: String? = nil, fold: Int? = nil, speaker: String? = nil)
      -> ProtocolFingerprint
    {
      var list = items()
      list[index] = .init(
        id: "u\(index)", label: label ?? ["x", "y"][index % 2], fold: fold ?? 1 + index / 3,
        speaker: speaker ?? "s\(index / 2)")
      return fingerprint(list)
    }
    let others: [(ProtocolFingerprint, String)] = [
      (fingerprint(items(5)), "other utterances"), (changed(0, label: "y"), "other labels"),
      (changed(0, fold: 2), "other assignment of utterances to folds"),
      (changed(0, speaker: "s9"), "other speakers"),
      (fingerprint(exclusions: []), "other exclusions"),
      (fingerprint(classes: ["y", "x"]), "other classes or definitions"),
      (fingerprint(evaluateOn: "inner-validation"), "scored on other data"),
    ]
    #expect(Set(others.map(\.0.digest) + [fingerprint().digest]).count == 8)
    for (other, phrase) in others {
      let differences = fingerprint().differences(from: other)
      #expect(differences.count == 1 && differences[0].hasPrefix(phrase), "\(differences)")
      #expect(other.differences(from: other).isEmpty)
    }
  }

  @Test func `stands in the signature, and keeps numbers apart`() {
    func signature(_ fingerprint: ProtocolFingerprint?) -> ProtocolSignature {
      ProtocolSignature(
        corpus: "ravdess", foldList: "emobox", folds: 2, classes: ["x", "y"], utterances: 6,
        fingerprint: fingerprint)
    }
    #expect(signature(fingerprint()).text.hasSuffix("|v:1|fp:\(fingerprint().digest)"))
    #expect(signature(nil).text == "ravdess|n:6|classes:2|folds:emobox-2|scored:test")
    #expect(
      signature(fingerprint()).comparability(with: signature(fingerprint())) == .comparable)
    guard
      case .shownOnly(let reasons) = signature(fingerprint())
        .comparability(with: signature(fingerprint(exclusions: [])))
    else {
      Issue.record("other exclusions were comparable")
      return
    }
    #expect(reasons.count == 1)
  }
}
