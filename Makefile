# denwa: make run, make test; make help lists the rest.
PYTHON ?= python3
BIN := .venv/bin
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test prove lint format lock prompts ready ready-test try-fresh clean

help: ## this list
	@awk -F':.*## ' '/^[a-z%-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

run: ready ## set up what is missing, then start denwa (ARGS="…" for denwa serve)
	@exec $(BIN)/denwa serve $(ARGS)

test: ready-test ## set up what is missing, then every check and test (ARGS="-- -k clock" for pytest)
	@exec $(BIN)/python -m setup.suite $(ARGS)

prove: ready-test ## the same code as make test, at full size (hours)
	@exec $(BIN)/python -m setup.suite --scale=prove $(ARGS)

lint: ready-test ## the static checks alone
	@exec $(BIN)/python -m setup.suite --only=lint

format: ready-test ## bring the Python sources into form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench-%: ready-test ## bench-NAME: measure, print a table, compare with what is wanted (QUICK=1: short)
	@exec $(BIN)/python -m bench.$(subst -,_,$*) $(ARGS)

prompts: ready-test ## render what the services say, anew
	@exec $(BIN)/python -m audio.prompts.render $(ARGS)

lock: ready-test ## write the lock files anew from pyproject.toml
	@sh setup/lock.sh

try-fresh: ## both commands on bare Debian 12 and 13 roots (needs root and mmdebstrap)
	@sh setup/fresh.sh $(ARGS)

clean: ## remove the virtual environment and what was built here (caches outside stay)
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

ready:
	@$(PYTHON) -m setup run

ready-test:
	@$(PYTHON) -m setup test
