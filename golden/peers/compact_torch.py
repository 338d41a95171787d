"""Peer: the compact system's network, losses and optimiser in PyTorch, for timing an epoch.

    compact_torch.py RAVDESS_DIR [--threads 2] [--epochs 5] [--plain]

Same network, losses, batch size, number of clips (1200) and frames per clip as `reprise run` on
RAVDESS fold 1. It trains on random frames of the genuine lengths, made before the clock starts: mixup,
features and perturbation, which Reprise does within its epoch, cost nothing here. Prints the seconds
of each epoch and their median. Needs torch==2.13.0, numpy, soundfile.
"""
import argparse
import glob
import os
import statistics
import time

import numpy as np
import soundfile
import torch
import torch.nn as nn
import torch.nn.functional as F

FEATURES, STATISTICS, WIDTH, HEADS, EMBEDDING, CLASSES, BATCH = 83, 90, 128, 16, 64, 8, 16


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


class Block(nn.Module):
    def __init__(self, inputs, stride):
        super().__init__()
        self.convolution = nn.Conv1d(inputs, WIDTH, 5, stride, 2)
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, x):
        return F.gelu(self.norm(self.convolution(x).transpose(1, 2))).transpose(1, 2)


class Network(nn.Module):
    def __init__(self, plain):
        super().__init__()
        self.plain = plain
        self.first, self.second = Block(FEATURES, 2), Block(WIDTH, 2)
        self.residual = Block(WIDTH, 1)
        if not plain:
            self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
            self.query = nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.hidden, self.output = nn.Linear(STATISTICS, 64), nn.Linear(64, WIDTH)
        self.projection, self.classifier = nn.Linear(WIDTH, EMBEDDING), nn.Linear(EMBEDDING, CLASSES)

    def forward(self, x, mask, g):
        def masked(h, m):
            return h * m[:, None]
        half, quarter = mask[:, ::2], mask[:, ::4]
        h = masked(F.dropout(self.first(x.transpose(1, 2)), 0.2, self.training), half)
        h = masked(F.dropout(self.second(h), 0.2, self.training), quarter)
        h = masked(F.dropout(h + self.residual(h), 0.2, self.training), quarter).transpose(1, 2)
        count = quarter.sum(1, keepdim=True)
        if self.plain:
            z = h.sum(1) / count
            broadcast = z
        else:
            pad = quarter == 0
            h = h + self.attention(h, h, h, key_padding_mask=pad, need_weights=False)[0]
            weights = (h @ self.query).masked_fill(pad, -1e9).softmax(1)
            z = (weights.unsqueeze(-1) * h).sum(1)
            broadcast = (z + (h * quarter[..., None]).sum(1) / count) / 2
        q = F.dropout(F.gelu(self.hidden(F.dropout(g, 0.3, self.training))), 0.3, self.training)
        q = self.output(q)
        f = self.projection(F.dropout(z + q, 0.3, self.training))
        return f, self.classifier(f), F.normalize(self.projection(broadcast + q), dim=1)


def loss(network, centers, x, mask, g, y):
    f, logits, u = network(x, mask, g)
    targets = F.one_hot(y, CLASSES).float() * 0.9 + 0.1 / CLASSES
    logp = logits.log_softmax(1)
    total = F.kl_div(logp, targets, reduction="batchmean")
    if network.plain:
        return total
    total = total + (targets * (1 - logp.exp()) ** 2 * -logp).sum(1).mean()
    total = total + 0.002 * ((f - centers[y]) ** 2).sum(1).clamp(1e-12, 1e12).mean()
    similarity = (u @ u.T / 0.07).masked_fill(torch.eye(len(y), dtype=torch.bool), -1e9)
    positive = (y[:, None] == y[None]) & ~torch.eye(len(y), dtype=torch.bool)
    logq = similarity.log_softmax(1)
    anchors = -(logq * positive).sum(1) / positive.sum(1).clamp(min=1)
    return total + 0.1 * anchors.mean()


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
network = Network(options.plain)
centers = nn.Parameter(torch.randn(CLASSES, EMBEDDING))
adam = torch.optim.AdamW(network.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-9)
center_adam = torch.optim.Adam([centers], lr=5e-3, betas=(0.9, 0.98), eps=1e-9)
print(sum(p.numel() for p in network.parameters()), "parameters,", len(train), "clips,",
      sum(lengths), "frames, torch", torch.__version__, options.threads, "threads")
seconds = []
for epoch in range(options.epochs):
    order = random.permutation(len(train))
    start = time.perf_counter()
    for k in range(0, len(order), BATCH):
        chosen = order[k:k + BATCH]
        x = nn.utils.rnn.pad_sequence([frames[i] for i in chosen], batch_first=True)
        mask = (torch.arange(x.shape[1])[None] < torch.tensor([lengths[i] for i in chosen])[:, None])
        total = loss(network, centers, x, mask.float(), g[chosen], labels[chosen])
        adam.zero_grad()
        center_adam.zero_grad()
        total.backward()
        adam.step()
        center_adam.step()
    seconds.append(time.perf_counter() - start)
    print(f"epoch {epoch + 1} loss {total.item():.3f} {seconds[-1]:.2f} s", flush=True)
print(f"median {statistics.median(seconds):.2f} s")
