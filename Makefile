# make run    everything on this machine: http://127.0.0.1:8000 (PORT=8001 for another port)
# make test   the whole test suite            make lint   the linter
# make tour   one walk through the product, printed step by step
# Each of them first makes .venv and installs the pinned requirements if that is due.
# ARGS passes options on: make run ARGS=--no-demo, make test ARGS="-k import"

PYTHON ?= python3.11
PORT ?= 8000
ARGS ?=
PY := .venv/bin/python

define setup
@command -v "$(PYTHON)" >/dev/null || { \
	echo "Python 3.11 is missing: install python3.11, or name it: make $@ PYTHON=/path/to/it" >&2; \
	exit 1; }
@"$(PYTHON)" ecomportal/embedded/bootstrap.py $(1)
endef

.PHONY: run test lint tour

run:
	$(call setup)
	@$(PY) manage.py portal --port "$(PORT)" $(ARGS)

test:
	$(call setup,tests)
	@$(PY) -m pytest $(ARGS)

lint:
	$(call setup,tests)
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

tour:
	$(call setup,tests)
	@$(PY) -m tests.tour $(ARGS)
