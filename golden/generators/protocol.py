"""Which utterances train and which are scored: fold lists as their authors published them, partitions by scikit-learn,
and the fingerprint of a protocol, a second writing with hashlib."""
import hashlib

import numpy as np
from sklearn.model_selection import PredefinedSplit

from .fixture import Fixture

REASONS = {
    "published": "the lists of EmoBox @08280f2, and one session, speaker or block of actors after another",
    "places": "places in the corpus",
    "hash": "hashes: equal, or of something else",
}
EMOBOX = [[1, 11, 20, 21], [4, 10, 12, 14], [8, 9, 19, 23], [3, 5, 7, 24], [2, 15, 16, 18], [6, 13, 17, 22]]
METRICS = [
    "WA = Σₖ n[k,k] / Σ n, the share of utterances classified right",
    "UA = mean over the classes that occur of n[k,k] / Σⱼ n[k,j], the mean of recalls",
    "macro F1 = mean over the classes that occur or were chosen of 2 n[k,k] / (Σⱼ n[k,j] + Σⱼ n[j,k])",
    "weighted F1 = Σₖ F1[k] · Σⱼ n[k,j] / Σ n",
]
LISTS = {
    ("ravdess", "emobox"): {f"Actor_{a:02}": k for k, fold in enumerate(EMOBOX, 1) for a in fold},
    ("ravdess", "contiguous"): {f"Actor_{a:02}": (a - 1) // 4 + 1 for a in range(1, 25)},
    ("iemocap", "session"): {f"Ses0{s}{sex}": s for s in range(1, 6) for sex in "FM"},
    ("msp-improv", "session"): {f"{sex}0{s}": s for s in range(1, 7) for sex in "FM"},
    ("savee", "speaker"): {"JE": 1, "KL": 2, "DC": 3, "JK": 4},
}


def fold_list(fixture, corpus, name, folds):
    speakers = sorted(folds)
    case = fixture.case(f"{name} of {corpus}", "folds", corpus=corpus, list=name, speakers=" ".join(speakers))
    case.expect_equal("folds", [folds[speaker] for speaker in speakers], "published")


def partition(fixture, folds, fold, evaluate_on, selection, count=60):
    name = f"fold {fold} of {folds}, {evaluate_on}, {selection}"
    case = fixture.case(name, "partition", fold=fold, folds=folds, evaluateOn=evaluate_on, selection=selection)
    random = fixture.random("partition", folds)
    tested = case.input("folds", random.permutation(np.resize(np.arange(1, folds + 1), count)), np.int64)
    split = dict(zip(range(1, folds + 1), PredefinedSplit(tested).split()))
    after = fold + 1 if fold < folds else 1
    train, test = split[fold]
    held_out = split[after][1]
    scores_inside, chooses = evaluate_on == "inner-validation", selection == "best-validation"
    if scores_inside or chooses:
        train = np.setdiff1d(train, held_out)
    case.expect_equal("training", train, "places")
    case.expect_equal("validation", held_out if chooses else np.zeros(0, np.int64), "places")
    case.expect_equal("evaluation", held_out if scores_inside else test, "places")


def digest(lines):
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()[:12]


def fingerprint(fixture, name, items, classes, exclusions, evaluate_on):
    case = fixture.case("fingerprint of " + name, "fingerprint", classes="\n".join(classes),
                        items="\n".join(",".join(map(str, item)) for item in items),
                        exclusions="\n".join(exclusions), evaluateOn=evaluate_on)
    items = sorted(items, key=lambda item: item[0].encode())
    parts = [digest(item[0] for item in items)]
    parts += [digest(f"{item[0]},{item[place]}" for item in items) for place in (1, 2, 3)]
    parts += [digest(sorted(exclusions, key=str.encode)), digest(classes + METRICS)]
    whole = hashlib.sha256("|".join(["1", *parts, evaluate_on]).encode()).hexdigest()[:16]
    case.expect_equal("digests", np.array([int(part, 16) for part in parts + [whole]], dtype=np.uint64), "hash")


def make_protocol(name, module, seed):
    fixture = Fixture(
        name, "the fold of every speaker in the fold lists of all corpora; the utterances of a fold that train, validate "
        "and are scored, with and without held-out speakers; the fingerprint of a protocol and of each of its parts",
        ["scikit-learn", "numpy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    for (corpus, name), folds in LISTS.items():
        fold_list(fixture, corpus, name, folds)
    for folds, fold in [(6, 1), (6, 6), (5, 3), (2, 2)]:
        for evaluate_on in ("test", "inner-validation"):
            for selection in ("last", "best-validation"):
                partition(fixture, folds, fold, evaluate_on, selection)
    random = fixture.random("fingerprint")
    ids = [f"{prefix}{number}" for prefix in ("u", "U", "ü", "z-", "語", "u\u0308", "\uff21", "😀") for number in random.permutation(30)[:7]]
    classes = ["neutral", "happy", "sad"]
    items = [(name, classes[random.integers(3)], int(random.integers(1, 5)), f"s{random.integers(9)}")
             for name in random.permutation(ids)]
    fingerprint(fixture, "56 utterances", items, classes, ["v,other", "V,twice", "a,song"], "test")
    fingerprint(fixture, "other classes", items, classes[::-1], ["v,other"], "inner-validation")
    fingerprint(fixture, "two utterances", items[:2], classes[:2], [], "test")
    return fixture


FIXTURES = [("protocol", make_protocol)]
