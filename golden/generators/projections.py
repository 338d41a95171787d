"""Principal components from scikit-learn; t-SNE's affinities, gradient and maps from openTSNE and
scikit-learn.

scikit-learn's own affinities are single precision and stop at an entropy error of 1e-5, so openTSNE's
exact ones (double precision, 1e-8) are the reference, and beside them a calibration to the last digit by
SciPy's root finder. Gradient and cost of a layout are scikit-learn's `_kl_divergence` in float64.
"""
import numpy as np
from openTSNE.affinity import joint_probabilities_nn
from scipy.optimize import brentq
from scipy.spatial.distance import cdist, squareform
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, _t_sne
from sklearn.neighbors import NearestNeighbors

from .fixture import ROUNDING, Fixture

DOUBLE = 2.0 ** -53
PCA_REASONS = {
    "variance": "the covariance matrix adds N products in double precision; its eigenvalues move by that "
                "much of the greatest one: 4 sqrt(N) + 8 D double roundings of it",
    "direction": "an eigenvector turns by the error of the matrix over the gap to the next eigenvalue, which "
                 "the generator keeps above a tenth of the greatest: 10 times the roundings of a variance",
    "score": "a row times a direction: the direction's error times the row's length",
}
TSNE_REASONS = {
    "open": "openTSNE stops at an entropy error of 1e-8; a precision is off by that over the variance of its "
            "neighbours' distances, some ten times as much, and a far pair's probability by more: 6e-7",
    "bisection": "our bisection stops at an entropy error of 1e-10, amplified likewise; the reference is "
                 "calibrated to the last digit: 2e-9",
    "start": "two principal components in double precision, with the error of the fixture pca's scores",
    "force": "forces are float32: p, 1/(1+d²), their products and sums over N points in 16 lanes, and Z from "
             "such sums; 6 roundings of the sum of magnitudes",
    "cost": "probabilities are rounded to float32, everything else is double precision; in the sum their "
            "roundings largely cancel: a quarter of a rounding of the sum of magnitudes",
    "step": "float32 gradients lose up to 6 roundings of their sum of magnitudes at every step, and steps "
            "that make the layout grow make that grow: 3 times the greatest deviation among 8 reference "
            "descents whose gradients are disturbed by so much",
    "interpolated": "forces of so many points are interpolated on a grid: 1e-5 of the greatest coordinate",
    "rate": "quotients in double precision",
    "defaults": "numbers that the library's signature states",
    "bound": "within 0.2 % of the divergence that scikit-learn's exact t-SNE reaches: both descend the same "
             "cost from the same start, but float32 and float64 paths part before they meet again",
}


def single(x):
    """As the fixture stores it."""
    return x.astype(np.float32).astype(np.float64)


def separated(random, n, d, rank=None):
    """[n, d] of which neighbouring variances differ by a tenth of the greatest one or more, and each
    direction's greatest element stands out, so that its sign is no accident."""
    rank = rank or min(n - 1, d)
    kept = min(rank, 4)
    while True:
        basis = np.linalg.qr(random.normal(size=(d, d)))[0][:rank]
        deviations = np.concatenate([np.sqrt(np.linspace(1, 0.4, kept)), 0.1 * random.random(rank - kept)])
        scores = random.normal(size=(n, rank))
        scores = np.linalg.qr(scores - scores.mean(axis=0))[0] * np.sqrt(n)
        x = single(5 * (scores * deviations) @ basis + random.normal(size=d) * 3)
        model = PCA(svd_solver="full").fit(x)
        ratios = np.append(model.explained_variance_ratio_ / model.explained_variance_ratio_[0], 0)
        magnitudes = -np.sort(-np.abs(model.components_[:kept]), axis=1)
        apart = d == 1 or (magnitudes[:, 0] - magnitudes[:, 1]).min() > 0.01
        if -np.diff(ratios)[:kept].max() > 0.1 and apart:
            return x, kept


