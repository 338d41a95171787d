// A device that runs kernels: a GPU, or the CPU in its place.
import CDevice
import Files
import Foundation
import Synchronization

/// An opened device, its kernels and one stream of work. Work is done in the order of the calls.
///
/// Methods may be called from any thread. A caller that needs several calls to follow one another
/// without those of others between them has its own lock.
package final class Device: Sendable {
  package let facts: DeviceFacts
  let driver: Driver
  /// Handles of the driver. They are never changed.
  nonisolated(unsafe) private let context: UnsafeMutableRawPointer?
  nonisolated(unsafe) private let stream: UnsafeMutableRawPointer?
  private let handle: Int32
  private let loaded = Mutex(Loaded())
  let tally = Mutex(0)
  /// The CPU that does the same work for comparison, or nil.
  let mirror: DeviceMirror?

  /// Modules and kernels that were used so far.
  private struct Loaded: @unchecked Sendable {
    var modules: [String: UnsafeMutableRawPointer] = [:]
    var kernels: [String: Kernel] = [:]
  }

  /// A kernel that was found in its module.
  struct Kernel: @unchecked Sendable {
    let function: UnsafeMutableRawPointer
    let items: UInt32
    let sharedBytes: UInt32
    let signature: String
  }

  /// The name for messages, such as `gpu:0 (NVIDIA H100)`.
  package var name: String {
    facts.isStandIn ? "--device cpu" : "gpu:\(facts.index) (\(facts.name))"
  }

  /// The device, its driver, and the digest of its kernels, for the record of a run.
  package var description: String {
    let driver =
      facts.isStandIn ? "" : ", driver for CUDA \(DeviceFacts.version(facts.driver))"
    return "\(facts.name), compute capability \(facts.capability / 10).\(facts.capability % 10)"
      + driver + ", kernels \(Self.kernelDigest.prefix(16))"
  }

  /// The SHA-256 of the PTX of all kernels.
  package static let kernelDigest: String = sha256(
    ["float32", "tensor", "hopper"].map { (name: String) -> String in
      reprise_ptx(name).map { String(cString: $0) } ?? ""
    }.joined(separator: "\n"))

  /// The bytes of all buffers.
  package var allocated: Int { tally.withLock { $0 } }

  /// Opens the device of a choice.
  ///
  /// - Parameters:
  ///   - mirrored: whether the CPU repeats the work of each kernel and compares the bits. For the
  ///     choice `.cpu` it runs the items of each group in the other order.
  ///   - standIn: the driver for the choice `.cpu`.
  /// - Throws: `DeviceError.none` if the choice asks for a GPU and none can be used.
  package static func open(
    _ choice: DeviceChoice, mirrored: Bool = false, standIn: Driver = .standIn
  ) throws(DeviceError) -> Device {
    let mirror = mirrored ? DeviceMirror(try open(.cpu), reverses: choice == .cpu) : nil
    if choice == .cpu {
      guard reprise_standin_available() == 1 else {
        throw DeviceError.none(
          choice: choice.description, reasons: ["this processor lacks AVX2 and FMA"])
      }
      return try Device(DeviceList.list(standIn).devices, standIn, choice, mirror)
    }
    let driver: Driver
    do throws(DriverProblem) {
      driver = try Driver.open()
    } catch {
      throw DeviceError.none(choice: choice.description, reasons: [error.reason])
    }
    let list = DeviceList.list(driver)
    if let problem = list.problem {
      throw DeviceError.none(choice: choice.description, reasons: [problem])
    }
    return try Device(list.devices, driver, choice, mirror)
  }

  private init(
    _ devices: [DeviceFacts], _ driver: Driver, _ choice: DeviceChoice, _ mirror: DeviceMirror?
  ) throws(DeviceError) {
    self.mirror = mirror
    let candidates: [DeviceFacts]
    if case .gpu(let index) = choice {
      candidates = devices.filter { $0.index == index }
      guard !candidates.isEmpty else {
        throw DeviceError.none(
          choice: choice.description,
          reasons: ["the driver has \(devices.count) GPUs, the first is gpu:0"])
      }
    } else {
      candidates = devices
    }
    guard let facts = candidates.first(where: { $0.problem == nil }) else {
      throw DeviceError.none(
        choice: choice.description, reasons: candidates.compactMap(\.problem))
    }
    self.facts = facts
    self.driver = driver
    let name = "gpu:\(facts.index) (\(facts.name))"
    let functions = driver.functions
    func check(_ error: Int32?, _ call: String) throws(DeviceError) {
      guard let error, error != 0 else { return }
      throw DeviceError.failed(device: name, call: call, error: driver.name(of: error))
    }
    var device: Int32 = 0
    try check(functions.device_get?(&device, Int32(facts.index)), "cuDeviceGet")
    var context: UnsafeMutableRawPointer?
    try check(functions.context_retain?(&context, device), "cuDevicePrimaryCtxRetain")
    try check(functions.context_set?(context), "cuCtxSetCurrent")
    var stream: UnsafeMutableRawPointer?
    // 1: the stream does not wait for the default stream.
    try check(functions.stream_create?(&stream, 1), "cuStreamCreate")
    (handle, self.context, self.stream) = (device, context, stream)
  }

  deinit {
    let functions = driver.functions
    _ = functions.context_set?(context)
    _ = functions.stream_synchronize?(stream)
    _ = functions.stream_destroy?(stream)
    loaded.withLock { loaded in
      for module in loaded.modules.values { _ = functions.module_unload?(module) }
    }
    _ = functions.context_release?(handle)
  }

  /// Makes this device the current one of the thread.
  func enter() { _ = driver.functions.context_set?(context) }

  /// Throws the error of a call.
  func check(_ error: Int32?, _ call: String, bytes: Int = 0) throws(DeviceError) {
    guard let error, error != 0 else { return }
    let text = driver.name(of: error)
    if error == Driver.Code.outOfMemory {
      throw DeviceError.outOfMemory(device: name, bytes: bytes, free: freeMemory)
    }
    if Driver.Code.lost.contains(error) {
      throw DeviceError.lost(device: name, call: call, error: text)
    }
    throw DeviceError.failed(device: name, call: call, error: text)
  }

  /// The bytes of memory that are free.
  package var freeMemory: Int {
    enter()
    var (free, total) = (0, 0)
    _ = driver.functions.memory_info?(&free, &total)
    return free
  }

  /// Waits until all work is done.
  package func synchronize() throws(DeviceError) {
    enter()
    try check(driver.functions.stream_synchronize?(stream), "cuStreamSynchronize")
  }

  // MARK: Memory

  /// Allocates memory of `bytes` bytes. It may hold anything.
  package func buffer(bytes: Int) throws(DeviceError) -> DeviceBuffer {
    enter()
    var address: UInt64 = 0
    let size = max(bytes, 16)
    try check(driver.functions.allocate?(&address, size), "cuMemAlloc", bytes: size)
    tally.withLock { $0 += size }
    guard let mirror else {
      return DeviceBuffer(device: self, address: address, bytes: size, mirror: nil)
    }
    let buffer = DeviceBuffer(
      device: self, address: address, bytes: size, mirror: try mirror.device.buffer(bytes: size))
    // Memory that nobody wrote holds the same on both sides.
    try check(
      driver.functions.set_bytes?(address, 0xff, size, stream), "cuMemsetD8")
    return buffer
  }

  /// Allocates memory for `floats` numbers. It may hold anything.
  package func buffer(floats: Int) throws(DeviceError) -> DeviceBuffer {
    try buffer(bytes: 4 * floats)
  }

  /// Copies memory of the host to the device. `source` may be changed when the call returns: the
  /// driver stages memory that is not page-locked.
  ///
  /// - Parameter offset: in bytes.
  package func upload(
    _ source: UnsafeRawBufferPointer, to target: DeviceBuffer, offset: Int = 0
  ) throws(DeviceError) {
    guard let base = source.baseAddress, !source.isEmpty else { return }
    precondition(offset >= 0 && offset + source.count <= target.bytes, "an upload out of bounds")
    enter()
    try check(
      driver.functions.upload?(target.address + UInt64(offset), base, source.count, stream),
      "cuMemcpyHtoD")
    if let other = target.mirror { try other.device.upload(source, to: other, offset: offset) }
  }

  /// Copies memory of the device to the host, after all work before it.
  package func download(
    _ source: DeviceBuffer, offset: Int = 0, into target: UnsafeMutableRawBufferPointer
  ) throws(DeviceError) {
    guard let base = target.baseAddress, !target.isEmpty else { return }
    precondition(offset >= 0 && offset + target.count <= source.bytes, "a download out of bounds")
    enter()
    try check(
      driver.functions.download?(base, source.address + UInt64(offset), target.count, stream),
      "cuMemcpyDtoH")
    try synchronize()
  }

  /// Copies memory within the device.
  package func copy(
    _ source: DeviceBuffer, offset: Int, to target: DeviceBuffer, offset targetOffset: Int,
    bytes: Int
  ) throws(DeviceError) {
    guard bytes > 0 else { return }
    precondition(
      offset >= 0 && targetOffset >= 0 && offset + bytes <= source.bytes
        && targetOffset + bytes <= target.bytes, "a copy out of bounds")
    enter()
    try check(
      driver.functions.copy?(
        target.address + UInt64(targetOffset), source.address + UInt64(offset), bytes, stream),
      "cuMemcpyDtoD")
    if let from = source.mirror, let to = target.mirror {
      try from.device.copy(from, offset: offset, to: to, offset: targetOffset, bytes: bytes)
    }
  }

  /// Fills memory with a byte.
  package func fill(
    _ target: DeviceBuffer, offset: Int = 0, bytes: Int, with value: UInt8 = 0
  ) throws(DeviceError) {
    guard bytes > 0 else { return }
    precondition(offset >= 0 && offset + bytes <= target.bytes, "a fill out of bounds")
    enter()
    try check(
      driver.functions.set_bytes?(target.address + UInt64(offset), value, bytes, stream),
      "cuMemsetD8")
    if let other = target.mirror {
      try other.device.fill(other, offset: offset, bytes: bytes, with: value)
    }
  }

  // MARK: Kernels

  /// Runs a kernel after all work before it. Returns before it is done.
  ///
  /// - Parameter groups: the groups in each direction, at least 1. Nothing runs if one is 0.
  /// - Throws: `DeviceError`, also for the failure of earlier work.
  package func launch(
    _ name: String, groups: (x: Int, y: Int, z: Int), _ arguments: [DeviceArgument]
  ) throws(DeviceError) {
    guard groups.x > 0, groups.y > 0, groups.z > 0 else { return }
    let kernel = try kernel(name)
    let found = String(arguments.map(\.letter))
    guard found == kernel.signature else {
      throw DeviceError.arguments(kernel: name, expected: kernel.signature, found: found)
    }
    guard let (x, y, z) = grid(groups) else {
      throw DeviceError.arguments(kernel: name, expected: "a grid of CUDA", found: "\(groups)")
    }
    enter()
    var values = arguments.map(\.bits)
    let error = values.withUnsafeMutableBytes { bytes -> Int32? in
      var places = (0..<arguments.count).map { place in bytes.baseAddress.map { $0 + 8 * place } }
      return places.withUnsafeMutableBufferPointer { places in
        driver.functions.launch?(
          kernel.function, x, y, z, kernel.items, 1, 1, kernel.sharedBytes, stream,
          places.baseAddress, nil)
      }
    }
    try check(error, "kernel \(name)")
    try mirror?.repeat(name, groups: groups, arguments)
    withExtendedLifetime(arguments) {}
  }

  private func grid(_ groups: (x: Int, y: Int, z: Int)) -> (UInt32, UInt32, UInt32)? {
    guard groups.x <= Int(Int32.max), groups.y <= 65_535, groups.z <= 65_535 else { return nil }
    return (UInt32(groups.x), UInt32(groups.y), UInt32(groups.z))
  }

  /// Finds a kernel. The first caller loads its module, and others wait for it.
  private func kernel(_ name: String) throws(DeviceError) -> Kernel {
    try loaded.withLock { (loaded) throws(DeviceError) in
      if let kernel = loaded.kernels[name] { return kernel }
      let kernel = try load(name, &loaded.modules)
      loaded.kernels[name] = kernel
      return kernel
    }
  }

  private func load(
    _ name: String, _ modules: inout [String: UnsafeMutableRawPointer]
  ) throws(DeviceError) -> Kernel {
    var facts = reprise_kernel_facts()
    guard reprise_kernel_find(name, &facts) == 1 else {
      throw DeviceError.failed(device: self.name, call: "kernel \(name)", error: "unknown kernel")
    }
    let functions = driver.functions
    enter()
    let moduleName = String(cString: facts.module)
    if modules[moduleName] == nil {
      guard let image = reprise_ptx(facts.module) else {
        throw DeviceError.failed(
          device: self.name, call: "module \(moduleName)", error: "unknown module")
      }
      var made: UnsafeMutableRawPointer?
      try check(functions.module_load?(&made, image), "cuModuleLoadData (\(moduleName))")
      modules[moduleName] = made
    }
    guard let module = modules[moduleName] else {
      throw DeviceError.failed(
        device: self.name, call: "cuModuleLoadData (\(moduleName))", error: "no module")
    }
    var function: UnsafeMutableRawPointer?
    try check(functions.module_function?(&function, module, name), "cuModuleGetFunction (\(name))")
    guard let function else {
      throw DeviceError.failed(device: self.name, call: "kernel \(name)", error: "no function")
    }
    if facts.shared_bytes > 48 << 10 {
      // 8: the greatest size of dynamic shared memory.
      try check(
        functions.function_attribute?(function, 8, facts.shared_bytes), "cuFuncSetAttribute")
    }
    return Kernel(
      function: function, items: UInt32(facts.items), sharedBytes: UInt32(facts.shared_bytes),
      signature: String(cString: facts.signature))
  }
}
