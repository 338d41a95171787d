"""Every operation of the tape, value and gradients: PyTorch in float64, sequences padded and masked."""
import numpy as np
import torch
import torch.nn.functional as F

from .fixture import ROUNDING, Fixture
from .padded import GARBAGE, leaf, mask, pad, tensor, unpad

SHAPES = [(1, 1), (3, 5), (7, 13), (17, 33), (1, 19)]
LENGTHS = {"one frame": [1], "one": [9], "ones": [1, 1, 1], "unequal": [5, 1, 16, 2], "long": [33, 18, 7]}

REASONS = {
    "exact": "nothing is rounded: values are copied, chosen or halved",
    "rounded": "one to three roundings per element, each of half a unit in its last place, and nothing else",
    "gelu": "erf is a rational approximation within 5e-7, stated in exponential.h; times x/2 in the value, "
            "and times the incoming gradient in the derivative, which has an exp within 2 ULP beside it",
    "product": "float32 sums of products, in blocks: 6 roundings of the greatest sum of magnitudes or, where"
               " only its size is known, of the spread of a sum of as many terms",
    "layer norm": "x - mean loses what the rounding of x's own magnitude loses, and is then divided by the "
                  "deviation: roundings of max|x|/deviation where that is greater than the result, and in "
                  "the gradient as far as the row has a spread for it to act on",
    "softmax": "exp within 2 ULP of a float32 difference, and a float32 sum of up to 33 terms; at most the "
               "least normal number where exp is taken as 0",
    "pooled": "float32 sums over the frames of a sequence, one rounding per frame, mostly cancelling",
    "unit": "norms and products are taken in double precision; each element is rounded once",
    "double": "computed in double precision: roundings of 2^-53, some per term",
}


class Maker:
    """Makes cases of the fixture; each draws from a generator of its own."""

    def __init__(self, fixture):
        self.fixture = fixture
        for name, text in REASONS.items():
            fixture.reason(name, text)

    def case(self, name, operation, inputs, function, tolerance, gradients=None, lengths=None, **parameters):
        """One case: `function` of float64 leaves, its value and gradients under a random seed gradient.
        A tolerance is (roundings, reason, scale), or such a triple for each input in `gradients`."""
        case = self.fixture.case(name, operation, **parameters)
        leaves = [leaf(case.input(n, a)) for n, a in inputs.items()]
        if lengths is not None:
            case.input("lengths", lengths, np.int64)
        output = function(*leaves)
        seed = case.input("seed", self.fixture.random(name, "seed").normal(size=tuple(output.shape)))
        output.backward(tensor(seed))
        expect(case, "output", output.detach().numpy(), tolerance)
        for n, x in zip(inputs, leaves):
            expect(case, "d" + n[0].upper() + n[1:], x.grad.numpy(), (gradients or {}).get(n, tolerance))


def expect(case, name, array, tolerance):
    roundings, reason, scale = tolerance
    if roundings == 0:
        case.expect_equal(name, array, reason)
    else:
        case.expect_single(name, array, roundings, reason, scale=scale)


EXACT = (0, "exact", None)
ROUNDED = (2, "rounded", 0)


def elementwise(maker, random):
    for shape in SHAPES[:3] + SHAPES[4:]:
        x, y = random.normal(size=(2, *shape))
        label = f"{shape[0]}x{shape[1]}"
        maker.case(f"sum {label}", "sum", {"x": x, "y": y}, torch.add, ROUNDED, {"x": EXACT, "y": EXACT})
        maker.case(f"mean {label}", "mean of two", {"x": x, "y": y}, lambda x, y: (x + y) / 2, ROUNDED,
                   {"x": EXACT, "y": EXACT})
        factor = float(np.float32(random.normal()))
        maker.case(f"scaled {label}", "scaled", {"x": x}, lambda x: x * factor, ROUNDED, factor=factor)
        x.flat[:2] = [0.0, -0.0][:x.size]
        maker.case(f"relu {label}", "relu", {"x": x}, F.relu, EXACT)
        gelu(maker, f"gelu {label}", 2 * x)
    sign = random.choice([-1, 1], 60)
    gelu(maker, "gelu tails", (sign * np.r_[1:31, random.uniform(4, 40, 28), 39, 40]).reshape(6, 10))
    tiny = random.choice([-1, 1], 35) * 10.0 ** -random.uniform(3, 30, 35)
    maker.case("gelu tiny", "gelu", {"x": tiny.reshape(5, 7)}, F.gelu, (8, "rounded", 0))


def gelu(maker, name, x):
    greatest = np.abs(x).max()
    value = (2, "gelu", greatest / 2 * (5e-7 + 4 * ROUNDING) / (2 * ROUNDING))
    slope = (2, "gelu", 4 * (5e-7 / 2 + 4 * ROUNDING) / (2 * ROUNDING))
    maker.case(name, "gelu", {"x": x}, F.gelu, value, {"x": slope})


