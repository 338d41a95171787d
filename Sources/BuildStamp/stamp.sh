#!/bin/sh
# Writes into a Swift file what a build is made from: the commit, whether the sources differ from
# it, and a digest of the sources. Without git the file says why there is no commit.
#
#     stamp.sh PACKAGE FILE
#
# FILE is written only if its text changes: then a build without new sources does nothing. This
# command prints the digest:
#
#     find Package.swift Sources -type f ! -name '.*' | LC_ALL=C sort | xargs sha256sum | sha256sum
set -u
LC_ALL=C GIT_OPTIONAL_LOCKS=0
export LC_ALL GIT_OPTIONAL_LOCKS
# A hook of git sets these; they would speak of another repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_PREFIX
file=$2
cd "$1" || exit 1

if command -v sha256sum >/dev/null 2>&1; then hash=sha256sum; else hash='shasum -a 256'; fi

# The text within quotes of Swift, on one line.
quoted() {
  printf '%s' "$1" | head -n 1 | tr -d '\000-\037\177' | sed 's/[\\"]/\\&/g'
}

commit='' reason='' changed=false
if ! command -v git >/dev/null 2>&1; then
  reason='git is not installed'
elif ! commit=$(git rev-parse --verify HEAD 2>&1); then
  reason=$commit commit=''
elif ! git ls-files --error-unmatch Package.swift >/dev/null 2>&1; then
  reason='the git repository here does not hold these sources' commit=''
elif ! changes=$(git status --porcelain -- Package.swift Sources 2>&1); then
  reason=$changes commit=''
elif [ -n "$changes" ]; then
  changed=true
fi
digest=$(
  # shellcheck disable=SC2086 # a program and its argument
  find Package.swift Sources -type f ! -name '.*' | sort | tr '\n' '\0' | xargs -0 $hash | $hash |
    cut -d ' ' -f 1
)

mkdir -p "$(dirname "$file")" || exit 1
cat >"$file.new" <<END || exit 1
// Written by Sources/BuildStamp/stamp.sh. The functions are not inlined: when they change, their
// users are linked again but not compiled again.
@inline(never) func stampedCommit() -> String { "$(quoted "$commit")" }
@inline(never) func stampedReason() -> String { "$(quoted "$reason")" }
@inline(never) func stampedChange() -> Bool { $changed }
@inline(never) func stampedDigest() -> String { "$(quoted "$digest")" }
END
if cmp -s "$file.new" "$file"; then rm "$file.new"; else mv "$file.new" "$file"; fi
