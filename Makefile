# POS Relay. `make` prints what there is. Everything is bootstrapped from Python >= 3.11, git and make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .local/tools/bin/uv
# Ports of `make run`: `make run PORT=9000`, or the same names in the environment.
PORT ?= 8600
SANDBOX_PORT ?= 8601
AWS_PORT ?= 8602
export PORT SANDBOX_PORT AWS_PORT
# local builds for this machine and the emulator; staging and prod build for Lambda.
ENV ?= local
RUNTIME := $(shell "$(PYTHON)" -c 'import sys; print("python%d.%d" % sys.version_info[:2])' 2>/dev/null)
ARCHITECTURE ?= $(if $(filter local,$(ENV)),$(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64),arm64)
export ENV PYTHON ARCHITECTURE

export UV_PYTHON := $(PYTHON)
export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV
RUN := $(UV) run --no-sync --quiet
PYTHON_HERE := .venv/bin/python

# `make test` never touches what `make run` started: its own folder, its own ports.
TEST_PORT ?= 8700
TEST_STATE := .local/test
# Windows and waits, scaled so that what takes minutes in a restaurant takes seconds here; names of shared/domain/timings.py.
TEST_TIMINGS := {"write_ladder_s": [1, 1, 1, 1, 1, 1], "write_clock_s": 12, "lease_s": 7, "write_timeout_s": 3, \
    "read_timeout_s": 2, "reconcile_first_s": 1, "consistency_window_s": 4, "reconcile_retry_s": 1, \
    "undecided_after_s": 5, "limited_wait_s": 1, "sweep_every_s": 5, "delivery_ladder_s": [1, 1, 1, 1, 1, 1, 1, 1, 1], \
    "delivery_timeout_s": 3, "sale_look_s": 1}
IN_PROCESS_TESTS := unit conformance functions sandbox ops local_stack faults
STACK_TESTS := stack browser

# ------------------------------------------------------------------------------------------------------------- for people
.PHONY: help
help: ## print this
	@printf 'POS Relay: make <target>\n\n'
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  \1\t\2/' | expand -t 12
	@printf '\nPorts: PORT=%s (front door) SANDBOX_PORT=%s AWS_PORT=%s\n' "$(PORT)" "$(SANDBOX_PORT)" "$(AWS_PORT)"

.PHONY: run
run: .local/ready .local/ministack/ready ## start everything on this machine, tell the story, stay up (Ctrl-C or make stop)
	@exec $(PYTHON_HERE) -m sandbox.local_stack up

.PHONY: stop
stop: .local/ready ## end what make run started; the data stays
	@$(PYTHON_HERE) -m sandbox.local_stack down

.PHONY: test
test: .local/ready .local/ministack/ready .local/browser ## all tests: in process, then on a stack of their own (about 23 minutes)
	@began=$$SECONDS; say() { printf '\n== %s (%d s so far)\n' "$$1" $$((SECONDS - began)); }; \
	say 'unit, conformance, functions, sandbox: in process'; \
	$(RUN) pytest -n auto --dist loadscope $(wildcard $(IN_PROCESS_TESTS:%=tests/%)); \
	for suite in $(wildcard $(STACK_TESTS:%=tests/%)); do stacked="$${stacked-} $$suite"; done; \
	if [ -n "$${stacked-}" ]; then \
	    say 'a stack of its own, on other ports'; \
	    export PORT=$(TEST_PORT) SANDBOX_PORT=$$(( $(TEST_PORT) + 1 )) AWS_PORT=$$(( $(TEST_PORT) + 2 )); \
	    export TIMINGS='$(TEST_TIMINGS)'; \
	    trap '$(PYTHON_HERE) -m sandbox.local_stack down --state-dir $(TEST_STATE)' EXIT; \
	    $(PYTHON_HERE) -m sandbox.local_stack up --detach --fresh --no-story --record-calls --state-dir $(TEST_STATE); \
	    say 'stack and browser'; \
	    POSRELAY_STACK="$$PWD/$(TEST_STATE)/stack.json" $(RUN) pytest $$stacked; \
	fi; \
	say 'done'

.PHONY: bench
bench: build ## cold starts of what was built, and the writer's speed, as ratios (about 2 minutes)
	@$(RUN) python -m tests.benchmarks

.PHONY: check
check: .local/ready ## lock, format, lint, types, layers, template and its policies (about 1 minute)
	@say() { printf '\n== %s\n' "$$1"; }; \
	say 'lock files'; $(UV) lock --check --quiet; $(UV) lock --check --quiet --project sandbox/ministack; \
	say 'ruff'; $(RUN) ruff check .; $(RUN) ruff format --check .; \
	say 'mypy'; $(RUN) mypy; \
	say 'import-linter'; $(RUN) lint-imports; \
	say 'the API reference is up to date'; $(RUN) python -m ops.openapi --check; \
	say 'cfn-lint'; $(RUN) cfn-lint template.yaml; \
	say 'sam validate'; AWS_DEFAULT_REGION=ap-southeast-2 SAM_CLI_TELEMETRY=0 $(RUN) sam validate --lint --config-env local; \
	say 'policies of the template'; $(RUN) pytest tests/template

.PHONY: build
build: .local/ready dependencies ## build the zips of ENV (local, staging, prod) into .aws-sam/
	@SAM_CLI_TELEMETRY=0 $(RUN) sam build --config-env $(ENV) --parameter-overrides Runtime=$(RUNTIME) Architecture=$(ARCHITECTURE)

