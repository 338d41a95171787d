"""The compact system in PyTorch, float64, on padded batches with masks: the twin that network and training
are held to. Arrays go by Reprise's names and layouts: [I, O] for products, [K I, O] for convolutions."""
import dataclasses

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from .losses import focal, kl
from .padded import convolved, mask, pad, tensor


class Parameters:
    """PyTorch parameters by Reprise's names, each with how it gets into Reprise's layout and back."""

    def __init__(self):
        self.entries = {}

    def add(self, name, parameter, ours=lambda x: x, theirs=lambda x: x):
        self.entries[name] = (parameter, ours, theirs)

    def affine(self, name, weight, bias):
        self.add(name + ".weight", weight, torch.t, torch.t)
        self.add(name + ".bias", bias)

    def attention(self, name, layer):
        self.affine(name + ".projection", layer.in_proj_weight, layer.in_proj_bias)
        self.affine(name + ".output", layer.out_proj.weight, layer.out_proj.bias)

    def convolution(self, name, layer):
        o, i, taps = layer.weight.shape
        self.add(name + ".weight", layer.weight, lambda x: x.permute(2, 1, 0).reshape(taps * i, o),
                 lambda x: x.reshape(taps, i, o).permute(2, 1, 0))
        self.add(name + ".bias", layer.bias)

    def norm(self, name, layer):
        self.add(name + ".gain", layer.weight)
        self.add(name + ".bias", layer.bias)

    def draw(self, random):
        """Random values that keep the size of what passes through; none is 0 or 1 by convention."""
        def one(name, shape):
            if name.endswith("gain"):
                return 1 + 0.2 * random.normal(size=shape)
            spread = 0.2 if len(shape) == 1 else 1.0 if name == "centers" else shape[0] ** -0.5
            return spread * random.normal(size=shape)
        return {name: one(name, array.shape) for name, array in self.values().items()}

    def load(self, arrays):
        with torch.no_grad():
            for name, (parameter, _, theirs) in self.entries.items():
                parameter.copy_(theirs(tensor(arrays[name])))

    def loaded(self, case, random):
        """Draws parameters, stores them as inputs of a case, and takes them on as stored."""
        self.load({n: case.input(n, a) for n, a in self.draw(random).items()})

    def values(self):
        return {n: ours(p.detach()).numpy().copy() for n, (p, ours, _) in self.entries.items()}

    def gradients(self):
        """By name; zeros where nothing flows."""
        return {n: ours(torch.zeros_like(p) if p.grad is None else p.grad).numpy().copy()
                for n, (p, ours, _) in self.entries.items()}


@dataclasses.dataclass(frozen=True)
class Shape:
    """The numbers that make up a network; names as in Reprise's settings."""
    width: int = 16
    blocks: int = 1
    kernel: int = 3
    pooling: str = "flam"
    heads: int = 4
    features: int = 6
    statistics: int = 5
    statisticsHidden: int = 7
    embedding: int = 8
    classes: int = 4


