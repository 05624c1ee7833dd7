# Two commands are enough on a fresh machine: make run, make test. Python 3.11+, git and make must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := triage bot tests

.PHONY: run test test-long check train bench env clean

run: env
	$(BIN)/triage serve

test: env
	$(BIN)/pytest -m "not slow" --numprocesses 2 --dist loadfile

test-long: env
	$(BIN)/pytest -m slow --timeout=1800

check: env
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/triage faq lint
	$(BIN)/pytest tests/test_layers.py tests/test_repository.py

train: env
	$(BIN)/triage train

bench: env
	$(BIN)/python -m tests.bench

env: $(STAMP)

$(STAMP): pyproject.toml requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
