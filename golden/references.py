"""Changes the references one at a time and sees whether `reprise verify` notices.

    python golden/references.py [PATTERN] --reprise PROGRAM [--seeds 1,2,3,4] [--jobs 2]

mutants.sh breaks the program and keeps the fixtures; this breaks a fixture's generator and keeps the
program. A change that goes unseen is a gap in the inputs of the fixture. changes/ lists the changes;
PATTERN, a regular expression, picks among them. Each is made in a copy of golden/generators, which makes
the fixture for every seed; the program then verifies it. Prints the tables of docs/mutants.md.

A change whose survival has a reason says so in changes/. Ends with 1 if another change goes unseen or
one with a reason is seen, and with 2 if one cannot be made because its line of code is gone, or if an
unchanged fixture fails.
"""
import argparse
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import types
from concurrent.futures import ThreadPoolExecutor

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from changes import CHANGES, SHORTER  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SEEN, UNSEEN, STOPS, UNMADE = "yes", "**no**", "stops", "**not made**"
LIMIT = 200  # seconds of computation for a fixture of one seed


def changed(folder, fixture, file, old, new, what):
    """A copy of the generators in `folder`, with the change; or False where `old` is not once in the file."""
    copy = os.path.join(folder, "generators")
    shutil.copytree(os.path.join(HERE, "generators"), copy, ignore=shutil.ignore_patterns("__pycache__"))
    edits = [edit for *edit, needed in SHORTER.get(fixture, []) if not re.search(needed, what)]
    for name, text, other in edits + [(file, old, new)] * (file is not None):
        path = os.path.join(copy, name)
        with open(path) as source:
            code = source.read()
        if code.count(text) != 1:
            return False
        with open(path, "w") as target:
            target.write(code.replace(text, other))
    return True


def generate(folder, fixture, seed):
    """Makes a fixture by the generators in `folder`, in this process."""
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    for module in [m for m in sys.modules if m.partition(".")[0] == "generators"]:
        del sys.modules[module]
    package = types.ModuleType("generators")  # without its __init__.py, which would load every family
    package.__path__ = [os.path.join(folder, "generators")]
    sys.modules["generators"] = package
    for file in sorted(os.listdir(package.__path__[0])):
        with open(os.path.join(package.__path__[0], file)) as source:
            if f'("{fixture}", ' not in source.read().partition("\nFIXTURES = ")[2]:
                continue
        module = importlib.import_module("generators." + file.removesuffix(".py"))
        make = dict(module.FIXTURES)[fixture]
        make(fixture, file, seed).write(os.path.join(folder, str(seed)))


def forked(log, action, *arguments):
    """Whether `action` succeeds in a child of this process."""
    child = os.fork()
    if child == 0:
        with open(log, "w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            try:
                action(*arguments)
                code = 0
            except BaseException:
                traceback.print_exc()
                code = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def outcomes(program, seeds, fixture, file=None, old="", new="", what=""):
    """What became of a change, for each seed."""
    with tempfile.TemporaryDirectory() as folder:
        if not changed(folder, fixture, file, old, new, what):
            return [UNMADE] * len(seeds), ""
        found, why = [], ""
        for seed in seeds:
            log = os.path.join(folder, "log")
            if not forked(log, generate, folder, fixture, seed):
                found.append(STOPS)
                with open(log) as text:
                    why = text.read().strip().split("\n")[-1]
                continue
            run = subprocess.run([program, "verify", "--golden", os.path.join(folder, str(seed)), "--only", fixture],
                                 capture_output=True, text=True)
            found.append(UNSEEN if run.returncode == 0 else SEEN)
            failed = re.findall(r"^\S+ .*FAILED", run.stdout, re.M)
            if run.returncode and not failed:
                why = (run.stderr or run.stdout).strip().split("\n")[-1]
        return found, why


def load(names, seed):
    """Makes each fixture once in this process, unchanged. What that loads and compiles, children share."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            changed(folder, name, None, "", "", "")
            generate(folder, name, seed)
    signal.setitimer(signal.ITIMER_PROF, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="")
    parser.add_argument("--reprise", required=True, metavar="PROGRAM", help="such as .build/release/reprise")
    parser.add_argument("--seeds", default="1,2,3,4")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    chosen = [c for c in CHANGES if re.search(options.pattern, "|".join(map(str, c)), re.S)]
    names = sorted({c[0] for c in chosen})
    load(names, seeds[0])
    status = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for name, (found, why) in zip(names, pool.map(lambda n: outcomes(options.reprise, seeds, n), names)):
            if found != [UNSEEN] * len(seeds):
                sys.exit(f"{name}, unchanged, of seeds {options.seeds}: {found} {why}")
        print("| change of the reference | fixture | file | " + " | ".join(f"seed {s}" for s in seeds) + " |")
        print("|---|---|---|" + "---|" * len(seeds))
        results = pool.map(lambda c: outcomes(options.reprise, seeds, *c[:5]), chosen)
        counts = {}
        for (fixture, file, _, _, what, *reason), (found, why) in zip(chosen, results):
            print(f"| {what} | {fixture} | `{file}` | " + " | ".join(found) + " |", flush=True)
            outcome = UNSEEN if UNSEEN in found else STOPS if STOPS in found else SEEN
            counts.setdefault(fixture, dict.fromkeys((SEEN, STOPS, UNSEEN), 0))[outcome] += 1
            if why:
                print(f"{what}: {why}", file=sys.stderr, flush=True)
            if UNMADE in found:
                status = 2
            elif (UNSEEN in found) != bool(reason) and status == 0:
                status = 1
    summarise(counts)
    sys.exit(status)


def summarise(counts):
    """Prints how many changes of each fixture were seen on every seed, stopped on one, or went unseen on one."""
    print("\n| fixture | changes | seen | stopped | unseen |\n|---|---|---|---|---|")
    counts["all"] = {key: sum(c[key] for c in counts.values()) for key in (SEEN, STOPS, UNSEEN)}
    for fixture, count in counts.items():
        print(f"| {fixture} | {sum(count.values())} | " + " | ".join(map(str, count.values())) + " |")


if __name__ == "__main__":
    main()
