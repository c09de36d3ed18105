# make demo   the main job on photographs that an installed package ships
# make test   the whole test suite; first a browser and a C compiler, if they are missing
# make web    web/dist: the page as static files, for any host (needs Node 20)
# make lint   ruff check, ruff format --check, and mypy
#
# Each makes the environment it needs in .venv, once, and again only when the
# dependencies in setup.py changed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test web lint format clean
.DELETE_ON_ERROR:

demo: .venv/demo.stamp
	$(BIN)/python demo.py $(if $(VOC_DIR),--voc_dir=$(VOC_DIR))

test: .venv/test.stamp
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.compiler
	$(BIN)/python -m pytest --numprocesses=auto

web:
	cd web && npm ci --no-audit --no-fund && npm run build

lint: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "TensorFlow needs Python 3.11 to 3.13; say which with: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/%.stamp: setup.py | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	touch $@

clean:
	rm -rf .venv demo_run build dist *.egg-info
