// The errors of recordings and feature stores. The extension writes their messages.
import Files

/// A fault of a file, never of the caller. Every case carries the path.
package enum AudioError: Error, Equatable, Sendable {
  /// The file does not exist.
  case missing(path: String)
  /// The file cannot be opened. `reason` is the system's message.
  case cannotRead(path: String, reason: String)
  /// The file has no bytes.
  case empty(path: String)
  /// libsndfile does not recognise the contents as sound. `reason` is its message.
  case notAudio(path: String, reason: String)
  /// The sound file holds no samples.
  case noSamples(path: String)
  /// The header promises more than the file holds. `unit` is the unit of `expected` and `found`.
  case truncated(path: String, expected: Int, found: Int, unit: String)
  /// The end of the file is missing, by an unknown amount.
  case incomplete(path: String, reason: String)
  /// The sound after `frame` cannot be decoded. `reason` is libsndfile's message.
  case damaged(path: String, frame: Int, rate: Int, reason: String)
  /// A sample is too far beyond full scale to be sound. `frame` counts as in `notFinite`.
  case implausible(path: String, frame: Int, rate: Int, value: Float)
  /// A sample is NaN or infinite. `frame` counts from 0 at the file's own rate.
  case notFinite(path: String, frame: Int, rate: Int)
  /// No sample reaches one step of 16-bit audio. `cropped` is the number of seconds examined, or
  /// nil if the whole recording was examined.
  case silent(path: String, peak: Float, cropped: Double?)
  /// The sampling rate is too low for speech.
  case rateTooLow(path: String, rate: Int, lowest: Int)
  /// libsoxr cannot resample. `reason` is its message.
  case cannotResample(path: String, reason: String)
  /// The store of features is damaged or has another version.
  case badStore(path: String, reason: String)
  /// The store of features cannot be written. `reason` is the system's message.
  case cannotWrite(path: String, reason: String)
}

extension AudioError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such sound file; check the corpus path"
    case .cannotRead(let path, let reason):
      "\(path): cannot be read: \(reason); "
        + (SystemFailure(words: reason)?.remedy ?? "check the corpus path")
    case .empty(let path):
      "\(path): the sound file has 0 bytes; copy it again from the corpus"
    case .notAudio(let path, let reason):
      "\(path): not a sound file that libsndfile can read (\(reason)); "
        + "expected WAV, FLAC or another sound format; replace or remove it"
    case .noSamples(let path):
      "\(path): the sound file holds no samples; copy it again from the corpus"
    case .truncated(let path, let expected, let found, let unit):
      "\(path): truncated: expected \(expected) \(unit) of sound, found \(found); "
        + "copy it again from the corpus"
    case .incomplete(let path, let reason):
      "\(path): truncated: \(reason); copy it again from the corpus"
    case .damaged(let path, let frame, let rate, let reason):
      "\(path): damaged after sample \(frame) (\(seconds(frame, rate)) s): \(reason); "
        + "copy it again from the corpus"
    case .implausible(let path, let frame, let rate, let value):
      "\(path): sample \(frame) (\(seconds(frame, rate)) s) is \(value); expected about ±1, "
        + "at most ±\(Int(Recording.greatestSample)); export the file again at full scale ±1"
    case .notFinite(let path, let frame, let rate):
      "\(path): sample \(frame) (\(seconds(frame, rate)) s) is NaN or infinite; "
        + "expected finite values; export the file again"
    case .silent(let path, let peak, nil):
      "\(path): silent: the greatest magnitude is \(peak), expected at least "
        + "\(Recording.leastPeak); replace the recording or leave it out of the corpus"
    case .silent(let path, let peak, let cropped?):
      "\(path): silent in its first \(cropped) s (signal.maximum_duration): the "
        + "greatest magnitude is \(peak), expected at least \(Recording.leastPeak); "
        + "raise the setting, or replace the recording"
    case .rateTooLow(let path, let rate, let lowest):
      "\(path): \(rate) samples per second, expected at least \(lowest); "
        + "use a version of the recording with a higher rate"
    case .cannotResample(let path, let reason):
      "\(path): cannot be resampled: \(reason); convert it with another program"
    case .badStore(let path, let reason):
      "\(path): not a usable store of features: \(reason); remove it; Reprise will make it again"
    case .cannotWrite(let path, let reason):
      "\(path): cannot be written: \(reason); "
        + (SystemFailure(words: reason)?.remedy ?? "choose another place with --out")
    }
  }
}

/// A position in a recording in seconds, rounded to a thousandth.
private func seconds(_ frame: Int, _ rate: Int) -> Double {
  (Double(frame) / Double(rate) * 1000).rounded() / 1000
}
