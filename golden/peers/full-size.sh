#!/bin/bash
# Compares WavLM at full size with transformers. Makes random weights (1.3 GB in a temporary folder)
# and 4 s of audio, computes the hidden states by both, and prints the greatest errors. Ends with 1
# if they are too great.
#
#     golden/peers/full-size.sh [large|base]
#
# PYTHON is a Python with golden/requirements.txt installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
size=${1:-large}
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
swift build -c release --product reprise >"$folder/build.log" 2>&1 || {
  cat "$folder/build.log"
  exit 2
}
"$python" golden/peers/wavlm_full_size.py make "$folder" --size "$size"
for states in last all; do
  .build/release/reprise backbone frames "$folder/model" "$folder/audio.wav" --states $states \
    --out "$folder/reprise-$states.npy"
done
"$python" golden/peers/wavlm_full_size.py compare "$folder"
