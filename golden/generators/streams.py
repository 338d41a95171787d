"""The random streams of the program, written from the published algorithms in Python's whole numbers.

Seeding: SplitMix64 (Steele, Lea & Flood 2014; splitmix64.c, prng.di.unimi.it); generator: xoshiro256**
(Blackman & Vigna 2018; xoshiro256starstar.c); names: FNV-1a (RFC 9923), mixed into the seed; whole
numbers: Lemire 2019, algorithm 5; shuffle: Fisher & Yates (Knuth, algorithm P); normal numbers:
Marsaglia's polar method; dropout: the hash "lowbias32" (Wellons 2018), twice.
`check_published` holds them to the values that their authors' programs give.
"""
import math

import numpy as np

WORD = 2 ** 64


def split_mix(state):
    """The next state and value of SplitMix64."""
    state = (state + 0x9e3779b97f4a7c15) % WORD
    z = (state ^ state >> 30) * 0xbf58476d1ce4e5b9 % WORD
    z = (z ^ z >> 27) * 0x94d049bb133111eb % WORD
    return state, z ^ z >> 31


def rotate(x, count):
    return (x << count | x >> 64 - count) % WORD


def fnv1a(data):
    digest = 0xcbf29ce484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001b3 % WORD
    return digest


def lowbias32(x):
    x = (x ^ x >> 16) * 0x7feb352d % 2 ** 32
    x = (x ^ x >> 15) * 0x846ca68b % 2 ** 32
    return x ^ x >> 16


class Stream:
    """The stream of a seed."""

    def __init__(self, seed):
        self.seed, self.state, state = seed, [], seed
        for _ in range(4):
            state, word = split_mix(state)
            self.state.append(word)

    @classmethod
    def at(cls, path):
        """`seed/name/name …`: the stream of a seed, or split off it by names; `seed/` has the empty name."""
        seed, *names = path.split("/")
        stream = cls(int(seed))
        for name in names:
            stream = stream.split(name)
        return stream

    def split(self, name):
        digest = fnv1a(name.encode())
        state, high = split_mix(self.seed ^ rotate(digest, 32))
        return Stream(high ^ split_mix(state ^ digest)[1])

    def next(self):
        a, b, c, d = self.state
        result = rotate(b * 5 % WORD, 7) * 9 % WORD
        c, d = c ^ a, d ^ b
        self.state = [a ^ d, b ^ c, c ^ b << 17 & WORD - 1, rotate(d, 45)]
        return result

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * (self.next() // 2 ** 11 / 2 ** 53)

    def below(self, bound):
        """Lemire: the upper word of draw · bound, unless the lower one is below 2^64 mod bound."""
        while True:
            upper, lower = divmod(self.next() * bound, WORD)
            if lower >= WORD % bound:
                return upper

    def shuffled(self, items):
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    def sample(self, limit, count):
        return list(range(count)) if count <= limit else sorted(self.shuffled(range(count))[:limit])

    def normal(self):
        while True:
            x, y = self.uniform(-1, 1), self.uniform(-1, 1)
            square = x * x + y * y
            if 0 < square < 1:
                return x * math.sqrt(-2 * math.log(square) / square)

    def mixup(self, length, partner_length, lowest, highest):
        """Start, partner's start, length and SNR of an energy-adaptive mixing; None where none fits."""
        longest = min(length // 2, partner_length)
        if longest < 1:
            return None
        mixed = 1 + self.below(longest)
        return (self.below(length - mixed + 1), self.below(partner_length - mixed + 1), mixed,
                self.uniform(lowest, highest))


def mask_draw(seed, index):
    """The 24 bits that decide over an element of a dropout mask."""
    return lowbias32((lowbias32(index ^ seed % 2 ** 32) + (seed >> 32)) % 2 ** 32) >> 8


def dropped(seed, rate, x):
    """Inverted dropout of float32 `x`: element i stays where 24 bits of a hash reach 2^24 · rate."""
    rate = np.float32(rate)
    draws = np.array([mask_draw(seed, i) for i in range(x.size)])
    kept = np.float32(1) / (np.float32(1) - rate)
    stays = draws >= int(rate * np.float32(2 ** 24))
    return np.where(stays, x.ravel() * kept, np.float32(0)).reshape(x.shape)


def check_published():
    """Known values: splitmix64.c from 1234567 (Rosetta Code, "Splitmix64"), xoshiro256starstar.c from the
    state 1, 2, 3, 4 (rand_xoshiro's test vector), FNV-1a of the empty text, "a" and "foobar" (RFC 9923)."""
    state, words = 1234567, []
    for _ in range(5):
        state, word = split_mix(state)
        words.append(word)
    assert words == [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431,
                     16408922859458223821]
    stream = Stream(0)
    stream.state = [1, 2, 3, 4]
    assert [stream.next() for _ in range(10)] == [
        11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
        16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576]
    assert [fnv1a(text) for text in (b"", b"a", b"foobar")] == [
        0xcbf29ce484222325, 0xaf63dc4c8601ec8c, 0x85944171f73967e8]
