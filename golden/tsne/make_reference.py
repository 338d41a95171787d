"""Writes reference.json: scikit-learn's exact affinities, cost and gradient on 48 points in
3 blobs, and the divergence that its whole t-SNE reaches on a cloud of 150 points (in blobs as small
as the 48 it depends on the local minimum, not on the method).

    pip install scikit-learn==1.9.1 && python make_reference.py

Features are rounded to 3 digits first, so that the file holds what scikit-learn saw.
"""
import json
import os

import numpy as np
import sklearn
from scipy.spatial.distance import squareform
from sklearn.manifold import TSNE
from sklearn.manifold import _t_sne
from sklearn.metrics import pairwise_distances

rng = np.random.default_rng(20251204)
centres = rng.normal(size=(3, 6)) * 3
features = np.round(np.concatenate([c + rng.normal(size=(16, 6)) for c in centres]), 3)
features = features.astype(np.float32)
perplexity = 8.0
distances = pairwise_distances(features.astype(np.float64), squared=True).astype(np.float32)
joint = _t_sne._joint_probabilities(distances, perplexity, 0)
layout = np.round(rng.normal(size=(48, 2)) * 2, 3).astype(np.float32)
cost, gradient = _t_sne._kl_divergence(
    layout.ravel().astype(np.float64), joint, 1, 48, 2)
cloud = np.round(rng.normal(size=(150, 5)), 3).astype(np.float32)
model = TSNE(perplexity=20, method="exact", init="pca", random_state=0)
model.fit_transform(cloud)

reference = {
    "scikit_learn": sklearn.__version__,
    "perplexity": perplexity,
    "features": [[round(float(v), 3) for v in row] for row in features],
    "joint": [float(f"{v:.6e}") for v in squareform(joint).ravel()],
    "layout": [[round(float(v), 3) for v in row] for row in layout],
    "cost": float(cost),
    "gradient": [[float(f"{v:.7e}") for v in row] for row in gradient.reshape(48, 2)],
    "cloud": [[round(float(v), 3) for v in row] for row in cloud],
    "cloud_perplexity": 20,
    "cloud_divergence": float(model.kl_divergence_),
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.json")
with open(path, "w") as file:
    json.dump(reference, file, sort_keys=True)
    file.write("\n")
