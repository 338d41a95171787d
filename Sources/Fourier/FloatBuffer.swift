// Scratch memory for kernels: floats that start on a cache line, with one owner.

/// A block of `count` zeros aligned to 64 bytes, for FFTW's vector code and our kernels.
///
/// It is `Sendable` because it has one owner. Threads that share the owner must not write to it.
package struct FloatBuffer: ~Copyable, @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Float>

  package init(count: Int) {
    pointer = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: count)
  }

  package init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
