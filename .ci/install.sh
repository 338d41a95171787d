#!/bin/sh
# Installs the built program with all it needs, or removes what was installed. Run from any folder.
#
#     install.sh install PROGRAM PREFIX [DESTDIR]
#     install.sh uninstall PREFIX [DESTDIR]
#
# PREFIX/share/reprise/installed.txt lists the files and the folders that were made. Uninstalling
# removes those and nothing else; a folder that holds anything more stays.
set -eu
umask 022
LC_ALL=C
export LC_ALL
root=$(cd "$(dirname "$0")/.." && pwd)

fail() {
  echo "install: $*" >&2
  exit 2
}

# The prefix with DESTDIR before it, and the list in it.
settle() {
  case $1 in
  /*) ;;
  *) fail "PREFIX=$1: expected an absolute path" ;;
  esac
  place=${2:-}${1%/}
  list=$place/share/reprise/installed.txt
}

remove() {
  # Entries are paths below the prefix, folders with a slash at the end and after what they hold.
  while read -r entry; do
    case /$entry/ in
    */../* | //*) fail "$list: $entry: leads out of $place; nothing more was removed" ;;
    esac
    case $entry in
    */) rmdir "$place/$entry" 2>/dev/null || true ;;
    *) rm -f "$place/$entry" ;;
    esac
  done <"$1"
}

# What belongs below the prefix, in the folder $stage.
stage() {
  program=$1
  share=$stage/share
  mkdir -p "$stage/bin" "$share/reprise" "$share/doc/reprise/docs" "$share/man/man1" \
    "$share/bash-completion/completions" "$share/zsh/site-functions" \
    "$share/fish/vendor_completions.d"
  strip -o "$stage/bin/reprise" "$program" || fail "strip failed; it is in the package binutils"

  # Golden fixtures and the peers of `reprise bench`; not what makes fixtures and tries them.
  (
    cd "$root"
    find golden -type f ! -name '.*' ! -path '*/__pycache__/*' ! -path 'golden/generators/*' \
      ! -path 'golden/changes/*' \
      -path 'golden/*/*'
    find baselines -name '*.json' -o -name '*.csv' -o -name '*.npy'
    find docs/experiments -name '*.yaml'
    find docs/examples -type f ! -name '.*'
  ) | while read -r file; do
    mkdir -p "$share/reprise/$(dirname "$file")"
    cp "$root/$file" "$share/reprise/$file"
  done

  for file in LICENSE NOTICE CHANGELOG.md CITATION.cff CONTRIBUTING.md SECURITY.md README.md; do
    cp "$root/$file" "$share/doc/reprise/"
  done
  cp "$root"/docs/*.md "$root"/docs/*.py "$root"/docs/*.svg "$share/doc/reprise/docs/"

  "$program" manual "$share/man/man1"
  gzip -9n "$share/man/man1"/*.1
  for shell in bash:bash-completion/completions/reprise zsh:zsh/site-functions/_reprise \
    fish:fish/vendor_completions.d/reprise.fish; do
    "$program" --generate-completion-script "${shell%%:*}" >"$share/${shell#*:}"
  done
  find "$stage" -type f -exec chmod 644 {} +
  find "$stage" -name '*.sh' -exec chmod 755 {} +
  chmod 755 "$stage/bin/reprise"
}

case ${1:-} in
install)
  [ $# -ge 3 ] || fail 'expected: install PROGRAM PREFIX [DESTDIR]'
  [ -x "$2" ] || fail "$2: is not there; run make build first"
  settle "$3" "${4:-}"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  stage=$work/stage
  stage "$2"
  mkdir -p "$place" || fail "$place: cannot be made; choose another PREFIX, or run as root"
  [ -w "$place" ] || fail "$place: cannot be written; choose another PREFIX, or run as root"

  # The files of an earlier installation go first; folders that it made count as made by this one.
  : >"$work/made"
  if [ -f "$list" ]; then
    cp "$list" "$work/earlier"
    grep '/$' "$work/earlier" >"$work/made" || true
    grep -v '/$' "$work/earlier" >"$work/earlier-files" || true
    remove "$work/earlier-files"
  fi
  (cd "$stage" && find . -mindepth 1 -type d | sed 's|^\./||; s|$|/|' | sort) >"$work/folders"
  (cd "$stage" && find . -type f | sed 's|^\./||' | sort) >"$work/files"
  while read -r folder; do
    [ -d "$place/$folder" ] || { mkdir "$place/$folder" && echo "$folder" >>"$work/made"; }
  done <"$work/folders"
  # The list comes first: an installation that is cut short can be removed.
  {
    cat "$work/files"
    echo share/reprise/installed.txt
    sort -ru "$work/made"
  } >"$list"
  while read -r file; do
    cp -p "$stage/$file" "$place/$file.new" && mv -f "$place/$file.new" "$place/$file"
  done <"$work/files"
  echo "installed $(wc -l <"$work/files") files below $place; the program is $place/bin/reprise"
  ;;
uninstall)
  [ $# -ge 2 ] || fail 'expected: uninstall PREFIX [DESTDIR]'
  settle "$2" "${3:-}"
  [ -f "$list" ] || fail "$list: is not there: make install put nothing below $place"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cp "$list" "$work/list"
  remove "$work/list"
  echo "removed $(grep -vc '/$' "$work/list") files below $place"
  ;;
*) fail 'expected install or uninstall' ;;
esac
