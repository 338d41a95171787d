"""Intervals and tests, from SciPy, statsmodels, baycomp and ruptures, and from published worked examples.

Procedures that draw random numbers are not here: their streams are our own. Where all arrangements can be
counted, they are, by itertools.
"""
import itertools

import baycomp
import numpy as np
import ruptures
from scipy import stats
from scipy.optimize import brentq
from sklearn import metrics as sk
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from .fixture import Fixture

PROVES = (
    "Student's t distribution and its quantiles, also of fractional and infinite degrees of freedom; the "
    "delete-one-cluster jackknife of WA, UA and F1 with t(G-1); exchange of whole clusters and of seeds within "
    "folds over all arrangements; Welch's t blocked by fold, with its degrees of freedom; the Nadeau-Bengio "
    "corrected t and the Bayesian correlated t with a rope; McNemar's mid-p, also on the worked example of "
    "Fagerland et al. 2013; Holm; the probability of superiority; variance components; ECE, Brier and "
    "log-likelihood; the jackknife of ECE, Wilson intervals of its bins with an effective number, temperatures "
    "fitted on the other folds, risk and coverage, also of equal confidences; percentiles; change points")
REASONS = {
    "distribution": "two ways to the incomplete beta function, each good to about 1e-14 of the tail; 1e-11 "
                    "leaves room for degrees of freedom of thousands",
    "double": "a few hundred roundings in double precision of numbers below 1, and t quantiles good to 1e-11",
    "count": "whole numbers over a whole number: at most 4 roundings",
    "rounded": "scaled probabilities are rounded to single precision: their logarithm near 0.01 loses 1e-7",
    "single": "probabilities are stored in single precision on both sides and summed in double: 1e-12",
}


def distribution(fixture):
    degrees = [0.7, 1, 2, 3, 4.5, 5, 9, 11, 23, 60.25, 400, 5000]
    t = np.array([-40.0, -5, -2.0, -0.3, 0, 1e-4, 0.5, 1, 1.96, 3, 7, 25])
    p = np.array([1e-6, 0.01, 0.025, 0.2, 0.5, 0.8, 0.95, 0.975, 0.995, 1 - 1e-6])
    for nu in degrees + [np.inf]:
        name = "normal" if np.isinf(nu) else f"t({nu})"
        case = fixture.case(name, "t", degrees=-1 if np.isinf(nu) else nu)
        case.input("t", t, np.float64)
        case.input("p", p, np.float64)
        law = stats.norm() if np.isinf(nu) else stats.t(nu)
        case.expect("cumulative", law.cdf(t), "distribution", absolute=1e-14, relative=1e-11)
        case.expect("twoSided", 2 * law.sf(np.abs(t)), "distribution", relative=1e-11)
        case.expect("quantile", law.ppf(p), "distribution", absolute=1e-12, relative=1e-10)


def score(metric, truth, chosen):
    return [sk.accuracy_score(truth, chosen), sk.balanced_accuracy_score(truth, chosen),
            sk.f1_score(truth, chosen, average="macro"),
            sk.f1_score(truth, chosen, average="weighted")][metric]


def clusters(fixture, g, k, seeds, name):
    """Predictions of two systems; jackknife of each figure of the first and of its difference."""
    random = fixture.random("clusters", name)
    sizes = random.integers(25, 40, g)
    speaker = np.repeat(np.arange(g), sizes)
    n = len(speaker)
    truth = np.concatenate([np.concatenate([np.arange(k), random.integers(0, k, s - k)]) for s in sizes])
    skill = np.repeat(random.uniform(0.35, 0.8, g), sizes)
    systems = [np.stack([np.where(random.random(n) < skill + gain, truth, random.integers(0, k, n))
                         for _ in range(seeds)]) for gain in (0.05, 0.0)]
    case = fixture.case(name, "clusters", classes=k, seeds=seeds)
    case.input("speaker", speaker, np.int64)
    case.input("truth", truth, np.int64)
    case.input("first", systems[0], np.int64)
    case.input("second", systems[1], np.int64)

    def mean(metric, system, rows):
        return np.mean([score(metric, truth[rows], c[rows]) for c in system])
    whole, low, high, ps, difference = [], [], [], [], []
    t = stats.t(g - 1).ppf(0.975)
    for metric in range(4):
        everything = np.arange(n)
        for values, statistic in ((whole, lambda r: mean(metric, systems[0], r)),
                                  (difference, lambda r: mean(metric, systems[0], r)
                                   - mean(metric, systems[1], r))):
            value = statistic(everything)
            parts = np.array([statistic(np.flatnonzero(speaker != s)) for s in range(g)])
            half = t * np.sqrt((g - 1) / g * ((parts - parts.mean()) ** 2).sum())
            values.append([value, value - half, value + half])
        if g <= 10:
            own = abs(difference[-1][0])
            extreme = 0
            for flips in itertools.product([False, True], repeat=g):
                swap = np.array(flips)[speaker]
                a = [np.where(swap, y, x) for x, y in zip(*systems)]
                b = [np.where(swap, x, y) for x, y in zip(*systems)]
                extreme += abs(mean(metric, a, everything) - mean(metric, b, everything)) >= own - 1e-12
            ps.append(extreme / 2 ** g)
    case.expect("jackknife", whole, "double", absolute=1e-12, relative=1e-10)
    case.expect("difference", difference, "double", absolute=1e-12, relative=1e-10)
    if ps:
        case.expect("exchange", ps, "count", absolute=1e-15)


