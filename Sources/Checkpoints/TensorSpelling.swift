// The names of the same tensors in different programs.

/// The possible names in a file for a tensor of the bare model.
enum TensorSpelling {
  /// The first weight of the network, used to find the network: transformers' name and fairseq's.
  static let first = [
    "feature_extractor.conv_layers.0.conv.weight", "feature_extractor.conv_layers.0.0.weight",
  ]

  /// Returns the name itself, PyTorch's newer name for weight normalisation, and the names in
  /// fairseq, s3prl and UniLM.
  static func spellings(of name: String) -> [String] {
    [name, parametrised(name)].flatMap { [$0] + original($0) }
  }

  /// The name of a gain or a direction in PyTorch's newer weight normalisation.
  private static func parametrised(_ name: String) -> String {
    if name.hasSuffix(".weight_g") { return name.dropLast(8) + "parametrizations.weight.original0" }
    if name.hasSuffix(".weight_v") { return name.dropLast(8) + "parametrizations.weight.original1" }
    return name
  }

  /// The prefixes of transformers and fairseq for parts outside the layers.
  private static let parts = [
    ("feature_projection.layer_norm.", "layer_norm."),
    ("feature_projection.projection.", "post_extract_proj."),
    ("encoder.pos_conv_embed.conv.", "encoder.pos_conv.0."),
  ]
  /// The prefixes within a layer.
  private static let layerParts = [
    ("attention.gru_rel_pos_linear", "self_attn.grep_linear"),
    ("attention.gru_rel_pos_const", "self_attn.grep_a"),
    ("attention.rel_attn_embed", "self_attn.relative_attention_bias"),
    ("attention.", "self_attn."), ("layer_norm.", "self_attn_layer_norm."),
    ("feed_forward.intermediate_dense.", "fc1."), ("feed_forward.output_dense.", "fc2."),
  ]

  /// Source: `convert_wavlm_original_pytorch_checkpoint_to_pytorch.py` of transformers, and those
  /// of HuBERT and wav2vec 2.0.
  private static func original(_ name: String) -> [String] {
    for (ours, theirs) in parts where name.hasPrefix(ours) {
      return [theirs + name.dropFirst(ours.count)]
    }
    let words = name.split(separator: ".", maxSplits: 3).map(String.init)
    guard words.count == 4 else { return [] }
    let (head, rest) = (words[..<3].joined(separator: ".") + ".", words[3])
    if words[1] == "conv_layers" {
      if rest.hasPrefix("conv.") { return [head + "0." + rest.dropFirst(5)] }
      // A norm over channels has this name. A norm over features lies between two transpositions
      // and so has an extra index.
      let norm = rest.dropFirst("layer_norm.".count)
      return rest.hasPrefix("layer_norm.") ? [head + "2." + norm, head + "2.1." + norm] : []
    }
    guard words[1] == "layers" else { return [] }
    for (ours, theirs) in layerParts where rest.hasPrefix(ours) {
      return [head + theirs + rest.dropFirst(ours.count)]
    }
    return []
  }
}
