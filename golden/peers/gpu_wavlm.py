"""WavLM by transformers on a GPU, beside the frames that Reprise computes on the same card.

    gpu_wavlm.py CHECKPOINT [--seconds 4] [--batches 1,16,64] [--repeats 10] [--frames NAME=FILE.npy ...]
                 [--recording FILE.npy]

Prints one JSON object. For each mode (float32, tf32, bf16) and batch: clips per second, the median of the repeats
after three passes to warm up. `bf16` is the model in bfloat16; float32 allows no TF32 anywhere. Also the products of
cuBLAS at the shapes of WavLM Large, and the rate of a copy within the card, as ceilings.

`--recording` is a waveform, float32, as written by NumPy. Each mode's frames of it, and those of every `--frames`
file, are compared with the same model in float64: the norm of the difference over the norm of the frames.

The work is the same as Reprise's: waveforms in the host's memory, last hidden states back in the host's memory.
`resident` is the rate without these transfers.
"""
import argparse
import json
import statistics
import sys
import time

import numpy as np
import torch
import transformers


def standardised(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-7)


def normalizes(folder):
    with open(folder + "/preprocessor_config.json") as file:
        return json.load(file)["do_normalize"]


def modes():
    yield "float32", False, torch.float32
    yield "tf32", True, torch.float32
    yield "bf16", True, torch.bfloat16


def allow_tf32(allowed):
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def median(work, repeats):
    for _ in range(3):
        work()
    torch.cuda.synchronize()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def ceilings():
    result = {}
    m, shapes = 12_800, [(3072, 1024), (1024, 1024), (4096, 1024), (1024, 4096)]
    for name, tf32, kind in modes():
        allow_tf32(tf32)
        rates = []
        for n, k in shapes:
            a = torch.randn(m, k, device="cuda", dtype=kind)
            b = torch.randn(n, k, device="cuda", dtype=kind)
            rates.append(2 * m * n * k / median(lambda: a @ b.T, 10) / 1e12)
        result[f"teraflops {name}"] = [round(rate, 1) for rate in rates]
    x = torch.empty(1 << 30, dtype=torch.uint8, device="cuda")
    y = torch.empty_like(x)
    result["copy gigabytes"] = 2 * x.numel() / median(lambda: y.copy_(x), 10) / 1e9
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--batches", default="1,16,64")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--recording")
    parser.add_argument("--frames", action="append", default=[])
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    network = transformers.WavLMModel.from_pretrained(arguments.checkpoint).eval().cuda()
    result = {
        "program": f"transformers {transformers.__version__}, PyTorch {torch.__version__}",
        "device": torch.cuda.get_device_name(0), "rates": [], "errors": {}, "ceilings": ceilings(),
    }
    exact = recording = None
    if arguments.recording:
        recording = np.load(arguments.recording).astype(np.float32).reshape(1, -1)
        if normalizes(arguments.checkpoint):
            recording = standardised(recording.astype(np.float64))
        with torch.inference_mode():
            x = torch.from_numpy(recording).double().cuda()
            exact = network.double()(x).last_hidden_state[0].cpu().numpy()
        network.float()
    rng = np.random.default_rng(1)
    for name, tf32, kind in modes():
        allow_tf32(tf32)
        model = network.to(kind)
        with torch.inference_mode():
            if exact is not None:
                x = torch.from_numpy(recording).to("cuda", kind)
                frames = model(x).last_hidden_state[0].double().cpu().numpy()
                error = np.linalg.norm(frames - exact) / np.linalg.norm(exact)
                result["errors"][f"transformers {name}"] = float(error)
            for batch in map(int, arguments.batches.split(",")):
                clips = rng.standard_normal((batch, int(arguments.seconds * 16_000)), dtype=np.float32)
                host, card = torch.from_numpy(clips), torch.from_numpy(clips).to("cuda", kind)
                seconds = median(
                    lambda: model(host.to("cuda", kind)).last_hidden_state.float().cpu(), arguments.repeats)
                resident = median(lambda: model(card).last_hidden_state, arguments.repeats)
                result["rates"].append({
                    "mode": name, "batch": batch, "clips_per_second": batch / seconds,
                    "resident": batch / resident})
        if kind == torch.bfloat16:
            break
    for named in arguments.frames:
        name, _, path = named.partition("=")
        if exact is None:
            sys.exit("--frames needs --recording")
        frames = np.load(path).astype(np.float64)
        result["errors"][name] = float(np.linalg.norm(frames - exact) / np.linalg.norm(exact))
    print(json.dumps(result))


main()
