// Comparisons as a Markdown table, for the terminal and for documents.
import Files

extension [PeerComparison] {
  /// A table with one row per workload and peer.
  package var markdown: String {
    let header = [
      "work", "Reprise", "of the limit", "memory", "peer", "time", "memory",
      "times Reprise's (rounds)",
    ]
    let rows = flatMap { comparison in comparison.peers.map { comparison.row($0) } }
    let lines = [header, header.map { _ in "---" }] + rows
    return lines.map { "| \($0.map(\.markdownEscaped).joined(separator: " | ")) |" }
      .joined(separator: "\n")
      + "\n\n" + footer
  }

  /// The versions, and the machine's limits during the comparison.
  private var footer: String {
    let versions = Set(flatMap(\.peers).flatMap { $0.versions.split(separator: ", ") }).sorted()
    let limits = flatMap(\.ours).map(\.limits)
    let (flops, bytes) = (Spread(limits.map(\.gigaflops)), Spread(limits.map(\.gigabytes)))
    let named = versions.isEmpty ? "" : "Peers: \(versions.joined(separator: ", ")). "
    return """
      \(named)Limits meanwhile, \(first?.threads ?? 0) threads: OpenBLAS \
      \(significant(flops.median)) GFLOP/s \
      (\(significant(flops.least)) to \(significant(flops.greatest))), memory \
      \(significant(bytes.median)) GB/s \
      (\(significant(bytes.least)) to \(significant(bytes.greatest))).
      """
  }
}

extension PeerComparison {
  fileprivate func row(_ peer: Peer) -> [String] {
    let time = Spread(ours.map(\.time.median))
    let share = Spread(ours.compactMap(\.shareOfLimit) + (ours[0].shareOfLimit == nil ? [0] : []))
    let limit = ours[0].shareOfLimit.map { _ in
      "\(significant(100 * share.median)) % "
        + (ours[0].operations == nil ? "of memory" : "of OpenBLAS")
    }
    let own = [
      "\(workload), \(size) \(sizeName)", durationText(time.median), limit ?? "–",
      byteText(ours.map(\.peakMemory).max() ?? 0), peer.name,
    ]
    guard let ratio = ratio(peer) else {
      return own + ["–", "–", "not measured: \(peer.complaint)"]
    }
    return own + [
      durationText(Spread(peer.medians).median), byteText(peer.peakMemory),
      "\(significant(ratio.median)) "
        + "(\(significant(ratio.least)) to \(significant(ratio.greatest)))",
    ]
  }
}
