"""Spectra, mel frames, pitch, utterance statistics and normalisation, from scipy, librosa and NumPy in
float64; the frames themselves are in analysis.py."""
import numpy as np
import scipy.fft

from .analysis import (DEFAULTS, LOG_MEL_REASON, PITCH, NearDecision, expect_log_mel, filters, power,
                       prosody)
from .fixture import ROUNDING, Fixture

RATE = 16000


def voice(random, samples, rate=RATE, pitch=None, decay=0.7, noise=0.01, level=0.1):
    """Harmonics of a gliding fundamental, and noise."""
    low, high = random.uniform(*(pitch or (90, 260)), 2)
    phase = 2 * np.pi * np.cumsum(np.linspace(low, high, samples)) / rate
    count = int(0.4 * rate / max(low, high))
    harmonics = sum(decay ** h * np.cos(h * phase + random.uniform(0, 2 * np.pi)) for h in range(1, count + 1))
    return level * (harmonics + noise * random.normal(size=samples))


# Spectrum

def make_spectrum(name, module, seed):
    fixture = Fixture(
        name, "the Fourier transform of real signals of even lengths, and the windowed power spectrum of "
        "every frame as log-mel and pitch read it", ["scipy", "librosa", "numpy"], module, seed)
    fixture.reason("transform", "a float32 transform of n samples makes about log₂ n passes, each of which rounds its "
                   "numbers and the factors of them; a bin may hold several times the signal's norm: 2 roundings "
                   "of the norm in each pass, and 4 more where the spectrum of a real signal is unfolded")
    fixture.reason("power", "the square of a float32 transform's value: 2 · 6 roundings of the greatest power")
    for n in (4, 6, 10, 30, 64, 202, 512, 600, 1022, 1024, 2048):
        case = fixture.case(f"length {n}", "transform")
        x = case.input("signal", fixture.random(n).normal(size=n))
        spectrum = scipy.fft.rfft(x)
        for part, values in (("real", spectrum.real), ("imaginary", spectrum.imag)):
            case.expect(part, values, "transform",
                        absolute=(4 + 2 * np.log2(n)) * ROUNDING * np.linalg.norm(x))
    for kind, rate, window, hop, samples in [("noise", 16000, 25.0, 10.0, 1700), ("voice", 16000, 25.0, 10.0, 1233),
                                             ("short", 16000, 25.0, 10.0, 77), ("low rate", 8000, 32.0, 10.0, 999),
                                             ("odd window", 11025, 25.0, 7.5, 1500)]:
        random = fixture.random(kind)
        parameters = {**DEFAULTS, "sampleRate": rate, "window": window, "hop": hop, "high": rate / 2}
        case = fixture.case(f"frames of {kind}", "frames", **parameters)
        x = voice(random, samples, rate) if kind == "voice" else 0.1 * random.normal(size=samples)
        case.expect_single("power", power(case.input("samples", x), **parameters), 12, "power")
    return fixture


# Mel

SIGNALS = {
    "noise": lambda r: 0.1 * r.normal(size=1600),
    "voice": lambda r: voice(r, 2001),
    "short": lambda r: 0.1 * r.normal(size=101),
    "one sample": lambda r: 0.1 + 0.1 * r.random(1),
    "a hop": lambda r: 0.1 * r.normal(size=160),
    "silent ends": lambda r: np.concatenate([np.zeros(600), 0.2 * r.normal(size=601), np.zeros(700)]),
    "click": lambda r: np.eye(1, 1500, int(r.integers(400, 1000)))[0] * 0.7,
    "quiet": lambda r: 1e-4 * r.normal(size=1001),
    "loud": lambda r: 0.99 * np.sign(r.normal(size=1203)),
}


def mel_frames(fixture, name, signal, **changes):
    parameters = {**DEFAULTS, **changes}
    case = fixture.case(name, "frames", **parameters)
    expect_log_mel(case, case.input("samples", signal), **parameters)


