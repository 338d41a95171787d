"""Log-mel frames of 4 s at 16 kHz, [401, 80] each; size: clips.

The same as Reprise's LogMel: periodic Hann window of 400 samples in a transform of 512, every 160 samples, centred
with zeros outside, power, 80 bands from 20 to 8000 Hz on Slaney's scale with his norm, ln(power + 1e-7), float32.
Window and filters are made before the clock starts. Normalisation and prosody are left out, there as here.
- librosa: `librosa.stft` and a product with `librosa.filters.mel`; clips are shared among the threads.
- torchaudio: one `MelSpectrogram` of all clips together, under inference_mode.
"""
import numpy as np

from workloads.inputs import array, expect, on_threads

WINDOW, HOP, TRANSFORM, BANDS, LOW, HIGH, RATE, FLOOR = 400, 160, 512, 80, 20, 8000, 16000, 1e-7


def with_librosa(waveforms, threads):
    import librosa
    filters = librosa.filters.mel(sr=RATE, n_fft=TRANSFORM, n_mels=BANDS, fmin=LOW, fmax=HIGH)
    frames = np.empty((len(waveforms), 1 + waveforms.shape[1] // HOP, BANDS), "float32")

    def analyse(part):
        for index in part:
            spectrum = librosa.stft(waveforms[index], n_fft=TRANSFORM, win_length=WINDOW, hop_length=HOP,
                                    center=True, pad_mode="constant")
            frames[index] = np.log(filters @ np.abs(spectrum) ** 2 + np.float32(FLOOR)).T
        return frames[part.start:part.stop]
    return on_threads(analyse, len(waveforms), threads)


def log_mel():
    """Returns a function from waveforms [..., n] to frames [..., T, 80], by torchaudio."""
    import torch
    from workloads.sound import import_torchaudio
    spectrum = import_torchaudio().transforms.MelSpectrogram(
        sample_rate=RATE, n_fft=TRANSFORM, win_length=WINDOW, hop_length=HOP, f_min=LOW, f_max=HIGH, n_mels=BANDS,
        center=True, pad_mode="constant", power=2, norm="slaney", mel_scale="slaney")

    @torch.no_grad()
    def analyse(x):
        return torch.log(spectrum(x) + FLOOR).transpose(-2, -1).contiguous()
    return analyse


def with_torchaudio(waveforms, threads):
    import torch
    torch.set_num_threads(threads)
    x, analyse = torch.from_numpy(waveforms), log_mel()

    @torch.inference_mode()
    def work():
        return analyse(x)
    return work


def prepare(job):
    waveforms = array(job, "waveforms")
    expect(len(waveforms), job.size, "clips")
    return {"librosa": with_librosa, "torchaudio": with_torchaudio}[job.peer](waveforms, job.threads)
