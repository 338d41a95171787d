// Which utterances train and which are scored, and the identity of a protocol.
import Corpora
import Evaluation
import Golden
import Settings

let protocolChecks = [
  Check("protocol", ["folds": foldList, "partition": partition, "fingerprint": fingerprint])
]

/// The fold of each of a case's speakers, 0 for one that the list lacks.
@Sendable private func foldList(_ reader: CaseReader) throws -> [Output] {
  let corpus = try CorpusDefinition.registered(as: try reader.text("corpus"))
  let name = try reader.text("list")
  let list = corpus.folds(preferring: name)
  try require(list.name == name, "list", expected: "a list of \(corpus.id)", found: name)
  let speakers = try reader.text("speakers").split(separator: " ")
  return [Output("folds", speakers.map { list.fold(of: String($0)) ?? 0 })]
}

@Sendable private func partition(_ reader: CaseReader) throws -> [Output] {
  let tested = try reader.integers("folds")
  let utterances = tested.indices.map {
    Utterance(
      id: "\($0)", label: "", classIndex: 0, speaker: "", session: nil, fold: tested[$0], path: "")
  }
  let folds = try reader.count("folds", within: 1...1000)
  let found = Partition(
    utterances, fold: try reader.count("fold", within: 1...folds), folds: folds,
    evaluateOn: try reader.choice("evaluateOn"), selection: try reader.choice("selection"))
  return [
    Output("training", found.training), Output("validation", found.validation),
    Output("evaluation", found.evaluation),
  ]
}

@Sendable private func fingerprint(_ reader: CaseReader) throws -> [Output] {
  func lines(_ name: String) throws -> [String] {
    try reader.text(name).split(separator: "\n").map(String.init)
  }
  let items = try lines("items").map { line -> ProtocolFingerprint.Item in
    let fields = line.split(separator: ",").map(String.init)
    guard fields.count == 4, let fold = Int(fields[2]) else {
      throw GoldenError.missingParameter(name: "items: \(line)")
    }
    return .init(id: fields[0], label: fields[1], fold: fold, speaker: fields[3])
  }
  let found = ProtocolFingerprint(
    items: items, classes: try lines("classes"), exclusions: try lines("exclusions"),
    evaluateOn: try reader.text("evaluateOn"))
  let digests = [
    found.utterances, found.labels, found.folds, found.speakers, found.exclusions, found.metrics,
    found.digest,
  ]
  return [
    Output("digests", shape: [digests.count], .words(digests.map { UInt64($0, radix: 16) ?? 0 }))
  ]
}
