"""The cases of device.py: launches of kernels on arrays, and their results in float64."""
import ctypes
import math

import numpy as np


class Double(float):
    """An argument of type double."""


def number(value):
    """Returns a number as a kernel's argument."""
    if isinstance(value, Double):
        return ctypes.c_double(value)
    return ctypes.c_float(value) if isinstance(value, float) else ctypes.c_int(int(value))


class Case:
    """Arrays, launches as (kernel, groups, arguments), and what arrays must hold after them.
    Arguments are names of arrays, (name, offset), None, or numbers. `output` is the name of an
    array. Or it is a dictionary of several with what they must hold: the numbers; or those, a
    bound, and a function to apply to the result before it is compared."""

    def __init__(self, name, arrays, launches, output, expected=None, bound=1e-6):
        self.name, self.launches = name, launches
        self.arrays = {n: np.ascontiguousarray(a) for n, a in arrays.items()}
        outputs = output if isinstance(output, dict) else {output: expected}
        self.outputs = {n: e if isinstance(e, tuple) else (e, bound) for n, e in outputs.items()}

    def offsets(self):
        return any(isinstance(a, tuple) for _, _, arguments in self.launches for a in arguments)

    def kernels(self):
        return {name for name, _, _ in self.launches}

    def error(self, results):
        """The greatest error of the outputs, and whether all are within their bounds."""
        errors = {}
        for name, (expected, bound, *prepare) in self.outputs.items():
            actual = prepare[0](results[name]) if prepare else results[name]
            errors[name] = difference(actual, expected), bound
        return max(e for e, _ in errors.values()), all(e <= b for e, b in errors.values())


def difference(actual, expected):
    """The norm of the difference by the norm of the expected numbers. Where NaN is expected,
    nothing may have been written."""
    written = ~np.isnan(expected.ravel())
    actual = actual.ravel().astype(np.float64)
    if not np.isnan(actual[~written]).all():
        return math.inf
    wanted = expected.ravel()[written]
    error = np.linalg.norm(actual[written] - wanted) / max(np.linalg.norm(wanted), 1e-300)
    return error if not math.isnan(error) else math.inf


erf = np.vectorize(math.erf)


def gelu(x):
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def norm(x, gain, offset, epsilon=1e-5):
    d = x - x.mean(-1, keepdims=True)
    return d / np.sqrt((d * d).mean(-1, keepdims=True) + epsilon) * gain + offset


