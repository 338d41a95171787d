"""What a training draws for its batches: the order of an epoch, mixup's decision, partner and segments, the perturbation
and the noise on statistics. All of it is a second writing, from docs/method.md, on the second writing of our streams: no
library has these draws."""
import numpy as np

from .fixture import ROUNDING, Fixture
from .perturbation import NONE, perturbed
from .recordings import RATE, wav
from .streams import Stream

REASONS = {
    "places": "places of utterances, samples and frames, drawn by exact arithmetic",
    "double": "quotients in double precision; a power of ten within a unit in the last place: 8 roundings of 2⁻⁵³",
    "label": "computed in double precision and rounded to float32 once, doubled",
    "noise": "a statistic, at most 4, and its noise are added in float32, and the noise is a product of two numbers that "
             "are rounded: 3 roundings of the sum of magnitudes",
}
BANDS, STATISTICS, HOP = 13, 90, 160
SPEAKERS, CLASSES = 3, 4


def recordings(fixture, count):
    """Short tones in noise, at the program's own rate; returns their names and lengths in samples."""
    random, lengths, names = fixture.random("recordings"), [], []
    for index in range(count):
        length = int(random.integers(2400, 5200)) if index > 0 else 20 * HOP  # a whole number of hops
        t = np.arange(length) / RATE
        x = 0.2 * np.sin(2 * np.pi * random.uniform(100, 300) * t) + 0.05 * random.normal(size=length)
        names.append(fixture.file(f"recording-{index}.wav", wav([x], RATE, "i16")))
        lengths.append(length)
    return names, lengths


def mixed(stream, settings, lengths, place, partners):
    """The partner, its segments, and its share of the label; None where nothing is mixed."""
    if settings["mixup"] == "none" or not stream.uniform() < settings["mixProbability"]:
        return None
    partner = partners[stream.below(len(partners))]
    own, other = lengths[place], lengths[partner]
    if settings["mixup"] == "lam":
        return partner, (-1, -1, -1), other / (own + other)
    start, partner_start, length, snr = stream.mixup(own, other, settings["lowest"], settings["highest"])
    return partner, (start, partner_start, length), length / own / (1 + 10 ** (snr / 10))


def epoch(fixture, name, files, lengths, number, **changes):
    settings = {"mixup": "eam", "mixProbability": 0.5, "lowest": -5.0, "highest": 10.0, "statisticsNoise": 0.3,
                "batchSize": 3, **NONE, **changes}
    random = fixture.random(name)
    count = len(files)
    path = f"{random.integers(2 ** 31)}/corpus/fold 1"
    ids = [f"utterance-{chr(97 + place)}" for place in range(count)]
    case = fixture.case(name, "epoch", stream=path, epoch=number, classes=CLASSES, bands=BANDS, files=count,
                        ids=" ".join(ids), **{f"file{place}": file for place, file in enumerate(files)}, **settings)
    labels = case.input("labels", random.integers(0, CLASSES, count), np.int64)
    speakers = case.input("speakers", (np.arange(count) + 1) % SPEAKERS, np.int64)
    training = [place for place in range(count) if speakers[place] != 0]  # fold 1 tests the first speaker
    own = Stream.at(path).split(f"epoch {number}")
    order = own.split("order").shuffled(training)
    case.expect_equal("order", order, "places")
    sizes = [len(order[start:start + settings["batchSize"]]) for start in range(0, len(order), settings["batchSize"])]
    case.expect_equal("sizes", sizes, "places")
    partners, segments, shares, targets, frames, noise = [], [], [], [], [], []
    for place in order:
        stream = own.split("examples").split(ids[place])
        found = mixed(stream, settings, lengths, place, training)
        partner, segment, share = found or (-1, (-1, -1, -1), 0.0)
        partners.append(partner)
        segments.append(segment)
        shares.append(share)
        hot = np.eye(CLASSES)
        targets.append((1 - share) * hot[labels[place]] + share * hot[labels[partner]])
        samples = max(lengths[place], lengths[partner]) if found and settings["mixup"] == "lam" else lengths[place]
        changed, _ = perturbed(np.zeros((1 + samples // HOP, BANDS + 3)), BANDS, stream, settings)
        frames.append(len(changed))
        noise.append([settings["statisticsNoise"] * stream.normal() if settings["statisticsNoise"] else 0.0
                      for _ in range(STATISTICS)])
    case.expect_equal("partners", partners, "places")
    case.expect_equal("segments", segments, "places")
    case.expect("shares", shares, "double", relative=8 * 2.0 ** -53)
    case.expect_single("targets", targets, 2, "label", scale=1)
    case.expect_equal("frames", frames, "places")
    case.expect("noise", noise, "noise", absolute=3 * ROUNDING * (4 + np.abs(noise).max()))


def make_batches(name, module, seed):
    fixture = Fixture(
        name, "the batches of an epoch: the order and number of utterances; which of them mixup takes, their partners, "
        "segments and shares of the label; the labels; the frames after a change of tempo; the noise on statistics, which "
        "is drawn last and so shows how many numbers everything before has drawn", ["numpy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    files, lengths = recordings(fixture, 12)
    usual = dict(tempo=0.15, frequencyShift=4.0, frequencyMasks=1, frequencyMaskWidth=12, timeMasks=1, timeMaskWidth=40)
    epoch(fixture, "energy-adaptive mixup", files, lengths, 1, **usual)
    epoch(fixture, "energy-adaptive mixup, epoch 2", files, lengths, 2, **usual)
    epoch(fixture, "energy-adaptive mixup of every utterance, epoch 13", files, lengths, 13, mixProbability=1.0,
          lowest=3.0, highest=3.0, gainOffset=0.1, noise=0.1, batchSize=16, **usual)
    epoch(fixture, "label-adaptive mixup", files, lengths, 1, mixup="lam", mixProbability=0.7, batchSize=4,
          timeMasks=2, timeMaskWidth=10)
    epoch(fixture, "label-adaptive mixup of every utterance", files, lengths, 2, mixup="lam", mixProbability=1.0)
    epoch(fixture, "no mixup", files, lengths, 1, mixup="none", statisticsNoise=1.5, batchSize=1, **usual)
    epoch(fixture, "mixup of probability 0", files, lengths, 1, mixProbability=0.0, batchSize=8)
    return fixture


FIXTURES = [("batches", make_batches)]
