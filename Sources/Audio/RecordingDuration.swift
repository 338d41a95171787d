// The length of a recording according to its header.

/// Returns the length of a recording in seconds without decoding it, or 0 if its header does not
/// give it.
package func recordingDuration(_ path: String) throws(AudioError) -> Double {
  let file = try SoundFile(path: path)
  return Double(file.frames ?? 0) / Double(file.sampleRate)
}
