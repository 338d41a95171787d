"""Compares fixtures that were made again with the ones in the repository.

    python golden/generate.py --seed 1 --check golden     # makes them again and compares
    python golden/compare.py OLD NEW                      # compares two folders of fixtures
    python golden/compare.py --self-test                  # shows that every kind of change is found

Another processor, or another build of a library, changes the last bits of a reference. So the bytes
of a fixture are the same only on one machine. What must be the same everywhere:

* inputs, sound files and checkpoints: every byte;
* everything that the manifest says: names, shapes, parameters, reasons, versions;
* whole numbers, and outputs that are compared with "equal": every byte;
* all other outputs, which are float64 whatever precision they speak of: within 1e-12 of the array's
  greatest magnitude, or within a millionth of the tolerance that the manifest grants to the element
  (an output that is 0 in exact arithmetic has no greatest magnitude but rounding);
* tolerances, some of which are computed from outputs: within a millionth of themselves.

Ends with 1 if anything else differs.
"""
import argparse
import copy
import json
import os
import sys
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

SHARE = 1e-12  # of the greatest magnitude of an array
PART = 1e-6  # of a tolerance


def read(folder):
    with open(os.path.join(folder, "manifest.json")) as file:
        manifest = json.load(file)
    files = {}
    for entry in manifest["files"]:
        with open(os.path.join(folder, entry["name"]), "rb") as file:
            files[entry["name"]] = file.read()
    return manifest, load_file(os.path.join(folder, "arrays.safetensors")), files


def words(manifest):
    """What a manifest says, without hashes and tolerances."""
    plain = copy.deepcopy(manifest)
    for entry in plain["arrays"] + plain["files"]:
        del entry["sha256"]
    for case in plain["cases"]:
        for expectation in case["expected"]:
            del expectation["absolute"], expectation["relative"]
    return plain


def difference(old, new, expectation):
    """How far `new` is from `old`, in units of what may differ; and why that is too far, or None."""
    if old.dtype != new.dtype or old.shape != new.shape:
        return np.inf, "another type or shape"
    if old.tobytes() == new.tobytes():
        return 0.0, None
    if expectation is None:
        return np.inf, "an input, but other bytes"
    if old.dtype.kind != "f" or expectation["comparison"] == "equal":
        return np.inf, "must be equal"
    tolerance = expectation["absolute"] + expectation["relative"] * np.abs(old)
    allowed = np.maximum(SHARE * np.abs(old).max(), PART * tolerance)
    off = np.abs(new - old)
    with np.errstate(divide="ignore", invalid="ignore"):
        units = np.where(off == 0, 0, off / allowed)
    if np.isfinite(units).all() and units.max() <= 1:
        return units.max(), None
    place = np.unravel_index(np.argmax(np.nan_to_num(units, nan=np.inf)), old.shape)
    return np.inf, f"{old[place]!r} became {new[place]!r} at {[int(i) for i in place]}"


def faults(old, new):
    """The faults of a fixture, how many outputs differ, and the greatest difference of those allowed."""
    (old, arrays, files), (new, others, other_files) = read(old), read(new)
    found, moved, greatest = [], 0, 0.0
    if words(old) != words(new):
        keys = sorted(k for k in old.keys() | new.keys() if words(old).get(k) != words(new).get(k))
        return [f"manifest.json: {', '.join(keys)} differ"], moved, greatest
    expected = {f"{case['name']}/{e['output']}": (e, f) for case, other in zip(old["cases"], new["cases"])
                for e, f in zip(case["expected"], other["expected"])}
    for name in sorted(arrays.keys() | others.keys()):
        if name not in arrays or name not in others:
            found.append(f"{name}: only in one of them")
            continue
        units, fault = difference(arrays[name], others[name], expected.get(name, (None,))[0])
        moved += units > 0
        if fault:
            found.append(f"{name}: {fault}")
        else:
            greatest = max(greatest, units)
    for name, (one, other) in expected.items():
        for kind in ("absolute", "relative"):
            if abs(one[kind] - other[kind]) > PART * abs(one[kind]):
                found.append(f"{name}: {kind} tolerance {one[kind]!r} became {other[kind]!r}")
    found += [f"{name}: other bytes" for name in files if files[name] != other_files[name]]
    return found, moved, greatest


def compared(old, new, names):
    """Prints a table; returns whether all of `names` are alike in both folders."""
    print(f"{'fixture':12} {'outputs with other bits':>23} {'of what is allowed':>20}")
    alike = True
    for name in names:
        try:
            found, moved, greatest = faults(os.path.join(old, name), os.path.join(new, name))
        except (OSError, ValueError, KeyError) as error:
            found, moved, greatest = [f"not readable: {error}"], 0, 0.0
        size = f"{greatest:.2%}" if greatest else "none"
        print(f"{name:12} {moved:23} {size:>20}  {'DIFFERS' if found else 'the same'}", flush=True)
        for fault in found[:5]:
            print(f"    {fault}")
        if len(found) > 5:
            print(f"    and {len(found) - 5} more")
        alike = alike and not found
    return alike


# Self-test: a tiny fixture, changed in every way.

