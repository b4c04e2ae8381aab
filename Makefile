# What one types to work on the portal. No root, PostgreSQL, Redis or Node needed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

BASE_PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet

.PHONY: help install demo test check lock migration-squash screenshots bench

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

install: $(VENV)/.project  ## the virtual environment; up to date, it touches no network

$(VENV)/.dependencies: requirements.lock
	test -x $(PYTHON) || $(BASE_PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --requirement requirements.lock
	touch $@

$(VENV)/.project: $(VENV)/.dependencies pyproject.toml
	$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	touch $@

demo: install  ## the portal with demonstration data, on http://127.0.0.1:8000/
	$(PYTHON) -m portal demo
	$(PYTHON) -m portal up

# Tests that need Chromium or LibreOffice are skipped by name where these are missing.
# TESTS="tests/unit tests/browser": these folders, in that order.
test: install  ## all tests
	$(PYTHON) -m pytest $(TESTS)

check: install  ## style, types, import contracts, models against migrations
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m migrations.check

# Needs uv. The lock holds for every platform; --extra test because one lock serves all.
lock:  ## requirements.lock, anew from pyproject.toml
	uv pip compile --universal --generate-hashes --no-header --extra test -p 3.11 \
	    pyproject.toml --output-file requirements.lock

# Until the first release the schema has a single migration, written anew at each change of the
# models rather than followed by another. From the first release on, remove this target: what is
# released is only ever added to (`flask --app portal db migrate -m "…"`).
migration-squash: install  ## migrations/versions/0001_initial.py, anew from the models
	$(PYTHON) -m migrations.squash

screenshots: install  ## the pictures of the README and the guides, from the demonstration
	$(PYTHON) -m docs.screenshots

bench: install  ## speed, compared with the floors kept beside it
	$(PYTHON) -m bench
