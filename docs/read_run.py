# Reads a run of format 2 and prints the accuracy (WA) and unweighted average recall (UA) of each
# variant, in per cent. It needs only Python's own library. docs/format.md describes the format.
#
#     python3 docs/read_run.py RUN
import csv, json, pathlib, sys

run = pathlib.Path(sys.argv[1])
table = json.loads((run / "run.json").read_text())
if table["format"] != 2:
    sys.exit(f"format {table['format']}: this reader knows format 2")
experiment = json.loads((run / "experiment.json").read_text())

for choice in experiment["corpora"]:
    corpus = json.loads((run / "corpora" / (choice["name"] + ".json")).read_text())
    known = {u["id"]: u for u in corpus["utterances"]}
    folds = experiment["folds"] or range(1, len(corpus["fold_names"]) + 1)
    for variant in experiment["variants"]:
        scores = []
        for seed in experiment["seeds"]:
            rows = []
            for cell in table["cells"]:
                place = (cell["corpus"], cell["variant"], cell["seed"])
                if place != (corpus["corpus"], variant["name"], seed) or cell.get("is_companion"):
                    continue
                digits = cell["hash"][:16]
                name = f"{cell['corpus']}-fold{cell['fold']}-seed{cell['seed']}-{digits}"
                folder = run / "cells" / name
                if (folder / "done.json").exists():
                    rows += csv.DictReader((folder / "predictions.csv").open(newline=""))
            if {int(row["fold"]) for row in rows} != set(folds):
                continue  # count only seeds that have all folds
            for row in rows:
                assert known[row["id"]]["label"] == row["truth"], "labels differ from the corpus"
            right = {
                c: [r["predicted"] == c for r in rows if r["truth"] == c] for c in corpus["classes"]
            }
            recalls = [sum(hits) / len(hits) for hits in right.values() if hits]
            scores.append((sum(map(sum, right.values())) / len(rows), sum(recalls) / len(recalls)))
        if scores:
            wa, ua = (100 * sum(column) / len(scores) for column in zip(*scores))
            place = f"{corpus['corpus']} {variant['name']}"
            print(f"{place} WA {wa:.4f} UA {ua:.4f} seeds {len(scores)}")
