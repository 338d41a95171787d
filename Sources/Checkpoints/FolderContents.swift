// Recognises what a folder holds instead of the required files, so that errors can say what to do.
import Files
import Foundation

/// The endings of weight files from training programs: fairseq, UniLM, s3prl, Lightning and others.
let trainingEndings = [".pt", ".pth", ".ckpt"]

/// The names in a folder, sorted. Empty if it cannot be read.
private func names(in folder: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
}

/// The names of training checkpoints in a folder, sorted.
func trainingCheckpoints(in folder: String) -> [String] {
  names(in: folder).filter { name in trainingEndings.contains(where: name.lowercased().hasSuffix) }
}

/// Throws if a folder has no `config.json` and its contents explain why. A folder without any sign
/// of a model passes, and the missing file then gives the error.
func requireConfiguration(in folder: String) throws {
  guard !isEntry(folder + "/config.json") else { return }
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { return }
  let beside = """
    put the config.json and preprocessor_config.json of the same model beside it, from its page on \
    Hugging Face
    """
  guard isFolder.boolValue else {
    throw CheckpointError.noConfiguration(
      folder: folder, found: "a file",
      remedy: "give the folder that holds the weights; if it has no config.json, \(beside)")
  }
  if let inner = nestedConfiguration(in: folder) {
    throw CheckpointError.noConfiguration(
      folder: folder, found: "one in \(inner)", remedy: "give the folder \(folder)/\(inner)")
  }
  let weights = names(in: folder).filter {
    $0 == "model.safetensors" || $0 == "pytorch_model.bin" || otherKind($0) != nil
  }
  guard let name = (trainingCheckpoints(in: folder) + weights).first else { return }
  throw CheckpointError.noConfiguration(
    folder: folder, found: "\(name), which does not describe the network", remedy: beside)
}

/// A folder with a `config.json`, up to two levels below, as in the cache of Hugging Face.
private func nestedConfiguration(in folder: String) -> String? {
  // The user may have given a folder of recordings, so this looks at a few hundred names only.
  for name in names(in: folder).prefix(200) {
    if isEntry("\(folder)/\(name)/config.json") { return name }
    for inner in names(in: "\(folder)/\(name)").prefix(200)
    where isEntry("\(folder)/\(name)/\(inner)/config.json") {
      return "\(name)/\(inner)"
    }
  }
  return nil
}

/// The weight files of unsupported kinds in a folder, with their kinds, or nil if there are none.
func otherWeights(in folder: String) -> String? {
  let found = names(in: folder).compactMap { name in otherKind(name).map { "\(name), \($0)" } }
  return found.first
}

private func otherKind(_ name: String) -> String? {
  let kinds = [
    ("adapter_model.safetensors", "an adapter of PEFT: merge it into its model and save that"),
    ("adapter_model.bin", "an adapter of PEFT: merge it into its model and save that"),
    ("tf_model.h5", "weights of TensorFlow: load with from_tf=True and save_pretrained"),
    ("flax_model.msgpack", "weights of Flax: load with from_flax=True and save_pretrained"),
    (".onnx", "a graph of ONNX: take the weights it was exported from"),
    (".gguf", "weights in GGUF: take the weights it was made from"),
  ]
  return kinds.first { name.hasSuffix($0.0) }?.1
}

/// Throws if the first bytes of a weight file show another kind than its name.
func refuseOtherKinds(_ file: MappedFile) throws {
  let start = Array(file.bytes.prefix(16))
  // The pickled magic number that torch wrote before version 1.6.
  let legacy: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]
  let again = "download the file itself"
  let kinds: [(start: [UInt8], what: String, remedy: String)] = [
    (
      legacy, "the format of torch before 1.6, which is a bare pickle, is not read",
      "load and save it with a newer torch, or use the model's .safetensors file"
    ),
    (
      Array("version https:".utf8), "a pointer of Git LFS, not the file that it points to",
      "fetch the weights with git lfs pull, or \(again)"
    ),
    (Array("<!DOCTYPE".utf8), "a web page, not weights", again),
    (Array("<html".utf8), "a web page, not weights", again),
    ([0x89, 0x48, 0x44, 0x46], "HDF5, as TensorFlow saves weights", "save them from PyTorch"),
    (Array("GGUF".utf8), "weights in GGUF", "take the weights it was made from"),
    ([0x1F, 0x8B], "compressed with gzip", "unpack it"),
  ]
  if let kind = kinds.first(where: { start.starts(with: $0.start) }) {
    throw CheckpointError.unsupported(path: file.path, what: kind.what, remedy: kind.remedy)
  }
}
