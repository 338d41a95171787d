"""Energy-adaptive and label-adaptive mixup, from docs/method.md in float64."""
import numpy as np

from .analysis import DEFAULTS, LOG_MEL_REASON, expect_log_mel
from .fixture import ROUNDING, Fixture

LEAST = 1e-10


def labels(random, classes=4):
    """Two distributions over the classes: one-hot, and mixed of two."""
    own = np.eye(classes)[random.integers(classes)]
    share = random.uniform(0.1, 0.9)
    return own, share * np.eye(classes)[random.integers(classes)] + (1 - share) / classes


def rms(x):
    return np.linalg.norm(x) / np.sqrt(len(x))


def mix(x, partner, start, partner_start, length, snr):
    """The steps 2 to 5 of the method: the mixture, its partner's segment as it is added, and λ."""
    own, other = x[start:start + length], partner[partner_start:partner_start + length]
    if min(rms(own), rms(other)) < np.sqrt(LEAST):
        return x, np.zeros(length), 0.0
    added = other * (rms(own) * 10 ** (-snr / 20) / rms(other))
    share = length / len(x) * rms(added) ** 2 / (rms(own) ** 2 + rms(added) ** 2)
    return x + np.pad(added, (start, len(x) - start - length)), added, share


def expect_label(case, random, share):
    own, other = labels(random)
    own, other = case.input("target", own), case.input("partnerTarget", other)
    case.expect_single("label", own + share * (other - own), 2, "label", scale=1)


def eam(fixture, name, length_own, length_other, length, snr=None, levels=(0.1, 0.1), start=None):
    random = fixture.random(name)
    snr = random.uniform(-5, 10) if snr is None else snr
    start = int(random.integers(length_own - length + 1)) if start is None else start
    partner_start = int(random.integers(length_other - length + 1))
    x, partner = random.normal(size=length_own), random.normal(size=length_other)
    x /= rms(x[start:start + length])
    partner /= rms(partner[partner_start:partner_start + length])
    case = fixture.case(name, "mix", start=start, partnerStart=partner_start, length=length, snr=snr,
                        leastPower=LEAST)
    x, partner = case.input("samples", x * levels[0]), case.input("partner", partner * levels[1])
    mixed, added, share = mix(x, partner, start, partner_start, length, snr)
    if share == 0:
        case.expect_equal("mixed", x, "nothing")
        case.expect_equal("share", np.zeros(1), "nothing")
    else:
        scale = np.abs(x[start:start + length]).max() + np.abs(added).max()
        case.expect("mixed", mixed, "mixed", absolute=3 * ROUNDING * scale)
        case.expect("share", [share], "double", relative=2.0 ** -48)
    case.expect_equal("changed", [start, start + length] if share else [0, 0], "whole")
    expect_label(case, random, share)


