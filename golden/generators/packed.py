"""Products with packed matrices, by which frozen networks compute, in floats and in 16-bit integers (NumPy)."""
import numpy as np
from scipy.special import erf

from .fixture import ROUNDING, Fixture

BLOCK = 256  # values of k that share a scale
LEFT, RIGHT = 4095, 2047  # the greatest integers: 13 bits with the sign for A, 12 for B

REASONS = {
    "floats": "float32 sums of products, in blocks of 256: 6 roundings of the greatest sum of magnitudes",
    "integers": "integers are rounded as stated and their sums exact; what is left are roundings of the scales, of "
                "their product, of a sum's conversion and of each addition: 6 of the greatest sum of magnitudes",
    "gelu": "the product's roundings, and erf by a rational approximation within 5e-7, stated in exponential.h",
}

SHAPES = [(1, 1, 1), (3, 5, 7), (6, 16, 16), (7, 33, 31), (13, 256, 18), (5, 257, 33), (8, 515, 17)]


def quantised(x, limit):
    """[L, K] -> integers of the same shape and [blocks, L] scales: in each block of 256 values the greatest
    magnitude becomes `limit`, others the nearest integer, ties to even."""
    integers, scales = np.zeros(x.shape, np.int64), []
    for start in range(0, x.shape[1], BLOCK):
        block = x[:, start:start + BLOCK].astype(np.float32)
        greatest = np.abs(block).max(1)
        factor = np.where(greatest >= 2.0 ** -100, np.float32(limit) / np.maximum(greatest, 2.0 ** -100), 0)
        integers[:, start:start + BLOCK] = np.rint(block * factor.astype(np.float32)[:, None])
        scales.append((greatest / np.float32(limit)).astype(np.float64))
    return integers, scales


def terms(a, b, arithmetic):
    """The product of [M, K] and [K, N] and the sum of magnitudes behind each of its elements."""
    if arithmetic == "float32":
        return a @ b, np.abs(a) @ np.abs(b)
    (p, left), (q, right) = quantised(a, LEFT), quantised(b.T, RIGHT)
    assert np.abs(p).max() <= LEFT and np.abs(q).max() <= RIGHT
    total = magnitude = 0.0
    for i, start in enumerate(range(0, a.shape[1], BLOCK)):
        x, y = p[:, start:start + BLOCK], q[:, start:start + BLOCK]
        scale = left[i][:, None] * right[i][None]
        total = total + scale * (x @ y.T)
        magnitude = magnitude + scale * (np.abs(x) @ np.abs(y.T))
    return total, magnitude


def case(fixture, name, arithmetic, a, b, stride=None, bias=None, addend=None, gelu=False):
    """`a`: rows, or with `stride` the samples that rows of as many columns as `b` has rows overlap in."""
    case = fixture.case(f"{name}, {arithmetic}", "packed product", arithmetic=arithmetic, gelu=gelu,
                        stride=stride or a.shape[1])
    a, b = case.input("a", a), case.input("b", b)
    if stride:
        a = np.lib.stride_tricks.sliding_window_view(a.reshape(-1), len(b))[::stride]
    value, magnitude = terms(a, b, arithmetic)
    for label, more in (("bias", bias), ("addend", addend)):
        if more is not None:
            more = case.input(label, more)
            value, magnitude = value + more, magnitude + np.abs(more)
    roundings = 6 * magnitude.max()
    if gelu:
        greatest = np.abs(value).max()
        value = value / 2 * (1 + erf(value / 2 ** 0.5))
        case.expect_single("output", value, 6, "gelu", scale=1.2 * magnitude.max() + greatest / 2 * (
            5e-7 + 4 * ROUNDING) / (6 * ROUNDING))
    else:
        case.expect_single("output", value, 6, "floats" if arithmetic == "float32" else "integers",
                           scale=roundings / 6)


def packed(name, module, seed):
    fixture = Fixture(
        name, "products with packed matrices, as frozen networks compute them: in 32-bit floats, and in 16-bit "
        "integers that are scaled by the greatest of 256 values of a row or column; shapes that fill no block, "
        "biases, addends, GELU, the overlapping windows of convolutions, rows of zeros and of numbers far apart",
        ["numpy", "scipy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    for arithmetic in ("float32", "int16"):
        for m, k, n in SHAPES:
            random = fixture.random(m, k, n)
            a, b, c = random.normal(size=(m, k)), random.normal(size=(k, n)), random.normal(size=(m, n))
            label = f"{m}x{k}x{n}"
            case(fixture, label, arithmetic, a, b)
            case(fixture, f"{label} and all", arithmetic, a, b, bias=random.normal(size=n), addend=c, gelu=True)
        random = fixture.random("windows")
        x, b = random.normal(size=(14, 24)), random.normal(size=(3 * 24, 20))
        case(fixture, "windows", arithmetic, x, b, stride=48, bias=random.normal(size=20))
        spread = random.normal(size=(9, 300)) * 10.0 ** random.uniform(-30, 3, (9, 1))
        spread[3] = 0
        spread[5, :256] = 0
        spread[7] = 2.0 ** -120  # too small for a factor: its integers are zeros
        case(fixture, "rows far apart", arithmetic, spread, random.normal(size=(300, 40)))
        small = random.uniform(-0.9, 0.9, (6, 40)) * 2.0 ** -100
        small[:, 7] = 2.0 ** -100 * np.r_[1, 1, 1, 0.999, 0.999, 0.999]  # three are too small for a factor
        case(fixture, "rows too small", arithmetic, small, random.normal(size=(40, 18)))
        halves = (random.integers(-4095, 4096, (8, 64)) + random.choice([0, 0.5], (8, 64))).clip(-4095, 4095)
        halves[:, 0] = 4095  # a factor of 1: ties are seen
        case(fixture, "ties", arithmetic, halves, random.integers(-9, 10, (64, 19)) / 8)
    return fixture


FIXTURES = [("packed", packed)]
