// Errors of devices.

/// The reason why a device cannot be used, or stopped.
package enum DeviceError: Error, Equatable, Sendable {
  /// No GPU can be used. Each line says why one was passed over.
  case none(choice: String, reasons: [String])
  /// The device has too little free memory.
  case outOfMemory(device: String, bytes: Int, free: Int)
  /// A function of the driver failed.
  case failed(device: String, call: String, error: String)
  /// The device stopped in the middle of a computation.
  case lost(device: String, call: String, error: String)
  /// A kernel was called with arguments that it does not take. An error of the program.
  case arguments(kernel: String, expected: String, found: String)
}

extension DeviceError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .none(let choice, let reasons):
      "device \(choice): no GPU can be used: \(reasons.joined(separator: "; ")); see `reprise "
        + "devices`, or give --device cpu for the same bits on the CPU (slow)"
    case .outOfMemory(let device, let bytes, let free):
      "\(device): \(Self.gigabytes(bytes)) of memory were asked for and "
        + "\(Self.gigabytes(free)) are free; end other programs on this GPU, or start fewer jobs"
    case .failed(let device, let call, let error):
      "\(device): \(call) failed: \(error); see `reprise devices`"
    case .lost(let device, let call, let error):
      "\(device): the GPU stopped in \(call): \(error); finished work is kept: start the command "
        + "again, and look at `nvidia-smi` if it stops again"
    case .arguments(let kernel, let expected, let found):
      "kernel \(kernel): expected arguments \(expected), found \(found); please report this"
    }
  }

  private static func gigabytes(_ bytes: Int) -> String {
    let tenths = (bytes + 53_687_091) / 107_374_182
    return "\(tenths / 10).\(tenths % 10) GiB"
  }
}
