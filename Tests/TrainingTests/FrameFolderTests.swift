// By hand: frames in files that another program wrote. Every fault of a file has an error that says
// the place, what was expected, what was found, and what to do.
import Corpora
import Files
import Foundation
import Randomness
import Settings
import TestSupport
import Tensors
import Testing
import Training

/// An .npy file with any type, order and shape.
private func npy(
  _ type: String, _ shape: [Int], _ numbers: Data, fortran: Bool = false
) -> Data {
  let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
  let order = fortran ? "True" : "False"
  let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(extents)), }\n"
  return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
    + Data(header.utf8) + numbers
}

private func singles(_ numbers: [Float]) -> Data { numbers.withUnsafeBytes { Data($0) } }
private func halves(_ numbers: [Float]) -> Data {
  numbers.map(Float16.init).withUnsafeBytes { Data($0) }
}

/// Numbers that half precision holds exactly.
private func exact(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 97) / 4 - 9 } }

private func write(_ data: Data, _ path: String) throws {
  try data.write(to: URL(fileURLWithPath: path))
}

private let ids = ["a", "b", "c"]

/// Three arrays of 5, 6 and 7 frames of 4 numbers.
private func fill(
  _ folder: String, _ make: ([Int]) -> Data = { npy("<f4", $0, singles(exact($0.reduce(1, *)))) }
)
  throws
{
  for (index, id) in ids.enumerated() { try write(make([5 + index, 4]), "\(folder)/\(id).npy") }
}

private func open(_ path: String, _ ids: [String] = ids) throws -> FrameFolder {
  try FrameFolder(path, of: ids, corpus: "TEST", threads: 2)
}

/// The error of opening a folder, or "opened".
private func trouble(_ path: String) -> String {
  do {
    _ = try open(path)
    return "opened"
  } catch { return "\(error)" }
}

@Suite struct `Frames in files` {
  @Test func `are read as they were written, in either precision`() throws {
    try withTemporaryFolder { folder in
      try fill(folder)
      let frames = try open(folder)
      #expect(frames.width == 4 && frames.layers == nil && frames.total == 18)
      #expect(frames.precision == .float32 && frames.unused.isEmpty && frames.bytes == 18 * 4 * 4)
      let b = try frames.frames(of: "b")
      #expect(b == Tensor(shape: [6, 4], values: exact(24)))
      try fill(folder) { npy("<f2", $0, halves(exact($0.reduce(1, *)))) }
      let rounded = try open(folder)
      #expect(rounded.precision == .float16 && rounded.bytes == 18 * 4 * 2)
      #expect(try rounded.frames(of: "b") == b)
    }
  }

  @Test func `have a digest of their numbers, whatever the form of the files`() throws {
    try withTemporaryFolder { folder in
      try fill(folder)
      let digest = try open(folder).digest
      let bundle = try Safetensors.data(
        ids.enumerated().map { index, id in
          (id, Tensor(shape: [5 + index, 4], values: exact((5 + index) * 4)))
        } + [("other", .zeros([1, 9]))])
      try write(bundle, folder + "/x.safetensors")
      // Files of single utterances come first.
      #expect(try open(folder).unused.isEmpty)
      let one = try open(folder + "/x.safetensors")
      #expect(one.digest == digest && one.unused == ["other"])
      #expect(try one.frames(of: "c") == open(folder).frames(of: "c"))
      try fill(folder) { npy("<f2", $0, halves(exact($0.reduce(1, *)))) }
      #expect(try open(folder).digest == digest)
      // Negative control: one number, one shape, one id.
      var changed = exact(24)
      changed[23] += 1
      try write(npy("<f4", [6, 4], singles(changed)), folder + "/b.npy")
      #expect(try open(folder).digest != digest)
      try fill(folder)
      #expect(try open(folder).digest == digest)
      #expect(try open(folder, ["a", "b"]).digest != digest)
    }
  }

