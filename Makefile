# 一盘棋 Yipanqi. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-quick test-long test-slow check pictures browser bench bench-pages bench-board bench-lighthouse lock
SHELL := /bin/sh
BIN := .venv/bin
REQUIREMENTS := base dev node
QUICK := not journey and not fault and not slow
# What ARGS choose may lie in one half of the tests alone.
MAY_BE_NONE = $(if $(ARGS),|| test $$? -eq 5)
# The first Python that is new enough; a message where there is none.
FIND_PYTHON = for each in python3 python3.13 python3.12 python3.11; do \
	if "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then python=$$each; break; fi; done; \
	if [ -z "$$python" ]; then echo "Error: Python 3.11 or newer is needed, and none is on the path." >&2; \
	exit 1; fi

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## Install what the product needs to run
	@$(FIND_PYTHON); "$$python" -I yipanqi/runtime/install.py base
	@$(BIN)/yipanqi messages compile

setup-dev: ## Install what the tests need as well
	@$(FIND_PYTHON); "$$python" -I yipanqi/runtime/install.py dev
	@$(BIN)/yipanqi messages compile

run: setup ## Run the product at http://127.0.0.1:8000 (PORT=… changes it)
	@exec $(BIN)/yipanqi serve

test: browser test-quick test-long test-slow ## Run all tests, a browser included (ARGS='-k word' chooses)

test-quick: setup-dev ## Run the tests that need no browser and kill nothing
	$(BIN)/pytest -n auto -m "$(QUICK)" $(ARGS) $(MAY_BE_NONE)

# What walks everything or lives thousands of lives: file by file, for a walk is read by several tests.
test-long: setup-dev ## Run the tests that take long, on all processors
	$(BIN)/pytest -n auto --dist loadscope -m "slow and not journey and not fault" $(ARGS) $(MAY_BE_NONE)

# Half of it is waiting, for pages and for what was killed: three at a time, file by file, and no more.
test-slow: browser ## Run the tests that drive a browser or kill something
	$(BIN)/pytest -n 3 --dist loadfile -m "journey or fault" $(ARGS) $(MAY_BE_NONE)

check: setup-dev ## Prove style, types, layers, procedures and architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/yipanqi procedures check
	$(BIN)/pytest -q tests/architecture

pictures: browser ## Picture every page of a demo city, with contact sheets, in build/pictures
	$(BIN)/python -m tests.pictures $(ARGS)

# A browser is there, or its absence is said before anything else is done.
browser: setup-dev
	@$(BIN)/python -m yipanqi.runtime.browser >/dev/null

bench: setup-dev ## Run the benchmark beside its baselines (ARGS='--sizes 10000 --json FILE')
	$(BIN)/python bench/run.py $(ARGS)

bench-pages: setup-dev ## Print what each page of the desk costs and weighs at a million cases
	$(BIN)/python bench/pages.py $(ARGS)

bench-board: setup-dev ## Print what the city's board costs with 5,000 units and 100,000 tasks
	$(BIN)/python bench/board.py $(ARGS)

bench-lighthouse: setup-dev browser ## Print what Lighthouse says of seven pages (ARGS='--json FOLDER')
	$(BIN)/python bench/lighthouse.py $(ARGS)

lock: setup-dev ## Pin the newest versions that requirements/*.in allow (no registry's name is written)
	@for each in $(REQUIREMENTS); do echo "requirements/$$each.txt"; \
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -o requirements/$$each.txt requirements/$$each.in || exit 1; done
