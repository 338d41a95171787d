// `reprise bench`: how fast this program is here, beside what the machine can do and beside other programs.
import ArgumentParser
import Benchmarks
import Audits
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
    discussion: """
      Workloads: \(Workload.all.map(\.name).joined(separator: ", ")); all by default.

      Every size runs in a process of its own: once to warm up, then at least --repeats times and --seconds \
      long. Shown are the median and the quartiles, what is reached of OpenBLAS's products or of the memory's \
      speed in the same process, memory, and how cost grows with size.

      --peers does the same work in turn with other programs (golden/peers, whose requirements.txt says what \
      they need) and prints how many times as long they take, round by round.

      --record and --check guard against getting slower: costs are held against a calibration kernel that runs \
      beside them, not against seconds. --check exits with 1 if a workload has become slower.
      """)

  @Argument(help: ArgumentHelp("Workloads.", valueName: "name"))
  var names: [String] = []
  @Option(help: "Threads; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "How often at least a workload is repeated.")
  var repeats = 5
  @Option(help: "How long at least a workload is repeated, s.")
  var seconds = 1.0
  @Flag(help: "Only the usual size of each workload, without growth.")
  var usual = false
  @Option(
    help: ArgumentHelp(
      "A Python that has the peers' packages: measure them in turn.", valueName: "python"))
  var peers: String?
  @Option(
    help: ArgumentHelp(
      "Measure nothing; print the table of what --peers --json wrote, files joined; may be repeated.",
      valueName: "file"))
  var from: [String] = []
  @Option(help: "How often it is everybody's turn.")
  var rounds = 3
  @Option(help: ArgumentHelp("Write the costs to this file.", valueName: "file"))
  var record: String?
  @Option(help: ArgumentHelp("Hold the costs against this file.", valueName: "file"))
  var check: String?
  @Option(help: "How much slower passes all the same, percent.")
  var slack = 25.0
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
      throw ValidationError("--peers measures others; --record and --check are for runs without it")
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

  /// Says on standard error what is being done.
  private func note(_ text: String) {
    writeMessage(text + "\n")
  }
}
