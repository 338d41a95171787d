// A grid of cells run by several parallel jobs. It shows how much they slow one another down.
import Corpora
import Files
import Foundation

/// `jobs`: one job per thread. `--peers` also runs the same cells with a single job. Cells have
/// three epochs because the start of the program would dominate shorter ones.
let jobsWorkload = Workload(
  "jobs", "cells of three epochs of the full system, a job on each thread", sizeName: "cells",
  sizes: [4, 8, 16], usual: 8, unit: "cells"
) { count, circumstances in
  let folder = circumstances.folder
  let (prepared, run) = ("\(folder)/prepared-\(count)", "\(folder)/run")
  if !FileManager.default.fileExists(atPath: prepared) {
    try prepare(cells: count, in: prepared, circumstances)
  }
  try Data(circumstances.program.utf8).write(to: URL(fileURLWithPath: folder + "/program"))
  return Work(amount: Double(count)) {
    try? FileManager.default.removeItem(atPath: run)
    try FileManager.default.linkItem(atPath: prepared, toPath: run)
    let jobs = "\(circumstances.threads)"
    try start([circumstances.program, "cell", run, "--jobs", jobs, "--threads", jobs, "--quiet"])
  }
}

/// Makes a run with open cells and finished shared work. Its synthetic voices are more alike than
/// real ones.
private func prepare(cells: Int, in run: String, _ circumstances: Circumstances) throws {
  let experiment = """
    name: jobs
    corpora: [ravdess]
    folds: [1, 2]
    seeds: [\((1...cells / 2).map(String.init).joined(separator: ", "))]
    protocol: {allow_incomplete: true, test_trajectory: false, selection_seeds: 0}
    variants: [{name: full, training: {epochs: 3}}]

    """
  let path = run + ".yaml"
  try Data(experiment.utf8).write(to: URL(fileURLWithPath: path))
  _ = try writeSpeech(utterances: 480, to: circumstances.folder)
  try start([
    circumstances.program, "run", path, "--corpus", "ravdess=\(circumstances.folder)/ravdess",
    "--out", run, "--prepare", "--allow-leak", "near-duplicates", "--quiet",
  ])
}
