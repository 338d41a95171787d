#!/bin/bash
# Breaks the program one line at a time and sees whether `reprise verify` notices.
#
#     golden/mutants.sh [PATTERN]      # prints the table of docs/mutants.md
#
# golden/mutants.txt has a line for each fault: FILE|SED EXPRESSION|WHAT IT BREAKS. With PATTERN,
# only the lines that match it count. Each fault is made in a worktree of the last commit, built and
# verified, in about half a minute. Ends with 1 if a fault went unseen, and with 2 if one could not
# be made (its line of code is gone) or does not build.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$(mktemp -d)/reprise
trap 'git worktree remove --force "$tree" 2>/dev/null || true' EXIT
git worktree add --quiet --detach "$tree" HEAD
build() { (cd "$tree" && swift build -c release --product reprise >build.log 2>&1); }
build
"$tree/.build/release/reprise" verify --golden "$tree/golden" >&2
echo "| fault | file | failed fixtures |"
echo "|---|---|---|"
status=0
while IFS='|' read -r file expression fault; do
  [[ -z "$file" || "$file" == \#* || ! "$file|$expression|$fault" =~ ${1:-} ]] && continue
  sed -i -e "$expression" "$tree/$file"
  if git -C "$tree" diff --quiet -- "$file"; then
    seen="**not made**"; status=2
  elif ! build; then
    seen="**does not build**"; status=2
  elif "$tree/.build/release/reprise" verify --golden "$tree/golden" >"$tree/verify.log" 2>&1; then
    seen="**none**"; [ $status = 2 ] || status=1
  else
    seen=$(awk '$NF == "FAILED" { printf "%s%s", sep, $1; sep = ", " }' "$tree/verify.log")
    seen=${seen:-the program stops}
  fi
  echo "| $fault | \`${file#Sources/}\` | $seen |"
  git -C "$tree" checkout --quiet -- "$file"
done < golden/mutants.txt
exit $status
