"""Inference from few speakers: intervals and gaps from SciPy, statsmodels and scikit-learn (`intervals`), and what is
drawn: the cluster bootstrap and the exchange tests (`bootstrap`). Their draws are our stream's, of which streams.py has
a second writing."""
import itertools

import numpy as np
from scipy import stats
from sklearn import metrics as sk
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

from .fixture import Fixture
from .streams import Stream

REASONS = {
    "double": "a few hundred roundings in double precision of numbers below 1, and t quantiles good to 1e-11",
    "quantile": "a quantile by halving a bracket to neighbouring numbers, of a distribution good to 1e-13",
    "count": "whole numbers over a whole number: at most 4 roundings",
    "whole": "whole numbers",
}
BOOTSTRAP_REASONS = {key: REASONS[key] for key in ("double", "count", "whole")}


def wilson(fixture):
    shares, units = np.meshgrid([0, 0.013, 0.25, 0.5, 0.731, 0.999, 1], [1, 2, 7, 24, 60, 1440, 7798])
    case = fixture.case("Wilson's interval", "wilson", level=0.95)
    p = case.input("shares", shares.ravel(), np.float64)
    n = case.input("units", units.ravel(), np.int64)
    case.expect("interval", np.stack(proportion_confint(p * n, n, alpha=0.05, method="wilson"), axis=1), "double",
                absolute=1e-12)


def chi_square(fixture):
    nu, p = np.meshgrid([1, 2, 3, 4, 5, 9.5, 23, 60, 240], [0.001, 0.025, 0.1, 0.5, 0.9, 0.975, 0.999])
    case = fixture.case("quantiles of χ²", "chi square")
    nu = case.input("degrees", nu.ravel(), np.float64)
    p = case.input("p", p.ravel(), np.float64)
    case.expect("quantiles", stats.chi2(nu).ppf(p), "quantile", relative=1e-10)
    case = fixture.case("detectable effects", "detectable")
    nu = case.input("degrees", [1, 2, 3, 4, 5, 5, 9, 23, 60, 400], np.float64)
    alpha = case.input("alpha", [0.05, 0.05, 0.01, 0.05, 0.05, 0.05 / 11, 0.05, 0.05, 0.001, 0.05], np.float64)
    power = case.input("power", [0.8, 0.9, 0.8, 0.8, 0.8, 0.8, 0.5, 0.95, 0.8, 0.8], np.float64)
    errors = case.input("errors", fixture.random("errors").uniform(0.001, 0.03, len(nu)), np.float64)
    effects = (stats.t(nu).ppf(1 - alpha / 2) + stats.t(nu).ppf(power)) * errors
    case.expect("effects", effects, "double", absolute=1e-13, relative=1e-9)
    case.expect("factors", np.sqrt(nu[:, None] / stats.chi2(nu[:, None]).ppf([0.975, 0.025])), "quantile",
                relative=1e-9)
    for v, a, b, e, s in zip(nu, alpha, power, effects, errors):  # the exact power, by the noncentral t
        if v >= 23:
            exact = TTestPower().power(e / s / np.sqrt(v + 1), v + 1, a)
            assert abs(exact - b) < 0.02, (v, exact, b)


def jackknife(value, parts):
    parts = np.array(parts)
    g = len(parts)
    half = stats.t(g - 1).ppf(0.975) * np.sqrt((g - 1) / g * ((parts - parts.mean()) ** 2).sum())
    return [value, value - half, value + half]


def predictions(case, random, g, k, seeds, systems, per_class=3, lacking=False, spared=False):
    """Truth and speakers of one utterance each, and what each system chose, [S, N]. `lacking`: every speaker lacks a class,
    which the first system chooses once at least, and the second never. `spared`: no system takes the last class for the
    first, and the first system is much better."""
    sizes = random.integers(per_class * k, (per_class + 1) * k, g)
    speaker = np.repeat(np.arange(g), sizes)
    n = len(speaker)
    truth = np.concatenate([np.concatenate([np.arange(k), random.integers(0, k, s - k)]) for s in sizes])
    if lacking:
        truth = np.where((truth + speaker) % k == 0, (truth + 1) % k, truth)
    skill = np.repeat(random.uniform(0.35, 0.8, g), sizes)
    case.input("speaker", speaker, np.int64)
    case.input("truth", truth, np.int64)
    chosen = []
    for name, gain in zip(systems, (0.4 if spared else 0.12, 0.0)):
        own = [np.where(random.random(n) < skill + gain, truth, random.integers(0, k, n)) for _ in range(seeds)]
        own = np.where(spared & (truth == k - 1) & (np.stack(own) == 0), truth, own)
        if lacking and gain > 0:
            own[:, np.unique(speaker, return_index=True)[1]] = -np.arange(g) % k
        elif lacking:
            own = np.where((own + speaker) % k == 0, truth, own)
        chosen.append(case.input(name, own, np.int64))
    return speaker, truth, chosen


