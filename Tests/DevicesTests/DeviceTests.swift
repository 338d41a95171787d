// By hand: a device is found, opened, used, and refuses what it cannot do. The stand-in injects
// what a machine may report.
import CDevice
import Devices
import Foundation
import Tensors
import Testing

/// Runs `body` while the stand-in behaves as `faults` say, on this thread alone.
func withFaults<Result>(_ faults: String, _ body: () throws -> Result) rethrows -> Result {
  #expect(reprise_standin_faults(faults) == 1)
  defer { _ = reprise_standin_faults("") }
  return try body()
}

@Suite struct `A list of devices` {
  @Test func `shows what the driver says`() throws {
    let list = withFaults("version=12020,capability=90,memory=1000") { DeviceList.list(.standIn) }
    #expect(list.problem == nil)
    let device = try #require(list.devices.first)
    #expect(list.devices.count == 1)
    #expect(device.capability == 90 && device.memory == 1000 && device.driver == 12020)
    #expect(DeviceFacts.version(device.driver) == "12.2")
    #expect(device.problem == nil)
    #expect(device.modes == ["gpu-float32", "gpu-3xtf32", "gpu-tf32"])
  }

  @Test func `shows several devices`() {
    let list = withFaults("count=3") { DeviceList.list(.standIn) }
    #expect(list.devices.map(\.index) == [0, 1, 2])
  }

  @Test(arguments: [
    ("version=11080", "the driver supports CUDA 11.8, expected 12.0 or later"),
    ("capability=61", "compute capability 6.1, expected 7.0 or later"),
  ])
  func `says why a device is passed over`(faults: String, problem: String) throws {
    let device = try #require(withFaults(faults) { DeviceList.list(.standIn) }.devices.first)
    #expect(device.problem?.contains(problem) == true)
    #expect(device.modes.isEmpty)
  }

  @Test func `offers no tensor cores where there are none`() throws {
    let device = try #require(
      withFaults("capability=75") { DeviceList.list(.standIn) }.devices.first)
    #expect(device.problem == nil && device.modes == ["gpu-float32"])
  }

  @Test func `says that there is none`() {
    let none = withFaults("count=0") { DeviceList.list(.standIn) }
    #expect(none.devices.isEmpty)
    #expect(none.problem == "the driver finds no GPU: CUDA_ERROR_NO_DEVICE (100)")
    let broken = withFaults("init@1=999") { DeviceList.list(.standIn) }
    #expect(broken.problem == "the driver finds no GPU: error 999")
  }
}

@Suite struct `A choice of device` {
  @Test func `is read`() {
    #expect(DeviceChoice("gpu") == .automatic)
    #expect(DeviceChoice("gpu:2") == .gpu(2))
    #expect(DeviceChoice("cpu") == .cpu)
    for wrong in ["", "GPU", "gpu:", "gpu:-1", "gpu:x", "gpu:99999999999999999999", "cuda"] {
      #expect(DeviceChoice(wrong) == nil, "\(wrong)")
    }
  }
}

@Suite struct `A device` {
  @Test func `keeps what it is given`() throws {
    let device = try Device.open(.cpu)
    let tensor = Tensor(shape: [3, 5], values: (0..<15).map(Float.init))
    let buffer = try device.buffer(tensor)
    #expect(try device.tensor(buffer, [3, 5]) == tensor)
    let other = try device.buffer(floats: 5)
    try device.copy(buffer, offset: 4 * 5, to: other, offset: 0, bytes: 20)
    #expect(try device.tensor(other, [5]).array == [5, 6, 7, 8, 9])
    try device.fill(other, offset: 4, bytes: 8)
    #expect(try device.tensor(other, [5]).array == [5, 0, 0, 8, 9])
  }

  @Test func `fills fresh memory with NaN in place of a GPU`() throws {
    let device = try Device.open(.cpu)
    let fresh = try device.tensor(try device.buffer(floats: 100), [100])
    #expect(fresh.array.allSatisfy { $0.isNaN })
  }

  @Test func `gives memory back`() throws {
    let device = try Device.open(.cpu)
    // Two of these do not fit at the same time.
    try withFaults("memory=\(1 << 40)") {
      let free = device.freeMemory
      for _ in 0..<3 {
        let buffer = try device.buffer(bytes: 1 << 20)
        #expect(device.freeMemory <= free)
        _ = buffer
      }
    }
  }

  @Test func `says what memory it lacks`() throws {
    let device = try Device.open(.cpu)
    let error = #expect(throws: DeviceError.self) {
      try withFaults("allocate@2=2") {
        let first = try device.buffer(bytes: 3 << 30)
        _ = try device.buffer(bytes: 3 << 30)
        _ = first
      }
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("--device cpu: 3.0 GiB of memory were asked for and "))
    #expect(text.contains("start fewer jobs") && !text.contains("\n"))
  }

  @Test func `tells a lost GPU from another failure`() throws {
    let device = try Device.open(.cpu)
    let buffer = try device.buffer(floats: 4)
    let lost = #expect(throws: DeviceError.self) {
      try withFaults("download@1=719") { _ = try device.tensor(buffer, [4]) }
    }
    guard case .lost(_, "cuMemcpyDtoH", let name) = lost else {
      Issue.record("\(String(describing: lost))")
      return
    }
    #expect(name == "CUDA_ERROR_LAUNCH_FAILED (719)")
    let failed = #expect(throws: DeviceError.self) {
      try withFaults("download@1=1") { _ = try device.tensor(buffer, [4]) }
    }
    guard case .failed = failed else {
      Issue.record("\(String(describing: failed))")
      return
    }
  }

  @Test func `refuses arguments that a kernel does not take`() throws {
    let device = try Device.open(.cpu)
    let buffer = try device.buffer(floats: 4)
    #expect(throws: DeviceError.self) {
      try device.launch("layer_norm", groups: (1, 1, 1), [.buffer(buffer), .int(4)])
    }
    #expect(throws: DeviceError.self) { try device.launch("no_such", groups: (1, 1, 1), []) }
  }

  @Test func `refuses a driver that is none`() throws {
    var functions = reprise_driver()
    var problem = [CChar](repeating: 0, count: 200)
    #expect(reprise_driver_open("/no/such.so", &functions, &problem, 200) == 1)
    #expect(reprise_driver_open("libm.so.6", &functions, &problem, 200) == 2)
    #expect(problem.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } == "cuInit")
  }
}

@Suite struct `Kernels` {
  @Test func `are all in the PTX`() {
    #expect(reprise_kernel_total() > 0)
    for index in 0..<reprise_kernel_total() {
      var facts = reprise_kernel_facts()
      reprise_kernel_at(index, &facts)
      let ptx = String(cString: reprise_ptx(facts.module))
      #expect(ptx.contains(".entry \(String(cString: facts.name))("))
    }
    #expect(reprise_ptx("none") == nil)
  }
}
