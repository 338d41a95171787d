"""Makes the golden fixtures that `reprise verify` holds the program to.

    python golden/generate.py --seed S --out DIR [--only NAME ...]

The same seed gives the same bytes (same machine, same library versions: golden/requirements.txt).
Every reference is computed by the library named in the manifest, or, where none has the formula, by
a few lines of float64 straight from docs/method.md.
"""
import argparse
import os
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # sums in one order
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from generators import FAMILIES  # noqa: E402

INDEX = """# Golden fixtures
Written by `generate.py`; `docs/verification.md` says how they are made, read and tried.

| fixture | proves | references | cases | expected arrays |
|---|---|---|---|---|
"""


def main():
    makers = {name: (module, maker) for module, family in FAMILIES for name, maker in family}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True, help="the folder of the fixtures, such as golden")
    parser.add_argument("--only", action="append", choices=sorted(makers), metavar="NAME",
                        help="one of " + ", ".join(sorted(makers)))
    options = parser.parse_args()
    total, rows = 0, []
    for name in sorted(options.only or makers):
        module, make = makers[name]
        fixture = make(name, module, options.seed)
        size = fixture.write(options.out)
        total += size
        rows.append(fixture.row)
        print(f"{name:12} {len(fixture.cases):3} cases {size / 1e3:9.1f} kB", flush=True)
    if not options.only:
        with open(os.path.join(options.out, "README.md"), "w") as file:
            file.write(INDEX + "\n".join(rows) + "\n")
    print(f"{total / 1e6:.2f} MB in {options.out}")


if __name__ == "__main__":
    main()
