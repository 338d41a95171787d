// Kind: end to end. A GPU, with the stand-in library in the place of its driver: found, passed
// over, asked for and missing, and compared with the CPU.
import Foundation
import Testing

/// The variables under which the library beside the program stands in for the driver.
func standIn(_ faults: String = "") throws -> [String: String] {
  let folder = URL(fileURLWithPath: try Executable.path()).deletingLastPathComponent().path
  return ["REPRISE_LIBCUDA": folder + "/libRepriseStandIn.so", "REPRISE_STANDIN": faults]
}

@Suite(.timeLimit(.minutes(30))) struct `A GPU` {
  @Test func `is listed with what it can do`() throws {
    let output = try reprise(["devices"], environment: try standIn("capability=90"))
    #expect(output.code == 0)
    #expect(output.standardOutput.hasPrefix("gpu:0  the CPU in the place of a GPU, "))
    #expect(output.standardOutput.contains("gpu-float32, gpu-3xtf32, gpu-tf32"))
  }

  @Test func `is passed over with the reason`() throws {
    let output = try reprise(["devices"], environment: try standIn("version=11040"))
    #expect(output.code == 0)
    #expect(output.standardOutput.contains("passed over: "))
    #expect(output.standardOutput.contains("supports CUDA 11.4, expected 12.0 or later"))
    #expect(output.standardOutput.hasSuffix("none can be used; the CPU computes\n"))
  }

  @Test func `need not be there`() throws {
    let output = try reprise(["devices"], environment: ["REPRISE_LIBCUDA": "/no/such/library"])
    #expect(output.code == 0)
    #expect(output.standardOutput.hasPrefix("none; the CPU computes (no NVIDIA driver: "))
    #expect(output.standardError.isEmpty)
  }

  @Test func `that is asked for and missing is an error`() throws {
    let output = try reprise(
      ["verify", "--device", "gpu"], environment: ["REPRISE_LIBCUDA": "/no/such/library"])
    #expect(output.code == 2)
    #expect(output.standardError.contains("device gpu: no GPU can be used: no NVIDIA driver"))
    #expect(output.standardError.contains("--device cpu"))
    let unknown = try reprise(["verify", "--device", "tpu"])
    #expect(unknown.code == 64)
  }

  @Test func `passes the optimiser's fixture, kernel by kernel`() throws {
    let output = try reprise(
      ["verify", "--device", "gpu", "--only", "optimizer"], environment: try standIn())
    #expect(output.code == 0, "\(output.standardError)")
    #expect(output.standardOutput.contains("ok    head_adam: 0 of "))
  }

  @Test func `is checked and measured by one script`() throws {
    try withFolder { folder in
      let script = [
        packageRoot + "/.ci/gpu-check", "--small", "--program", try Executable.path(), "--library",
        try #require(try standIn()["REPRISE_LIBCUDA"]), "--out", folder + "/check",
      ]
      let output = try #require(program("bash", script))
      #expect(output.code == 0, "\(output.standardOutput)")
      let log = try text(folder + "/check/log.txt")
      #expect(log.contains("ok    linear_128x128: 0 of "))
      #expect(log.contains("gpu-tf32 | 3 |"))
      #expect(log.contains("2 cells: 0 failed, 2 finished"))
      #expect(log.contains("== done: passed"))
      let printed = try reprise("bench", "--from", folder + "/check/bench.json")
      #expect(printed.code == 0 && log.contains(printed.standardOutput))

      let faults = ["REPRISE_STANDIN": "launch@1=719"]
      let broken = try #require(program("bash", script, environment: faults))
      #expect(broken.code == 1)
      #expect(broken.standardOutput.contains("== done: FAILED"))
    }
  }
}
