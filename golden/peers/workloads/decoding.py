"""Decoding WAV files of 48 kHz, 16 bits, to 16 kHz mono in float32; size: clips.

The same files as Reprise reads, from DIR/clips; they are in the page cache. Clips are shared among the threads.
- librosa: `librosa.load(path, sr=16000)` as it comes: soundfile, then soxr in high quality.
- torchaudio: files read by soundfile, since `torchaudio.load` has needed TorchCodec and FFmpeg since 2.9; then
  `torchaudio.functional.resample` as it comes (a shorter filter: sinc of width 6, Hann window).
Resamplers differ in quality, so the outputs agree only roughly.
"""
import glob

from workloads.inputs import expect, on_threads

RATE = 16000


def librosa_loader():
    import librosa
    return lambda path: librosa.load(path, sr=RATE)[0]


def torchaudio_loader():
    import soundfile
    import torch
    from workloads.sound import import_torchaudio
    resample = import_torchaudio().functional.resample
    torch.set_num_threads(1)

    def load(path):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        with torch.inference_mode():
            return resample(torch.from_numpy(samples.T).mean(0), rate, RATE)
    return load


def prepare(job):
    paths = sorted(glob.glob(f"{job.inputs}/clips/*.wav"))
    expect(len(paths), job.size, "clips")
    load = {"librosa": librosa_loader, "torchaudio": torchaudio_loader}[job.peer]()
    return on_threads(lambda part: [load(paths[index]) for index in part], len(paths), job.threads)
