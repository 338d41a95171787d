"""Rebuilds the compact system from docs/method.md and checks the probabilities of a finished run.

    python golden/rebuild.py RUN [--cell TEXT] [--corpus NAME=PATH ...]
    python golden/rebuild.py RUN --change norm_epsilon=1e-3         # another constant: must fail
    python golden/rebuild.py RUN --change head.classifier.bias=0.1  # added to a weight: must fail

For each cell it reads the recordings and the trained weights, computes the probabilities of every
scored recording in float64, and prints the largest difference from predictions.csv. Comments give
the sections of docs/method.md. Exit code: 0 if no difference exceeds 1e-6, 1 if one does,
2 if a run cannot be rebuilt. golden/requirements.txt has what it needs.
"""
import argparse, csv, itertools, json, math, pathlib, sys

import numpy as np
import safetensors.torch, soundfile, soxr, torch
import torch.nn.functional as F

# The constants that no setting changes.
C = dict(
    trim_block=0.01,  # s
    mel_step=200 / 3, mel_corner=1000, mel_ratio=6.4, mel_steps=27, fft_factor=1, frame_shift=0,
    pitch_reference=150, peak_share=0.9, least_power=1e-12, least_energy=1e-4,
    cepstra=13, cepstra_delta=2, groups=8, modulation_span=1024, modulation_floor=1e-6,
    deviation_guard=1e-3, clip=4, norm_epsilon=1e-5)
MODULATIONS = [1.2, 3.1, 5.1, 7.8, 15.6, 31.0]  # Hz
TOLERANCE, ROUNDING = 1e-6, 1e-6  # of a probability; of a similarity in float32

def whole(x):
    return math.floor(x + 0.5)  # halves go up


# Recordings
def recording(path, signal):
    samples, file_rate = soundfile.read(path, dtype="float32", always_2d=True)
    samples, rate = samples.mean(axis=1), signal["sample_rate"]
    if file_rate != rate:
        samples = soxr.resample(samples, file_rate, rate, quality="VHQ")
    samples = samples[:whole(signal["maximum_duration"] * rate)]
    if signal["trim"] > 0:
        block, margin = int(C["trim_block"] * rate), whole(signal["trim_margin"] * rate)
        powers = np.array([np.mean(np.square(samples[start:start + block], dtype=np.float64))
                           for start in range(0, len(samples), block)])
        loud = np.flatnonzero(powers >= powers.max() / 10 ** (signal["trim"] / 10))
        samples = samples[max(0, loud[0] * block - margin):(loud[-1] + 1) * block + margin]
    return samples / np.abs(samples).max() if signal["gain"] == "peak" else samples


# Frames
def filters(features, rate, count):
    step, corner, factor = C["mel_step"], C["mel_corner"], math.log(C["mel_ratio"]) / C["mel_steps"]
    def mel(hertz):
        return hertz / step if hertz < corner else corner / step + math.log(hertz / corner) / factor

    low, high = mel(features["low_frequency"]), mel(features["high_frequency"])
    mels = np.linspace(low, high, features["bands"] + 2)
    above = mels - corner / step
    edges = np.where(above < 0, mels * step, corner * np.exp(factor * above))
    bins = np.linspace(0, rate / 2, count)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    return np.maximum(triangles, 0) * 2 / (high - low)

