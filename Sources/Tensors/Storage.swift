// The memory behind tensors: one aligned block of floats with one owner count.
import CKernels
import Foundation

/// A block of `count` floats aligned to a cache line, freed with its last owner; or floats in
/// memory that is somebody else's, which is read only.
///
/// It is `Sendable` because `Tensor`, its only holder, writes to a block only when it is the
/// block's sole owner (copy on write) or before it has shared it.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  /// Who keeps memory that is not this block's own.
  private let owner: (any AnyObject & Sendable)?
  /// Whether the block may be written by its sole owner.
  var isOwn: Bool { owner == nil }

  /// Makes a block whose values are not set.
  init(uninitialized count: Int) {
    self.count = count
    guard let raw = reprise_allocate(max(count, 1) * MemoryLayout<Float>.stride) else {
      preconditionFailure("no memory for \(count) floats")
    }
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    owner = nil
  }

  /// Makes a block of memory that `owner` keeps.
  init(at address: UnsafePointer<Float>, count: Int, owner: any AnyObject & Sendable) {
    pointer = UnsafeMutablePointer(mutating: address)
    self.count = count
    self.owner = owner
  }

  deinit { if isOwn { free(pointer) } }
}

/// Keeps the memory of freed blocks inside the process, so that a training step reuses the pages of
/// the step before it instead of asking the system for new ones. Call it once, at the start.
package func keepFreedMemory() { reprise_keep_freed_memory() }

/// Gives the memory of freed blocks back to the system once, so that what is then taken can be
/// measured.
package func returnFreedMemory() { reprise_return_freed_memory() }
