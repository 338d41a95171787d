// The weights of a pretrained network that is not trained. Each is packed at its first use, once
// for all variants and threads.
import Autograd
package import Checkpoints
import Devices
import Synchronization
import Tensors

/// A checkpoint's weights for frozen computations.
///
/// Every matrix is packed once, and its pages of the file are released, so memory holds one copy.
package final class FrozenWeights: Sendable {
  package let checkpoint: Checkpoint
  private let made = Mutex<[String: any Sendable]>([:])
  private let networks = Mutex<[DeviceNetwork]>([])

  package init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

  /// Returns what `make` computes from the tensor of this name, and keeps it for later calls. If
  /// two threads ask at once, one waits for the other.
  func packed<Packed: Sendable>(
    _ name: String, as arithmetic: Arithmetic, _ make: (Tensor) -> Packed
  ) -> Packed {
    made.withLock { made in
      let key = "\(name) \(arithmetic)"
      if let packed = made[key] as? Packed { return packed }
      let packed = make(checkpoint.tensor(name))
      checkpoint.forget(name)
      made[key] = packed
      return packed
    }
  }

  /// The network on a device, made once for all variants that use it.
  func network(on device: Device) -> DeviceNetwork {
    networks.withLock { networks in
      if let known = networks.first(where: { $0.device === device }) { return known }
      let made = DeviceNetwork(checkpoint, on: device)
      networks.append(made)
      return made
    }
  }

  /// Access to the weights for a computation on `threads` threads.
  func reader(as arithmetic: Arithmetic, threads: Int) -> Reader {
    Reader(weights: self, arithmetic: arithmetic, threads: threads)
  }

  struct Reader: NamedWeights {
    let weights: FrozenWeights
    let arithmetic: Arithmetic
    let threads: Int

    func matrix(_ name: String) -> LinearWeight {
      .frozen(
        weights.packed(name, as: arithmetic) {
          PackedMatrix(transposing: $0, as: arithmetic, threads: threads)
        })
    }

    func vector(_ name: String) -> Variable { Variable(constant: weights.checkpoint.tensor(name)) }

    func positionWeight(groups: Int, _ tape: Tape) -> GroupedWeight {
      let name = "encoder.pos_conv_embed.conv.weight"
      return .frozen(
        weights.packed(name + "_v", as: .float32) { direction in
          let weight = tape.weightNorm(
            gain: vector(name + "_g"), direction: Variable(constant: direction))
          return GroupedSpectrum(of: weight.value, groups: groups, threads: threads)
        })
    }
  }
}
