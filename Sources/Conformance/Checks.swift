// The list of what is verified: one check per fixture, each in the file of its family. Every
// operation calls what training and evaluation call; there is no second implementation here.
package import Golden

/// Every check, by family, from recordings to results.
package let allChecks: [Check] = [
  recordingChecks, featureChecks, mixupChecks, operationChecks, packedChecks, layerChecks,
  networkChecks,
  backboneChecks, lossChecks, optimizerChecks, trainingChecks, metricChecks, inferenceChecks,
  projectionChecks,
  randomChecks,
].flatMap { $0 }
