"""Writes the frames of a Hugging Face model, for `reprise run --frames` (docs/frames.md).

    reprise corpora list ravdess=/data/ravdess > clips.csv
    python3 docs/examples/extract_frames.py microsoft/wavlm-large clips.csv frames

Needs numpy, scipy, soundfile, torch and transformers. Each clip of the list gives one file ID.npy
with T x D numbers, or L x T x D numbers with --layer all.
"""

import argparse
import csv
import math
import pathlib

import numpy as np
import soundfile
import torch
from scipy.signal import resample_poly
from transformers import AutoFeatureExtractor, AutoModel


def clips(path):
    """Id, file, first and last second of each clip. A part of a file ends in #t=START,END."""
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sound, _, part = row["path"].partition("#t=")
            start, end = map(float, part.split(",")) if part else (0, None)
            yield row["id"], sound, start, end


def samples(path, start, end, rate):
    """A recording as mono samples at the model's rate."""
    sound, own = soundfile.read(path, dtype="float32", always_2d=True)
    sound = sound[int(start * own) : None if end is None else int(end * own)].mean(axis=1)
    divisor = math.gcd(rate, own)
    if own != rate:
        sound = resample_poly(sound, rate // divisor, own // divisor).astype("float32")
    return sound


parser = argparse.ArgumentParser(description="Writes the frames of a model for Reprise.")
parser.add_argument("model", help="a name on huggingface.co, or a folder")
parser.add_argument("clips", help="the output of `reprise corpora list NAME=PATH`")
parser.add_argument("out", type=pathlib.Path, help="the folder for the frames")
parser.add_argument("--layer", default="last", help="last, all, or a number from 0")
parser.add_argument("--seconds", type=float, help="use only the start of each recording")
parser.add_argument("--float16", action="store_true", help="write half the bytes")
options = parser.parse_args()

extractor = AutoFeatureExtractor.from_pretrained(options.model)
model = AutoModel.from_pretrained(options.model).eval()
rate = extractor.sampling_rate
for name, path, start, end in clips(options.clips):
    sound = samples(path, start, end, rate)
    if options.seconds:
        sound = sound[: int(options.seconds * rate)]
    inputs = extractor(sound, sampling_rate=rate, return_tensors="pt")
    with torch.no_grad():
        output = model(**inputs, output_hidden_states=True)
    # Some versions of transformers list the last state before its layer norm.
    states = [*output.hidden_states[:-1], output.last_hidden_state]
    states = np.stack([state[0].numpy() for state in states])
    if options.layer == "all":
        frames = states
    else:
        frames = states[-1 if options.layer == "last" else int(options.layer)]
    file = options.out / (name + ".npy")
    file.parent.mkdir(parents=True, exist_ok=True)
    np.save(file, np.ascontiguousarray(frames, "float16" if options.float16 else "float32"))
