"""Decoding, trimming and resampling of sound files.

WAV bytes are put together here and read back by scipy.io.wavfile, which shares no code with libsndfile;
FLAC is lossless, so the integers that were written are what must come out. Resampling is held to
python-soxr in float64 and to signals that are known at every instant.
"""
import io
import struct

import numpy as np
import scipy.io.wavfile
import soundfile
import soxr

from .fixture import Fixture

RATE = 16000


def wav(channels, rate, kind, extensible=False):
    """The bytes of a WAV file of float64 channels [c, n] in ±1, in one of the sample formats."""
    x = np.asarray(channels, dtype=np.float64).T
    code, width = (3, int(kind[1:]) // 8) if kind[0] == "f" else (1, int(kind[1:]) // 8)
    if code == 3:
        data = x.astype(f"<f{width}").tobytes()
    else:
        whole = np.clip(np.round(x * 2.0 ** (8 * width - 1)), -2 ** (8 * width - 1), 2 ** (8 * width - 1) - 1)
        whole = whole.astype(np.int64) + (128 if width == 1 else 0)  # 8 bits are unsigned
        data = whole.astype("<i8").reshape(-1, 1).view(np.uint8)[:, :width].tobytes()
    count = x.shape[1]
    form = struct.pack("<HHIIHH", 0xFFFE if extensible else code, count, rate, rate * count * width,
                       count * width, 8 * width)
    if extensible:  # valid bits, channel mask, and the GUID that ends in the format's code
        form += struct.pack("<HHIH", 22, 8 * width, 0, code) + bytes.fromhex("000000001000800000aa00389b71")
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    if code == 3:
        chunks += b"fact" + struct.pack("<II", 4, len(x))
    chunks += b"data" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def scipy_mono(data):
    """The channels [c, n] of WAV bytes as scipy reads them, scaled to ±1."""
    _, x = scipy.io.wavfile.read(io.BytesIO(data))
    x = x.reshape(len(x), -1).T
    if x.dtype == np.uint8:
        return (x.astype(np.float64) - 128) / 128
    return x / 2.0 ** (8 * x.dtype.itemsize - 1) if x.dtype.kind == "i" else x.astype(np.float64)


def noise(random, channels, samples):
    """Channels of noise in ±1, of which some samples reach the ends of the scale."""
    x = random.uniform(-0.9, 0.9, (channels, samples))
    x[:, random.choice(samples, 4, replace=False)] = [-1.0, 1.0, 0.0, -1.0]
    return x


def expect_mono(case, channels):
    """One channel, or two whose sum is exact, are rounded once, and IEEE rounding leaves no choice."""
    channels = channels.astype(np.float32).astype(np.float64)
    mean = channels.mean(axis=0)
    if len(channels) == 1:
        case.expect_equal("samples", mean.astype(np.float32), "rounded")
    else:
        case.expect_single("samples", mean, len(channels) - 1, "averaged", scale=np.abs(channels).max())


def decoded(fixture, name, kind, channels=1, samples=600, extensible=False):
    x = noise(fixture.random(name), channels, samples)
    data = wav(x, RATE, kind, extensible)
    case = fixture.case(name, "read", file=fixture.file(name.replace(" ", "-") + ".wav", data))
    expect_mono(case, scipy_mono(data))


def flac(fixture, name, bits, channels):
    whole = np.round(noise(fixture.random(name), channels, 600) * (2.0 ** (bits - 1) - 1)).astype(np.int64)
    file = io.BytesIO()
    # FLAC of 24 bits takes the upper ones of 32.
    soundfile.write(file, (whole << (32 - bits)).astype(np.int32).T, RATE, format="FLAC",
                    subtype=f"PCM_{bits}")
    case = fixture.case(name, "read", file=fixture.file(name.replace(" ", "-") + ".flac", file.getvalue()))
    expect_mono(case, whole / 2.0 ** (bits - 1))


def cropped(fixture, name, samples, seconds):
    data = wav(noise(fixture.random(name), 1, samples), RATE, "i16")
    case = fixture.case(name, "crop", file=fixture.file(name.replace(" ", "-") + ".wav", data),
                        maximumDuration=seconds)
    kept = int(np.floor(seconds * RATE + 0.5))
    case.expect_equal("samples", scipy_mono(data)[0][:kept], "rounded")


def trimmed(fixture, name, rate, levels, limit, margin, rest, spread=1.0):
    """Blocks of 10 ms at given levels in dB, give or take `spread`, the last one `rest` samples long; none
    within 0.04 dB of the limit, so that no rounding decides which are kept."""
    random, block = fixture.random(name), rate // 100
    levels = np.array(levels) + random.uniform(-spread, spread, len(levels))
    blocks = [random.normal(size=rest if i == len(levels) - 1 else block) for i in range(len(levels))]
    x = np.concatenate([b / np.sqrt(np.mean(b ** 2)) * 10 ** (level / 20)
                        for b, level in zip(blocks, levels)])
    case = fixture.case(name, "trim", range=limit, margin=margin, sampleRate=rate)
    x = case.input("samples", x)
    padded = np.append(x, np.full(-len(x) % block, np.nan)).reshape(-1, block)
    decibels = 10 * np.log10(np.nanmean(padded ** 2, axis=1))
    below = decibels.max() - decibels
    assert np.abs(below - limit).min() > 0.04, name
    loud = np.flatnonzero(below < limit)
    extra = int(np.floor(margin * rate + 0.5))
    case.expect_equal("kept", x[max(0, loud[0] * block - extra):(loud[-1] + 1) * block + extra], "same")


def make_decoding(name, module, seed):
    fixture = Fixture(
        name, "sound files of every sample format become the mono samples that an independent decoder "
        "reads; cropping, silence trimming and peak normalisation", ["scipy", "numpy", "soundfile"], module,
        seed)
    fixture.reason("rounded", "integers of up to 24 bits over a power of two are exact in float32, wider "
                   "numbers and quotients are rounded once, to nearest: there is one right answer")
    fixture.reason("averaged", "the float32 channels are summed and divided: a rounding of each sum")
    fixture.reason("same", "samples are kept or cut, never computed")
    for kind in ("i8", "i16", "i24", "i32", "f32", "f64"):
        decoded(fixture, f"wav {kind}", kind)
        decoded(fixture, f"wav {kind} stereo", kind, channels=2, samples=501)
    decoded(fixture, "wav i16 of 3 channels", "i16", channels=3, samples=333)
    decoded(fixture, "wav i24 extensible", "i24", extensible=True)
    decoded(fixture, "wav i8 of odd length", "i8", samples=399)
    for bits in (16, 24):
        flac(fixture, f"flac {bits}", bits, 1)
        flac(fixture, f"flac {bits} stereo", bits, 2)
    cropped(fixture, "crop within", 1000, 0.03127)
    cropped(fixture, "crop behind a block", 8330, 0.5201)
    cropped(fixture, "crop half a sample", 800, 9 / 256)  # 562.5 samples, exactly
    cropped(fixture, "crop nothing", 700, 6.25)
    case = fixture.case("peak", "normalize")
    x = fixture.random("peak").normal(size=500) * 0.1
    x[123] = -0.6  # the peak is below 0
    x = case.input("samples", x)
    case.expect_equal("scaled", (x / np.abs(x).max()).astype(np.float32), "rounded")
    quiet, speech = [-60, -45, -50], [-20, 0, -25, -70, -5, -26]
    trimmed(fixture, "trim both ends", 16000, quiet * 5 + speech + quiet * 6, 30.0, 0.1, 160)
    trimmed(fixture, "trim without margin", 16000, quiet + speech + quiet, 30.0, 0.0, 160)
    trimmed(fixture, "trim odd margin", 11025, quiet + speech + quiet, 30.0, 0.01234, 110)
    edge = [-60, -30.05, -29.95, -12]
    trimmed(fixture, "trim at the limit", 16000, edge + [0] + edge[::-1], 30.0, 0.0, 160, spread=0)
    # Half a sample of margin; 8192 Hz hold it exactly. It is rounded away from 0.
    trimmed(fixture, "trim with half a sample", 8192, quiet + speech + quiet, 30.0, 84.5 / 8192, 81)
    trimmed(fixture, "trim with most of a sample", 8192, quiet + speech + quiet, 30.0, 83.7 / 8192, 81)
    trimmed(fixture, "trim to a faint part of a block", 16000, [-60, 0, -12, -27], 30.0, 0.0, 50)
    trimmed(fixture, "trim nothing", 16000, speech, 40.0, 0.1, 160)
    trimmed(fixture, "trim to a part of a block", 8000, quiet + speech, 35.0, 0.02, 33)
    return fixture


def bumps(random, frequencies, centres, width):
    """A function of time: sinusoids under Gaussians, so narrow in band and in time that nothing of them
    reaches a filter's edge or the file's ends."""
    parts = [(f, random.choice(centres), random.uniform(0.5, 1), random.uniform(0, 2 * np.pi))
             for f in frequencies]
    scale = 0.8 / len(parts)
    return lambda t: scale * sum(a * np.exp(-0.5 * ((t - c) / width) ** 2) * np.cos(2 * np.pi * f * t + p)
                                 for f, c, a, p in parts)


def resampled(fixture, rate, kind, samples):
    """Noise of all frequencies against soxr itself."""
    random = fixture.random("noise", rate)
    data = wav(random.uniform(-0.7, 0.7, (1, samples)), rate, kind)
    name = f"{rate} {kind}"
    case = fixture.case(f"noise {name}", "resample", file=fixture.file(f"noise-{rate}.wav", data))
    full = soxr.resample(scipy_mono(data)[0], rate, RATE, quality="VHQ")
    case.expect_single("samples", full, 4, "soxr")
    return data, full


def known(fixture, label, rate, band, bound, above=()):
    """A signal below `band` Hz against itself at other instants; `above` what must vanish."""
    random = fixture.random(label, rate)
    duration = 0.05 if rate > RATE else 0.07
    samples = int(duration * rate) + int(random.integers(0, 9))
    centres, width = [0.48 * duration, 0.52 * duration], duration / 18
    signal = bumps(random, random.uniform(0.02, 1, 5) * band, centres, width)
    alias = bumps(random, above, centres, width) if above else np.zeros_like
    time = np.arange(samples) / rate
    data = wav([signal(time) + alias(time)], rate, "f32")
    case = fixture.case(f"{label} {rate}", "compare", file=fixture.file(f"{label}-{rate}.wav", data))
    count = len(soxr.resample(time, rate, RATE, quality="VHQ"))
    expected = case.input("signal", signal(np.arange(count) / RATE), dtype=np.float64)
    reason = f"level {bound:.0f}"
    # A single error is at most this far above the level, which is the mean of all.
    case.expect("samples", expected, reason, absolute=2 * 10 ** (bound / 20) * np.abs(expected).max())
    case.expect("level", np.array([bound]), reason, comparison="at most")


def make_resampling(name, module, seed):
    fixture = Fixture(
        name, "48, 44.1, 22.05, 11.025 and 8 kHz become 16 kHz as soxr makes them in float64; band-limited "
        "signals arrive unchanged and without delay, and what lies above the new band does not arrive",
        ["soxr", "numpy", "scipy"], module, seed)
    fixture.reason("soxr", "libsoxr computes in double precision and rounds input and output to float32: "
                   "4 roundings of the greatest sample")
    fixture.reason("level -140", "libsoxr's 28 bits are -168 dB; rounding the file and the result to float32 "
                                 "adds about -148 dB; -140 dB leaves room for both, and for single samples "
                                 "twice that")
    fixture.reason("level -65", "from rates without a short period to 16 kHz the pass band of libsoxr, flat "
                                "to 0.01 dB, sinks by 0.004 dB towards 6.7 kHz, in python-soxr as well: an "
                                "error of -68 dB there")
    for rate, kind, samples in [(48000, "f32", 2401), (44100, "i24", 2207), (22050, "f32", 1103),
                                (11025, "i24", 700), (8000, "f32", 503)]:
        resampled(fixture, rate, kind, samples)
        band = 0.42 * min(rate, RATE)
        if rate in (48000, 8000):
            known(fixture, "known", rate, band, -140.0)
        else:
            known(fixture, "known", rate, 1900, -140.0)
            known(fixture, "wide", rate, band, -65.0)
    known(fixture, "alias", 48000, 0.42 * RATE, -140.0, above=(9000.0, 12345.0, 15900.0, 22000.0))
    known(fixture, "alias", 44100, 1900, -140.0, above=(9000.0, 11000.0, 16100.0, 21000.0))
    data = wav(fixture.random("crop").uniform(-0.7, 0.7, (1, 4000)), 32000, "i16")
    case = fixture.case("crop 32000", "crop", maximumDuration=0.1, file=fixture.file("crop-32000.wav", data))
    case.expect_single("samples", soxr.resample(scipy_mono(data)[0], 32000, RATE, quality="VHQ")[:1600], 4,
                       "soxr")
    return fixture


FIXTURES = [("decoding", make_decoding), ("resampling", make_resampling)]
