"""The cases of device.py for the kernels that train a head, without products and sums."""
import math

import numpy as np
from device_cases import Case, Double, noise, nothing, up

def doubles(*shape):
    return np.full(shape, np.nan)


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


# Frames

def frames(rng, count, layers, width, weighted):
    """A batch of frames, some stored and some sent; then the gradient of the shares of layers."""
    f = noise(rng)
    kept, sent = f(count, layers * width), f(count + 1, layers * width)
    sources = np.where(np.arange(count) % 3 == 1, -1 - np.arange(count) - 1, np.arange(count))
    sources = sources[::-1].copy().astype(np.int32)
    x = np.stack([kept[s] if s >= 0 else sent[-1 - s] for s in sources]).astype(float)
    x = x.reshape(count, layers, width)
    shares, gradient = f(layers), f(count, width)
    arrays = {"kept": kept, "sent": sent, "sources": sources, "shares": shares,
              "gradient": gradient, "y": nothing(count, width),
              "part": doubles(up(count, 32), layers)}
    own = ["kept", "sent", "sources", "shares" if weighted else None, layers, width, "y"]
    launches = [("head_frames", (count, up(width, 512), 1), own)]
    outputs = {"y": np.einsum("nld,l->nd", x, shares) if weighted else x[:, 0]}
    if weighted:
        launches.append(("head_layer_products", (up(count, 32), layers, 1), [
            "kept", "sent", "sources", "gradient", layers, width, count, "part"]))
        each = np.einsum("nld,nd->nl", x, gradient.astype(float))
        outputs["part"] = np.stack(
            [each[i:i + 32].sum(0) for i in range(0, count, 32)])
    return Case(f"head_frames {count} x {layers} x {width}", arrays, launches, outputs)


def layer_shares(rng, layers, blocks):
    f = noise(rng)
    a, part = 10 * f(layers), f(blocks, layers).astype(np.float64)
    a[layers // 2:] += np.float32(90)
    shares = softmax(a.astype(float))
    total = part.sum(0)
    launches = [("head_layer_shares", (1, 1, 1), ["a", layers, "shares"]),
                ("head_layer_gradients", (1, 1, 1), ["part", blocks, layers, "shares", "da"])]
    return Case(f"head_layer_shares {layers}, parts {blocks}",
                {"a": a, "shares": nothing(layers), "part": part, "da": nothing(layers)}, launches,
                {"shares": shares, "da": shares * (total - shares @ total)}, bound=2e-6)


def pool(rng, lengths, width, greatest):
    f = noise(rng)
    offsets = np.cumsum([0] + lengths).astype(np.int32)
    count, rows = len(lengths), sum(lengths)
    x, slope = f(rows, width), f(2 * count, width)
    x = np.round(x * 8) / 8  # so that several frames are the greatest; the first of them wins
    parts = [x[offsets[s]:offsets[s + 1]].astype(float) for s in range(count)]
    mean = np.stack([p.mean(0) for p in parts])
    winners = np.stack([offsets[s] + p.argmax(0) for s, p in enumerate(parts)])
    best = np.stack([p.max(0) for p in parts])
    back = np.zeros((rows, width))
    for s, t in enumerate(lengths):
        own = slice(offsets[s], offsets[s + 1])
        back[own] = (slope[count + s] + (0.0 if greatest else slope[s].astype(float))) / t
        if greatest:
            back[winners[s], np.arange(width)] += slope[s]
    arrays = {"x": x.astype(np.float32), "offsets": offsets, "slope": slope,
              "stacked": nothing(2 * count, width), "back": nothing(rows, width),
              "winners": np.full((count, width), -1, np.int32)}
    grid, own = (count, up(width, 128), 1), "winners" if greatest else None
    launches = [
        ("head_pool", grid, ["x", "offsets", width, int(greatest), count, "stacked", own]),
        ("head_unpool", grid, ["slope", "offsets", width, int(greatest), count, own, "back"])]
    outputs = {"stacked": np.concatenate([best if greatest else mean, mean]), "back": back}
    if greatest:
        outputs["winners"] = winners
    return Case(f"head_pool {lengths} x {width}, greatest {greatest}", arrays, launches, outputs)


# Attention pooling

class Sequences:
    """The lay-out of head_attention.h."""

    def __init__(self, lengths, heads):
        self.lengths, self.heads, self.count = lengths, heads, sum(lengths)
        self.offsets = np.cumsum([0] + lengths).astype(np.int32)
        self.sequence = np.repeat(np.arange(len(lengths)), lengths).astype(np.int32)
        self.pitch = [up(t, 4) * 4 for t in lengths]
        sizes = [heads * t * p for t, p in zip(lengths, self.pitch)]
        self.starts = np.cumsum([0] + sizes).astype(np.int64)
        self.arrays = {"offsets": self.offsets, "sequence": self.sequence,
                       "starts": self.starts[:-1].copy()}

    def fresh(self, kind=np.float32):
        return np.full(self.starts[-1], np.nan, kind)

    def rows(self, s):
        return slice(self.offsets[s], self.offsets[s + 1])

    def block(self, p, s, head):
        """P of a sequence and head as a matrix that can be written."""
        t, pitch = self.lengths[s], self.pitch[s]
        start = self.starts[s] + head * t * pitch
        return p[start:start + t * pitch].reshape(t, pitch)[:, :t]

    def shares(self, p, s):
        """The shares of a sequence, [2H + 2, T]."""
        t, wide = self.lengths[s], 2 * self.heads + 2
        return p[wide * self.offsets[s]:][:wide * t].reshape(wide, t)

    def each(self):
        return [(s, h) for s in range(len(self.lengths)) for h in range(self.heads)]

    def weights(self, rng):
        p = self.fresh()
        for s, h in self.each():
            own = self.block(p, s, h)
            own[:] = softmax(3 * noise(rng)(*own.shape))
        return p

    def alpha(self, rng):
        x = 3 * noise(rng)(self.count)
        return np.concatenate([softmax(x[self.rows(s)]) for s in range(len(self.lengths))])


def attention_forward(rng, lengths, heads):
    f, q = noise(rng), Sequences(lengths, heads)
    p, values = q.fresh(), f(q.count, heads + 1)
    for s in range(len(lengths)):  # beyond the range of exp
        if s % 2:
            values[q.rows(s), heads] -= np.float32(100)
        else:
            values[q.offsets[s + 1] - 1, heads] += np.float32(150)
    probabilities, read = q.fresh(np.float64), np.empty((q.count, heads))
    alpha, shares = np.empty(q.count), np.empty(q.count * (2 * heads + 2))
    for s, h in q.each():
        t = lengths[s]
        own = q.block(p, s, h)
        own[:] = 5 * f(t, t)
        own[np.arange(0, t, 2), -1 - np.arange(0, t, 2) % min(t, 8)] += np.float32(150)
        own[:] += np.float32(40 * h)
        q.block(probabilities, s, h)[:] = softmax(own.astype(float))
        read[q.rows(s), h] = q.block(probabilities, s, h) @ values[q.rows(s), h].astype(float)
    for s, t in enumerate(lengths):
        rows = q.rows(s)
        alpha[rows] = softmax(values[rows, heads] + read[rows].sum(1))
        own = q.shares(shares, s)
        for h in range(heads):
            own[2 * h] = alpha[rows] @ q.block(probabilities, s, h)
            own[2 * h + 1] = q.block(probabilities, s, h).mean(0)
        own[2 * heads], own[2 * heads + 1] = alpha[rows], 1 / t
    arrays = {**q.arrays, "p": p, "values": values, "read": nothing(q.count, heads),
              "alpha": nothing(q.count), "shares": nothing(q.count * (2 * heads + 2))}
    launches = [
        ("head_softmax", (up(q.count, 4), heads, 1), [
            "p", "values", "sequence", "offsets", "starts", heads, q.count, "read"]),
        ("head_alpha", (len(lengths), 1, 1), ["values", "read", "offsets", heads, "alpha"]),
        ("head_gather", (len(lengths) * heads, up(max(lengths), 128), 1), [
            "p", "alpha", "offsets", "starts", heads, "shares"])]
    outputs = {"p": probabilities, "read": read, "alpha": alpha, "shares": shares}
    return Case(f"head_softmax, alpha, gather: {lengths}, {heads} heads", arrays, launches,
                outputs, bound=1e-5)


def attention_backward(rng, lengths, heads, in_place):
    f, q = noise(rng), Sequences(lengths, heads)
    p, alpha, slopes = q.weights(rng), q.alpha(rng), f(q.count * (2 * heads + 2))
    values, read, factor = f(q.count, heads + 1), f(q.count, heads), 0.25
    x, y = np.empty((q.count, heads)), np.empty((q.count, heads))
    for s, h in q.each():
        own, given = q.block(p, s, h).astype(float), q.shares(slopes, s)
        x[q.rows(s), h], y[q.rows(s), h] = own @ given[2 * h], own @ given[2 * h + 1]
    back, rest = np.empty((q.count, heads + 1)), np.empty((q.count, heads))
    result = q.fresh(np.float64)
    for s, t in enumerate(lengths):
        rows, given = q.rows(s), q.shares(slopes, s).astype(float)
        a = alpha[rows].astype(float)
        whole = given[2 * heads] + x[rows].sum(1)
        score = a * (whole - a @ whole)
        back[rows, heads] = score
        rest[rows] = a[:, None] * x[rows] + y[rows] / t + score[:, None] * read[rows]
        for h in range(heads):
            own = q.block(p, s, h).astype(float)
            d = np.outer(a, given[2 * h]) + given[2 * h + 1] / t + np.outer(score, values[rows, h])
            q.block(result, s, h)[:] = factor * own * (d - rest[rows, h:h + 1])
            back[rows, h] = score @ own
    arrays = {**q.arrays, "p": p, "alpha": alpha, "given": slopes, "values": values, "read": read,
              "x": nothing(q.count, heads), "y": nothing(q.count, heads),
              "rest": nothing(q.count, heads), "back": nothing(q.count, heads + 1)}
    target = "y" if in_place else "rest"
    launches = [
        ("head_means", (up(q.count, 4), heads, 1), [
            "p", "given", "sequence", "offsets", "starts", heads, q.count, "x", "y"]),
        ("head_scores_backward", (len(lengths), 1, 1), [
            "alpha", "given", "x", "y", "read", "offsets", heads, "back", target]),
        ("head_slopes", (len(lengths) * heads, up(max(lengths), 128), 1), [
            "p", "alpha", "given", "values", target, "offsets", "starts", heads, factor, "back"])]
    outputs = {"p": result, "back": back, "x": x, target: rest}
    return Case(f"head_means, scores, slopes: {lengths}, {heads} heads", arrays, launches, outputs,
                bound=2e-6)


# What follows the pooling

def drop(count, low, high, rate):
    """The factors of dropout of head_losses.h."""
    def mixed(x):
        x = x ^ x >> np.uint32(16)
        x = x * np.uint32(0x7feb352d)
        x = x ^ x >> np.uint32(15)
        x = x * np.uint32(0x846ca68b)
        return x ^ x >> np.uint32(16)

    i = np.arange(count, dtype=np.uint32)
    low, high = np.uint32(low & 0xffffffff), np.uint32(high & 0xffffffff)
    draw = mixed(mixed(i ^ low) + high) >> np.uint32(8)
    return np.where(draw >= int(np.float32(rate) * 16777216), 1 / (1 - np.float32(rate)), 0)


def inputs(rng, rows, width, rate, summed):
    f = noise(rng)
    stacked, slope, low, high = f(2 * rows, width), f(2 * rows, width), -77, 12345
    z, mean = stacked[:rows].astype(float), stacked[rows:].astype(float)
    factor = drop(rows * width, low, high, rate).reshape(rows, width) if rate else 1
    near = slope[rows:] * 0.5
    back = slope[:rows] * factor + near
    launches = [
        ("head_inputs", (up(rows * width, 256), 1, 1), [
            "stacked", rows, width, low, high, float(rate), "x"]),
        ("head_inputs_backward", (up(width, 128), 1, 1), [
            "slope", rows, width, low, high, float(rate), "back", "sums" if summed else None])]
    outputs = {"x": np.concatenate([z * factor, (z + mean) / 2]),
               "back": np.concatenate([back, near])}
    if summed:
        outputs["sums"] = (back + near).sum(0)
    return Case(f"head_inputs {rows} x {width}, dropout {rate}",
                {"stacked": stacked, "slope": slope, "x": nothing(2 * rows, width),
                 "back": nothing(2 * rows, width), "sums": nothing(width)}, launches, outputs)


def head_norms(rng, rows, classes, width):
    f = noise(rng)
    e, centers = f(2 * rows, width), f(classes, width)
    e[rows] = 0
    if rows > 1:
        e[rows + 1] *= np.float32(1e-14)
    labels = (np.arange(rows) * 3 % classes).astype(np.int32)
    distance = ((e[:rows].astype(float) - centers[labels]) ** 2).sum(1)
    second = e[rows:].astype(float)
    length = np.maximum(np.sqrt((second ** 2).sum(1)), 1e-12)
    launch = ("head_norms", (rows, 1, 1), ["e", "centers", "labels", rows, width, "norms", "unit"])
    return Case(f"head_norms {rows} x {width}",
                {"e": e, "centers": centers, "labels": labels, "norms": doubles(2, rows),
                 "unit": nothing(rows, width)}, [launch],
                {"norms": (np.stack([distance, length]), 1e-14), "unit": second / length[:, None]})


def losses(rng, batch, classes, gamma, kl, focal, center, supcon, temperature=0.3):
    f = noise(rng)
    x = 3 * f(batch, classes)
    y = 0.875 * rng.dirichlet(np.ones(classes), batch).astype(np.float32)
    y[0], y[0, -1] = 0, 1
    labels = (np.arange(batch) * 3 % classes).astype(np.int32)
    labels[-1] = classes + 5  # nobody else has it
    labels[1] = 1
    x[1, 1:3] = 7  # two are the greatest: the first counts
    if batch > 3:
        x[2] = 0
        x[2, 0] = 100
        y[2], y[2, 0] = 0, 1
        x[3, :4] = [5, -50, -300, -750]
        x[4], y[4] = -900, 0  # the others have probability 0
        x[4, 0] = y[4, 0] = 1
    distances = rng.random(batch) * 4
    distances[:2] = 1e-20, 1e20
    similar = np.clip(f(batch, batch), -1, 1)
    e = np.exp(x - x.max(1, keepdims=True).astype(float))
    log_p = x - x.max(1, keepdims=True).astype(float) - np.log(e.sum(1, keepdims=True))
    p = np.exp(log_p)
    others = np.stack([np.delete(p, k, 1).sum(1) for k in range(classes)], 1)
    targets = y.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(targets > 0, targets * (np.log(np.where(targets > 0, targets, 1)) - log_p), 0)
        weight = others ** gamma
        steep = np.where(others > 0, gamma * p * others ** (gamma - 1) * log_p, 0) if gamma else 0
    a = targets * (steep - weight)
    slope = kl * (p * targets.sum(1, keepdims=True) - targets)
    slope = slope + (focal * (a - p * a.sum(1, keepdims=True)) if focal else 0)
    rows = np.stack([
        each.sum(1) if kl else np.zeros(batch),
        -(targets * weight * log_p).sum(1) if focal else np.zeros(batch),
        np.clip(distances, 1e-12, 1e12) if center else np.zeros(batch), np.zeros(batch)], 1)
    slopes = np.full((batch, batch), np.nan)
    if supcon:
        scaled = similar.astype(float) / temperature
        other = ~np.eye(batch, dtype=bool)
        same = (labels[:, None] == labels[None, :]) & other
        count = same.sum(1, keepdims=True)
        share = np.exp(scaled - scaled.max(1, keepdims=True)) * other
        share = share / share.sum(1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            one = np.where(same, 1 / count, 0)
            rows[:, 3] = np.where(count[:, 0], -(one * np.log(np.where(other, share, 1))).sum(1), 0)
        slopes = np.where((count > 0) & other, supcon * (share - one) / (batch * temperature), 0)
    results = np.full(8, np.nan)
    results[:4] = rows.mean(0)
    results[4] = (x.argmax(1) == labels).sum()
    work = np.concatenate(
        [np.stack([a if focal else log_p, p], 1).ravel(), rows.ravel()])
    launch = ("head_losses", (1, 1, 1), [
        "x", "y", "labels", "norms", "similar", batch, classes, Double(kl), Double(focal),
        Double(center), Double(supcon), Double(gamma), Double(temperature), "work", "dX", "slopes",
        "results"])

    def similar_sizes(actual):
        """One distance is far greater than all other numbers, another one far smaller."""
        actual = actual.copy()
        if center and actual.size == 8:
            actual[2] = np.log10(actual[2])
        elif center:
            actual[2 * batch * classes + 2::4] = np.log10(actual[2 * batch * classes + 2::4])
        return actual

    return Case(f"head_losses {batch} x {classes}, gamma {gamma}",
                {"x": x, "y": y, "labels": labels, "norms": distances, "similar": similar,
                 "work": doubles(2 * batch * classes + 4 * batch), "dX": nothing(batch, classes),
                 "slopes": nothing(batch, batch), "results": doubles(8)}, [launch],
                {"work": (similar_sizes(work), 1e-13, similar_sizes), "dX": slope / batch,
                 "slopes": slopes, "results": (similar_sizes(results), 1e-6, similar_sizes)})


def embeddings_backward(rng, batch, classes, width, center, contrast):
    f = noise(rng)
    slope, weights, e = f(batch, classes), f(width, classes), f(2 * batch, width)
    centers, unit, between = f(classes, width), f(batch, width), f(batch, batch)
    labels = (np.arange(batch) * 3 % classes).astype(np.int32)
    norms = np.concatenate([rng.random(batch) + 0.5, rng.random(batch) + 0.5])
    norms[:2] = 1e-12, 1e12  # beyond what pulls
    norms[batch] = 1e-12  # a row without a direction: scaled, not rotated
    pulls = (norms[:batch] > 1e-12) & (norms[:batch] < 1e12) if center else np.zeros(batch, bool)
    first = slope.astype(float) @ weights.T.astype(float)
    first += pulls[:, None] * center * 2 / batch * (e[:batch].astype(float) - centers[labels])
    second = (between + between.T.astype(float)) @ unit.astype(float) * contrast
    along = (second * unit).sum(1) * (norms[batch:] > 1e-12)
    second = (second - along[:, None] * unit) / norms[batch:, None]
    second[0] *= 1e-12  # compared apart: it is far greater than the others
    size, vector = width * classes, f(2 * batch, width)
    out = np.concatenate([first, second])
    pull = np.zeros((classes, width))
    for b in range(batch):
        if pulls[b]:
            pull[labels[b]] -= center * 2 / batch * (e[b].astype(float) - centers[labels[b]])
    launches = [
        ("head_embeddings_backward", (2 * batch, 1, 1), [
            "slope", "weights", "e", "centers", "labels", "norms", "unit", "between", batch,
            classes, width, Double(center), int(contrast), "out"]),
        ("head_small_gradients", (up(2 * size + classes + width, 128), 1, 1), [
            "e", "slope", "vector", "centers", "labels", "norms", batch, classes, width,
            Double(center), "dWeights", "dBias", "dCenters", "dVector"])]
    arrays = {"slope": slope, "weights": weights, "e": e, "centers": centers, "labels": labels,
              "norms": norms, "unit": unit, "between": between, "vector": vector,
              "out": nothing(2 * batch, width), "dWeights": nothing(width, classes),
              "dBias": nothing(classes), "dCenters": nothing(classes, width),
              "dVector": nothing(width)}

    def scaled(actual):
        actual = actual.copy()
        actual[batch] *= 1e-12
        return actual

    return Case(f"head_embeddings_backward {batch} x {width}, center {center}, contrast {contrast}",
                arrays, launches,
                {"out": (out, 1e-6, scaled),
                 "dWeights": e[:batch].T.astype(float) @ slope.astype(float),
                 "dBias": slope.astype(float).sum(0), "dCenters": pull,
                 "dVector": vector.astype(float).sum(0)})


def probabilities(rng, batch, classes):
    x = 10 * noise(rng)(batch, classes)
    x[:, -1] += np.arange(batch, dtype=np.float32) % 2 * np.float32(200)
    launch = ("head_probabilities", (up(batch, 128), 1, 1), ["x", batch, classes, "p"])
    return Case(f"head_probabilities {batch} x {classes}", {"x": x, "p": nothing(batch, classes)},
                [launch], "p", softmax(x.astype(float)))


# The optimizer

def norm_of(rng, count, limit, fault=None):
    """`fault` is the place of a loss that is infinite. For -1 it is the gradient."""
    x, parts = noise(rng)(count), up(count, 4096)
    if fault == -1:
        x[0] = math.inf
    results = doubles(8)
    results[:5] = 1, 2, 3, 4, 5
    if fault is not None and fault >= 0:
        results[fault] = math.inf
    squares = np.array([(x[i:i + 4096].astype(float) ** 2).sum() for i in range(0, count, 4096)])
    length = math.sqrt(squares.sum())
    out = results.copy()
    out[5:] = length, fault is None or fault == 4, 1
    if limit and length > limit:
        out[7] = limit / length
    launches = [("head_squares", (parts, 1, 1), ["x", count, "part"]),
                ("head_norm", (1, 1, 1), ["part", parts, Double(limit), "results"])]

    def finite(actual):
        return np.where(np.isinf(actual), -1, actual)

    return Case(f"head_norm of {count}, limit {limit}, infinite {fault}",
                {"x": x, "part": doubles(parts), "results": results}, launches,
                {"part": (finite(squares), 1e-14, finite), "results": (finite(out), 1e-8, finite)})


def adam(rng, count, decaying, centers, clip=1.0, averaged=True, checked=True, finite=True):
    f = noise(rng)
    left, step, own, b1, b2, root, epsilon, keep = 0.75, 0.5, 0.25, 0.875, 0.75, 1.5, 0.125, 0.625
    w, g, m, v, mean = f(count), f(count), f(count), abs(f(count)), f(count)
    results = doubles(8)
    results[6:] = finite, clip
    i, d = np.arange(count), [a.astype(float) for a in (w, g, m, v, mean)]
    slope = d[1] * (clip if checked else 1)
    first, second = b1 * d[2] + (1 - b1) * slope, b2 * d[3] + (1 - b2) * slope ** 2
    weight = d[0] * np.where(i < decaying, left, 1) - np.where(i < centers, step, own) * first / (
        np.sqrt(second) * root + epsilon)
    after = [weight, first, second, keep * d[4] + (1 - keep) * weight]
    if checked and not finite:
        after = [d[0], d[2], d[3], d[4]]
    outputs = dict(zip(["w", "m", "v", "mean"], after))
    if not averaged:
        outputs["mean"] = d[4]
    launch = ("head_adam", (up(count, 256), 1, 1), [
        "w", "g", "m", "v", "mean" if averaged else None, "results" if checked else None, count,
        decaying, centers, left, step, own, b1, b2, root, epsilon, keep])
    return Case(f"head_adam {count}, clip {clip}, mean {averaged}, finite {finite}",
                {"w": w, "g": g, "m": m, "v": v, "mean": mean, "results": results}, [launch],
                outputs)


def cases():
    rng = np.random.default_rng(21)
    yield frames(rng, 70, 3, 130, True)
    yield frames(rng, 33, 2, 5, True)
    yield frames(rng, 5, 1, 1025, False)
    yield frames(rng, 2, 25, 512, True)
    for layers, blocks in [(1, 1), (25, 4), (40, 3)]:
        yield layer_shares(rng, layers, blocks)
    for greatest in (False, True):
        yield pool(rng, [1, 9, 37, 5], 130, greatest)
        yield pool(rng, [2, 1], 1, greatest)
    yield attention_forward(rng, [1, 9, 300, 37, 2], 2)
    yield attention_forward(rng, [129, 64, 32], 3)
    yield attention_forward(rng, [2, 260], 1)
    yield attention_forward(rng, [5], 1)
    yield attention_backward(rng, [1, 9, 300, 37, 2], 2, True)
    yield attention_backward(rng, [129, 64, 32], 3, False)
    yield attention_backward(rng, [5], 1, False)
    yield inputs(rng, 3, 130, 0.25, True)
    yield inputs(rng, 2, 128, 0, False)
    yield head_norms(rng, 5, 3, 300)
    yield head_norms(rng, 1, 2, 9)
    for gamma in (0.0, 0.01, 0.5, 1.0, 2.0, 3.0, 3.7):
        yield losses(rng, 7, 5, gamma, 1.25, 0.75, 0.0, 0.4)
    yield losses(rng, 300, 4, 2.0, 0.0, 1.5, 0.0, 0.5)
    yield losses(rng, 7, 6, 2.0, 0.75, 0.0, 0.125, 0.0)
    yield losses(rng, 2, 3, 0.5, 1.0, 1.0, 0.0, 1.0)
    for center, contrast in ((0.5, True), (0.0, False)):
        yield embeddings_backward(rng, 7, 5, 300, center, contrast)
        yield embeddings_backward(rng, 3, 2, 9, center, contrast)
    yield probabilities(rng, 130, 7)
    yield probabilities(rng, 1, 2)
    yield norm_of(rng, 10001, 0.0)
    yield norm_of(rng, 4096, 2.0)
    yield norm_of(rng, 1 << 21, 1e6)
    for fault in range(-1, 5):
        yield norm_of(rng, 5, 1.0, fault)
    yield adam(rng, 300, 100, 200, clip=0.5)
    yield adam(rng, 256, 256, 256, averaged=False)
    yield adam(rng, 20, 5, 10, checked=False)
    yield adam(rng, 20, 5, 10, finite=False)
