"""A full-size check: WavLM with weights drawn here, on 4 s of audio, against transformers.

    wavlm_full_size.py make DIR [--size large|base]    # DIR/model, DIR/audio.wav, DIR/float*.npy
    wavlm_full_size.py compare DIR                     # DIR/reprise-last.npy and -all.npy against them

`make` saves the checkpoint by save_pretrained and computes every hidden state in float64 and, as PyTorch
users have it, in float32. `compare` prints errors against float64, PyTorch's own beside ours, of the last
hidden state and of all, and ends with 1 where one of ours exceeds the bound. full-size.sh runs all of it.
Needs torch==2.13.0, transformers==5.23.0, numpy.
"""
import argparse
import os
import sys
import wave

import numpy as np

BOUND = 1e-5  # of the element and of the greatest element
SIZES = {
    "large": dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096,
                  feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=False, num_buckets=320),
    "base": dict(num_buckets=320),
}


def audio(path, seconds=4, rate=16000):
    """Writes 16-bit samples of notes and noise; returns what a reader makes of them."""
    random = np.random.default_rng(0)
    t = np.arange(seconds * rate) / rate
    x = 0.02 * random.normal(size=len(t))
    for start in range(0, len(t), rate // 10):
        note = slice(start, start + rate // 10)
        for hertz in random.uniform(100, 4000, size=3):
            x[note] += random.uniform(0.01, 0.25) * np.sin(2 * np.pi * hertz * t[note])
    samples = np.clip(np.round(x * 32768), -32768, 32767).astype("<i2")
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return samples / 32768


def model(size):
    """WavLM of a size, every parameter off its first value, so that each shows in the output."""
    import torch
    from transformers import WavLMConfig, WavLMModel, logging
    logging.disable_progress_bar()
    torch.manual_seed(0)
    network = WavLMModel(WavLMConfig(**SIZES[size])).eval()
    with torch.no_grad():
        for name, value in network.named_parameters():
            if value.dim() == 1 or "gru_rel_pos" in name:
                value += 0.1 * torch.randn_like(value)
    return network


def make(folder, size):
    import torch
    from transformers import Wav2Vec2FeatureExtractor
    network = model(size)
    network.save_pretrained(folder + "/model")
    processor = Wav2Vec2FeatureExtractor(do_normalize=size == "large")
    processor.save_pretrained(folder + "/model")
    samples = audio(folder + "/audio.wav")
    for name, dtype in ("float32", torch.float32), ("float64", torch.float64):
        values = samples.astype(name)
        if processor.do_normalize:
            values = processor.zero_mean_unit_var_norm([values], None)[0]
        with torch.inference_mode():
            outputs = network.to(dtype)(torch.tensor(values)[None], output_hidden_states=True)
        states = [*outputs.hidden_states[:-1], outputs.last_hidden_state]
        np.save(f"{folder}/{name}.npy", torch.stack([state[0] for state in states]).numpy())


def error(found, exact):
    """The greatest error and its shares: of an element that is not small, of the greatest element, of the bound."""
    difference, size = np.abs(found - exact), np.abs(exact)
    clear = size >= size.max() / 1000
    return (difference.max(), (difference[clear] / size[clear]).max(), difference.max() / size.max(),
            (difference / (BOUND * (size.max() + size))).max())


def compare(folder):
    exact = np.load(folder + "/float64.npy")
    count, frames, width = exact.shape
    last = np.load(folder + "/reprise-last.npy").astype(np.float64)
    every = np.load(folder + "/reprise-all.npy").astype(np.float64).reshape(frames, count, width).transpose(1, 0, 2)
    torch = np.load(folder + "/float32.npy").astype(np.float64)
    assert last.shape == exact[-1].shape, last.shape
    print(f"{count} states of {frames} frames, {width} numbers each; against transformers in float64, greatest errors:")
    rows = [("last state, PyTorch float32", [error(torch[-1], exact[-1])]),
            ("last state, Reprise", [error(last, exact[-1])]),
            ("every state, PyTorch float32", [error(*pair) for pair in zip(torch, exact)]),
            ("every state, Reprise", [error(*pair) for pair in zip(every, exact)])]
    for label, errors in rows:
        absolute, relative, scaled, used = np.max(errors, axis=0)
        print(f"  {label:29} absolute {absolute:.1e}, relative {relative:.1e}, of the state's greatest element "
              f"{scaled:.1e}; {100 * used:.1f} % of the bound")
    return not all(e[-1] <= 1 for label, errors in rows for e in errors if label.endswith("Reprise"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["make", "compare"])
    parser.add_argument("folder")
    parser.add_argument("--size", choices=sorted(SIZES), default="large")
    options = parser.parse_args()
    if options.task == "make":
        make(options.folder, options.size)
    else:
        sys.exit(compare(options.folder))
