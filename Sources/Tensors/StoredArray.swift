// An array of floats that stays in its file until it is needed: an .npy file, or one tensor of a
// safetensors file. Other programs write these files, so every byte of a header is checked.
import CKernels
import Files
import Foundation

/// The place of an array of 16-bit or 32-bit floats in a file.
package struct StoredArray: Sendable {
  /// The precision of the stored numbers.
  package enum Precision: String, Sendable {
    case float16, float32

    package var bytes: Int { self == .float16 ? 2 : 4 }
  }

  package let path: String
  package let shape: [Int]
  package let precision: Precision
  /// The offset of the first number in the file, in bytes.
  private let offset: Int
  private let stamp: Stamp

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// The most numbers that an array may have. They take 512 MiB of memory.
  private static let greatestCount = 1 << 27

  /// What is wrong with an array, and what to do about it.
  package typealias Problem = NumPyArray.Problem

  /// Size, time and inode of a file. They change when the file does.
  private struct Stamp: Equatable {
    let size, inode, seconds, nanoseconds: Int

    init(_ file: borrowing RegularFile) {
      var status = stat()
      fstat(file.descriptor, &status)
      size = Int(status.st_size)
      inode = Int(truncatingIfNeeded: status.st_ino)
      seconds = Int(status.st_mtim.tv_sec)
      nanoseconds = Int(status.st_mtim.tv_nsec)
    }
  }

  private init(
    path: String, shape: [Int], precision: Precision, offset: Int, stamp: Stamp
  ) {
    (self.path, self.shape, self.precision) = (path, shape, precision)
    (self.offset, self.stamp) = (offset, stamp)
  }

  /// Finds the array of an .npy file. The numbers themselves are not read.
  ///
  /// - Throws: `Problem`; `FileError.cannotRead`.
  package init(npy path: String) throws {
    let file = try RegularFile(path)
    let start = try Self.beginning(of: file)
    let header = try NumPyHeader(start, fileSize: file.size)
    let type = header.type
    func expected(_ found: String, _ remedy: String = NumPyArray.saveAgain) -> Problem {
      Problem(problem: "expected float16 or float32, found \(found)", remedy: remedy)
    }
    guard type.kind == "f", type.size < 8 else { throw expected(type.description) }
    guard !type.isBig else {
      throw expected(
        "big-endian \(type)", "write it with numpy.save(path, x.astype(\"<f\(type.size)\"))")
    }
    guard !header.isFortran else {
      throw Problem(
        problem: "expected an array in C order (row by row), found Fortran order",
        remedy: "write it with numpy.save(path, numpy.ascontiguousarray(x))")
    }
    let found = file.size - header.size
    guard let size = byteCount(of: header.shape, elementSize: type.size) else {
      throw Problem(
        problem: "has the impossible shape \(header.shapeText)", remedy: NumPyArray.saveAgain)
    }
    guard found == size else {
      throw Problem(
        problem:
          "expected \(size) bytes of numbers for shape \(header.shapeText) of \(type), found "
          + "\(found)",
        remedy: found < size ? "the file is truncated: copy it again" : NumPyArray.saveAgain)
    }
    self.init(
      path: path, shape: header.shape, precision: type.size == 2 ? .float16 : .float32,
      offset: header.size, stamp: Stamp(file))
    try requireModestSize()
  }

  /// The first bytes of an .npy file: its header, if it is one.
  private static func beginning(of file: borrowing RegularFile) throws -> Data {
    func read(_ count: Int) throws -> Data {
      var data = Data(count: min(count, file.size))
      guard !data.isEmpty else { return data }
      let found = try data.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
      guard found == data.count else { throw file.changed(to: found) }
      return data
    }
    let first = try read(4096)
    guard let needed = NumPyHeader.size(first), needed > first.count else { return first }
    return try read(min(needed, NumPyHeader.greatestSize + 12))
  }

  /// Finds the arrays of a safetensors file by name. An array of another type than float16 or
  /// float32 is a problem of that array alone.
  ///
  /// - Throws: `ArrayFileError.malformed`; `FileError.cannotRead`.
  package static func arrays(
    inSafetensors path: String
  ) throws -> [(name: String, array: Result<StoredArray, Problem>)] {
    let file = try MappedFile(path)
    let stamp = Stamp(try RegularFile(path))
    return try Safetensors.entries(of: file.bytes).map { entry in
      let precisions = ["F16": Precision.float16, "F32": .float32]
      guard let precision = precisions[entry.type] else {
        return (
          entry.name,
          .failure(
            Problem(
              problem: "expected float16 or float32, found \(entry.type)",
              remedy: "write it as torch.float32"))
        )
      }
      let array = StoredArray(
        path: path, shape: entry.shape, precision: precision, offset: entry.bytes.lowerBound,
        stamp: stamp)
      return (
        entry.name,
        Result { () throws(Problem) in
          try array.requireModestSize()
          return array
        }
      )
    }
  }

  private func requireModestSize() throws(Problem) {
    guard byteCount(of: shape).map({ $0 <= 4 * Self.greatestCount }) ?? false else {
      throw Problem(
        problem: "expected at most \(Self.greatestCount) numbers, found shape \(shape)",
        remedy: "cut the recording, or store fewer layers")
    }
  }

  /// Reads the numbers.
  ///
  /// - Throws: `FileError.cannotRead`, also if the file has changed since it was found.
  package func tensor() throws -> Tensor {
    let file = try RegularFile(path)
    guard Stamp(file) == stamp else {
      throw FileError.cannotRead(
        path: path, reason: "it has changed since it was opened; run the command again")
    }
    var tensor = Tensor(uninitialized: shape)
    let elements = tensor.ownAddress()
    switch precision {
    case .float32:
      try read(file, into: UnsafeMutableRawBufferPointer(start: elements, count: 4 * count))
    case .float16:
      let halves = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * count, alignment: 16)
      defer { halves.deallocate() }
      try read(file, into: halves)
      if let start = halves.baseAddress { reprise_widen_half(start, elements, count) }
    }
    return tensor
  }

  private func read(
    _ file: borrowing RegularFile, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    let found = try file.read(into: buffer, at: offset)
    guard found == buffer.count else { throw file.changed(to: offset + found) }
  }
}

extension Tensor {
  /// Returns the position of the first number that is not finite; nil if all are finite.
  package var firstNotFinite: Int? {
    withUnsafeBuffer { values in
      guard let start = values.baseAddress, !values.isEmpty else { return nil }
      let greatest = Float(bitPattern: reprise_greatest_bits(start, values.count))
      return greatest.isFinite ? nil : values.firstIndex { !$0.isFinite }
    }
  }
}
