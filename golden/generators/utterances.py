"""Statistics of utterances and normalisation by speaker, from scipy and NumPy in float64."""
import numpy as np
import scipy.fft

from .fixture import ROUNDING, Fixture


def utterance(random, frames, bands, voiced):
    """Frames like those of speech: levels that wander, pitch, and voicing with one frame at the threshold."""
    time = np.arange(frames)[:, None] / 100
    x = -8 + sum(random.normal(size=(1, bands))
                 * np.cos(2 * np.pi * f * time + random.uniform(0, 6, (1, bands)))
                 for f in (2, 4, 6, 12, 20)) + random.normal(size=(frames, bands)) * 0.5
    lowest, highest = [(0, 0.49), (0.5, 1), (0, 1)][voiced]
    voicing = random.uniform(lowest, highest, frames)
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
    x = random.normal(size=(sum(lengths), columns)) * random.uniform(0.1, 3, columns)
    x += random.normal(size=columns) * 5
    x[:, -1] = 0.5  # a constant, such as a pitch that is never found
    x = case.input("frames", x)
    case.input("lengths", lengths, dtype=np.int64)
    parts = [x] if by_speaker else np.split(x, np.cumsum(lengths)[:-1])
    scaled = [(p - np.mean(p, axis=0)) / (np.std(p, axis=0) + 1e-3) for p in parts]
    sizes = [np.abs(p[:, :-1]).max(axis=0) / (np.std(p[:, :-1], axis=0) + 1e-3) for p in parts]
    case.expect_single("normalized", np.concatenate(scaled), 2, "normalized", scale=np.max(sizes))


def make_statistics(name, _, seed):
    fixture = Fixture(
        name, "the 90 statistics of an utterance; normalisation of frames by speaker and by utterance, "
              "and of statistics by speaker", ["scipy", "numpy"], "utterances.py", seed)
    fixture.reason("cepstra", "a float32 product of levels with cosines: 12 roundings of the norm of a "
                              "frame's levels")
    fixture.reason("double", "computed in double precision and rounded to float32 once, doubled")
    fixture.reason("modulation", "levels are averaged and centred in float32: 2 roundings of the greatest "
                                 "level in each frame, which add up in squares and are divided by the "
                                 "magnitude of the quietest range; and one of the logarithm")
    fixture.reason("normalized", "mean, deviation and quotient are rounded to float32 once each, in units of "
                                 "the greatest value over its deviation; a constant column is exact")
    for frames, bands, hop, voiced in [
            (1, 80, 10.0, 0), (2, 80, 10.0, 1), (3, 13, 10.0, 2), (57, 80, 10.0, 2), (150, 40, 10.0, 2),
            (120, 23, 20.0, 2), (90, 16, 50.0, 1), (1040, 13, 10.0, 2), (64, 80, 10.0, 0)]:
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
