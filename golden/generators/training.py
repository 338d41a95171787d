"""Traces of whole trainings: twenty steps of the PyTorch twin (twin.py) under torch.optim in float64, on given
batches from given weights."""
import numpy as np
import torch

from .network import Shape, structure
from .fixture import ROUNDING, Fixture
from .optimizer import COMPACT, PAPER, Optimizer
from .padded import tensor
from .twin import LOSSES, Network, batch, losses

REASONS = {}
FIXED = {"epochs": 4, "stepsPerEpoch": 5, "gradientClip": 0.0, "weightAveraging": 0.0}
VARIANTS = {
    "paper": (Shape(width=32, heads=16, features=20, statistics=12, statisticsHidden=16, embedding=16, kernel=3),
              dict(LOSSES, labelSmoothing=0.0), dict(PAPER, **FIXED)),
    "compact": (Shape(width=32, heads=16, features=20, statistics=12, statisticsHidden=16, embedding=16, kernel=3),
                LOSSES, dict(COMPACT, **FIXED) | {"gradientClip": 2.5, "weightAveraging": 0.9}),
    "plain": (Shape(width=32, pooling="mean", features=20, statistics=0, embedding=16, kernel=5),
              dict(LOSSES, focal=0.0, center=0.0, supcon=0.0, labelSmoothing=0.0), dict(PAPER, **FIXED)),
}


class Trace:
    """What twenty steps leave behind."""

    def __init__(self, shape, weights, batches, settings, dtype):
        self.network = Network(shape, dtype)
        self.network.parameters.load(weights)
        self.terms, self.norms, self.factors = {n: [] for n in ("kl", "focal", "center", "supcon", "total")}, [], []
        named = {n: p for n, (p, _, _) in self.network.parameters.entries.items()}
        self.average = dict(weights)
        optimizer = Optimizer(named, settings)
        for step in range(settings["epochs"] * settings["stepsPerEpoch"]):
            optimizer.adam.zero_grad()
            lengths, frames, statistics, targets = batches[step % len(batches)]
            frames, targets = frames.to(dtype), targets.to(dtype)
            statistics = None if statistics is None else statistics.to(dtype)
            terms, total = losses(self.network, self.network(frames, lengths, statistics), targets, settings)
            total.backward()
            for name, value in (terms | {"total": total}).items():
                self.terms[name].append(value.item())
            limit = settings["gradientClip"] or torch.inf
            norm = torch.nn.utils.clip_grad_norm_([p for p in named.values() if p.grad is not None], limit)
            self.norms.append(norm.item())
            self.factors.append(optimizer.factor)
            optimizer.step()
            share = min(settings["weightAveraging"], (2 + step) / (11 + step))
            self.average = {n: share * self.average[n] + (1 - share) * value
                            for n, value in self.network.parameters.values().items()}


def trace(fixture, label, shape, loss, settings):
    random = fixture.random(label)
    model = {n: v for n, v in structure(shape).items()}
    case = fixture.case(label, "trace", **model, **loss, **settings)
    weights = Network(shape).parameters.draw(random)
    weights = {n: case.input(n, a) for n, a in weights.items()}
    batches = []
    for n in range(settings["stepsPerEpoch"]):
        lengths = random.integers(8, 41, 11)
        arrays = batch(random, lengths, shape, mixed=0.5)
        case.input(f"batch {n} lengths", lengths, np.int64)
        if not shape.statistics:
            del arrays["statistics"]
        stored = {k: tensor(case.input(f"batch {n} {k}", a)) for k, a in arrays.items()}
        batches.append((lengths, stored["frames"], stored.get("statistics"), stored["targets"]))
    expect(case, Trace(shape, weights, batches, settings | loss, torch.float64), settings)


def expect(case, exact, settings):
    for name, values in exact.terms.items():
        case.expect_single("loss." + name, values, 100, "loss")
    case.expect("gradientNorm", exact.norms, "norm", relative=100 * ROUNDING)
    case.expect("factor", exact.factors, "factor", absolute=4 * 2.0 ** -53, relative=16 * 2.0 ** -53)
    moved = sum(exact.factors)
    kinds = {"final": exact.network.parameters.values()}
    if settings["weightAveraging"]:
        kinds["average"] = exact.average
    for kind, values in kinds.items():
        for name, value in values.items():
            rate = moved * settings["centerLearningRate" if name == "centers" else "learningRate"]
            parts = {name: value}
            if name.endswith("attention.projection.bias"):
                query, key, rest = np.split(value, 3)
                parts = {name: np.r_[query, rest], name + ".keys": key}
            for part, value in parts.items():
                reason, share = ("keys", 1.0) if part.endswith("keys") else ("weights", 0.01)
                absolute = share * rate + 10 * ROUNDING * np.abs(value).max()
                case.expect(f"{kind}.{part}", value, reason, absolute=absolute)


def make_training(name, module, seed):
    fixture = Fixture(name, "twenty steps of whole trainings: every loss before every step and every weight after "
                      "the last, with two learning rates, schedules, decay, clipping and averaging",
                      ["torch", "numpy"], module, seed)
    for reason in ("loss", "norm", "factor", "weights", "keys"):
        fixture.reason(reason, REASONS.get(reason, "x"))
    for label, (shape, loss, settings) in VARIANTS.items():
        trace(fixture, label, shape, loss, settings)
    return fixture


FIXTURES = [("training", make_training)]
