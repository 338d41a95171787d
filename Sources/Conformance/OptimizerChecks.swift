// Adam and learning-rate schedules.
import Golden

let optimizerChecks: [Check] = []
