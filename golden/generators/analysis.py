"""Frames of a recording in float64: librosa's spectra, and pitch by direct sums over each lag."""
import warnings

import librosa
import numpy as np
from scipy.signal import find_peaks

from .fixture import ROUNDING

# The parameters of a case that say how frames are computed; the others have these values.
DEFAULTS = {"sampleRate": 16000, "bands": 80, "window": 25.0, "hop": 10.0, "low": 20.0, "high": 8000.0,
            "floor": 1e-7}
PITCH = {"lowestPitch": 60.0, "highestPitch": 500.0, "pitchWindow": 40.0, "threshold": 0.5}


def in_samples(milliseconds, rate):
    return int(np.floor(milliseconds * rate / 1000 + 0.5))


def filters(rate, n_fft, bands, low, high):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a narrow band holds no bin
        return librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=bands, fmin=low, fmax=high, dtype=np.float64)


def power(x, sampleRate, window, hop, **_):
    """The power of each frame and bin, [frames, bins]."""
    window = in_samples(window, sampleRate)
    n_fft = max(4, 1 << (window - 1).bit_length())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a signal is shorter than the transform
        spectra = librosa.stft(np.asarray(x, np.float64), n_fft=n_fft, hop_length=in_samples(hop, sampleRate),
                               win_length=window, window="hann", center=True, pad_mode="constant",
                               dtype=np.complex128)
    return (np.abs(spectra) ** 2).T


def log_mel(x, sampleRate, bands, low, high, floor, **rest):
    """Log-mel frames, [frames, bands]."""
    powers = power(x, sampleRate, **rest)
    return np.log(powers @ filters(sampleRate, 2 * (powers.shape[1] - 1), bands, low, high).T
                  + np.float32(floor))


LOG_MEL_REASON = (
    "a bin's value is wrong by some roundings of the frame's norm, so that of a band of power P and filter "
    "sum w the logarithm is wrong by 2 · norm · √(w P) / (P + floor) of them: 4 of these at the worst band "
    "of the array, and two roundings of the logarithm, of which the greatest is 16")


def expect_log_mel(case, x, sampleRate, bands, low, high, floor, **rest):
    """Expects the log-mel frames of x, with the tolerance that LOG_MEL_REASON derives."""
    powers = power(x, sampleRate, **rest)
    n_fft = 2 * (powers.shape[1] - 1)
    bank = filters(sampleRate, n_fft, bands, low, high)
    # Parseval: what all bins hold, those below half the rate twice, is n_fft times the squared norm.
    norm = np.sqrt((2 * powers.sum(axis=1) - powers[:, 0] - powers[:, -1]) / n_fft)[:, None]
    band = powers @ bank.T
    condition = 2 * norm * np.sqrt(band * bank.sum(axis=1)) / (band + floor)
    case.expect("frames", log_mel(x, sampleRate, bands, low, high, floor, **rest), "logarithm",
                absolute=ROUNDING * (32 + 4 * condition.max()))


class NearDecision(Exception):
    """A rounding might decide otherwise than the exact numbers do: another signal must be drawn."""


def clear(condition):
    if not condition:
        raise NearDecision


def similarity(x, longest):
    """The normalised square difference of lags 0 … longest + 1, and how far rounding may move each."""
    x = x - x.mean()
    pairs = [(x[:len(x) - lag], x[lag:]) for lag in range(longest + 2)]
    energies = np.array([np.sum(a ** 2 + b ** 2) for a, b in pairs])
    products = np.array([np.dot(a, b) for a, b in pairs])
    least = np.float32(1e-4) * np.sum(x ** 2)
    clear((np.abs(energies / least - 1) > 1e-2).all())
    kept = energies > least
    # An autocorrelation by float32 transforms is wrong by some roundings of its value at lag 0.
    doubt = 16 * ROUNDING * energies[0] / np.where(kept, energies, np.inf)
    return np.where(kept, 2 * products / np.where(kept, energies, 1), 0), doubt


def key_maxima(s, doubt, shortest, longest):
    """The highest peak of each stretch between two falls below zero, behind the first fall."""
    clear((np.abs(s) > doubt)[s != 0].all())
    stretch = np.cumsum(s < 0)  # the same number between two falls
    above = np.minimum(s[1:-1] - s[:-2], s[1:-1] - s[2:])  # how far above the higher neighbour
    sought = slice(shortest - 1, longest)
    clear((np.abs(above) > 2 * doubt[1:-1])[sought][(stretch * s)[1:-1][sought] > 0].all())
    peaks = [p for p in find_peaks(s)[0] if shortest <= p <= longest and s[p] > 0]
    keys = []
    for number in sorted({stretch[p] for p in peaks} - {0}):
        among = sorted((p for p in peaks if stretch[p] == number), key=lambda p: -s[p])
        clear(len(among) == 1 or s[among[0]] - s[among[1]] > 2 * doubt[among].max())
        keys.append(among[0])
    return keys


def pitch(x, rate, lowestPitch, highestPitch, threshold, **_):
    """Log F0 against 150 Hz and the voicing strength of one window."""
    if np.sum((x - x.mean()) ** 2) <= len(x) * 1e-12:  # far below a step of 16-bit audio
        return 0.0, 0.0
    longest = int(np.ceil(rate / lowestPitch))
    s, doubt = similarity(x, longest)
    keys = key_maxima(s, doubt, int(rate // highestPitch), longest)
    if not keys:
        return 0.0, 0.0
    share = s[keys] / s[keys].max()
    clear((np.abs(share - np.float32(0.9)) > 4 * doubt[keys].max()).all())
    lag = keys[int(np.argmax(share >= 0.9))]
    curve = np.polynomial.Polynomial.fit([-1, 0, 1], s[lag - 1:lag + 2], 2, domain=[-1, 1]).convert()
    shift = curve.deriv().roots()[0]
    height = curve(shift)
    clear(abs(height - threshold) > 1e-4 and doubt[lag] < 5e-6)
    # Rounding moves the top of a flat peak, by more than a tolerance should allow for.
    clear(height < threshold or doubt[lag] / abs(curve.coef[2]) < 5e-5 * lag)
    return (np.log(rate / (lag + shift) / 150) if height >= threshold else 0.0), min(1.0, height)


def prosody(x, sampleRate, hop, floor, pitchWindow, **rest):
    """Log energy, log F0 and voicing of each frame, [frames, 3]."""
    window, hop = in_samples(pitchWindow, sampleRate), in_samples(hop, sampleRate)
    padded = np.concatenate([np.zeros(window // 2), x, np.zeros(window)])
    hann = np.sin(np.pi * np.arange(window) / window) ** 2
    rows = []
    for t in range(1 + len(x) // hop):
        part = padded[t * hop:t * hop + window]
        energy = np.log(np.float32(floor) + np.mean((hann * part) ** 2))
        rows.append([energy, *pitch(part, sampleRate, **rest)])
    return np.array(rows)
