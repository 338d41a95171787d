"""Scores of classifications and their summaries over seeds and folds, from scikit-learn and NumPy.

The headline figures are held to torchmetrics as well, where every class occurs (its macro average
of recalls has no other definition there).
"""
import warnings

import numpy as np
import torch
from sklearn import metrics as sk
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

from .fixture import Fixture

DOUBLE = 2.0 ** -53
PROVES = (
    "the confusion matrix; WA; UA as the mean of recalls over the classes that occur in the truth (an absent "
    "class has no recall and is left out, as in balanced_accuracy_score); macro F1 over the classes that "
    "occur or were chosen; weighted F1; precision, recall and F1 of each class and which of them are "
    "undefined; the same pooled over folds and per fold, with means and deviations (n - 1) over both")
REASONS = {
    "count": "whole numbers",
    "share": "quotients of whole numbers, each rounded once in double precision, and means of at most 8 of "
             "them: 6 roundings of a figure that is at most 1",
    "single": "torchmetrics computes in single precision: a quotient per class, their weights and their sum, "
              "8 float32 roundings of 1",
    "spread": "mean and deviation in double precision: 8 roundings of the greatest value; the deviation "
              "divides what it lost by itself, but never loses more than its values did",
}


def headline(truth, chosen):
    return np.array([
        sk.accuracy_score(truth, chosen), sk.balanced_accuracy_score(truth, chosen),
        sk.f1_score(truth, chosen, average="macro"), sk.f1_score(truth, chosen, average="weighted")])


def defined(values):
    return np.nan_to_num(values, nan=0.0), (~np.isnan(values)).astype(np.int64)


def scores(fixture, name, truth, chosen, k):
    case = fixture.case(name, "scores", classes=k)
    truth, chosen = case.input("truth", truth, np.int64), case.input("predicted", chosen, np.int64)
    labels = np.arange(k)
    matrix = sk.confusion_matrix(truth, chosen, labels=labels)
    case.expect_equal("matrix", matrix, "count")
    case.expect("headline", headline(truth, chosen), "share", absolute=6 * DOUBLE)
    figures = sk.precision_recall_fscore_support(truth, chosen, labels=labels, zero_division=np.nan)
    for figure, values in zip(("precision", "recall", "f1"), figures):
        values, mask = defined(values)
        case.expect(figure, values, "share", absolute=6 * DOUBLE)
        case.expect_equal(figure + "Defined", mask, "count")
    case.expect_equal("support", figures[3].astype(np.int64), "count")
    case.expect("rowShares", sk.confusion_matrix(truth, chosen, labels=labels, normalize="true"), "share",
                absolute=6 * DOUBLE)


def torch_headline(fixture, name, truth, chosen, k):
    case = fixture.case(name, "headline", classes=k)
    truth, chosen = case.input("truth", truth, np.int64), case.input("predicted", chosen, np.int64)
    figures = [MulticlassAccuracy(k, average="micro"), MulticlassAccuracy(k, average="macro"),
               MulticlassF1Score(k, average="macro"), MulticlassF1Score(k, average="weighted")]
    values = [figure(torch.tensor(chosen), torch.tensor(truth)).item() for figure in figures]
    case.expect("headline", values, "single", absolute=8 * 2.0 ** -24)


def spread(case, name, values):
    """Mean and deviation of `values`, [n, figures], of which the deviation may be undefined."""
    values = np.asarray(values, dtype=np.float64)
    bound = 8 * DOUBLE * np.abs(values).max()
    case.expect(name + "Mean", np.mean(values, axis=0), "spread", absolute=bound)
    deviation = np.std(values, axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1], np.nan)
    deviation, mask = defined(deviation)
    case.expect(name + "Deviation", deviation, "spread", absolute=bound)
    case.expect_equal(name + "HasDeviation", mask, "count")


