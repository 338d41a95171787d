// Measurements as text.
import Evaluation
import Foundation

extension [WorkloadResult] {
  /// A paragraph for each workload, followed by the machine's limits.
  package var text: String {
    let parts = map { result in
      let usual = result.usual
      var lines = [
        "\(result.name): \(result.title)",
        "  \(usual.size) \(result.sizeName): \(timeText(usual.time)), "
          + "\(significant(usual.throughput)) \(usual.unit) a second",
      ]
      lines += usual.limitText.map { ["  \($0)"] } ?? []
      lines.append(
        "  memory: \(byteText(usual.peakGrowth)) more than when ready, "
          + "\(byteText(usual.peakMemory)) in all"
      )
      if let growth = result.growth {
        let sizes = result.measurements.map { "\($0.size): \(durationText($0.time.median))" }
        lines.append(
          "  grows as size^\(fixed(growth, digits: 2)) (\(sizes.joined(separator: ", ")))")
      }
      return lines.joined(separator: "\n")
    }
    return (parts + [machineText]).joined(separator: "\n\n")
  }

  /// The best figures of all processes.
  private var machineText: String {
    let limits = flatMap(\.measurements).map(\.limits)
    let (flops, bytes) = (limits.map(\.gigaflops), limits.map(\.gigabytes))
    guard let least = flops.min(), let most = flops.max(), let slow = bytes.min(),
      let fast = bytes.max(), let threads = first?.usual.threads
    else { return "" }
    return """
      limits, \(threads) threads, measured in each process: OpenBLAS \(significant(least)) to \
      \(significant(most)) GFLOP/s, memory \(significant(slow)) to \(significant(fast)) GB/s
      """
  }
}

extension Measurement {
  /// The used share of the machine's limit, or nil if nothing is counted.
  var limitText: String? {
    guard let share = shareOfLimit else { return nil }
    let percent = "\(significant(100 * share)) % of"
    return gigaflops.map {
      "\(significant($0)) GFLOP/s, \(percent) OpenBLAS's \(significant(limits.gigaflops))"
    }
      ?? gigabytes.map {
        "\(significant($0)) GB/s at least, \(percent) memory's \(significant(limits.gigabytes))"
      }
  }
}

/// "12.3 ms (12.0 to 12.9)": the median and the quartiles.
func timeText(_ time: Spread) -> String {
  "\(durationText(time.median)) "
    + "(\(durationText(time.lowerQuartile)) to \(durationText(time.upperQuartile)))"
}

/// A time in a suitable unit, with three digits.
func durationText(_ seconds: Double) -> String {
  switch seconds {
  case 0.9995...: significant(seconds) + " s"
  case 0.000_999_5...: significant(seconds * 1e3) + " ms"
  default: significant(seconds * 1e6) + " µs"
  }
}

/// Bytes as MB or GB.
func byteText(_ bytes: Int) -> String {
  bytes >= 1_000_000_000
    ? significant(Double(bytes) / 1e9) + " GB" : significant(Double(bytes) / 1e6) + " MB"
}

/// A number with three significant digits and without an exponent.
func significant(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "0" }
  let digits = 2 - Int(log10(abs(value)).rounded(.down))
  let scale = pow(10, Double(digits))
  return fixed((value * scale).rounded() / scale, digits: max(0, digits))
}
