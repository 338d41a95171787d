"""Writes one fixture: arrays.safetensors, other files, and the manifest that accounts for them."""
import hashlib
import importlib.metadata
import json
import os

import numpy as np
from safetensors.numpy import save

ROUNDING = 2.0 ** -24  # half a unit in the last place of a float32 in [1, 2)
TYPES = {"float32": "F32", "float64": "F64", "int64": "I64", "uint64": "U64"}


def text(manifest):
    """The manifest as JSON, one line for each entry of a list or mapping of the first level."""
    def line(value):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    fields = []
    for key, value in sorted(manifest.items()):
        if isinstance(value, list):
            value = "[" + ",".join("\n  " + line(v) for v in value) + "]"
        elif isinstance(value, dict):
            value = "{" + ",".join(f"\n  {line(k)}: {line(v)}" for k, v in sorted(value.items())) + "}"
        else:
            value = line(value)
        fields.append(f" {line(key)}: {value}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


class Fixture:
    """Collects cases. `references`: installed distributions, the one of record first."""

    def __init__(self, name, proves, references, generator, seed):
        self.name, self.proves, self.seed = name, proves, seed
        self.generator = "golden/generators/" + generator
        self.references = references
        self.arrays, self.files, self.reasons, self.cases = {}, {}, {}, []

    def random(self, *names):
        """A NumPy generator that depends on the seed, the fixture and the names alone."""
        text = "/".join([str(self.seed), self.name, *map(str, names)])
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))

    def reason(self, name, text):
        """Says why a tolerance is as wide as it is; expectations name it."""
        self.reasons[name] = text

    def case(self, name, operation, **parameters):
        assert "/" not in name and all(c["name"] != name for c in self.cases), name
        case = Case(self, name)
        self.cases.append({"name": name, "operation": operation, "parameters": parameters,
                           "expected": case.expected})
        return case

    def file(self, name, data):
        """Stores bytes as a file of the fixture, `/` in its name for a folder; returns the name, for a case's
        parameter."""
        assert name not in self.files
        self.files[name] = data
        return name

    @property
    def row(self):
        """The fixture's row in the index."""
        references = ", ".join(f"{n} {importlib.metadata.version(n)}" for n in self.references)
        arrays = sum(len(c["expected"]) for c in self.cases)
        return f"| `{self.name}` | {self.proves} | {references} | {len(self.cases)} | {arrays} |"

    def write(self, folder):
        folder = os.path.join(folder, self.name)
        os.makedirs(folder, exist_ok=True)
        manifest = {
            "format": 1, "name": self.name, "proves": self.proves,
            "references": [{"name": n, "version": importlib.metadata.version(n)}
                           for n in self.references],
            "generator": self.generator, "seed": self.seed,
            "arrays": [{"name": n, "type": TYPES[a.dtype.name], "shape": list(a.shape),
                        "sha256": hashlib.sha256(a.tobytes()).hexdigest()}
                       for n, a in sorted(self.arrays.items())],
            "files": [{"name": n, "sha256": hashlib.sha256(d).hexdigest()}
                      for n, d in sorted(self.files.items())],
            "reasons": self.reasons, "cases": self.cases,
        }
        used = {t["reason"] for c in self.cases for e in c["expected"]
                for t in [e, *e.get("arithmetics", {}).values()]}
        assert used == set(self.reasons), (self.name, used ^ set(self.reasons))
        for name, data in self.files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        with open(os.path.join(folder, "arrays.safetensors"), "wb") as file:
            file.write(save(self.arrays))
        with open(os.path.join(folder, "manifest.json"), "w") as file:
            file.write(text(manifest))
        return sum(a.nbytes for a in self.arrays.values()) + sum(map(len, self.files.values()))


class Case:
    """One computation: what goes in, and what must come out."""

    def __init__(self, fixture, name):
        self.fixture, self.name, self.expected = fixture, name, []

    def input(self, name, array, dtype=np.float32):
        """Stores an input; returns it as stored, in float64 where it is real, for the reference."""
        array = np.array(array, dtype=dtype, order="C")
        self._store(name, array)
        return array.astype(np.float64) if array.dtype.kind == "f" else array

    def expect(self, name, array, reason, absolute=0.0, relative=0.0, comparison="within", arithmetics=None):
        """Stores an output with its tolerance. Real outputs are stored in float64. `arithmetics`: the tolerances of
        other arithmetics, by their names."""
        array = np.array(array)
        array = np.array(array, order="C",
                         dtype={"f": np.float64, "u": np.uint64}.get(array.dtype.kind, np.int64))
        assert array.dtype.kind != "f" or np.isfinite(array).all(), (self.name, name)
        self._store(name, array)
        self.expected.append({"output": name, "comparison": comparison, "absolute": float(absolute),
                              "relative": float(relative), "reason": reason,
                              **({"arithmetics": arithmetics} if arithmetics else {})})

    def expect_single(self, name, array, roundings, reason, scale=None, arithmetics=None):
        """Expects a float32 result within `roundings` half units in the last place, both of the
        expected element and of `scale`: the greatest magnitude that enters the sums behind it, by
        default that of the array. `arithmetics`: the roundings and the reason of other arithmetics."""
        array = np.asarray(array, dtype=np.float64)
        if scale is None:
            scale = np.abs(array).max(initial=0)

        def tolerance(roundings, reason):
            return {"absolute": roundings * ROUNDING * float(scale), "relative": roundings * ROUNDING, "reason": reason}
        self.expect(name, array, **tolerance(roundings, reason),
                    arithmetics={name: tolerance(*other) for name, other in (arithmetics or {}).items()})

    def expect_equal(self, name, array, reason):
        self.expect(name, array, reason, comparison="equal")

    def _store(self, name, array):
        full = self.name + "/" + name
        assert "/" not in name and full not in self.fixture.arrays, full
        self.fixture.arrays[full] = array
