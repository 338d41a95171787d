"""How far a map can be trusted: silhouette and trustworthiness from scikit-learn, the disparity of two maps from SciPy,
and the kept neighbours from scikit-learn's nearest neighbours."""
import numpy as np
from scipy.spatial import procrustes
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors

from .fixture import Fixture

REASONS = {
    "double": "distances of float32 coordinates in double precision: some hundred roundings of numbers up to 1",
    "ranks": "ranks are whole numbers, and no two distances lie within single precision: a few roundings of a quotient",
}


def groups_of(random, n, k):
    """A group for each point, of which the last has one point."""
    groups = random.integers(0, k - 1, n)
    groups[int(random.integers(n))] = k - 1
    return groups


def silhouette(fixture, name, n, d, k, apart):
    random = fixture.random("silhouette", name)
    groups = groups_of(random, n, k)
    case = fixture.case("silhouette of " + name, "silhouette")
    centres = apart * random.normal(size=(k, d))
    x = case.input("features", centres[groups] + random.normal(size=(n, d)))
    case.input("groups", groups, np.int64)
    case.expect("silhouette", [silhouette_score(x, groups)], "double", absolute=1e-12)


def fidelity(fixture, name, n, d, neighbours, noise):
    random = fixture.random("fidelity", name)
    case = fixture.case(name, "fidelity", neighbours=neighbours)
    x = case.input("features", random.normal(size=(n, d)))
    layout = case.input("map", x[:, :2] + noise * random.normal(size=(n, 2)))
    k = max(1, min(neighbours, (n - 1) // 2))
    for points in (x, layout):  # no rank hangs on a last digit
        distances = np.sort(np.linalg.norm(points[:, None] - points[None], axis=2), axis=1)[:, 1:]
        assert (np.diff(distances, axis=1) > 1e-12).all()
    case.expect("trustworthiness", [trustworthiness(x, layout, n_neighbors=k)], "ranks", absolute=1e-12)

    def near(points):
        return NearestNeighbors(n_neighbors=k).fit(points).kneighbors(return_distance=False)
    kept = [len(set(a) & set(b)) for a, b in zip(near(x), near(layout))]
    case.expect("preservation", [np.sum(kept) / (n * k)], "ranks", absolute=1e-12)
    case.expect_equal("neighbours", [k], "ranks")


def disparity(fixture, name, n, noise, mirrored):
    random = fixture.random("disparity", name)
    case = fixture.case("disparity of " + name, "disparity")
    first = case.input("first", random.normal(size=(n, 2)) * [3, 1] + 5)
    angle = random.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    other = 2.5 * (first - 5) @ turn * ([-1, 1] if mirrored else [1, 1])
    second = case.input("second", other + noise * random.normal(size=(n, 2)) - 7)
    case.expect("disparity", [procrustes(first, second)[2]], "double", absolute=1e-12)


def make_fidelity(name, module, seed):
    fixture = Fixture(
        name, "the silhouette of groups, also of a group of one point; trustworthiness and the share of kept neighbours, "
        "also of few points; the disparity of two maps, also turned, scaled and mirrored",
        ["scikit-learn", "scipy", "numpy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    silhouette(fixture, "separate groups", 60, 8, 4, 4.0)
    silhouette(fixture, "groups in one another", 80, 5, 7, 0.3)
    silhouette(fixture, "two groups", 9, 2, 2, 1.0)
    fidelity(fixture, "a good map", 70, 3, 10, 0.05)
    fidelity(fixture, "a poor map", 70, 12, 10, 2.0)
    fidelity(fixture, "a map of 12 points", 12, 4, 10, 0.5)
    fidelity(fixture, "a map of 11 points", 11, 4, 10, 0.5)
    fidelity(fixture, "a map of 3 points", 3, 4, 10, 0.5)
    disparity(fixture, "a turned map", 40, 0.3, False)
    disparity(fixture, "a mirrored map", 25, 1.0, True)
    disparity(fixture, "three points", 3, 2.0, False)
    return fixture


FIXTURES = [("fidelity", make_fidelity)]
