# Set-up and checks; everything lives in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo quick test qgis lint bench campaign pictures docs docs-math dist gallery sensitivity install install-dev clean

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch $@ $(VENV)/.installed

# Solve the flagship scenario on the built-in national data.
demo: install
	$(BIN)/siting solve models/federal-2035.yaml -o out/federal-2035

# The tests listed in tests/quick.txt: under a minute of processor time.
quick: install-dev
	$(BIN)/python -m pytest -q @tests/quick.txt

# Everything a change must pass. Debian's chromium opens the pages and its QGIS the maps; QGIS, some minutes to
# install, comes while the other tests run.
QGIS_TEST := tests/outputs/test_qgis.py
test: install-dev
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null
	$(MAKE) qgis & \
	$(MAKE) lint && $(BIN)/python -m pytest -n 2 --dist worksteal --ignore $(QGIS_TEST); \
	failed=$$?; wait; exit $$failed
	$(BIN)/python -m pytest $(QGIS_TEST)

qgis:
	/usr/bin/python3 -c "import qgis.core" 2>/dev/null || \
	  (timeout 300 apt-get update -qq && \
	   timeout 900 apt-get install -y -qq --no-install-recommends python3-qgis) >/dev/null 2>&1 || \
	  echo "QGIS cannot be installed here: the test that opens plan.gpkg in it is skipped"

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Random scenarios against independent programs, minutes to an hour; NAMES="audit pairs" runs some, SEED=7 others.
SEED := 1
campaign: install-dev
	PYTHONPATH=tests:. $(BIN)/python -m campaigns $(NAMES) --seed $(SEED)

# The pages of docs that are generated: mathematics and columns of tables, from what families declare.
docs-math: install-dev
	$(BIN)/python tools/docs_mathematics.py
	$(BIN)/python tools/docs_tables.py
	$(BIN)/python tools/docs_gallery.py

# The pictures of the gallery, one solve each; SCENARIOS="toy restart-pjm" draws some. Half an hour for all of them.
gallery: install
	$(BIN)/python tools/docs_gallery.py --pictures $(SCENARIOS)

# The documentation site, into out/docs: no connection needed, neither to build nor to read it. It fails on
# any warning, dead link or page that no section has.
docs: install-dev
	$(BIN)/python tools/docs_site.py

# What is released, into dist: archive of the source, and from it the wheel, which is then used in an empty
# environment of each of PYTHONS. The version is that of the last tag.
PYTHONS :=
dist: install-dev
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/python tools/try_wheel.py dist/*.whl $(PYTHONS)

# Long measurements; they print, they assert nothing about time.
bench: install-dev
	$(BIN)/python benchmarks/first_contact.py
	$(BIN)/python benchmarks/compare.py
	$(BIN)/python benchmarks/headroom.py $(CASE)
	$(BIN)/python benchmarks/network.py
	$(BIN)/python benchmarks/hedge.py
	command -v cbc >/dev/null || apt-get install -y -qq coinor-cbc >/dev/null || echo "without CBC"
	$(BIN)/python benchmarks/scale.py

# The pictures of the README: the national plan, and strategies where nothing is committed; minutes if not yet solved.
pictures: install out/federal-2035/plan.json out/compare-open/compare.json
	mkdir -p docs/pictures
	$(BIN)/siting map out/federal-2035 -o docs/pictures/flagship-map.png
	$(BIN)/siting map out/compare-open -o docs/pictures/build-or-wait.png

out/federal-2035/plan.json: | install
	$(BIN)/siting solve models/federal-2035.yaml -o out/federal-2035

out/compare-open/compare.json: | install
	$(BIN)/siting compare models/federal-2035-open.yaml -o out/compare-open

# One change at a time to the national scenario, into docs/guide/sensitivity.md, to 1 %; half an hour, and goes on where it was stopped.
sensitivity: install
	$(BIN)/python tools/sensitivity.py --gap 0.01

clean:
	rm -rf $(VENV) out dist build
