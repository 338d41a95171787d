"""Adam and AdamW, learning-rate schedules and clipping of gradients against torch.optim and
torch.nn.utils in float64; the running mean of weights, which has no reference, in NumPy."""
import numpy as np
import torch
import torch.nn.functional as F

from .fixture import ROUNDING, Fixture
from .padded import leaf, tensor
from .twin import center

PAPER = {"learningRate": 1e-4, "centerLearningRate": 5e-3, "beta1": 0.9, "beta2": 0.98, "epsilon": 1e-9,
         "weightDecay": 0.0, "schedule": "exponential", "epochs": 10, "stepsPerEpoch": 5, "decay": 0.875,
         "warmup": 0.3}
COMPACT = dict(PAPER, learningRate=2e-3, weightDecay=1e-2, schedule="one-cycle")

REASONS = {
    "weights": "each step rounds a weight to half a unit in its last place, and steps of one size round it "
               "the same way every time, as does the factor of the decay: half a rounding of the weight and "
               "of the greatest one for each step, and four",
    "idle": "a parameter without a gradient is left alone, decay or not",
    "losses": "float32 logits from weights that carry the roundings of the steps before",
    "learned": "half a rounding of the weight and of the greatest one for each step, and what Adam makes of "
               "gradients that are off by a few: 2e-5 of all learning rates together",
    "norm": "squares are summed in double precision",
    "clipped": "one factor, rounded to float32, and one product; PyTorch divides by the norm plus 1e-6, "
               "which for norms above 5 is less than 2e-7 of it",
    "unclipped": "a gradient within the limit is left as it is",
    "average": "two products and a sum at each step, of numbers up to the greatest weight; errors of earlier"
               " steps fade with the weights they came with",
}


class Optimizer:
    """PyTorch's optimiser and schedule for named parameters, as a user of PyTorch would set them up."""

    def __init__(self, named, settings):
        s = settings
        groups = {(rate, decay): [] for rate in ("learningRate", "centerLearningRate")
                  for decay in (True, False)}
        for name, parameter in named.items():
            decays = s["weightDecay"] > 0 and (
                name.endswith("weight") or name in ("matrix", "idle", "flam.query"))
            groups["centerLearningRate" if name == "centers" else "learningRate", decays].append(parameter)
        groups = [{"params": p, "lr": s[rate], "weight_decay": s["weightDecay"] * decays}
                  for (rate, decays), p in groups.items() if p]
        kind = torch.optim.AdamW if s["weightDecay"] > 0 else torch.optim.Adam
        self.adam = kind(groups, betas=(s["beta1"], s["beta2"]), eps=s["epsilon"])
        self.schedule, self.period = schedule(self.adam, s)
        self.steps, self.rate = 0, s["learningRate"]

    @property
    def factor(self):
        return self.adam.param_groups[0]["lr"] / self.rate

    def step(self):
        self.adam.step()
        self.steps += 1
        if self.schedule and self.steps % self.period == 0:
            self.schedule.step()


def schedule(optimizer, s):
    """The scheduler, and after how many steps it is called."""
    if s["schedule"] == "exponential":
        return torch.optim.lr_scheduler.ExponentialLR(optimizer, s["decay"]), s["stepsPerEpoch"]
    if s["schedule"] == "one-cycle":
        return torch.optim.lr_scheduler.OneCycleLR(
            optimizer, [g["lr"] for g in optimizer.param_groups],
            total_steps=s["epochs"] * s["stepsPerEpoch"], pct_start=s["warmup"],
            anneal_strategy="cos", cycle_momentum=False, div_factor=25, final_div_factor=1e4), 1
    return None, 1


def given(fixture, label, settings):
    random = fixture.random("given", label)
    case = fixture.case(f"given gradients {label}", "given gradients", **settings)
    shapes = {"matrix": (4, 9), "bias": (1, 7), "centers": (3, 5), "idle": (2, 3)}
    parameters = {n: leaf(case.input(n, random.normal(size=s))) for n, s in shapes.items()}
    gradients = {}
    for name, shape in list(shapes.items())[:3]:
        count = shape[0] * shape[1]
        values = random.normal(size=(50, count)) * 10.0 ** random.uniform(-8, 3, count)
        values[random.uniform(size=values.shape) < 0.1] = 0
        values[:, random.uniform(size=count) < 0.1] = 0
        gradients[name] = tensor(case.input(name + ".gradients", values))
    optimizer = Optimizer(parameters, settings)
    for step in range(50):
        for name, values in gradients.items():
            parameters[name].grad = values[step].reshape(shapes[name])
        optimizer.step()
        if step + 1 in (1, 10, 50):
            for name, p in parameters.items():
                value = p.detach().numpy().copy()
                if name == "idle":
                    case.expect_equal(f"{name} after {step + 1}", value, "idle")
                else:
                    case.expect_single(f"{name} after {step + 1}", value, 4 + (step + 1) / 2, "weights")


