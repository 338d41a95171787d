// Kind: end to end. The commands that only report: help, completions, settings, corpora.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `The command line` {
  static let commands = [
    [], ["run"], ["corpora"], ["corpora", "list"], ["corpora", "inspect"],
    ["corpora", "synthesize"], ["report"], ["compare"], ["baseline"],
    ["baseline", "record"], ["baseline", "list"], ["baseline", "show"], ["baseline", "lint"],
    ["check"], ["claims"], ["explain"], ["diff"], ["verify"], ["settings"],
    ["status"], ["cell"], ["slurm"], ["fsck"], ["replay"], ["check-storage"], ["bench"],
    ["backbone"], ["backbone", "inspect"], ["backbone", "make-random"], ["backbone", "frames"],
    ["backbone", "time"], ["simulate"], ["plan-power"], ["tsne"],
    ["score"], ["protocol"], ["protocol", "export"],
  ]

  @Test(arguments: commands) func `explains each command`(_ command: [String]) throws {
    let output = try reprise(command + ["--help"])
    #expect(output.code == 0 && output.standardError.isEmpty)
    #expect(output.standardOutput.contains("OVERVIEW: "))
    #expect(
      output.standardOutput.contains("USAGE: " + (["reprise"] + command).joined(separator: " ")))
  }

  @Test func `names every command and the exit codes`() throws {
    let help = try reprise("--help").standardOutput
    for command in Self.commands.filter({ $0.count == 1 }) {
      #expect(help.contains("  \(command[0]) "))
    }
    #expect(help.contains("Exit codes:"))
    #expect(try !reprise("--version").standardOutput.isEmpty)
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `completes in a shell`(_ shell: String) throws {
    let output = try reprise("--generate-completion-script", shell)
    #expect(output.code == 0 && output.standardError.isEmpty)
    #expect(output.standardOutput.contains("synthesize"))
    #expect(output.standardOutput.contains("allow-incomplete"))
  }

  @Test func `lists a corpus sorted by id, as CSV and as JSON`() throws {
    let corpus = try "iemocap=" + standIns.get() + "/iemocap"
    let csv = try reprise("corpora", "list", corpus)
    #expect(csv.code == 0 && csv.standardError.isEmpty)
    let lines = csv.standardOutput.split(separator: "\n").map(String.init)
    #expect(lines.first == "id,label,speaker,session,fold,path")
    let rows = lines.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count > 100 && rows.allSatisfy { $0.count == 6 && exists($0[5]) })
    let ids = rows.map { $0[0] }
    #expect(ids == ids.sorted() && Set(ids).count == ids.count)

    let json = try reprise("corpora", "list", corpus, "--format", "json")
    let objects = try #require(
      JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [NSDictionary])
    #expect(objects.map { $0["id"] as? String } == ids)
    #expect(objects.map { $0["label"] as? String } == rows.map { $0[1] })
    #expect(objects.map { $0["fold"] as? Int } == rows.map { Int($0[4]) })
  }

  @Test func `inspects a corpus as a table and as JSON`() throws {
    let corpus = try "ravdess=" + standIns.get() + "/ravdess"
    let table = try reprise("corpora", "inspect", corpus)
    #expect(table.code == 0 && table.standardOutput.hasPrefix("SYNTHETIC RAVDESS at "))
    let json = try reprise("corpora", "inspect", corpus, "--json")
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? NSDictionary)
    #expect(document["is_synthetic"] as? Bool == true)
    #expect((document["total"] as? NSDictionary)?["found"] as? Int == 192)
    let emobox = document["folds"] as? [NSDictionary]
    let other = try reprise(
      "corpora", "inspect", corpus, "--json", "--ravdess-folds", "contiguous")
    let contiguous = try #require(
      JSONSerialization.jsonObject(with: Data(other.standardOutput.utf8)) as? NSDictionary)
    #expect(emobox?.count == 6 && contiguous["folds"] as? [NSDictionary] != emobox)
  }

  @Test func `divides MSP-IMPROV by the wanted list, which the protocol names`() throws {
    let corpus = try "msp-improv=" + standIns.get() + "/msp-improv"
    func exported(_ options: String...) throws -> NSDictionary {
      let said = try reprise(["protocol", "export", corpus] + options)
      #expect(said.code == 0, "\(said.standardError)")
      let document = try JSONSerialization.jsonObject(with: Data(said.standardOutput.utf8))
      return try #require((document as? NSDictionary)?["corpus"] as? NSDictionary)
    }
    let usual = try exported()
    #expect(usual["fold_list"] as? String == "session")
    #expect(try exported("--msp-improv-folds", "session") == usual)
    let other = try exported("--msp-improv-folds", "emo-superb")
    #expect(other["fold_list"] as? String == "emo-superb")
    #expect(
      other["fold_names"] as? [String] == [4, 3, 2, 1, 6, 5].map { "Session \($0)" })
    #expect(other["fingerprint"] as? String != usual["fingerprint"] as? String)
    // The list of another corpus is no list of this one.
    let wrong = try reprise("protocol", "export", corpus, "--msp-improv-folds", "emobox")
    #expect(wrong.code == 64 && wrong.standardError.contains("emo-superb"))
  }

  @Test func `synthesizes the same bytes again, and others from another seed`() throws {
    try withFolder { folder in
      let before = try snapshot(standIns.get() + "/savee")
      #expect(try reprise("corpora", "synthesize", folder + "/again").code == 0)
      #expect(try snapshot(folder + "/again/savee") == before)
      #expect(try reprise("corpora", "synthesize", folder + "/other", "--seed", "2").code == 0)
      let other = try snapshot(folder + "/other/savee")
      #expect(Set(other.keys) == Set(before.keys) && other != before)
    }
  }

  @Test func `tells every setting`() throws {
    for format in ["text", "markdown"] {
      let output = try reprise("settings", "--format", format)
      #expect(output.code == 0 && output.standardOutput.contains("learning_rate"))
    }
  }
}
