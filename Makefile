# `make` prints this menu. Everything sets itself up: python3 (3.11 or newer), make and git are all that must be there.

PYTHON ?= python3
JOBS ?= 2
SEEDS ?= 200
STEPS ?= 1000
RUN := .venv/bin/python
PYTEST := $(RUN) -m pytest

.DEFAULT_GOAL := help
.PHONY: help shop test check quick lint fix bench simulate crash fuzz races soak upgrade zoo docs shots clients build lock clean set-up set-up-dev browsers

help: ## Print this menu
	@echo "The Retail Domain. Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/    make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r a b; do printf '%-18s %s\n' "$$a" "$$b"; done

shop: set-up ## Run the shop with demo data on SQLite; prints address and logins (ARGS="--port 8080")
	@exec $(RUN) -m retail_entrypoints.cli.main shop $(ARGS)

test: check ## Everything that must hold: lint, types, import contracts, all tests, docs (half an hour at most, on two cores)

check: lint ## The same as `make test`
	@RETAIL_HYPOTHESIS=$${RETAIL_HYPOTHESIS:-ci} $(PYTEST) -q -n $(JOBS) --dist worksteal $(ARGS)

quick: set-up-dev ## What one can wait for: domain, laws and architecture, under a minute
	@RETAIL_HYPOTHESIS=dev $(PYTEST) -q -n $(JOBS) --dist worksteal -m "not postgres and not slow" $(wildcard tests/unit tests/property tests/architecture) $(ARGS)

lint: set-up-dev ## Ruff, mypy --strict, import contracts
	@$(RUN) -m ruff check --quiet .
	@$(RUN) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo > .venv/contracts.log 2>&1 || { cat .venv/contracts.log; exit 1; }
	@echo "Lint, types and import contracts hold."

fix: set-up-dev ## Let Ruff repair what it can
	@$(RUN) -m ruff check --fix .

bench: set-up-dev ## Measure the shop on this machine and write the tables to docs (ARGS="journey --quick")
	@$(RUN) -m benchmarks $(ARGS) $(if $(FILE),--file $(FILE))

crash: set-up-dev ## Kill the shop at every point and at random under load, and print the figures (ARGS="--on sqlite")
	@$(RUN) -m tests.support.crash $(ARGS)

fuzz: set-up-dev ## Fuzz the API from its own description as every role, and both servers with raw bytes (ARGS="--cases 50000 --json fuzz.json")
	@$(RUN) -m tests.fuzz $(ARGS)

races: set-up-dev ## Fifty rivals for each limited thing, twenty rounds, both databases; prints winners and how many are allowed
	@$(RUN) -m tests.races $(ARGS)

soak: set-up-dev ## Everybody at once for a while, both databases, every answer judged (ARGS="--seconds 1800")
	@$(RUN) -m tests.soak $(ARGS)

upgrade: set-up-dev ## The release before and today's code on one shop, during an upgrade and after it, both databases (ARGS="--orders 200")
	@$(RUN) -m tests.upgrade $(ARGS)

zoo: set-up-dev ## Let wrong variants of our code loose, one by one; prints which test caught each, and how fast
	@$(RUN) -m zoo --jobs $(JOBS) $(ARGS)

simulate: set-up-dev ## The shop under fire, deterministic: SEEDS of STEPS each (ARGS="--json figures.json")
	@$(RUN) -m retail_entrypoints.cli.main simulate --seeds $(SEEDS) --steps $(STEPS) $(ARGS)

docs: set-up-dev ## Write the generated reference pages and run every block and example of the documentation
	@$(RUN) -m scripts.reference_pages
	@$(RUN) -m scripts.rule_pages
	@$(PYTEST) -q tests/docs $(ARGS)

shots: set-up-dev ## Photograph every family of pages in every language, width and scheme into .cache/shots; fails on a finding (ARGS="--only /orders")
	@$(RUN) -m tests.web.shots $(ARGS)

browsers: set-up-dev ## One purchase and the layout checks in Firefox ESR and WebKitGTK, fetched without root (ARGS="--only webkit")
	@$(RUN) -m tests.web.browsers $(ARGS)

clients: set-up-dev ## Make clients of the API's description in .cache/clients, and buy with them (TypeScript where Node is)
	@$(RUN) -m scripts.clients

build: set-up-dev ## Wheel and source archive in dist/
	@$(RUN) -m build --no-isolation --outdir dist > .venv/build.log 2>&1 || { cat .venv/build.log; exit 1; }
	@ls dist

lock: set-up-dev ## Renew requirements/*.txt from pyproject.toml
	@sh scripts/lock.sh

clean: ## Remove what was built and installed here
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

set-up:
	@$(PYTHON) scripts/set_up.py runtime

set-up-dev:
	@$(PYTHON) scripts/set_up.py dev
