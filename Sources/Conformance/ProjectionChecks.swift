// t-SNE and principal components.
import Golden

let projectionChecks: [Check] = []
