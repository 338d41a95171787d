"""t-SNE of features [n, 64], perplexity 30; size: rows.

Everything else is as each library has it by default, and as in ../tsne.py, where the maps are judged too. The map
is written to DIR/map-PEER.npy, float32, [2, n] as Reprise's.
- opentsne: interpolation and FFT.
- scikit-learn: Barnes-Hut from a PCA; not above 10 000 rows, where it takes minutes.
"""
import numpy as np

from workloads.inputs import Refusal, array, expect

PERPLEXITY, MOST_ROWS = 30, 10_000


def with_opentsne(features, threads):
    from openTSNE import TSNE
    tsne = TSNE(perplexity=PERPLEXITY, n_jobs=threads, random_state=0, negative_gradient_method="fft")
    return lambda: np.asarray(tsne.fit(features))


def with_scikit_learn(features, threads):
    from sklearn.manifold import TSNE
    if len(features) > MOST_ROWS:
        raise Refusal(f"{len(features)} rows, at most {MOST_ROWS}")
    tsne = TSNE(perplexity=PERPLEXITY, init="pca", n_jobs=threads, random_state=0)
    return lambda: tsne.fit_transform(features)


def prepare(job):
    features = array(job, "features")
    expect(len(features), job.size, "rows")
    embed = {"opentsne": with_opentsne, "scikit-learn": with_scikit_learn}[job.peer](features, job.threads)

    def work():
        np.save(f"{job.inputs}/map-{job.peer}.npy", np.ascontiguousarray(embed().T, dtype="float32"))
    return work
