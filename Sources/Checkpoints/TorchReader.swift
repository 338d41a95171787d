// The file that `torch.save` writes: a zip of one pickle and the bytes of every storage.
package import Files

/// Finds the tensors of a `pytorch_model.bin`.
package enum TorchReader {
  /// A pickle of more bytes than this describes no model.
  private static let greatestPickle = 64_000_000

  /// Returns every tensor of the state dictionary in a file: the dictionary itself, or what stands under
  /// `state_dict` or `model` in it. Nothing in the file is executed.
  ///
  /// - Throws: `CheckpointError`.
  package static func tensors(in file: MappedFile) throws -> [(name: String, tensor: StoredTensor)]
  {
    func malformed(_ problem: String) -> CheckpointError {
      .malformed(path: file.path, problem: problem)
    }
    guard file.bytes.starts(with: [0x50, 0x4b]) else {
      let isOld = file.bytes.starts(with: [0x80, 0x02, 0x8a, 0x0a])
      throw isOld
        ? CheckpointError.refused(
          path: file.path, what: "the format of PyTorch before 1.6 (save it again with a newer one)"
        )
        : malformed("expected a zip as torch.save writes it, found none")
    }
    let entries = try ZipDirectory(file).entries
    let pickles = entries.keys.filter { $0.hasSuffix("/data.pkl") }.sorted()
    guard pickles.count == 1, let pickle = entries[pickles[0]] else {
      throw malformed("expected one data.pkl, found \(pickles.count)")
    }
    let archive = pickles[0].dropLast("data.pkl".count)
    if let order = entries[archive + "byteorder"],
      !file.bytes[order].elementsEqual("little".utf8)
    {
      throw malformed("its numbers are not little-endian")
    }
    guard pickle.count <= greatestPickle else {
      throw malformed("a pickle of \(pickle.count) bytes")
    }
    var unpickler = Unpickler(file, pickle) { entries[archive + "data/" + $0] }
    let value = try unpickler.value()
    let tensors =
      try state(value, unpickler).compactMap { key, value in
        guard case .text(let name) = key, case .tensor(let tensor) = value else { return nil }
        return (name, tensor)
      } as [(name: String, tensor: StoredTensor)]
    guard !tensors.isEmpty else { throw malformed("a dictionary without tensors") }
    guard Set(tensors.map(\.name)).count == tensors.count else {
      throw malformed("two tensors of one name")
    }
    return tensors

    func state(
      _ value: PickleValue, _ unpickler: Unpickler
    ) throws -> [(key: PickleValue, value: PickleValue)] {
      guard case .dictionary(let place) = value else {
        throw malformed("expected a dictionary of tensors, found another object")
      }
      let items = unpickler.items(place)
      for case (.text(let key), .dictionary(let inner)) in items
      where key == "state_dict" || key == "model" {
        return unpickler.items(inner)
      }
      return items
    }
  }
}
