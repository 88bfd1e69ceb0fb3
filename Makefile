# One word for everything: `make` alone lists the words.
.DEFAULT_GOAL := help
.PHONY: help run demo setup test test-fast check bench format lock browser clean

PYTHON ?= python3
# How many test processes. Each has a PostgreSQL of its own when it needs one.
WORKERS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
# The tests of one file stay together, so that they can share a server; conftest puts the long files first.
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

run: .venv/runtime ## the application on http://127.0.0.1:5005 (PORT=… for another)
	@$(BIN)/flask init-db
	@exec $(BIN)/gunicorn wsgi:app

demo: export DATABASE_URL = sqlite:///demo.db
demo: .venv/runtime ## the same with a business that has been running for a while, in instance/demo.db
	@$(BIN)/flask init-db
	@$(BIN)/flask seed-demo
	@exec $(BIN)/gunicorn wsgi:app

setup: .venv/development ## everything needed for working on it

test: .venv/development browser ## all tests, on both databases, in a real browser
	$(PYTEST)

test-fast: .venv/development ## the inner loop: what needs no server and no browser
	$(PYTEST) -q -m "not postgresql and not browser and not slow and not valkey"

check: .venv/development ## style, security lint, types, templates, and the rules of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint templates --check --quiet
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/pytest tests/house -q

bench: .venv/development ## how fast it is, beside a floor: docs/performance.md (OPTIONS="--orders 10000 --engine sqlite" for less)
	$(BIN)/python -m bench $(OPTIONS)

format: .venv/development ## let the machine do the style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint templates --reformat --quiet

lock: .venv/development ## requirements*.txt afresh from requirements*.in
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -c requirements.txt -o requirements-dev.txt

browser: .venv/development
	@$(BIN)/python -m tests.support.chromium

clean: ## forget what was installed and cached; the databases in instance/ stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find app tests migrations -name __pycache__ -type d -exec rm -rf {} +

# A stamp is as new as the requirements it stands for, so nothing is installed twice.
.venv/runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the application runs on; this takes a minute, once."
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/development: requirements-dev.txt | $(BIN)/python
	@echo "Installing what building and testing needs; this takes some minutes, once."
	@$(PIP) --requirement requirements-dev.txt
	@touch $@ .venv/runtime

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian: apt-get install python3-venv"; exit 1; }
