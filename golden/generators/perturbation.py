"""Changes of normalised features in training. Tempo and mel shift are SciPy's linear interpolation. The order of the
changes, the masks and the law of every draw are a second writing in float64, from docs/method.md. (The masks gave the same
arrays as SpecFrequencyMask of audiomentations 0.40 with randint drawing from our stream. It is not installed here: its
later releases no longer have it, and 0.40 wants another librosa.)"""
import numpy as np
from scipy import interpolate, ndimage

from .fixture import Fixture
from .streams import Stream

REASONS = {
    "interpolated": "a weight, a difference, a product and a sum, each rounded to float32 once, of numbers up to twice "
                    "the greatest: 6 roundings of the greatest",
    "chain": "two interpolations of 6 roundings each, an offset and a noise that are rounded to float32 and added: 4 "
             "more, all of the greatest number on the way",
    "drawn": "numbers drawn in double precision and rounded to float32: one rounding; a last digit of the logarithm "
             "may tip it: 2",
    "whole": "whole numbers, and ones that are kept or set to 0",
    "bits": "the word of the stream that follows: the number of draws",
}
NONE = dict(tempo=0.0, frequencyShift=0.0, gainOffset=0.0, noise=0.0, frequencyMasks=0, frequencyMaskWidth=0,
            timeMasks=0, timeMaskWidth=0)


def changed_tempo(x, factor):
    """Frame t of the result lies at t · factor of the original, and behind its end at its last frame."""
    count = max(1, int(np.floor(len(x) / factor + 0.5)))  # halves count as one more
    places = np.minimum(np.arange(count) * factor, len(x) - 1)
    if len(x) == 1:
        return np.repeat(x, count, axis=0)
    return interpolate.make_interp_spline(np.arange(len(x)), x, k=1)(places)


def shifted(x, bands, shift):
    """Band b of the result is band b - shift; the outermost bands extend beyond the edges."""
    moved = ndimage.shift(x[:, :bands], [0, shift], order=1, mode="nearest", prefilter=False)
    return np.concatenate([moved, x[:, bands:]], axis=1)


def masked(x, widest, stream):
    """A mask over the rows of x as SpecAugment has it: first a width from 0 to the widest that fits, then one of the
    first rows that leave room for it, both uniform."""
    width = stream.below(min(widest, len(x)) + 1)
    first = stream.below(len(x) - width + 1)
    rows = np.arange(len(x))[:, None]
    return np.where((rows >= first) & (rows < first + width), 0.0, x)


def perturbed(x, bands, stream, settings):
    """Every change of an utterance in turn. One whose setting is 0 draws nothing."""
    greatest = np.abs(x).max(initial=0)
    if settings["tempo"] > 0:
        x = changed_tempo(x, stream.uniform(1 - settings["tempo"], 1 + settings["tempo"]))
    if settings["frequencyShift"] > 0:
        x = shifted(x, bands, stream.uniform(-settings["frequencyShift"], settings["frequencyShift"]))
    if settings["gainOffset"] > 0:
        x = x + settings["gainOffset"] * stream.normal() * (np.arange(x.shape[1]) < bands)
    if settings["noise"] > 0:
        x = x + settings["noise"] * np.array([[stream.normal() for _ in row] for row in x])
    greatest = max(greatest, np.abs(x).max(initial=0))
    for _ in range(settings["frequencyMasks"]):
        x = np.concatenate([masked(x[:, :bands].T, settings["frequencyMaskWidth"], stream).T, x[:, bands:]], axis=1)
    for _ in range(settings["timeMasks"]):
        x = masked(x, settings["timeMaskWidth"], stream)
    return x, greatest


def features(random, frames, columns):
    return np.clip(1.5 * random.normal(size=(frames, columns)), -4, 4)


def tempo_case(fixture, frames, factor):
    case = fixture.case(f"{frames} frames {factor} times as fast", "tempo", factor=factor)
    x = case.input("features", features(fixture.random("tempo", frames, factor), frames, 5))
    case.expect_single("changed", changed_tempo(x, factor), 6, "interpolated", scale=np.abs(x).max())


def shift_case(fixture, bands, columns, shift):
    case = fixture.case(f"{bands} bands of {columns} columns by {shift}", "shift", bands=bands, shift=shift)
    x = case.input("features", features(fixture.random("shift", bands, shift), 4, columns))
    case.expect_single("shifted", shifted(x, bands, shift), 6, "interpolated", scale=np.abs(x).max())