def summary(fixture, name, seeds, folds, k, missing=(), lacking=()):
    """Predictions of every (seed, fold) but the missing; in the folds `lacking`, class 0 does not occur."""
    random = fixture.random("summary", name)
    columns = []
    for fold in range(1, folds + 1):
        n = int(random.integers(15, 40))
        truth = random.integers(1 if fold in lacking else 0, k, n)
        for seed in seeds:
            if (seed, fold) not in missing:
                chosen = np.where(random.random(n) < 0.6, truth, random.integers(0, k, n))
                columns += [(seed, fold, t, c) for t, c in zip(truth, chosen)]
    rows = np.array(columns)[random.permutation(len(columns))]
    case = fixture.case(name, "summary", classes=k, seeds=seeds, folds=list(range(1, folds + 1)))
    for column, label in enumerate(("seed", "fold", "truth", "predicted")):
        case.input(label, rows[:, column], np.int64)
    complete = [s for s in seeds if all((s, f) not in missing for f in range(1, folds + 1))]

    def of(seed, fold=None):
        part = rows[(rows[:, 0] == seed) & ((fold is None) | (rows[:, 1] == fold))]
        return part[:, 2], part[:, 3]

    kept = rows[np.isin(rows[:, 0], complete)]
    case.expect_equal("completeSeeds", complete, "count")
    pooled = sk.confusion_matrix(kept[:, 2], kept[:, 3], labels=np.arange(k))
    case.expect_equal("pooledMatrix", pooled, "count")
    spread(case, "pooled", [headline(*of(seed)) for seed in complete])
    spread(case, "perFold", [np.mean([headline(*of(seed, fold)) for seed in complete], axis=0)
                             for fold in range(1, folds + 1)])


def some(random, n, k, without_truth=(), without_choice=(), right=0.5):
    """Truth and choices of n utterances; every class but those named occurs in each."""
    def draw(without):
        allowed = [c for c in range(k) if c not in without]
        return np.concatenate([allowed, random.choice(allowed, n - len(allowed))])[random.permutation(n)]
    truth, chosen = draw(without_truth), draw(without_choice)
    hit = (random.random(n) < right) & ~np.isin(truth, without_choice)
    return truth, np.where(hit, truth, chosen)


def make_metrics(name, module, seed):
    warnings.simplefilter("ignore")  # both libraries warn of absent classes, which are the point
    fixture = Fixture(name, PROVES, ["scikit-learn", "torchmetrics", "numpy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    random = fixture.random("scores")
    for k in (2, 3, 4, 5, 6, 7, 8):
        n = int(random.integers(5 * k, 12 * k))
        scores(fixture, f"{k} classes", *some(random, n, k), k)
        truth = np.concatenate([np.arange(k), random.integers(0, k, n - k)])
        chosen = np.concatenate([np.roll(np.arange(k), 1), np.where(
            random.random(n - k) < 0.5, truth[k:], random.integers(0, k, n - k))])
        torch_headline(fixture, f"{k} classes by torchmetrics", truth, chosen, k)
    scores(fixture, "absent from the truth", *some(random, 40, 5, without_truth=[2]), 5)
    scores(fixture, "absent from the choices", *some(random, 40, 5, without_choice=[1, 4]), 5)
    scores(fixture, "absent from both", *some(random, 40, 6, [0, 5], [0, 5]), 6)
    scores(fixture, "absent here and there", *some(random, 40, 6, [0, 5], [5, 2]), 6)
    truth = random.integers(0, 4, 30)
    scores(fixture, "all right", truth, truth, 4)
    scores(fixture, "all wrong", truth, (truth + random.integers(1, 4, 30)) % 4, 4)
    scores(fixture, "one utterance, right", [1], [1], 4)
    scores(fixture, "one utterance, wrong", [1], [3], 4)
    scores(fixture, "one class", np.zeros(7), np.zeros(7), 1)
    rare = np.where(np.arange(600) < 3, 1 + np.arange(600) % 2, 0)
    chosen = np.where(random.random(600) < 0.98, rare, random.integers(0, 3, 600))
    scores(fixture, "very unbalanced", rare, chosen, 3)
    summary(fixture, "three seeds, five folds", [0, 1, 2], 5, 4)
    summary(fixture, "one seed", [7], 6, 8)
    summary(fixture, "one fold", [3, 5, 8, 9], 1, 3)
    summary(fixture, "a seed without a fold", [1, 2, 4], 4, 4, missing={(2, 3)})
    summary(fixture, "folds without a class", [1, 2], 4, 3, lacking={2, 4})
    for label, values in [("of shares", random.random((9, 1))), ("of two", random.random((2, 1))),
                          ("of one", random.random((1, 1))),
                          ("of close values", 0.75 + 1e-9 * random.random((5, 1)))]:
        case = fixture.case("spread " + label, "spread")
        spread(case, "values", case.input("values", values[:, 0], np.float64)[:, None])
    return fixture


FIXTURES = [("metrics", make_metrics)]
