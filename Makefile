# Two commands do all the set-up: `make reproduce` and `make test`. Each creates .venv when it is missing.
PYTHON ?= python3
VENV   ?= .venv
FLOORS ?= .venv-floors
OLDEST ?= python3.11
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

PRESET ?= v2-code
DRAWS  ?= 1000000
SEED   ?= 42
# Joint draws of the load model's parameters, each a fit.
MODEL_DRAWS ?= 200
# Cross-validation and the load model's fits share their folds among so many processes.
PROCESSES ?= 2
# Tests run side by side, one process per core (WORKERS=0 for none).
WORKERS ?= auto
QUICK  ?= --quick

.DEFAULT_GOAL := help
.PHONY: help reproduce test test-slow test-floors fuzz lint prepared catalog catalog-check load-model load-model-check validation validation-check load-model-forms headline docs bench bench-compare bench-large coverage-of-errors test-browser clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One stamp file per installed extra: an edit of pyproject.toml installs again, nothing else does.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: $(BIN)/python pyproject.toml
	$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.%: $(BIN)/python pyproject.toml
	$(PIP) install --quiet --editable '.[$*]'
	@touch $@ $(VENV)/.core

reproduce: $(VENV)/.core  ## recompute every claim of the paper (PRESET=v1, DRAWS=, SEED= to vary)
	$(BIN)/wattquery reproduce --preset $(PRESET) --draws $(DRAWS) --seed $(SEED)

lint: $(VENV)/.test  ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# One thread for linear algebra in each process of tests: the small matrices of the load model take ten times the
# processor time with two, which wait for each other by spinning. An environment variable, as it is read with NumPy, which
# pytest's plugins import before any of our files.
test test-slow test-floors: export OMP_NUM_THREADS ?= 1
test test-slow test-floors: export OPENBLAS_NUM_THREADS ?= 1
test test-slow test-floors: export MKL_NUM_THREADS ?= 1

# Beside the linters, which keep one core busy: else each process of tests compiles the kernels that all share, at once.
# Processes that tests start import bytecode, half a second sooner each, also where Python is told to write none.
prepared: $(VENV)/.test
	@$(BIN)/python -m compileall -q src
	@$(BIN)/python -c "import wattquery as wq; from wattquery.quantities import METHODS; wq.warm([*METHODS, 'sobol'])"

test: $(VENV)/.test  ## linters, then the tests
	@$(MAKE) --no-print-directory -j 2 lint prepared
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow"

test-slow: $(VENV)/.test  ## linters, then all tests with the slow ones
	@$(MAKE) --no-print-directory -j 2 lint prepared
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# Core tests only, and no part of `make test`. Old releases warn about what newer ones of others will drop: no error here.
# Kernels are compiled anew for another Numba, and kept apart from those of VENV.
CORE_TESTS := tests/test_*.py $(addprefix tests/,catalog cli inputs kernels methods plans plot readers specs sweeps throughput workloads)
$(FLOORS)/.done: pyproject.toml tests/floors.py
	$(OLDEST) -m venv --clear $(FLOORS)
	$(OLDEST) tests/floors.py zarr plot > $(FLOORS)/requirements.txt
	$(FLOORS)/bin/python -m pip --disable-pip-version-check install --quiet --requirement $(FLOORS)/requirements.txt
	$(FLOORS)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --editable .
	@touch $@

test-floors: $(FLOORS)/.done  ## core tests with the oldest releases that pyproject.toml allows, on Python 3.11
	$(FLOORS)/bin/python -m pytest -W ignore::DeprecationWarning -m "not slow" $(CORE_TESTS)

# Cases by door: FUZZ="--lines 300 --calls 0 --files 0" for some of them only.
fuzz: $(VENV)/.test  ## 21,000 changed calls and files, each an answer or one sentence (SEED=2 for others)
	PYTHONPATH=tests $(BIN)/python -m fuzz --seed $(SEED) $(FUZZ)

# No part of `make test`. A Chromium must be there: WATTQUERY_BROWSER=PATH, one on the path, or that of
# `$(BIN)/playwright install chromium`.
test-browser: $(VENV)/.core $(VENV)/.browser  ## try the explorer in a headless browser (ARGS="-k keyboard" for some)
	$(BIN)/python -m pytest tests/browser -p no:xdist $(ARGS)

catalog: $(VENV)/.core  ## build the catalog `default`, the measured levers and the named workloads from data/raw
	$(BIN)/python data/build_catalog.py
	$(BIN)/python data/build_levers.py
	$(BIN)/python data/build_workloads.py

catalog-check: $(VENV)/.core  ## does what ships agree with data/raw? Exit code 1 if not
	$(BIN)/python data/build_catalog.py --check --quiet
	$(BIN)/python data/build_levers.py --check
	$(BIN)/python data/build_workloads.py --check

load-model: $(VENV)/.core  ## fit the load model: parameters, intervals and joint draws (minutes; PROCESSES=2, MODEL_DRAWS=200)
	$(BIN)/python data/fit_load_model.py --intervals --draws $(MODEL_DRAWS) --processes $(PROCESSES)

load-model-check: $(VENV)/.core  ## are the load model's parameters those of a fit to the catalog? Exit code 1 if not
	$(BIN)/python data/fit_load_model.py --check

validation: $(VENV)/.plot  ## cross-validate the load model and write docs/validation.md (PROCESSES=2, ARGS=--again without fits)
	$(BIN)/python data/validate_load_model.py --processes $(PROCESSES) $(ARGS)

validation-check: $(VENV)/.plot  ## does docs/validation.md follow from the stored predictions? Exit code 1 if not
	$(BIN)/python data/validate_load_model.py --check

load-model-forms: $(VENV)/.core  ## compare forms of the load model by their error on architectures left out (a quarter of an hour)
	$(BIN)/python data/compare_load_models.py --processes $(PROCESSES) $(ARGS)

headline: $(VENV)/.plot  ## write docs/under-load.md and its picture (half a minute)
	$(BIN)/python docs/under_load_numbers.py --write

docs: $(VENV)/.docs  ## build docs/_build/html, warnings as errors
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

# asv times what is installed here, each benchmark once; `make bench QUICK=` takes its time for proper statistics.
bench: $(VENV)/.bench  ## time all suites (BENCH=Grid for some, QUICK= for full statistics)
	$(BIN)/asv --config benchmarks/asv.conf.json machine --yes >/dev/null
	$(BIN)/asv --config benchmarks/asv.conf.json run --python=same --show-stderr $(QUICK) $(if $(BENCH),--bench "$(BENCH)")

bench-compare: $(VENV)/.core  ## is this checkout slower than BASE=REV? Exit code 1 if so, twice (ARGS="--rounds 9")
	@test -n "$(BASE)" || { echo "give the revision to compare with: make bench-compare BASE=main" >&2; exit 2; }
	$(BIN)/python -m benchmarks.compare "$(BASE)" $(ARGS)

# LARGE="--cells 1e6 --draws 1e5 --store-only" takes some ten minutes, LARGE="--cells 1e7 --draws 0 --store-only" four.
bench-large: $(VENV)/.test  ## large sweeps into a store and in memory: time, peak memory, ratio (LARGE="--cells 1e6")
	$(BIN)/python -m benchmarks.large $(LARGE)

coverage-of-errors: $(VENV)/.core  ## do stated sampling errors cover the exact results? (ARGS="--seeds 50 --most 10000")
	$(BIN)/python -m benchmarks.coverage $(ARGS)

clean:  ## remove what these targets made
	rm -rf $(VENV) $(FLOORS) docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache benchmarks/.asv