.PHONY: deploy
deploy: ## make deploy ENV=staging|prod [PARAMETERS="MailFrom=… PublicUrl=…"], with your AWS credentials
	@[ "$(ENV)" != local ] || { echo 'Say where to: make deploy ENV=staging or ENV=prod (make run deploys to this machine)' >&2; exit 1; }
	@$(MAKE) build
	@$(RUN) sam deploy --config-env $(ENV) --parameter-overrides Runtime=$(RUNTIME) Architecture=$(ARCHITECTURE) $(PARAMETERS)

# ----------------------------------------------------------------------------------------------------------- the bootstrap
.local/tools/uv-$(UV_VERSION):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo 'POS Relay needs Python 3.11 or newer as `$(PYTHON)`; name another one: make PYTHON=python3.13 …' >&2; exit 1; }
	@echo 'Preparing tools (once, some seconds) …'
	@mkdir -p .local
	@"$(PYTHON)" -m venv --clear .local/tools >.local/tools.log 2>&1 || { \
	    echo 'Python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@.local/tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)' >>.local/tools.log 2>&1 || { \
	    echo 'The package index cannot be reached (see .local/tools.log); check the network or set PIP_INDEX_URL' >&2; exit 1; }
	@touch $@

NOT_INSTALLED := The locked packages could not be installed: check the network (UV_DEFAULT_INDEX for a mirror, UV_SYSTEM_CERTS=1 behind a proxy).

.local/ready: pyproject.toml uv.lock .local/tools/uv-$(UV_VERSION)
	@echo 'Installing the locked packages (the first time up to a minute) …'
	@$(UV) sync --locked --quiet || { echo '$(NOT_INSTALLED)' >&2; exit 1; }
	@touch $@

.local/ministack/ready: sandbox/ministack/uv.lock .local/tools/uv-$(UV_VERSION)
	@echo 'Installing the AWS emulator (the first time up to a minute) …'
	@UV_PROJECT_ENVIRONMENT="$$PWD/.local/ministack" $(UV) sync --locked --quiet --project sandbox/ministack || { \
	    echo '$(NOT_INSTALLED)' >&2; exit 1; }
	@touch $@

# Browser tests drive a Chromium that is here already, or Debian's.
.local/browser: | .local/ready
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo 'Installing chromium for the browser tests …'; \
	    export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo 'The browser tests need Chromium; on Debian: sudo apt-get install chromium' >&2; exit 1; fi
	@touch $@

# --------------------------------------------------------------------------------------------------------------- the build
# SAM calls build-<LogicalId> (BuildMethod: makefile) with ARTIFACTS_DIR set. A zip holds functions/<name>/, shared/ and the
# locked dependencies, all with UNCHECKED_HASH bytecode: SAM dates every zip entry 1980, so Python would reject bytecode that
# is checked by time, and compile everything anew at every cold start.
LOCK := $(shell git hash-object uv.lock)
DEPENDENCIES := .local/build/$(RUNTIME)-$(ENV)-$(ARCHITECTURE)-$(LOCK)
PLATFORM := $(if $(filter local,$(ENV)),,--python-platform $(if $(filter arm64,$(ARCHITECTURE)),aarch64,x86_64)-manylinux2014)
COMPILE := "$(PYTHON)" -m compileall -q -f --invalidation-mode unchecked-hash -p /var/task -s
# The AWS services that functions call. botocore knows 400 more, which are most of its size.
AWS_SERVICES := dynamodb kms secretsmanager ses sesv2 sns sqs sts

.PHONY: dependencies
dependencies: $(DEPENDENCIES)

$(DEPENDENCIES): | .local/tools/uv-$(UV_VERSION)
	@mkdir -p .local/build && new=$$(mktemp -d .local/build/new.XXXXXX) && trap 'rm -rf "$$new"' EXIT && \
	$(UV) export --quiet --frozen --no-default-groups --no-emit-project --output-file "$$new/requirements.txt" >/dev/null && \
	$(UV) pip install --quiet --no-deps --only-binary :all: --require-hashes --link-mode copy --python-version $(RUNTIME:python%=%) $(PLATFORM) \
	    --target "$$new/lib" --requirement "$$new/requirements.txt" && \
	rm -rf "$$new/lib/bin" "$$new/lib/.lock" && \
	find "$$new/lib/botocore/data" -mindepth 1 -maxdepth 1 -type d $(AWS_SERVICES:%=! -name %) -exec rm -rf {} + && \
	find "$$new/lib" -name tests -type d -prune -exec rm -rf {} + && \
	find "$$new/lib" -name RECORD -delete && \
	$(COMPILE) "$$new/lib" -j 0 "$$new/lib" && chmod -R u=rwX,go=rX "$$new/lib" && \
	"$(PYTHON)" -c 'import os, sys; os.path.isdir(sys.argv[2]) or os.rename(*sys.argv[1:])' "$$new/lib" "$@"

build-%: $(DEPENDENCIES)
	@folder=$$(printf %s "$*" | sed -E 's/([a-z])([A-Z])/\1_\2/g' | tr A-Z a-z); \
	cp -Rl "$(DEPENDENCIES)/." "$(ARTIFACTS_DIR)" 2>/dev/null || cp -R "$(DEPENDENCIES)/." "$(ARTIFACTS_DIR)"; \
	mkdir -p "$(ARTIFACTS_DIR)/functions"; \
	for package in functions/__init__.py "functions/$$folder" shared; do \
	    if [ -e "$$package" ]; then cp -R "$$package" "$(ARTIFACTS_DIR)/$$package"; fi; done; \
	find "$(ARTIFACTS_DIR)/functions" "$(ARTIFACTS_DIR)/shared" -name __pycache__ -type d -prune -exec rm -rf {} +; \
	$(COMPILE) "$(ARTIFACTS_DIR)" "$(ARTIFACTS_DIR)/functions" "$(ARTIFACTS_DIR)/shared"