def mel_update(fixture, name, start, length, samples=1603, **changes):
    """Samples that change after the features were computed."""
    random, parameters = fixture.random(name), {**DEFAULTS, **changes}
    case = fixture.case(name, "update", start=start, length=length, **parameters)
    before = case.input("before", 0.1 * random.normal(size=samples))
    after = before.copy()
    after[start:start + length] += 0.5 * random.normal(size=length)
    expect_log_mel(case, case.input("after", after), **parameters)


def make_mel(name, module, seed):
    fixture = Fixture(
        name, "Slaney's mel filters, and log-mel frames of short, long, quiet, loud and partly silent signals, "
        "also after a stretch of samples has changed", ["librosa", "numpy"], module, seed)
    fixture.reason("filters", "weights are computed in double precision and rounded once; half a unit of the "
                   "last place, doubled")
    fixture.reason("logarithm", LOG_MEL_REASON)
    for bands, n_fft, rate, low, high in [(80, 512, 16000, 20.0, 8000.0), (128, 128, 16000, 0.0, 8000.0),
                                          (40, 128, 8000, 0.0, 4000.0), (23, 512, 22050, 133.3, 6855.5)]:
        case = fixture.case(f"{bands} filters of {n_fft}", "filters", bands=bands, length=n_fft, sampleRate=rate,
                            low=low, high=high)
        case.expect("weights", filters(rate, n_fft, bands, low, high), "filters", absolute=1e-12,
                    relative=2 * ROUNDING)
    for kind, make in SIGNALS.items():
        mel_frames(fixture, kind, make(fixture.random(kind)))
    mel_frames(fixture, "128 bands", 0.1 * fixture.random("128").normal(size=1700), bands=128, low=0.0)
    mel_frames(fixture, "other frames", 0.1 * fixture.random("other").normal(size=1501), sampleRate=8000, bands=23,
               window=32.0, hop=12.5, low=60.0, high=3800.0, floor=1e-5)
    mel_update(fixture, "change in the middle", 700, 333)
    mel_update(fixture, "change at the start", 0, 161)
    mel_update(fixture, "change at the end", 1500, 103)
    mel_update(fixture, "change of one sample", 1000, 1, bands=40)
    mel_update(fixture, "change of all", 0, 700, samples=700)
    return fixture


# Prosody

def octaves(r):
    """Two periods nearly alike, so that the half or the double of the pitch is almost as good."""
    f, n = r.uniform(180, 220), 3000
    t = np.arange(n) / RATE
    weak = r.uniform(0.2, 0.3)
    return 0.2 * (weak * np.cos(np.pi * f * t) + np.cos(2 * np.pi * f * t) + 0.5 * np.cos(4 * np.pi * f * t + 1)
                  + 0.002 * r.normal(size=n))


VOICES = {
    "low voice": (lambda r: voice(r, 3100, pitch=(75, 95)), {}),
    "middle voice": (lambda r: voice(r, 4001), {}),
    "high voice": (lambda r: voice(r, 3000, pitch=(330, 450), decay=0.5), {}),
    "hoarse voice": (lambda r: voice(r, 3500, noise=0.6), {}),
    "noise": (lambda r: 0.05 * r.normal(size=2500), {}),
    "octaves": (octaves, {}),
    "silence between": (lambda r: np.concatenate([voice(r, 1500), np.zeros(2000), voice(r, 1203)]), {}),
    "offset": (lambda r: 0.3 + voice(r, 2001, level=0.05), {}),
    "whisper": (lambda r: 2e-5 * r.normal(size=1500), {}),
    "8 kHz": (lambda r: voice(r, 1900, rate=8000), {"sampleRate": 8000, "high": 4000.0, "lowestPitch": 70.0,
                                                    "highestPitch": 400.0, "pitchWindow": 45.0,
                                                    "threshold": 0.6}),
}


def draw_prosody(fixture, kind, make, parameters):
    """A signal of which no frame is near a decision, and its prosody."""
    for attempt in range(200):
        x = make(fixture.random(kind, attempt)).astype(np.float32).astype(np.float64)
        try:
            return x, prosody(x, **parameters)
        except NearDecision:
            pass
    raise AssertionError("no signal of kind " + kind)


