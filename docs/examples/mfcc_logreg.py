"""Predicts emotions with scikit-learn, for `reprise score` (docs/score.md).

    P=baselines/protocols/ravdess.protocol.json
    python3 docs/examples/mfcc_logreg.py $P /data/ravdess > mfcc-logreg.csv

Needs numpy, scipy, scikit-learn and soundfile. Features are means and standard deviations of 20
MFCCs and their differences. Each fold is predicted by a logistic regression that was trained on the
other folds. Nothing is chosen by test data: every setting is scikit-learn's default.
"""

import csv
import json
import pathlib
import sys

import numpy as np
import soundfile
from scipy.fft import dct
from scipy.signal import stft
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def mel_filters(rate, size, count=40):
    """Triangular filters, evenly spaced in mel from 0 Hz to half the sampling rate."""
    mel = np.linspace(0, 2595 * np.log10(1 + rate / 2 / 700), count + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    bins = np.linspace(0, rate / 2, size // 2 + 1)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall))


def features(path):
    """Statistics of a clip's MFCCs."""
    sound, rate = soundfile.read(path, always_2d=True)
    size = int(0.025 * rate)
    power = np.abs(stft(sound.mean(axis=1), rate, nperseg=size, noverlap=size * 3 // 5)[2]) ** 2
    mel = np.log(mel_filters(rate, size) @ power + 1e-10)
    mfcc = dct(mel, axis=0, norm="ortho")[:20]
    rows = np.concatenate([mfcc, np.gradient(mfcc, axis=1)])
    return np.concatenate([rows.mean(axis=1), rows.std(axis=1)])


protocol_file, corpus = sys.argv[1:]
facts = json.load(open(protocol_file))["corpus"]
sounds = sorted(p for p in pathlib.Path(corpus).rglob("*") if p.suffix in (".wav", ".flac"))
files = {path.stem: path for path in sounds}
utterances = facts["utterances"]
x = np.array([features(files[u["id"]]) for u in utterances])
y = np.array([facts["classes"].index(u["label"]) for u in utterances])
fold = np.array([u["fold"] for u in utterances])

out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["file", "prediction", "fold"] + ["p_" + name for name in facts["classes"]])
for test in sorted(set(fold)):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(x[fold != test], y[fold != test])
    for index, p in zip(np.flatnonzero(fold == test), model.predict_proba(x[fold == test])):
        label = facts["classes"][p.argmax()]
        out.writerow([files[utterances[index]["id"]].name, label, test] + [f"{v:.5f}" for v in p])
