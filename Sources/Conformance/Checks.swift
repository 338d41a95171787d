// The list of checks: one per fixture, each in the file of its family. Every operation calls the
// code of training and evaluation. Nothing is implemented a second time here.
package import Golden

/// Every check, by family, from recordings to results.
package let allChecks: [Check] = [
  recordingChecks, featureChecks, mixupChecks, operationChecks, packedChecks, layerChecks,
  networkChecks,
  backboneChecks, lossChecks, optimizerChecks, trainingChecks, metricChecks, inferenceChecks,
  projectionChecks,
  randomChecks,
].flatMap { $0 }
