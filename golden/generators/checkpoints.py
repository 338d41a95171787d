"""Tiny WavLM, HuBERT and wav2vec 2.0 checkpoints of random weights, saved in every way that they are found."""
import dataclasses
import json
import os
import tempfile
import warnings

import numpy as np
import torch
import transformers
from transformers import HubertConfig, Wav2Vec2Config, Wav2Vec2FeatureExtractor, WavLMConfig

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
warnings.filterwarnings("ignore", message="Support for mismatched key_padding_mask")

CONFIGURATIONS = {"wavlm": WavLMConfig, "hubert": HubertConfig, "wav2vec2": Wav2Vec2Config}
BARE = {"wavlm": "WavLMModel", "hubert": "HubertModel", "wav2vec2": "Wav2Vec2Model"}
SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, vocab_size=6,
             conv_dim=[12, 8, 16, 8, 12, 8, 20], num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4)
QUANTIZER = dict(num_codevectors_per_group=4, codevector_dim=8, proj_codevector_dim=8)
OLD = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}


@dataclasses.dataclass(frozen=True)
class Tiny:
    """A checkpoint: the network, the class that it is saved as, and how."""
    name: str
    family: str
    norm: str  # of the feature encoder: "layer" goes with norms before attention, "group" with norms after
    shape: dict
    saved_as: str
    save: str  # "safetensors" by save_pretrained, or "bin" by torch.save
    shards: str = "1GB"  # the greatest size of a file
    dtype: torch.dtype = torch.float32
    old_names: bool = False
    views: bool = False  # vectors share a storage, and matrices lie in columns
    normalizes: bool | None = None  # do_normalize; None: no preprocessor_config.json


TINY = [
    Tiny("wavlm layer", "wavlm", "layer", dict(num_buckets=16, max_bucket_distance=20, num_hidden_layers=3),
         "WavLMModel", "bin", old_names=True, normalizes=True),
    Tiny("wavlm group", "wavlm", "group", dict(num_buckets=12, max_bucket_distance=40, hidden_size=24,
                                               num_attention_heads=3),
         "WavLMModel", "safetensors", normalizes=False),
    Tiny("hubert layer", "hubert", "layer", dict(conv_bias=True), "HubertForCTC", "safetensors", shards="50KB",
         normalizes=True),
    Tiny("hubert group", "hubert", "group", dict(feat_proj_layer_norm=False, num_conv_pos_embeddings=15),
         "HubertModel", "safetensors", dtype=torch.float16),
    Tiny("wav2vec2 layer", "wav2vec2", "layer", dict(conv_bias=True, **QUANTIZER), "Wav2Vec2ForPreTraining",
         "bin", dtype=torch.bfloat16, old_names=True, views=True),
    Tiny("wav2vec2 group", "wav2vec2", "group", dict(layer_norm_eps=1e-3, conv_bias=True), "Wav2Vec2Model", "bin",
         shards="50KB", normalizes=True),
]


def configuration(tiny):
    layered = tiny.norm == "layer"
    return CONFIGURATIONS[tiny.family](feat_extract_norm=tiny.norm, do_stable_layer_norm=layered,
                                       **{**SMALL, **tiny.shape})


def draw(name, shape, random):
    """Values of which each shows in the outputs: no gain is 1, no bias 0, and attention is not flat."""
    x = random.normal(size=shape)
    if name.endswith("weight_g") or name.endswith("original0"):
        return 1 + 0.3 * x
    if name.endswith("norm.weight") or name.endswith("gru_rel_pos_const"):
        return 1 + 0.3 * x
    if name.endswith("rel_attn_embed.weight"):
        return x
    if len(shape) == 1:
        return (0.1 if "feature_" in name else 0.3) * x
    gains = {"feature_extractor": 1.5, "q_proj": 1.5, "k_proj": 1.5, "gru_rel": 2}
    gain = next((gain for part, gain in gains.items() if part in name), 1)
    return gain * x * np.prod(shape[1:]) ** -0.5


def saved(tiny, random):
    """The files of a checkpoint, by name."""
    torch.manual_seed(0)  # nothing of it is left: every tensor is drawn below
    model = getattr(transformers, tiny.saved_as)(configuration(tiny))
    state = {name: torch.tensor(draw(name, tuple(value.shape), random)).to(tiny.dtype)
             for name, value in model.state_dict().items()}
    with tempfile.TemporaryDirectory() as folder:
        model.to(tiny.dtype).load_state_dict(state)
        model.config.dtype = tiny.dtype
        if tiny.save == "safetensors":
            model.save_pretrained(folder, max_shard_size=tiny.shards)
        else:
            model.config.architectures = [tiny.saved_as]
            model.config.save_pretrained(folder)
            save_bin(model, tiny, folder)
        if tiny.normalizes is not None:
            Wav2Vec2FeatureExtractor(do_normalize=tiny.normalizes).save_pretrained(folder)
        files = {}
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                files[name] = file.read()
    return files


def save_bin(model, tiny, folder):
    """torch.save as transformers used it: one file, or shards of parameters and their index."""
    state = model.state_dict()
    if tiny.old_names:
        for name in list(state):
            for new, old in OLD.items():
                if name.endswith(new):
                    state[name.removesuffix(new) + old] = state.pop(name)
    if tiny.views:
        vectors = {name: value for name, value in state.items() if value.dim() == 1}
        parts = torch.cat(list(vectors.values())).split([len(value) for value in vectors.values()])
        state.update(zip(vectors, parts))
        state.update({name: value.T.contiguous().T for name, value in state.items() if value.dim() == 2})
    if tiny.shards == "1GB":
        return torch.save(state, os.path.join(folder, "pytorch_model.bin"))
    shards, limit = [[]], int(tiny.shards.removesuffix("KB")) * 1000
    for name, value in model.named_parameters():
        if sum(v.nbytes for _, v in shards[-1]) + value.nbytes > limit:
            shards.append([])
        shards[-1].append((name, value))
    index = {"metadata": {"total_size": sum(v.nbytes for shard in shards for _, v in shard)}, "weight_map": {}}
    for number, shard in enumerate(shards, 1):
        file = f"pytorch_model-{number:05}-of-{len(shards):05}.bin"
        torch.save(dict(shard), os.path.join(folder, file))  # with torch.nn.Parameter around each tensor
        index["weight_map"].update((name, file) for name, _ in shard)
    with open(os.path.join(folder, "pytorch_model.bin.index.json"), "w") as file:
        json.dump(index, file, indent=1, sort_keys=True)


def loaded(tiny, files):
    """The bare model in float64, as transformers reads these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        model, report = getattr(transformers, BARE[tiny.family]).from_pretrained(
            folder, dtype=torch.float64, attn_implementation="eager", output_loading_info=True)
    assert not report["missing_keys"] and not report["mismatched_keys"], report
    return model.eval()