def recalls(fixture, name, g, k, seeds, spared=False):
    """Class recalls and differences of confusion shares, each with its jackknife."""
    random = fixture.random("recalls", name)
    case = fixture.case(name, "classes", classes=k, seeds=seeds)
    speaker, truth, (first, second) = predictions(case, random, g, k, seeds, ["first", "second"], per_class=6,
                                                   spared=spared)

    def shares(system, rows):
        return np.mean([sk.confusion_matrix(truth[rows], chosen[rows], labels=range(k), normalize="true")
                        for chosen in system], axis=0)
    rows = [np.arange(len(truth))] + [np.flatnonzero(speaker != s) for s in range(g)]
    own = np.array([shares(first, r) for r in rows])
    recall = [sk.recall_score(truth, chosen, average=None) for chosen in first]
    np.testing.assert_allclose(own[0].diagonal(), np.mean(recall, axis=0))
    case.expect("recalls", [jackknife(own[0, i, i], own[1:, i, i]) for i in range(k)], "double", absolute=1e-12,
                relative=1e-10)
    d = own - np.array([shares(second, r) for r in rows])
    cells = [jackknife(d[0, i, j], d[1:, i, j]) for i in range(k) for j in range(k)]
    case.expect("differences", cells, "double", absolute=1e-12, relative=1e-10)
    law = stats.t(g - 1)
    errors = np.array([(high - low) / 2 / law.ppf(0.975) for _, low, high in cells])
    values = np.array([value for value, _, _ in cells])
    none = (errors == 0) & (values == 0)  # neither system ever confuses these two
    assert errors[~none].min() > 1e-9
    p = np.where(none, 1, 2 * law.sf(np.abs(values / np.where(none, 1, errors))))
    case.expect("adjusted", multipletests(p, method="holm")[1], "double", absolute=1e-12, relative=1e-9)


def gaps(fixture):
    random = fixture.random("gaps")
    for name, g, h in [("of 12 and 12 speakers", 12, 12), ("of 5 and 4 speakers", 5, 4), ("of 3 and 9 speakers", 3, 9)]:
        case = fixture.case("gap " + name, "gap")
        a = case.input("first", random.uniform(0.3, 0.9, g), np.float64)
        b = case.input("second", random.uniform(0.3, 0.9, h) ** 1.5, np.float64)
        test = stats.ttest_ind(a, b, equal_var=False)
        interval = test.confidence_interval(0.95)
        case.expect("difference", [a.mean() - b.mean(), interval.low, interval.high], "double", absolute=1e-12,
                    relative=1e-9)
        case.expect("p", [test.pvalue], "double", relative=1e-9)
    for g in (2, 6, 24):
        case = fixture.case(f"paired gap of {g} speakers", "paired gap")
        a = case.input("first", random.uniform(0.3, 0.9, g), np.float64)
        b = case.input("second", a - 0.05 + 0.1 * random.standard_normal(g), np.float64)
        test = stats.ttest_rel(a, b)
        interval = test.confidence_interval(0.95)
        case.expect("difference", [(a - b).mean(), interval.low, interval.high], "double", absolute=1e-12,
                    relative=1e-9)
        case.expect("p", [test.pvalue], "double", relative=1e-9)


def make_intervals(name, module, seed):
    fixture = Fixture(
        name, "Wilson's intervals of few and many units; quantiles of χ²; detectable effects and how uncertain they are; "
        "class recalls and differences of confusion shares, with the delete-one-speaker jackknife and Holm's p; gaps "
        "between groups of different speakers (Welch) and of the same ones (paired t)",
        ["scipy", "statsmodels", "scikit-learn", "numpy"], module, seed)
    for key, text in REASONS.items():
        if key in ("double", "quantile"):
            fixture.reason(key, text)
    wilson(fixture)
    chi_square(fixture)
    recalls(fixture, "four speakers, three classes", 4, 3, 2)
    recalls(fixture, "nine speakers, five classes, one seed", 9, 5, 1)
    recalls(fixture, "six speakers, and two classes that nobody confuses", 6, 3, 2, spared=True)
    gaps(fixture)
    return fixture