def make_pca(name, module, seed):
    fixture = Fixture(name, "principal components: directions of which the greatest element is positive, by "
                      "falling variance; variances dividing by N; scores; also of fewer rows than columns",
                      ["scikit-learn", "numpy"], module, seed)
    for key, text in PCA_REASONS.items():
        fixture.reason(key, text)
    for label, n, d, rank in [("60x5", 60, 5, None), ("200x12", 200, 12, None), ("40x3", 40, 3, None),
                              ("fewer rows than columns", 6, 9, None), ("of rank 2", 30, 6, 2),
                              ("one column", 20, 1, None)]:
        x, kept = separated(fixture.random(label), n, d, rank)
        case = fixture.case(label, "components", count=kept)
        x = case.input("features", x)
        model = PCA(n_components=kept, svd_solver="full").fit(x)
        roundings = (4 * np.sqrt(n) + 8 * d) * DOUBLE
        variances = model.explained_variance_ * (n - 1) / n
        case.expect("variances", variances, "variance", absolute=roundings * variances[0])
        case.expect("directions", model.components_, "direction", absolute=10 * roundings)
        case.expect("scores", model.transform(x), "score",
                    absolute=10 * roundings * np.linalg.norm(x - x.mean(axis=0), axis=1).max())
    return fixture


def calibrated(distances, perplexity):
    """Precisions and joint probabilities of squared distances [N, N], to the last digit."""
    n = len(distances)
    conditional, precisions = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        others = np.arange(n) != i
        d = distances[i, others] - distances[i, others].min()

        def excess(log_beta):
            beta = np.exp(log_beta)
            weights = np.exp(-beta * d)
            return np.log(weights.sum()) + beta * (weights @ d) / weights.sum() - np.log(perplexity)

        precisions[i] = np.exp(brentq(excess, -25, 25, xtol=1e-15, rtol=1e-15))
        weights = np.exp(-precisions[i] * d)
        conditional[i, others] = weights / weights.sum()
    return precisions, (conditional + conditional.T) / (2 * n)


def clouds(random, sizes, d, spread=1.0, apart=4.0):
    """Blobs of the given sizes, in mixed order."""
    centres = random.normal(size=(len(sizes), d)) * apart
    rows = np.concatenate([c + spread * random.normal(size=(n, d)) for c, n in zip(centres, sizes)])
    return single(rows[random.permutation(len(rows))])


def affinities(fixture, label, x, perplexity):
    case = fixture.case("affinities " + label, "affinities", perplexity=perplexity)
    x = case.input("features", x)
    distances = cdist(x, x, "sqeuclidean")
    precisions, joint = calibrated(distances, perplexity)
    case.expect("precisions", precisions, "bisection", relative=2e-9)
    case.expect("joint", joint, "bisection", absolute=2e-11 * joint.max(), relative=2e-9)
    case = fixture.case("affinities of openTSNE " + label, "joint", perplexity=perplexity)
    x = case.input("features", x)
    nearest = np.argsort(distances + np.diag(np.full(len(x), -1.0)), axis=1)[:, 1:]
    roots = np.sqrt(np.take_along_axis(distances, nearest, axis=1))
    joint = joint_probabilities_nn(nearest, roots, [perplexity], n_jobs=1).toarray()
    case.expect("joint", joint, "open", absolute=6e-9 * joint.max(), relative=6e-7)


def force_scale(joint, layout, exaggeration):
    """The greatest sum of magnitudes behind an element of the gradient."""
    q = 1 / (1 + cdist(layout, layout, "sqeuclidean"))
    magnitude = (exaggeration * joint + q / (q.sum() - len(q))) * q
    return 4 * (magnitude[:, :, None] * np.abs(layout[:, None] - layout[None])).sum(axis=1).max()


def first_layout(x):
    """scikit-learn's init="pca" in double precision."""
    scores = PCA(n_components=min(2, x.shape[1]), svd_solver="full").fit_transform(x)
    return scores / np.std(scores[:, 0]) * 1e-4


