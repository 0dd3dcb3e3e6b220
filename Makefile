# `make run` and `make test` do all the set-up on a machine with Python 3.11 and make.

PYTHON ?= python3
BIN := .venv/bin
SAMPLES := .venv/samples-collection

.PHONY: run test check clean

run: .venv/installed
	$(BIN)/article-qa --collection $(SAMPLES) add --samples
	$(BIN)/article-qa --collection $(SAMPLES) ask "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
	$(BIN)/article-qa --collection $(SAMPLES) ui

test: .venv/installed-test
	$(MAKE) check
	$(BIN)/python -m pytest

check: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test,benchmarks]"
	touch $@

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache
