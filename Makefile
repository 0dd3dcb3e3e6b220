# `make run` and `make test` do all the set-up on a machine with Python 3.11 and make.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SAMPLES := .venv/samples-collection
SITE := import sysconfig; print(sysconfig.get_path('purelib'))
QUESTION := Wann soll die Seilbahn in Bad Lauten wieder fahren?

.PHONY: run test check prove browser test-integrations test-ray docs clean

# Index the sample articles, answer a question, and serve the chat on 127.0.0.1:7860.
run: .venv/installed
	$(BIN)/article-qa --collection $(SAMPLES) add --samples
	$(BIN)/article-qa --collection $(SAMPLES) ask "$(QUESTION)"
	$(BIN)/article-qa --collection $(SAMPLES) ui

test: check browser
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal \
		|| { code=$$?; grep -hvsE "/(pluggy|_pytest|xdist|execnet)/" .pytest_cache/crashes/* | head -n 60; exit $$code; }
	$(MAKE) test-integrations

# The adapters against the real frameworks, and their passages against those of the other doors.
# The frameworks are in an environment of their own, over .venv: the product is tested, typed and
# audited without them.
test-integrations: .venv-integrations/installed
	.venv-integrations/bin/python -m pytest tests/qa/integrations tests/qa/test_doors.py \
		-k "test_adapters or langchain or llamaindex or haystack"

# Embedding on a Ray cluster of this machine: workers and a machine are killed while they encode.
test-ray: .venv/installed
	$(BIN)/pip install --quiet --constraint constraints.txt ray
	TEST_RAY=1 $(BIN)/python -m pytest tests/index/runtime/test_ray_workers.py

# The site, in site/; `python docs/notebook.py` makes the notebook again.
docs: .venv/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	$(BIN)/python -m pytest --quiet tests/test_site.py

check: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tools.audit

# Five minutes of fuzzing for each target, and the proofs of docs/reliability.md in full: hours.
# The proofs go on where they were stopped; delete benchmarks/reliability/results to start over.
# The tests run a short form of all.
prove: .venv/installed-test browser
	$(BIN)/python -m tools.fuzz --seconds 300
	SEQUENCE_EXAMPLES=300 $(BIN)/python -m pytest tests/corpus/ingest/test_sequences.py
	@command -v soffice >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
		|| { apt-get update -q && apt-get install -q -y libreoffice-writer-nogui; }
	$(BIN)/python -m tools.differential
	$(BIN)/python -m benchmarks.reliability kills
	$(BIN)/python -m benchmarks.reliability power
	$(BIN)/python -m benchmarks.reliability failing
	$(BIN)/python -m benchmarks.reliability damage
	$(BIN)/python -m benchmarks.reliability soak
	$(BIN)/python -m benchmarks.reliability load
	$(BIN)/python -m benchmarks.reliability server
	$(MAKE) test-ray
	$(BIN)/python -m benchmarks.reliability report

# The chat page's tests drive Debian's Chromium, and readers are compared with it and with
# poppler's pdftotext; without these they skip.
browser:
	@{ command -v chromium && command -v pdftotext; } >/dev/null || [ "$$(id -u)" != 0 ] \
		|| ! command -v apt-get >/dev/null \
		|| { apt-get update -q && apt-get install -q -y chromium poppler-utils; }

.venv/bin/python:
	$(PYTHON) -m venv .venv

# torch first and by itself: the exact version in constraints.txt is the CPU build where the
# package index has one.
.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) torch
	$(PIP) --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(PIP) --editable ".[test,benchmarks]"
	touch $@

.venv/installed-docs: .venv/installed-test
	$(PIP) --editable ".[docs]"
	touch $@

.venv-integrations/installed: .venv/installed-test
	$(BIN)/python -m venv --clear .venv-integrations
	$(BIN)/python -c "$(SITE)" > "$$(.venv-integrations/bin/python -c "$(SITE)")/below.pth"
	.venv-integrations/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable ".[langchain,llama-index,haystack,pandas]"
	touch $@

clean:
	rm -rf .venv .venv-integrations build *.egg-info .mypy_cache .pytest_cache .ruff_cache
