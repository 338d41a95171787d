"""The cases of device.py for the products and sums of the kernels that train a head."""
import numpy as np
from device_cases import Case, noise, nothing, up

FAR = 1 << 30


def stored(matrix, transposed, gap):
    """Returns a matrix as it lies in memory, with NaN between its rows, and their distance."""
    flat = matrix.T if transposed else matrix
    wide = nothing(flat.shape[0], flat.shape[1] + gap)
    wide[:, :flat.shape[1]] = flat
    return wide, flat.shape[1] + gap


def head_product(rng, layout, tile, m, n, k, gap=0, bias=True, accumulate=True):
    f = noise(rng)
    a, b, offset, c = f(m, k), f(k, n), f(n), nothing(m, n + gap)
    held = f(m, n) if accumulate else np.zeros((m, n))
    if accumulate:
        c[:, :n] = held
    left, left_stride = stored(a, layout[0] == "t", gap)
    right, right_stride = stored(b, layout[1] == "t", gap)
    out = np.full(c.shape, np.nan)
    out[:, :n] = held + 0.5 * (a.astype(float) @ b) + (offset if bias else 0)
    launch = (f"head_product_{layout}_{tile}", (1, up(m, tile), up(n, tile)), [
        "a", left_stride, "b", right_stride, "bias" if bias else None, "c", n + gap,
        int(accumulate), 0.5, None, m, n, k])
    return Case(f"head_product_{layout}_{tile} {m} x {n} x {k}",
                {"a": left, "b": right, "bias": offset, "c": c}, [launch], "c", out)


def head_products(rng, layout, tile, own, sizes):
    """Several products by a table. The strides of the matrices in `own` stand in the table."""
    f = noise(rng)
    arrays, table, out = {"a": [], "b": [], "c": [], "bias": []}, [], []
    pitch = {name: max(max(s) for s in sizes) + 5 for name in "abc"}
    for m, n, k in sizes:
        stride = max(m, n, k) + 3
        a, b, offset, c = f(m, k), f(k, n), f(n), f(m, n)
        result = c + a.astype(float) @ b + offset
        place = []
        for name, flat in (("a", a.T if layout[0] == "t" else a),
                           ("b", b.T if layout[1] == "t" else b), ("c", c)):
            wide = nothing(flat.shape[0], stride if name in own else pitch[name])
            wide[:, :flat.shape[1]] = flat
            place.append(2 + sum(map(len, arrays[name])))
            arrays[name] += [nothing(2), wide.ravel()]
        wide = np.full((m, stride if "c" in own else pitch["c"]), np.nan)
        wide[:, :n] = result
        out += [np.full(2, np.nan), wide.ravel()]
        place.append(1 + sum(map(len, arrays["bias"])))
        arrays["bias"] += [nothing(1), offset]
        table += [*place, m, n, k, stride]
    arrays = {name: np.concatenate(parts) for name, parts in arrays.items()}
    arrays["table"] = np.array(table, np.int64)
    m, n, _ = np.max(sizes, 0)
    stride = {name: 0 if name in own else pitch[name] for name in "abc"}
    launch = (f"head_product_{layout}_{tile}", (len(sizes), up(m, tile), up(n, tile)), [
        "a", stride["a"], "b", stride["b"], "bias", "c", stride["c"], 1, 1.0, "table", 1, 1, 1])
    return Case(f"head_product_{layout}_{tile} {len(sizes)} by a table, strides of {own}",
                arrays, [launch], "c", np.concatenate(out))


def row_dots(rng, rows, columns, parts, last, gap):
    f = noise(rng)
    x, y, end = f(rows, parts * columns + gap), f(parts * columns), f(rows)
    out = np.full((rows, parts + gap), np.nan)
    out[:, :parts] = np.einsum("rpc,pc->rp", x[:, :parts * columns].reshape(
        rows, parts, columns).astype(float), y.reshape(parts, columns))
    if gap:
        out[:, parts] = end if last else 0
    launch = ("head_row_dots", (rows, parts, 1), [
        "x", parts * columns + gap, "y", columns, parts, "last" if last else None, "out",
        parts + gap])
    return Case(f"head_row_dots {rows} x {parts} x {columns}, last {last}",
                {"x": x, "y": y, "last": end, "out": nothing(rows, parts + gap)}, [launch], "out",
                out)


def column_sums(rng, rows, columns, part, weighted, added, vector, gap):
    f = noise(rng)
    places = up(columns, part)
    x, w, u, v = f(rows, columns + gap), f(rows, places + gap), f(places), f(columns)
    addend = f(columns, 1 + gap)
    share = np.arange(columns) // part
    out = (x[:, :columns].astype(float) * (w[:, share] if weighted else 1)).sum(0)
    if vector:
        out += u[share].astype(float) * v
    if added:
        out += addend[:, 0]
    launch = ("head_column_sums", (up(columns, 8), 1, 1), [
        "x", columns + gap, "w" if weighted else None, places + gap if weighted else 0, part,
        "addend" if added else None, 1 + gap, "u" if vector else None, "v", "v", rows, columns])
    return Case(f"head_column_sums {rows} x {columns}, weights {weighted}",
                {"x": x, "w": w, "u": u, "v": v, "addend": addend}, [launch], "v", out)


def sum_of_parts(rng, number, count):
    parts = noise(rng)(number, count)
    launch = ("head_sum_of_parts", (up(count, 128), 1, 1), ["parts", number, count, "out"])
    return Case(f"head_sum_of_parts {number} x {count}", {"parts": parts, "out": nothing(count)},
                [launch], "out", parts.astype(float).sum(0))


def cases():
    rng = np.random.default_rng(22)
    for layout in ("nn", "tn", "nt"):
        for tile in (128, 64, 32):
            yield head_product(rng, layout, tile, 1, 1, 1)
            yield head_product(rng, layout, tile, 130, 70, 33, gap=3)
            yield head_product(rng, layout, tile, 33, 132, 100, bias=False)
            yield head_product(rng, layout, tile, 31, 135, 23, gap=1)
            yield head_product(rng, layout, tile, 68, 36, 16, gap=4, accumulate=False)
            for own in ("a", "b", "c"):
                yield head_products(rng, layout, tile, own, [
                    (9, 37, 5), (140, 3, 33), (4, 140, 16), (1, 1, 1)])
    for columns, parts, last, gap in [(130, 3, True, 1), (63, 1, False, 0), (1, 2, False, 2),
                                      (64, 5, True, 0)]:
        yield row_dots(rng, 5, columns, parts, last, gap)
    yield column_sums(rng, 100, 13, 4, True, True, True, 2)
    yield column_sums(rng, 31, 24, FAR, False, False, False, 0)
    yield column_sums(rng, 1, 1, 1, True, False, True, 0)
    yield column_sums(rng, 64, 8, 8, False, True, False, 1)
    yield sum_of_parts(rng, 3, 130)
    yield sum_of_parts(rng, 1, 128)