def gradient(fixture, label, x, perplexity, layout, exaggeration):
    case = fixture.case(label, "gradient", perplexity=perplexity, exaggeration=exaggeration)
    x = case.input("features", x)
    layout = case.input("layout", layout)
    n = len(x)
    joint = squareform(calibrated(cdist(x, x, "sqeuclidean"), perplexity)[1], checks=False)
    slopes = _t_sne._kl_divergence(layout.ravel(), exaggeration * joint, 1, n, 2)[1].reshape(n, 2)
    scale = force_scale(squareform(joint), layout, exaggeration)
    case.expect_single("gradient", slopes, 6, "force", scale=scale)
    cost = _t_sne._kl_divergence(layout.ravel(), joint, 1, n, 2)[0]
    q = 1 / (1 + cdist(layout, layout, "sqeuclidean"))
    terms = np.abs(np.log(np.maximum(joint, 1e-300))) + np.abs(np.log(squareform(q - np.eye(n))))
    case.expect("divergence", [cost], "cost", absolute=ROUNDING / 4 * 2 * joint @ terms)


def descent(joint, start, count, early, exaggeration, random=None):
    """Layout after `count` steps of van der Maaten's descent, and how near a gain was to the other choice.

    With `random`, every gradient is disturbed by as much as float32 arithmetic may lose."""
    y, n = start.copy().ravel(), len(start)
    velocity, gains, margin = np.zeros(2 * n), np.ones(2 * n), np.inf
    for step in range(count):
        factor = exaggeration if step < early else 1
        slope = _t_sne._kl_divergence(y, joint * factor, 1, n, 2)[1]
        margin = min(margin, np.abs(slope).min() / np.abs(slope).max())
        if random:
            scale = force_scale(squareform(joint), y.reshape(n, 2), factor)
            slope = slope + 6 * ROUNDING * scale * random.uniform(-1, 1, 2 * n)
        gains = np.maximum(np.where(slope * velocity < 0, gains + 0.2, gains * 0.8), 0.01)
        velocity = (0.5 if step < early else 0.8) * velocity - max(n / 48, 50) * gains * slope
        y = y + velocity
    return y.reshape(n, 2), margin


def steps(fixture, label, count, early, exaggeration, perplexity=10.0):
    random, margin = fixture.random(label), 0
    while margin < 2e-4:  # a slope near 0 may have either sign, and its gain either way
        x = clouds(random, [20, 20, 20], 6)
        joint = squareform(calibrated(cdist(x, x, "sqeuclidean"), perplexity)[1], checks=False)
        start = first_layout(x)
        layout, margin = descent(joint, start, count, early, exaggeration)
    case = fixture.case(label, "steps", perplexity=perplexity, iterations=count, exaggerated=early,
                        exaggeration=exaggeration)
    case.input("features", x)
    lost = max(np.abs(descent(joint, start, count, early, exaggeration, random)[0] - layout).max()
               for _ in range(8))
    if early == 0 or count <= early:
        # One phase is one call of the library's own loop, which starts each phase afresh.
        other, _, _ = _t_sne._gradient_descent(
            _t_sne._kl_divergence, start.copy().ravel(), 0, count, n_iter_check=count + 1,
            momentum=0.5 if early else 0.8, learning_rate=50.0, min_grad_norm=0,
            args=[joint * (exaggeration if early else 1), 1, len(x), 2])
        layout = other.reshape(len(x), 2)
    case.expect("layout", layout, "step", absolute=3 * lost)