class Backbone:
    """Two convolutions of stride 2, then residual ones; layer norm and exact GELU after each."""

    def __init__(self, shape, parameters):
        self.blocks = []
        for name, stride in [("strided.0", 2), ("strided.1", 2)] + [
                (f"residual.{n}", 1) for n in range(shape.blocks)]:
            convolution = nn.Conv1d(shape.width if self.blocks else shape.features, shape.width, shape.kernel,
                                    stride, (shape.kernel - 1) // 2, dtype=torch.float64)
            norm = nn.LayerNorm(shape.width, dtype=torch.float64)
            parameters.convolution(f"backbone.{name}.convolution", convolution)
            parameters.norm(f"backbone.{name}.norm", norm)
            self.blocks.append((convolution, norm, name.startswith("residual")))

    def __call__(self, padded, lengths):
        for convolution, norm, residual in self.blocks:
            h, lengths = convolved(convolution, padded, lengths)
            h = F.gelu(norm(h))
            padded = padded + h if residual else h
        return padded, lengths


class Pooling:
    """FLAM, mean or maximum, of the frames and of every frame's context-broadcast counterpart."""

    def __init__(self, shape, parameters):
        self.kind = shape.pooling
        if self.kind == "flam":
            self.attention = nn.MultiheadAttention(shape.width, shape.heads, batch_first=True,
                                                   dtype=torch.float64)
            self.query = nn.Parameter(torch.zeros(shape.width, dtype=torch.float64))
            parameters.attention("flam.attention", self.attention)
            parameters.add("flam.query", self.query, lambda x: x[:, None], lambda x: x[:, 0])

    def __call__(self, h, lengths):
        there = mask(lengths)
        if self.kind == "flam":
            h = h + self.attention(h, h, h, key_padding_mask=~there, need_weights=False)[0]
            weights = (h @ self.query).masked_fill(~there, -torch.inf).softmax(1)[..., None]
        zeroed = torch.where(there[..., None], h, 0.0)
        broadcast = (h + zeroed.sum(1, keepdim=True) / there.sum(1)[:, None, None]) / 2
        if self.kind == "flam":
            return (weights * h).sum(1), (weights * broadcast).sum(1)
        if self.kind == "mean":
            frames = [torch.where(there[..., None], x, torch.nan) for x in (h, broadcast)]
            return tuple(x.nanmean(1) for x in frames)
        return tuple(torch.where(there[..., None], x, -torch.inf).max(1).values for x in (h, broadcast))


class Network:
    """The whole network, with its centers."""

    def __init__(self, shape):
        self.shape, self.parameters = shape, Parameters()
        self.backbone = Backbone(shape, self.parameters)
        self.pooling = Pooling(shape, self.parameters)
        self.affine = {}
        if shape.statistics:
            self._affine("statistics.hidden", shape.statistics, shape.statisticsHidden)
            self._affine("statistics.output", shape.statisticsHidden, shape.width)
        self._affine("head.projection", shape.width, shape.embedding)
        self._affine("head.classifier", shape.embedding, shape.classes)
        self.centers = nn.Parameter(torch.zeros(shape.classes, shape.embedding, dtype=torch.float64))
        self.parameters.add("centers", self.centers)

    def _affine(self, name, inputs, outputs):
        self.affine[name] = layer = nn.Linear(inputs, outputs, dtype=torch.float64)
        self.parameters.affine(name, layer.weight, layer.bias)

    def __call__(self, frames, lengths, statistics):
        """Packed frames and utterance statistics to pooled, broadcast, embeddings, logits, contrast."""
        z, broadcast = self.pooling(*self.backbone(pad(frames, lengths), lengths))
        if self.shape.statistics:
            hidden = F.gelu(self.affine["statistics.hidden"](statistics))
            added = self.affine["statistics.output"](hidden)
            z, broadcast = z + added, broadcast + added
        embeddings = self.affine["head.projection"](z)
        logits = self.affine["head.classifier"](embeddings)
        contrast = F.normalize(self.affine["head.projection"](broadcast), dim=1)
        return {"pooled": z, "broadcast": broadcast, "embeddings": embeddings, "logits": logits,
                "contrast": contrast}


def center(embeddings, centers, labels):
    distances = (embeddings - centers[labels]).square().sum(1)
    return distances.clamp(1e-12, 1e12).mean()


def contrastive(unit, labels, temperature):
    """Khosla's L_out; an anchor without a positive counts 0."""
    self = torch.eye(len(labels), dtype=torch.bool)
    positive = (labels[:, None] == labels[None]) & ~self
    log_p = (unit @ unit.T / temperature).masked_fill(self, -torch.inf).log_softmax(1)
    each = -torch.where(positive, log_p, 0.0).sum(1) / positive.sum(1).clamp(min=1)
    return each.mean()


def losses(network, outputs, targets, settings):
    """The terms by name, unweighted (0 where the weight is 0), and their weighted sum."""
    labels = targets.argmax(1)
    smoothed = targets * (1 - settings["labelSmoothing"]) + settings["labelSmoothing"] / targets.shape[1]
    terms = {"kl": lambda: kl(outputs["logits"], smoothed),
             "focal": lambda: focal(settings["focalGamma"])(outputs["logits"], smoothed),
             "center": lambda: center(outputs["embeddings"], network.centers, labels),
             "supcon": lambda: contrastive(outputs["contrast"], labels, settings["temperature"])}
    values = {n: make() if settings[n] > 0 else tensor(0.0) for n, make in terms.items()}
    return values, sum(settings[n] * value for n, value in values.items())


LOSSES = {"kl": 1.0, "focal": 1.0, "focalGamma": 2.0, "center": 0.002, "supcon": 0.1, "temperature": 0.07,
          "labelSmoothing": 0.1}


def batch(random, lengths, shape, mixed):
    """Frames, statistics and label distributions of a batch; a share `mixed` has two classes, the first
    always the greater by far."""
    b, k = len(lengths), shape.classes
    first, second = random.integers(0, k, (2, b))
    share = np.where(random.uniform(size=b) < mixed, random.uniform(0, 0.45, b), 0)[:, None]
    return {"frames": random.normal(size=(sum(lengths), shape.features)),
            "statistics": np.clip(random.normal(size=(b, shape.statistics)), -4, 4),
            "targets": (1 - share) * np.eye(k)[first] + share * np.eye(k)[second]}
