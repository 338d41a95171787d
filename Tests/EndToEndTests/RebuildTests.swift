// Kind: end to end. golden/rebuild.py is the compact system written again from docs/method.md. It
// must give the probabilities of a run. This needs Python with golden/requirements.txt: set
// REPRISE_PYTHON to it.
import Foundation
import Testing

private let script = packageRoot + "/golden/rebuild.py"
private let python = ProcessInfo.processInfo.environment["REPRISE_PYTHON"]

@Suite(.timeLimit(.minutes(30))) struct `The system rebuilt from the documentation` {
  /// The sections of the script that are no section of the page about the method.
  private func strangers(in script: String) throws -> [String] {
    let page = try text(packageRoot + "/docs/method.md").split(separator: "\n")
    let sections = script.matches(of: /\n\n# ([^\n]+)\n(?:def|class)/).map { String($0.1) }
    #expect(sections.count >= 6, "\(sections)")
    return sections.filter { !page.contains("### " + $0) && $0 != "A run: docs/format.md" }
  }

  @Test func `follows the sections of that page in at most 300 lines`() throws {
    let source = try text(script)
    #expect(source.split(separator: "\n", omittingEmptySubsequences: false).count <= 301)
    #expect(try strangers(in: source) == [])
    let renamed = source.replacing("\n# Normalisation\n", with: "\n# Scaling\n")
    #expect(try strangers(in: renamed) == ["Scaling"])
  }

  @Test(.enabled(if: python != nil, "REPRISE_PYTHON is not set to a Python with PyTorch"))
  func `gives the probabilities of a run, but not with another constant or weight`() throws {
    let python = try #require(python)
    let corpus = try standIns.get() + "/ravdess"
    try withFolder { folder in
      try write(
        """
        name: rebuild
        profile: quick
        corpora: {ravdess: \(corpus)}
        seeds: [1]
        folds: [1]
        protocol: {selection_seeds: 0, test_trajectory: false}
        training: {epochs: 1}
        variants:
          - name: full
          - name: mean-by-utterance
            model: {pooling: mean}
            features: {normalization: utterance}
        """, to: folder + "/rebuild.yaml")
      let run = try reprise("run", "rebuild.yaml", "--out", "run", "--quiet", in: folder)
      #expect(run.code == 0, "\(run.standardError)")
      func rebuild(_ arguments: String...) throws -> Output {
        try #require(program(python, [script, folder + "/run"] + arguments))
      }
      let exact = try rebuild()
      #expect(exact.code == 0, "\(exact)")
      #expect(exact.standardOutput.split(separator: "\n").count == 2)
      for change in ["norm_epsilon=1e-4", "clip=2", "head.classifier.bias=0.001"] {
        let other = try rebuild("--change", change)
        #expect(other.code == 1 && other.standardOutput.contains("largest difference"), "\(change)")
      }
      #expect(try rebuild("--change", "nothing=1").code == 2)
    }
  }
}
