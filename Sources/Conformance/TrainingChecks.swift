// Steps of a whole training.
import Golden

let trainingChecks: [Check] = []
