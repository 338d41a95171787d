# Reprise. `make reproduce` runs the main job, `make test` every test; both install what is missing first.
PACKAGES := libsndfile1-dev libfftw3-dev libopenblas-dev libcairo2-dev libsoxr-dev pkg-config fonts-dejavu-core
SWIFT_BUILD := swift build -c release
REPRISE := .build/release/reprise
PREFIX ?= /usr/local

.PHONY: setup build reproduce test lint verify reports install uninstall deb clean

setup: # Debian packages, by root or through sudo; nothing when all are there.
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing:" $$missing; \
	  if [ $$(id -u) = 0 ]; then as=; else as=sudo; fi; \
	  $$as apt-get update -q && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	fi

build: setup
	$(SWIFT_BUILD)

reproduce: build # the embedded default: four SYNTHETIC stand-in corpora, quick profile
	$(REPRISE) run --profile quick --out runs/reproduce

test: setup # in release: the numerics are far too slow in debug
	swift test -c release

lint: # the form of the sources: Swift, C, workflows, 100 columns
	.ci/lint

verify: build # our numbers beside those of other libraries
	$(REPRISE) verify

reports: build # the kept reports anew, from the corpus: make reports RAVDESS=PATH; about an hour on 2 cores
	@[ -n '$(RAVDESS)' ] || { echo 'make reports RAVDESS=PATH: give the folder of the RAVDESS speech corpus' >&2; exit 64; }
	$(REPRISE) run --corpus 'ravdess=$(RAVDESS)' --out runs/compact
	$(REPRISE) run docs/experiments/ablations.yaml --corpus 'ravdess=$(RAVDESS)' --out runs/ablations
	reports/keep.sh runs/compact ravdess-compact
	reports/keep.sh runs/ablations ravdess-ablations

$(REPRISE):
	$(MAKE) build

install: $(REPRISE) # below PREFIX, or DESTDIR/PREFIX; nothing needs this folder afterwards
	@sh .ci/install.sh install '$(REPRISE)' '$(PREFIX)' '$(DESTDIR)'

uninstall: # what `make install` put there, and nothing else
	@sh .ci/install.sh uninstall '$(PREFIX)' '$(DESTDIR)'

deb: $(REPRISE) # .build/reprise_VERSION_ARCHITECTURE.deb; needs the package dpkg-dev
	@sh .ci/deb.sh '$(REPRISE)' .build

clean:
	rm -rf .build runs
