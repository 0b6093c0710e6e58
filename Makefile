# Vigie: `make demo` shows it, `make test` proves it. The same as plain commands stands in README.md.

PYTHON ?= python3
PORT ?= 8501
PROCESSES ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help demo test lint bench calibrate lock clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    build the sample and serve the dashboard on http://localhost:$(PORT)"
	@echo "make test    lint, then every test, browser tests included (what .ci/run calls)"
	@echo "make lint    ruff, mypy, import-linter"
	@echo "make bench   speed and memory of the pipeline, of the audit, of the statistics, the map and the pages"
	@echo "make calibrate  how often the statistics are wrong, measured on draws, into docs/calibration (an hour)"
	@echo "make lock    write constraints.txt anew (needs Python 3.11)"
	@echo "make clean   remove the environment, the caches and the sample"

# The environment is made again, from nothing, only when one of these files changes; the code is installed as a link.
.venv/.installed: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Vigie needs Python 3.11 or later, and $(PYTHON) is not. Name another: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "No environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@echo "Installing into .venv (once) ..."
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@echo "Installing what the checks need (once) ..."
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: .venv/.installed
	@$(BIN)/python scripts/demo.py --port $(PORT)

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: lint
	$(BIN)/python scripts/ensure_chromium.py
	$(BIN)/python -m pytest -n $(PROCESSES)

bench: .venv/.installed-dev
	$(BIN)/python scripts/ensure_chromium.py
	$(BIN)/python -m bench.pipeline
	$(BIN)/python -m bench.audit
	$(BIN)/python -m bench.statistics
	$(BIN)/python -m bench.map_period
	$(BIN)/python -m bench.dashboard

calibrate: .venv/.installed-dev
	$(BIN)/python -m calibration

lock:
	$(PYTHON) scripts/lock.py

# Only what a run has made: a vault or a release of your own in var/ stays.
clean:
	@if [ -x $(BIN)/python ]; then $(BIN)/python scripts/demo.py --remove; fi
	rm -rf .venv build dist *.egg-info
	rm -rf .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