def large_steps(fixture, label, n, count, perplexity):
    """First steps of so many points that the learning rate grows with them, and that the program
    interpolates the forces. As in Barnes-Hut, 3 · perplexity neighbours attract."""
    x = clouds(fixture.random(label), [n // 3] * 3, 2, apart=1.0)
    case = fixture.case(label, "steps", perplexity=perplexity, iterations=count, exaggerated=250,
                        exaggeration=12.0)
    x = case.input("features", x)
    distances, nearest = NearestNeighbors(n_neighbors=int(3 * perplexity) + 1).fit(x).kneighbors(x)
    joint = joint_probabilities_nn(nearest[:, 1:], distances[:, 1:], [perplexity], n_jobs=1).toarray()
    layout, _ = descent(squareform(joint, checks=False), first_layout(x), count, 250, 12.0)
    case.expect("layout", layout, "interpolated", absolute=1e-5 * np.abs(layout).max())


class Auto(TSNE):
    """scikit-learn's t-SNE up to where its descent would begin."""

    def _tsne(self, *_, **__):
        return None


def settings(fixture):
    """The defaults of scikit-learn, and the learning rate that it sets for a number of points."""
    case = fixture.case("settings", "settings")
    counts = case.input("counts", [50, 2399, 2400, 2401, 2500, 6000], np.int64)
    model = Auto(perplexity=2)
    rates = []
    for n in counts:
        model.fit(np.linspace(0, 1, n, dtype=np.float32)[:, None] * [1, 2])
        rates.append(model.learning_rate_)
    case.expect("rates", rates, "rate", relative=4 * DOUBLE)
    plain = TSNE()
    case.expect_equal("defaults", [plain.perplexity, plain.early_exaggeration, plain.max_iter,
                                   plain._EXPLORATION_MAX_ITER], "defaults")


def ring(random, n, noise, width):
    """An ellipse in six dimensions: its best map is a ring, and every descent from two principal
    components finds it, whereas maps of blobs differ by some per cent with the last bits of the start."""
    angles = 2 * np.pi / n * (np.arange(n) + random.random(n))
    plane = np.linalg.qr(random.normal(size=(6, 6)))[0][:2]
    rows = np.stack([10 * np.cos(angles), width * np.sin(angles)], axis=1) @ plane
    return (rows + noise * random.normal(size=(n, 6)))[random.permutation(n)]


def make_tsne(name, module, seed):
    fixture = Fixture(
        name, "t-SNE: joint affinities of given perplexities, gradient and cost at a layout, with and "
        "without exaggeration, the start from two principal components, the first steps of the descent, also of "
        "so many points that the learning rate grows with them; the settings and "
        "the divergence at which a whole descent ends",
        ["openTSNE", "scikit-learn", "scipy", "numpy"], module, seed)
    for key, text in TSNE_REASONS.items():
        fixture.reason(key, text)
    random = fixture.random("clouds")
    for label, x, perplexity in [
            ("at 8", clouds(random, [16, 16, 16], 6), 8.0), ("at 5", clouds(random, [20], 3), 5.0),
            ("at 20", clouds(random, [40, 27], 5), 20.0), ("far from 0", clouds(random, [25], 4) + 50, 6.0),
            ("of a great scale", clouds(random, [12, 12], 4) * 100, 5.0)]:
        affinities(fixture, label, x, perplexity)
    for label, count, exaggeration in [("gradient", 48, 1.0), ("gradient, exaggerated", 33, 12.0)]:
        x = clouds(random, [count // 3] * 3, 6)
        gradient(fixture, label, x, 8.0, random.normal(size=(count, 2)) * 2, exaggeration)
    x, layout = clouds(random, [31], 5), random.normal(size=(31, 2)) * 1e-4
    gradient(fixture, "gradient near the start", x, 7.0, layout, 12.0)
    for label, n, d in [("start", 50, 6), ("start in one dimension", 12, 1)]:
        x, _ = separated(random, n, d)
        case = fixture.case(label, "start")
        x = case.input("features", x)
        start = np.zeros((n, 2))
        start[:, :min(2, d)] = first_layout(x)
        roundings = 10 * (4 * np.sqrt(n) + 8 * d)
        case.expect("start", start, "start", absolute=roundings * DOUBLE * np.abs(start).max())
    steps(fixture, "steps with exaggeration", 8, 250, 3.0)
    steps(fixture, "steps with full exaggeration", 5, 250, 12.0)
    steps(fixture, "steps without exaggeration", 8, 0, 12.0)
    steps(fixture, "steps across its end", 8, 4, 3.0)
    large_steps(fixture, "steps of 3000 points", 3000, 3, 5.0)
    settings(fixture)
    for label, n, noise, width, perplexity in [
            ("a thin ring", 100, 0.05, 7, 32.0), ("a ring", 120, 0.2, 7, 38.0),
            ("an open line", 100, 0.05, 0, 30.0)]:
        x = ring(fixture.random(label), n, noise, width)
        case = fixture.case("embedding of " + label, "embedding", perplexity=perplexity)
        model = TSNE(perplexity=perplexity, method="exact", init="pca", random_state=0)
        model.fit_transform(case.input("features", x))
        case.expect("divergence", [model.kl_divergence_], "bound", relative=0.002)
    return fixture


FIXTURES = [("pca", make_pca), ("tsne", make_tsne)]
