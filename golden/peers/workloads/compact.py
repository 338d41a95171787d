"""The compact system in PyTorch: one step of training (size: frames an utterance), or an epoch (size: clips).

The same network, dropout, four losses with smoothed labels, batches of 16, gradient held to norm 5, AdamW for the
network and Adam for the centers as Reprise has by default, on a batch (`training-step`) or on clips of the same
lengths (`epoch`). Weights start elsewhere, and rates are constant. Of an epoch Reprise's mixup, features and
perturbation cost nothing here: frames are random and ready-made; batches are shuffled and padded.
- torch: eager.
- torch-mixup (an epoch): eager, and each clip is mixed with another by energy-adaptive mixup at Reprise's default
  rate; mixtures go through torchaudio's log-mel, one after the other, as in `eam` and `log-mel`. Normalisation,
  pitch, energy, statistics and perturbation are still left out: three columns of a frame are zeros.
- torch-compile: `torch.compile` of network and loss together. An epoch's batches are padded to the longest of all
  clips: even with dynamic=True the gradient of a convolution is compiled anew for each length.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from workloads.eam import mix
from workloads.inputs import array, expect
from workloads.learning import divergence, multi_loss, optimisers, smoothed, take_step
from workloads.log_mel import log_mel

FEATURES, STATISTICS, WIDTH, HEADS, EMBEDDING, CLASSES, BATCH = 83, 90, 128, 16, 64, 8, 16
GREATEST_NORM, MIXED_SHARE = 5, 0.5


class Block(nn.Module):
    def __init__(self, inputs, stride):
        super().__init__()
        self.convolution = nn.Conv1d(inputs, WIDTH, 5, stride, 2)
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, x):
        return F.gelu(self.norm(self.convolution(x).transpose(1, 2))).transpose(1, 2)


class Network(nn.Module):
    """From frames x [B, T, 83], their mask [B, T] and statistics g [B, 90] to embeddings, logits, unit vectors.

    `plain` pools by the mean, without attention.
    """

    def __init__(self, plain=False):
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
    targets = smoothed(y, CLASSES, 0.1)
    return divergence(logits, targets) if network.plain else multi_loss(f, logits, u, centers, y, targets)


def padded(frames, lengths, chosen, least=0):
    """The chosen clips as one batch of at least so many frames, and its mask."""
    x = nn.utils.rnn.pad_sequence([frames[i] for i in chosen], batch_first=True)
    if x.shape[1] < least:
        x = F.pad(x, (0, 0, 0, least - x.shape[1]))
    mask = torch.arange(x.shape[1])[None] < torch.tensor([lengths[i] for i in chosen])[:, None]
    return x, mask.float()


class Mixing:
    """Clips of random sound, of which a share is mixed and analysed anew each time they are asked for."""

    def __init__(self, frames, random):
        self.frames, self.random, self.analyse = frames, random, log_mel()
        self.power = lambda samples: float(np.dot(samples, samples)) / len(samples)
        self.sounds = [random.standard_normal(160 * (len(x) - 1), "float32") for x in frames]

    def __len__(self):
        return len(self.frames)

    def __getitem__(self, index):
        if self.random.random() >= MIXED_SHARE:
            return self.frames[index]
        partner = self.sounds[self.random.integers(len(self.sounds))]
        mixture, _ = mix(self.sounds[index], partner, np.copy, self.power, self.random)
        bands = self.analyse(torch.from_numpy(mixture))
        return F.pad(bands, (0, FEATURES - bands.shape[1]))


def train_epoch(objective, optimisers, frames, lengths, g, labels, random, greatest_norm=None, least=0):
    """Returns the loss of the last batch."""
    order = random.permutation(len(frames))
    for k in range(0, len(order), BATCH):
        chosen = order[k:k + BATCH]
        total = objective(*padded(frames, lengths, chosen, least), g[chosen], labels[chosen])
        take_step(total, optimisers, greatest_norm)
    return total


def prepare(job):
    torch.set_num_threads(job.threads)
    torch.manual_seed(0)
    network, centers = Network(), nn.Parameter(torch.randn(CLASSES, EMBEDDING))
    both, epoch, compiles = optimisers(network, centers), job.workload == "epoch", job.peer == "torch-compile"
    compiled = torch.compile(loss, dynamic=False) if compiles else loss
    lengths, y = array(job, "lengths", "int64"), torch.from_numpy(array(job, "labels", "int64"))

    def objective(x, mask, g, y):
        return compiled(network, centers, x, mask, g, y)
    if epoch:
        expect(len(lengths), job.size, "clips")
        frames, g = [torch.randn(int(n), FEATURES) for n in lengths], torch.randn(len(lengths), STATISTICS)
        random = np.random.default_rng(0)
        if job.peer == "torch-mixup":
            frames = Mixing(frames, random)
        least = int(lengths.max()) if compiles else 0
        return lambda: train_epoch(objective, both, frames, lengths, g, y, random, GREATEST_NORM, least)
    expect(set(lengths.tolist()), {job.size}, "frames")
    x = torch.from_numpy(array(job, "frames")).view(len(lengths), job.size, FEATURES)
    mask, g = torch.ones(len(lengths), job.size), torch.from_numpy(array(job, "statistics"))
    return lambda: take_step(objective(x, mask, g, y), both, GREATEST_NORM)
