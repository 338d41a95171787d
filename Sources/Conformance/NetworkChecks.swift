// The compact backbone and the whole network.
import Golden

let networkChecks: [Check] = []
