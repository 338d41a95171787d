"""Spectra, mel frames and pitch, from scipy, librosa and NumPy in float64; the frames themselves are in
analysis.py, what is made of an utterance's frames in utterances.py."""
import numpy as np
import scipy.fft

from .analysis import (DEFAULTS, LOG_MEL_REASON, PITCH, NearDecision, expect_log_mel, filters, power,
                       prosody)
from .fixture import ROUNDING, Fixture
from .utterances import make_statistics

RATE = 16000


def voice(random, samples, rate=RATE, pitch=None, decay=0.7, noise=0.01, level=0.1):
    """Harmonics of a gliding fundamental, and noise."""
    low, high = random.uniform(*(pitch or (90, 260)), 2)
    phase = 2 * np.pi * np.cumsum(np.linspace(low, high, samples)) / rate
    count = int(0.4 * rate / max(low, high))
    harmonics = sum(decay ** h * np.cos(h * phase + random.uniform(0, 2 * np.pi))
                    for h in range(1, count + 1))
    return level * (harmonics + noise * random.normal(size=samples))


# Spectrum

def make_spectrum(name, module, seed):
    fixture = Fixture(
        name, "the Fourier transform of real signals of even lengths, and the windowed power spectrum of "
        "every frame as log-mel and pitch read it", ["scipy", "librosa", "numpy"], module, seed)
    fixture.reason("transform", "a float32 transform of n samples makes about log₂ n passes, each of which "
                                "rounds its numbers and the factors of them; a bin may hold several times "
                                "the signal's norm: 2 roundings of the norm in each pass, and 4 more where "
                                "the spectrum of a real signal is unfolded")
    fixture.reason("power", "the square of a float32 transform's value: 2 · 6 roundings of the greatest "
                            "power")
    for n in (4, 6, 10, 30, 64, 202, 512, 600, 1022, 1024, 2048):
        case = fixture.case(f"length {n}", "transform")
        x = case.input("signal", fixture.random(n).normal(size=n))
        spectrum = scipy.fft.rfft(x)
        for part, values in (("real", spectrum.real), ("imaginary", spectrum.imag)):
            case.expect(part, values, "transform",
                        absolute=(4 + 2 * np.log2(n)) * ROUNDING * np.linalg.norm(x))
    for kind, rate, window, hop, samples in [
            ("noise", 16000, 25.0, 10.0, 1700), ("voice", 16000, 25.0, 10.0, 1233),
            ("short", 16000, 25.0, 10.0, 77), ("low rate", 8000, 32.0, 10.0, 999),
            ("odd window", 11025, 25.0, 7.5, 1500), ("half a sample of hop", 22050, 25.0, 10.0, 1500)]:
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
        name, "Slaney's mel filters, and log-mel frames of short, long, quiet, loud and partly silent "
              "signals, also after a stretch of samples has changed", ["librosa", "numpy"], module, seed)
    fixture.reason("filters", "weights are computed in double precision and rounded once; half a unit of the "
                   "last place, doubled")
    fixture.reason("logarithm", LOG_MEL_REASON)
    for bands, n_fft, rate, low, high in [(80, 512, 16000, 20.0, 8000.0), (128, 128, 16000, 0.0, 8000.0),
                                          (40, 128, 8000, 0.0, 4000.0), (23, 512, 22050, 133.3, 6855.5)]:
        case = fixture.case(f"{bands} filters of {n_fft}", "filters", bands=bands, length=n_fft,
                            sampleRate=rate, low=low, high=high)
        case.expect("weights", filters(rate, n_fft, bands, low, high), "filters", absolute=1e-12,
                    relative=2 * ROUNDING)
    for kind, make in SIGNALS.items():
        mel_frames(fixture, kind, make(fixture.random(kind)))
    mel_frames(fixture, "128 bands", 0.1 * fixture.random("128").normal(size=1700), bands=128, low=0.0)
    mel_frames(fixture, "other frames", 0.1 * fixture.random("other").normal(size=1501), sampleRate=8000,
               bands=23, window=32.0, hop=12.5, low=60.0, high=3800.0, floor=1e-5)
    mel_update(fixture, "change in the middle", 700, 333)
    mel_update(fixture, "change at the start", 0, 161)
    mel_update(fixture, "change at the end", 1500, 103)
    mel_update(fixture, "change of one sample", 1000, 1, bands=40)
    mel_update(fixture, "change in windows of odd length", 700, 333, sampleRate=22050, bands=40)
    mel_update(fixture, "change of all", 0, 700, samples=700)
    return fixture


# Prosody

def octaves(r, least, most):
    """Every second period a little different: as much as decides whether one or two of them are the pitch."""
    f, n = r.uniform(180, 220), 2000
    t, weak = np.arange(n) / RATE, r.uniform(least, most)
    return 0.2 * (weak * np.cos(np.pi * f * t) + np.cos(2 * np.pi * f * t)
                  + 0.5 * np.cos(4 * np.pi * f * t + 1) + 0.002 * r.normal(size=n))


