// By hand: folders with weights in files of `torch.save`, whole or in parts.
import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct `A folder with torch files` {
  /// A file with these tensors, each in its own storage.
  private func torchFile(_ tensors: [String: Tensor]) -> Data {
    let sorted = tensors.sorted { $0.key < $1.key }
    let values = sorted.enumerated().map { index, named in
      let (name, tensor) = named
      return (
        name,
        Pickle.tensor(
          Pickle.storage(key: "\(index)", count: tensor.count), shape: tensor.shape,
          strides: StoredTensor.contiguousStrides(of: tensor.shape))
      )
    }
    return zip(
      [ZipEntry("m/data.pkl", Pickle.whole(Pickle.dictionary(values)))]
        + sorted.enumerated().map { ZipEntry("m/data/\($0)", bytes($1.value.array)) })
  }

  @Test func `has the numbers of one with safetensors`() throws {
    try withTinyCheckpoint { folder in
      let expected = try Checkpoint(folder: folder).fingerprint
      let tensors = try readTensors(folder + "/model.safetensors")
      try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
      let whole = URL(filePath: folder + "/pytorch_model.bin")
      try torchFile(tensors).write(to: whole)
      #expect(try Checkpoint(folder: folder).fingerprint == expected)

      try FileManager.default.removeItem(at: whole)
      let halves = [
        "a.bin": tensors.filter { $0.key < "encoder.layers.1" },
        "b.bin": tensors.filter { $0.key >= "encoder.layers.1" },
      ]
      var map: [String: String] = [:]
      for (file, half) in halves {
        try torchFile(half).write(to: URL(filePath: folder + "/" + file))
        for name in half.keys { map[name] = file }
      }
      try JSONSerialization.data(withJSONObject: ["weight_map": map])
        .write(to: URL(filePath: folder + "/pytorch_model.bin.index.json"))
      #expect(try Checkpoint(folder: folder).fingerprint == expected)
    }
  }

  @Test func `is refused when a tensor is missing`() throws {
    try withTinyCheckpoint { folder in
      var tensors = try readTensors(folder + "/model.safetensors")
      tensors["encoder.layer_norm.bias"] = nil
      try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
      try torchFile(tensors).write(to: URL(filePath: folder + "/pytorch_model.bin"))
      #expect(refusal(folder).contains(": 1 missing (encoder.layer_norm.bias)"))
    }
  }
}