def draws(fixture, length, partner_length, count=4000):
    """The draws of a short utterance: all that are possible occur, and no other. (How
    often is settled by the exact draws of the fixture `random`.)"""
    name = f"draws of {length} and {partner_length}"
    case = fixture.case(name, "draw", length=length, partnerLength=partner_length, count=count,
                        seed=int(fixture.random(name).integers(2 ** 31)))
    longest = min(length // 2, partner_length)
    possible = [(length - n + 1) * (partner_length - n + 1) for n in range(1, longest + 1)]
    case.expect_equal("outside", [0], "whole")
    case.expect_equal("different", [sum(possible)], "whole")


def features(fixture, name, samples, start, length, **changes):
    """The frames of a mixture, of which only those that changed are computed again."""
    random, parameters = fixture.random(name), {**DEFAULTS, **changes}
    case = fixture.case(name, "features", start=start, partnerStart=0, length=length, snr=-3.0,
                        leastPower=LEAST, **parameters)
    x = case.input("samples", 0.1 * random.normal(size=samples))
    partner = case.input("partner", 0.3 * random.normal(size=length))
    mixed, _, _ = mix(x, partner, start, 0, length, -3.0)
    expect_log_mel(case, mixed, **parameters)


def make_eam(name, module, seed):
    fixture = Fixture(
        name, "energy-adaptive mixup as drawn: mixture, λ, label and changed range, at both ends of every "
              "range, and nothing where a segment is silent; draws within their bounds; the "
              "frames of a mixture", ["numpy", "librosa"], module, seed)
    fixture.reason("mixed", "the scale, the product and the sum are rounded to float32 once each: 3 "
                            "roundings of the two greatest samples that are added")
    fixture.reason("double", "computed in double precision from sums of squares: some dozen roundings of "
                             "2⁻⁵³")
    fixture.reason("label", "computed in double precision and rounded to float32 once, doubled")
    fixture.reason("nothing", "where nothing is mixed, nothing changes")
    fixture.reason("whole", "whole numbers")
    fixture.reason("logarithm", LOG_MEL_REASON)
    for snr in (-5.0, 0.0, 10.0, None, None):
        eam(fixture, f"snr {snr} {len(fixture.cases)}", 403, 311, 105, snr)
    eam(fixture, "one sample", 501, 300, 1)
    eam(fixture, "half of all", 801, 900, 400)
    eam(fixture, "half of an even length", 640, 640, 320)
    eam(fixture, "all of a short partner", 900, 123, 123)
    eam(fixture, "shortest utterance", 2, 1, 1)
    eam(fixture, "partner of one sample", 77, 1, 1)
    eam(fixture, "first samples", 300, 300, 100, start=0)
    eam(fixture, "last samples", 300, 300, 100, start=200)
    eam(fixture, "eight", 100, 100, 8)
    eam(fixture, "seven", 100, 100, 7)
    eam(fixture, "loud partner", 400, 400, 150, levels=(0.003, 0.6))
    eam(fixture, "loud utterance", 400, 400, 150, levels=(0.6, 0.003))
    eam(fixture, "silent utterance", 300, 200, 90, levels=(0, 0.1))
    eam(fixture, "silent partner", 300, 200, 90, levels=(0.1, 0))
    for factor in (0.5, 2):
        power = np.sqrt(factor * LEAST)
        eam(fixture, f"utterance of {factor} of the least power", 300, 200, 90, levels=(power, 0.1))
        eam(fixture, f"partner of {factor} of the least power", 300, 200, 90, levels=(0.1, power))
    draws(fixture, 9, 3)
    draws(fixture, 5, 9)
    draws(fixture, 2, 1)
    features(fixture, "frames of a mixture", 1403, 500, 311, bands=40)
    features(fixture, "frames of a mixture at the start", 1003, 0, 501, bands=40)
    return fixture


def make_lam(name, module, seed):
    fixture = Fixture(name, "label-adaptive mixup with a partner as long, shorter, longer, and of one sample",
                      ["numpy"], module, seed)
    fixture.reason("mixed", "halving is exact and the sum is rounded to float32 once, doubled")
    fixture.reason("double", "one quotient of whole numbers in double precision")
    fixture.reason("label", "computed in double precision and rounded to float32 once, doubled")
    for length, other in [(400, 400), (500, 203), (203, 500), (1, 300), (300, 1), (1, 1)]:
        name = f"{length} with {other}"
        random = fixture.random(name)
        case = fixture.case(name, "mix")
        x = case.input("samples", 0.2 * random.normal(size=length))
        partner = case.input("partner", 0.2 * random.normal(size=other))
        both = np.zeros((2, max(length, other)))
        both[0, :length], both[1, :other] = x, partner
        case.expect("mixed", both.mean(axis=0), "mixed", relative=2.0 ** -23)
        share = other / (length + other)
        case.expect("share", [share], "double", relative=2.0 ** -52)
        expect_label(case, random, share)
    return fixture


FIXTURES = [("eam", make_eam), ("lam", make_lam)]