def seed_blocks(fixture, name, folds, n, m, spread=0.01, exact=False):
    random = fixture.random("blocks", name)
    base = random.uniform(0.5, 0.8, folds)
    c = base[:, None] - 0.006 + spread * random.standard_normal((folds, n))
    b = base[:, None] + spread * random.standard_normal((folds, m))
    case = fixture.case(name, "seeds", folds=folds)
    case.input("candidate", c, np.float64)
    case.input("baseline", b, np.float64)
    d = (c.mean(1) - b.mean(1)).mean()
    if n > 1:
        terms = np.concatenate([c.var(1, ddof=1) / n, b.var(1, ddof=1) / m])
        freedom = np.repeat([n - 1, m - 1], folds)
    else:
        terms, freedom = b.var(1, ddof=1) * (1 + 1 / m), np.full(folds, m - 1)
    v = terms.sum() / folds ** 2
    nu = terms.sum() ** 2 / (terms ** 2 / freedom).sum()
    half = stats.t(nu).ppf(0.975) * np.sqrt(v)
    case.expect("welch", [d, d - half, d + half], "double", absolute=1e-12, relative=1e-9)
    if folds == 1 and n > 1:
        reference = stats.ttest_ind(c[0], b[0], equal_var=False).confidence_interval(0.95)
        np.testing.assert_allclose([d - half, d + half], [reference.low, reference.high])
    if exact:
        sums = [0.0]
        for fold in range(folds):
            values = np.concatenate([c[fold], b[fold]])
            own = [values[list(s)].mean() - np.delete(values, list(s)).mean()
                   for s in itertools.combinations(range(n + m), n)]
            sums = (np.array(sums)[:, None] + np.array(own)).ravel()
        case.expect("permutation", [np.mean(np.abs(sums / folds) >= abs(d) - 1e-12)], "count",
                    absolute=1e-15)


def correlated(fixture):
    random = fixture.random("correlated")
    for folds in (2, 4, 5, 6, 10):
        d = 0.01 + 0.02 * random.standard_normal(folds)
        case = fixture.case(f"{folds} folds", "correlated", rope=0.01)
        case.input("differences", d, np.float64)
        test_share = 1 / (folds - 1)
        error = np.sqrt((1 / folds + test_share) * d.var(ddof=1))
        law = stats.t(folds - 1, d.mean(), error)
        case.expect("interval", [d.mean(), law.ppf(0.025), law.ppf(0.975)], "double", absolute=1e-12,
                    relative=1e-9)
        case.expect("p", [2 * stats.t(folds - 1).sf(abs(d.mean() / error))], "double", relative=1e-9)
        posterior = baycomp.CorrelatedTTest.probs(np.zeros(folds), d, rope=0.01)
        # baycomp's differences are second - first; its probabilities: below the rope, within, above.
        case.expect("probabilities", posterior, "double", absolute=1e-11)
        np.testing.assert_allclose(
            posterior, [law.cdf(-0.01), law.cdf(0.01) - law.cdf(-0.01), law.sf(0.01)], atol=1e-9)


