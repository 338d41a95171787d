"""The compact backbone and the whole network, with its losses and every gradient, against the PyTorch twin
(twin.py) in float64 on padded batches."""
import dataclasses

import numpy as np
import torch

from .fixture import Fixture
from .layers import expect_gradients
from .padded import pad, tensor, unpad
from .twin import LOSSES, Backbone, Network, Parameters, Shape, batch, losses

REASONS = {
    "value": "float32 through three convolutions with layer norm and GELU (erf within 5e-7), attention and "
             "pooling: each adds a few roundings of its greatest element, and layer norm passes them on",
    "gradient": "back through the same layers, then summed over the frames of all utterances; roundings of "
                "the greatest element of each parameter's gradient; "
                "FLAM's query has what is left of sums of the scale of the output bias's gradient",
    "key bias": "its gradient is 0: it moves all scores of a query alike. What is left are roundings of the "
                "gradients of single frames, of which the other biases' gradients have the scale",
    "loss": "a mean over the batch, in double precision, of float32 logits and embeddings that carry the "
            "roundings of the whole network; contrastive similarities are divided by 0.07",
    "count": "a count of utterances; the generator draws again where two logits are nearly equal",
}
VALUE, GRADIENT, LOSS = 24, 120, 12


def new(name, proves, module, seed, reasons):
    fixture = Fixture(name, proves, ["torch", "numpy"], module, seed)
    for reason in reasons:
        fixture.reason(reason, REASONS[reason])
    return fixture


def make_backbone(name, module, seed):
    fixture = new(name, "the compact backbone: frames, and the gradients of all its parameters, which see "
                  "no frame of another utterance and no padding", module, seed, ["value", "gradient"])
    for label, lengths, shape in [
            ("unequal", [23, 1, 8, 40, 2], Shape(features=7, kernel=5)), ("one frame", [1], Shape(kernel=3)),
            ("no residual block", [9, 12], Shape(blocks=0)),
            ("two residual blocks", [5, 30], Shape(blocks=2))]:
        random = fixture.random(label)
        case = fixture.case(label, "backbone", blocks=shape.blocks, kernel=shape.kernel, width=shape.width)
        parameters = Parameters()
        backbone = Backbone(shape, parameters)
        parameters.loaded(case, random)
        x = tensor(case.input("input", random.normal(size=(sum(lengths), shape.features))))
        case.input("lengths", lengths, np.int64)
        frames, shortened = backbone(pad(x, lengths), lengths)
        frames = unpad(frames, shortened)
        frames.backward(tensor(case.input("seed", random.normal(size=tuple(frames.shape)))))
        case.expect_single("frames", frames.detach().numpy(), 16, "value")
        expect_gradients(case, parameters, 60)
    return fixture


ELEVEN = [23, 8, 40, 12, 9, 31, 17, 1, 28, 5, 14]
MULTI = dict(LOSSES)


def gradient_cases():
    yield "multi-loss", ELEVEN, Shape(), MULTI
    yield "multi-loss without smoothing", ELEVEN, Shape(width=8), dict(MULTI, labelSmoothing=0.0)
    yield "multi-loss with mean", ELEVEN, Shape(width=8, pooling="mean"), MULTI
    yield "multi-loss with max, no statistics", ELEVEN, Shape(width=8, pooling="max", statistics=0), MULTI
    yield "16 heads", [30, 7, 19], Shape(heads=16), MULTI
    yield "one utterance", [21], Shape(), MULTI
    yield "a full shard", ELEVEN[:8], Shape(kernel=5, blocks=2, width=8), MULTI
    for loss in ("kl", "focal", "center", "supcon"):
        weights = {other: 1.5 if other == loss else 0.0 for other in ("kl", "focal", "center", "supcon")}
        yield f"{loss} alone", ELEVEN[:9], Shape(width=8), dict(MULTI, **weights)


def made(case, shape, lengths, random):
    """A network and a batch, stored as inputs."""
    network = Network(shape)
    network.parameters.loaded(case, random)
    case.input("lengths", lengths, np.int64)
    arrays = batch(random, lengths, shape, mixed=0.5)
    return network, arrays


def structure(shape):
    return {n: v for n, v in dataclasses.asdict(shape).items() if n not in ("features", "statistics")}


def outputs_of(network, case, arrays, lengths):
    frames = tensor(case.input("frames", arrays["frames"]))
    values = tensor(case.input("statistics", arrays["statistics"])) if network.shape.statistics else None
    return network(frames, lengths, values)


def certain(network, arrays, lengths):
    """Whether no maximum, be it over frames or over logits, is closer than rounding could turn."""
    frames, values = tensor(arrays["frames"]), tensor(arrays["statistics"])
    with torch.no_grad():
        top = network(frames, lengths, values)["logits"].topk(2, 1).values
        h, shortened = network.backbone(pad(frames, lengths), lengths)
        firsts = [h[:n].topk(2, 0).values for h, n in zip(h, shortened) if n > 1]
    if network.shape.pooling == "max" and min((two[0] - two[1]).min() for two in firsts) < 1e-4:
        return False
    return (top[:, 0] - top[:, 1]).min() > 1e-3


def make_network(name, module, seed):
    fixture = new(name, "the whole network: pooled vectors, embeddings, logits, contrast vectors, the four "
                  "losses and the gradient of every parameter, over batches of one shard and of more",
                  module, seed, REASONS)
    for pooling in ("flam", "mean", "max"):
        for statistics in (5, 0):
            lengths, shape = [23, 8, 40, 1], Shape(pooling=pooling, statistics=statistics, width=8)
            random = fixture.random("forward", pooling, statistics)
            case = fixture.case(f"forward {pooling} {statistics}", "forward", **structure(shape))
            network, arrays = made(case, shape, lengths, random)
            for output, value in outputs_of(network, case, arrays, lengths).items():
                case.expect_single(output, value.detach().numpy(), VALUE, "value")
    for label, lengths, shape, settings in gradient_cases():
        random = fixture.random("gradient", label)
        case = fixture.case(label, "gradient", **structure(shape), **settings)
        network, arrays = made(case, shape, lengths, random)
        while not certain(network, arrays, lengths):
            arrays = batch(random, lengths, shape, mixed=0.5)
        outputs = outputs_of(network, case, arrays, lengths)
        targets = tensor(case.input("targets", arrays["targets"]))
        terms, total = losses(network, outputs, targets, settings)
        total.backward()
        values = [x.item() for x in (*terms.values(), total)]
        case.expect_single("terms", values, LOSS, "loss")
        correct = (outputs["logits"].argmax(1) == targets.argmax(1)).sum().item()
        case.expect_equal("correct", [correct], "count")
        expect_gradients(case, network.parameters, GRADIENT)
    return fixture


FIXTURES = [("backbone", make_backbone), ("network", make_network)]
