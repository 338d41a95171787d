// The list of checks: one per fixture, each in the file of its family. Every operation calls the
// code of training and evaluation. Nothing is implemented a second time here.
package import Devices
package import Golden

/// Every check, by family, from recordings to results.
package let allChecks: [Check] = [
  recordingChecks, featureChecks, mixupChecks, perturbationChecks, operationChecks, packedChecks,
  layerChecks, networkChecks, backboneChecks(), lossChecks, optimizerChecks, protocolChecks,
  batchChecks, trainingChecks, metricChecks, inferenceChecks, clusterChecks, projectionChecks,
  fidelityChecks, randomChecks,
].flatMap { $0 }

/// The checks of what a device computes.
///
/// - Parameters:
///   - device: computes in `gpu-float32`. It may be mirrored.
///   - tensorCores: computes in the other arithmetics that it offers. Their bits depend on the kind
///     of GPU, so that a mirror would not agree.
package func deviceChecks(on device: Device, tensorCores: Device) -> [Check] {
  backboneChecks(on: device) + tensorCoreChecks(on: tensorCores) + deviceHeadChecks(device)
}
