// How long a recording is, by its header.

/// Returns the length of a recording in seconds, without decoding it; 0 where its header does not
/// say.
package func recordingDuration(_ path: String) throws(AudioError) -> Double {
  let file = try SoundFile(path: path)
  return Double(file.frames ?? 0) / Double(file.sampleRate)
}