# What is drawn

def resampled(stream, clusters):
    """As many clusters, drawn with replacement: how often each occurs."""
    return np.bincount([stream.below(clusters) for _ in range(clusters)], minlength=clusters)


def bootstrap(fixture, name, g, k, seeds, resamples, lacking=False):
    """The paired bootstrap of four figures over whole speakers, by scikit-learn on the drawn utterances."""
    random = fixture.random("bootstrap", name)
    path = f"{random.integers(2 ** 31)}/bootstrap"
    case = fixture.case(name, "bootstrap", classes=k, seeds=seeds, resamples=resamples, stream=path)
    speaker, truth, (first, second) = predictions(case, random, g, k, seeds, ["first", "second"], lacking=lacking)
    rows = [np.flatnonzero(speaker == s) for s in range(g)]
    figures = []
    stream = Stream.at(path)
    for _ in range(resamples):
        drawn = np.concatenate([np.tile(rows[s], times) for s, times in enumerate(resampled(stream, g)) if times])

        def scores(system):
            return np.mean([[sk.accuracy_score(truth[drawn], c[drawn]), sk.recall_score(
                truth[drawn], c[drawn], average="macro", zero_division=0, labels=np.unique(truth[drawn])),
                sk.f1_score(truth[drawn], c[drawn], average="macro"),
                sk.f1_score(truth[drawn], c[drawn], average="weighted")] for c in system], axis=0)
        figures.append(scores(first) - scores(second))
    case.expect("differences", np.sort(np.array(figures).T, axis=1), "double", absolute=1e-12)


def drawn_clusters(fixture, g, resamples):
    """Each resample as one number, whose digits say how often a cluster occurs; none where the first is missing."""
    path = f"{fixture.random('drawn', g).integers(2 ** 31)}/{g}"
    case = fixture.case(f"resamples of {g} clusters", "resamples", clusters=g, resamples=resamples, stream=path)
    stream = Stream.at(path)
    drawn = [resampled(stream, g) for _ in range(resamples)]
    kept = [sum(int(times) * (g + 1) ** place for place, times in enumerate(weights)) for weights in drawn if weights[0]]
    assert max(kept) < 2 ** 53
    case.expect_equal("resamples", np.sort(kept).astype(np.float64), "whole")
    case.expect_equal("undefined", [resamples - len(kept)], "whole")


