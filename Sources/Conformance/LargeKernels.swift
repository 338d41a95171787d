// Work of full size on a device, for kernels that the small fixtures do not launch.
package import Devices
import Models
import Settings
import Training

/// Launches the kernels of large products: a product of the frozen layers, and training steps of a
/// head on frames of 1024 features. A mirrored device compares their bits with the CPU's.
///
/// - Throws: `DeviceError`.
package func launchLargeKernels(on device: Device) throws {
  _ = try largeProduct(on: device, .gpuFloat32, size: 2048, repeats: 1)
  _ = try secondsOfHeadStep(
    on: device, utterances: 4, frames: 200, width: 1024, heads: 8, steps: 1)
}
