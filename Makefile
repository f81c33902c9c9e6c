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
SEED :=
CHECKOUTS :=
SEEDS :=
# Make hands what is on its command line on, so that the site's buttons lead there too.
REPOSITORY :=

# Text between single quotes of the shell.
quoted = $(subst ','\'',$(1))
option = $(if $(2),$(1) '$(call quoted,$(2))')

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
HELPERS := $(PY) -m helpers

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
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 22
	@echo
	@echo "Options: NB='02_basic_inference 03_tool_calling'  MODEL=user/app/models/id  BACKEND=mock|live"
	@echo "         JOBS=1 (at a time)  PORT=8000 (serve)  ARGS='-k tools' (test)  KERNELS=ordinary (test)"
	@echo "         PYTHON=python3.12  SEED=17 SEEDS=200 (monkey)"

.PHONY: lab
lab: setup ## Open notebook 01 in JupyterLab, or another (NB, BACKEND; ARGS are JupyterLab's)
	@$(HELPERS) lab $(NB) $(call option,--backend,$(BACKEND)) $(call option,--jupyter,$(ARGS))

.PHONY: run
run: setup ## Execute the notebooks (NB, MODEL, BACKEND, JOBS); copies and a summary in build/
	@$(HELPERS) run $(NB) $(call option,--model,$(MODEL)) $(call option,--backend,$(BACKEND)) \
		$(call option,--jobs,$(JOBS))

.PHONY: verify
verify: setup ## Check that the last run ended well, and what it sent, on any backend (NB)
	@$(HELPERS) verify $(NB)

.PHONY: test
test: setup ## Run every test, the notebooks' outputs among them (NB: one notebook's; NB=changed; KERNELS)
	@$(HELPERS) test $(NB) $(call option,--jobs,$(JOBS)) $(call option,--kernels,$(KERNELS)) \
		$(call option,--pytest,$(ARGS))

.PHONY: world
world: setup ## Execute the notebooks as another user, in another folder, time zone and language, on another date (NB)
	@WORLD=another $(HELPERS) test $(or $(NB),--pytest 'notebooks -k Cell')

.PHONY: voice
voice: setup ## Execute the notebooks on a mock that says the same in other words, and with other models (NB)
	@VOICE=a $(HELPERS) test $(or $(NB),--pytest 'notebooks tests/notebooks/parameters.py')

.PHONY: monkey
monkey: setup ## Send learners at random through the notebooks: out of order, twice, changed (NB, SEED, SEEDS)
	@$(PY) -m tests.notebooks.monkey $(NB) $(call option,--seed,$(SEED)) $(call option,--seeds,$(SEEDS)) \
		$(call option,--jobs,$(JOBS))

.PHONY: refresh
refresh: setup ## Execute the notebooks in place, on the mock: the only way that outputs are made (NB)
	@$(HELPERS) refresh $(NB) $(call option,--jobs,$(JOBS))

.PHONY: new
new: setup ## Start a new notebook (NB=30_do_something)
	@$(HELPERS) new $(or $(NB),$(error Name it: make new NB=30_do_something))

.PHONY: snippets
snippets: setup ## Export the notebooks' tagged cells as programs, to notebooks/snippets/
	@$(HELPERS) snippets

.PHONY: serve
serve: setup ## Serve the mock endpoint to other programs until Ctrl-C (PORT; ARGS='--record DIR --upstream URL')
	@$(HELPERS) serve $(call option,--port,$(PORT)) $(ARGS)

LOCAL := build/local
# For owners of other weights: make local LOCAL_MODEL=path.gguf
LOCAL_MODEL :=
.PHONY: local
local: local-setup ## Serve a small real language model on this machine until Ctrl-C (PORT, LOCAL_MODEL=path.gguf)
	@$(LOCAL)/venv/$(notdir $(BIN))/python helpers/local/serve.py $(call option,--port,$(PORT)) \
		$(call option,--model,$(LOCAL_MODEL))

# A folder of build/ with the packages of a lock in an environment of its own, made anew when the lock changes.
define locked
@if ! cmp -s $(1) $(2)/made-of; then \
		rm -rf $(2) && mkdir -p $(2) && $(PY) -m venv --without-pip $(2)/venv && \
		$(PY) -m pip --python $(2)/venv install --quiet --no-deps --require-hashes -r $(1) && \
		cp $(1) $(2)/made-of; \
	fi
endef

.PHONY: local-setup
local-setup: setup
	$(call locked,requirements-local.lock,$(LOCAL))

.PHONY: local-check
local-check: local-setup ## Run the notebooks on the small real model, and note on docs/evidence.md what came of it (NB)
	@$(PY) -m tests.elsewhere.real_model $(NB)

.PHONY: drift
drift: setup ## Compare the mock with a real endpoint (ARGS='--against URL', and a key in CLARIFAI_PAT)
	@$(HELPERS) drift $(or $(ARGS),$(error Say with what: make drift ARGS='--against URL'))

.PHONY: matrix
matrix: setup ## Run notebooks with several models, and make docs/evidence.md (NB, BACKEND, JOBS; ARGS='--budget 9000')
	@$(PY) -m helpers.evidence $(NB) $(call option,--model,$(MODEL)) \
		$(call option,--backend,$(BACKEND)) $(call option,--jobs,$(JOBS)) $(ARGS)

.PHONY: lint
lint: setup ## Check style, types, spelling and shell
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --quiet --check .
	@$(PY) -m mypy --no-error-summary
	@$(PY) -m codespell_lib
	@$(BIN)/shellcheck helpers/setup.sh .ci/run

