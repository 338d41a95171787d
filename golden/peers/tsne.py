"""Peer: t-SNE of the same rows with openTSNE (FIt-SNE) and scikit-learn (Barnes-Hut), timed beside Reprise's.

    tsne.py compare --reprise PATH [--sizes 1440,5531,30000] [--rounds 3] [--threads 2]
    tsne.py opentsne|sklearn FEATURES.npy MAP.npy [--threads 2]

Rows are 10 Gaussian blobs in 64 dimensions; perplexity 30, everything else as each library has it by default
(openTSNE: negative_gradient_method="fft"; scikit-learn: init="pca"). `compare` starts every program in turn in a
process of its own; seconds are those of the embedding alone, without imports and files. All maps are then
judged by one formula: the Kullback-Leibler divergence over the affinities of 90 exact neighbours, its
normaliser summed over all pairs. scikit-learn is left out above 10 000 rows.
Needs numpy==2.4.6, scikit-learn==1.9.1, openTSNE==1.0.4. compare-tsne.sh runs all of it.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

PERPLEXITY = 30


def rows(n):
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(10, 64)) * 4
    return (centres[rng.integers(0, 10, n)] + rng.normal(size=(n, 64))).astype("float32")


def embed(which, features, out, threads):
    x = np.load(features)
    if which == "opentsne":
        from openTSNE import TSNE
        tsne = TSNE(perplexity=PERPLEXITY, n_jobs=threads, random_state=0, negative_gradient_method="fft")
        start = time.perf_counter()
        y = np.asarray(tsne.fit(x))
    else:
        from sklearn.manifold import TSNE
        tsne = TSNE(perplexity=PERPLEXITY, init="pca", n_jobs=threads, random_state=0)
        start = time.perf_counter()
        y = tsne.fit_transform(x)
    print(f"{time.perf_counter() - start:.3f} s")
    np.save(out, np.asarray(y, dtype="float64"))


def affinities(x):
    from openTSNE.affinity import PerplexityBasedNN
    return PerplexityBasedNN(x, perplexity=PERPLEXITY, method="exact", metric="euclidean").P.tocoo()


def divergence(p, y):
    """C = sum p ln p + sum p ln(1 + d^2) + ln Z"""
    n, z = len(y), 0.0
    for start in range(0, n, 500):
        block = y[start:start + 500]
        squares = ((block[:, None, :] - y[None, :, :]) ** 2).sum(-1)
        z += (1 / (1 + squares)).sum()
    z -= n
    d = ((y[p.row] - y[p.col]) ** 2).sum(-1)
    total = p.data.sum()
    return float((p.data * (np.log(p.data) + np.log1p(d))).sum() / total - np.log(total) + np.log(z))


def reprise(path, features, out, threads):
    done = subprocess.run([path, "tsne", features, "--out", out + ".csv", "--threads", str(threads)],
                          check=True, capture_output=True, text=True)
    np.save(out, np.loadtxt(out + ".csv", delimiter=",", skiprows=1))
    return float(re.search(r"([0-9.]+) s$", done.stdout.strip()).group(1))


def peer(which, features, out, threads):
    # Their libraries choose their own kernels best.
    unset = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}
    environment = {k: v for k, v in os.environ.items() if k not in unset}
    done = subprocess.run([sys.executable, __file__, which, features, out, "--threads", str(threads)],
                          check=True, capture_output=True, text=True, env=environment)
    return float(re.search(r"([0-9.]+) s$", done.stdout.strip()).group(1))


def compare(arguments):
    print(f"{'N':>6}  {'program':9}  {'median, s':>9}  {'rounds':24}  {'times Reprise':>13}  {'KL, nats':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for n in map(int, arguments.sizes.split(",")):
            features = f"{folder}/x{n}.npy"
            np.save(features, rows(n))
            programs = ["reprise", "opentsne"] + (["sklearn"] if n <= 10_000 else [])
            times = {name: [] for name in programs}
            for _ in range(arguments.rounds):
                for name in programs:
                    out = f"{folder}/{name}.npy"
                    times[name].append(
                        reprise(arguments.reprise, features, out, arguments.threads) if name == "reprise"
                        else peer(name, features, out, arguments.threads))
            p = affinities(np.load(features))
            for name in programs:
                ratios = [theirs / ours for theirs, ours in zip(times[name], times["reprise"])]
                kl = divergence(p, np.load(f"{folder}/{name}.npy"))
                rounds = " ".join(f"{value:.2f}" for value in times[name])
                spread = "" if name == "reprise" else f"{min(ratios):.1f} to {max(ratios):.1f}"
                print(f"{n:>6}  {name:9}  {statistics.median(times[name]):>9.2f}  {rounds:24}  {spread:>13}  {kl:>8.4f}",
                      flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["compare", "opentsne", "sklearn"])
    parser.add_argument("features", nargs="?")
    parser.add_argument("out", nargs="?")
    parser.add_argument("--reprise")
    parser.add_argument("--sizes", default="1440,5531,30000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    if given.command == "compare":
        compare(given)
    else:
        embed(given.command, given.features, given.out, given.threads)
