#!/bin/bash
# The speed of t-SNE and how low it ends, Reprise's beside openTSNE's and scikit-learn's, in turn on this machine.
#
#     golden/peers/compare-tsne.sh [--sizes 1440,5531,30000] [--rounds 3] [--threads 2]
#
# PYTHON=…: one with golden/requirements.txt installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift build -c release --product reprise >"$log" 2>&1 || { cat "$log"; exit 2; }
"${PYTHON:-python3}" golden/peers/tsne.py compare --reprise .build/release/reprise "$@"
