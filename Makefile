# Each target sets up what it needs; the first call on a machine takes a few minutes.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
UV := .venv/bin/uv

.PHONY: run test lint serve bench docs clean

# Compiled at once: every process of a run would else compile what it imports, where bytecode may not be written.
INSTALL := $(UV) pip install --quiet --compile-bytecode

# uv comes from the package registry when the machine has none.
.venv/bin/uv:
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/.main: .venv/bin/uv requirements/main.txt pyproject.toml
	$(INSTALL) --python $(PY) -r requirements/main.txt
	$(UV) pip install --quiet --python $(PY) --no-deps -e .
	touch $@

.venv/.dev: .venv/.main requirements/dev.txt
	$(INSTALL) --python $(PY) -r requirements/dev.txt
	touch $@

.venv-superset/.done: .venv/bin/uv requirements/superset.txt
	$(UV) venv --quiet --allow-existing --python 3.11 .venv-superset
	$(INSTALL) --python .venv-superset/bin/python -r requirements/superset.txt
	touch $@

run: .venv/.main
	$(PY) -m dagster_project

serve: .venv/.main .venv-superset/.done
	$(PY) -m dagster_project.serve

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy avainvarasto
	.venv/bin/lint-imports
	.venv/bin/sqlfluff lint dbt/models

test: lint .venv-superset/.done
	$(PY) -m pytest

# Minutes, some gigabytes of disk; on a machine that does nothing else.
bench: .venv/.dev
	$(PY) benchmarks/landing.py --gigabytes 5
	$(PY) benchmarks/flow.py
	$(PY) benchmarks/effectiveness.py

# dbt's own pages on the newest build, into var/docs.
docs: .venv/.main
	$(PY) -m dagster_project.docs

clean:
	rm -rf .venv .venv-superset var
