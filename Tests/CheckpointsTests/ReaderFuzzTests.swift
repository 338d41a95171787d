// Property: for any bytes, the readers of checkpoints return tensors that lie in the file, or an
// error of one line. The seeds are mutated at random. REPRISE_FUZZ=1000000 sets the number of
// files.
import Checkpoints
import Files
import Foundation
import Randomness
import Tensors
import Testing

/// A reader and its seed files.
struct FuzzedReader: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let seeds: [[UInt8]]
  /// Makes a file from mutated bytes.
  let file: @Sendable ([UInt8]) -> [UInt8]
  let read: @Sendable (MappedFile) throws -> [(name: String, tensor: StoredTensor)]

  static let all = [
    FuzzedReader(testDescription: "safetensors", seeds: safetensors.map(withLength)) {
      $0
    } read: {
      try SafetensorsReader.tensors(in: $0)
    },
    FuzzedReader(testDescription: "the header of safetensors", seeds: safetensors) {
      withLength($0)
    } read: {
      try SafetensorsReader.tensors(in: $0)
    },
    FuzzedReader(testDescription: "the zip of torch.save", seeds: torch) {
      $0
    } read: {
      try TorchReader.tensors(in: $0)
    },
    FuzzedReader(testDescription: "the pickle of torch.save", seeds: pickles) {
      [UInt8](zip(torchEntries($0)))
    } read: {
      try TorchReader.tensors(in: $0)
    },
  ]

  /// Hostile pickles and as many valid ones.
  private static let pickles: [[UInt8]] = {
    let hostile = HostilePickle.all.map(\.pickle).filter { $0.count < 2000 }
    let valid = [torchEntries()[0].bytes, Pickle.views]
    return hostile + hostile.indices.map { valid[$0 % valid.count] }
  }()

  private static let torch = [true, false].map { [UInt8](zip(torchEntries(), isWide: $0)) }

  private static let safetensors = [
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]}}"#,
    #"{"b":{"dtype":"BF16","shape":[],"data_offsets":[6,8]},"#
      + #""a":{"dtype":"I16","shape":[3,1],"data_offsets":[0,6]}}"#,
  ].map { Array($0.utf8) }

  /// A whole file with this header and 8 bytes of tensors.
  private static func withLength(_ header: [UInt8]) -> [UInt8] {
    littleEndian(UInt64(header.count)) + header + [UInt8](0..<8)
  }
}

@Suite struct `Any bytes at all` {
  @Test(.timeLimit(.minutes(30)), arguments: FuzzedReader.all)
  func `are read or refused`(_ reader: FuzzedReader) throws {
    // A file in memory, if the system has a place for it.
    let places = ["/dev/shm", FileManager.default.temporaryDirectory.path]
    let place = places.first { FileManager.default.isWritableFile(atPath: $0) }
    let path = "\(try #require(place))/reprise-fuzz-\(UUID())"
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    defer {
      close(file)
      unlink(path)
    }
    var random = RandomStream(seed: 1).split(reader.testDescription)
    var accepted = 0
    for index in 0..<fuzzCount {
      var bytes = reader.seeds[random.integer(below: reader.seeds.count)]
      // The first round uses the unchanged seeds.
      if index >= 10 * reader.seeds.count { mutate(&bytes, seeds: reader.seeds, &random) }
      try overwrite(file, reader.file(bytes))
      do {
        let mapped = try MappedFile(path)
        for (name, tensor) in try reader.read(mapped) {
          if !isWithin(tensor, mapped) { Issue.record("\(name) of \(bytes)") }
          accepted += 1
        }
      } catch let error as CheckpointError {
        let message = "\(error)"
        if message.contains("\n") || message.utf8.count > 6000 {
          Issue.record("\(message.prefix(300)) of \(bytes)")
        }
      }
    }
    // If every file were refused, or none, the test would prove nothing.
    #expect(accepted > 0)
  }

  @Test func `would be found outside their file`() throws {
    try withTinyCheckpoint { folder in
      let file = try MappedFile(folder + "/preprocessor_config.json")
      let size = file.bytes.count
      func isFine(_ shape: [Int], _ strides: [Int], _ offset: Int) -> Bool {
        isWithin(
          StoredTensor(type: .float16, shape: shape, strides: strides, offset: offset, file: file),
          file)
      }
      #expect(isFine([2, 2], [1, 2], size - 8) && !isFine([2, 2], [1, 2], size - 7))
      #expect(isFine([2], [3], size - 8) && !isFine([2], [4], size - 8) && !isFine([1], [1], -1))
    }
  }

  /// Reads every element with the strides from the reader, within the bounds of the file.
  private func isWithin(_ stored: StoredTensor, _ file: MappedFile) -> Bool {
    guard stored.offset >= 0, stored.count <= file.bytes.count else { return false }
    guard stored.count > 0 else { return stored.tensor.count == 0 }
    let last = zip(stored.shape, stored.strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    guard stored.offset + (last + 1) * stored.type.size <= file.bytes.count else { return false }
    if case .other = stored.type { return true }
    return stored.tensor.array.count == stored.count
  }

  private func overwrite(_ file: Int32, _ bytes: [UInt8]) throws {
    try #require(
      ftruncate(file, bytes.count) == 0 && pwrite(file, bytes, bytes.count, 0) == bytes.count)
  }
}
