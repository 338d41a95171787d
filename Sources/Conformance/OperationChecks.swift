// The operations of the tape and their derivative rules.
import Golden

let operationChecks: [Check] = []
