# Two commands do all the set-up on a fresh Debian machine with Python 3.11: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIPELINE ?= pipelines/outreach.py
ARGS ?=
# Three processes for two cores, since many tests wait; a file of tests stays together. Calls that are judged by the
# clock come after the others.
PROCESSES ?= $(shell echo $$(( $$(nproc) * 3 / 2 )))
PYTEST := pytest -n $(PROCESSES) --dist loadfile
COVERAGE ?=
# The decisions and the codecs, which their own tests cover to the last branch.
COVERING := tests/vantum/core $(wildcard tests/transports/*/test_codec*.py tests/transports/*/test_dialect.py \
	tests/transports/*/test_fields.py tests/transports/*/test_webhook.py)
# Calls with stand-ins on the wire, a telephone or a browser; those with faults come last, by themselves.
PACED := tests/wire tests/phone tests/browser
# Tests start some hundred processes, each of which would translate all modules anew where none may be kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test long chaos coverage check audit format diagrams bench guard clean browser

run: $(VENV)/.local
	$(BIN)/python -m vantum.run $(PIPELINE) $(ARGS)

test: $(VENV)/.test browser
	$(BIN)/python -m $(PYTEST) $(or $(ARGS),$(patsubst %,--ignore=%,$(COVERING) $(PACED) tests/chaos) -m 'not long')
	$(if $(ARGS),,$(BIN)/python -m $(COVERAGE) $(PYTEST) $(COVERING))
	$(if $(ARGS),,$(BIN)/python -m pytest -n 2 --dist loadfile $(PACED) -m 'not long')
	$(if $(ARGS),,$(BIN)/python -m pytest -n 2 --dist loadfile tests/chaos)

# Benchmarks, whole campaigns and rolling restarts as they are run for real: what takes many seconds each.
long: $(VENV)/.test
	$(BIN)/python -m pytest -m long $(ARGS)

# Every fault of every provider at every stage of a turn, some 1,100 calls; `make test` holds a part of them.
chaos: $(VENV)/.test
	VANTUM_CHAOS=all $(BIN)/python -m pytest tests/chaos/test_matrix.py $(ARGS)

coverage:
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --fail-under=100

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Versions and licences need no network; ARGS=--advisories asks the service of known vulnerabilities too.
audit: $(VENV)/.test
	$(BIN)/python .ci/audit.py $(ARGS)

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The page on turn-taking shows the tables that decide.
diagrams: $(VENV)/.test
	$(BIN)/python -m vantum.diagrams docs/turn-taking.md

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks.$(or $(BENCH),density) $(ARGS)

# A short run against the committed ratios of CPU; ARGS=--update commits to what it measures.
guard: $(VENV)/.test
	$(BIN)/python -m benchmarks.guard $(ARGS)

# The page's tests need a browser: Debian's Chromium, unless there is one.
browser:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || \
		{ echo "Installing Chromium for the page's tests ..."; \
		  SUDO=$$([ $$(id -u) = 0 ] || echo sudo); \
		  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends chromium chromium-driver fonts-dejavu-core; }

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vantum needs Python 3.11 or newer: set PYTHON=...")'
	$(PYTHON) -m venv $(VENV) || \
		{ echo "Installing python3-venv ..."; \
		  SUDO=$$([ $$(id -u) = 0 ] || echo sudo); \
		  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.local: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[local]'
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[local,otel,test]'
	@touch $@ $(VENV)/.local

clean:
	rm -rf $(VENV)
