#!/bin/bash
# Does the gate find planted faults, and stay quiet when only the seeds change?
#
#     docs/gate/trials.sh train RAVDESS POOLS SEEDS...   # train: hours; run it again to resume
#     docs/gate/trials.sh judge POOLS                    # draw trials and print the rates
#
# Four programs train the full system on RAVDESS:
#   null             unchanged
#   mask-off         attention and pooling see padding (mask-off.patch)
#   labels-swapped   43 angry clips, 3 % of the corpus, are trained as happy (labels-swapped.patch)
#   learning-rate    three times the learning rate
# A trial takes 5 seeds of the unchanged program as the baseline and 3 other seeds of one program
# as the run, with all 6 folds, and asks `reprise check`. You may set TRIALS (24) and MARGIN (1).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
[[ "${1:-}" == train || "${1:-}" == judge ]] || { sed -n '2,13p' "$0"; exit 64; }
if [[ $1 == judge ]]; then pools=$(realpath "$2"); else pools=$(realpath -m "$3"); fi
reprise=$root/.build/release/reprise

train() { # NAME PROGRAM EXPERIMENT SEEDS
  "$2" run "$3" --corpus "ravdess=$ravdess" --seeds "$4" --out "$pools/$1" --quiet
}

if [[ $1 == train ]]; then
  ravdess=$(realpath "$2")
  shift 3
  mkdir -p "$pools"
  tree=$pools/tree
  [[ -d $tree ]] || git -C "$root" worktree add --detach "$tree" HEAD
  for fault in mask-off labels-swapped; do
    [[ -x $pools/reprise-$fault ]] && continue
    git -C "$tree" checkout --quiet . && git -C "$tree" apply "$root/docs/gate/$fault.patch"
    (cd "$tree" && swift build -c release --product reprise)
    cp "$tree/.build/release/reprise" "$pools/reprise-$fault"
  done
  sed 's/^variants:/training: {learning_rate: 0.006}\nvariants:/' \
    "$root/docs/experiments/gate.yaml" >"$pools/learning-rate.yaml"
  gate=$root/docs/experiments/gate.yaml
  seeds=
  for seed in "$@"; do
    seeds=${seeds:+$seeds,}$seed
    train null "$reprise" "$gate" "$seeds"
    train mask-off "$pools/reprise-mask-off" "$gate" "$seeds"
    train labels-swapped "$pools/reprise-labels-swapped" "$gate" "$seeds"
    train learning-rate "$reprise" "$pools/learning-rate.yaml" "$seeds"
  done
  exit
fi

# Makes a run of some seeds of a pool: its cells, and its two tables cut down to these seeds.
# Reprise accepts documents without a checksum.
run() { # FOLDER POOL SEEDS
  rm -rf "$1" && mkdir -p "$1" && cp -rl "$pools/$2/cells" "$pools/$2/corpora" "$1/"
  cp "$pools/$2/provenance.json" "$1/"
  perl -0pe 's/"seeds" : \[.*?\]/"seeds" : ['"$3"']/s; s/^ *"checksum".*\n//m' \
    "$pools/$2/experiment.json" >"$1/experiment.json"
  perl -MJSON::PP -0ne 'my %wanted = map { $_ => 1 } split /,/, "'"$3"'";
    my $table = decode_json($_);
    delete $table->{checksum};
    $table->{cells} = [grep { $wanted{$_->{seed}} } @{$table->{cells}}];
    print encode_json($table)' "$pools/$2/run.json" >"$1/run.json"
}
seeds() {
  perl -0ne '/"seeds" : \[(.*?)\]/s && print join "\n", grep /./, split /[\s,]+/, $1' \
    "$pools/$1/experiment.json"
}
# Draws N lines by a hash of the trial's name and the line.
draw() { # N TRIAL
  while read -r line; do echo "$(sha256sum <<<"$2 $line") $line"; done \
    | sort | awk '{ print $NF }' | sed "$1q"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "| program | trials | pass | regressed | inconclusive | other | mean difference, points |"
echo "|---|---|---|---|---|---|---|"
for pool in null mask-off labels-swapped learning-rate; do
  [[ -d $pools/$pool ]] || continue
  : >"$work/verdicts"
  for trial in $(seq ${TRIALS:-24}); do
    base=$(seeds null | draw 5 "baseline $trial")
    if [[ $pool == null ]]; then
      own=$(seeds null | grep -vxF "$base" | draw 3 "null $trial")
    else
      own=$(seeds $pool | draw 3 "$pool $trial")
    fi
    run "$work/base" null "$(paste -sd, <<<"$base")"
    run "$work/run" $pool "$(paste -sd, <<<"$own")"
    (cd "$work" \
      && "$reprise" baseline record base --name b --to b.json --margin "${MARGIN:-1}" \
        --allow dirty >record.txt \
      && { "$reprise" check run --baseline b.json --json >check.json || true; })
    perl -0ne '/"difference" : \{.*?"value" : (-?[\d.e-]+)/s and $d = $1;
      /"verdict" : "([a-z-]+)"\s*\}\s*$/ and print "$1 $d\n"' "$work/check.json" >>"$work/verdicts"
  done
  count() { grep -c "^$1 " "$work/verdicts" || true; }
  mean=$(awk '{ s += $2 } END { printf "%+.2f", 100 * s / NR }' "$work/verdicts")
  other=$(grep -cvE "^(pass|regressed|inconclusive) " "$work/verdicts" || true)
  echo "| $pool | $(wc -l <"$work/verdicts") | $(count pass) | $(count regressed)" \
    "| $(count inconclusive) | $other | $mean |"
done
