#!/bin/bash
# Copies what is worth keeping of a finished run: its report, its tables and its results.
# Usage: reports/keep.sh RUN NAME, for example reports/keep.sh runs/default ravdess-compact
set -euo pipefail
[ $# = 2 ] || { sed -n 2,3p "$0" >&2; exit 64; }
run=$1 kept=$(dirname "$0")/$2
[ -f "$run/report/report.pdf" ] || {
  echo "$run: report/report.pdf is missing: draw it with reprise report $run" >&2
  exit 2
}
mkdir -p "$kept"
rm -rf "$kept"/{audits,tables,report.pdf,contact-sheet.png,{results,provenance,conformance}.json}
mkdir "$kept/tables"
cp "$run"/report/{report.pdf,contact-sheet.png} "$kept/"
cp "$run"/report/tables/*.csv "$kept/tables/"
cp -r "$run"/{audits,results.json,provenance.json,conformance.json} "$kept/"
# Where the corpus lay on this machine concerns nobody else; checksums guard the run, not the copy.
sed -i -e 's|"path" : ".*"|"path" : "PATH"|' -e '/"checksum" :/d' "$kept"/audits/*.json
