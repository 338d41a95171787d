"""Writes mel-reference.json: log-mel values of librosa 0.11.0 (numpy 2.4.6) that MelTests holds LogMel to.

    pip install librosa==0.11.0 numpy==2.4.6 && python make_mel_reference.py > mel-reference.json

The signal is a formula, so that no audio need be stored; the values are of a few frames in full."""
import json, librosa, numpy as np

rate, n = 16000, 4321
t = np.arange(n) / rate
x = (0.3 * np.sin(2 * np.pi * (200 + 900 * t) * t) + 0.05 * np.sin(2 * np.pi * 3100 * t)
     + 0.01 * (((np.arange(n) * 7919) % 1000) / 500 - 1)).astype(np.float32)
mel = librosa.filters.mel(sr=rate, n_fft=512, n_mels=80, fmin=20, fmax=8000, dtype=np.float64)
stft = librosa.stft(x.astype(np.float64), n_fft=512, hop_length=160, win_length=400, dtype=np.complex128)
out = np.log(mel @ np.abs(stft) ** 2 + 1e-6).T
frames = [0, 1, 13, 26, 27]
print(json.dumps({
    "source": "librosa 0.11.0, numpy 2.4.6: make_mel_reference.py",
    "shape": list(out.shape),
    "frames": frames,
    "values": [[round(float(v), 6) for v in out[f]] for f in frames],
    "filterBand": 40,
    "filterWeights": [round(float(v), 10) for v in mel[40] if v > 0],
    "filterFirst": int(np.nonzero(mel[40])[0][0]),
}, indent=0, sort_keys=True))
