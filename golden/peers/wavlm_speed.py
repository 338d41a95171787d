"""Peer: the forward pass of WavLM in transformers, timed beside Reprise's, on the CPU in float32.

    wavlm_speed.py make DIR [--size large|base]        # a checkpoint of random weights
    wavlm_speed.py torch DIR [--seconds 4] [--threads 2] [--repeats 5]
    wavlm_speed.py compare DIR --reprise PATH [--rounds 5] [--seconds 4] [--threads 2] [--repeats 5]

`torch` loads the checkpoint, runs once unmeasured, and prints a line `forward 1.390 s` for each repeat.
`compare` starts it and `reprise backbone time` in turn, each in a process of its own, and prints medians,
the ratio of each round, and the peak resident memory of both. transformers has one implementation of
WavLM's attention (its bias rules out scaled_dot_product_attention). compare-speed.sh runs all of it.
Needs torch==2.13.0, transformers==5.23.0.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from wavlm_full_size import SIZES, model  # noqa: E402


def make(folder, size):
    model(size).save_pretrained(folder)


def time_torch(folder, seconds, threads, repeats):
    import torch
    from transformers import WavLMModel, logging
    logging.disable_progress_bar()
    torch.set_num_threads(threads)
    network = WavLMModel.from_pretrained(folder).eval()
    x = torch.randn(1, round(16000 * seconds), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        network(x)
        for _ in range(repeats):
            start = time.perf_counter()
            network(x)
            print(f"forward {time.perf_counter() - start:.3f} s", flush=True)


def measured(command):
    """The seconds that a command prints, and the peak of its resident memory in GB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = [float(s) for s in re.findall(r"^forward ([0-9.]+) s", output, re.MULTILINE)]
    if status != 0 or not seconds:
        sys.exit(f"{' '.join(command)}: status {status}, printed {output!r}")
    return seconds, usage.ru_maxrss * 1024 / 1e9


def compare(folder, program, rounds, seconds, threads, repeats):
    options = ["--seconds", str(seconds), "--threads", str(threads), "--repeats", str(repeats)]
    commands = {"PyTorch": [sys.executable, __file__, "torch", folder, *options],
                "Reprise": [program, "backbone", "time", folder, *options]}
    times, peaks, ratios = {n: [] for n in commands}, dict.fromkeys(commands, 0), []
    for number in range(rounds):
        medians = {}
        for name, command in commands.items():
            found, peak = measured(command)
            times[name] += found
            peaks[name] = max(peaks[name], peak)
            medians[name] = statistics.median(found)
        ratios.append(medians["PyTorch"] / medians["Reprise"])
        print(f"round {number + 1}: " + ", ".join(f"{n} {s:.3f} s" for n, s in medians.items())
              + f", ratio {ratios[-1]:.2f}", flush=True)
    print(f"{seconds} s of audio, {threads} threads, {rounds} rounds of {repeats}")
    for name, found in times.items():
        print(f"{name}: median {statistics.median(found):.3f} s, {min(found):.3f} to {max(found):.3f} s, "
              f"peak memory {peaks[name]:.2f} GB")
    print(f"PyTorch takes {statistics.median(ratios):.2f} times as long (rounds: "
          f"{min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["make", "torch", "compare"])
    parser.add_argument("folder")
    parser.add_argument("--size", choices=sorted(SIZES), default="large")
    parser.add_argument("--reprise", default=".build/release/reprise")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    o = parser.parse_args()
    if o.task == "make":
        make(o.folder, o.size)
    elif o.task == "torch":
        time_torch(o.folder, o.seconds, o.threads, o.repeats)
    else:
        compare(o.folder, o.reprise, o.rounds, o.seconds, o.threads, o.repeats)
