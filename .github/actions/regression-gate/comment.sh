#!/bin/bash
# Writes SUMMARY, a Markdown file, as the one comment of the gate on PULL_REQUEST: a second run
# replaces what the first one wrote. Needs the program gh and a token in GH_TOKEN.
set -euo pipefail
: "${SUMMARY:?set it to the file of the summary}" "${PULL_REQUEST:?set it to the number}"
marker='<!-- reprise regression gate -->'
body=$(mktemp "${RUNNER_TEMP:-/tmp}/comment.XXXXXX")
{ echo "$marker" && cat "$SUMMARY"; } >"$body"

repository=${GH_REPO:?set it to OWNER/NAME}
earlier=$(
  gh api --paginate "repos/$repository/issues/$PULL_REQUEST/comments" \
    --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | sed -n 1p
)
if [ -n "$earlier" ]; then
  gh api --method PATCH "repos/$repository/issues/comments/$earlier" -F "body=@$body" >/dev/null
else
  gh api --method POST "repos/$repository/issues/$PULL_REQUEST/comments" -F "body=@$body" >/dev/null
fi
