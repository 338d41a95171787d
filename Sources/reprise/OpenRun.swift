// Reads the run that a command is given.
import Corpora
import Runs

/// Reads the run in a folder. Says on standard error which of its corpora tell no speakers.
func openRun(_ folder: String) throws -> RecordedRun {
  let run = try RecordedRun(readingFolder: folder)
  for corpus in run.corpora where !corpus.hasSpeakers {
    complain("\(folder): \(corpus.title): NO SPEAKERS: \(ManifestOrigin.withoutSpeakers)")
  }
  return run
}