def make_prosody(name, module, seed):
    fixture = Fixture(
        name, "log energy, log F0 and voicing of voices, noise, silence and octave traps against sums over every "
        "lag (McLeod & Wyvill 2005)", ["numpy", "scipy"], module, seed)
    fixture.reason("energy", "a float32 sum of 640 squares in eight lanes, and a logarithm of at most 16, whose last place is 2e-6")
    fixture.reason("pitch", "a float32 autocorrelation is wrong by a few roundings of its value at lag 0; the top "
                   "of a peak moves by about 1e-6 of the lag for it")
    fixture.reason("voicing", "a few float32 roundings of the autocorrelation at lag 0, over the energy left at "
                   "the lag")
    for kind, (make, changes) in VOICES.items():
        parameters = {**DEFAULTS, **PITCH, **changes}
        x, expected = draw_prosody(fixture, kind, make, parameters)
        case = fixture.case(kind, "prosody", **parameters)
        case.input("samples", x)
        case.expect("energy", expected[:, 0], "energy", absolute=2e-6)
        case.expect("pitch", expected[:, 1], "pitch", absolute=1e-6)
        case.expect("voicing", expected[:, 2], "voicing", absolute=6e-6)
    return fixture


# Statistics

def utterance(random, frames, bands, voiced):
    """Frames like those of speech: levels that wander, pitch, and voicing with one frame at the threshold."""
    time = np.arange(frames)[:, None] / 100
    x = -8 + sum(random.normal(size=(1, bands)) * np.cos(2 * np.pi * f * time + random.uniform(0, 6, (1, bands)))
                 for f in (2, 4, 6, 12, 20)) + random.normal(size=(frames, bands)) * 0.5
    voicing = random.uniform(0.5, 1, frames) if voiced == 1 else random.uniform(0, 1 if voiced else 0.49, frames)
    if voiced and frames > 2:
        voicing[frames // 2] = 0.5
    energy, pitch = random.uniform(-14, -2, frames), random.normal(size=frames) * 0.3
    return np.column_stack([x, energy, np.where(voicing >= 0.5, pitch, 0), voicing])


def cepstra(x):
    c = scipy.fft.dct(x, type=2, norm="ortho", axis=1)[:, :13]
    changes = c[2:] - c[:-2]
    change = np.std(changes, axis=0) if len(changes) else np.zeros(13)
    return np.column_stack([np.mean(c, axis=0), np.std(c, axis=0), change]).ravel()


def prosodic(energy, pitch, voicing, hop):
    voiced = pitch[voicing >= 0.5]
    spread = [*np.percentile(voiced, [10, 50, 90]), np.std(voiced)] if len(voiced) else [0] * 4
    change = np.mean(np.abs(np.diff(voiced))) if len(voiced) > 1 else 0
    return np.array([*spread, change, len(voiced) / len(pitch), np.mean(voicing), len(pitch) * hop / 1000,
                     *np.percentile(energy, [50, 95]), np.std(energy)])


def modulation(x, hop):
    x = x[:1024]
    edges = np.floor(np.array([1.2, 3.1, 5.1, 7.8, 15.6, 31.0]) * hop / 1000 * 1024 + 0.5).astype(int)
    out = []
    for group in range(8):
        bands = x.shape[1]
        level = x[:, group * bands // 8:(group + 1) * bands // 8].mean(axis=1)
        size = np.abs(scipy.fft.rfft(level - level.mean(), 1024))
        for low, high in zip(edges, edges[1:]):
            part = size[low:high]
            out.append(np.log((part.mean() if len(part) else 0) + 1e-6))
    return np.array(out)


def modulation_roundings(x, expected):
    """How many roundings of 1 a logarithm may be off where levels are off by 2 of the greatest level: over T
    frames these add up in squares, and count in proportion to what the range holds. One frame, centred, is 0
    exactly, and an empty range holds nothing."""
    held = np.exp(expected[expected > np.log(2e-6)])
    return 16 + (2 * np.abs(x).max() * np.sqrt(min(len(x), 1024)) / held.min() if len(held) else 0)


def statistics(fixture, frames, bands, hop, voiced):
    name = f"{frames} frames of {bands} bands at {hop:g} ms, {['none', 'all', 'some'][voiced]} voiced"
    case = fixture.case(name, "statistics", bands=bands, hop=hop)
    x = case.input("features", utterance(fixture.random(name), frames, bands, voiced))
    levels, prosody_columns = x[:, :bands], x[:, bands:].T
    # A cepstrum is a sum of `bands` products; its terms add up in squares.
    case.expect("cepstra", cepstra(levels), "cepstra",
                absolute=12 * ROUNDING * np.linalg.norm(levels, axis=1).max())
    case.expect("prosody", prosodic(*prosody_columns, hop), "double", relative=2 * ROUNDING, absolute=1e-12)
    expected = modulation(levels, hop)
    case.expect("modulation", expected, "modulation",
                absolute=ROUNDING * modulation_roundings(levels, expected))


def normalized(fixture, name, lengths, columns, by_speaker):
    random = fixture.random(name)
    case = fixture.case(name, "by speaker" if by_speaker else "by utterance")
    x = random.normal(size=(sum(lengths), columns)) * random.uniform(0.1, 3, columns) + random.normal(size=columns) * 5
    x[:, -1] = 0.5  # a constant, such as a pitch that is never found
    x = case.input("frames", x)
    case.input("lengths", lengths, dtype=np.int64)
    parts = [x] if by_speaker else np.split(x, np.cumsum(lengths)[:-1])
    scaled = [(p - np.mean(p, axis=0)) / (np.std(p, axis=0) + 1e-3) for p in parts]
    sizes = [np.abs(p[:, :-1]).max(axis=0) / (np.std(p[:, :-1], axis=0) + 1e-3) for p in parts]
    case.expect_single("normalized", np.concatenate(scaled), 2, "normalized", scale=np.max(sizes))


def make_statistics(name, module, seed):
    fixture = Fixture(
        name, "the 90 statistics of an utterance; normalisation of frames by speaker and by utterance, and of "
        "statistics by speaker", ["scipy", "numpy"], module, seed)
    fixture.reason("cepstra", "a float32 product of levels with cosines: 12 roundings of the norm of a frame's levels")
    fixture.reason("double", "computed in double precision and rounded to float32 once, doubled")
    fixture.reason("modulation", "levels are averaged and centred in float32: 2 roundings of the greatest level in "
                   "each frame, which add up in squares and are divided by the magnitude of the quietest range; "
                   "and one of the logarithm")
    fixture.reason("normalized", "mean, deviation and quotient are rounded to float32 once each, in units of the "
                   "greatest value over its deviation; a constant column is exact")
    for frames, bands, hop, voiced in [(1, 80, 10.0, 0), (2, 80, 10.0, 1), (3, 13, 10.0, 2), (57, 80, 10.0, 2),
                                       (150, 40, 10.0, 2), (120, 23, 20.0, 2), (90, 16, 50.0, 1),
                                       (1040, 13, 10.0, 2), (64, 80, 10.0, 0)]:
        statistics(fixture, frames, bands, hop, voiced)
    for lengths in ([40], [1, 7, 30], [50, 3, 12, 9]):
        label = " and ".join(map(str, lengths))
        normalized(fixture, f"speaker of {label} frames", lengths, 9, True)
        normalized(fixture, f"utterances of {label} frames", lengths, 9, False)
    case = fixture.case("statistics of a speaker", "scaled")
    random = fixture.random("scaled")
    x = random.normal(size=(30, 90)) * random.uniform(0.1, 3, 90) + random.normal(size=90)
    x[7] += random.choice([-30, 30], 90)  # held to ±4
    x = case.input("values", x)
    scale = np.std(x, axis=0) + 1e-3
    case.expect_single("scaled", np.clip((x - np.mean(x, axis=0)) / scale, -4, 4), 3, "normalized",
                       scale=(np.abs(x).max(axis=0) / scale).max())
    return fixture


FIXTURES = [("spectrum", make_spectrum), ("mel", make_mel), ("prosody", make_prosody),
            ("statistics", make_statistics)]
