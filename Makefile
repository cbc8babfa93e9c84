# Everything runs in .venv; nothing needs to be installed by hand.

PYTHON ?= python3
BIN := .venv/bin
WEB_SOURCES := $(shell find static/src -type f) $(addprefix static/,build.mjs package-lock.json schema.json)
# Where npm is, the browser's code is built below; elsewhere pip brings Node and builds it.
SKIP_WEB := $(if $(shell command -v npm),1)

.DEFAULT_GOAL := help

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: .venv/serve static/dist/.stamp ## Install what is needed, and serve (ARGS="--port 8001 ...")
	@$(BIN)/palimpsest serve $(ARGS)

test: .venv/develop static/dist/.stamp tests/clients/node_modules tests/editors/node_modules tests/apps/node_modules ## Run all tests
	@$(BIN)/pytest $(ARGS)

web: static/dist/.stamp ## Build the browser's code, if it is not as its sources are

check: .venv/develop static/node_modules ## Format, lint, types, layers
	@$(BIN)/ruff format --check --quiet server tests hatch_build.py
	@$(BIN)/ruff check --quiet server tests hatch_build.py
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@if [ -d static/node_modules ]; then npm run --silent --prefix static check; fi

format: .venv/develop ## Format and mend what a linter can
	@$(BIN)/ruff format server tests
	@$(BIN)/ruff check --fix server tests
	@if [ -d static/node_modules ]; then npm run --silent --prefix static format; fi

bench: .venv/develop .venv/bench tests/bench/node_modules ## Measure beside other servers (ARGS=quick: 3 minutes; ARGS=whole; ARGS=--help)
	@$(BIN)/python -m tests.bench $(ARGS)

kill: .venv/develop ## Kill the server under load and count what is lost (CYCLES=200)
	@$(BIN)/python -m tests.kills --cycles $(or $(CYCLES),200)

fuzz: .venv/develop ## Attack the server with mutated updates (COUNT=100000)
	@$(BIN)/python -m tests.fuzz --count $(or $(COUNT),100000)

sessions: .venv/develop tests/clients/node_modules ## Measure a whole recorded session, joining, starting
	@$(BIN)/python -m tests.sessions $(ARGS)

limits: .venv/develop ## Write docs/limits.md from the code
	@$(BIN)/python -m tests.documents.limits > docs/limits.md

screenshots: .venv/develop ## Take the README's pictures, docs/*.png (ARGS="--all FOLDER": every page, in every light)
	@$(BIN)/python -m tests.screenshots $(ARGS)

clean: ## Remove what was installed and cached; data stays
	rm -rf .venv tests/clients/node_modules tests/editors/node_modules tests/bench/node_modules
	rm -rf tests/apps/node_modules tests/apps/dist static/node_modules static/dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find server tests -name __pycache__ -prune -exec rm -rf {} +

.venv/pip: # A pip that knows dependency groups
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Palimpsest needs Python 3.11 or newer; name one with PYTHON=..."; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

.venv/serve: pyproject.toml | .venv/pip
	@echo "Installing Palimpsest ..."
	@PALIMPSEST_SKIP_WEB=$(SKIP_WEB) $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/develop: pyproject.toml | .venv/pip
	@echo "Installing Palimpsest and what its tests need ..."
	@PALIMPSEST_SKIP_WEB=$(SKIP_WEB) $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@ .venv/serve

.venv/bench: pyproject.toml | .venv/develop
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench || \
		echo "pycrdt-websocket does not install; the benchmark goes on without it."
	@touch $@

static/node_modules: static/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing what the browser's code is made of ..."; \
		npm ci --prefix static --silent && touch $@; \
	fi

static/dist/.stamp: $(WEB_SOURCES) | .venv/pip static/node_modules
	@echo "Building the browser's code ..."
	@if command -v npm >/dev/null; then node static/build.mjs; else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .; fi

# Real clients, for the tests. Where npm is missing, those tests say so and are skipped.
tests/clients/node_modules: tests/clients/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing stock clients ..."; \
		npm ci --prefix tests/clients --no-audit --no-fund --silent && touch $@; \
	else echo "npm is not here: tests with stock clients will be skipped."; fi

tests/editors/node_modules: tests/editors/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing real editors ..."; \
		npm ci --prefix tests/editors --no-audit --no-fund --silent && touch $@; \
	else echo "npm is not here: the test that runs real editors will be skipped."; fi

tests/apps/node_modules: tests/apps/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing what other people's applications are made of ..."; \
		npm ci --prefix tests/apps --no-audit --no-fund --silent && touch $@; \
	else echo "npm is not here: tests with applications will be skipped."; fi

# Other servers, for the benchmark. Where npm is missing, it measures without them.
tests/bench/node_modules: tests/bench/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing the servers to compare with; one may have to be compiled ..."; \
		npm ci --prefix tests/bench --no-audit --no-fund --silent && touch $@ || \
		echo "They do not install; the benchmark goes on without them."; \
	else echo "npm is not here: there will be nothing to compare with."; fi

.PHONY: help serve test web check format bench kill fuzz sessions limits screenshots clean
