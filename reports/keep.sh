#!/bin/bash
# Copies what is worth keeping of a finished run: its report, its tables and its results.
# Usage: reports/keep.sh RUN NAME, for example reports/keep.sh runs/compact ravdess-compact
set -euo pipefail
[ $# = 2 ] || { sed -n 2,3p "$0" >&2; exit 64; }
run=$1 kept=$(dirname "$0")/$2
[ -f "$run/report/SHA256SUMS" ] || {
  echo "$run: the report is not complete: draw it with reprise report $run" >&2
  exit 2
}
rm -rf "$kept"
mkdir -p "$kept/tables"
cp "$run"/report/{report.pdf,index.html,summary.md,contact-sheet.png} "$kept/"
cp "$run"/report/tables/*.csv "$kept/tables/"
# The checksums of the files that are kept: sha256sum -c SHA256SUMS
grep -E '  (report\.pdf|index\.html|summary\.md|contact-sheet\.png|tables/[^/]*\.csv)$' \
  "$run/report/SHA256SUMS" > "$kept/SHA256SUMS"
cp -r "$run"/{audits,results.json,provenance.json,conformance.json} "$kept/"
# The folder of the corpus on this machine is of no use to others. Checksums protect the run, not
# the copy.
sed -i -e 's|"path" : ".*"|"path" : "PATH"|' -e '/"checksum" :/d' "$kept"/audits/*.json
