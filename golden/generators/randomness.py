"""Random streams and all that is drawn from them, bit for bit, from streams.py."""
import numpy as np

from .fixture import Fixture
from .streams import Stream, check_published, dropped, mask_draw

# xoshiro256** seeded by SplitMix64 from 0: the values that several independent implementations publish,
# such as Swift's PredictableRandomNumberGenerator tests and rand_xoshiro's `seed_from_u64(0)`.
FROM_ZERO = [11091344671253066420, 13793997310169335082, 1900383378846508768, 7684712102626143532,
             13521403990117723737, 18442103541295991498, 7788427924976520344, 9881088229871127103]
REASONS = {
    "bits": "random bits, and numbers made of them by exact arithmetic: equal, or not the same stream",
    "published": "published values; they depend on no seed of the fixtures",
    "normal": "logarithm and square root are within a unit in the last place of any correct library: 2 "
              "units, of which a product and a quotient share the second",
    "single": "numbers computed in double precision and rounded to float32: one rounding; a last digit of "
              "the logarithm may tip it: 2",
}
SETTINGS = [(-5.0, 10.0), (3.0, 3.0), (-20.0, -1.5)]


def draws(fixture, name, operation, path, draw, count, **parameters):
    """`count` numbers drawn from the stream at `path`, and the word that follows them."""
    case = fixture.case(name, operation, stream=path, count=count, **parameters)
    stream = Stream.at(path)
    values = [draw(stream) for _ in range(count)]
    case.expect_equal("next", np.array([stream.next()], dtype=np.uint64), "bits")
    return case, values


def first_values(fixture, name, kind, path, size, shape):
    """First weights: uniform within ±size, or normal with that deviation."""
    case = fixture.case(name, kind, stream=path, size=size, shape=shape)
    stream = Stream.at(path)
    values = [stream.uniform(-size, size) if kind == "uniformTensor" else size * stream.normal()
              for _ in range(int(np.prod(shape)))]
    case.expect_single("values", np.reshape(values, shape), 2, "single", scale=0)


def mixups(fixture, name, path, lengths, partners, bounds):
    case = fixture.case(name, "mixup", stream=path, lowest=bounds[0], highest=bounds[1])
    case.input("lengths", lengths, np.int64)
    case.input("partners", partners, np.int64)
    stream = Stream.at(path)
    drawn = [stream.mixup(int(a), int(b), *bounds) for a, b in zip(lengths, partners)]
    case.expect_equal("drawn", [d is not None for d in drawn], "bits")
    for index, output in enumerate(("start", "partnerStart", "length", "snr")):
        values = [0 if d is None else d[index] for d in drawn]
        case.expect_equal(output, np.array(values, dtype=float if output == "snr" else np.int64), "bits")
    case.expect_equal("next", np.array([stream.next()], dtype=np.uint64), "bits")


def dropout(fixture, name, seed, rate, shape):
    case = fixture.case(name, "dropout", seed=str(seed), rate=rate)
    random = fixture.random(name)
    for argument, result in (("x", "output"), ("dOutput", "dX")):
        values = case.input(argument, random.normal(size=shape)).astype(np.float32)
        case.expect_equal(result, dropped(seed, rate, values).astype(np.float64), "bits")