def repeated(r):
    """Clicks of two samples over a repeated noise, cut within the first: a lag of a sample less finds more
    of them than a lag of a sample more, so that the parabola's top is above 1."""
    period = 0.02 * r.normal(size=int(r.integers(240, 266)))
    period[[0, -1]] = 0.5
    return np.tile(period, 5)[:1001]


def rumble(r):
    """A ripple on a wave too long for a pitch: its peak lies before the first fall below zero."""
    t = np.arange(2001) / RATE
    return (0.2 * np.cos(2 * np.pi * r.uniform(15, 22) * t + r.uniform(0, 6))
            + 0.06 * np.cos(2 * np.pi * r.uniform(300, 450) * t) + 5e-4 * r.normal(size=2001))


def dying(r, share=8.8e-4):
    """A burst between ends that are alike and hold a small share of its energy. Their likeness, 0.94 at the lag
    380, is the highest peak; so of the burst's own, 0.82 and 0.87, the second is the pitch. Where the ends
    hold so little that their peak does not count, the first is."""
    def patterns(n):
        return n ** 0.5 * np.linalg.qr(np.column_stack([np.ones(n), r.normal(size=(n, 2))]))[0].T[1:]
    block, other = patterns(18)
    first, second = patterns(100)
    x = np.zeros(600)
    x[185:455] = np.concatenate([block + 0.25 * (-1) ** k * other for k in range(15)])
    scale = np.sqrt(share * (x @ x) / 2)
    for start, end in ((80, first), (460, first + 0.37 * second)):
        x[start:start + 100] = end / np.linalg.norm(end) * scale
    return 0.1 * x


DYING = {"pitchWindow": 30.0, "lowestPitch": 40.0, "highestPitch": 1000.0, "hop": 20.0}
VOICES = {
    "low voice": (lambda r: voice(r, 3100, pitch=(75, 95)), {}),
    "middle voice": (lambda r: voice(r, 4001), {}),
    "high voice": (lambda r: voice(r, 3000, pitch=(330, 450), decay=0.5), {}),
    "hoarse voice": (lambda r: voice(r, 3500, noise=0.6), {}),
    "noise": (lambda r: 0.05 * r.normal(size=2500), {}),
    "one period": (lambda r: octaves(r, 0.1, 0.2), {}),
    "two periods": (lambda r: octaves(r, 0.35, 0.45), {}),
    "silence between": (lambda r: np.concatenate([voice(r, 1500), np.zeros(2000), voice(r, 1203)]), {}),
    "offset": (lambda r: 0.3 + voice(r, 2001, level=0.05), {}),
    "whisper": (lambda r: 2e-5 * r.normal(size=1500), {}),
    "8 kHz": (lambda r: voice(r, 1900, rate=8000), {"sampleRate": 8000, "high": 4000.0, "lowestPitch": 70.0,
                                                    "highestPitch": 400.0, "pitchWindow": 45.0,
                                                    "threshold": 0.6}),
    "longest period": (lambda r: voice(r, 1500, pitch=(59.85, 60.0)), {}),
    "longer than the longest period": (lambda r: voice(r, 1500, pitch=(59.62, 59.78)), {}),
    "shortest period": (lambda r: voice(r, 1500, pitch=(497, 503), decay=0.5), {}),
    "shorter than the shortest period": (lambda r: voice(r, 1500, pitch=(512, 520), decay=0.5), {}),
    "repeated clicks": (repeated, {}),
    "rumble": (rumble, {}),
    "a window that dies out": (dying, DYING),
    "a window that dies out further": (lambda r: dying(r, 6e-5), DYING),
    "faint voice": (lambda r: voice(r, 1200, level=3e-6), {}),
    "too faint a voice": (lambda r: voice(r, 1200, level=3e-7), {}),
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
        name, "log energy, log F0 and voicing of voices, noise, silence and octave traps against sums "
              "over every lag (McLeod & Wyvill 2005)", ["numpy", "scipy"], module, seed)
    fixture.reason("energy", "a float32 sum of 640 squares in eight lanes, and a logarithm of at most 16, "
                             "whose last place is 2e-6")
    fixture.reason("pitch", "a float32 autocorrelation is wrong by a few roundings of its value at lag 0; "
                            "the top of a peak moves by about 1e-6 of the lag for it")
    fixture.reason("voicing", "a few float32 roundings of the autocorrelation at lag 0, over the energy left "
                              "at the lag")
    for kind, (make, changes) in VOICES.items():
        parameters = {**DEFAULTS, **PITCH, **changes}
        x, expected = draw_prosody(fixture, kind, make, parameters)
        case = fixture.case(kind, "prosody", **parameters)
        case.input("samples", x)
        case.expect("energy", expected[:, 0], "energy", absolute=2e-6)
        case.expect("pitch", expected[:, 1], "pitch", absolute=1e-6)
        case.expect("voicing", expected[:, 2], "voicing", absolute=6e-6)
    return fixture


FIXTURES = [("spectrum", make_spectrum), ("mel", make_mel), ("prosody", make_prosody),
            ("statistics", make_statistics)]
