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
    """Arrays, launches as (kernel, groups, arguments), and what an array must hold after them.
    Arguments are names of arrays, (name, offset), None, or numbers."""

    def __init__(self, name, arrays, launches, output, expected, bound=1e-6):
        self.name, self.launches, self.output, self.bound = name, launches, output, bound
        self.arrays = {n: np.ascontiguousarray(a) for n, a in arrays.items()}
        self.expected = expected

    def offsets(self):
        return any(isinstance(a, tuple) for _, _, arguments in self.launches for a in arguments)

    def error(self, actual):
        """The norm of the difference by the norm of the expected numbers. Where NaN is expected,
        nothing may have been written."""
        written = ~np.isnan(self.expected.ravel())
        actual = actual.ravel().astype(np.float64)
        if not np.isnan(actual[~written]).all():
            return math.inf
        wanted = self.expected.ravel()[written]
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
         "linear_32x64": (32, 64), "linear_tf32": (128, 128), "linear_3xtf32": (128, 128)}


def product(rng, kernel, m, n, k, stride, products=1, chosen=False, bias=True, addend=True,
            activation=0, skew=0):
    f = noise(rng)
    places = 2 * m + 3 if chosen else m
    size, c_stride = (places - 1) * stride + k, products * n + skew
    rows = np.arange(m) * 7 % places if chosen else np.arange(m)
    a, w, b, add = f(skew + size * products), f(products, n, k), f(products, n), f(m, c_stride)
    out = np.full((m, c_stride), np.nan)
    for p in range(products):
        start = skew + p * size + rows * stride
        s = np.stack([a[x:x + k] for x in start]).astype(float) @ w[p].T.astype(float)
        s = s + (b[p] if bias else 0)
        part = slice(p * n, (p + 1) * n)
        d = add[:, part].astype(float) if addend else 0
        out[:, part] = d + gelu(s) if activation == 2 else gelu(s + d) if activation else s + d
    tile = TILES[kernel]
    launch = (kernel, (up(n, tile[1]), up(m, tile[0]), products), [
        ("a", skew) if skew else "a", "rows" if chosen else None, stride, size, "w", n * k,
        "b" if bias else None, n, "add" if addend else None, "c", c_stride, n, m, n, k, activation])
    bound = {"linear_tf32": 1e-3}.get(kernel, 1e-6)
    arrays = {"a": a, "rows": rows.astype(np.int32), "w": w, "b": b, "add": add,
              "c": nothing(m, c_stride)}
    return Case(f"{kernel} {m} x {n} x {k}", arrays, [launch], "c", out, bound)


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


