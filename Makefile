# Every task has a name here; `make` lists them. A target that is up to date does no work.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV ?= .venv
PYTHON ?= $(or $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name)))),python3)
BIN := $(VENV)/bin
WORKERS ?= auto
# Not empty: what failed the last time is run, in the same way (see .ci/run).
AGAIN :=
# Folders and files of tests/ that `make test` leaves out, beside those that have a target of their own.
WITHOUT :=
FAILED = $(if $(AGAIN),--last-failed --last-failed-no-failures none)
SOAK ?= tests tests/properties
REDIS := */torus_connect/stores/_redis/*.py

PACKAGE := pyproject.toml README.md LICENSE overrides/torus_connect/_version.py
# Folders, too: a file that is gone is a change. But `docs` is a task.
SOURCES = $(filter-out docs,$(shell find .github api docs examples generated openapi overrides requirements tests tools -not -path '*/__pycache__*' \
	-not -path '*/node_modules*')) $(PACKAGE) \
	generator-config.yml .editorconfig CHANGELOG.md CODE_OF_CONDUCT.md CONTRIBUTING.md Dockerfile compose.yaml .dockerignore SECURITY.md Makefile

.PHONY: help
help: ## list the tasks
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 - \2/p' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/.demo ## with a local Torus, exchange a request token for an access token; lose, find and cancel an order
	@$(BIN)/python tools/demo.py

# With PYTHONDONTWRITEBYTECODE, each of the many programs that the tests start would compile all that it imports. One worker
# more than there are cores: many tests wait for a timeout or for another program.
.PHONY: test
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.dev ## run the tests, with branch coverage of overrides/
	@$(if $(AGAIN),,rm -f .coverage .coverage.*)
	$(BIN)/python -m pytest -q -n $(WORKERS) -m instants tests/stores tests/wire
	$(BIN)/coverage run -m pytest -p tests.support.measurement $(FAILED) --dist worksteal \
		-n $(or $(filter-out auto,$(WORKERS)),$$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)')) \
		$(addprefix --ignore tests/,flow prism samples soak spec $(WITHOUT)) --ignore-glob 'tests/fleet/test_redis_[cdefjl]*' \
		-m "not instants and not soak and not toolchain and not redis and not site"
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --omit "$(REDIS)"

.PHONY: redis-test
redis-test: export COVERAGE_FILE = .coverage-redis
redis-test: $(VENV)/.dev ## run the tests of the Redis store against a real server, with a fleet of workers
	@command -v redis-server >/dev/null || { echo "redis-test needs redis-server: apt install redis-server" >&2; exit 1; }
	@rm -f .coverage-redis*
	$(BIN)/coverage run -m pytest -p tests.support.measurement -n 2 --dist loadgroup tests/fleet tests/examples/test_fleet_worker.py \
		"tests/docs/test_pages.py::test_page[docs/guides/fleet.md]"
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include "$(REDIS)"

# What meets a library in more than one way; the rest is the same with any version of it. By Python 3.11: of later ones, old
# libraries use what is deprecated, and the tests take that for an error.
LOWEST := tests/contract/test_sandbox*.py tests/examples/test_servers.py tests/fleet/test_redis_every_store.py \
	tests/fleet/test_redis_failures.py tests/fleet/test_redis_nonsense.py tests/fleet/test_redis_url.py \
	tests/login/test_sandbox_login.py \
	tests/stores/test_keyring.py tests/unit/test_dates.py \
	tests/unit/test_expiry.py tests/unit/test_testing_plugin.py tests/unit/test_totp*.py tests/unit/test_variables.py \
	tests/wire/test_auth.py tests/wire/test_client.py tests/wire/test_network.py

.PHONY: lowest
lowest: $(VENV)/.lowest ## run the tests of what meets a library, with the lowest versions that the package claims to work with
	@command -v redis-server >/dev/null || { echo "lowest needs redis-server: apt install redis-server" >&2; exit 1; }
	$(VENV)/lowest/bin/python -m pytest -n $(WORKERS) --dist loadgroup -m "not soak" -k "not flask" $(LOWEST)

.PHONY: soak
soak: $(VENV)/.dev $(VENV)/.sbom ## run what takes long: load, leaks, many random inputs, every way to install
	@command -v openssl >/dev/null || { echo "soak needs openssl: apt install openssl" >&2; exit 1; }
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest $(FAILED) -n $(WORKERS) -m soak $(SOAK)

.PHONY: double-order-run
double-order-run: $(VENV)/.dev ## place 10,000 orders, lose replies, kill processes, and see that none is there twice or lost
	@$(BIN)/python tests/orders/double_order_run.py

