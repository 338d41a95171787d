#!/bin/bash
# The speed and memory of WavLM's forward pass, Reprise's beside that of transformers, in turn on this machine.
#
#     golden/peers/compare-speed.sh [large|base] [--rounds 5] [--seconds 4] [--threads 2] [--repeats 5]
#
# PYTHON=…: one with golden/requirements.txt installed. Random weights (1.3 GB) lie in a temporary folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
size=large
case "${1:-}" in large | base) size=$1; shift ;; esac
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
swift build -c release --product reprise >"$folder/build.log" 2>&1 || { cat "$folder/build.log"; exit 2; }
"$python" golden/peers/wavlm_speed.py make "$folder/model" --size "$size"
"$python" golden/peers/wavlm_speed.py compare "$folder/model" --reprise .build/release/reprise "$@"
