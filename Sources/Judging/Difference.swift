// Compares two runs: protocol, settings and numbers, not bytes.
import Evaluation
import Files
import Foundation
import Runs
import Settings

/// One difference between two runs.
package struct RunDifference: Codable, Equatable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case protocolFingerprint = "protocol", sound, frames, setting, number, cells
  }

  package let kind: Kind
  /// What differs, such as `ravdess full UA pooled` or `full training.epochs`.
  package let what: String
  /// The value in each run; nil if it has none.
  package let first: String?
  package let second: String?
}

extension Evidence {
  /// Lists the differences between two runs: protocol, then settings, then numbers.
  package func differences(from other: Evidence) -> [RunDifference] {
    let (own, others) = (corpora, other.corpora)
    var list: [RunDifference] = []
    func note(_ kind: RunDifference.Kind, _ what: String, _ first: String?, _ second: String?) {
      if first != second {
        list.append(RunDifference(kind: kind, what: what, first: first, second: second))
      }
    }
    let corpora = union(own.map(\.corpus.corpus), others.map(\.corpus.corpus))
    for name in corpora {
      let a = own.first { $0.corpus.corpus == name }
      let b = others.first { $0.corpus.corpus == name }
      note(
        .protocolFingerprint, name, a?.signature.text, b?.signature.text)
      note(.sound, name, a?.corpus.soundText, b?.corpus.soundText)
      note(.frames, name, a?.corpus.framesText, b?.corpus.framesText)
    }
    let variants = union(systems, other.systems)
    for name in variants {
      let a = leaves(of: name)
      let b = other.leaves(of: name)
      if a == nil || b == nil {
        note(.setting, name, a == nil ? nil : "a variant", b == nil ? nil : "a variant")
      }
      guard let a, let b else { continue }
      for path in union(a.map(\.path), b.map(\.path)) {
        note(
          .setting, "\(name) \(path)", a.first { $0.path == path }?.value,
          b.first { $0.path == path }?.value)
      }
    }
    for name in corpora {
      let a = own.first { $0.corpus.corpus == name }
      let b = others.first { $0.corpus.corpus == name }
      for variant in variants {
        let x = a?.variants.first { $0.name == variant }?.summary
        let y = b?.variants.first { $0.name == variant }?.summary
        note(.cells, "\(name) \(variant) cells", x?.completeness, y?.completeness)
        note(.cells, "\(name) \(variant) seeds", x?.seeds, y?.seeds)
        for metric in Metric.allCases {
          let what = "\(name) \(variant) \(metric.abbreviation)"
          note(.number, what + " pooled", x?.pooled(metric)?.text, y?.pooled(metric)?.text)
          note(.number, what + " over folds", x?.perFold(metric)?.text, y?.perFold(metric)?.text)
        }
      }
    }
    return list
  }

  private func union(_ first: [String], _ second: [String]) -> [String] {
    first + second.filter { !first.contains($0) }
  }
}

extension [RunDifference] {
  /// One line per difference, for a terminal.
  package var text: String {
    if isEmpty { return "no difference in protocol, settings or numbers" }
    return map { "\($0.kind.rawValue)  \($0.what): \($0.first ?? "–") → \($0.second ?? "–")" }
      .joined(separator: "\n")
  }
}

extension Evidence {
  fileprivate func leaves(of system: String) -> [(path: String, value: String)]? {
    corpora.flatMap(\.variants).first { $0.name == system }.map(\.leaves)
  }
}

extension CorpusFacts {
  fileprivate var soundText: String {
    sound.map { "sha256 " + $0.prefix(16) }
      ?? (frames == nil ? "not recorded by that version" : "not read")
  }

  /// The frames of another program; nil without them.
  fileprivate var framesText: String? { frames.map { "sha256 " + $0.digest.prefix(16) } }
}

extension ScoreSummary {
  fileprivate var seeds: String { completeSeeds.map(String.init).joined(separator: " ") }
}

extension Spread {
  /// Four digits, so that a single utterance shows.
  fileprivate var text: String {
    "\(fixed(100 * mean, digits: 4)) %"
      + (standardDeviation.map { " ± \(fixed(100 * $0, digits: 4))" } ?? "")
  }
}
