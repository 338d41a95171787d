"""A full-size check: WavLM with weights drawn here, on 4 s of audio, against transformers.

    wavlm_full_size.py make DIR [--size large|base]    # DIR/model, DIR/audio.wav, DIR/*.npy
    wavlm_full_size.py compare DIR                     # DIR/reprise-*.npy against them

`make` saves the checkpoint by save_pretrained and computes the last hidden state and the mean of all
hidden states (the weighted sum at its first weights) in float64 and, as PyTorch users have it, in float32.
`compare` prints errors against float64, PyTorch's own beside ours, and ends with 1 where one of ours
exceeds the bound. full-size.sh runs all of it. Needs torch==2.13.0, transformers==5.23.0, numpy.
"""
import argparse
import os
import sys
import wave

import numpy as np

BOUND = 1e-4  # of the element and of the greatest element
SIZES = {
    "large": dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096,
                  feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=False, num_buckets=320),
    "base": dict(num_buckets=320),
}
STATES = ("last", "weighted")


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
        states = torch.stack([*outputs.hidden_states[:-1], outputs.last_hidden_state])
        for state, value in zip(STATES, (outputs.last_hidden_state[0], states.mean(0)[0])):
            np.save(f"{folder}/{name}-{state}.npy", value.numpy())


def compare(folder):
    failed = False
    for state in STATES:
        exact = np.load(f"{folder}/float64-{state}.npy")
        scale = np.abs(exact).max()
        print(f"{state}: {list(exact.shape)}, greatest magnitude {scale:.3f}")
        for label, file in ("PyTorch float32", "float32"), ("Reprise", "reprise"):
            path = f"{folder}/{file}-{state}.npy"
            if not os.path.exists(path):
                print(f"  {label:16} missing")
                failed = True
                continue
            found = np.load(path).astype(np.float64)
            if found.shape != exact.shape:
                print(f"  {label:16} has shape {list(found.shape)}")
                failed = True
                continue
            error = np.abs(found - exact)
            clear = np.abs(exact) >= scale / 1000
            used = (error / (BOUND * (scale + np.abs(exact)))).max()
            print(f"  {label:16} greatest absolute error {error.max():.2e}, relative "
                  f"{(error[clear] / np.abs(exact[clear])).max():.2e}, of the greatest element "
                  f"{error.max() / scale:.2e}; {100 * used:.1f} % of the bound")
            failed |= file == "reprise" and not used <= 1
    return failed


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