def up(count, size):
    return -(-count // size)


def nothing(*shape):
    return np.full(shape, np.nan, np.float32)


TILES = {"linear_128x128": (128, 128), "linear_128x64": (128, 64), "linear_64x64": (64, 64),
         "linear_32x64": (32, 64), "linear_tf32": (128, 128), "linear_3xtf32": (128, 128),
         "linear_tf32_hopper": (128, 256), "linear_3xtf32_hopper": (128, 128)}


def product(rng, kernel, m, n, k, stride, products=1, chosen=False, bias=True, addend=True,
            activation=0, skew=0, rounds=False):
    """`rounds`: W is rounded to TF32 first."""
    f = noise(rng)
    places = 2 * m + 3 if chosen else m
    size, c_stride = (places - 1) * stride + k, products * n + skew
    rows = np.arange(m) * 7 % places if chosen else np.arange(m)
    a, w, b, add = f(skew + size * products), f(products, n, k), f(products, n), f(m, c_stride)
    out, exact = np.full((m, c_stride), np.nan), "_tf32" not in kernel
    for p in range(products):
        start = skew + p * size + rows * stride
        left, right = np.stack([a[x:x + k] for x in start]), w[p]
        if rounds or kernel == "linear_tf32":
            right = rounded(right)
        if not exact:
            left, right = rounded(left), cut(right)
        s = left.astype(float) @ right.T.astype(float)
        s = s + (b[p] if bias else 0)
        part = slice(p * n, (p + 1) * n)
        d = add[:, part].astype(float) if addend else 0
        out[:, part] = d + gelu(s) if activation == 2 else gelu(s + d) if activation else s + d
    tile = TILES[kernel]
    launch = (kernel, (up(n, tile[1]), up(m, tile[0]), products), [
        ("a", skew) if skew else "a", "rows" if chosen else None, stride, size, "w", n * k,
        "b" if bias else None, n, "add" if addend else None, "c", c_stride, n, m, n, k, activation])
    launches = [launch]
    if rounds:
        launches.insert(0, ("round_tf32", (up(w.size, 1024), 1, 1), ["w", w.size]))
    arrays = {"a": a, "rows": rows.astype(np.int32), "w": w, "b": b, "add": add,
              "c": nothing(m, c_stride)}
    return Case(f"{kernel} {m} x {n} x {k}", arrays, launches, "c", out, 1e-6 if exact else 3e-6)


def rounded(x):
    """x with 11 significant bits."""
    return ((x * 8193.0).astype(np.float32).astype(float) - x * 8192.0).astype(np.float32)


def cut(x):
    return (x.view(np.int32) & np.int32(-8192)).view(np.float32)


def noise(rng):
    return lambda *shape: (rng.random(shape) * 2 - 1).astype(np.float32)


def tiny(kernel):
    """A product whose only term is below the smallest number: its sum is -0 or +0."""
    arrays = {"a": np.full((2, 1), -1e-30, np.float32), "w": np.full((3, 1), 1e-30, np.float32),
              "b": np.full(3, -0.0, np.float32), "add": np.full((2, 3), -0.0, np.float32),
              "c": nothing(2, 3)}
    launch = (kernel, (1, 1, 1), ["a", None, 1, 0, "w", 0, "b", 0, "add", "c", 3, 0, 2, 3, 1, 0])
    return Case(f"{kernel} of a product below all numbers", arrays, [launch], "c", np.zeros((2, 3)))


def attention(rng, lengths, heads, features, biased=True, gap=0, low=False):
    f = noise(rng)
    rows, width, longest = sum(lengths), heads * features, max(lengths)
    offsets = np.cumsum([0] + lengths)
    stride, span, scale = 3 * width + gap, 2 * longest - 1, 1 / math.sqrt(features)
    x, gate, bias = 2 * f(rows, stride), f(rows, heads), f(heads, span)
    if low:  # scores near -300
        x[:, :width] += np.float32(20)
        x[:, width:2 * width] -= np.float32(300 / 20 / math.sqrt(features))
    out = np.empty((rows, width))
    for s, t in enumerate(lengths):
        part = slice(offsets[s], offsets[s + 1])
        away = np.arange(t)[None, :] - np.arange(t)[:, None] + longest - 1
        for h in range(heads):
            q, k, v = (x[part, i * width + h * features:][:, :features].astype(float)
                       for i in range(3))
            scores = q @ k.T * scale
            if biased:
                scores = scores + gate[part, h:h + 1].astype(float) * bias[h][away]
            weights = np.exp(scores - scores.max(1, keepdims=True))
            out[part, h * features:(h + 1) * features] = weights @ v / weights.sum(1)[:, None]
    tiles = [(r, s) for s in range(len(lengths)) for r in range(offsets[s], offsets[s + 1], 64)]
    # Three copies, so that OpenCL needs no pointer into an array.
    arrays = {"q": x, "k": x.ravel()[width:], "v": x.ravel()[2 * width:], "gate": gate,
              "bias": bias, "tiles": np.array(tiles, np.int32),
              "offsets": offsets.astype(np.int32), "out": nothing(rows, width)}
    launch = ("attention", (len(tiles), heads, 1), [
        "q", "k", "v", stride, "gate" if biased else None, "bias" if biased else None,
        span if biased else 0, "tiles", "offsets", "out", width, heads, features, float(scale)])
    name = f"attention {len(lengths)} sequences, {heads} heads of {features}"
    return Case(name, arrays, [launch], "out", out, 2e-6)


def layer_norm(rng, rows, columns, activation, epsilon=1e-5):
    f = noise(rng)
    x, gain, offset = 3 * f(rows, columns) + np.float32(0.5), f(columns), f(columns)
    y = norm(x.astype(float), gain, offset, epsilon)
    launch = ("layer_norm", (rows, 1, 1), ["x", "gain", "offset", "x", columns, epsilon, activation])
    return Case(f"layer_norm {rows} x {columns}, GELU {activation}",
                {"x": x, "gain": gain, "offset": offset}, [launch], "x",
                gelu(y) if activation else y)


def recordings(lengths, unit):
    starts = np.cumsum([0] + [up(n, unit) * unit for n in lengths])
    return np.array(starts[:-1], np.int32), np.array(lengths, np.int32), int(starts[-1])


def standardise(rng, lengths):
    starts, counts, rows = recordings(lengths, 320)
    x = noise(rng)(rows) * np.float32(0.01) + np.float32(0.3)
    y = x.astype(float)
    for s, n in zip(starts, counts):
        y[s:s + n] = norm(y[s:s + n], 1, 0, 1e-7)
    return Case(f"standardise {lengths}", {"x": x, "starts": starts, "counts": counts},
                [("standardise", (len(lengths), 1, 1), ["x", "starts", "counts", "x", Double(1e-7)])],
                "x", y)


def first_convolution(rng, frames, channels, taps, stride, normal):
    f = noise(rng)
    x, w, b = f((frames - 1) * stride + taps), f(channels, taps), f(channels)
    gain, offset = f(channels), f(channels)
    y = np.stack([x[t * stride:t * stride + taps] for t in range(frames)]).astype(float)
    y = y @ w.T.astype(float) + b
    launch = ("first_convolution", (up(frames, 64), 1, 1), [
        "x", "w", "b", "gain" if normal else None, "offset" if normal else None, "y", frames,
        channels, taps, stride, 1e-5])
    return Case(f"first_convolution {frames} x {channels}, norm {normal}",
                {"x": x, "w": w, "b": b, "gain": gain, "offset": offset,
                 "y": nothing(frames, channels)}, [launch], "y",
                gelu(norm(y, gain, offset)) if normal else y)


def group_norm(rng, lengths, channels, mean):
    f = noise(rng)
    starts, counts, rows = recordings(lengths, 7)
    x, gain, offset = f(rows, channels) + np.float32(mean), f(channels), f(channels)
    y = x.astype(float)
    for s, n in zip(starts, counts):
        y[s:s + n] = gelu(norm(y[s:s + n].T, gain[:, None], offset[:, None]).T)
    n = len(lengths)
    launches = [
        ("column_moments", (up(channels, 32), n, 1), [
            "x", "starts", "counts", "gain", "offset", "scale", "shift", channels, Double(1e-5)]),
        ("scale_columns_gelu", (up(max(lengths), 32), n, 1), [
            "x", "starts", "counts", "scale", "shift", channels])]
    return Case(f"group norm {lengths} x {channels}",
                {"x": x, "starts": starts, "counts": counts, "gain": gain, "offset": offset,
                 "scale": nothing(n, channels), "shift": nothing(n, channels)}, launches, "x", y,
                2e-6)


def position_gate(rng, rows, heads, features):
    f = noise(rng)
    x, w, b, constant = f(rows, heads, features), f(8, features), f(8), f(heads)
    a = x.astype(float) @ w.T.astype(float) + b
    first, second = (1 / (1 + np.exp(-a[..., i:i + 4].sum(-1))) for i in (0, 4))
    launch = ("position_gate", (up(rows * heads, 256), 1, 1), [
        "x", "w", "b", "constant", "gate", rows, heads, features])
    return Case(f"position_gate {rows} x {heads} x {features}",
                {"x": x, "w": w, "b": b, "constant": constant, "gate": nothing(rows, heads)},
                [launch], "gate", first * (second * constant - 1) + 2)


def positions(rng, count, width, taps):
    f, lengths = noise(rng), [1, 20, 7]
    d, rows, room = count * width, sum(lengths), up(width, 4) * 4
    x, w, b = f(rows, d), f(d, taps, width) * np.float32(0.1), f(d)
    sources, windows, y, first = [], [], x.astype(float), 0
    for n in lengths:
        windows += range(len(sources), len(sources) + n)
        sources += [first + t if 0 <= t < n else -1 for t in range(-(taps // 2), n + taps - 1 - taps // 2)]
        wide = np.zeros((n + taps - 1, d))
        wide[taps // 2:taps // 2 + n] = x[first:first + n]
        for g in range(count):
            part = slice(g * width, (g + 1) * width)
            for t in range(n):
                s = np.einsum("ki,oki->o", wide[t:t + taps, part], w[part].astype(float)) + b[part]
                y[first + t, part] += gelu(s)
        first += n
    spread = np.zeros((d, taps, room), np.float32)
    spread[:, :, :width] = w
    padded = len(sources)
    launches = [
        ("gather_groups", (up(padded * room, 1024), count, 1), [
            "x", "sources", "z", padded, d, width, room]),
        ("linear_128x64", (up(width, 64), up(rows, 128), count), [
            "z", "windows", room, padded * room, "w", width * taps * room, "b", width, "x", "y", d,
            width, rows, width, taps * room, 2])]
    return Case(f"position convolution {count} x {width}, {taps} taps",
                {"x": x, "w": spread, "b": b, "sources": np.array(sources, np.int32),
                 "windows": np.array(windows, np.int32), "z": nothing(count, padded, room),
                 "y": nothing(rows, d)}, launches, "y", y, 2e-6)


def simple(rng, kernel, count):
    f = noise(rng)
    x, p, grid = f(count), 5 * f(count), (up(count, 1024), 1, 1)
    arguments, y = {"fill": (["y", count, 0.25], np.full(count, 0.25)),
                    "gelu": (["p", "y", count], gelu(p.astype(float))),
                    "add_gelu": (["x", "p", "y", count], x + gelu(p.astype(float)))}[kernel]
    return Case(f"{kernel} {count}", {"x": x, "p": p, "y": nothing(count)},
                [(kernel, grid, arguments)], "y", y, 1e-6 if count > 1 else 1e-4)


def copy_columns(rng):
    x, y = noise(rng)(3, 1100), np.full((3, 1300), np.nan)
    y[:, :1100] = x
    return Case("copy_columns", {"x": x, "y": nothing(3, 1300)},
                [("copy_columns", (3, 2, 1), ["x", 1100, "y", 1300, 1100])], "y", y)


def cases():
    rng = np.random.default_rng(20)
    for kernel in [k for k in TILES if "tf32" not in k]:
        yield product(rng, kernel, 1, 1, 1, 1, bias=False, addend=False)
        yield product(rng, kernel, 199, 140, 100, 100, activation=1)
        yield product(rng, kernel, 130, 132, 36, 36, products=2, activation=2)
        yield product(rng, kernel, 50, 70, 33, 12, products=3, chosen=True, activation=2, skew=1)
        yield product(rng, kernel, 127, 20, 24, 16, bias=False, addend=False, activation=1)
        yield product(rng, kernel, 65, 129, 17, 17)
        yield tiny(kernel)
    for kernel in ("linear_3xtf32", "linear_tf32"):
        yield product(rng, kernel, 130, 140, 100, 100, activation=1)
        yield product(rng, kernel, 50, 70, 36, 12, products=2, chosen=True, activation=2)
        yield product(rng, kernel, 1, 3, 4, 4, bias=False, addend=False)
    yield product(rng, "linear_3xtf32", 2, 8, 4096, 4096, bias=False, addend=False)
    yield attention(rng, [1, 37, 64, 65, 130, 33], 2, 64)
    yield attention(rng, [1, 37, 64, 65, 33], 3, 8)
    yield attention(rng, [20, 70], 2, 16, biased=False)
    yield attention(rng, [9, 66], 3, 5, gap=1)
    yield attention(rng, [70, 5], 1, 12)
    yield attention(rng, [30, 12], 2, 8, low=True)
    for rows, columns in [(30, 1000), (7, 1024), (2, 4096), (50, 8), (9, 20), (3, 515)]:
        yield layer_norm(rng, rows, columns, rows % 2)
    yield standardise(rng, [1600, 400, 5001, 320])
    yield first_convolution(rng, 133, 512, 10, 5, True)
    yield first_convolution(rng, 64, 12, 10, 5, False)
    yield first_convolution(rng, 133, 33, 3, 2, False)
    yield first_convolution(rng, 5, 18, 16, 16, True)
    yield group_norm(rng, [300, 1, 77, 32], 12, 0)
    yield group_norm(rng, [40, 35], 65, 3)
    yield position_gate(rng, 50, 16, 64)
    yield position_gate(rng, 33, 2, 5)
    yield positions(rng, 4, 6, 16)
    yield positions(rng, 4, 8, 15)
    for count in (1, 1023, 5001):
        for kernel in ("fill", "gelu", "add_gelu"):
            yield simple(rng, kernel, count)
    yield copy_columns(rng)
    for kernel in [k for k in TILES if "hopper" in k]:
        yield product(rng, kernel, 20, 9, 196, 196, activation=1, rounds=True)
        yield product(rng, kernel, 1, 3, 4, 4, bias=False, addend=False)
        yield product(rng, kernel, 50, 70, 36, 12, products=2, chosen=True, activation=2)
        yield product(rng, kernel, 129, 257, 32, 32)
