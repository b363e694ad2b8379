# make demo   set up, and write the sample letters to out/demo
# make test   set up, and run the tests
# make setup  set up only: system libraries, fonts, .venv with `letters` in it
# make lint   ruff and mypy
# make bench  set up the peers, measure against them, write benchmarks/RESULTS.md
# make wheel  build the wheel into dist/

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.set-up

.PHONY: setup demo test lint bench wheel clean
.DEFAULT_GOAL := demo

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt scripts/system-packages
	@scripts/system-packages $(PYTHON)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Letters needs Python 3.11 or newer; $(PYTHON) is older. Run: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: setup
	@mkdir -p out
	@$(BIN)/letters demo out/demo --overwrite

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

PEERS := benchmarks/.peers
MERGE := $(VENV)/.mail-merge

$(PEERS)/.set-up:
	@mkdir -p $(PEERS)
	@if command -v npm >/dev/null; then npm install --prefix $(PEERS) --no-audit --no-fund --silent \
	    docxtemplater@3 pizzip@3 easy-template-x@7; \
	  else echo "Without Node, docxtemplater and easy-template-x are left out."; fi
	@touch $@

$(MERGE): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps docx-mailmerge2
	@touch $@

bench: setup $(PEERS)/.set-up $(MERGE)
	$(BIN)/python benchmarks/batch.py --write

wheel: setup
	$(BIN)/python -m build --wheel --outdir dist .

clean:
	rm -rf $(VENV) out build dist
