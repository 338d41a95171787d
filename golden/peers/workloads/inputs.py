"""What the workloads have in common: inputs by name, threads that share clips, and a word for what cannot be done."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np


class Refusal(Exception):
    """What a peer cannot do, and why."""


def array(job, name, dtype="float32"):
    """An input; whole numbers are stored as float32."""
    values = np.load(f"{job.inputs}/{name}.npy")
    return np.ascontiguousarray(values.astype(dtype, copy=False))


def expect(found, expected, what):
    """Inputs of another size would be timed as something they are not."""
    if found != expected:
        raise ValueError(f"inputs of {found} {what}, expected {expected}")


def on_threads(function, count, threads):
    """Returns a function that calls `function` with consecutive ranges of 0 to `count`, one on each thread."""
    bounds = [count * part // threads for part in range(threads + 1)]
    parts = [range(*pair) for pair in zip(bounds, bounds[1:])]
    if threads == 1:
        return lambda: [function(parts[0])]
    pool = ThreadPoolExecutor(threads)
    return lambda: list(pool.map(function, parts))
