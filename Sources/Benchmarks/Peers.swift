// The same work done by other programs, alternating with ours.
import Files
import Foundation

/// A Python interpreter and the folder of scripts for it.
package struct Peers: Sendable {
  package let python: String
  package let script: String

  /// - Parameter folder: the folder of the golden fixtures. The scripts are in `peers` below it.
  package init(python: String, folder: String) {
    self.python = python
    script = folder + "/peers/bench.py"
  }

  /// The peers that can do each workload, by name.
  package func names(threads: Int) throws -> [String: [String]] {
    let output = try run(python, [script, "list"], threads: threads)
      .expectingSuccess(of: "\(python) \(script) list")
    return try decodeJSON([String: [String]].self, from: output)
  }

  /// Runs a workload with a peer.
  ///
  /// - Returns: nil and the reason if the peer cannot run it here.
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

/// The output of a peer's script.
struct PeerMeasurement: Codable, Sendable {
  /// The exit code of a peer that cannot do the work here.
  static let unavailable: Int32 = 3

  let versions: String
  let seconds: [Double]
  let peakBytes: Int
}

/// One workload, done by Reprise and by peers, in rounds.
package struct PeerComparison: Codable, Sendable {
  package let workload: String
  package let title: String
  package let size: Int
  package let sizeName: String
  package let threads: Int
  /// One measurement per round.
  package let ours: [Measurement]
  package let peers: [Peer]

  /// One of the peers.
  package struct Peer: Codable, Sendable {
    package let name: String
    package let versions: String
    /// The times of the repeats in each round, in seconds.
    package let rounds: [[Double]]
    /// The peak memory of its process, in bytes.
    package let peakMemory: Int
    /// The reason why it could not do the work, or an empty text.
    package let complaint: String

    /// The median time of each round.
    var medians: [Double] { rounds.map { Spread($0).median } }
  }

  /// The peer's time divided by ours, over the rounds. Nil if the peer could not do the work.
  package func ratio(_ peer: Peer) -> Spread? {
    guard peer.complaint.isEmpty, peer.rounds.count == ours.count else { return nil }
    return Spread(zip(peer.medians, ours).map { $0 / $1.time.median })
  }
}

extension BenchmarkRun {
  /// Runs a workload at its usual size, alternating with peers.
  ///
  /// - Parameters:
  ///   - names: the peers.
  ///   - rounds: how many times each program runs.
  ///   - watch: called with the program that runs next.
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