  @Test func `of several layers lie side by side for the network`() throws {
    try withTemporaryFolder { folder in
      try fill(folder) { npy("<f4", [3] + $0, singles(exact(3 * $0.reduce(1, *)))) }
      let frames = try open(folder)
      #expect(frames.layers == 3 && frames.width == 4 && frames.columns == 12)
      let values = exact(60)
      let expected = (0..<5).flatMap { row in
        (0..<3).flatMap { layer in (0..<4).map { values[(layer * 5 + row) * 4 + $0] } }
      }
      #expect(try frames.frames(of: "a") == Tensor(shape: [5, 12], values: expected))
      try frames.requireLayers(.weighted, variant: "v")
      let error = #expect(throws: FrameFolderError.self) {
        try frames.requireLayers(.last, variant: "v")
      }
      #expect(
        error?.description.contains("has 3 layers of frames of 4 numbers; write pretrained: {")
          == true)
      try fill(folder)
      try open(folder).requireLayers(.last, variant: "v")
      let other = #expect(throws: FrameFolderError.self) {
        try open(folder).requireLayers(.weighted, variant: "v")
      }
      #expect(other?.description.contains("needs arrays of 3 axes") == true)
    }
  }

  /// A bad file in place of `b.npy`, and parts of its error.
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let data: Data
    let parts: [String]
    var testDescription: String { name }

    init(_ name: String, _ data: Data, _ parts: String...) {
      (self.name, self.data, self.parts) = (name, data, parts)
    }
  }

  static let whole = npy("<f4", [6, 4], singles(exact(24)))
  static let faults = [
    Fault("one axis", npy("<f4", [24], singles(exact(24))), "expected an array of 2 axes", "[24]"),
    Fault(
      "four axes", npy("<f4", [1, 1, 6, 4], singles(exact(24))), "expected an array of 2 axes",
      "[1, 1, 6, 4]", "remove an axis"),
    Fault(
      "another width", npy("<f4", [4, 6], singles(exact(24))),
      "expected frames of 4 numbers as in", "a.npy", "found frames of 6 numbers"),
    Fault(
      "layers among others", npy("<f4", [2, 3, 4], singles(exact(24))),
      "found 2 layers of frames of 4 numbers"),
    Fault(
      "no frame", npy("<f4", [0, 4], Data()), "expected at least 1 frame", "[0, 4]", "too short"),
    Fault(
      "not a number", npy("<f4", [6, 4], singles(exact(22) + [.nan, 1])),
      "frame 5, feature 2: expected a finite number, found nan", "again"),
    Fault(
      "infinity in half precision", npy("<f2", [6, 4], halves(exact(4) + [.infinity] + exact(19))),
      "frame 1, feature 0: expected a finite number, found inf", "float16 ends at 65504"),
    Fault(
      "float64", npy("<f8", [6, 4], Data(count: 192)), "expected float16 or float32, found float64",
      "astype(\"float32\")"),
    Fault(
      "integers", npy("<i4", [6, 4], Data(count: 96)), "expected float16 or float32, found int32"),
    Fault(
      "big-endian", npy(">f4", [6, 4], singles(exact(24))), "found big-endian float32",
      "astype(\"<f4\")"),
    Fault(
      "Fortran order", npy("<f4", [6, 4], singles(exact(24)), fortran: true),
      "expected an array in C order", "found Fortran order", "ascontiguousarray"),
    Fault("Python objects", npy("|O", [6, 4], Data(count: 50)), "Python objects"),
    Fault(
      "truncated", whole.dropLast(5), "expected 96 bytes of numbers for shape (6, 4)", "found 91",
      "truncated"),
    Fault("too long", whole + Data(count: 3), "expected 96 bytes", "found 99"),
    Fault("an empty file", Data(), "is empty"),
    Fault("a text", Data("0.5,0.25,0.125\n".utf8), "is a text file"),
    Fault("a pickle", Data([0x80, 4, 0x95] + [UInt8](repeating: 7, count: 40)), "is a pickle"),
    Fault("an archive", Data("PK".utf8) + Data(count: 40), "is an archive"),
    Fault(
      "a huge header", Data([0x93]) + Data("NUMPY".utf8) + Data([2, 0, 255, 255, 255, 255, 0, 0]),
      "a header of 4294967295 bytes in a file of 14"),
    Fault(
      "an impossible shape", npy("<f4", [Int.max, 4], Data(count: 16)), "impossible shape"),
    Fault(
      "a header of another kind",
      npy("<f4", [6, 4], singles(exact(24))).replacing(
        Data("shape".utf8), with: Data("shepa".utf8)), "a header that is not NumPy's"),
  ]

  @Test(arguments: faults)
  func `with a fault are refused, and the error starts with the path of the file`(fault: Fault)
    throws
  {
    try withTemporaryFolder { folder in
      try fill(folder)
      #expect(trouble(folder) == "opened")
      try write(fault.data, folder + "/b.npy")
      let error = trouble(folder)
      #expect(error.contains(folder + "/b.npy: "), "\(error)")
      for part in fault.parts { #expect(error.contains(part), "\(error)") }
      #expect(error.contains("; ") && !error.contains("\n"), "\(error)")
    }
  }

  @Test func `have headers of any length and of each version of the format`() throws {
    try withTemporaryFolder { folder in
      try fill(folder)
      let digest = try open(folder).digest
      for version in [1, 2, 3] as [UInt8] {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 4), }"
        let header = text + String(repeating: " ", count: 9000) + "\n"
        let width = version == 1 ? 2 : 4
        let size = (0..<width).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        let start = Data([0x93]) + Data("NUMPY".utf8) + Data([version, 0]) + Data(size)
        try write(start + Data(header.utf8) + singles(exact(24)), folder + "/b.npy")
        #expect(try open(folder).digest == digest, "\(version)")
      }
    }
  }

  @Test(arguments: ["npy", "safetensors"])
  func `with random changes are read or refused in one line`(form: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(form == "npy" ? "a.npy" : "x.safetensors")"
      let whole =
        form == "npy"
        ? Self.whole : try Safetensors.data([("a", Tensor(shape: [6, 4], values: exact(24)))])
      try write(whole, path)
      let digest = try open(folder, ["a"]).digest
      var random = RandomStream(seed: 28)
      var (read, refused) = (0, 0)
      for _ in 0..<3000 {
        var data = whole
        // Mostly the header, where a change can promise anything.
        for _ in 0...random.integer(below: 3) {
          let end = random.integer(below: 4) == 0 ? data.count : data.count - 96
          data[random.integer(below: max(1, end))] = UInt8(random.integer(below: 256))
        }
        if random.integer(below: 8) == 0 { data = data.prefix(random.integer(below: data.count)) }
        try write(data, path)
        do {
          let frames = try open(folder, ["a"])
          #expect(try frames.frames(of: "a").count == frames.total * frames.columns)
          read += 1
        } catch {
          #expect(!"\(error)".contains("\n") && "\(error)".utf8.count < 2000, "\(error)")
          refused += 1
        }
      }
      #expect(read > 50 && refused > 500, "\(read) read, \(refused) refused")
      try write(whole, path)
      #expect(try open(folder, ["a"]).digest == digest)
    }
  }

  @Test func `of several layers say which layer has a number that is not finite`() throws {
    try withTemporaryFolder { folder in
      try fill(folder) { shape in
        var values = exact(2 * shape.reduce(1, *))
        if shape[0] == 6 { values[24 + 7] = -.infinity }
        return npy("<f4", [2] + shape, singles(values))
      }
      #expect(trouble(folder).contains("b.npy: layer 1, frame 1, feature 3: expected a finite"))
    }
  }

  @Test func `must be there for every utterance, and others are counted`() throws {
    try withTemporaryFolder { folder in
      #expect(trouble(folder + "/nowhere").contains("nowhere: cannot be read"))
      #expect(trouble(folder).contains("found an empty folder; docs/frames.md"))
      try write(Data("x".utf8), folder + "/readme.txt")
      #expect(trouble(folder).contains("found only readme.txt"))
      #expect(trouble(folder + "/readme.txt").contains("expected a folder of .npy files or a"))
      try fill(folder)
      try write(npy("<f4", [1, 4], singles(exact(4))), folder + "/d.npy")
      #expect(try open(folder).unused == ["d"])
      try FileManager.default.removeItem(atPath: folder + "/b.npy")
      let error = trouble(folder)
      #expect(error.contains("no frames of 1 of the 3 utterances of TEST: b; 1 files belong to no"))
      #expect(throws: FrameFolderError.self) {
        try open(folder, (0..<20).map { "u\($0)" })
      }
      do {
        _ = try open(folder, (0..<20).map { "u\($0)" })
      } catch { #expect("\(error)".contains("u0, u1, u2, u3, u4 and 15 more")) }
    }
  }

  @Test func `in a safetensors file are checked like others`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/x.safetensors"
      let tensors = ids.map { ($0, Tensor(shape: [2, 4], values: exact(8))) }
      let whole = try Safetensors.data(tensors)
      try write(whole, path)
      #expect(trouble(folder) == "opened" && trouble(path) == "opened")
      try write(whole.dropLast(1), path)
      #expect(trouble(folder).contains("x.safetensors: tensor c: expected offsets"))
      try write(whole.replacing(Data("\"F32\"".utf8), with: Data("\"I32\"".utf8)), path)
      #expect(trouble(folder).contains("tensor a: expected float16 or float32, found I32"))
      try write(Safetensors.data(Array(tensors.dropLast())), path)
      #expect(trouble(folder).contains("no frames of 1 of the 3 utterances of TEST: c"))
      try write(whole, path)
      try write(whole, folder + "/y.safetensors")
      #expect(trouble(folder).contains("expected one .safetensors file, found x.safetensors, y"))
    }
  }

  @Test func `that change while they are in use are an error, not other numbers`() throws {
    try withTemporaryFolder { folder in
      try fill(folder)
      let frames = try open(folder)
      #expect(try frames.frames(of: "a").rows == 5)
      try write(
        npy("<f4", [5, 4], singles(exact(20).map { $0 + 1 })) + Data(), folder + "/new.npy")
      rename(folder + "/new.npy", folder + "/a.npy")
      let error = #expect(throws: FileError.self) { try frames.frames(of: "a") }
      #expect(error?.description.contains("it has changed since it was opened") == true)
      #expect(try frames.frames(of: "b").rows == 6)
    }
  }

  @Test func `reach the batch unchanged, without sound and with any number of threads`() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyCorpus.shared
      for (index, utterance) in tiny.corpus.utterances.enumerated() {
        let values = exact((2 + index) * 8).map { $0 + Float(index) }
        try write(npy("<f4", [2 + index, 8], singles(values)), "\(folder)/\(utterance.id).npy")
      }
      let frames = try FrameFolder(
        folder, of: tiny.corpus.utterances.map(\.id), corpus: "TEST", threads: 2)
      var settings = Profile.paper.settings
      (settings.model.backbone, settings.augmentation.mixup) = (.frames, .none)
      try settings.validate()
      let corpus = PreparedCorpus(
        tiny.corpus.utterances, classes: tiny.corpus.classes, frames: frames, settings)
      #expect(corpus.features == 8 && corpus.statisticsCount == 0 && corpus.samples(0).isEmpty)
      let assembly = BatchAssembly(corpus, settings.augmentation)
      let plain = try assembly.plainBatch([3, 20])
      #expect(
        try plain.shards[0].input
          == .stacked([3, 20].map { try frames.frames(of: tiny.corpus.utterances[$0].id) }))
      let trained = try assembly.trainingBatch(
        Array(0..<24), partners: Array(0..<24), random: .init(seed: 1), threads: 3)
      let all = try assembly.plainBatch(Array(0..<24))
      #expect(zip(trained.shards, all.shards).allSatisfy { $0.input == $1.input })
      #expect(trained.targets == all.targets)
    }
  }
}
