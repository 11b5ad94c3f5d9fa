# Every command of the project. What a command needs is installed first, into .venv, and only when a lock has changed.
.DEFAULT_GOAL := help
.PHONY: help install install-dev run test lint style form types arrows format bench gallery bundle faults lock

BIN := .venv/bin

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: ## Install what running needs: .venv/bin/ioc
	@sh scripts/install.sh run

install-dev: ## Install what testing and changing needs as well
	@sh scripts/install.sh dev

run: install ## Start everything on http://127.0.0.1:8050; IOC_HOST and IOC_PORT change the address
	@$(BIN)/ioc run

test: install-dev ## Run every test; TESTS="tests/house -k clock" runs some
	@sh scripts/system-packages.sh
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations 10 $(TESTS)

lint: style form types arrows ## Check style, form, types and who imports whom
style: install-dev
	@$(BIN)/ruff check .
form: install-dev
	@$(BIN)/ruff format --check .
types: install-dev
	@$(BIN)/mypy
arrows: install-dev
	@$(BIN)/lint-imports --no-logo

format: install-dev ## Put every file into the house's form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: install-dev ## Measure speed against the raw engine; prints ratios
	@MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=4194304 ARROW_DEFAULT_MEMORY_POOL=system $(BIN)/python -m benchmarks

gallery: install-dev ## Take the pictures of docs/gallery from the demonstration ministry
	@$(BIN)/python scripts/gallery.py

bundle: install-dev ## Make dist/ioc-….tar.gz: all that a machine without a network needs; tried out before it counts
	@$(BIN)/python scripts/bundle.py

faults: install-dev ## Kill it, cut its power, fill its disk and more, at length; writes docs/faults.md
	@$(BIN)/python -m tests.faults

LOCK = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --only-binary :all: $(LOCKFLAGS)

lock: ## Write both locks after pyproject.toml changed; LOCKFLAGS=--upgrade takes newer releases
	@[ -x $(BIN)/uv ] || sh scripts/install.sh dev
	@$(LOCK) --group build -o requirements.lock
	@$(LOCK) --group build --group dev -c requirements.lock -o requirements-dev.lock