.PHONY: samples
samples: $(VENV)/.dev ## run the code samples of the spec, exactly as they are printed
	@for tool in sh sed curl jq go java node; do \
		command -v $$tool >/dev/null || { echo "make samples needs $$tool" >&2; exit 1; }; done
	$(BIN)/python -m pytest -n $(WORKERS) tests/samples

.PHONY: arazzo
arazzo: $(VENV)/.dev tools/node/node_modules/.installed ## run the Arazzo document against a local Torus
	@$(BIN)/python tools/arazzo.py
	$(BIN)/python -m pytest -n $(WORKERS) tests/flow

.PHONY: collections
collections: $(VENV)/.dev tools/http_clients/node_modules/.installed ## run the .http file and the Bruno collection against a local Torus
	$(BIN)/python -m pytest tests/http_clients

.PHONY: mutants
mutants: $(VENV)/.dev ## change the modules that decide, one line at a time, and see that the tests notice
	@$(BIN)/python tools/mutants.py

.PHONY: completion-test
completion-test: $(VENV)/.dev ## complete the command line in bash, zsh and fish
	@for tool in bash zsh fish; do \
		command -v $$tool >/dev/null || { echo "completion-test needs $$tool: apt install $$tool" >&2; exit 1; }; done
	$(BIN)/python -m pytest tests/cli/test_completion.py

CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))

