// By hand: files of `torch.save`, and hostile ones, each with an error of one line.
import Checkpoints
import Files
import Foundation
import Tensors
import Testing

/// The entries of a file that holds the tensor a, `[[1, 2, 3], [4, 5, 6]]`.
func torchEntries(_ pickle: [UInt8]? = nil) -> [ZipEntry] {
  let tensor = Pickle.tensor(Pickle.storage(count: 6), shape: [2, 3], strides: [3, 1])
  return [
    ZipEntry("model/data.pkl", pickle ?? Pickle.whole(Pickle.dictionary([("a", tensor)]))),
    ZipEntry("model/byteorder", Array("little".utf8)),
    ZipEntry("model/data/0", bytes([1, 2, 3, 4, 5, 6])),
    ZipEntry("model/version", Array("3\n".utf8)),
  ]
}

extension Pickle {
  /// Four tensors in the storage of `torchEntries`: transposed, a part as a parameter, empty,
  /// 16-bit.
  static let views: [UInt8] = {
    let storage = Pickle.storage(count: 6)
    let turned = Pickle.tensor(storage, shape: [3, 2], strides: [1, 3])
    let part = Pickle.tensor(storage, offset: 4, shape: [2], strides: [1])
    let none = Pickle.tensor(storage, offset: 6, shape: [0, 2], strides: [2, 1])
    let half = Pickle.tensor(
      Pickle.storage("BFloat16Storage", key: "0", count: 12), offset: 1, shape: [], strides: [])
    let parameter = Pickle.call(
      Pickle.global("torch._utils", "_rebuild_parameter"), [part, [0x88], [0x7D]])
    let body = Pickle.dictionary([
      ("turned", turned), ("part", parameter), ("none", none), ("half", half),
    ])
    // BUILD with {"_metadata": {}}, as in state dictionaries.
    let attributes = Pickle.dictionary([("_metadata", [0x7D])]) + [0x62]
    return whole(body + attributes)
  }()
}

/// Writes a file and reads it.
func readTorch(_ data: Data) throws -> [(name: String, tensor: StoredTensor)] {
  let path = FileManager.default.temporaryDirectory.path + "/\(UUID()).bin"
  defer { try? FileManager.default.removeItem(atPath: path) }
  try data.write(to: URL(filePath: path))
  return try TorchReader.tensors(in: MappedFile(path))
}

/// The error message for a file, without its path, or "read" if it can be read.
func torchRefusal(_ data: Data) -> String {
  do {
    _ = try readTorch(data)
    return "read"
  } catch {
    let message = "\(error)"
    return message.firstRange(of: ".bin: ").map { String(message[$0.upperBound...]) } ?? message
  }
}

@Suite struct `A file of torch.save` {
  @Test(arguments: [true, false]) func `gives its tensors`(isWide: Bool) throws {
    let tensors = try readTorch(zip(torchEntries(), isWide: isWide))
    #expect(tensors.map(\.name) == ["a"] && tensors[0].tensor.shape == [2, 3])
    #expect(tensors[0].tensor.tensor.array == [1, 2, 3, 4, 5, 6])
  }

  @Test func `may hold views, parameters, other types and attributes`() throws {
    let tensors = try readTorch(zip(torchEntries(Pickle.views)))
    #expect(tensors.map(\.name) == ["turned", "part", "none", "half"])
    #expect(tensors[0].tensor.tensor.array == [1, 4, 2, 5, 3, 6])
    #expect(tensors[1].tensor.tensor.array == [5, 6])
    #expect(tensors[2].tensor.tensor.shape == [0, 2])
    // The upper half of 1.0 as a 32-bit float is 1.0 as a bfloat16.
    #expect(tensors[3].tensor.type == .bfloat16 && tensors[3].tensor.tensor.array == [1])
  }

  @Test func `may be of protocol 4`() throws {
    func short(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }
    let global = short("collections") + short("OrderedDict") + [0x93, 0x94]
    let body = [0x95] + littleEndian(UInt64(9)) + global + [0x29, 0x52]
    let tensor = Pickle.tensor(Pickle.storage(count: 1), shape: [1], strides: [1])
    let good: [UInt8] = [0x80, 4] + body + short("a") + tensor + [0x73, 0x2E]
    var entries = torchEntries(good)
    entries[2] = ZipEntry("model/data/0", bytes([7]))
    #expect(try readTorch(zip(entries))[0].tensor.tensor.array == [7])
  }

  @Test func `is refused in other formats, which are named`() {
    let legacy: [UInt8] = [
      0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    #expect(torchRefusal(Data(legacy)).hasPrefix("the format of torch before 1.6"))
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
    #expect(torchRefusal(Data(pointer.utf8)).hasPrefix("a pointer of Git LFS"))
    #expect(torchRefusal(Data()).hasPrefix("expected a zip directory at the end, found none"))
    let script = torchEntries() + [ZipEntry("model/constants.pkl", [])]
    #expect(torchRefusal(zip(script)).hasPrefix("a TorchScript program is refused"))
    var other = torchEntries()
    other[1] = ZipEntry("model/byteorder", Array("big".utf8))
    #expect(torchRefusal(zip(other)).hasPrefix("numbers in the byte order big, expected little"))
  }

  @Test func `is refused cut short at every byte`() {
    let whole = zip(torchEntries())
    #expect(torchRefusal(whole) == "read")
    for count in 0..<whole.count {
      #expect(torchRefusal(whole.prefix(count)) != "read", "\(count) bytes")
    }
  }
}
