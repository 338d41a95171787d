// PyTorch's `.bin` files. `torch.save` has written them since version 1.6 as a zip whose `data.pkl`
// refers to tensors in the entries `data/0`, `data/1` …
package import Files

/// Finds the tensors of a file written by `torch.save`.
package enum TorchReader {
  /// The greatest size of a pickle in bytes. A large model's pickle has 100 thousand.
  private static let greatestPickle = 8 << 20

  /// Returns all tensors of a dictionary by name, in the order of the file. Nothing in the file is
  /// executed.
  ///
  /// - Throws: `CheckpointError`: `refused` for what could run code, `unsupported` for other kinds
  ///   of files, `malformed` for inconsistent files.
  package static func tensors(in file: MappedFile) throws -> [(name: String, tensor: StoredTensor)]
  {
    try refuseOtherKinds(file)
    let archive = try Archive(file)
    let pickle = try archive.record("data.pkl")
    guard pickle.range.count <= greatestPickle else {
      throw archive.malformed("data.pkl has \(pickle.range.count) bytes")
    }
    guard
      checksum(of: UnsafeRawBufferPointer(rebasing: file.bytes[pickle.range])) == pickle.checksum
    else { throw archive.malformed("the checksum of data.pkl differs from the one in the zip") }
    let machine = try PickleMachine(FileBytes(file, pickle.range))
    guard case .dictionary(let pairs) = machine.root else {
      throw archive.malformed("expected a dictionary of tensors, found \(machine.root.kind)")
    }
    var names: Set<String> = []
    let weights = try machine.weights(in: pairs, path: file.path)
    return try stride(from: 0, to: weights.count, by: 2).map { index in
      let name = try machine.text(weights[index])
      guard case .tensor(let tensor) = machine.values[weights[index + 1]] else {
        throw archive.malformed(
          "\(name): expected a tensor, found \(machine.values[weights[index + 1]].kind)")
      }
      guard names.insert(name).inserted else {
        throw archive.malformed("two tensors have the name \(name)")
      }
      return (name, try archive.stored(tensor, name: name))
    }
  }

  /// The archive in the zip. All its entries share one folder.
  private struct Archive {
    let file: MappedFile
    let folder: String
    let entries: [String: ZipDirectory.Entry]

    init(_ file: MappedFile) throws {
      self.file = file
      // Reading the directory touches every entry's header, all over the file.
      entries = try file.readingHereAndThere { try ZipDirectory(file).entries }
      let pickles = entries.keys.filter {
        $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2
      }
      guard pickles.count == 1, let pickle = pickles.first else {
        throw CheckpointError.malformed(
          path: file.path, problem: "expected one data.pkl in the zip, found \(pickles.count)")
      }
      folder = String(pickle.dropLast("data.pkl".count))
      guard entries[folder + "constants.pkl"] == nil else {
        throw CheckpointError.refused(path: file.path, what: "a TorchScript program")
      }
      let order = try entries[folder + "byteorder"].map { try FileBytes(file).text($0.range) }
      guard order ?? "little" == "little" else {
        throw CheckpointError.unsupported(
          path: file.path, what: "numbers in the byte order \(order ?? ""), expected little",
          remedy: "load and save it on a little-endian machine")
      }
    }

    func malformed(_ problem: String) -> CheckpointError {
      .malformed(path: file.path, problem: problem)
    }

    func record(_ name: String) throws -> ZipDirectory.Entry {
      guard let entry = entries[folder + name] else {
        throw malformed("no entry \(name) in the zip")
      }
      return entry
    }

    /// Returns the tensor's place in the file, if the file's storage has the length in the pickle.
    func stored(_ tensor: PickledTensor, name: String) throws -> StoredTensor {
      let storage = tensor.storage
      let range = try record("data/" + storage.key).range
      guard storage.count.multipliedReportingOverflow(by: storage.type.size) == (range.count, false)
      else {
        throw malformed(
          "\(name): \(storage.count) elements of \(storage.type) in \(range.count) bytes")
      }
      return StoredTensor(
        type: storage.type, shape: tensor.shape, strides: tensor.strides,
        offset: range.lowerBound + tensor.offset * storage.type.size, file: file)
    }
  }

  /// The CRC-32 of zip files (polynomial 0xEDB88320, lowest bit first).
  private static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    let table = (0..<256 as Range<UInt32>).map { index in
      (0..<8).reduce(index) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
  }
}
