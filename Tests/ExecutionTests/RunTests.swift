// Property: a run of real, tiny cells gives the same files for any number of jobs, trains nothing
// twice, repairs damage to the same bits, and isolates failures.
import BuildStamp
import Corpora
import Audits
import Execution
import Experiments
import Runs
import Files
import Foundation
import ReportAssembly
import Reporting
import Settings
import Synchronization
import TestSupport
import Testing

/// Twelve clips of actors 1, 4 and 8, who are tested in folds 1, 2 and 3.
private func writeClips(below root: String) throws {
  try makeFolder(root)
  for (actor, emotion) in [1, 4, 8].flatMap({ a in [1, 3, 4, 5].map { (a, $0) } }) {
    let pitch = Double(80 + 40 * emotion + 9 * actor)
    let samples = (0..<4000 + 200 * emotion).map { t -> Int in
      let phase = 2 * Double.pi * pitch * Double(t) / 16_000
      return Int(5000 * (sin(phase) + 0.4 * sin(3 * phase)) * (0.7 + 0.3 * sin(Double(t) / 700)))
    }
    func little(_ value: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var data = Data("RIFF".utf8) + little(36 + 2 * samples.count, 4) + Data("WAVEfmt ".utf8)
    data += little(16, 4) + little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4)
    data += little(2, 2) + little(16, 2) + Data("data".utf8) + little(2 * samples.count, 4)
    data += samples.flatMap { little($0, 2) }
    try data.writeAtomically(to: "\(root)/03-01-0\(emotion)-01-01-01-0\(actor).wav")
  }
}

private func experiment(_ corpus: String) -> ExperimentSettings {
  var experiment = ExperimentSettings(profile: .quick)
  experiment.corpora = [.init(name: "ravdess", path: corpus)]
  (experiment.seeds, experiment.folds) = ([1], [1, 2])
  experiment.protocolSettings.allowIncomplete = true
  experiment.protocolSettings.selectionSeeds = 0
  for index in experiment.variants.indices {
    experiment.variants[index].settings.features.bands = 16
    experiment.variants[index].settings.model.width = 16
    experiment.variants[index].settings.training.epochs = 2
  }
  return experiment
}

/// Options for this number of parallel cells.
private func work(_ jobs: Int) -> WorkOptions {
  var options = WorkOptions()
  options.jobs = jobs
  return options
}

/// The content of a run's report.
private func reportContent(of run: ExperimentRun) throws -> ReportContent {
  let record = try run.record()
  return try RunReport(of: record, record.results()).content()
}

/// The results of all cells by name, without files that contain times.
private func results(_ run: ExperimentRun) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for cell in try run.cells() {
    let folder = CellFolder(run: run.folder, cell: cell)
    for name in ["predictions.csv", "embeddings.npy", "weights.safetensors"] {
      files["\(cell.title) \(name)"] = try Data(readingFile: folder.file(name))
    }
  }
  return files
}

@Suite struct `A run` {
  @Test func `says in its report how its program stood to the golden fixtures`() throws {
    try withTemporaryFolder { root in
      try writeClips(below: root + "/corpus")
      var experiment = experiment(root + "/corpus")
      experiment.folds = [1]
      let run = try ExperimentRun(experiment, folder: root + "/run", sound: SoundReading())
      #expect(try run.run(work(1)) { _ in }.isEmpty)
      let conformance = try #require(try run.record().conformance())
      #expect(conformance.program == "Reprise " + programVersion && conformance.failed.isEmpty)
      let content = try reportContent(of: run)
      #expect(content.conformance?.rows.count == conformance.rows.count)
      #expect(content.conformance?.rows.allSatisfy(\.passed) == true)
      #expect(!content.notes.contains { $0.contains("verified") || $0.contains("agree") })

      // A single fixture: all others are missing, so they fail.
      try makeFolder(root + "/golden")
      try FileManager.default.copyItem(
        atPath: packageRoot + "/golden/lam", toPath: root + "/golden/lam")
      try run.recordConformance(golden: root + "/golden")
      let failed = try reportContent(of: run)
      #expect(failed.conformance?.rows.count { $0.passed } == 1)
      #expect(failed.notes.contains { $0.contains("do not agree with other libraries'") })

      try run.recordConformance(golden: root + "/nowhere")
      let unverified = try reportContent(of: run)
      #expect(unverified.conformance == nil)
      #expect(unverified.notes.contains { $0.contains("not verified") })
    }
  }

  @Test func `does not depend on jobs, resumes, and mends what was damaged`() throws {
    try withTemporaryFolder { root in
      try writeClips(below: root + "/corpus")
      let experiment = experiment(root + "/corpus")
      let run = try ExperimentRun(experiment, folder: root + "/a", sound: SoundReading())
      #expect(try run.run(work(1)) { _ in }.isEmpty)
      let first = try results(run)
      #expect(first.count == 12 && Set(first.values).count == 12)
      let other = try ExperimentRun(experiment, folder: root + "/b", sound: SoundReading())
      #expect(try other.run(work(3)) { _ in }.isEmpty)
      #expect(try results(other) == first)

      let damaged = CellFolder(run: run.folder, cell: try run.cells()[2])
      try Data("damage".utf8).writeAtomically(to: damaged.file("weights.safetensors"))
      let trained = Mutex<[String]>([])
      let reused = Mutex(0)
      let failures = try run.run(work(1)) { event in
        switch event {
        case .epoch(let cell, _): trained.withLock { $0.append(cell.title) }
        case .finished(_, _, reused: true): reused.withLock { $0 += 1 }
        default: break
        }
      }
      #expect(failures.isEmpty && reused.withLock { $0 } == 3)
      #expect(trained.withLock { $0 } == [damaged.cell.title, damaged.cell.title])
      #expect(try results(run) == first)
    }
  }

  @Test func `keeps the reason of a failed cell, and finishes the others`() throws {
    try withTemporaryFolder { root in
      try writeClips(below: root + "/corpus")
      var experiment = experiment(root + "/corpus")
      experiment.folds = [1]
      experiment.variants[0].settings.training.learningRate = 1e30
      experiment.variants[0].settings.training.gradientClip = 0
      let run = try ExperimentRun(experiment, folder: root + "/a", sound: SoundReading())
      let failures = try run.run(work(2)) { _ in }
      #expect(failures.map(\.cell.variant) == ["full"])
      #expect(failures.first?.reason.hasPrefix("training diverged in epoch ") == true)
      let variants = try run.record().results()[0].variants
      #expect(variants.map(\.folders.count) == [0, 1])
      #expect(variants.map { $0.failures.map(\.reason) } == [failures.map(\.reason), []])
    }
  }
}
