// The CPU repeats the work of a device, kernel by kernel, and compares the bits.
import CDevice
import Synchronization
import Tensors

/// How far the results of a kernel agree with those of the CPU.
package struct KernelAgreement: Sendable, Equatable {
  package let kernel: String
  /// The number of launches.
  package fileprivate(set) var launches = 0
  /// The numbers in all memory that these launches could write.
  package fileprivate(set) var numbers = 0
  /// Those with other bits.
  package fileprivate(set) var other = 0
}

/// The CPU in the place of a GPU, beside a device that does the same work.
final class DeviceMirror: Sendable {
  let device: Device
  /// Whether the items of a group run in the other order.
  private let reverses: Bool
  private let tally = Mutex<[String: KernelAgreement]>([:])

  init(_ device: Device, reverses: Bool) { (self.device, self.reverses) = (device, reverses) }

  /// The agreement of each kernel so far, by name.
  var agreements: [KernelAgreement] {
    tally.withLock { tally in tally.keys.sorted().compactMap { tally[$0] } }
  }

  /// Runs a kernel on the CPU, and compares all memory that it was given.
  func `repeat`(
    _ name: String, groups: (x: Int, y: Int, z: Int), _ arguments: [DeviceArgument]
  ) throws(DeviceError) {
    if reverses { _ = reprise_standin_faults("reversed") }
    defer { if reverses { _ = reprise_standin_faults("") } }
    try device.launch(
      name, groups: groups,
      arguments.map { argument in
        guard case .buffer(let buffer, let offset) = argument, let own = buffer.mirror else {
          return argument
        }
        return .buffer(own, offset: offset)
      })
    var (numbers, other) = (0, 0)
    for case .buffer(let buffer, _) in arguments {
      guard let own = buffer.mirror else { continue }
      let theirs = try buffer.device.words(buffer)
      let ours = try device.words(own)
      numbers += ours.count
      other += zip(theirs, ours).count { $0 != $1 && !(isNaN($0) && isNaN($1)) }
    }
    tally.withLock { tally in
      var entry = tally[name] ?? KernelAgreement(kernel: name)
      entry.launches += 1
      entry.numbers += numbers
      entry.other += other
      tally[name] = entry
    }
  }
}

/// Whether a word is NaN. Rows that span two recordings compute with memory that nobody wrote, and
/// processors differ in the bits of the NaN that results.
private func isNaN(_ word: UInt32) -> Bool { word & 0x7fff_ffff > 0x7f80_0000 }

extension Device {
  /// How far each kernel agrees with the CPU, by name. Empty for a device that is not mirrored.
  package var agreements: [KernelAgreement] { mirror?.agreements ?? [] }

  /// All memory of a buffer as 32-bit words.
  fileprivate func words(_ buffer: DeviceBuffer) throws(DeviceError) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: buffer.bytes / 4)
    let result = words.withUnsafeMutableBytes { bytes -> Result<Void, DeviceError> in
      do throws(DeviceError) {
        try download(buffer, into: bytes)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
    return words
  }
}
