// The weights of a pretrained network that is not trained: packed for its products when they are
// first used, once for all variants and threads.
import Autograd
package import Checkpoints
import Synchronization
import Tensors

/// A checkpoint's weights as frozen computations read them.
///
/// Every matrix is packed once and its place in the file forgotten: there is one copy in memory.
package final class FrozenWeights: Sendable {
  package let checkpoint: Checkpoint
  private let packed = Mutex<[String: PackedMatrix]>([:])
  private let groups = Mutex<[PackedMatrix]>([])

  package init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

  /// Returns the matrix that `make` makes of the tensor of that name, from memory if it was made
  /// before. Two threads that ask at once wait for one another.
  func packed(
    _ name: String, as arithmetic: Arithmetic, _ make: (Tensor) -> PackedMatrix
  ) -> PackedMatrix {
    packed.withLock { packed in
      let key = "\(name) \(arithmetic)"
      if let matrix = packed[key] { return matrix }
      let matrix = make(checkpoint.tensor(name))
      checkpoint.forget(name)
      packed[key] = matrix
      return matrix
    }
  }

  /// The weights as a computation on `threads` threads reads them.
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
      weights.groups.withLock { packed in
        if packed.isEmpty {
          let name = "encoder.pos_conv_embed.conv.weight"
          let weight = tape.weightNorm(gain: vector(name + "_g"), direction: vector(name + "_v"))
          packed = PackedMatrix.groups(of: weight.value, groups, threads: threads)
          weights.checkpoint.forget(name + "_v")
        }
        return .frozen(packed)
      }
    }
  }
}
