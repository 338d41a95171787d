"""A 95 % interval of the difference of two systems' UA over whole speakers, paired; size: speakers.

The same as Reprise: 10 000 resamples of the speakers with replacement, both systems on each; UA is the mean recall
of the classes present; percentiles with linear interpolation. Other random numbers are drawn. Grouping by speaker
is part of the work. NumPy runs on one thread but for the product.
- numpy-loop: what a careful user writes, a resample at a time over its utterances.
- numpy-batched: counts by speaker once, then all resamples in one product.
"""
import numpy as np

from workloads.inputs import array, expect

CLASSES, RESAMPLES = 8, 10_000


def interval(differences):
    return np.percentile(differences, [2.5, 97.5])


def recall(truth, predicted):
    """UA: the mean over the classes present."""
    support = np.bincount(truth, minlength=CLASSES)
    hits = np.bincount(truth[truth == predicted], minlength=CLASSES)
    present = support > 0
    return np.mean(hits[present] / support[present])


def loop(truth, first, second, speakers, rng):
    members = [np.flatnonzero(speakers == speaker) for speaker in np.unique(speakers)]
    differences = np.empty(RESAMPLES)
    for k in range(RESAMPLES):
        chosen = np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])
        y = truth[chosen]
        differences[k] = recall(y, first[chosen]) - recall(y, second[chosen])
    return interval(differences)


def batched(truth, first, second, speakers, rng):
    names, places = np.unique(speakers, return_inverse=True)
    cells = places * CLASSES + truth

    def counts(kept):
        return np.bincount(cells[kept], minlength=len(names) * CLASSES).reshape(len(names), CLASSES)
    weights = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES).astype(float)
    tables = [counts(slice(None)), counts(truth == first), counts(truth == second)]
    support, *hits = np.split(weights @ np.hstack(tables), 3, axis=1)
    present = support > 0
    a, b = (np.divide(h, support, where=present, out=np.zeros_like(h)).sum(1) for h in hits)
    return interval((a - b) / present.sum(1))


def prepare(job):
    truth, first, second, speakers = (array(job, name, "int64") for name in ("truth", "first", "second", "speakers"))
    expect(len(np.unique(speakers)), job.size, "speakers")
    resample = {"numpy-loop": loop, "numpy-batched": batched}[job.peer]
    rng = np.random.default_rng(0)
    return lambda: resample(truth, first, second, speakers, rng)
