// Spectra, mel frames, pitch and utterance statistics.
import Golden

let featureChecks: [Check] = []