def counts(fixture):
    for b, c in [(0, 0), (1, 0), (3, 3), (1, 7), (12, 25), (30, 31), (140, 180), (1, 8)]:
        case = fixture.case(f"discordant {b} and {c}", "mcnemar")
        case.input("discordant", [b, c], np.int64)
        n, least = b + c, min(b, c)
        law = stats.binom(n, 0.5)
        p = 1 if b == c else min(1, 2 * law.cdf(least) - law.pmf(least))
        if n and b != c:
            exact = mcnemar([[0, b], [c, 0]], exact=True).pvalue
            np.testing.assert_allclose(p, exact - law.pmf(least), rtol=1e-9)
        if (b, c) == (1, 7):  # Fagerland, Lydersen & Laake 2013: exact 0.070, mid-p 0.039
            assert round(p, 3) == 0.039
        case.expect("p", [float(p)], "distribution", relative=1e-11)
    random = fixture.random("holm")
    for name, p in [("seven", random.random(7) ** 3), ("ties", [0.01, 0.04, 0.01, 0.04, 1]), ("one", [0.03]),
                    ("sorted", np.sort(random.random(5)) / 20)]:
        case = fixture.case("holm " + name, "holm")
        p = case.input("p", p, np.float64)
        case.expect("adjusted", multipletests(p, method="holm")[1], "count", absolute=1e-15)
    for name, a, b in [("five and four", random.random(5), random.random(4)),
                       ("with ties", [1, 2, 2, 3], [2, 2, 4]), ("all above", [5.0, 6], [1, 2, 3])]:
        case = fixture.case("superiority " + name, "superiority")
        a, b = case.input("first", a, np.float64), case.input("second", b, np.float64)
        u = stats.mannwhitneyu(a, b).statistic
        case.expect("probability", [u / (len(a) * len(b))], "count", absolute=1e-15)


def components(fixture):
    random = fixture.random("components")
    for name, units, seeds, sizes in [("folds", 6, 3, (0.05, 0.004, 0.01)), ("speakers", 24, 5, (0.1, 0, 0.03)),
                                      ("two by two", 2, 2, (0.1, 0.1, 0.01)), ("nothing", 4, 3, (0, 0, 0.01)),
                                      ("seeds with one mean", 6, 3, (0.05, 0, 0.01))]:
        x = 0.7 + sizes[0] * random.standard_normal((units, 1)) + sizes[1] * random.standard_normal((1, seeds)) \
            + sizes[2] * random.standard_normal((units, seeds))
        if name == "seeds with one mean":
            x += x.mean() - x.mean(0)
        case = fixture.case("components of " + name, "components", units=units)
        x = case.input("scores", x, np.float64)
        rest = x - x.mean(0) - x.mean(1, keepdims=True) + x.mean()
        ms_rest = (rest ** 2).sum() / ((units - 1) * (seeds - 1))
        ms_unit = seeds * x.mean(1).var(ddof=1)
        ms_seed = units * x.mean(0).var(ddof=1)
        case.expect("components", [max(0, (ms_seed - ms_rest) / units), max(0, (ms_unit - ms_rest) / seeds),
                                   ms_rest], "double", absolute=1e-15, relative=1e-9)


def at_edges():
    """Probabilities of 17 classes, of which the first has the greatest: the 32-bit number nearest to each
    edge of 15 bins and its neighbours, and twice 1."""
    edges = (np.arange(1, 15) / 15).astype(np.float32)
    tops = np.concatenate([np.nextafter(edges, np.float32(0)), edges, np.nextafter(edges, np.float32(1)),
                           np.ones(2, np.float32)])
    return np.column_stack([tops, np.repeat((1 - tops[:, None]) / 16, 16, axis=1)])


def calibration(fixture):
    random = fixture.random("calibration")
    for name, n, k in [("eight classes", 400, 8), ("two classes", 50, 2), ("one utterance", 1, 4),
                       ("edges of bins", 44, 17)]:
        logits = random.standard_normal((n, k)) * 2
        p = (np.exp(logits) / np.exp(logits).sum(1, keepdims=True)).astype(np.float32)
        truth = random.integers(0, k, n)
        if "edges" in name:
            p, truth = at_edges(), np.arange(n) % 2
        case = fixture.case("calibration of " + name, "calibration", classes=k)
        p = case.input("probabilities", p)
        case.input("truth", truth, np.int64)
        chosen, confidence = p.argmax(1), p.max(1)
        bins, error = in_bins(confidence), expected_error(confidence, chosen == truth)
        brier = ((p - np.eye(k)[truth]) ** 2).sum(1).mean()
        case.expect("figures", [error, brier, -np.log(np.maximum(p[np.arange(n), truth], 1e-12)).mean()], "single",
                    absolute=1e-12, relative=1e-12)
        case.expect_equal("bins", np.bincount(bins, minlength=15), "count")
    values = np.sort(random.standard_normal(1001))
    for name, part in [("1001 values", values), ("two values", values[:2]), ("one value", values[:1])]:
        case = fixture.case("percentiles of " + name, "percentiles")
        part = case.input("values", part, np.float64)
        case.expect("interval", np.percentile(part, [2.5, 97.5]), "double", absolute=1e-13)


