// Kind: end to end. Power plans from recorded baselines, a run and an experiment file.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `Planning seeds and folds` {
  private func plan(_ arguments: String...) throws -> Output {
    try reprise(
      ["plan-power"] + arguments + ["--trials", "500"], in: packageRoot,
      environment: ["REPRISE_HOME": packageRoot])
  }

  @Test func `takes the spread from recorded baselines, by path or by name`() throws {
    let path = try plan("baselines/ravdess-compact.json", "--difference", "3")
    #expect(path.code == 0, "\(path.standardError)")
    for words in [
      "ravdess, UA: 2 systems", "6 folds, 3 seeds, 24 speakers", "The same 24 speakers",
      "least for 80 %", "none of these",
    ] {
      #expect(path.standardOutput.contains(words), "\(path.standardOutput)")
    }
    #expect(!path.standardOutput.contains("Holm"))
    let name = try plan("ravdess-compact", "--difference", "3")
    // The two differ in the file's path alone.
    let (one, two) = (path.standardOutput, name.standardOutput)
    #expect(one.split(separator: "\n").dropFirst() == two.split(separator: "\n").dropFirst())
    #expect(try plan("ravdess-compact", "--difference", "3").standardOutput == two)
    #expect(try plan("ravdess-compact", "--difference", "3", "--seed", "2").standardOutput != two)
  }

  @Test func `counts the rows of an experiment file`() throws {
    let output = try plan("docs/experiments/ablations.yaml", "--difference", "6", "--json")
    #expect(output.code == 0, "\(output.standardError)")
    let list = try #require(
      JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8)) as? [NSDictionary])
    let document = try #require(list.first)
    let plan = try #require(document["plan"] as? NSDictionary)
    #expect(list.count == 1 && document["corpus"] as? String == "ravdess")
    #expect((document["source"] as? String)?.hasSuffix("baselines/ravdess-ablations.json") == true)
    #expect((plan["question"] as? NSDictionary)?["rows"] as? Int == 11)
    #expect((plan["spread"] as? NSDictionary)?["pairs"] as? Int == 11)
    #expect((plan["grids"] as? [NSDictionary])?.count == 2)
    let chosen = try self.plan(
      "ravdess-ablations", "--system", "full", "--system", "lam", "--rows", "4")
    #expect(chosen.standardOutput.contains("2 systems"))
    #expect(chosen.standardOutput.contains("after Holm for 4 rows"))
  }

  @Test func `takes the spread from a run`() throws {
    let folder = try recorded.get()
    // One system: nothing to compare.
    expectRefusal(
      try reprise("plan-power", folder + "/run"), "1 system on", "the scores of two systems")
  }

  @Test func `refuses what it cannot use`() throws {
    expectRefusal(try plan("baselines/paper.json"), "no recorded result", "baseline record")
    expectRefusal(try plan("nothing.json"), "nothing.json")
    expectRefusal(
      try plan("ravdess-compact", "--system", "full", "--system", "lam"), "no system \"lam\"",
      "full, plain")
    for wrong in [
      ["--difference", "0"], ["--difference", "nan"], ["--power", "1"], ["--rows", "0"],
      ["--seeds", "0"], ["--folds", "1"], ["--folds", "1000000"], ["--system", "full"],
      ["--system", "full", "--system", "full"],
    ] {
      let output = try reprise(["plan-power", "ravdess-compact"] + wrong)
      #expect(output.code == 64, "\(wrong): \(output.standardError)")
    }
  }
}
