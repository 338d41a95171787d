"""Makes the golden fixtures that `reprise verify` holds the program to.

    python golden/generate.py --seed S --out DIR [--only NAME ...]
    python golden/generate.py --seed S --check DIR [--only NAME ...]

`--check` makes them in a temporary folder and compares them with those in DIR, which stay as they are.
The same seed gives the same inputs everywhere, and outputs that agree within 1e-12; the same bytes only on
the same machine with the same libraries (golden/requirements.txt). compare.py states the rule in full.
Every reference is computed by the library named in the manifest, or, where none has the formula, by
a few lines of float64 straight from docs/method.md.
"""
import argparse
import filecmp
import os
import sys
import tempfile

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # sums in one order
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from compare import compared  # noqa: E402
from generators import FAMILIES  # noqa: E402

INDEX = """# Golden fixtures
`generate.py` writes them. `generate.py --seed 1 --check golden` makes them again and compares: on another
processor only the last bits of outputs may differ. `docs/verification.md` says how they are made, read and tried.

| fixture | proves | references | cases | expected arrays |
|---|---|---|---|---|
"""


def main():
    makers = {name: (module, maker) for module, family in FAMILIES for name, maker in family}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", help="the folder of the fixtures, such as golden")
    target.add_argument("--check", metavar="DIR", help="compare with the fixtures in DIR; 1 if they differ")
    parser.add_argument("--only", action="append", choices=sorted(makers), metavar="NAME",
                        help="one of " + ", ".join(sorted(makers)))
    options = parser.parse_args()
    if not options.check:
        return write(makers, options.only, options.seed, options.out)
    with tempfile.TemporaryDirectory() as folder:
        write(makers, options.only, options.seed, folder)
        print()
        alike = compared(options.check, folder, sorted(options.only or makers))
        if not options.only and not filecmp.cmp(*(os.path.join(d, "README.md") for d in (options.check, folder)),
                                                shallow=False):
            alike = print("README.md: another text")
    sys.exit(0 if alike else 1)


def write(makers, only, seed, out):
    total, rows = 0, []
    for name in sorted(only or makers):
        module, make = makers[name]
        fixture = make(name, module, seed)
        size = fixture.write(out)
        total += size
        rows.append(fixture.row)
        print(f"{name:12} {len(fixture.cases):3} cases {size / 1e3:9.1f} kB", flush=True)
    if not only:
        with open(os.path.join(out, "README.md"), "w") as file:
            file.write(INDEX + "\n".join(rows) + "\n")
    print(f"{total / 1e6:.2f} MB in {out}")


if __name__ == "__main__":
    main()