def make_random(name, module, seed):
    check_published()
    fixture = Fixture(
        name, "xoshiro256** seeded by SplitMix64, bit for bit and at seed 0 by published values; streams "
        "split by name; uniform, whole and normal numbers, shuffles, samples, first weights, the draws of "
        "energy-adaptive mixup and the masks of dropout", ["numpy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
    case = fixture.case("for ever", "words", stream="0", count=len(FROM_ZERO))
    case.expect_equal("words", np.array(FROM_ZERO, dtype=np.uint64), "published")
    random = fixture.random("seeds")
    own = [str(s) for s in random.integers(0, 2 ** 64, 4, dtype=np.uint64, endpoint=False)]
    a, b = own[:2]
    paths = ["0", "1", str(2 ** 64 - 1), *own, f"{a}/epoch 1", f"{a}/epoch 2", f"{a}/epoch 1/shuffle",
             f"{a}/", f"{a}//", f"{b}/backbone.blocks.0.weight", f"{b}/Äußerung 語 🎧", f"{b}/a/b", f"{b}/b/a",
             f"{b}/ab", "0/weights"]
    for path in paths:
        case = fixture.case(f"words of {path.replace('/', ' > ')}", "words", stream=path, count=64)
        stream = Stream.at(path)
        case.expect_equal("words", np.array([stream.next() for _ in range(64)], dtype=np.uint64), "bits")
    for low, high in [(0.0, 1.0), (-1.0, 1.0), (-5.0, 10.0), (1e-3, 1e3)]:
        case, values = draws(fixture, f"uniform {low} to {high}", "uniform", f"{own[2]}/uniform",
                             lambda s: s.uniform(low, high), 64, low=low, high=high)
        case.expect_equal("values", values, "bits")
    for bound in (1, 2, 3, 10, 1000, 2 ** 32, 3 * 2 ** 61, 2 ** 62, 2 ** 62 + 1, 2 ** 63 - 1):
        case, values = draws(fixture, f"below {bound}", "below", f"{own[3]}/below",
                             lambda s: s.below(bound), 64, bound=str(bound))
        case.expect_equal("values", values, "bits")
    for low, high in [(-3, 4), (5, 5), (1, 100_000)]:
        case, values = draws(fixture, f"in {low} to {high}", "inRange", f"{own[3]}/in",
                             lambda s: low + s.below(high - low + 1), 64, low=low, high=high)
        case.expect_equal("values", values, "bits")
    for count in (0, 1, 2, 17, 200):
        case, values = draws(fixture, f"shuffle of {count}", "shuffle", f"{own[0]}/order",
                             lambda s: s.shuffled(range(count)), 2, elements=count)
        case.expect_equal("orders", np.reshape(values, (2, count)).astype(np.int64), "bits")
    for limit, count in [(20, 100), (5, 5), (7, 3), (1, 2), (0, 4)]:
        case, values = draws(fixture, f"sample {limit} of {count}", "sample", f"{own[0]}/sample",
                             lambda s: s.sample(limit, count), 2, limit=limit, of=count)
        case.expect_equal("samples", np.array(values, dtype=np.int64), "bits")
    case, values = draws(fixture, "normal", "normal", f"{own[1]}/normal", lambda s: s.normal(), 256)
    case.expect("values", values, "normal", relative=2 ** -51)
    first_values(fixture, "first weights, uniform", "uniformTensor", f"{a}/head.weight", 64 ** -0.5, [64, 8])
    first_values(fixture, "first weights, normal", "normalTensor", f"{a}/centers", 1.0, [8, 32])
    first_values(fixture, "first weights, narrow", "normalTensor", f"{a}/flam.query", 0.02, [128, 1])
    for index, bounds in enumerate(SETTINGS):
        lengths, partners = random.integers(2, 100_000, 24), random.integers(1, 100_000, 24)
        lengths[:4], partners[:4] = [2, 3, 1, 50], [1, 9, 10, 0]
        label = f"mixup {bounds[0]} to {bounds[1]} dB"
        mixups(fixture, label, f"{own[2]}/mixup {index}", lengths, partners, bounds)
    for rate, shape in [(0.1, [40, 30]), (0.5, [37, 17]), (0.3, [5, 1]), (0.99, [6, 100]), (0.0, [6, 4])]:
        word = int(random.integers(0, 2 ** 64, dtype=np.uint64))
        dropout(fixture, f"dropout {rate}", word, rate, shape)
    word = int(random.integers(0, 2 ** 64, dtype=np.uint64))
    # The rate is the very share that the element's bits stand for: it stays.
    dropout(fixture, "dropout at an element's threshold", word, mask_draw(word, 11) / 2 ** 24, [6, 7])
    dropout(fixture, "dropout of seed 0", 0, 0.2, [8, 25])
    dropout(fixture, "dropout of the greatest seed", 2 ** 64 - 1, 0.2, [8, 25])
    return fixture


FIXTURES = [("random", make_random)]
