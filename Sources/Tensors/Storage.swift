// The memory behind tensors: an aligned block of floats with one reference count.
import CKernels
import Foundation

/// A block of `count` floats, aligned to a cache line and freed with its last owner. It can also
/// refer to read-only memory of another owner.
///
/// It is `Sendable` because `Tensor`, its only holder, writes to a block only as its sole owner
/// (copy on write) or before sharing it.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  /// The owner of memory that is not the block's own.
  private let owner: (any AnyObject & Sendable)?
  /// Whether the block's sole owner may write to it.
  var isOwn: Bool { owner == nil }

  /// Makes a block with unset values.
  init(uninitialized count: Int) {
    self.count = count
    guard let raw = reprise_allocate(Self.bytes(count)) else {
      preconditionFailure("no memory for \(count) floats")
    }
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    owner = nil
  }

  /// Refers to memory that `owner` keeps alive.
  init(at address: UnsafePointer<Float>, count: Int, owner: any AnyObject & Sendable) {
    pointer = UnsafeMutablePointer(mutating: address)
    self.count = count
    self.owner = owner
  }

  deinit { if isOwn { reprise_free(pointer, Self.bytes(count)) } }

  private static func bytes(_ count: Int) -> Int { max(count, 1) * MemoryLayout<Float>.stride }
}

/// Keeps freed small blocks in the process, so that a training step reuses the pages of the
/// previous step. Large blocks are always kept, up to a limit. Call it once, at the start.
package func keepFreedMemory() { reprise_keep_freed_memory() }

/// Returns freed memory to the system once, so that later allocations can be measured.
package func returnFreedMemory() { reprise_return_freed_memory() }
