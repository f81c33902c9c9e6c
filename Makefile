# Needs Python 3.11 or newer and nothing else; `make` or `make help` lists what there is.

# Options are given on the command line: a PORT or MODEL that happens to be in the environment is not meant.
NB :=
MODEL :=
BACKEND :=
JOBS :=
PORT :=
ARGS :=
KERNELS :=
PYTHON :=

# What `make test` is to test of the notebooks: those named by NB, or changed or added since the last commit.
CHANGED = $(shell git diff --name-only HEAD -- 'notebooks/*.ipynb'; \
	git ls-files --others --exclude-standard -- 'notebooks/*.ipynb')
NAMED = $(foreach name,$(basename $(notdir $(NB))),$(or $(wildcard notebooks/$(name)*.ipynb),notebooks/$(name).ipynb))
TESTED = $(strip $(if $(filter changed,$(NB)),$(CHANGED),$(NAMED)))
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
WITH_BACKEND := $(if $(BACKEND),CLARIFAI_BACKEND='$(BACKEND)')

# Whether to compile to bytecode, in seconds of processor time: all of .venv at set-up 12; what is used, as
# it is used, 3 in the first run; never, as this variable would have it, 8 in every run.
unexport PYTHONDONTWRITEBYTECODE
# The fetched uv and the fallback must not follow a user's pip settings out of .venv.
export PIP_USER := 0
export PIP_REQUIRE_VIRTUALENV := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# uv's own list of certificates lacks that of a company's proxy. (The first was the name until 2025.)
export UV_NATIVE_TLS := 1
export UV_SYSTEM_CERTS := 1

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 22
	@echo
	@echo "Options: NB='02_basic_inference 03_tool_calling'  MODEL=user/app/models/id  BACKEND=mock|live"
	@echo "         JOBS=1 (at a time)  PORT=8000 (serve)  ARGS='-k tools' (pytest)  KERNELS=ordinary (test)"
	@echo "         PYTHON=python3.12"

.PHONY: run
run: setup ## Execute the notebooks (NB, MODEL, BACKEND, JOBS); copies and a summary in build/
	@$(PY) -m helpers run $(NB) $(if $(MODEL),--model '$(MODEL)') $(if $(BACKEND),--backend '$(BACKEND)') \
		$(if $(JOBS),--jobs '$(JOBS)')

.PHONY: verify
verify: setup ## Check what the last run of the notebooks sent, on whichever backend (NB)
	@$(PY) -m helpers verify $(NB)

.PHONY: test
test: setup ## Run every test, the notebooks' outputs among them (NB: one notebook's; NB=changed; KERNELS)
ifeq ($(NB)$(TESTED),changed)
	@echo "No notebook was changed since the last commit."
else
	@$(if $(KERNELS),KERNELS='$(KERNELS)') $(PY) -m pytest $(if $(TESTED),$(TESTED) tests/notebooks/test_gates.py \
		-k '$(subst $(SPACE), or ,$(basename $(notdir $(TESTED))))', -n $(or $(JOBS),auto)) $(ARGS)
endif

.PHONY: lab
lab: setup ## Open the notebooks in JupyterLab (NB, BACKEND)
	@cd notebooks && $(WITH_BACKEND) ../$(PY) -m jupyterlab $(if $(NB),$(addsuffix .ipynb,$(basename $(NB))))

.PHONY: refresh
refresh: setup ## Execute the notebooks in place, on the mock: the only way that outputs are made (NB)
	@$(PY) -m helpers refresh $(NB) $(if $(JOBS),--jobs '$(JOBS)')

.PHONY: new
new: setup ## Make a notebook that is to be written (NB=17_do_something)
	@$(PY) -m helpers new $(or $(NB),$(error Name it: make new NB=17_do_something))

.PHONY: snippets
snippets: setup ## Export the notebooks' tagged cells as programs, to notebooks/snippets/
	@$(PY) -m helpers snippets

.PHONY: serve
serve: setup ## Serve the mock endpoint to other programs until Ctrl-C (PORT)
	@$(PY) -m helpers serve $(if $(PORT),--port '$(PORT)')

.PHONY: lint
lint: setup ## Check style, types and spelling
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --quiet --check .
	@$(PY) -m mypy --no-error-summary
	@git ls-files -z --cached --others --exclude-standard ':!requirements*.lock' ':!LICENSE' | xargs -0 $(PY) -m codespell_lib

.PHONY: diffs
diffs: setup ## Have git show and merge notebooks cell by cell, in this clone
	@git config diff.jupyternotebook.command '$(BIN)/git-nbdiffdriver diff'
	@git config merge.jupyternotebook.driver '$(BIN)/git-nbmergedriver merge %O %A %B %L %P'

.PHONY: bench
bench: setup ## Measure the notebooks' tests beside nbmake, and beside the least that they could take (NB)
	@$(PY) tests/bench/notebooks.py $(NB)

