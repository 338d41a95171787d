"""Peer: the compact system's network, losses and optimiser in PyTorch, for timing an epoch.

    compact_torch.py RAVDESS_DIR [--threads 2] [--epochs 5] [--plain]

Same network, losses, batch size, number of clips (1200) and frames per clip as `reprise run` on
RAVDESS fold 1. It trains on random frames of the genuine lengths, made before the clock starts: mixup,
features and perturbation, which Reprise does within its epoch, cost nothing here, nor does clipping, which
is left out. Prints the seconds of each epoch and their median. The network and its losses are in workloads/.
Needs torch==2.13.0, numpy, soundfile.
"""
import argparse
import glob
import os
import statistics
import sys
import time

import numpy as np
import soundfile
import torch
import torch.nn as nn

sys.dont_write_bytecode = True
from workloads.compact import CLASSES, EMBEDDING, FEATURES, STATISTICS, Network, loss, train_epoch  # noqa: E402
from workloads.learning import optimisers  # noqa: E402


def trimmed_frames(path, range_db=30, margin=0.1):
    """Frames at 10 ms of a clip after silence is cut as signal.trim does."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    samples = samples.mean(1)
    block = rate // 100
    powers = np.array([np.mean(samples[i:i + block] ** 2) for i in range(0, len(samples), block)])
    loud = np.flatnonzero(powers >= powers.max() / 10 ** (range_db / 10))
    start = max(0, loud[0] * block - int(margin * rate))
    end = min(len(samples), (loud[-1] + 1) * block + int(margin * rate))
    return 1 + (end - start) * 100 // rate


parser = argparse.ArgumentParser()
parser.add_argument("corpus")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--plain", action="store_true")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
random = np.random.default_rng(0)
files = sorted(glob.glob(options.corpus + "/**/03-01-*.*", recursive=True))
held_out = {"01", "11", "20", "21"}
codes = [os.path.basename(f).split(".")[0].split("-") for f in files]
train = [(f, int(c[2]) - 1) for f, c in zip(files, codes) if c[6] not in held_out]
lengths = [trimmed_frames(f) for f, _ in train]
labels = torch.tensor([y for _, y in train])
frames = [torch.randn(n, FEATURES) for n in lengths]
g = torch.randn(len(train), STATISTICS)
network, centers = Network(options.plain), nn.Parameter(torch.randn(CLASSES, EMBEDDING))
both = optimisers(network, centers)
print(sum(p.numel() for p in network.parameters()), "parameters,", len(train), "clips,",
      sum(lengths), "frames, torch", torch.__version__, options.threads, "threads")
seconds = []
for epoch in range(options.epochs):
    start = time.perf_counter()
    total = train_epoch(lambda *batch: loss(network, centers, *batch), both, frames, lengths, g, labels, random)
    seconds.append(time.perf_counter() - start)
    print(f"epoch {epoch + 1} loss {total.item():.3f} {seconds[-1]:.2f} s", flush=True)
print(f"median {statistics.median(seconds):.2f} s")
