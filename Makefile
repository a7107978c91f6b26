# Everything happens in .venv, out of hash-locked requirements. A group is installed when a target first needs it, and again
# when its lock changes; the stamps in .venv remember that.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PYTEST_ARGS ?= -n 2
CHAOS_KILLS ?= 300
SIMULATE ?= --days 365 --tickets 50000 --seed 7

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CODE := bot handlers sla storage tests bench

.DEFAULT_GOAL := help
.PHONY: help venv run demo test check format bench chaos simulate pinyin lock wheel clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */  make \1	/' | expand -t 16

$(VENV)/.base:
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Wardline needs Python 3.11 or newer; name one: make PYTHON=python3.11")'
	"$(PYTHON)" -m venv $(VENV)
	touch $@

# One stamp a group: runtime, build, test, check, bench.
$(VENV)/.group-%: requirements/%.txt | $(VENV)/.base
	$(PIP) install --quiet --require-hashes --requirement $<
	touch $@

# The groups are compiled against each other, so that none takes back what another installed; test, check and bench name only
# what runtime does not bring, and therefore come after it.
$(VENV)/.group-test $(VENV)/.group-check $(VENV)/.group-bench: $(VENV)/.group-runtime

$(VENV)/.wardline: pyproject.toml $(VENV)/.group-runtime $(VENV)/.group-build
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

venv: $(VENV)/.wardline $(VENV)/.group-test $(VENV)/.group-check $(VENV)/.group-bench  ## .venv with everything that the other targets need

run: $(VENV)/.wardline  ## the bot with the sample configuration, on this machine alone
	$(BIN)/wardline run

demo: $(VENV)/.wardline  ## a whole night in fast-forward
	$(BIN)/wardline demo

test: $(VENV)/.wardline $(VENV)/.group-test $(VENV)/.group-bench  ## the tests; PYTEST_ARGS="tests/sla -x" narrows them
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.wardline $(VENV)/.group-test $(VENV)/.group-check $(VENV)/.group-bench  ## format, lint, types, imports, sizes, dead code; all of them, then says which failed
	@failed=; \
	for step in "ruff format --check ." "ruff check ." "mypy $(CODE)" "lint-imports --no-cache" "python -m tests.house.sizes" "vulture $(CODE)"; do \
	    echo "$(BIN)/$$step"; $(BIN)/$$step || failed="$$failed\n  $$step"; \
	done; \
	[ -z "$$failed" ] || { printf "make check: these found something:$$failed\n" >&2; exit 1; }

format: $(VENV)/.group-check  ## lays the code out and mends what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.wardline $(VENV)/.group-test $(VENV)/.group-bench  ## the figures, beside a baseline in the same run
	$(BIN)/python -m bench

chaos: $(VENV)/.wardline $(VENV)/.group-test  ## kills the process at random points; CHAOS_KILLS=30 for a short run
	$(BIN)/python -m tests.chaos --kills $(CHAOS_KILLS)

simulate: $(VENV)/.wardline  ## a year of 50,000 reports in some minutes, with what must hold checked; SIMULATE="--days 30 --tickets 4000 --seed 1"
	$(BIN)/wardline simulate $(SIMULATE)

pinyin: $(VENV)/.group-test  ## handlers/intake/pinyin.txt anew, the sounds by which a misspelt name is known
	$(BIN)/python -m bench.pinyin

wheel: $(VENV)/.group-build  ## dist/*.whl, out of the locked back-end
	rm -rf dist
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# Later locks take the earlier ones as constraints: the order matters.
COMPILE = $(VENV)/lock/bin/uv pip compile --quiet --generate-hashes --universal --no-emit-index-url --no-header --no-annotate $(UPGRADE)
lock:  ## requirements/*.txt anew; UPGRADE=--upgrade takes newer versions
	test -x $(VENV)/lock/bin/uv || { "$(PYTHON)" -m venv $(VENV)/lock && $(VENV)/lock/bin/python -m pip install --quiet uv; }
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) --group build -c requirements/runtime.txt -o requirements/build.txt
	$(COMPILE) --group test -c requirements/runtime.txt -c requirements/build.txt -o requirements/test.txt
	$(COMPILE) --group check -c requirements/runtime.txt -c requirements/build.txt -c requirements/test.txt -o requirements/check.txt
	$(COMPILE) --group bench -c requirements/runtime.txt -c requirements/test.txt -c requirements/check.txt -o requirements/bench.txt

clean:  ## removes what the targets made, not the data
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
