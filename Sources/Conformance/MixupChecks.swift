// Energy-adaptive and label-adaptive mixup.
import Golden

let mixupChecks: [Check] = []
