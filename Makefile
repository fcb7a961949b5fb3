# Two commands on a fresh machine: `make demo` runs the main job on a shipped letter, `make test` runs the tests.
# PYTHON chooses the interpreter (3.10 to 3.13); the environment is made on first use, one for each.
PYTHON ?= python3
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
BIN := $(VENV)/bin
CRITERIA := $(shell find criteria/imr_criteria/data -name "*.yaml")
CASE := letters/imr_letters/cases/letter-002.json

.PHONY: demo test check generate bench parity clean

demo: $(VENV)/.installed
	$(BIN)/imr-check $(CASE)

test: $(VENV)/.tests
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.tests  ## what CI checks beside the tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate.py --check
	$(BIN)/imr-check criteria lint

generate: $(VENV)/.tests  ## write catalogue, schemas and docs from the criteria
	$(BIN)/python tools/generate.py

bench: $(VENV)/.bench  ## speed against other engines, cold start, letters a second
	$(BIN)/python bench/run.py
	$(BIN)/python bench/whole_path.py
	$(BIN)/python bench/letters.py

parity: $(VENV)/.tests  ## both evaluators over all 25.5 million verdicts of p.122
	$(BIN)/python tests/engine/full_parity.py

clean:
	rm -rf .venv-* build dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Criteria are compiled when the program is installed; what has changed since is read from YAML, which takes longer.
$(VENV)/.installed: pyproject.toml $(CRITERIA) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.tests: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

$(VENV)/.bench: $(VENV)/.tests
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,bench]'
	touch $@
