// By hand: the PTX that the program carries is what its sources give, and wastes no registers.
import Foundation
import TestSupport
import Testing

/// A Python that has the pinned NVRTC and an assembler, or nil. `golden/ptx.py` says how to get
/// them.
private let python: String? = {
  let named = ProcessInfo.processInfo.environment["REPRISE_NVRTC_PYTHON"]
  return [named, "/usr/bin/python3"].compactMap { $0 }.first {
    (try? run($0, ["-c", "import nvidia.cuda_nvrtc, triton"]))?.status == 0
  }
}()

/// Runs a program and returns its exit status and all that it prints.
private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

@Suite struct `The PTX` {
  @Test(
    .enabled(
      if: python != nil,
      "REPRISE_NVRTC_PYTHON is not a Python with NVRTC (golden/ptx.py says how to install it)"),
    .timeLimit(.minutes(30)))
  func `is what NVRTC makes of the sources, without spilled registers`() throws {
    let python = try #require(python)
    let (status, text) = try run(python, [packageRoot + "/golden/ptx.py", "--check", "--report"])
    #expect(status == 0, "\(text)")
    #expect(text.contains("| sm_90 | linear_128x128 | "))
    // Negative control: other sources give other PTX.
    try withTemporaryFolder { folder in
      let files = FileManager.default
      try files.createDirectory(atPath: folder + "/Sources", withIntermediateDirectories: true)
      try files.createDirectory(atPath: folder + "/golden", withIntermediateDirectories: true)
      for name in ["Sources/CDevice", "golden/ptx.py"] {
        try files.copyItem(atPath: packageRoot + "/" + name, toPath: folder + "/" + name)
      }
      let source = folder + "/Sources/CDevice/kernels/mathematics.h"
      let changed = try String(contentsOfFile: source, encoding: .utf8)
        .replacing("1.9875691500e-4f", with: "1.9875691e-4f")
      try changed.write(toFile: source, atomically: true, encoding: .utf8)
      let (status, text) = try run(python, [folder + "/golden/ptx.py", "--check"])
      #expect(status == 1 && text.contains("is not what the sources give"), "\(text)")
    }
  }

  @Test(arguments: ["float32", "tensor"])
  func `holds no operation that rounds otherwise than IEEE`(module: String) throws {
    let path = packageRoot + "/Sources/CDevice/ptx/\(module).ptx"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("fma.rn.f32") && text.contains("div.rn.f32"))
    #expect(text.firstMatch(of: /\.ftz|\.approx|\.full|ex2\.|lg2\.|sin\.|cos\./) == nil)
    // A product and a sum are two operations, each rounded.
    #expect(text.firstMatch(of: /(add|sub|mul)\.f(32|64)/) == nil)
  }
}