def products(maker, random):
    for n, i, o in [(1, 1, 1), (3, 5, 7), (17, 33, 13), (1, 33, 5), (7, 13, 1), (40, 7, 16)]:
        x, w, b = random.normal(size=(n, i)), random.normal(size=(i, o)), random.normal(size=o)
        label = f"{n}x{i}x{o}"
        seed = (np.abs(maker.fixture.random(f"affine {label}", "seed").normal(size=(n, o))))
        scales = {"x": (6, "product", (seed @ np.abs(w).T).max()),
                  "weight": (6, "product", (np.abs(x).T @ seed).max()),
                  "bias": (6, "product", seed.sum(0).max())}
        value = (6, "product", (np.abs(x) @ np.abs(w) + np.abs(b)).max())
        maker.case(f"affine {label}", "affine", {"x": x, "weight": w, "bias": b},
                   lambda x, w, b: F.linear(x, w.T, b), value, scales)
        if (n, i) not in ((3, 5), (17, 33), (1, 33)):
            continue
        maker.case(f"affine without bias {label}", "affine", {"x": x, "weight": w},
                   lambda x, w: F.linear(x, w.T), value, scales)
        for transposed, (a, b) in {"none": (x, w), "first": (x.T, w), "second": (x, w.T)}.items():
            case = maker.fixture.case(f"product {transposed} {label}", "product", transposed=transposed)
            a, b = tensor(case.input("a", a)), tensor(case.input("b", b))
            a, b = a.T if transposed == "first" else a, b.T if transposed == "second" else b
            expect(case, "output", torch.matmul(a, b).numpy(), value)
    for n, d in SHAPES + [(40, 3)]:
        case = maker.fixture.case(f"reductions {n}x{d}", "reductions")
        x = tensor(case.input("x", random.normal(size=(n, d))))
        expect(case, "columnSums", x.sum(0).numpy(), (6, "product", x.abs().sum(0).max().item()))
        case.expect("sumOfSquares", x.square().sum().reshape(1).numpy(), "double", relative=1e-15 * 8)


def layer_norms(maker, random):
    for n, d in [(3, 5), (7, 13), (17, 33), (1, 64)]:
        layer_norm(maker, f"layer norm {n}x{d}", random.normal(size=(n, d)), random)
    layer_norm(maker, "layer norm far from 0", 50 + random.normal(size=(5, 16)), random)
    layer_norm(maker, "layer norm of constant rows", random.normal(size=(4, 1)) + np.zeros((4, 33)), random)
    layer_norm(maker, "layer norm of nearly constant rows",
               random.normal(size=(4, 1)) + 1e-4 * random.normal(size=(4, 33)), random)
    layer_norm(maker, "layer norm of large rows", 1e6 * random.normal(size=(4, 33)), random)
    layer_norm(maker, "layer norm of small rows", 1e-4 * random.normal(size=(4, 33)), random)
    layer_norm(maker, "layer norm of one feature", random.normal(size=(3, 1)), random)


def layer_norm(maker, name, x, random):
    d = x.shape[1]
    gain, bias = random.normal(size=(2, d))
    x = x.astype(np.float32).astype(np.float64)
    deviation = np.sqrt(x.var(1) + 1e-5).min()
    spread = np.abs(x - x.mean(1, keepdims=True)).max() / deviation
    amplified = max(1.0, np.abs(x).max() / deviation)
    greatest = np.abs(gain).max()
    maker.case(name, "layer norm", {"x": x, "gain": gain, "bias": bias},
               lambda x, g, b: F.layer_norm(x, (d,), g, b, 1e-5),
               (6, "layer norm", greatest * amplified + np.abs(bias).max()),
               {"x": (4, "layer norm", 4 * greatest * (1 + amplified * min(1, spread)) / deviation),
                "gain": (6, "layer norm", 2 * len(x) ** 0.5 * amplified),
                "bias": (6, "layer norm", 2 * len(x) ** 0.5)})