.PHONY: login-test
login-test: $(VENV)/.dev tools/node/node_modules/.installed ## log in with a real browser, against the sandbox, and watch an account there
	@test -n "$(CHROMIUM)" || { echo "login-test needs Chromium: apt install chromium" >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" COMMAND="$(abspath $(BIN))/torus-connect" node --test --test-reporter=spec tests/login/*.test.mjs

.PHONY: lint
lint: $(VENV)/.dev ## check style and format, and that each part imports only what it may
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache >$(VENV)/imports || { cat $(VENV)/imports; exit 1; }

.PHONY: typecheck
typecheck: $(VENV)/.dev ## check the types, strictly, that all that is public has one, and what a caller and an editor make of them
	$(BIN)/mypy
	@for package in torus_connect torus_connect_api; do PATH="$(abspath $(BIN)):$$PATH" \
		$(BIN)/basedpyright --verifytypes $$package --ignoreexternal >$(VENV)/types || { cat $(VENV)/types; exit 1; }; done
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "toolchain and not soak" tests/generation tests/unit/test_editors.py

.PHONY: sdk
sdk: $(VENV)/.dev ## write generated/ anew from openapi/torus.yaml, where it changed
	@$(BIN)/python tools/sdk.py

.PHONY: check-sdk
check-sdk: $(VENV)/.dev ## fail with the diff where generated/ is not what the spec gives, or a sync module not what its async source gives
	@$(BIN)/python tools/sdk.py --check
	@$(BIN)/python tools/unasync.py --check

.PHONY: unasync
unasync: $(VENV)/.dev ## write the modules for threads anew from those for asyncio
	@$(BIN)/python tools/unasync.py

.PHONY: spec
spec: $(VENV)/.dev ## write the spec pack for teams of other languages: dist/spec/, and the same as dist/torus-spec.tgz
	@mkdir -p dist
	@rm -rf dist/spec dist/torus-spec.tgz
	@$(BIN)/torus-connect spec --pack dist/spec
	@tar --create --directory dist --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rwX \
		--transform 's/^spec/torus-spec/' spec | gzip --no-name > dist/torus-spec.tgz
	@echo "dist/spec/ and dist/torus-spec.tgz are written"

.PHONY: spec-lint
spec-lint: $(VENV)/.dev tools/node/node_modules/.installed ## lint the spec by the strictest rules there are
	@command -v node >/dev/null || { echo "make $@ needs Node.js 20.19 or later" >&2; exit 1; }
	@$(BIN)/python tools/spec_lint.py openapi/torus.yaml generated/torus-3.1.yaml
	$(BIN)/python -m pytest -n $(WORKERS) -m "toolchain and not soak" tests/spec/test_lint.py tests/contract/test_derived_forms.py

.PHONY: spec-diff
spec-diff: $(VENV)/.dev ## fail where the spec breaks users of the last release, and its version does not say so
	@$(BIN)/python tools/spec_diff.py
	$(BIN)/python -m pytest -n $(WORKERS) tests/release/test_spec_diff.py

.PHONY: schemathesis
schemathesis: $(VENV)/.dev $(VENV)/.schemathesis ## make up requests from the spec, and hold what the sandbox replies against it
	@$(BIN)/python tools/fuzz/run.py
	$(BIN)/python -m pytest -n $(WORKERS) tests/spec/test_fuzz.py

.PHONY: reference
reference: sdk ## write the reference page to dist/reference/
	@mkdir -p dist/reference && cp generated/reference.html dist/reference/index.html
	@echo "dist/reference/index.html"

.PHONY: reference-test
reference-test: reference tools/node/node_modules/.installed ## try the reference page in a real browser
	@test -n "$(CHROMIUM)" || { echo "reference-test needs Chromium: apt install chromium" >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" SANDBOX="$(BIN)/torus-connect" \
		node --test --test-reporter=spec --test-timeout=600000 tests/reference/*.test.mjs

.PHONY: screenshots
screenshots: reference tools/node/node_modules/.installed ## take the screenshots of the documentation, in a real browser
	@test -n "$(CHROMIUM)" || { echo "screenshots needs Chromium: apt install chromium" >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" SANDBOX="$(BIN)/torus-connect" SCREENSHOTS=write \
		node --test --test-reporter=spec tests/reference/screenshot.test.mjs

# The tests of the site run with it: they read what was built, and follow each page.
.PHONY: docs
docs: $(VENV)/.dev $(VENV)/.docs ## write the documentation site to dist/docs/, and check it: warnings are errors, snippets run
	@rm -rf dist/docs
	@$(BIN)/python tools/architecture.py docs/images/architecture.svg
	@$(VENV)/docs/bin/python -m sphinx --quiet -W --keep-going -n -E -b html -d $(VENV)/docs/doctrees docs dist/docs
	$(BIN)/python -m pytest -q -n $(WORKERS) -m site tests/docs tests/examples
	@echo "dist/docs/index.html"

.PHONY: prism
prism: $(VENV)/.dev tools/node/node_modules/.installed ## test the SDK against Prism, a server that knows nothing but the spec
	@command -v node >/dev/null || { echo "make $@ needs Node.js 20.19 or later" >&2; exit 1; }
	$(BIN)/python -m pytest -n $(WORKERS) tests/prism

# By the environment in which a user would have them: nothing here is an editable install.
BENCH = PYTHONPATH=tools $(VENV)/bench/bin/python -m
BENCH_NEEDS = for tool in nginx:nginx-light valgrind:valgrind openssl:openssl; do \
	PATH=$$PATH:/usr/sbin command -v $${tool%:*} >/dev/null || { echo "make $@ needs $${tool%:*}: apt install $${tool\#*:}" >&2; exit 1; }; done

.PHONY: bench
bench: $(VENV)/.dev $(VENV)/.bench-package ## measure the SDK beside its peers, and write docs/benchmarks.md (ONLY=cold-https, BENCH_ROUNDS=2 for a quick look)
	@$(BENCH_NEEDS)
	@$(BENCH) bench --sdk-python $(BIN)/python $(addprefix --only ,$(ONLY))

.PHONY: bench-growth
bench-growth: $(VENV)/.dev $(VENV)/.bench-package ## measure how cost grows with operations and logins, and draw it
	@$(BENCH_NEEDS)
	@$(BENCH) bench.growth --sdk-python $(BIN)/python

.PHONY: bench-gate
bench-gate: $(VENV)/.bench-package ## fail where a change makes a login dearer: counts and ratios against tools/bench/limits.toml
	@$(BENCH_NEEDS)
	@$(BENCH) bench.gate

.PHONY: bench-test
bench-test: $(VENV)/.dev $(VENV)/.bench-package ## see that the gate fails where a regression is planted
	@$(BENCH_NEEDS)
	$(BIN)/python -m pytest -m toolchain tests/bench

.PHONY: dist
dist: dist/.built ## build and check the wheel and the sdist, and write their SBOM

dist/.built: $(VENV)/.dev $(VENV)/.sbom $(SOURCES)
	@rm -f dist/*.whl dist/*.tar.gz dist/*.cdx.json
	$(BIN)/python -m build --no-isolation --outdir dist
	$(BIN)/twine check --strict dist/*.whl dist/*.tar.gz
	$(BIN)/check-wheel-contents dist/*.whl
	$(VENV)/sbom/bin/python tools/sbom.py dist/*.whl
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "toolchain and not soak" tests/distribution
	@touch $@

.PHONY: release-rehearsal
release-rehearsal: $(VENV)/.dev ## build a release, serve it by a local index, and install it from there by its name
	$(BIN)/python -m pytest -q -m toolchain -k by_its_name tests/distribution

.PHONY: images
images: $(VENV)/.dev ## lint Dockerfile and compose.yaml, and run the steps of the image in a plain shell
	@$(BIN)/hadolint Dockerfile
	$(BIN)/python -m pytest -q -m toolchain tests/images

.PHONY: interop
interop: $(VENV)/.dev spec ## build clients in other languages from the spec pack, and play the vectors (ONLY=rust, UPDATE=1)
	@$(BIN)/python tools/interop.py $(if $(ONLY),--only $(ONLY)) $(if $(UPDATE),--update)

.PHONY: api-check
api-check: $(VENV)/.dev ## fail where the public API breaks users of the last release, and the version does not say so
	@$(BIN)/python tools/api.py
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "toolchain and not soak" tests/release/test_api_gate.py

.PHONY: api-release
api-release: $(VENV)/.dev ## write the public API and the spec down as those of the last release; part of releasing
	@$(BIN)/python tools/spec_diff.py --release
	@$(BIN)/python tools/api.py --release

.PHONY: workflows
workflows: $(VENV)/.dev ## audit the workflows
	@$(BIN)/zizmor --offline --pedantic --strict-collection --quiet .github

.PHONY: lock
lock: $(VENV)/.dev ## pin everything that requirements/dev.in and pyproject.toml lead to
	$(BIN)/pip install --quiet uv==0.13.9
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --extra sandbox pyproject.toml requirements/dev.in --output-file requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url requirements/sbom.in --output-file requirements/sbom.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url requirements/schemathesis.in --output-file requirements/schemathesis.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --extra redis pyproject.toml requirements/docs.in --output-file requirements/docs.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url pyproject.toml requirements/bench.in --output-file requirements/bench.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --resolution lowest-direct --extra sandbox --extra redis --extra keyring --extra totp \
		pyproject.toml requirements/lowest.in --output-file requirements/lowest.txt

.PHONY: clean
clean: ## remove what the tasks made, environments too
	rm -rf interop/*/bin interop/*/build interop/*/node_modules interop/*/target interop/rust/torus interop/rust/Cargo.lock
	rm -rf interop/go-openapi-generator/torus interop/go-oapi-codegen/torus/*.gen.go
	rm -rf .venv* .sdk-* dist build .coverage .coverage.* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . \( -name __pycache__ -o -name node_modules \) -type d -prune -exec rm -rf {} +

# The environments: one for all tasks; the demo asks for less, and comes first on a fresh machine.
$(VENV)/.python:
	@echo "setting up $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "torus-connect needs Python 3.11 or later: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "this Python cannot make a virtual environment (python3-venv?)" >&2; exit 1; }
	@touch $@

$(VENV)/.demo: $(VENV)/.python $(PACKAGE)
	@echo "installing torus-connect and its local Torus into $(VENV), about a minute"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements/dev.txt --editable '.[sandbox]'
	@touch $@

$(VENV)/.dev: $(VENV)/.demo requirements/dev.txt
	@echo "installing the tools of development into $(VENV), for a minute or more"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/dev.txt
	@touch $@

# The tools that run on Node.js.
tools/%/node_modules/.installed: tools/%/package.json tools/%/package-lock.json tools/%/.npmrc
	@command -v npm >/dev/null || { echo "this needs Node.js 20.19 or later, with npm" >&2; exit 1; }
	@npm ci --prefix tools/$* --silent --no-progress
	@touch $@

$(VENV)/.schemathesis: $(VENV)/.python requirements/schemathesis.txt
	@echo "setting up $(VENV)/schemathesis, about a minute"
	@$(BIN)/python -m venv $(VENV)/schemathesis
	@$(VENV)/schemathesis/bin/python -m pip install --quiet --disable-pip-version-check \
		--requirement requirements/schemathesis.txt
	@touch $@

$(VENV)/.sbom: $(VENV)/.python requirements/sbom.txt
	@echo "setting up $(VENV)/sbom, about a minute"
	@$(BIN)/python -m venv $(VENV)/sbom
	@$(VENV)/sbom/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/sbom.txt
	@touch $@

$(VENV)/.lowest: $(VENV)/.python requirements/lowest.txt $(PACKAGE)
	@echo "setting up $(VENV)/lowest, about a minute"
	@$(BIN)/python -m venv $(VENV)/lowest
	@$(VENV)/lowest/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/lowest.txt \
		--editable '.[sandbox,redis,keyring,totp]'
	@touch $@

$(VENV)/.docs: $(VENV)/.python requirements/docs.txt $(PACKAGE)
	@echo "setting up $(VENV)/docs, about a minute"
	@$(BIN)/python -m venv $(VENV)/docs
	@$(VENV)/docs/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/docs.txt \
		--editable .
	@touch $@

$(VENV)/.bench: $(VENV)/.python requirements/bench.txt
	@echo "setting up $(VENV)/bench, about a minute"
	@$(BIN)/python -m venv $(VENV)/bench
	@$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements/bench.txt
	@touch $@

$(VENV)/.bench-package: $(VENV)/.dev $(VENV)/.bench $(PACKAGE) $(shell find generated openapi overrides -type f -not -path '*/__pycache__*')
	@rm -rf build/bench/wheel
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir build/bench/wheel .
	@$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall build/bench/wheel/*.whl
	@touch $@