def drawn_extreme(stream, d, own, draws):
    """How many drawn sums reach `own`. A sum takes whole words, and a bit of 1 turns a sign, from the lowest bit on."""
    words, count = -(-len(d) // 64), 0
    for start in range(0, draws, 20_000):
        drawn = [[stream.next() for _ in range(words)] for _ in range(min(20_000, draws - start))]
        bits = np.unpackbits(np.array(drawn, dtype="<u8").view(np.uint8), axis=1, bitorder="little")[:, :len(d)]
        count += int((np.abs((1 - 2.0 * bits) @ d) >= own).sum())
    return count


def flips(fixture, name, d):
    """The exchange test of a sum: SciPy flips signs in every way up to 16 clusters; beyond, sums of two halves are
    added in every way, and from 33 clusters on signs are drawn."""
    path = f"{fixture.random('flips', name).integers(2 ** 31)}/{name}"
    case = fixture.case("exchange " + name, "exchange", stream=path)
    d = case.input("differences", d, np.float64)
    g, own = len(d), abs(d.sum()) - 1e-12 * np.abs(d).sum()
    if g <= 32:
        half = [np.array([np.dot(signs, part) for signs in itertools.product([1, -1], repeat=len(part))])
                for part in (d[:g // 2], d[g // 2:])]
        second = np.sort(half[1])
        between = np.searchsorted(second, own - half[0]) - np.searchsorted(second, -own - half[0], side="right")
        extreme = 2 ** g - int(np.maximum(0, between).sum())
        p, least = extreme / 2 ** g, min(1, 2 / 2 ** g)
        if 2 <= g <= 12:
            other = stats.permutation_test((d,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
            assert abs(other - p) < 1e-12, (name, other, p)
    else:
        stream, draws = Stream.at(path), 20_000
        extreme = drawn_extreme(stream, d, own, draws)
        if extreme <= 0.2 * draws:
            extreme += drawn_extreme(stream, d, own, 1_000_000 - draws)
            draws = 1_000_000
        p, least = (1 + extreme) / (1 + draws), 1 / (1 + draws)
    case.expect("p", [p, least], "count", absolute=1e-15, relative=1e-15)


def exchanged_norms(fixture, g):
    """A figure that is no sum: the difference of two norms, after the marked clusters have changed places."""
    random = fixture.random("norms", g)
    path = f"{random.integers(2 ** 31)}/norms"
    case = fixture.case(f"exchange of {g} clusters in a figure that is no sum", "norms", stream=path)
    while True:  # a p well above a fifth, for which 20 000 arrangements are drawn
        a, b = random.uniform(0, 1, g), random.uniform(0, 0.97, g)
        d = a ** 2 - b ** 2
        if 2 * stats.norm.sf(abs(d.sum()) / np.sqrt((d ** 2).sum())) > 0.35:
            break
    a, b = case.input("first", a, np.float64), case.input("second", b, np.float64)

    def differences(flipped):
        return np.linalg.norm(np.where(flipped, b, a), axis=1) - np.linalg.norm(np.where(flipped, a, b), axis=1)
    own = abs(differences(np.zeros((1, g), bool))[0]) * (1 - 1e-12)
    if g <= 16:
        every = np.arange(2 ** g)[:, None] >> np.arange(g) & 1 == 1
        extreme = int((np.abs(differences(every)) >= own).sum())
        p, least = extreme / 2 ** g, min(1, 2 / 2 ** g)
    else:
        stream = Stream.at(path)
        drawn = np.array([[stream.next() >> 63 == 1 for _ in range(g)] for _ in range(20_000)])
        extreme = int((np.abs(differences(drawn)) >= own).sum())
        assert extreme > 0.2 * 20_000  # then no more are drawn
        p, least = (1 + extreme) / 20_001, 1 / 20_001
    case.expect("p", [p, least], "count", absolute=1e-15, relative=1e-15)


def near_share(random, g, least, most):
    """Differences of which the sum has a p between the two, by the normal approximation."""
    while True:
        d = random.normal(size=g)
        if least < 2 * stats.norm.sf(abs(d.sum()) / np.sqrt((d ** 2).sum())) < most:
            return 0.01 * d


def make_bootstrap(name, module, seed):
    fixture = Fixture(
        name, "what is drawn from few speakers: the clusters of each resample, and the sorted differences of WA, UA, macro "
        "and weighted F1 in a paired bootstrap of whole speakers; the exchange test of a sum over every arrangement, up "
        "to 32 clusters, and over drawn ones; the exchange test of a figure that is no sum, counted and drawn",
        ["scikit-learn", "scipy", "numpy"], module, seed)
    for key, text in BOOTSTRAP_REASONS.items():
        fixture.reason(key, text)
    drawn_clusters(fixture, 2, 30)
    drawn_clusters(fixture, 5, 60)
    drawn_clusters(fixture, 12, 40)
    bootstrap(fixture, "three speakers, three classes", 3, 3, 2, 25)
    bootstrap(fixture, "ten speakers, four classes, one seed", 10, 4, 1, 25)
    bootstrap(fixture, "two speakers, each without a class", 2, 3, 1, 25, lacking=True)
    random = fixture.random("exchange")
    for g in (1, 2, 3, 6, 11):
        flips(fixture, f"of {g} clusters", 0.01 + 0.02 * random.normal(size=g))
    flips(fixture, "of equal differences", np.full(8, 0.01))
    flips(fixture, "of no difference", np.zeros(5))
    flips(fixture, "of 24 clusters", near_share(random, 24, 0.01, 0.1))
    flips(fixture, "of 40 clusters", near_share(random, 40, 0.3, 0.9))
    flips(fixture, "of 70 clusters", near_share(random, 70, 0.3, 0.9))
    for g in (7, 16, 17, 20):
        exchanged_norms(fixture, g)
    limits = fixture.random("limits")
    flips(fixture, "of 32 clusters", near_share(limits, 32, 0.3, 0.9))
    flips(fixture, "of 33 clusters, a little above a fifth", near_share(limits, 33, 0.215, 0.235))
    flips(fixture, "of 34 clusters, a little below a fifth", near_share(limits, 34, 0.165, 0.185))
    return fixture


FIXTURES = [("bootstrap", make_bootstrap), ("intervals", make_intervals)]
