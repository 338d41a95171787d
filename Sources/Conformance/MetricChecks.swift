// Scores.
import Golden

let metricChecks: [Check] = []
