"""Energy-adaptive mixup of pairs of recordings of 3.5 s; size: pairs.

The same as Reprise's EnergyAdaptiveMixup: the recording is copied; length (at most half of it), both starts and
the ratio (-5 to 10 dB) are drawn; the partner's segment is scaled by the powers of both segments and added; the
label's share is computed. Other random numbers are drawn, of the same distributions, and power is summed in
single precision. With either library pairs are shared among the threads, one for each; a pair is too small to be
shared itself.
"""
import numpy as np

from workloads.inputs import array, expect, on_threads

LEAST_POWER, LOWEST, HIGHEST = 1e-10, -5.0, 10.0


def draw(length, partner_length, rng):
    """Samples mixed, both starts, and the ratio of the powers in dB."""
    mixed = int(rng.integers(1, min(length // 2, partner_length) + 1))
    start = int(rng.integers(0, length - mixed + 1))
    partner_start = int(rng.integers(0, partner_length - mixed + 1))
    return mixed, start, partner_start, rng.uniform(LOWEST, HIGHEST)


def mix(signal, partner, copy, power, rng):
    """The mixture and the partner's share of the label."""
    mixed, start, partner_start, decibels = draw(len(signal), len(partner), rng)
    mixture = copy(signal)
    target = mixture[start:start + mixed]
    source = partner[partner_start:partner_start + mixed]
    own, other = power(target), power(source)
    if own < LEAST_POWER or other < LEAST_POWER:
        return mixture, 0.0
    ratio = 10 ** (decibels / 10)
    target += (own / (ratio * other)) ** 0.5 * source
    return mixture, mixed / len(signal) / (1 + ratio)


def with_numpy(signals, partners):
    def power(samples):
        return float(np.dot(samples, samples)) / len(samples)
    return lambda i, rng: mix(signals[i], partners[i], np.copy, power, rng)


def with_torch(signals, partners):
    import torch
    torch.set_num_threads(1)
    first, second = torch.from_numpy(signals), torch.from_numpy(partners)

    def power(samples):
        return torch.dot(samples, samples).item() / len(samples)
    return lambda i, rng: mix(first[i], second[i], torch.clone, power, rng)


def prepare(job):
    signals, partners = array(job, "signals"), array(job, "partners")
    expect(len(signals), job.size, "pairs")
    mix_pair = {"numpy": with_numpy, "torch": with_torch}[job.peer](signals, partners)
    streams = np.random.default_rng(0).spawn(len(signals))
    return on_threads(lambda part: [mix_pair(i, streams[i]) for i in part], len(signals), job.threads)