def jackknife(value, parts):
    parts = np.array(parts)
    g = len(parts)
    half = stats.t(g - 1).ppf(0.975) * np.sqrt((g - 1) / g * ((parts - parts.mean()) ** 2).sum())
    return [value, value - half, value + half]


def in_bins(confidence):
    return np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)


def expected_error(confidence, right):
    bins = in_bins(confidence)
    return sum(abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean()
               for b in np.unique(bins))


def risks(confidence, wrong):
    """Errors among the first k over k. Equal confidences share their errors: each counts as their mean."""
    means = {c: wrong[confidence == c].mean() for c in np.unique(confidence)}
    order = np.argsort(-confidence, kind="stable")
    return np.cumsum([means[c] for c in confidence[order]]) / np.arange(1, len(order) + 1)


def at(percent, curve):
    return curve[-(-percent * len(curve) // 100) - 1]


def confidence(fixture):
    """Several seeds and folds of one system: bins, temperatures fitted on the other folds, risk and coverage."""
    for name, g, folds, seeds, k, n, sharp, ties in [
            ("too confident", 12, 4, 3, 8, 480, 2.2, False), ("too unsure", 6, 3, 1, 4, 200, 0.5, False),
            ("of few values", 5, 5, 2, 3, 150, 1.0, True),
            ("in bins of 9, 10 and 11", 3, 3, 1, 3, 30, 1.0, False)]:
        random = fixture.random("confidence", name)
        speaker = np.arange(n) % g
        fold = speaker % folds + 1
        truth = random.integers(0, k, n)
        z = random.standard_normal((seeds, n, k)) + 0.5 * random.standard_normal((n, k))
        z[:, np.arange(n), truth] += random.uniform(0.3, 2.2, g)[speaker]
        z *= sharp
        if ties:
            z = np.round(z)
        p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
        if name.startswith("in bins"):
            top = np.repeat([0.5, 0.7, 0.9], [9, 10, 11]) + random.uniform(0, 0.01, n)
            p[:] = ((1 - top) / (k - 1))[:, None]
            p[0, np.arange(n), np.where(random.random(n) < 0.7, truth, (truth + 1) % k)] = top
        case = fixture.case("confidence " + name, "confidence", classes=k, seeds=seeds)
        p = case.input("probabilities", p)
        for label, values in (("speaker", speaker), ("fold", fold), ("truth", truth)):
            case.input(label, values, np.int64)
        chosen = p.argmax(-1)
        top, right = p.max(-1), chosen == truth
        spread = np.broadcast_to(speaker, top.shape)

        def over_speakers(figure):
            return jackknife(figure(np.arange(n)), [figure(np.flatnonzero(speaker != s)) for s in range(g)])
        case.expect("error", over_speakers(lambda rows: expected_error(top[:, rows].ravel(), right[:, rows].ravel())),
                    "double", absolute=1e-11)
        rows = []
        for b in np.unique(in_bins(top)):
            mine = in_bins(top) == b
            hits, size, who = right[mine], mine.sum(), spread[mine]
            row = [b, size, top[mine].mean(), hits.mean(), -1, -1]
            names = np.unique(who)
            if size >= 10 and len(names) > 1:
                parts = np.array([hits[who != s].mean() for s in names])
                variance = (len(names) - 1) / len(names) * ((parts - parts.mean()) ** 2).sum()
                binomial = hits.mean() * (1 - hits.mean()) / size
                effective = mine.any(0).sum()
                if variance > 0 and binomial > 0:
                    effective = min(effective, size * binomial / variance)
                alpha = 2 * stats.norm.sf(stats.t(len(names) - 1).ppf(0.975))
                row[4:] = proportion_confint(hits.mean() * effective, effective, alpha=alpha, method="wilson")
            rows.append(row)
        case.expect("bins", rows, "double", absolute=1e-10)

        scaled, temperatures = np.empty_like(p), []
        for s in range(seeds):
            for f in range(1, folds + 1):
                others, log = fold != f, np.log(p[s])

                def slope(beta):
                    w = np.exp(beta * log[others])
                    w /= w.sum(1, keepdims=True)
                    return ((w * log[others]).sum(1) - log[others, truth[others]]).sum()
                beta = brentq(slope, 1 / 20, 20, xtol=1e-15, rtol=1e-14)
                temperatures.append(1 / beta)
                w = np.exp(log[fold == f] * beta)
                scaled[s, fold == f] = w / w.sum(1, keepdims=True)
        case.expect("temperatures", temperatures, "double", relative=1e-9)
        scaled = scaled.astype(np.float32).astype(np.float64)
        likelihood = -np.log(scaled[:, np.arange(n), truth]).mean()
        brier = ((scaled - np.eye(k)[truth]) ** 2).sum(-1).mean()
        case.expect("scaled", [expected_error(scaled.max(-1).ravel(), right.ravel()), likelihood, brier], "rounded",
                    absolute=1e-6)
        case.expect("area", over_speakers(
            lambda rows: np.mean([risks(t[rows], ~r[rows]).mean() for t, r in zip(top, right)])), "double",
            absolute=1e-11)
        case.expect("accuracyAt80", over_speakers(
            lambda rows: np.mean([1 - at(80, risks(t[rows], ~r[rows])) for t, r in zip(top, right)])), "double",
            absolute=1e-11)
        case.expect("risks", [np.mean([at(c, risks(t, ~r)) for t, r in zip(top, right)])
                              for c in range(1, 101)], "double", absolute=1e-11)


def changes(fixture):
    random = fixture.random("changes")
    for name, means in [("no change", [0.7] * 20), ("one step", [0.7] * 8 + [0.68] * 7),
                        ("two steps", [0.7] * 6 + [0.69] * 6 + [0.68] * 6), ("up and down", [0.6] * 5 + [0.7] * 4
                                                                          + [0.6] * 9),
                        ("a step that one penalty allows and two do not", [0.7] * 10 + [0.6966] * 10),
                        ("two of another level", [0.7] * 6 + [0.6] * 2 + [0.7] * 6),
                        ("one of another level", [0.7] * 6 + [0.5] + [0.7] * 7),
                        ("two at the start", [0.6] * 2 + [0.7] * 9), ("one at the end", [0.7] * 9 + [0.6]),
                        ("four values", [0.7, 0.7, 0.5, 0.5]), ("a slope", list(np.linspace(0.7, 0.66, 24))), ("three values", [0.7, 0.5, 0.5]),
                        # 5 times the step's square is 0.83 and 1.23 of the penalty
                        ("a step just too small", [0.7] * 10 + [0.69755] * 10),
                        ("a step just great enough", [0.7] * 10 + [0.69703] * 10)]:
        noise = 0.0005 if "penalty" in name else 0.0001 if "just" in name else 0.002
        x = np.array(means) + noise * random.standard_normal(len(means))
        penalty = 3 * np.log(len(x)) * 0.002 ** 2
        case = fixture.case("changes: " + name, "changes", deviation=0.002)
        x = case.input("values", x, np.float64)
        cuts = ruptures.Pelt(model="l2", min_size=2, jump=1).fit(x).predict(pen=penalty)[:-1] if len(x) > 3 else []
        if "penalty" in name:
            assert len(cuts) == 1 and len(ruptures.Pelt(model="l2", min_size=2, jump=1).fit(x).predict(
                pen=2 * penalty)) == 1
        case.expect_equal("cuts", np.array(cuts, dtype=np.int64), "count")


def make_inference(name, module, seed):
    fixture = Fixture(name, PROVES, ["scipy", "statsmodels", "baycomp", "ruptures", "scikit-learn", "numpy"],
                      module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    distribution(fixture)
    clusters(fixture, 4, 7, 3, "four speakers")
    clusters(fixture, 10, 4, 2, "ten speakers")
    clusters(fixture, 24, 8, 1, "twenty-four speakers, one seed")
    seed_blocks(fixture, "3 and 3 seeds, 6 folds", 6, 3, 3)
    seed_blocks(fixture, "5 and 3 seeds, 5 folds", 5, 5, 3)
    seed_blocks(fixture, "1 seed against 3, 4 folds", 4, 1, 3)
    seed_blocks(fixture, "3 and 3 seeds, 1 fold", 1, 3, 3, exact=True)
    seed_blocks(fixture, "2 and 4 seeds, 3 folds", 3, 2, 4, exact=True)
    seed_blocks(fixture, "1 seed against 3, 3 folds", 3, 1, 3, exact=True)
    correlated(fixture)
    counts(fixture)
    components(fixture)
    calibration(fixture)
    confidence(fixture)
    changes(fixture)
    return fixture


FIXTURES = [("inference", make_inference)]
