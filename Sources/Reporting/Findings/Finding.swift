// The answer of a report in a few sentences. Each sentence is made from the numbers that the later
// pages show, and says nothing that they do not.

/// A sentence of the answer.
package struct Finding: Codable, Hashable, Sendable {
  /// What the sentence is about.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// The first system's score.
    case result
    /// The first system against another one on unseen speakers.
    case difference
    /// The same two methods, trained again.
    case methods
    /// The paper's claims about its parts.
    case parts
    /// A printed figure beside ours.
    case printed
    /// The systems against their last recorded results.
    case gate
    /// Leaks between training and test.
    case leaks
    /// The program's numbers beside those of other libraries.
    case conformance
  }

  package let kind: Kind
  /// The corpus's name on the command line; nil for a sentence about the whole run.
  package let corpus: String?
  /// The answer in one or two words, for programs.
  package let verdict: String
  package let text: String
}

extension ReportContent {
  /// The answer: for each corpus the result and the main difference, then leaks and conformance.
  package var findings: [Finding] {
    corpora.flatMap { $0.findings(isOnly: corpora.count == 1) }
      + [leakFinding, conformanceFinding].compactMap(\.self)
  }

  /// The answer as paragraphs: one for each sentence, or for each of several corpora.
  package var answer: [String] {
    guard corpora.count > 1 else { return findings.map(\.text) }
    var paragraphs: [(corpus: String?, text: String)] = []
    for finding in findings {
      guard let corpus = finding.corpus, let last = paragraphs.last, last.corpus == corpus else {
        paragraphs.append((finding.corpus, finding.text))
        continue
      }
      // The paragraph has the corpus's name already.
      let name = corpora.first { $0.name == corpus }.map { "\($0.findingName): " } ?? ""
      let text =
        finding.text.hasPrefix(name) ? String(finding.text.dropFirst(name.count)) : finding.text
      paragraphs[paragraphs.count - 1].text = last.text + " " + text
    }
    return paragraphs.map(\.text)
  }

  private var leakFinding: Finding? {
    let judged = corpora.compactMap { corpus in
      corpus.judgement.map { (name: corpus.displayName, leaks: $0.leaks) }
    }
    guard !judged.isEmpty, !isScored else { return nil }
    let unknown = judged.filter { $0.leaks == nil }.map(\.name)
    let leaking = judged.filter { ($0.leaks ?? 0) > 0 }
    let clean = judged.filter { $0.leaks == 0 }.map(\.name)
    var parts: [String] = []
    for corpus in leaking {
      parts.append(
        "\(corpus.name) has \(count(corpus.leaks ?? 0, "leak")) between training and test: see its "
          + "audit.")
    }
    if !clean.isEmpty {
      parts.append("The audit found no leak between training and test in \(listed(clean)).")
    }
    if !unknown.isEmpty { parts.append("Nobody looked for leaks in \(listed(unknown)).") }
    let verdict = leaking.isEmpty ? unknown.isEmpty ? "none" : "unknown" : "leaks"
    return Finding(
      kind: .leaks, corpus: nil, verdict: verdict, text: parts.joined(separator: " "))
  }

  private var conformanceFinding: Finding? {
    guard !isScored else { return nil }
    guard let conformance, !conformance.rows.isEmpty else {
      return Finding(
        kind: .conformance, corpus: nil, verdict: "unknown",
        text: "The program's numbers were not verified when this run was made.")
    }
    let passed = conformance.rows.count(where: \.passed)
    let all = conformance.rows.count
    return Finding(
      kind: .conformance, corpus: nil, verdict: passed == all ? "passed" : "failed",
      text: passed == all
        ? "The program's numbers agree with other libraries in \(passed) of \(all) fixtures."
        : "The program's numbers agree with other libraries in only \(passed) of \(all) fixtures: "
          + "do not use these scores.")
  }
}

/// Names as in a sentence: "A", "A and B", "A, B and C".
func listed(_ names: [String]) -> String {
  names.count > 1
    ? names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "") : names.joined()
}
