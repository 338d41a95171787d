#!/bin/sh
# Builds a Debian package of the built program: the same bytes from the same program and commit.
#
#     deb.sh PROGRAM FOLDER [COMPRESSION]
#
# COMPRESSION is xz by default; none is fast.
# The package's dates are SOURCE_DATE_EPOCH, by default the time of the commit.
set -eu
umask 022
LC_ALL=C
export LC_ALL
program=$1 folder=$2 compression=${3:-xz}
root=$(cd "$(dirname "$0")/.." && pwd)

fail() {
  echo "deb: $*" >&2
  exit 2
}

[ -x "$program" ] || fail "$program: is not there; run make build first"
for tool in dpkg-deb dpkg-shlibdeps strip; do
  command -v $tool >/dev/null || fail "$tool is not there; install the package dpkg-dev"
done
version=$("$program" --version | sed -n 's/^reprise //p')
architecture=$(dpkg --print-architecture)
released=$(sed -n 's/^date-released: "\(.*\)"$/\1/p' "$root/CITATION.cff")
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null ||
    date -u -d "$released" +%s)
fi
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
sh "$root/.ci/install.sh" install "$program" /usr "$tree" >/dev/null
rm "$tree/usr/share/reprise/installed.txt"
# Debian has places of its own for these two.
mkdir -p "$tree/usr/share/zsh/vendor-completions"
mv "$tree/usr/share/zsh/site-functions/_reprise" "$tree/usr/share/zsh/vendor-completions/"
rmdir "$tree/usr/share/zsh/site-functions"

cat >"$tree/usr/share/doc/reprise/copyright" <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Reprise
Comment: The sources are licensed under Apache-2.0. This package contains a program
 that links FFTW, and is therefore distributed under GPL-3.0-or-later. NOTICE, in
 this folder, lists what the program contains.

Files: *
Copyright: 2026 The Reprise authors
License: GPL-3+

Files: usr/share/reprise/golden/* usr/share/doc/reprise/*
Copyright: 2026 The Reprise authors
License: Apache-2.0

Files: usr/share/reprise/baselines/*
Copyright: 2026 The Reprise authors
           2018 Steven R. Livingstone and Frank A. Russo
License: CC-BY-NC-SA-4.0
Comment: Predictions and scores derived from the RAVDESS corpus.

License: GPL-3+
 On Debian systems the full text is in /usr/share/common-licenses/GPL-3.

License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.

License: CC-BY-NC-SA-4.0
 https://creativecommons.org/licenses/by-nc-sa/4.0/legalcode
END

mkdir -p "$work/debian" "$tree/DEBIAN"
echo 'Source: reprise' >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O "$tree/usr/bin/reprise" |
  sed -n 's/^shlibs:Depends=//p')
[ -n "$libraries" ] || fail 'dpkg-shlibdeps found no libraries'
cat >"$tree/DEBIAN/control" <<END
Package: reprise
Version: $version
Architecture: $architecture
Section: science
Priority: optional
Maintainer: The Reprise authors
Installed-Size: $(du -sk --apparent-size --exclude=DEBIAN "$tree" | cut -f 1)
Depends: $libraries, fonts-dejavu-core
Description: reproducible speech emotion recognition
 Trains and evaluates speech emotion recognition: energy-adaptive mixup,
 frame-level attention and multi-loss learning on IEMOCAP, MSP-IMPROV, RAVDESS
 and SAVEE, with speaker-independent folds, intervals, reports and a regression
 gate. Golden fixtures of other libraries verify its numerics.
END
(cd "$tree" && find usr -type f | sort | xargs -d '\n' md5sum) >"$tree/DEBIAN/md5sums"
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$folder"
package=$folder/reprise_${version}_$architecture.deb
dpkg-deb --root-owner-group --threads-max=1 "-Z$compression" --build "$tree" "$package" >/dev/null
echo "$package"
