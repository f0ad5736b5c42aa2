# make serve   set everything up and start the server, with a small demo agency (PORT=8080)
# make test    set everything up and run the tests
# make check   what CI runs: format, lint, types, tests
# make bench   measure, and write benchmarks/results.md
# make clean   remove what the others made

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help serve test check bench clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet --no-input install
# the files of a viewer for OpenAPI, without the framework that its package is meant for
VIEWER := drf-spectacular-sidecar==2026.10.1
PORT ?= 8080
DEMO := .groundlevel/demo.db
# what the demo printed when it was made, tokens included: for this machine's user to look up
TOLD := .groundlevel/demo.txt

help:
	@sed -n 's/^# make/make/p' Makefile

serve: $(VENV)/ready
	@mkdir -p $(dir $(DEMO))
	@export GROUNDLEVEL_PORT=$(PORT) GROUNDLEVEL_DATABASE=sqlite:///$(DEMO); \
	test -f $(TOLD) || { (umask 077 && $(BIN)/groundlevel init --demo > $(TOLD).new) && mv $(TOLD).new $(TOLD); } && \
	cat $(TOLD) && exec $(BIN)/groundlevel serve

test: $(VENV)/ready-dev
	@$(BIN)/pytest -n 2

check: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(MAKE) --no-print-directory test

bench: $(VENV)/ready-bench
	@$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .groundlevel .pytest_cache .ruff_cache .hypothesis build dist

$(BIN)/python:
	@for python in python3.11 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version) …"; exec $$python -m venv $(VENV); \
	  fi; \
	done; \
	echo "Groundlevel needs Python 3.11 or newer, and neither python3.11 nor python3 is one. Install it and try again."; \
	exit 1

$(VENV)/ready: pyproject.toml Makefile | $(BIN)/python
	@echo "Installing Groundlevel into $(VENV), once (under a minute) …"
	@$(PIP) --editable .
	@$(PIP) --no-deps $(VIEWER)
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	@echo "Installing what the tests need, once (a minute or two) …"
	@$(PIP) --editable '.[dev]'
	@touch $@

$(VENV)/ready-bench: $(VENV)/ready-dev
	@echo "Installing what the benchmarks compare with, once …"
	@$(PIP) --editable '.[bench]'
	@touch $@
