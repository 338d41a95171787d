// Which device computes.

/// The device that a command asks for.
package enum DeviceChoice: Sendable, Equatable {
  /// The first GPU that can be used.
  case automatic
  /// The GPU with this number, counted from 0 by the driver.
  case gpu(Int)
  /// The CPU in the place of a GPU. It gives the bits of a GPU in `gpu-float32`, and is slow.
  case cpu

  /// Reads `gpu`, `gpu:N` or `cpu`. Returns nil for anything else.
  package init?(_ text: String) {
    switch text {
    case "gpu": self = .automatic
    case "cpu": self = .cpu
    default:
      guard text.hasPrefix("gpu:"), let index = Int(text.dropFirst(4)), (0..<1024).contains(index)
      else { return nil }
      self = .gpu(index)
    }
  }

  package var description: String {
    switch self {
    case .automatic: "gpu"
    case .gpu(let index): "gpu:\(index)"
    case .cpu: "cpu"
    }
  }
}