.PHONY: diffs
diffs: setup ## Have git show and merge notebooks cell by cell, in this clone
	@git config diff.jupyternotebook.command '$(BIN)/git-nbdiffdriver diff'
	@git config merge.jupyternotebook.driver '$(BIN)/git-nbmergedriver merge %O %A %B %L %P'

.PHONY: bench
bench: setup ## Measure the notebooks' tests against nbmake, and against the least they could take (NB)
	@$(PY) tests/bench/notebooks.py $(NB)

.PHONY: mutation
mutation: setup ## Change the code in small ways and list what no test notices; takes an hour (ARGS='--sample 200')
	@$(PY) -m tests.bench.mutation $(ARGS)

.PHONY: leaks
leaks: setup ## Search all that the commands write for a key that was made up (ARGS='--keys pat,jwt')
	@$(PY) -m tests.bench.leaks $(ARGS)

.PHONY: when
when: setup ## Name the release of openai that changed what a notebook shows (NB; ARGS='--package clarifai --from 12.0')
	@$(PY) -m tests.bench.when $(or $(NB),$(error Name it: make when NB=05)) $(ARGS)

# What the programs need is at odds with what the notebooks need, so they have their own packages, in build/.
ELSEWHERE := build/elsewhere
javascript = @cp notebooks/elsewhere/*.json $(ELSEWHERE)/ && npm ci --prefix $(ELSEWHERE) --silent
.PHONY: integrations
integrations: local-setup ## Run what needs other programs and packages: JavaScript, LiteLLM, a real model (NB: on that one; needs Node, curl)
	@for tool in node npm curl; do \
		command -v $$tool >/dev/null || { echo "$$tool is needed, and not there; install it first." >&2; exit 1; }; \
	done
	$(call locked,requirements-integrations.lock,$(ELSEWHERE))
	$(javascript)
	@for name in aimock conformance; do \
		mkdir -p $(ELSEWHERE)/$$name && cp tests/elsewhere/$$name/*.json $(ELSEWHERE)/$$name/ && \
			npm ci --prefix $(ELSEWHERE)/$$name --silent || exit 1; \
	done
	@$(PY) -m tests.elsewhere.environments
	@$(PY) -m pytest $(call option,--notebooks,$(NB)) $(ARGS) $(addprefix tests/elsewhere/, \
		programs.py clients.py compatible.py real_model.py tool_servers.py package.py guide.py matrix.py)

.PHONY: hosts
hosts: setup ## Run the notebooks as they are committed, where Colab and Binder would run them
	$(call locked,requirements-integrations.lock,$(ELSEWHERE))
	@$(PY) -m tests.elsewhere.environments hosts
	@$(PY) -m pytest tests/elsewhere/hosts.py $(ARGS)

.PHONY: conformance
conformance: setup ## Run other projects' suites on the mock, for docs/evidence.md (needs Node; CHECKOUTS=folder)
	$(if $(CHECKOUTS),$(call locked,requirements-integrations.lock,$(ELSEWHERE)))
	$(if $(CHECKOUTS),$(javascript))
	@for name in compatcanary conformance; do \
		mkdir -p $(ELSEWHERE)/$$name && cp tests/elsewhere/$$name/*.json $(ELSEWHERE)/$$name/ && \
			npm ci --prefix $(ELSEWHERE)/$$name --silent || exit 1; \
	done
	$(if $(CHECKOUTS),$(call locked,requirements-suites.lock,build/suites))
	@$(PY) -m tests.elsewhere.suites $(call option,--checkouts,$(CHECKOUTS))

.PHONY: lite
lite: setup ## Make the version that runs in a browser tab, in build/lite (needs Node)
	@$(PY) -m helpers.site lite

.PHONY: site
site: lite ## Make the site to read, with the browser version in it, in build/site (needs Node)
	@$(PY) -m helpers.site site

.PHONY: colab
colab: setup ## Make copies of the notebooks that install what Colab lacks, in build/colab (REPOSITORY=URL)
	@$(PY) -m helpers.site colab

.PHONY: site-check
site-check: site ## Look at every page of the site in a browser (needs Node, Chromium)
	@$(PY) -m pytest tests/browser/pages.py $(ARGS)

.PHONY: browser
browser: lite ## Run the notebooks in a browser tab and compare (needs Node, Chromium, Firefox)
	@$(PY) -m pytest tests/browser/lite.py -n 2 --dist loadgroup $(ARGS)

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header
.PHONY: lock
lock: ## Pin what pyproject.toml asks for in the locks (needs uv)
	@$(LOCK) --all-extras --group dev -o requirements.lock $(ARGS) pyproject.toml
	@$(LOCK) --group pyproject.toml:integrations -o requirements-integrations.lock $(ARGS)
	@$(LOCK) --group pyproject.toml:site -o requirements-site.lock $(ARGS)
	@$(LOCK) --group pyproject.toml:suites -o requirements-suites.lock $(ARGS)
	@$(LOCK) --no-deps --group pyproject.toml:local -o requirements-local.lock $(ARGS)

.PHONY: clean
clean: ## Remove .venv, build/ and caches
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

.DEFAULT:
	@echo "There is no target '$@'; \`make help\` lists what there is." >&2; exit 2

.PHONY: setup
setup:
	@sh helpers/setup.sh $(BIN) '$(call quoted,$(PYTHON))' '$(MAKECMDGOALS)'
