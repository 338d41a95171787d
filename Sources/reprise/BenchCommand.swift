// `reprise bench`: the program's speed here, next to the machine's limits and to other programs.
import ArgumentParser
import Benchmarks
import Audits
import Checkpoints
import Devices
import Execution
import Surroundings
import Experiments
import Files
import Foundation
import Runs
import Tensors

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the program's speed and memory on this machine.",
    discussion: help(
      """
      Workloads: \(Workload.all.map(\.name).joined(separator: ", ")).

      Each size runs in a process of its own: once to warm up, then at least --repeats times and \
      for at least --seconds. The output shows median, quartiles and memory, how near the work \
      comes to the speed of OpenBLAS or of memory, and how cost grows with size.

      --peers does the same work in turn with other programs and shows how much longer they take. \
      golden/peers/requirements.txt lists what they need.

      --record and --check watch for code that gets slower. They compare costs with a calibration \
      kernel that runs at the same time, not with seconds. Exit code 1 means that a workload is \
      slower.
      """,
      examples: [
        "Measure every workload in its usual size.":
          "reprise bench --usual",
        "Measure one workload in all sizes.":
          "reprise bench eam",
        "Compare with other programs; needs Python with their packages.":
          "reprise bench eam --usual --peers python3",
        "Record costs before a change, and check them after it.":
          "reprise bench eam --usual --record costs.json",
      ]))

  @Argument(help: ArgumentHelp("Workloads; all by default.", valueName: "name"))
  var names: [String] = []
  @Option(help: "How many threads to use; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Repeat each workload at least this often.")
  var repeats = 5
  @Option(help: "Repeat each workload for at least this time.")
  var seconds = 1.0
  @Flag(help: "Measure only the usual size of each workload.")
  var usual = false
  @Option(
    help: ArgumentHelp(
      "Compare with other programs, run by this Python.", valueName: "python"))
  var peers: String?
  @Option(
    help: ArgumentHelp(
      "Print the table of a file that --peers --json wrote; measure nothing. Repeatable.",
      valueName: "file"))
  var from: [String] = []
  @Option(help: "How many rounds to compare with --peers.")
  var rounds = 3
  @Option(help: ArgumentHelp("Write the costs to this file.", valueName: "file"))
  var record: String?
  @Option(help: ArgumentHelp("Compare the costs with this file.", valueName: "file"))
  var check: String?
  @Option(
    help: ArgumentHelp("How much slower still passes.", valueName: "percent"))
  var slack = 25.0
  @Option(
    help: ArgumentHelp(
      "Measure this device instead: gpu, gpu:N, or cpu for the CPU in the place of a GPU.",
      valueName: "device"))
  var device: DeviceChoice?
  @Option(
    help: ArgumentHelp(
      "With --device: a pretrained network; random weights of WavLM Large by default.",
      valueName: "folder"))
  var checkpoint: String?
  @Option(help: "With --device: how many clips a call has, such as 1,16,64.")
  var batches: NumberList?
  @Option(
    help: ArgumentHelp("With --device: the length of a clip.", valueName: "seconds"))
  var clip = 4.0
  @Option(help: "With --device: rows and columns of the products that are the ceiling.")
  var size = 8192
  @Flag(help: "Print results as JSON.")
  var json = false
  @Option(help: .hidden) var one: Int?
  @Option(help: .hidden) var folder: String?
  @Flag(help: .hidden) var share = false

  func validate() throws {
    for (name, value) in [("threads", threads), ("repeats", repeats), ("rounds", rounds)]
    where !(1...1024).contains(value) {
      throw ValidationError("--\(name) \(value): expected 1 to 1024")
    }
    guard (0...3600).contains(seconds) else {
      throw ValidationError("--seconds \(seconds): expected 0 to 3600")
    }
    guard (0...1000).contains(slack) else {
      throw ValidationError("--slack \(slack): expected 0 to 1000")
    }
    guard peers == nil || record == nil && check == nil else {
      throw ValidationError(
        "--peers excludes --record and --check: measure other programs in a run of its own")
    }
    guard (0.1...60).contains(clip) else {
      throw ValidationError("--clip \(clip): expected 0.1 to 60 s")
    }
    guard (64...32_768).contains(size), size.isMultiple(of: 4) else {
      throw ValidationError("--size \(size): expected a multiple of 4 from 64 to 32768")
    }
    if let batches, !batches.values.allSatisfy({ (1...1024).contains($0) }) {
      throw ValidationError("--batches: expected numbers from 1 to 1024")
    }
    _ = try workloads()
  }

  private func workloads() throws -> [Workload] {
    let known = Workload.all.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw ValidationError(
        BenchmarkError.unknownName(unknown, known: known).description)
    }
    return names.isEmpty ? Workload.all : Workload.all.filter { names.contains($0.name) }
  }

  func run() throws {
    if let device { return try measure(device) }
    if let path = from.first, from.count == 1,
      let figures = try? decodeJSON(DeviceBench.self, from: Data(readingFile: path))
    {
      return try tell(figures.markdown)
    }
    guard from.isEmpty else {
      let comparisons = try from.flatMap { path in
        try decodeJSON([PeerComparison].self, from: Data(readingFile: path))
      }
      return try tell(comparisons.markdown)
    }
    guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { throw BenchmarkError.failed(command: "reprise bench", reason: "needs /proc") }
    let patience = Patience(repeats: repeats, seconds: seconds)
    if let one, let folder {
      let circumstances = Circumstances(
        folder: folder, threads: threads, program: program, sharesInputs: share)
      try tellJSON(try workloads()[0].measure(one, circumstances, patience))
      return
    }
    let run = BenchmarkRun(program: program, threads: threads, patience: patience)
    if let peers { return try compare(run, Peers(python: peers, folder: goldenFolder())) }
    let results = try workloads().map { workload in
      note(workload.name)
      return try run.measure(workload, sizes: usual ? [workload.usual] : workload.sizes)
    }
    try json ? tellJSON(results) : tell(results.text)
    try guardSpeed(results)
  }

  private func measure(_ choice: DeviceChoice) throws {
    let temporary = FileManager.default.temporaryDirectory.path + "/reprise-bench-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    if checkpoint == nil {
      note("random weights of WavLM Large")
      try writeRandomCheckpoint(like: .wavlmLarge, to: temporary, seed: 1)
    }
    let figures = try DeviceBench(
      choice, checkpoint: checkpoint ?? temporary, clip: clip,
      batches: batches?.values ?? [1, 16, 64], repeats: repeats, size: size, watch: note)
    try json ? tellJSON(figures) : tell(figures.markdown)
  }

  private func compare(_ run: BenchmarkRun, _ peers: Peers) throws {
    let names = try peers.names(threads: threads)
    let comparisons = try workloads().compactMap { workload in
      try names[workload.name].map {
        try run.compare(workload, with: peers, $0, rounds: rounds, watch: note)
      }
    }
    try json ? tellJSON(comparisons) : tell(comparisons.markdown)
  }

  private func guardSpeed(_ results: [WorkloadResult]) throws {
    let machine = Provenance.current()
    let now = SpeedRecord(
      results, machine: "\(machine.processor), \(machine.cores) cores, \(machine.blasKernels)",
      threads: threads)
    if let record { try now.write(to: record) }
    guard let check else { return }
    let verdicts = try SpeedRecord(path: check)
      .verdicts(on: now, slack: slack / 100, path: check)
    try tell(verdicts.map(\.text).joined(separator: "\n"))
    if verdicts.contains(where: \.isSlower) { throw SlowerThanRecorded() }
  }

  private func tellJSON(_ value: some Encodable) throws {
    try tell(String(decoding: canonicalJSON(value, pretty: one == nil), as: UTF8.self))
  }

  /// Shows on standard error what is being measured.
  private func note(_ text: String) {
    writeMessage(text + "\n")
  }
}
