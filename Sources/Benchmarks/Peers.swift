// The same work done by other programs, in turn with ours.
import Files
import Foundation

/// A Python and the folder of scripts that do the work there.
package struct Peers: Sendable {
  package let python: String
  package let script: String

  /// - Parameter folder: that of the golden fixtures; the scripts lie in `peers` below it.
  package init(python: String, folder: String) {
    self.python = python
    script = folder + "/peers/bench.py"
  }

  /// The names of those that do each workload.
  package func names(threads: Int) throws -> [String: [String]] {
    let output = try run(python, [script, "list"], threads: threads)
      .expectingSuccess(of: "\(python) \(script) list")
    return try decodeJSON([String: [String]].self, from: output)
  }

  /// What one of them does.
  ///
  /// - Returns: nil and why where it cannot do this here.
  func measure(
    _ peer: String, _ workload: Workload, folder: String, threads: Int, _ patience: Patience
  ) throws -> (PeerMeasurement?, complaint: String) {
    let arguments = [
      script, "run", workload.name, peer, "--inputs", folder, "--size", "\(workload.usual)",
      "--threads", "\(threads)", "--seconds", "\(patience.seconds)", "--repeats",
      "\(patience.repeats)",
    ]
    let finished = try run(python, arguments, threads: threads)
    if finished.status == PeerMeasurement.unavailable { return (nil, finished.complaint) }
    let output = try finished.expectingSuccess(of: "\(workload.name) by \(peer)")
    let line = String(decoding: output, as: UTF8.self).split(separator: "\n").last ?? ""
    return (try decodeJSON(PeerMeasurement.self, from: Data(line.utf8)), "")
  }
}

/// What a peer's script prints.
struct PeerMeasurement: Codable, Sendable {
  /// The exit code of a peer that cannot do the work here.
  static let unavailable: Int32 = 3

  let versions: String
  let seconds: [Double]
  let peakBytes: Int
}

/// One workload, done by us and by others, round by round.
package struct PeerComparison: Codable, Sendable {
  package let workload: String
  package let title: String
  package let size: Int
  package let sizeName: String
  package let threads: Int
  /// One for each round.
  package let ours: [Measurement]
  package let peers: [Peer]

  /// One of the others.
  package struct Peer: Codable, Sendable {
    package let name: String
    package let versions: String
    /// Seconds of the repeats of each round.
    package let rounds: [[Double]]
    /// The most bytes of memory its process ever held.
    package let peakMemory: Int
    /// Why it could not do the work; empty if it could.
    package let complaint: String

    /// Medians of the rounds.
    var medians: [Double] { rounds.map { Spread($0).median } }
  }

  /// How many times as long as ours a peer takes, in each round; nil where it could not do the
  /// work.
  package func ratio(_ peer: Peer) -> Spread? {
    guard peer.complaint.isEmpty, peer.rounds.count == ours.count else { return nil }
    return Spread(zip(peer.medians, ours).map { $0 / $1.time.median })
  }
}

extension BenchmarkRun {
  /// Does a workload in its usual size in turn with others.
  ///
  /// - Parameters:
  ///   - names: the peers.
  ///   - rounds: how often it is everybody's turn.
  ///   - watch: told what is about to run.
  package func compare(
    _ workload: Workload, with peers: Peers, _ names: [String], rounds: Int,
    watch: (String) -> Void
  ) throws -> PeerComparison {
    try withTemporaryFolder { folder in
      var ours: [Measurement] = []
      var found: [String: [PeerMeasurement]] = [:]
      var complaints: [String: String] = [:]
      for round in 1...rounds {
        watch("\(workload.name), round \(round) of \(rounds): Reprise")
        ours.append(try measure(workload, workload.usual, in: folder, sharing: true))
        for name in names where complaints[name] == nil {
          watch("\(workload.name), round \(round) of \(rounds): \(name)")
          let (result, complaint) = try peers.measure(
            name, workload, folder: folder, threads: threads, patience)
          if let result {
            found[name, default: []].append(result)
          } else {
            complaints[name] = complaint
          }
        }
      }
      return PeerComparison(
        workload: workload.name, title: workload.title, size: workload.usual,
        sizeName: workload.sizeName, threads: threads, ours: ours,
        peers: names.map { name in
          let results = found[name] ?? []
          return PeerComparison.Peer(
            name: name, versions: results.first?.versions ?? "", rounds: results.map(\.seconds),
            peakMemory: results.map(\.peakBytes).max() ?? 0, complaint: complaints[name] ?? "")
        })
    }
  }
}
