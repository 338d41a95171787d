// The figures of a device as tables.
import Foundation

extension DeviceBench {
  /// Tables in Markdown.
  package var markdown: String {
    let heading =
      isStandIn
      ? "The CPU in the place of a GPU: these are no figures of a GPU."
      : "\(device), compute capability \(capability / 10).\(capability % 10), driver for CUDA "
        + "\(driver)."
    let names = teraflops.keys.sorted()
    let ceilings =
      ["| ceiling | rate |", "|---|---|"]
      + names.map { "| products in \($0) | \(Self.number(teraflops[$0] ?? 0, 1)) TFLOP/s |" }
      + [
        "| copy within the device | \(Self.number(copyGigabytes, 0)) GB/s |",
        "| copy to the device | \(Self.number(uploadGigabytes, 1)) GB/s |",
        "| copy from the device | \(Self.number(downloadGigabytes, 1)) GB/s |",
      ]
    let rows =
      [
        "| arithmetic | clips of \(Self.number(clip, 0)) s in a call | clips/s | share of its "
          + "products | off the CPU's float32 |", "|---|---|---|---|---|",
      ]
      + forward.map {
        let error = String(format: "%.1e", errors[$0.arithmetic] ?? 0)
        return "| \($0.arithmetic) | \($0.batch) | \(Self.number($0.clipsPerSecond, 1)) | "
          + "\(Self.number(100 * $0.shareOfProducts, 0)) % | \(error) |"
      }
    return [
      heading, "Network: \(network).", "", ceilings.joined(separator: "\n"), "",
      rows.joined(separator: "\n"), "",
      "A training step of the head (FLAM, four losses, Adam; 16 recordings of 200 frames of 1024): "
        + String(format: "%.2f ms.", 1000 * headStepSeconds),
      "First call, with the start of the device: \(Self.number(firstCallSeconds, 1)) s.",
    ].joined(separator: "\n")
  }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