def windows(samples, milliseconds, features, rate):
    """The windows around the samples 0, hop, 2 hop …, with zeros beyond both ends, and Hann's."""
    length, hop = whole(milliseconds * rate / 1000), whole(features["hop"] * rate / 1000)
    starts = np.arange(1 + len(samples) // hop)[:, None] * hop + C["frame_shift"]
    padded = np.concatenate([np.zeros(length // 2), samples, np.zeros(length + hop)])
    return padded[starts + np.arange(length)], np.hanning(length + 1)[:-1]

def transform(x, least):
    """The Fourier transform of each row, filled with zeros up to a power of two."""
    return np.fft.rfft(x, C["fft_factor"] * 2 ** math.ceil(math.log2(max(4, least))))

def log_mel(samples, features, rate):
    x, hann = windows(samples, features["window"], features, rate)
    power = np.abs(transform(x * hann, len(hann))) ** 2
    return np.log(features["floor"] + power @ filters(features, rate, power.shape[1]).T)

def prosody(samples, features, rate):
    """Log energy, log F0 and voicing of each frame, and for frames in doubt all they may be."""
    x, hann = windows(samples, features["pitch_window"], features, rate)
    shortest = math.floor(rate / features["highest_pitch"])
    longest = max(shortest + 1, math.ceil(rate / features["lowest_pitch"]))
    result = np.zeros((len(x), 3))
    result[:, 0] = np.log(features["floor"] + np.mean((x * hann) ** 2, axis=1))
    x = x - x.mean(axis=1, keepdims=True)
    energy = np.sum(x ** 2, axis=1)
    products = np.fft.irfft(np.abs(transform(x, len(hann) + longest + 2)) ** 2)[:, :longest + 2]
    lost = np.cumsum(x ** 2 + x[:, ::-1] ** 2, axis=1)[:, :longest + 1]
    energies = 2 * energy[:, None] - np.hstack([np.zeros((len(x), 1)), lost])
    similarity = np.where(energies > C["least_energy"] * energy[:, None],
                          2 * products / np.where(energies > 0, energies, 1), 0)

    def pitch(s):
        lag, height = best_peak(s, shortest, longest)
        log_pitch = math.log(rate / lag / C["pitch_reference"])
        return log_pitch if height >= features["voicing_threshold"] else 0, min(1, max(0, height))

    # Where a sign or a tie hangs on the rounding of float32, doubts has all that it may give.
    doubts, random = {}, np.random.default_rng(0)
    for t in np.flatnonzero(energy > len(hann) * C["least_power"]):
        s = similarity[t]
        result[t, 1:] = pitch(s)
        limits = 0, features["voicing_threshold"], C["peak_share"] * s[shortest:longest + 1].max()
        if min(np.abs(np.diff(s)).min(), *(np.abs(s - x).min() for x in limits)) < 2 * ROUNDING:
            errors = random.uniform(-2, 2, (64, 1)) + random.uniform(-1, 1, (64, len(s)))
            tried = [pitch(s + ROUNDING * error) for error in errors]
            doubts[t] = list({tuple(np.round(pair, 4)): pair for pair in tried}.values())
    return result, {t: pairs for t, pairs in doubts.items() if len(pairs) > 1}

def best_peak(s, shortest, longest):
    """The refined lag and the height of the peak that gives the pitch; height 0 for none."""
    lags = np.arange(1, longest + 1)
    here = s[lags]
    run = np.cumsum(here < 0)  # the same for all lags between two falls below zero
    is_peak = (here >= s[lags - 1]) & (here > s[lags + 1]) & (here >= 0) & (run > 0)
    heights = np.where(is_peak & (lags >= shortest), here, -1)
    if heights.max() < 0:
        return longest, 0
    near = np.flatnonzero((heights >= 0) & (heights >= C["peak_share"] * heights.max()))
    lag = lags[np.argmax(np.where(run == run[near[0]], heights, -1))]
    left, middle, right = s[lag - 1:lag + 2]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0
    return lag + shift, middle - 0.25 * (left - right) * shift


# Statistics of the utterance
def statistics(frames, features):
    bands, rate, span = features["bands"], 1000 / features["hop"], C["modulation_span"]
    levels, (energy, pitch, voicing) = frames[:, :bands], frames[:, bands:].T
    voiced = voicing >= features["voicing_threshold"]
    pitch, values = pitch[voiced] if voiced.any() else np.zeros(1), []
    for order in range(C["cepstra"]):
        cosines = np.cos(np.pi * order * (2 * np.arange(bands) + 1) / (2 * bands))
        track = levels @ cosines * math.sqrt((1 if order == 0 else 2) / bands)
        change = track[C["cepstra_delta"]:] - track[:-C["cepstra_delta"]]
        values += [track.mean(), np.std(track), np.std(change) if len(change) else 0]
    values += [*np.quantile(pitch, [0.1, 0.5, 0.9]), np.std(pitch)]
    values += [np.abs(np.diff(pitch)).mean() if len(pitch) > 1 else 0]
    values += [voiced.mean(), voicing.mean(), len(frames) / rate]
    values += [np.quantile(energy, 0.5), np.quantile(energy, 0.95), np.std(energy)]
    for group in range(C["groups"]):
        members = slice(group * bands // C["groups"], (group + 1) * bands // C["groups"])
        level = levels[:span, members].mean(axis=1)
        magnitudes = np.abs(np.fft.rfft(level - level.mean(), span))
        for low, high in zip(MODULATIONS, MODULATIONS[1:]):
            part = magnitudes[whole(low * span / rate):whole(high * span / rate)]
            values.append(math.log((part.mean() if len(part) else 0) + C["modulation_floor"]))
    return np.array(values)


# Normalisation
def moments(x):
    return x.mean(axis=0), x.std(axis=0)

def normalised(x, moments):
    return (x - moments[0]) / (moments[1] + C["deviation_guard"])


# Network
def affine(x, w, name):
    return x @ w[name + ".weight"] + w[name + ".bias"]

def block(x, w, name, stride):
    weight = w[name + ".convolution.weight"]
    taps = weight.shape[0] // x.shape[1]
    kernel = weight.reshape(taps, x.shape[1], -1).permute(2, 1, 0)  # [outputs, inputs, taps]
    h = F.conv1d(x.T[None], kernel, w[name + ".convolution.bias"], stride, taps // 2)[0].T
    gain, bias = w[name + ".norm.gain"], w[name + ".norm.bias"]
    return F.gelu(F.layer_norm(h, gain.shape, gain, bias, C["norm_epsilon"]))

def flam(x, w, heads):
    count, width = x.shape
    projected = affine(x, w, "flam.attention.projection").reshape(count, 3, heads, width // heads)
    q, k, v = projected.permute(1, 2, 0, 3)  # each [heads, frames, width / heads]
    attended = torch.softmax(q @ k.mT / math.sqrt(width // heads), dim=-1) @ v
    h = x + affine(attended.transpose(0, 1).reshape(count, width), w, "flam.attention.output")
    return torch.softmax(h @ w["flam.query"][:, 0], dim=0) @ h

def probabilities(frames, statistics, w, model):
    h = torch.from_numpy(frames)
    for index in range(2):
        h = block(h, w, f"backbone.strided.{index}", 2)
    for index in range(model["blocks"]):
        h = h + block(h, w, f"backbone.residual.{index}", 1)
    z = {"flam": lambda: flam(h, w, model["heads"]), "mean": lambda: h.mean(dim=0),
         "max": lambda: h.max(dim=0).values}[model["pooling"]]()
    if statistics is not None:
        hidden = F.gelu(affine(torch.from_numpy(statistics), w, "statistics.hidden"))
        z = z + affine(hidden, w, "statistics.output")
    logits = affine(affine(z, w, "head.projection"), w, "head.classifier")
    return torch.softmax(logits, dim=0).numpy()


# A run: docs/format.md
class Inputs:
    """What the network reads of the recordings of a corpus, for one choice of settings."""
    def __init__(self, corpus, path, signal, features):
        self.path, self.signal, self.features = pathlib.Path(path), signal, features
        self.frames, self.statistics, self.doubts = {}, {}, {}
        self.utterances, self.speakers, self.moments = {}, {}, {}
        for u in corpus["utterances"]:
            self.speakers.setdefault(u["speaker"], []).append(u["id"])
            self.utterances[u["id"]] = u

    def load(self, speaker):
        rate = self.signal["sample_rate"]
        for name in self.speakers[speaker]:
            samples = recording(self.path / self.utterances[name]["file"], self.signal)
            self.frames[name], self.doubts[name] = log_mel(samples, self.features, rate), {}
            if self.features["prosody"]:
                values, self.doubts[name] = prosody(samples, self.features, rate)
                self.frames[name] = np.hstack([self.frames[name], values])
        self.summarise(speaker, self.speakers[speaker])

    def summarise(self, speaker, changed):
        """Computes the statistics of the changed recordings, and the moments of their speaker."""
        names, values = self.speakers[speaker], None
        if self.features["statistics"]:
            self.statistics.update((x, statistics(self.frames[x], self.features)) for x in changed)
            values = moments(np.stack([self.statistics[x] for x in names]))
        self.moments[speaker] = moments(np.concatenate([self.frames[x] for x in names])), values

    def input(self, name):
        own, (frames, values) = self.frames[name], self.moments[self.utterances[name]["speaker"]]
        frames = moments(own) if self.features["normalization"] == "utterance" else frames
        own = normalised(own, frames)
        return own, None if values is None else np.clip(
            normalised(self.statistics[name], values), -C["clip"], C["clip"])


def check(run, folder, known, paths, change):
    """Prints the largest difference between a cell's probabilities and ours, and returns it."""
    identity = json.loads((folder / "configuration.json").read_text())["identity"]
    settings, name = identity["settings"], identity["corpus"]
    if settings["model"]["backbone"] != "compact":
        raise ValueError(f"{folder.name}: its backbone is not the compact one")
    corpus = json.loads((run / "corpora" / (name + ".json")).read_text())
    key = json.dumps([name, settings["signal"], settings["features"]], sort_keys=True)
    inputs = known.setdefault(key, Inputs(
        corpus, paths.get(name, corpus["path"]), settings["signal"], settings["features"]))
    w = safetensors.torch.load_file(folder / "weights.safetensors")
    w = {name: tensor.double() for name, tensor in w.items()}
    if change:
        w[change[0]].view(-1)[0] += float(change[1])
    rows = {row["id"]: row for row in csv.DictReader((folder / "predictions.csv").open())}

    def difference(name):
        found = probabilities(*inputs.input(name), w, settings["model"])
        return found - [float(rows[name]["p_" + label]) for label in corpus["classes"]]

    for speaker in sorted({row["speaker"] for row in rows.values()} - set(inputs.moments)):
        inputs.load(speaker)
    # Frames in doubt get the pitch and voicing that come closest to the run, three frames at a time.
    # Two rounds if necessary, because all recordings of a speaker depend on each other.
    for rounds in (2, 1, 0):
        found = {x: np.abs(difference(x)).max() for x in rows}
        worst = max(found, key=found.get)
        if found[worst] <= TOLERANCE or rounds == 0:
            break
        for name, row in rows.items():
            doubts = list(inputs.doubts[name].items())
            for some in (doubts[start:start + 3] for start in range(0, len(doubts), 3)):
                def attempt(pairs):
                    for (t, _), pair in zip(some, pairs):
                        inputs.frames[name][t, -2:] = pair
                    inputs.summarise(row["speaker"], [name])
                    return np.linalg.norm(difference(name))
                attempt(min(itertools.product(*(pairs for _, pairs in some)), key=attempt))
    doubts, frames = (sum(len(part[x]) for x in rows) for part in (inputs.doubts, inputs.frames))
    print(f"{folder.name}: {len(rows)} recordings, {doubts} of {frames} frames in doubt, "
          f"largest difference {found[worst]:.1e} in {worst}", flush=True)
    return found[worst]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--cell", default="", help="only cells with this text in their name")
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--change", metavar="NAME=VALUE", help="a constant or a weight")
    options = parser.parse_args()
    try:
        change = options.change and options.change.split("=")
        if change and change[0] in C:
            C[change[0]], change = type(C[change[0]])(change[1]), None
        paths, known = dict(pair.split("=", 1) for pair in options.corpus), {}
        done = (options.run / "cells").glob(f"*{options.cell}*/done.json")
        found = [check(options.run, x.parent, known, paths, change) for x in sorted(done)]
        if not found:
            raise ValueError(f"{options.run}: no finished cell {options.cell}")
        return 0 if max(found) <= TOLERANCE else 1
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        print(f"rebuild: {type(error).__name__}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
