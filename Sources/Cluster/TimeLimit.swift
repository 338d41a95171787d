// The time limit of a Slurm task, in the formats of `sbatch --time` (sbatch(1), Slurm 22.05). A
// limit is always a number. `UNLIMITED` is rejected, because no plan can be made with it.

/// The time limit of a task.
package struct TimeLimit: Equatable, Sendable {
  /// At least `shortest`.
  package let seconds: Int

  /// A task is told to stop 90 s before its end and needs some time before that. In seconds.
  package static let shortest = 120

  /// - Throws: `SlurmError.timeTooShort` for less than `shortest`.
  package init(seconds: Int) throws(SlurmError) {
    guard seconds >= Self.shortest else { throw .timeTooShort(seconds: seconds) }
    self.seconds = seconds
  }

  /// Reads one of Slurm's six formats:
  ///
  ///     minutes   minutes:seconds   hours:minutes:seconds
  ///     days-hours   days-hours:minutes   days-hours:minutes:seconds
  ///
  /// As in Slurm, each field may be arbitrarily large: `90:00` is 90 minutes, `0-36` is 36 hours.
  ///
  /// - Throws: `SlurmError.notATime` for another format, and the errors of `init(seconds:)`.
  package init(parsing text: String) throws(SlurmError) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let fields = parts.last.map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
    let numbers = (parts.dropLast() + fields).compactMap(Self.number)
    guard parts.count <= 2, (1...3).contains(fields.count),
      numbers.count == parts.count - 1 + fields.count
    else { throw .notATime(text) }
    let units =
      if parts.count == 2 {
        [86_400, 3_600, 60, 1]
      } else if fields.count == 3 {
        [3_600, 60, 1]
      } else {
        [60, 1]
      }
    try self.init(seconds: zip(numbers, units).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// A field of at most nine digits, so that no sum overflows.
  private static func number(_ text: Substring) -> Int? {
    let digits = (1...9).contains(text.count) && text.utf8.allSatisfy { (48...57).contains($0) }
    return digits ? Int(text) : nil
  }
}

extension TimeLimit: CustomStringConvertible {
  /// `days-hours:minutes:seconds`, which Slurm reads as the same time.
  package var description: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    return "\(days)-\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
  }
}