def perturbed_case(fixture, name, x, bands, reason, roundings, repeats=1, **settings):
    """The same features perturbed again and again with one stream; and the word that follows."""
    settings = {**NONE, **settings}
    path = f"{fixture.random('seed', name).integers(2 ** 31)}/{name}"
    case = fixture.case(name, "perturbed", bands=bands, repeats=repeats, stream=path, **settings)
    x, stream = case.input("features", x), Stream.at(path)
    made = [perturbed(x, bands, stream, settings) for _ in range(repeats)]
    all_frames = np.concatenate([frames for frames, _ in made])
    case.expect_equal("lengths", [len(frames) for frames, _ in made], "whole")
    if roundings == 0:
        case.expect_equal("perturbed", all_frames, reason)
    else:
        case.expect_single("perturbed", all_frames, roundings, reason, scale=max(g for _, g in made))
    case.expect_equal("next", np.array([stream.next()], dtype=np.uint64), "bits")


def make_perturbation(name, module, seed):
    fixture = Fixture(
        name, "changes of features in training: tempo and mel shift of given amounts, also at the edges; the draw of "
        "each change alone, as numbers, and how many; band and time masks of every width; all changes in their order",
        ["scipy", "numpy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    random = fixture.random("amounts")
    for frames, factor in [(37, 0.85), (37, 1.15), (40, 1.0), (5, 2.0), (7, 0.5), (1, 0.8), (1, 1.9), (1, 2.5), (2, 1.3),
                           (3, 5.0), (90, round(random.uniform(0.85, 1.15), 6))]:
        tempo_case(fixture, frames, factor)
    for bands, columns, shift in [(16, 19, 2.5), (16, 19, -3.25), (80, 83, 4.0), (8, 8, -0.75), (8, 11, 0.0),
                                  (6, 9, 20.0), (6, 9, -20.0), (2, 2, 0.5),
                                  (40, 43, round(random.uniform(-4, 4), 6))]:
        shift_case(fixture, bands, columns, shift)
    # Each draw alone. On zeros, the result is what was drawn.
    perturbed_case(fixture, "gain offsets", np.zeros((2, 4)), 3, "drawn", 2, repeats=20, gainOffset=0.7)
    perturbed_case(fixture, "noise", np.zeros((7, 5)), 3, "drawn", 2, repeats=3, noise=0.4)
    # A ramp in time or in frequency shows the factor and the shift.
    ramp = np.arange(40.0)[:, None] * np.ones(4)
    perturbed_case(fixture, "tempos", ramp, 3, "interpolated", 6, repeats=12, tempo=0.3)
    perturbed_case(fixture, "shifts", np.arange(12.0)[None, :] * np.ones((2, 1)), 10, "interpolated", 6, repeats=12,
                   frequencyShift=4.0)
    # Ones that masks set to 0: every width and place that a few bands and frames allow.
    perturbed_case(fixture, "band masks", np.ones((2, 9)), 7, "whole", 0, repeats=60, frequencyMasks=1,
                   frequencyMaskWidth=4)
    perturbed_case(fixture, "band masks as wide as the bands", np.ones((1, 5)), 4, "whole", 0, repeats=40,
                   frequencyMasks=1, frequencyMaskWidth=12)
    perturbed_case(fixture, "time masks", np.ones((11, 2)), 1, "whole", 0, repeats=60, timeMasks=1, timeMaskWidth=5)
    perturbed_case(fixture, "time masks as long as the utterance", np.ones((3, 2)), 1, "whole", 0, repeats=40,
                   timeMasks=1, timeMaskWidth=40)
    perturbed_case(fixture, "two masks of each kind", np.ones((15, 12)), 10, "whole", 0, repeats=20, frequencyMasks=2,
                   frequencyMaskWidth=3, timeMasks=2, timeMaskWidth=4)
    perturbed_case(fixture, "masks of no width", np.ones((3, 4)), 3, "whole", 0, repeats=3, frequencyMasks=1,
                   timeMasks=1)
    everything = dict(tempo=0.15, frequencyShift=4.0, gainOffset=0.2, noise=0.1, frequencyMasks=2,
                      frequencyMaskWidth=6, timeMasks=2, timeMaskWidth=9)
    own = fixture.random("features")
    perturbed_case(fixture, "all changes", features(own, 40, 23), 20, "chain", 16, repeats=3, **everything)
    perturbed_case(fixture, "the usual changes", features(own, 50, 43), 40, "chain", 16, repeats=2, tempo=0.15,
                   frequencyShift=4.0, frequencyMasks=1, frequencyMaskWidth=12, timeMasks=1, timeMaskWidth=40)
    perturbed_case(fixture, "all changes of one frame", features(own, 1, 8), 5, "chain", 16, repeats=4, **everything)
    perturbed_case(fixture, "no change", features(own, 6, 8), 5, "whole", 0)
    return fixture


FIXTURES = [("perturbation", make_perturbation)]