# A file, what stands in it, and what a mutant has in its place.
MUTANTS = [
    ("linear_tile.h", "firstRow + rowA < m ?", "firstRow + rowA <= m ?"),
    ("linear_tile.h", "firstColumn + rowW < n ?", "firstColumn + rowW <= n ?"),
    ("linear_tile.h", "rows ? rows[placeA] : placeA", "placeA"),
    ("linear_tile.h", "left > -TERMS;", "left > 0;"),
    ("linear_tile.h", "copy = 1 - copy;", ";"),
    ("linear_tile.h", "if (row < m && left > 0) {", "if (row <= m && left > 0) {"),
    ("linear_tile.h", "if (row < m && left > 0) {", "if (row < m) {"),
    ("linear_tile.h", "ownRow + i * 4 + e", "ownRow + i * 4 + 3 - e"),
    ("linear_tile.h", "a += batch * aBatch;", ";"),
    ("linear_tile.h", "w += batch * wBatch;", ";"),
    ("linear_tile.h", "bias += batch * biasBatch;", ";"),
    ("linear_tile.h", "sourceW += TERMS;", ";"),
    ("linear_tile.h", "bias && e < left ?", "bias ?"),
    ("linear_common.h", "if (left > 3) c[3]", "if (left > 2) c[3]"),
    ("linear_common.h", "four.y = left > 1 ?", "four.y = left > 0 ?"),
    ("linear_common.h", "*(left > 3 ? p + 3 : spare)", "p[3]"),
    ("linear_common.h", "LOAD4(left > 0 ? p : spare)", "LOAD4(p)"),
    ("linear_common.h", "activation == 2", "activation == 3"),
    ("linear_common.h", "(sum + 0.0f) + bias", "sum + bias"),
    ("attention.h", "bias && row < rows ?", "bias ?"),
    ("attention.h", "row < rows ? features - e : 0", "features - e"),
    ("attention.h", "key < count ? features - e : 0", "features - e"),
    ("attention.h", "if (e < SIDE) {", "{"),
    ("attention.h", "ownColumn + j < count && score", "score"),
    ("attention.h", "ownColumn + j < count ? exponential", "1 ? exponential"),
    ("attention.h", "where < 0 ? 0 :", "where < 0 ? where :"),
    ("attention.h", "where < span ? where : span - 1", "where"),
    ("attention.h", "j - i % 4 + 3", "j - i % 4 + 2"),
    ("attention.h", "j < count; j += 4", "j < count - 4; j += 4"),
    ("attention.h", "score[i][j] * scale", "score[i][j]"),
    ("attention.h", "sum[i][j] = sum[i][j] * factor", "sum[i][j] = sum[i][j]"),
    ("attention.h", "most[i] = now;", ";"),
    ("attention.h", "warpRow < rows && warpColumn < count", "warpRow < rows && warpColumn < count - 32"),
    ("attention.h", "if (row < rows && left > 0) {", "if (left > 0) {"),
    ("attention.h", "if (row < rows && left > 0) {", "if (row < rows) {"),
    ("attention.h", "e < features + 4", "e < features"),
    ("norm.h", "if (item < reach)", "if (item < reach - 1)"),
    ("norm.h", "if (c + 3 < columns) squares", "squares"),
    ("norm.h", "if (c + 3 < columns) y[c + 3]", "y[c + 3]"),
    ("norm.h", "columns % 4 == 0 && ALIGNED4(x)", "ALIGNED4(x)"),
    ("encoder.h", "i < length; i += STANDARDISE_ITEMS) sum", "i < length - 1; i += STANDARDISE_ITEMS) sum"),
    ("encoder.h", "y += starts[GROUP(0)];", ";"),
    ("encoder.h", "place < end ? samples[place] : 0.0f", "samples[place]"),
    ("encoder.h", "c < channels ? weight", "c <= channels ? weight"),
    ("encoder.h", "first < stop; first += FRAMES", "first < stop - FRAMES; first += FRAMES"),
    ("encoder.h", "if (first + f < frames && left > 0)", "if (left > 0)"),
    ("encoder.h", "if (j < left) own = FMA", "own = FMA"),
    ("encoder.h", "if (j < left) target[j]", "target[j]"),
    ("encoder.h", "e < FRAMES * reach; e +=", "e < FRAMES * reach - 1; e +="),
    ("encoder.h", "reach >= MOMENT_COLUMNS", "reach > MOMENT_COLUMNS"),
    ("encoder.h", "column < channels && length > 0", "length > 0"),
    ("encoder.h", "if (item < MOMENT_COLUMNS && column < channels)", "if (item < MOMENT_COLUMNS)"),
    ("encoder.h", "(mean + origin) * factor", "mean * factor"),
    ("encoder.h", "first + SCALE_ROWS < length ? first + SCALE_ROWS : length", "first + SCALE_ROWS"),
    ("positions.h", "if (place >= rows * (wide)heads) return;", ";"),
    ("positions.h", "if (e + 1 < features) a", "a"),
    ("positions.h", "source >= 0 && i < width ?", "source >= 0 ?"),
    ("positions.h", "source >= 0 && i < width ?", "i < width ?"),
    ("positions.h", "e < from + 1024 && e < count", "e < from + 1024"),
    ("elementwise.h", "i < from + 1024 && i < count; i += 256) y[i] = value", "i < from + 1024; i += 256) y[i] = value"),
    ("elementwise.h", "c < from + 1024 && c < columns", "c < from + 1024"),
    ("tensor_tile.h", "firstRow + row < m ?", "firstRow + row <= m ?"),
    ("tensor_tile.h", "exists = term < k", "exists = 1"),
    ("tensor_tile.h", "rows ? rows[last] : last", "last"),
    ("tensor_tile.h", "lane / 16 * 4;", "lane / 16 * 4 + 1;"),
    ("tensor_tile.h", "lane / 8 % 2 * 4", "0"),
    ("tensor_tile.h", "e / 2 * 8 + lane / 4", "e / 2 * 8 + lane % 4"),
    ("tensor_tile.h", "step % 2 == 1 || step + 1 == steps", "step + 1 == steps"),
    ("tensor_tile.h", "multiply_blocks(part[i][j], xRest[i], y[j] WARP(exchange));", ";"),
    ("tensor_tile.h", "firstRow + row < m && left > 0", "left > 0"),
    ("tensor_tile.h", "firstRow + row < m && left > 0", "firstRow + row < m"),
    ("tensor_tile.h", "bias && e < left ?", "bias ?"),
    ("tensor_instructions.h", "FMA(x, -8192.0f, FMA(x, 8192.0f, x))", "x"),
]

# Mutants that change nothing: the file, the fault, and why.
REDUNDANT = {
    ("tensor_tile.h", "the barrier of line 65"):
        "nothing: on the CPU the items of a warp meet in load_blocks, and with them the group",
}
