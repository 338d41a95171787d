"""Frame pooling against the formulas of docs/method.md, step by step on every context-broadcast frame, with
PyTorch's MultiheadAttention: float64, padded batches with masks."""
import numpy as np
import torch

from .fixture import Fixture
from .padded import leaf, mask, pad, tensor, unpad
from .twin import Parameters, Pooling, Shape

REASONS = {
    "value": "float32 products, exponentials within 2 ULP and sums over a sequence; roundings of the "
             "greatest element, which is of the size of what is summed",
    "gradient": "as for the values, twice through the same products; a parameter's gradient is a sum over "
                "all frames, of which the greatest element is the scale; "
                "FLAM's query has what is left of sums of the scale of the output bias's gradient",
    "key bias": "its gradient is 0: it moves all scores of a query alike. What is left are roundings of the "
                "gradients of single frames, of which the other biases' gradients have the scale",
}


def expect_gradients(case, parameters, roundings):
    """The gradient of every parameter. The keys' share of the projection bias, whose gradient is 0 in exact
    arithmetic, stands on its own."""
    gradients = parameters.gradients()
    for name, gradient in gradients.items():
        scale = np.abs(gradient).max()
        if name == "flam.query":  # what is left of such sums when the mean over a sequence is taken off
            scale = max(scale, np.abs(gradients["flam.attention.output.bias"]).max())
        if name.endswith("attention.projection.bias"):
            query, key, value = np.split(gradient, 3)
            case.expect_single("gradient." + name, np.r_[query, value], roundings, "gradient")
            case.expect_single("gradient." + name + ".keys", key, roundings, "key bias", scale=scale)
        else:
            case.expect_single("gradient." + name, gradient, roundings, "gradient", scale=scale)


def make_pooling(name, module, seed):
    fixture = Fixture(name, "FLAM, mean and maximum pooling, of the frames and of every context-broadcast "
                            "frame, and all gradients", ["torch", "numpy"], module, seed)
    for reason, text in REASONS.items():
        fixture.reason(reason, text)
    for pooling in ("flam", "mean", "max"):
        cases = [("unequal", 4, 12, [9, 1, 4, 17]), ("16 heads", 16, 32, [21, 5]), ("one frame", 1, 5, [1])]
        if pooling == "flam":  # heads and sequences on both sides of what kernels treat alike
            cases += [("8 to a head", 2, 16, [33, 16]), ("16 to a head", 2, 32, [15, 17]),
                      ("24 to a head", 2, 48, [37, 1, 16]), ("64 to a head", 1, 64, [3, 18])]
        for label, heads, width, lengths in cases:
            shape = Shape(width=width, heads=heads, pooling=pooling)
            case = fixture.case(f"{pooling} {label}", "pooling", pooling=pooling, heads=heads)
            pooled_case(case, shape, lengths, fixture.random(pooling, label))
    return fixture


def pooled_case(case, shape, lengths, random):
    parameters = Parameters()
    layer = Pooling(shape, parameters)
    parameters.loaded(case, random)
    frames = random.normal(size=(sum(lengths), shape.width))
    if shape.pooling == "max":  # a maximum that is in no doubt
        frames = random.permuted(np.tile(np.linspace(-2, 2, len(frames))[:, None], (1, shape.width)), axis=0)
    frames = leaf(case.input("frames", frames))
    case.input("lengths", lengths, np.int64)
    outputs = dict(zip(("pooled", "broadcast"), layer(pad(frames, lengths), lengths)))
    seeds = [tensor(case.input(n + "Seed", random.normal(size=tuple(x.shape)))) for n, x in outputs.items()]
    torch.autograd.backward(list(outputs.values()), seeds)
    for name, output in outputs.items():
        case.expect_single(name, output.detach().numpy(), 12, "value")
    roundings = 20 if shape.pooling == "flam" else 4
    case.expect_single("dFrames", frames.grad.numpy(), roundings, "gradient")
    expect_gradients(case, parameters, roundings)


FIXTURES = [("pooling", make_pooling)]