# What the programs need is at odds with what the notebooks need, so they have their own packages, in build/.
ELSEWHERE := build/elsewhere
.PHONY: integrations
integrations: setup ## Run what takes other programs and packages: JavaScript, LiteLLM, another server (needs Node, curl)
	@for tool in node npm curl; do \
		command -v $$tool >/dev/null || { echo "$$tool is needed, and not there; install it first." >&2; exit 1; }; \
	done
	@if ! cmp -s requirements-integrations.lock $(ELSEWHERE)/made-of; then \
		rm -rf $(ELSEWHERE) && $(PY) -m venv --without-pip $(ELSEWHERE)/venv && \
		$(PY) -m pip --python $(ELSEWHERE)/venv install --quiet --no-deps --require-hashes \
			-r requirements-integrations.lock && \
		cp requirements-integrations.lock $(ELSEWHERE)/made-of; \
	fi
	@cp notebooks/elsewhere/*.json $(ELSEWHERE)/ && npm ci --prefix $(ELSEWHERE) --silent
	@mkdir -p $(ELSEWHERE)/aimock && cp tests/elsewhere/aimock/*.json $(ELSEWHERE)/aimock/ && \
		npm ci --prefix $(ELSEWHERE)/aimock --silent
	@$(PY) -m tests.elsewhere.environments
	@$(PY) -m pytest tests/elsewhere/programs.py tests/elsewhere/compatible.py $(ARGS)

.PHONY: lite
lite: setup ## Make the version that runs in a browser tab, in build/lite (needs Node)
	@$(PY) -m helpers.site lite

.PHONY: browser
browser: lite ## Run the notebooks in a browser tab and compare (needs Node, Chromium, Firefox)
	@$(PY) -m pytest tests/browser/lite.py $(ARGS)

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header
.PHONY: lock
lock: ## Pin what pyproject.toml asks for in the two locks (needs uv)
	@$(LOCK) --all-extras --group dev -o requirements.lock $(ARGS) pyproject.toml
	@$(LOCK) --group pyproject.toml:integrations -o requirements-integrations.lock $(ARGS)
	@$(LOCK) --group pyproject.toml:site -o requirements-site.lock $(ARGS)

.PHONY: clean
clean: ## Remove .venv, build/ and caches
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

# Measured on 2 cores with nothing cached: fetching uv with pip 3 s and the packages with uv 5 s; pip alone 66 s.
define SETUP
set -eu
state() { pwd; cat requirements.lock; }
# What .venv was made of is written into it last, so one that was interrupted, moved or made of another
# lock is made again.
if [ -x $(PY) ] && state | cmp -s - .venv/made-of 2>/dev/null; then
  if ! cmp -s pyproject.toml .venv/pyproject.toml; then
    # Its entry points may have changed.
    $(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
    cp pyproject.toml .venv/pyproject.toml
  fi
  exit 0
fi

python=
seen=
for candidate in $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11 python); do
  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$$candidate
    break
  fi
  version=$$("$$candidate" -V 2>/dev/null) || version="not there"
  seen="$$seen $$candidate ($$version),"
done
if [ -z "$$python" ]; then
  echo "Python 3.11 or newer is needed; tried$${seen%,}." >&2
  echo "Install one, or say where it is: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2
  exit 1
fi

echo "Making .venv with $$("$$python" -V), once: 10 seconds or so ..."
rm -rf .venv
# --without-pip, because Debian and Ubuntu keep what brings pip (ensurepip) in a package of its own.
"$$python" -m venv --without-pip .venv
pip_install() {
  if ! $(PY) -m ensurepip >/dev/null 2>&1 && ! "$$python" -m pip --python $(PY) install --quiet pip; then
    echo "$$python can bring no pip. On Debian and Ubuntu: sudo apt install python3-venv" >&2
    exit 1
  fi
  $(PY) -m pip install --quiet "$$@"
}
uv_install() { "$$uv" pip install --quiet --python $(PY) "$$@"; }
if uv=$$(command -v uv); then :
elif "$$python" -m pip install --quiet --target .venv/uv uv 2>/dev/null || pip_install --target .venv/uv uv; then
  uv=.venv/uv/bin/uv
fi
if [ -z "$$uv" ] || ! uv_install --require-hashes -r requirements.lock; then
  echo "Without uv: a minute or so ..."
  # The lock is complete; older versions of pip would look for other versions nevertheless.
  pip_install --no-deps --require-hashes -r requirements.lock
  uv_install() { $(PY) -m pip install --quiet "$$@"; }
fi
uv_install --no-deps --no-build-isolation -e .
rm -rf .venv/uv
cp pyproject.toml .venv/pyproject.toml
state > .venv/made-of.part
mv .venv/made-of.part .venv/made-of
endef
export SETUP

.PHONY: setup
setup:
	@sh -c "$$SETUP"
