# A machine with python3 (3.11 or newer, with venv) and make needs nothing more. See README.md.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
PYTEST_ARGS ?=
export PORT

.PHONY: help demo test coverage lint types bench shell assets lock clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' $(MAKEFILE_LIST)

# Where uv is found it is used, because it is ten times faster; pip gives the same packages.
.venv/.stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "DACase needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@command -v uv >/dev/null || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python has no venv. On Debian or Ubuntu: apt-get install python3-venv. Or install uv." >&2; exit 1; }
	@echo "Installing the packages in requirements.lock into .venv"
	@if command -v uv >/dev/null; then \
		{ test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv; } \
		&& uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock; \
	else \
		{ test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv; } \
		&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock; \
	fi
	@touch $@

demo: .venv/.stamp ## Run the whole of DACase on this machine with an invented partnership (PORT, DACASE_HOME)
	@exec $(BIN)/python manage.py demo

test: .venv/.stamp ## Run the whole test suite (PYTEST_ARGS="tests/marac -q" for a part)
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

coverage: .venv/.stamp ## Run the suite and hold services, selectors and rules to 95% of their statements
	$(BIN)/python -m pytest -n 2 --dist loadgroup -q --cov --cov-report= $(PYTEST_ARGS)
	$(BIN)/coverage report --fail-under=95 --include='*/services/*,*/services.py,*/selectors/*,*/selectors.py,*/rules/*,*/rules.py'

lint: .venv/.stamp types ## Check style, formatting, templates, types, migrations and the rooms' imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/structure

types: .venv/.stamp ## Check types
	$(BIN)/mypy

bench: .venv/.stamp ## Measure speed on 250,000 invented cases
	$(BIN)/python bench/run.py

shell: .venv/.stamp ## Open a Python shell on the demo's database
	@exec $(BIN)/python manage.py shell

assets: ## Build the committed static files again (needs npm; for maintainers)
	sh frontend/build.sh

lock: .venv/.stamp ## Renew requirements.lock from pyproject.toml (needs uv; for maintainers)
	@command -v uv >/dev/null || { echo "make lock needs uv." >&2; exit 1; }
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-annotate \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--upgrade pyproject.toml --output-file requirements.lock

clean: ## Remove what the tools left behind; the demo's data in .dacase stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* htmlcov staticfiles .static
	find . -name __pycache__ -type d -not -path './frontend/*' -prune -exec rm -rf {} +
