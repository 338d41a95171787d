// PyTorch's `.bin`: a zip of pickled tensors.
package import Files

/// Finds the tensors of a file that `torch.save` wrote.
package enum TorchReader {
  package static func tensors(in file: MappedFile) throws -> [(name: String, tensor: StoredTensor)]
  {
    throw CheckpointError.refused(path: file.path, what: "the format of torch.save")
  }
}
