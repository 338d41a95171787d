// `reprise devices`: the GPUs of this machine, and what they can do.
import ArgumentParser
import Devices
import Files
import Foundation

struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "List the GPUs of this machine and what they can do.",
    discussion: help(
      """
      A GPU needs only its driver (docs/gpu.md). Without a GPU the output is "none; the CPU \
      computes" and the exit code is 0.
      """,
      examples: [
        "Show the GPUs.":
          "reprise devices",
        "Check what the CPU computes in the place of a GPU.":
          "reprise verify --device cpu --only optimizer",
      ]))

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let list = DeviceList.find()
    try tell(
      json
        ? String(decoding: canonicalJSON(Listing(list), pretty: true), as: UTF8.self)
        : Self.text(list))
  }

  /// A line for each device, and the reason for each that cannot be used.
  static func text(_ list: DeviceList) -> String {
    guard !list.devices.isEmpty else {
      return "none; the CPU computes (\(list.problem ?? "the driver finds no GPU"))"
    }
    let lines = list.devices.map { device in
      let facts =
        "gpu:\(device.index)  \(device.name), compute capability \(device.capability / 10)."
        + "\(device.capability % 10), \(device.multiprocessors) multiprocessors, "
        + "\(device.memory >> 30) GiB, driver for CUDA \(DeviceFacts.version(device.driver))"
      guard let problem = device.problem else {
        return facts + "\n       pretrained.arithmetic: " + device.modes.joined(separator: ", ")
      }
      return facts + "\n       passed over: " + problem
    }
    let usable = list.devices.contains { $0.problem == nil }
    return (lines + (usable ? [] : ["none can be used; the CPU computes"]))
      .joined(separator: "\n")
  }

  private struct Listing: Encodable {
    struct Entry: Encodable {
      let index: Int
      let name: String
      let capability: String
      let multiprocessors: Int
      let memory: Int
      let driver: String
      let arithmetics: [String]
      let problem: String?
    }
    let devices: [Entry]
    let problem: String?

    init(_ list: DeviceList) {
      devices = list.devices.map {
        Entry(
          index: $0.index, name: $0.name,
          capability: "\($0.capability / 10).\($0.capability % 10)",
          multiprocessors: $0.multiprocessors, memory: $0.memory,
          driver: DeviceFacts.version($0.driver), arithmetics: $0.modes, problem: $0.problem)
      }
      problem = list.problem
    }
  }
}

/// The device that computes what settings give to a device.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The device for settings with gpu-… arithmetic: gpu for the first GPU, gpu:N for another, or \
      cpu for the same bits as gpu-float32 on the CPU (slow). By default the first GPU, or what \
      the variable \(Device.variable) says.
      """, valueName: "device"))
  var device: DeviceChoice?

  func validate() throws {
    if let device { Device.choose(device) }
    if let text = ProcessInfo.processInfo.environment[Device.variable],
      DeviceChoice(text) == nil
    {
      throw ValidationError(
        "\(Device.variable)=\(text): expected gpu, gpu:N or cpu; unset it or correct it")
    }
  }
}

extension DeviceChoice: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
