// Frames that another program wrote: one array for each utterance, in `ID.npy` files or in one
// safetensors file. The numbers stay in the files and are read batch by batch.
import Files
import Foundation
package import Settings
package import Tensors
import Threads

/// The frames of a corpus in files.
package struct FrameFolder: Sendable {
  /// The folder, or the safetensors file.
  package let path: String
  /// The features of a frame, D.
  package let width: Int
  /// The number of layers L of arrays `[L, T, D]`; nil for arrays `[T, D]`.
  package let layers: Int?
  package let precision: FramePrecision
  /// The frames of all utterances together.
  package let total: Int
  /// The SHA-256 of the utterances' ids, shapes and numbers. The form of the files does not matter:
  /// equal numbers have equal digests.
  package let digest: String
  /// The names of arrays that belong to no utterance, sorted.
  package let unused: [String]
  private let arrays: [String: StoredArray]

  /// The numbers of a frame of the network's input: all layers side by side.
  package var columns: Int { (layers ?? 1) * width }
  /// The bytes of the utterances' numbers in the files.
  package var bytes: Int { arrays.values.reduce(0) { $0 + $1.count * $1.precision.bytes } }

  /// Opens the frames of a corpus and reads all of them once, to check and hash every number. The
  /// memory holds one utterance for each thread.
  ///
  /// - Parameters:
  ///   - path: a folder of `ID.npy` files or of one safetensors file, or a safetensors file.
  ///   - ids: the corpus's utterances.
  ///   - corpus: the corpus's name, for errors.
  /// - Throws: `FrameFolderError`; `FileError` for the first array, in the order of `ids`, that
  ///   cannot be used.
  package init(_ path: String, of ids: [String], corpus: String, threads: Int) throws {
    let (arrays, others) = try Self.find(path, ids, corpus: corpus)
    guard let id = ids.first, let first = arrays[id] else {
      throw FrameFolderError.missing(
        path: path, corpus: corpus, ids: ids, total: ids.count, unused: others)
    }
    let shape = try Self.shape(first, of: id)
    let digests = try parallelMap(count: ids.count, threads: threads) { index in
      let id = ids[index]
      guard let array = arrays[id] else { return "" }
      let own = try Self.shape(array, of: id)
      guard own.layers == shape.layers, own.width == shape.width else {
        throw FileError.damaged(
          path: array.place(id),
          problem: "expected \(Self.text(shape)) as in \(first.place(ids[0])), found "
            + Self.text(own),
          remedy: "write all frames of a corpus with the same network and the same layers")
      }
      return try Self.digest(of: array, own, id)
    }
    self.path = path
    self.arrays = arrays
    (width, layers) = (shape.width, shape.layers)
    precision = first.precision == .float16 ? .float16 : .float32
    total = ids.reduce(0) { $0 + (arrays[$1].map { $0.shape[$0.shape.count - 2] } ?? 0) }
    digest = sha256(zip(ids, digests).map { "\($0),\($1)\n" }.joined())
    unused = others
  }

  /// Returns the frames of an utterance, `[T, columns]`.
  ///
  /// - Throws: `FileError.cannotRead`, also if the file has changed.
  package func frames(of id: String) throws -> Tensor {
    guard let array = arrays[id] else {
      throw FileError.cannotRead(path: path, reason: "it has no frames of \(id)")
    }
    let stored = try array.tensor()
    guard let layers else { return stored }
    // From layer by layer to layers side by side.
    let rows = stored.columns / max(1, width)
    var frames = Tensor(uninitialized: [rows, columns])
    let target = frames.ownAddress()
    stored.withUnsafeBuffer { values in
      guard let source = values.baseAddress else { return }
      for layer in 0..<layers {
        for row in 0..<rows {
          (target + (row * layers + layer) * width).update(
            from: source + (layer * rows + row) * width, count: width)
        }
      }
    }
    return frames
  }

  /// Throws unless the setting `pretrained.layers` fits the arrays.
  ///
  /// - Throws: `FrameFolderError.layers`.
  package func requireLayers(_ choice: LayerChoice, variant: String) throws {
    guard (choice == .weighted) == (layers != nil) else {
      throw FrameFolderError.layers(variant: variant, path: path, layers: layers, width: width)
    }
  }
}

// MARK: Checks of one array

extension FrameFolder {
  private typealias Shape = (layers: Int?, frames: Int, width: Int)

  private static func text(_ shape: Shape) -> String {
    (shape.layers.map { "\($0) layers of " } ?? "") + "frames of \(shape.width) numbers"
  }

  /// Layers, frames and features of an array.
  ///
  /// - Throws: `FileError.damaged`.
  private static func shape(_ array: StoredArray, of id: String) throws -> Shape {
    let extents = array.shape
    guard (2...3).contains(extents.count) else {
      throw FileError.damaged(
        path: array.place(id),
        problem: "expected an array of 2 axes (frames, features) or 3 (layers, frames, features), "
          + "found shape \(extents)",
        remedy: "remove an axis of batches: numpy.save(path, x[0])")
    }
    let shape = (
      layers: extents.count == 3 ? extents[0] : nil, frames: extents[extents.count - 2],
      width: extents[extents.count - 1]
    )
    guard array.count > 0 else {
      throw FileError.damaged(
        path: array.place(id), problem: "expected at least 1 frame, found shape \(extents)",
        remedy: "the recording is too short for the network: leave it out of the corpus, or pad it")
    }
    return shape
  }

  /// Reads an array and returns the SHA-256 of its shape and its numbers as 32-bit floats.
  ///
  /// - Throws: `FileError`.
  private static func digest(
    of array: StoredArray, _ shape: Shape, _ id: String
  ) throws -> String {
    let numbers = try array.tensor()
    if let place = numbers.firstNotFinite {
      let row = place / shape.width
      let layer = shape.layers.map { _ in "layer \(row / shape.frames), " } ?? ""
      throw FileError.damaged(
        path: array.place(id),
        problem: "\(layer)frame \(row % shape.frames), feature \(place % shape.width): expected a "
          + "finite number, found \(numbers.array[place])",
        remedy: array.precision == .float16
          ? "write float32, since float16 ends at 65504, or compute the frames again"
          : "compute the frames of this recording again")
    }
    var digest = StreamedDigest()
    digest.add("\(array.shape)\n")
    numbers.withUnsafeBuffer { digest.add(UnsafeRawBufferPointer($0)) }
    return digest.hexadecimal
  }
}

extension StoredArray {
  /// The array's place for messages.
  fileprivate func place(_ id: String) -> String {
    path.hasSuffix(".safetensors") ? "\(path): tensor \(id)" : path
  }
}
