// Dense row-major arrays of Float: a shape and a block of memory, with value semantics. A packed
// batch of sequences is a matrix [N, D] of all their frames (see Ragged).

/// A dense, row-major array of 32-bit floats.
package struct Tensor: Sendable {
  package let shape: [Int]
  private var storage: Storage

  /// The number of elements.
  package var count: Int { storage.count }
  /// The first extent: the number of rows of a matrix.
  package let rows: Int
  /// The number of elements in a row: the product of all extents but the first.
  package let columns: Int

  /// Makes a tensor with unset elements, for results that are written completely.
  package init(uninitialized shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "shape \(shape) has a negative extent")
    self.init(shape: shape, storage: Storage(uninitialized: shape.reduce(1, *)))
  }

  /// Makes a tensor whose elements are all set by `fill`.
  package init<Failure: Error>(
    shape: [Int], filledBy fill: (inout UnsafeMutableBufferPointer<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    self.init(uninitialized: shape)
    var buffer = UnsafeMutableBufferPointer(start: storage.pointer, count: count)
    try fill(&buffer)
  }

  /// Makes a tensor of the given elements in row-major order.
  package init(shape: [Int], values: [Float]) {
    self.init(shape: shape) { elements in
      precondition(
        values.count == elements.count, "\(values.count) values for shape \(shape)")
      _ = elements.update(fromContentsOf: values)
    }
  }

  /// Makes a tensor over memory that `owner` keeps alive, such as a mapped file. A mutation works
  /// on a copy.
  package init(
    shape: [Int], at address: UnsafePointer<Float>, owner: any AnyObject & Sendable
  ) {
    self.init(
      shape: shape, storage: Storage(at: address, count: shape.reduce(1, *), owner: owner))
  }

  /// Returns a tensor with all elements equal to `value`.
  package static func full(_ shape: [Int], _ value: Float) -> Tensor {
    Tensor(shape: shape) { $0.update(repeating: value) }
  }

  /// Returns a tensor of zeros.
  package static func zeros(_ shape: [Int]) -> Tensor { full(shape, 0) }

  /// Returns a tensor of one element, of shape `[]`.
  package static func scalar(_ value: Float) -> Tensor { full([], value) }

  /// The elements in row-major order.
  package var array: [Float] { withUnsafeBuffer(Array.init) }

  /// The only element.
  package var item: Float {
    precondition(count == 1, "item of a tensor of shape \(shape)")
    return storage.pointer[0]
  }

  /// Lends the elements for reading.
  package func withUnsafeBuffer<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: storage.pointer, count: count))
    }
  }

  /// Lends the elements for writing, after a copy if another tensor shares them.
  package mutating func withUnsafeMutableBuffer<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let address = ownAddress()
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: address, count: count))
    }
  }

  /// Returns the address of the elements for writing, after a copy if another tensor shares them.
  /// It is valid while this tensor is alive and neither copied nor assigned.
  package mutating func ownAddress() -> UnsafeMutablePointer<Float> {
    if !isKnownUniquelyReferenced(&storage) || !storage.isOwn {
      let copy = Storage(uninitialized: count)
      copy.pointer.update(from: storage.pointer, count: count)
      storage = copy
    }
    return storage.pointer
  }

  /// Returns the same elements in another shape with the same number of elements.
  package func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "cannot view shape \(self.shape) as \(shape)")
    return Tensor(shape: shape, storage: storage)
  }

  private init(shape: [Int], storage: Storage) {
    self.shape = shape
    rows = shape.first ?? 1
    columns = shape.dropFirst().reduce(1, *)
    self.storage = storage
  }

  /// The address of the elements. It is valid while the caller keeps the tensor alive.
  package var address: UnsafePointer<Float> { UnsafePointer(storage.pointer) }
}

extension Tensor: Equatable {
  /// Whether the shapes are equal and all elements have equal bits.
  package static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && (0..<a.count).allSatisfy { a.address[$0].bitPattern == b.address[$0].bitPattern }
  }
}
