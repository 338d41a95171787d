// Attention, convolutions, frame pooling.
import Golden

let layerChecks: [Check] = []
