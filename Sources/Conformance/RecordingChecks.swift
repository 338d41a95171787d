// Decoding and resampling of recordings.
import Golden

let recordingChecks: [Check] = []