def regression(fixture, label, settings):
    random = fixture.random("regression", label)
    case = fixture.case(f"regression {label}", "regression", **settings)
    b, features, e, k = 12, 6, 4, 3
    x = tensor(case.input("x", random.normal(size=(b, features))))
    share = random.uniform(0, 0.4, (b, 1))
    y = (1 - share) * np.eye(k)[random.integers(0, k, b)] + share * np.eye(k)[random.integers(0, k, b)]
    y = tensor(case.input("targets", y))
    shapes = {"embed.weight": (features, e), "embed.bias": (e,), "classify.weight": (e, k),
              "classify.bias": (k,), "centers": (k, e)}
    parameters = {n: leaf(case.input(n, random.normal(size=s) * 0.5)) for n, s in shapes.items()}
    optimizer = Optimizer(parameters, settings)
    losses, moved = [], 0.0
    for _ in range(50):
        optimizer.adam.zero_grad()
        embeddings = x @ parameters["embed.weight"] + parameters["embed.bias"]
        logits = embeddings @ parameters["classify.weight"] + parameters["classify.bias"]
        loss = F.kl_div(logits.log_softmax(1), y, reduction="batchmean")
        loss = loss + 0.125 * center(embeddings, parameters["centers"], y.argmax(1))
        loss.backward()
        losses.append(loss.item())
        moved += optimizer.factor
        optimizer.step()
    case.expect_single("losses", losses, 16, "losses")
    for name, p in parameters.items():
        rate = settings["centerLearningRate" if name == "centers" else "learningRate"]
        value = p.detach().numpy()
        case.expect("final." + name, value, "learned",
                    relative=27 * ROUNDING,
                    absolute=27 * ROUNDING * np.abs(value).max() + 2e-5 * moved * rate)


def clipping(fixture):
    for label, length, limit in [("above", 6.5, 5.0), ("far above", 1e6, 5.0), ("below", 4.0, 5.0),
                                 ("far below", 0.1, 5.0), ("none", 1e3, 0.0)]:
        random = fixture.random("clipping", label)
        case = fixture.case(f"clipping {label}", "clipping", limit=limit)
        arrays = {"first": random.normal(size=(5, 7)), "second": random.normal(size=9)}
        arrays["first"][1] = 0
        norm = np.sqrt(sum((array ** 2).sum() for array in arrays.values()))
        arrays = {name: array * length / norm for name, array in arrays.items()}
        gradients = []
        for name, array in arrays.items():
            gradients.append(torch.zeros(array.shape, dtype=torch.float64))
            gradients[-1].grad = tensor(case.input(name, array))
        norm = torch.nn.utils.clip_grad_norm_(gradients, limit or torch.inf)
        case.expect("norm", norm.reshape(1).numpy(), "norm", relative=16 * 2.0 ** -53)
        for name, gradient in zip(arrays, gradients):
            if 0 < limit < norm:
                case.expect_single("clipped " + name, gradient.grad.numpy(), 10, "clipped", scale=0)
            else:
                case.expect_equal("clipped " + name, gradient.grad.numpy(), "unclipped")


def averaging(fixture):
    for decay in (0.99, 0.5, 0.05):
        random = fixture.random("averaging", decay)
        case = fixture.case(f"averaging {decay}", "averaging", decay=decay)
        start = case.input("start", random.normal(size=11))
        targets = case.input("targets", np.cumsum(random.normal(size=(40, 11)), 0) * 0.2)
        average, expected = start, []
        for t, target in enumerate(targets, 1):
            average = average + (1 - min(decay, (1 + t) / (10 + t))) * (target - average)
            expected.append(average)
        case.expect_single("average", expected, 8, "average")


def make_optimizer(name, module, seed):
    fixture = Fixture(name, "Adam and AdamW on given gradients and on those of a small problem, with two "
                            "learning rates; clipping of the gradient's norm; the running mean of the "
                            "weights",
                      ["torch", "numpy"], module, seed)
    for reason, text in REASONS.items():
        fixture.reason(reason, text)
    variants = {"paper": PAPER, "compact": COMPACT,
                "strong decay": dict(PAPER, schedule="constant", learningRate=1e-2, weightDecay=0.3)}
    for label, settings in variants.items():
        given(fixture, label, settings)
        regression(fixture, label, settings)
    clipping(fixture)
    averaging(fixture)
    return fixture


def make_schedule(name, module, seed):
    fixture = Fixture(name, "the factor on the learning rates at every step, against ExponentialLR and "
                      "OneCycleLR", ["torch", "numpy"], module, seed)
    fixture.reason("power", "a power in double precision against as many products, each rounded to 2^-53")
    fixture.reason("cosine", "cosines in double precision; 1 + cos loses half a unit of 1 where it is near 0")
    fixture.reason("constant", "always 1")
    random = fixture.random()
    for n, kind in enumerate(["constant", "exponential", "exponential"] + 5 * ["one-cycle"]):
        settings = {"schedule": kind, "epochs": int(random.integers(2, 21)),
                    "decay": float(random.uniform(0.5, 1)), "stepsPerEpoch": int(random.integers(1, 12)),
                    "warmup": float(random.uniform(0.05, 0.6))}
        if n in (1, 3):
            settings |= {"decay": 0.875, "warmup": 0.3, "epochs": 20, "stepsPerEpoch": 9}
        if n == 7:
            settings["warmup"] = 0.0
        case = fixture.case(f"{kind} {n}", "factors", **settings)
        optimizer = Optimizer({"w": leaf([0.0])}, dict(PAPER, **settings, learningRate=1.0))
        factors = []
        for _ in range(settings["epochs"] * settings["stepsPerEpoch"]):
            factors.append(optimizer.factor)
            optimizer.step()
        if kind == "constant":
            case.expect_equal("factors", factors, "constant")
        elif kind == "exponential":
            case.expect("factors", factors, "power", relative=(4 + settings["epochs"]) * 2.0 ** -53)
        else:
            case.expect("factors", factors, "cosine", absolute=4 * 2.0 ** -53, relative=8 * 2.0 ** -53)
    return fixture


FIXTURES = [("optimizer", make_optimizer), ("schedule", make_schedule)]
