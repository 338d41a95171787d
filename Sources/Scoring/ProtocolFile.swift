// A protocol frozen to one file: ids, labels, speakers and folds of a corpus, without its sound.
// Whoever has the file can score predictions without the corpus.
package import Evaluation
import Experiments
import Files
package import Foundation
package import Runs

/// A frozen protocol.
package struct ProtocolFile: Codable, Equatable, Sendable {
  package static let formatName = "reprise-protocol"
  package static let currentVersion = 1
  package static let suffix = ".protocol.json"

  package var format: String
  package var version: Int
  /// The protocol's fingerprint, as in the reports: 16 digits.
  package var fingerprint: String
  /// Other spellings of the classes.
  package var spellings: [LabelSpelling]
  /// The corpus, without paths and sound.
  package var corpus: CorpusFacts

  /// Freezes the protocol of a corpus.
  ///
  /// - Parameter path: where the corpus was; empty for an export.
  package init(of facts: CorpusFacts, at path: String = "") {
    (format, version) = (Self.formatName, Self.currentVersion)
    fingerprint = facts.protocolFingerprint.digest
    spellings = LabelSpelling.known(for: facts)
    corpus = facts
    corpus.path = path
    corpus.sound = nil
    // Other files beside the clips depend on the machine.
    corpus.exclusions = (facts.exclusions ?? []).filter { $0.unusedLabel != nil }
    // The ids of a registered corpus tell its attributes. Words belong to the corpus.
    let isTold = facts.manifest == nil
    for index in corpus.utterances.indices {
      if isTold { corpus.utterances[index].attributes = nil }
      if isTold || path.isEmpty { corpus.utterances[index].text = nil }
      corpus.utterances[index].file = nil
      corpus.utterances[index].duration = nil
      corpus.utterances[index].sound = nil
    }
  }

  /// The file's bytes: JSON on one line, which begins with its own checksum.
  package func data() throws -> Data {
    (try canonicalJSON(self) + Data("\n".utf8)).sealed
  }

  private struct Header: Decodable {
    let format: String?
    let version: Int?
  }

  /// Reads a frozen protocol.
  ///
  /// - Throws: `FileError` or `ScoreError`.
  package init(readingFile path: String) throws {
    let remedy = "export it again with `reprise protocol export NAME=PATH`"
    let header = try readJSON(Header.self, from: path, remedy: remedy)
    guard header.format == Self.formatName else {
      throw ScoreError(path, "is not a protocol file", remedy: remedy)
    }
    guard header.version == Self.currentVersion else {
      throw ScoreError(
        path,
        "is of version \(header.version.map(String.init) ?? "none"), expected "
          + "\(Self.currentVersion)", remedy: remedy)
    }
    self = try readJSON(ProtocolFile.self, from: path, remedy: remedy)
    // The name becomes part of paths.
    guard isPlain(corpus.corpus), corpus.corpus.utf8.count <= 64 else {
      throw ScoreError(path, "corpus: expected a plain name", remedy: remedy)
    }
    if let problem = corpus.problem {
      throw ScoreError(path, problem, remedy: remedy)
    }
    guard corpus.protocolFingerprint.digest == fingerprint else {
      throw ScoreError(path, "fingerprint: does not match the utterances", remedy: remedy)
    }
    corpus.path = path
    corpus.exclusions = corpus.exclusions ?? []
  }
}

extension CorpusFacts {
  /// The protocol of scoring each fold's test utterances.
  package var protocolFingerprint: ProtocolFingerprint {
    ProtocolFingerprint(
      items: utterances.map {
        ProtocolFingerprint.Item(id: $0.id, label: $0.label, fold: $0.fold, speaker: $0.speaker)
      }, classes: classes, exclusions: unusedLabels, evaluateOn: "test")
  }
}
