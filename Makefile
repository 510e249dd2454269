# Burnline: `make help` lists the targets. Each target does its own set-up.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python
RUN := .venv/.runtime
DEV := .venv/.development

.PHONY: help run test check bench docs format lock screenshots focus-validator clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) ## Serve the dashboard on 127.0.0.1:8501 and run the scheduler (the demo, when nothing is configured)
	@$(PYTHON) -m burnline run

test: $(DEV) ## Set up what the tests need, then run the whole suite
	@scripts/test_tools.sh
	@$(PYTHON) -m pytest -n 2 --dist loadfile

check: $(DEV) ## Lint, types, room rules, generated files alike
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@$(PYTHON) -m scripts.generate_docs --check

bench: $(DEV) ## Measure the speed claims, each as a ratio to its limit
	@scripts/test_tools.sh
	@$(PYTHON) -m bench

docs: $(DEV) ## Write the generated pages of docs/
	@$(PYTHON) -m scripts.generate_docs

screenshots: $(DEV) ## Take docs/screenshots from the demo
	@scripts/test_tools.sh
	@BURNLINE_SCREENSHOTS=docs/screenshots $(PYTHON) -m pytest tests/e2e -q

focus-validator: $(RUN) ## Run the FinOps Foundation's validator over our own FOCUS 1.2 export (needs Python 3.12)
	@scripts/focus_validator.sh

format: $(DEV) ## Format the code
	@.venv/bin/ruff check --fix -q .
	@.venv/bin/ruff format -q .

lock: $(DEV) ## Compile requirements.txt and requirements-dev.txt from pyproject.toml
	@.venv/bin/uv pip compile -q pyproject.toml -o requirements.txt --no-header --no-emit-index-url --no-annotate --universal --python-version 3.11
	@.venv/bin/uv pip compile -q pyproject.toml --extra dev -o requirements-dev.txt --no-header --no-emit-index-url --no-annotate --universal --python-version 3.11 -c requirements.txt

clean: ## Remove the environment and the caches; the stores in var/ stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(RUN): requirements.txt scripts/venv.sh
	@scripts/venv.sh requirements.txt
	@touch $@

$(DEV): requirements-dev.txt scripts/venv.sh
	@scripts/venv.sh requirements-dev.txt
	@touch $@ $(RUN)
