# make demo   set up what a user needs, and write the sample letters to out/demo
# make test   set up what a developer needs, system packages included, and run the tests
# make setup  set up for use: .venv with `letters` in it, and fonts
# make lint   ruff, mypy, and the database of known vulnerabilities in packages
# make proofs  every sample letter and forty variants in one PDF, each sentence with the facts behind it: out/proofs.pdf
# make fuzz   look for input that crashes a reader instead of being read or refused: make fuzz SECONDS=600, each reader
# make lock   choose the versions of all packages anew: requirements.lock and requirements-dev.lock
# make bench  set up the peers, measure against them, write benchmarks/RESULTS.md
# make wheel  build the release into dist/: the wheel, the list of what it contains, and the proof book of its letters

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up
TOOLS  := $(VENV)/.set-up-for-developers
COMPILED := $(VENV)/.tests-compiled
# Python compiles a module when it is first used; compiling them all would take longer than the demo.
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

.PHONY: setup tools demo proofs test lint fuzz lock bench wheel clean
.DEFAULT_GOAL := demo

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock scripts/fonts scripts/caladea.py scripts/cambria.tsv
	@scripts/environment $(PYTHON) $(VENV)
	$(PIP) --require-hashes --requirement requirements.lock
	@$(BIN)/python scripts/fonts fonts
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

tools: $(TOOLS)

$(TOOLS): $(STAMP) requirements-dev.lock tests/axe.lock scripts/system-packages
	@scripts/system-packages $(PYTHON) tests
	$(PIP) --require-hashes --requirement requirements-dev.lock
	$(PIP) --require-hashes --no-deps --requirement tests/axe.lock
	@scripts/browser || echo "Without Chromium, the tests of the pages in a browser are skipped."
	@touch $@

$(COMPILED): $(TOOLS) $(wildcard tests/*.py tests/*/*.py)
	@find tests -name 'test_*.py' | xargs -n 60 -P 2 $(BIN)/python -m pytest --collect-only -qq >/dev/null || true
	@touch $@

demo: setup
	@mkdir -p out
	@$(BIN)/letters demo out/demo --overwrite
	@echo "To write a letter in your browser: $(BIN)/letters web" >&2

proofs: setup
	@$(BIN)/python scripts/proofs out/proofs.pdf

# Compiled modules are kept: the tests start hundreds of processes, each of which would compile them all again. Tests are
# compiled by pytest itself, by two processes that share them, not by each of those that run them.
test: export PYTHONDONTWRITEBYTECODE :=
test: tools $(COMPILED)
	@$(BIN)/python -m compileall -q letters
	$(BIN)/python -m pytest -n 4 --dist worksteal

lint: tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@scripts/audit $(BIN)/python $(VENV)/.audit requirements-dev.lock || echo "The checks continue: a vulnerability that became known is not the fault of this change."

SECONDS ?= 120

fuzz: tools
	LETTERS_FUZZ=20 $(BIN)/python -m pytest tests/assembly/test_properties.py tests/pdf/test_differential.py
	$(BIN)/python -m fuzz --seconds $(SECONDS)

lock:
	scripts/lock $(PYTHON)

PEERS := benchmarks/.peers
PRINTERS := $(VENV)/.peers

$(PEERS)/.set-up:
	@mkdir -p $(PEERS)
	@if command -v npm >/dev/null; then npm install --prefix $(PEERS) --no-audit --no-fund --silent \
	    docxtemplater@3 pizzip@3 easy-template-x@7; \
	  else echo "Without Node, docxtemplater and easy-template-x are left out."; fi
	@touch $@

$(PRINTERS): $(TOOLS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps docx-mailmerge2 rdocx dxpdf
	@touch $@

bench: tools $(PEERS)/.set-up $(PRINTERS)
	$(BIN)/python benchmarks/batch.py --write
	$(BIN)/python benchmarks/engines.py
	@if command -v soffice >/dev/null; then $(BIN)/python benchmarks/fidelity.py --write && $(BIN)/python benchmarks/printing.py; \
	  else echo "Without LibreOffice, printing is not measured."; fi

wheel: tools
	@$(BIN)/python scripts/fonts fonts --required
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .
	@for wheel in dist/*.whl; do $(BIN)/python scripts/sbom.py "$$wheel" requirements-dev.lock > "$${wheel%-py3-none-any.whl}.cdx.json"; done
	@for wheel in dist/*.whl; do $(BIN)/python scripts/proofs "$${wheel%-py3-none-any.whl}-proofs.pdf"; done

clean:
	rm -rf $(VENV) out build dist