def tiny(folder, change=lambda manifest, arrays, files: None):
    manifest = {
        "name": "tiny", "seed": 1, "reasons": {"why": "because"}, "files": [{"name": "a.wav", "sha256": "0"}],
        "references": [{"name": "numpy", "version": "2"}], "arrays": [
            {"name": "c/" + n, "shape": [3], "type": "F64", "sha256": "0"} for n in ("x", "y", "zero")],
        "cases": [{"name": "c", "operation": "o", "parameters": {"n": 1}, "expected": [
            {"output": "y", "comparison": "within", "absolute": 0.0, "relative": 1e-7, "reason": "why"},
            {"output": "zero", "comparison": "within", "absolute": 1e-7, "relative": 0.0, "reason": "why"},
            {"output": "same", "comparison": "equal", "absolute": 0.0, "relative": 0.0, "reason": "why"},
            {"output": "k", "comparison": "within", "absolute": 0.5, "relative": 0.0, "reason": "why"}]}]}
    arrays = {"c/x": np.array([1, 2, 3], np.float32), "c/y": np.array([1e-3, 2, 4.0]),
              "c/zero": np.array([1e-18, -3e-18, 0]), "c/same": np.array([0.5, 0.25]),
              "c/k": np.array([3, 4], np.int64)}
    files = {"a.wav": b"RIFF"}
    change(manifest, arrays, files)
    os.makedirs(folder)
    with open(os.path.join(folder, "manifest.json"), "w") as file:
        json.dump(manifest, file)
    save_file(arrays, os.path.join(folder, "arrays.safetensors"))
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


def add(name, index, amount):
    def change(manifest, arrays, files):
        arrays[name][index] += arrays[name].dtype.type(amount)
    return change


def say(change):
    return lambda manifest, arrays, files: change(manifest)


CHANGES = [
    ("nothing", True, lambda *_: None),
    ("an output by 1e-13 of the greatest", True, add("c/y", 0, 4e-13)),
    ("an output that is 0 but for rounding", True, add("c/zero", 1, 5e-18)),
    ("a tolerance by 1e-10 of itself", True, say(lambda m: m["cases"][0]["expected"][0].update(
        relative=1e-7 * (1 + 1e-10)))),
    ("a hash", True, say(lambda m: m["arrays"][0].update(sha256="1"))),
    ("an output by 3e-12 of the greatest", False, add("c/y", 0, 1.2e-11)),
    ("an output that is 0 by more than rounding", False, add("c/zero", 1, 1e-12)),
    ("an output to NaN", False, add("c/y", 1, np.nan)),
    ("the last bit of an input", False, add("c/x", 0, 2.0 ** -23)),
    ("an output compared with equal", False, add("c/same", 0, 2.0 ** -53)),
    ("a whole number within its tolerance", False, add("c/k", 0, 1)),
    ("the type of an input", False, lambda m, a, f: a.update({"c/x": a["c/x"].astype(np.float64)})),
    ("the shape of an output", False, lambda m, a, f: a.update({"c/y": a["c/y"][:2]})),
    ("a missing array", False, lambda m, a, f: a.pop("c/x")),
    ("an array more", False, lambda m, a, f: a.update({"c/w": np.zeros(1)})),
    ("a byte of a file", False, lambda m, a, f: f.update({"a.wav": b"RIFX"})),
    ("a missing file", False, lambda m, a, f: f.pop("a.wav")),
    ("a tolerance", False, say(lambda m: m["cases"][0]["expected"][0].update(relative=2e-7))),
    ("a comparison", False, say(lambda m: m["cases"][0]["expected"][2].update(comparison="within"))),
    ("a parameter", False, say(lambda m: m["cases"][0]["parameters"].update(n=2))),
    ("a reason", False, say(lambda m: m["reasons"].update(why="for no reason"))),
    ("a version", False, say(lambda m: m["references"][0].update(version="3"))),
    ("the seed", False, say(lambda m: m.update(seed=2))),
]


def self_test():
    wrong = 0
    for label, alike, change in CHANGES:
        with tempfile.TemporaryDirectory() as folder:
            tiny(os.path.join(folder, "old", "tiny"))
            tiny(os.path.join(folder, "new", "tiny"), change)
            with open(os.devnull, "w") as sink:
                stdout, sys.stdout = sys.stdout, sink
                try:
                    found = compared(os.path.join(folder, "old"), os.path.join(folder, "new"), ["tiny"])
                finally:
                    sys.stdout = stdout
        wrong += found != alike
        print(f"{label:45} {'the same' if found else 'DIFFERS':9} {'' if found == alike else 'WRONG'}")
    print(f"{len(CHANGES) - wrong} of {len(CHANGES)} as they should be")
    return wrong == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="two folders of fixtures: old, new")
    parser.add_argument("--self-test", action="store_true", help="change a fixture in every way")
    options = parser.parse_args()
    if options.self_test:
        sys.exit(0 if self_test() else 1)
    if len(options.folders) != 2:
        parser.error("two folders, or --self-test")
    names = sorted({n for folder in options.folders for n in os.listdir(folder)
                    if os.path.exists(os.path.join(folder, n, "manifest.json"))})
    sys.exit(0 if compared(*options.folders, names) else 1)


if __name__ == "__main__":
    main()
