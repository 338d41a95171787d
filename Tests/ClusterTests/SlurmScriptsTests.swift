// The contents of the batch scripts, and what bash does with them.
import Cluster
import Foundation
import TestSupport
import Testing

@Suite struct `A batch script` {
  /// Kind: by hand.
  @Test func `asks Slurm for what the request says`() throws {
    let request = try SlurmRequest(
      runFolder: "/runs/a 5%", runName: "a b/c", program: ["/opt/reprise"], partition: "long",
      account: "speech", qos: "low", timeLimit: TimeLimit(parsing: "1-2"), cores: 4,
      memory: 4_000_000_000, parallelTasks: 20, setup: ["module load gcc"],
      options: ["--constraint=avx512"])
    let plan = try SlurmPlan(cellSeconds: Array(repeating: 100, count: 100), request)
    let scripts = SlurmScripts(request, plan)
    func lines(_ text: String) -> [String] {
      text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("#SBATCH") }
    }
    // 4 · 6 cells per task, ⌈100 / 24⌉ = 5 tasks; ⌈4e9 / 2²⁰⌉ = 3815.
    #expect(
      lines(scripts.cells) == [
        #"#SBATCH --job-name="reprise-a-b-c-cells""#, #"#SBATCH --chdir="/runs/a 5%/slurm""#,
        #"#SBATCH --output="/runs/a 5%%/slurm/logs/%x-%A_%a.out""#, "#SBATCH --time=1-02:00:00",
        "#SBATCH --nodes=1 --ntasks=1 --cpus-per-task=4", "#SBATCH --mem=3815M",
        #"#SBATCH --partition="long""#, #"#SBATCH --account="speech""#, #"#SBATCH --qos="low""#,
        "#SBATCH --array=0-4%20", "#SBATCH --requeue --open-mode=append --signal=B:USR1@90",
        "#SBATCH --constraint=avx512",
      ])
    for text in [scripts.prepare, scripts.report] {
      #expect(text.hasPrefix("#!/bin/bash\n"))
      #expect(lines(text).contains(#"#SBATCH --output="/runs/a 5%%/slurm/logs/%x-%j.out""#))
      #expect(lines(text).count == 11)
      #expect(!text.contains("--array"))
      #expect(text.contains("\nmodule load gcc\nset -u\n"))
    }
  }

  /// Kind: property.
  @Test(arguments: oddFolders)
  func `starts the program as it should, whatever the paths are called`(name: String) throws {
    try withTemporaryFolder { folder in
      let odd = folder + "/" + name
      let (run, place) = (odd + "/run", odd + "/place")
      for path in [odd, run, place] {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
      }
      let fakes = try Fakes(in: odd)
      let request = try request(
        folder: run, name: name, program: ["nice", "-n", "0", odd + "/reprise"],
        workingFolder: place, cores: 2)
      let plan = try plan(request)
      try SlurmSubmission(request, plan).write()
      let expected = [
        "prepare": ["run", run, "--prepare"],
        "cells": ["cell", run, "--jobs", "2", "--for", "\(plan.acceptingSeconds)"],
        "report": ["run", run, "--jobs", "2"],
      ]
      for (script, arguments) in expected.sorted(by: { $0.key < $1.key }) {
        let path = "\(run)/slurm/\(script).sh"
        try #require(try bash(["-n", path], in: folder).code == 0)
        try? FileManager.default.removeItem(atPath: odd + "/asked")
        let ended = try bash([path], in: folder, environment: fakes.environment)
        #expect(ended.code == 0, "\(ended.output)")
        #expect(fakes.asked == [place] + arguments)
      }
    }
  }

  @Test func `runs the site's lines first, which may use what is not set`() throws {
    try withTemporaryFolder { folder in
      let fakes = try Fakes(in: folder)
      let request = try request(
        folder: folder + "/run", program: ["given"],
        setup: ["echo \"<$NOT_SET>\"", "given() { reprise \"$@\"; }"])
      try SlurmSubmission(request, plan(request)).write()
      let ended = try bash(
        [folder + "/run/slurm/prepare.sh"], in: folder, environment: fakes.environment)
      #expect(ended.code == 0)
      #expect(ended.output.hasPrefix("<>\n"))
      #expect(fakes.asked.dropFirst() == ["run", folder + "/run", "--prepare"])
    }
  }
}
