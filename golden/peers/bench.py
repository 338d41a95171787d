"""Peers of Reprise's benchmark: the same work done with the libraries that a user would pick instead.

    bench.py list
    bench.py run WORKLOAD PEER --inputs DIR --size N --threads T [--seconds 1.0] [--repeats 3]

`list` prints the peers of each workload as one JSON object. `run` reads what Reprise left in DIR, does the work
unmeasured (once; a second time where the first took less than a second or the peer compiles), then again and
again until it was measured for so many repeats and seconds, and ends its output with one JSON line:

    {"workload", "peer", "versions", "seconds": [...], "peak_bytes", "work_peak_bytes", "setup_seconds"}

Seconds are those of the work alone: imports, inputs (but for `decoding`, where reading is the work), compilation
and export fall into `setup_seconds`. `peak_bytes` is the most resident memory the process ever held,
`work_peak_bytes` the most while measured; helper processes that compile or export are in neither. t-SNE is done
once, without warm-up. What is the same as in Reprise, and what is left out, says the docstring of each file in
workloads/. A peer that is not installed, or cannot do this size, ends with 3 and says why in one line.
Versions: requirements.txt.
"""
import argparse
import importlib
import json
import os
import resource
import sys
import time

START = time.perf_counter()
sys.dont_write_bytecode = True

# Workload: the file in workloads/, and its peers with the packages they stand on.
WORKLOADS = {
    "decoding": ("decoding", {"librosa": "librosa soundfile soxr numpy",
                              "torchaudio": "torchaudio torch soundfile numpy"}),
    "log-mel": ("log_mel", {"librosa": "librosa numpy", "torchaudio": "torchaudio torch"}),
    "eam": ("eam", {"numpy": "numpy", "torch": "torch"}),
    "training-step": ("compact", {"torch": "torch", "torch-compile": "torch"}),
    "epoch": ("compact", {"torch": "torch", "torch-compile": "torch", "torch-mixup": "torch torchaudio numpy"}),
    "head": ("head", {"torch": "torch", "torch-compile": "torch"}),
    "wavlm-base": ("wavlm", {"transformers": "transformers torch", "transformers-compile": "transformers torch",
                             "onnxruntime": "onnxruntime onnxscript transformers torch"}),
    "wavlm-large": ("wavlm", {"transformers": "transformers torch", "transformers-compile": "transformers torch",
                              "onnxruntime": "onnxruntime onnxscript transformers torch"}),
    "wavlm-large-int16": ("wavlm", {"transformers": "transformers torch", "transformers-int8": "transformers torch"}),
    "t-sne": ("tsne", {"opentsne": "openTSNE numpy", "scikit-learn": "scikit-learn numpy"}),
    "bootstrap": ("bootstrap", {"numpy-loop": "numpy", "numpy-batched": "numpy"}),
    "jobs": ("jobs", {"one-job": ""}),
    "report": ("report", {"matplotlib": "matplotlib numpy", "matplotlib-constrained": "matplotlib numpy"}),
}
# These share clips among threads, so that within a clip there is one.
SHARING = {("decoding", "librosa"), ("decoding", "torchaudio"), ("log-mel", "librosa"), ("eam", "numpy"),
           ("eam", "torch")}


def set_threads(count):
    """Before anything is imported: libraries read these when they are loaded."""
    for library in ("OMP", "MKL", "OPENBLAS", "NUMBA"):
        os.environ[library + "_NUM_THREADS"] = str(count)
    # Their libraries choose their own kernels best.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def warm_up(work, compiles):
    if seconds(work) < 1 or compiles:
        work()


def peak_memory():
    """The most bytes ever resident, of this program alone: ru_maxrss begins with the parent's."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else 1024 * peak


def forget_peak_memory():
    """Linux starts its mark of the most memory anew."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def measure(work, job):
    once = job.workload == "t-sne"
    if not once:
        warm_up(work, job.peer.endswith("compile"))
    setup, setup_peak = time.perf_counter() - START, peak_memory()
    forget_peak_memory()
    times = [seconds(work)]
    while not once and (len(times) < job.repeats or sum(times) < job.seconds):
        times.append(seconds(work))
    peak = peak_memory()
    return {"seconds": times, "peak_bytes": max(setup_peak, peak), "work_peak_bytes": peak, "setup_seconds": setup}


def run(job):
    module, peers = WORKLOADS[job.workload]
    if job.peer not in peers:
        sys.exit(f"{job.workload}: no peer {job.peer}; expected one of {', '.join(peers)}")
    set_threads(1 if (job.workload, job.peer) in SHARING else job.threads)
    from importlib.metadata import version
    from workloads.inputs import Refusal
    try:
        work = importlib.import_module("workloads." + module).prepare(job)
        found = measure(work, job)
    except (ImportError, Refusal) as reason:
        text = " ".join(str(reason).split())
        print(f"{job.workload}, {job.peer}: {text}", file=sys.stderr)
        sys.exit(3)
    versions = ", ".join(f"{name} {version(name)}" for name in peers[job.peer].split())
    return {"workload": job.workload, "peer": job.peer, "versions": versions, **found}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    command = commands.add_parser("run")
    command.add_argument("workload", choices=WORKLOADS)
    command.add_argument("peer")
    command.add_argument("--inputs", required=True)
    command.add_argument("--size", type=int, required=True)
    command.add_argument("--threads", type=int, required=True)
    command.add_argument("--seconds", type=float, default=1.0)
    command.add_argument("--repeats", type=int, default=3)
    job = parser.parse_args()
    if job.command == "list":
        print(json.dumps({name: list(peers) for name, (_, peers) in WORKLOADS.items()}))
        return
    # Libraries, and what they start, may print: stdout is for the last line alone.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps(run(job)), file=output, flush=True)


if __name__ == "__main__":
    main()
