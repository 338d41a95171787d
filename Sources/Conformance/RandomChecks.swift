// Random streams.
import Golden

let randomChecks: [Check] = []