def convolutions(maker, random):
    for label, lengths, taps, i, o, stride in [
            ("one frame", [1], 5, 2, 3, 1), ("residual", [9, 1, 4], 5, 6, 6, 1),
            ("by 2", [9, 1, 4, 17], 5, 3, 7, 2),
            ("by 3", [7, 1, 2, 3, 12], 3, 5, 4, 3), ("point", [4, 3], 1, 3, 2, 1),
            ("even", [8, 2, 6], 3, 4, 5, 2),
            ("longer than the sequence", [2, 1, 3], 7, 3, 3, 2)]:
        x = random.normal(size=(sum(lengths), i))
        w, b = random.normal(size=(taps * i, o)), random.normal(size=o)
        rows = sum(-(-n // stride) for n in lengths)
        scale = (taps * i) ** 0.5 * 6
        maker.case(f"convolution {label}", "convolution", {"x": x, "weight": w, "bias": b},
                   lambda x, w, b: convolution(x, w, b, lengths, stride), (6, "product", scale),
                   {"x": (6, "product", 6 * (taps * o) ** 0.5), "weight": (6, "product", 6 * rows ** 0.5),
                    "bias": (6, "product", 6 * rows ** 0.5)}, lengths=lengths, stride=stride)


def convolution(x, weight, bias, lengths, stride):
    i, o = x.shape[1], weight.shape[1]
    taps = len(weight) // i
    kernel = weight.reshape(taps, i, o).permute(2, 1, 0)
    y = F.conv1d(pad(x, lengths, fill=0).transpose(1, 2), kernel, bias, stride, (taps - 1) // 2)
    return unpad(y.transpose(1, 2), [-(-n // stride) for n in lengths])


def softmax(scores, lengths):
    return unpad(pad(scores, lengths, fill=-np.inf).softmax(1), lengths)


def weighted_sum(x, weights, lengths):
    return torch.einsum("std,st->sd", pad(x, lengths), pad(weights, lengths, fill=0)[..., 0])


def poolings(maker, random):
    for label, lengths in LENGTHS.items():
        n, d = sum(lengths), int(random.integers(3, 20))
        x, weights = random.normal(size=(n, d)), random.uniform(0, 1, (n, 1))
        scale = max(lengths) ** 0.5 * 3
        maker.case(f"weighted sum {label}", "weighted sum", {"x": x, "weights": weights},
                   lambda x, w: weighted_sum(x, w, lengths), (4, "pooled", scale),
                   {"x": ROUNDED, "weights": (4, "pooled", d ** 0.5 * 3)}, lengths=lengths)
        maker.case(f"mean {label}", "mean", {"x": x}, lambda x: mean(x, lengths), (4, "pooled", 2.0),
                   {"x": (4, "rounded", 0)}, lengths=lengths)
        maker.case(f"maximum {label}", "maximum", {"x": distinct(random, n, d)},
                   lambda x: maximum(x, lengths), EXACT, lengths=lengths)
        softmax_case(maker, label, 2 * random.normal(size=(n, 1)), lengths)
    lengths = [6, 3, 1, 4]
    ties = random.integers(-1, 2, (14, 5))
    maker.case("maximum with ties", "maximum", {"x": ties}, lambda x: maximum(x, lengths), EXACT,
               lengths=lengths)
    scores = [1e4, -1e4, 0, 1e4, 3, -88, -1e4, -1e4, -1e4 + 1, 1e4, 86.5, 0, 1, -5]
    softmax_case(maker, "extreme", np.array(scores)[:, None], lengths)


def softmax_case(maker, label, scores, lengths):
    maker.case(f"softmax {label}", "softmax", {"scores": scores}, lambda s: softmax(s, lengths),
               (4, "softmax", 1.0), {"scores": (4, "softmax", 2.5)}, lengths=lengths)


def mean(x, lengths):
    return torch.where(mask(lengths)[..., None], pad(x, lengths), torch.nan).nanmean(1)


def maximum(x, lengths):
    """PyTorch's max over an axis documents that of equal values the first is taken, gradient and all."""
    return pad(x, lengths, fill=-GARBAGE).max(1).values


def distinct(random, n, d):
    """Columns without two equal values: where the maximum is, is then not in doubt."""
    return random.permuted(np.tile(np.linspace(-3, 3, n)[:, None], (1, d)), axis=0) - random.uniform(0, 1, d)


def unit_rows(maker, random):
    def normalized(x):
        return F.normalize(x, dim=1, eps=1e-12)
    for n, d in SHAPES:
        x = random.normal(size=(n, d)) * 10.0 ** random.uniform(-3, 3, (n, 1))
        norms = np.linalg.norm(x.astype(np.float32), axis=1)
        maker.case(f"unit rows {n}x{d}", "unit rows", {"x": x}, normalized, (2, "unit", 0.5),
                   {"x": (2, "unit", 4 / norms.min())})
    maker.case("unit rows of zeros", "unit rows", {"x": np.zeros((2, 5))}, normalized, EXACT,
               {"x": (2, "rounded", 0)})


def log_softmaxes(maker, random):
    rows = {"one": [0.5], "two": [0.1, -2], "usual": 3 * random.normal(size=9),
            "extreme": [1e4, -1e4, 0, 1e4], "low": [-1e4, -1e4 - 1], "apart": [0, 700, -700, 36.5]}
    for label, row in rows.items():
        case = maker.fixture.case(f"log softmax {label}", "log softmax")
        x = case.input("x", row, np.float64)
        case.expect("output", torch.log_softmax(tensor(x), 0).numpy(), "double",
                    absolute=10 * 2.0 ** -53 * max(1, np.abs(x).max()))


def make_operations(name, module, seed):
    fixture = Fixture(
        name, "every operation of the tape and its derivative rule, on odd shapes, single frames, packed "
        "sequences of unequal lengths against padded and masked ones, and extreme values",
        ["torch", "numpy"], module, seed)
    maker = Maker(fixture)
    for family in (elementwise, products, layer_norms, convolutions, poolings, unit_rows,
                   log_softmaxes):
        family(maker, fixture.random(family.__name__))
    return fixture


FIXTURES = [("operations", make_operations)]
