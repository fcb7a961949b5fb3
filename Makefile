# Two commands on a fresh machine: `make demo` runs the main job on a shipped letter, `make test` runs the tests.
# PYTHON chooses the interpreter (3.10 or later); each gets its own environment, created on first use.
PYTHON ?= python3
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
BIN := $(VENV)/bin
CRITERIA := $(shell find criteria/imr_criteria/data -name "*.yaml")
CASE := letters/imr_letters/cases/letter-002.json
# Tests that reach each dependency, in a fraction of the time of all.
QUICK := tests/cli tests/views tests/criteria tests/letters/test_reader.py tests/letters/test_sources.py \
	tests/engine/test_engine_choice.py

PIP := -m pip install --quiet --disable-pip-version-check

# Adds durable_rules to an environment that has the project, if it can be built there. Python 3.13 has no
# PyEval_CallObject; on earlier versions the definition changes nothing. pip's cache may hold a build made without it.
define add_durable
@CPPFLAGS="$$CPPFLAGS -DPyEval_CallObject=PyObject_CallObject" \
	$(1)/bin/python $(PIP) --no-cache-dir 'imr-check[durable]' >$(1)/durable.log 2>&1 \
	&& $(1)/bin/python -c 'import durable_rules_engine' 2>>$(1)/durable.log \
	|| echo "durable_rules cannot be built here (it needs a C compiler and Python's headers; see $(1)/durable.log):" \
		"the plain evaluator runs instead, with the same answers." >&2
endef

.PHONY: demo test test-wheel test-lowest check generate bench parity fuzz-cases fuzz-letters remedies clean

demo: $(VENV)/.installed
	$(BIN)/imr-check $(CASE)

test: $(VENV)/.tests
	$(BIN)/python -m pytest -n 2

test-wheel: $(VENV)/.tests  ## the tests against the wheel, installed in an environment of its own
	rm -rf build/wheel $(VENV)-wheel
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	$(PYTHON) -m venv $(VENV)-wheel
	$(VENV)-wheel/bin/python $(PIP) "$$(ls build/wheel/*.whl)[test]"
	$(call add_durable,$(VENV)-wheel)
	$(VENV)-wheel/bin/imr-check $(CASE)
	$(VENV)-wheel/bin/python -m pytest -n 2

test-lowest: $(VENV)/.tests  ## the main job and the quick tests with the lowest version allowed of each dependency
	rm -rf $(VENV)-lowest
	$(PYTHON) -m venv $(VENV)-lowest
	$(BIN)/python tools/lowest.py > $(VENV)-lowest/lowest.txt
	$(VENV)-lowest/bin/python $(PIP) --constraint $(VENV)-lowest/lowest.txt hatchling pydantic pyyaml yamlcore
	$(VENV)-lowest/bin/python $(PIP) --constraint $(VENV)-lowest/lowest.txt --no-build-isolation '.[test]'
	$(call add_durable,$(VENV)-lowest)
	$(VENV)-lowest/bin/imr-check $(CASE)
	$(VENV)-lowest/bin/python -m pytest -n 2 $(QUICK)

check: $(VENV)/.tests  ## what CI checks besides the tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate.py --check
	$(BIN)/imr-check criteria lint

generate: $(VENV)/.tests  ## write the schemas and the pages of docs/criteria/
	$(BIN)/python tools/generate.py

bench: $(VENV)/.bench  ## speed against other engines, start-up time, the whole path, letters per second
	$(BIN)/python bench/run.py
	$(BIN)/python bench/whole_path.py
	$(BIN)/python bench/letters.py

parity: $(VENV)/.tests  ## compare both evaluators over 25.5 million verdicts of p.122
	$(BIN)/python tests/engine/full_parity.py

fuzz-cases: $(VENV)/.tests  ## read 50,000 damaged cases: each is evaluated or refused, within bounds of time and memory
	$(BIN)/python -m tests.engine.fuzz_cases 50000

fuzz-letters: $(VENV)/.tests  ## 2,000 damaged PDFs, with outcomes and peak memory; texts that are long in one part
	$(BIN)/python -m tests.letters.damaged_pdfs 2000
	$(BIN)/python -m tests.letters.long_texts

remedies: $(VENV)/.tests  ## apply what the remedies say to more than 5,000 generated denials
	$(BIN)/python tests/engine/full_remedies.py

clean:
	rm -rf .venv-* build dist

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Criteria are compiled at installation; any that changed since are read from YAML, which is slower, so install again.
$(VENV)/.installed: pyproject.toml $(CRITERIA) | $(VENV)/bin/python
	$(BIN)/python $(PIP) --editable .
	$(call add_durable,$(VENV))
	touch $@

$(VENV)/.tests: $(VENV)/.installed
	$(BIN)/python $(PIP) --editable '.[test]'
	touch $@

$(VENV)/.bench: $(VENV)/.tests
	$(BIN)/python $(PIP) --editable '.[test,bench]'
	touch $@
