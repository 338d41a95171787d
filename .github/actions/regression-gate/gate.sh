#!/bin/bash
# Runs the gate, and hands its verdict and its summary to GitHub. The exit code is that of
# `reprise check`; an inconclusive verdict gives 0 if ACCEPT_INCONCLUSIVE is true.
#
# Reads RUN, BASELINE and, if they are not empty, SYSTEM, MARGIN, HISTORY, ACCEPT_INCONCLUSIVE and
# REPRISE (the program). Writes gate.md and gate.xml below RUNNER_TEMP.
set -euo pipefail
: "${RUN:?set it to the folder of the run}" "${BASELINE:?set it to the file of the baseline}"
folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/gate.XXXXXX")
summary=$folder/gate.md

arguments=("$RUN" --baseline "$BASELINE" --markdown "$summary" --junit "$folder/gate.xml")
[ -z "${SYSTEM:-}" ] || arguments+=(--system "$SYSTEM")
[ -z "${MARGIN:-}" ] || arguments+=(--margin "$MARGIN")
[ -z "${HISTORY:-}" ] || arguments+=(--history "$HISTORY")

code=0
"${REPRISE:-reprise}" check "${arguments[@]}" 2>"$folder/messages" || code=$?
cat "$folder/messages" >&2
case $code in
0) verdict=pass ;;
3) verdict=regressed ;;
4) verdict=inconclusive ;;
5) verdict=incomparable ;;
6) verdict=too-good ;;
*) verdict=error ;;
esac
# Nothing was judged: the summary says why.
if [ ! -s "$summary" ]; then
  {
    printf '%s\n\n' "**Regression gate: $verdict**"
    sed 's/^/    /' "$folder/messages"
  } >"$summary"
fi

cat "$summary" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
printf '%s\n' "verdict=$verdict" "exit-code=$code" "summary=$summary" \
  >>"${GITHUB_OUTPUT:-/dev/null}"
if [ "$verdict" = inconclusive ] && [ "${ACCEPT_INCONCLUSIVE:-false}" = true ]; then exit 0; fi
exit $code
