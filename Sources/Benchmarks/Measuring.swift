// Measures one workload at one size, in this process.
import Tensors

/// The duration of a measurement.
package struct Patience: Sendable {
  /// The least number of repeats.
  package var repeats = 5
  /// The time in seconds for further repeats.
  package var seconds = 1.0

  package init(repeats: Int = 5, seconds: Double = 1) {
    (self.repeats, self.seconds) = (repeats, seconds)
  }
}

extension Workload {
  /// Repeats the work.
  ///
  /// Make only one measurement per process, because the next one would reuse its memory.
  package func measure(
    _ size: Int, _ circumstances: Circumstances, _ patience: Patience
  ) throws -> Measurement {
    let work = try prepare(size, circumstances)
    var calibration = Calibration()
    for _ in 0..<warmUps { try work.run() }
    calibration.run()
    returnFreedMemory()
    ProcessMemory.forgetPeak()
    let before = ProcessMemory.resident
    var (times, calibrations, spent) = ([Double](), [Double](), 0.0)
    let repeats = warmUps == 0 ? 1 : patience.repeats
    while times.count < repeats || warmUps > 0 && spent < patience.seconds && times.count < 1000 {
      let time = try seconds(of: work.run)
      times.append(time)
      calibrations.append(seconds { calibration.run() })
      spent += time
    }
    let peak = ProcessMemory.peak
    return Measurement(
      workload: name, size: size, threads: circumstances.threads, seconds: times,
      calibrations: calibrations, amount: work.amount, unit: unit, operations: work.operations,
      bytes: work.bytes, peakGrowth: max(0, peak - before), peakMemory: peak,
      limits: .measured(threads: circumstances.threads))
  }
}
