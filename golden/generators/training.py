"""Traces of whole trainings: twenty steps of the PyTorch twin (twin.py) under torch.optim in float64, on
given batches from given weights."""
import numpy as np
import torch

from .fixture import ROUNDING, Fixture
from .network import structure
from .optimizer import COMPACT, PAPER, Optimizer
from .padded import tensor
from .twin import LOSSES, Network, Shape, batch, losses

REASONS = {
    "loss": "float32 logits and embeddings, which carry the roundings of the network and of the weights",
    "norm": "squares are summed in double precision; the gradient carries the roundings of both ways",
    "factor": "powers and cosines in double precision",
    "weights": "each step rounds a weight to half a unit in its last place, and steps of one size round it "
               "the same way every time: half a rounding of the weight and of the greatest one for each "
               "step, and two; and 3e-5 of all learning rates together for what Adam makes of gradients that"
               " are off by a few roundings. (The generator draws the first batch again where the first "
               "gradient of a weight is so near 0 that rounding could turn its sign, and with it Adam's "
               "first step.)",
    "keys": "the key bias of attention moves all scores of a query alike: its gradient is 0, and Adam makes "
            "steps of up to the learning rate of what rounding leaves. They add up to at most all rates "
            "together",
    "untouched": "no loss in use depends on the centers, so they have no gradient and stay as they are",
}
FIXED = {"epochs": 5, "stepsPerEpoch": 4, "gradientClip": 0.0, "weightAveraging": 0.0}
VARIANTS = {
    "paper": (Shape(width=32, heads=16, features=14, statistics=12, statisticsHidden=16, embedding=16),
              dict(LOSSES, labelSmoothing=0.0), dict(PAPER, **FIXED)),
    "compact": (Shape(width=32, heads=16, features=14, statistics=12, statisticsHidden=16, embedding=16),
                LOSSES, dict(COMPACT, **FIXED) | {"gradientClip": 10.0, "weightAveraging": 0.9}),
    "plain": (Shape(width=32, pooling="mean", features=14, statistics=0, embedding=16),
              dict(LOSSES, focal=0.0, center=0.0, supcon=0.0, labelSmoothing=0.0), dict(PAPER, **FIXED)),
}


class Trace:
    """What twenty steps leave behind."""

    def __init__(self, shape, weights, batches, settings):
        self.network = Network(shape)
        self.network.parameters.load(weights)
        self.terms = {n: [] for n in ("kl", "focal", "center", "supcon", "total")}
        self.norms, self.factors = [], []
        named = {n: p for n, (p, _, _) in self.network.parameters.entries.items()}
        self.average = dict(weights)
        optimizer = Optimizer(named, settings)
        for step in range(settings["epochs"] * settings["stepsPerEpoch"]):
            optimizer.adam.zero_grad()
            lengths, frames, statistics, targets = batches[step % len(batches)]
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
    case = fixture.case(label, "trace", **structure(shape), **loss, **settings)
    weights = {n: case.input(n, a) for n, a in Network(shape).parameters.draw(random).items()}
    batches = []
    for n in range(settings["stepsPerEpoch"]):
        lengths = np.r_[random.integers(8, 21, 10), 60]
        arrays = drawn(random, lengths, shape)
        while n == 0 and not certain(shape, weights, lengths, arrays, settings | loss):
            arrays = drawn(random, lengths, shape)
        case.input(f"batch {n} lengths", lengths, np.int64)
        stored = {k: tensor(case.input(f"batch {n} {k}", a)) for k, a in arrays.items()}
        batches.append((lengths, stored["frames"], stored.get("statistics"), stored["targets"]))
    expect(case, Trace(shape, weights, batches, settings | loss), settings | loss)


def drawn(random, lengths, shape):
    arrays = batch(random, lengths, shape, mixed=0.5)
    return arrays if shape.statistics else {n: a for n, a in arrays.items() if n != "statistics"}


def certain(shape, weights, lengths, arrays, settings):
    """Whether no gradient of the first batch, other than the keys' and those that are 0, is within 3e-6 of
    the greatest of its parameter: rounding could then turn its sign."""
    network = Network(shape)
    network.parameters.load(weights)
    stored = {n: tensor(np.float32(a)) for n, a in arrays.items()}
    outputs = network(stored["frames"], lengths, stored.get("statistics"))
    losses(network, outputs, stored["targets"], settings)[1].backward()
    for name, gradient in network.parameters.gradients().items():
        if name.endswith("attention.projection.bias"):
            gradient = np.delete(gradient, np.s_[shape.width:2 * shape.width])
        sizes = np.abs(gradient[gradient != 0])
        if sizes.size and sizes.min() < 3e-6 * sizes.max():
            return False
    return True


def expect(case, exact, settings):
    for name, values in exact.terms.items():
        case.expect_single("loss." + name, values, 16, "loss")
    case.expect("gradientNorm", exact.norms, "norm", relative=80 * ROUNDING)
    case.expect("factor", exact.factors, "factor", absolute=4 * 2.0 ** -53, relative=16 * 2.0 ** -53)
    expect_weights(case, "final.", exact.network.parameters.values(), exact.factors, settings)
    if settings["weightAveraging"]:
        expect_weights(case, "average.", exact.average, exact.factors, settings)


def expect_weights(case, prefix, weights, factors, settings):
    for name, value in weights.items():
        moved = sum(factors) * settings["centerLearningRate" if name == "centers" else "learningRate"]
        if name == "centers" and settings["center"] == 0:
            case.expect_equal(prefix + name, value, "untouched")
            continue
        if name.endswith("attention.projection.bias"):
            query, keys, rest = np.split(value, 3)
            case.expect(prefix + name + ".keys", keys, "keys", absolute=moved)
            value = np.r_[query, rest]
        rounded = (2 + len(factors) / 2) * ROUNDING
        case.expect(prefix + name, value, "weights", relative=rounded,
                    absolute=rounded * np.abs(value).max() + 3e-5 * moved)


def make_training(name, module, seed):
    fixture = Fixture(name, "twenty steps of whole trainings: every loss before every step and every weight "
                            "after the last, with two learning rates, schedules, decay, clipping and "
                            "averaging",
                      ["torch", "numpy"], module, seed)
    for reason, text in REASONS.items():
        fixture.reason(reason, text)
    for label, (shape, loss, settings) in VARIANTS.items():
        trace(fixture, label, shape, loss, settings)
    return fixture


FIXTURES = [("training", make_training)]
