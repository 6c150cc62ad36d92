# The two commands that matter: `make run` and `make test`. Both install what the machine lacks and say what they do.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .build/backends-venv
# Passed on to the program that measures.
FLAGS :=

ifeq ($(shell uname -s),Darwin)
# Homebrew keeps OpenSSL out of the default search path.
export PKG_CONFIG_PATH := $(shell brew --prefix openssl@3 2>/dev/null)/lib/pkgconfig:$(PKG_CONFIG_PATH)
endif

.PHONY: help run demo pos test torture bench bench-http instructions peers asan tsan documentation fuzz api api-update \
  lint format system-libraries script-engine system-tools load-tools peer-libraries clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

# .build/traits has the traits of the builds here. A target adds those that it needs, and none is removed: so targets share
# one build, and don't rebuild in turn.
traits = $(shell mkdir -p .build; all=$$({ cat .build/traits || true; printf '%s\n' $(1); } 2>/dev/null | tr , '\n' | sort -u | paste -sd, -); \
  echo "$$all" > .build/traits; echo "$$all")

PORT := 8080
DEMO := Keys/demo
run: system-libraries ## Run the issuer on 127.0.0.1:8080 (PORT=…) with a demo app, and print how to request a token
	swift run --traits $(call traits,Server) idtoken serve --demo $(DEMO) --port $(PORT)

demo: system-libraries ## Open a POS session and verify a token of each profile
	swift run --traits $(call traits,Server) idtoken demo

EXTENSION := Examples/session-details.js
# An older version of the POS UI extensions API, 2025-07 for example; the latest by default.
API_VERSION :=
pos: system-libraries script-engine ## Run an extension (EXTENSION=…, API_VERSION=…) in a terminal; typed commands switch its session
	swift run --traits $(call traits,Server JavaScript) idtoken pos $(EXTENSION) $(if $(API_VERSION),--api-version $(API_VERSION))

# Everything is tested, also what is off by default. Tests/run has the parts, and why they are apart.
TRAITS = $(call traits,Server Client JavaScript)
test: system-libraries script-engine system-tools $(VENV)/installed ## Build and run every test, also against backends written by others
	swift build --traits $(TRAITS) --build-tests
	TRAITS=$(TRAITS) BACKENDS=$(VENV)/bin/python Tests/run

# SEED repeats a run of kills.
KILLS := 100000
SEED := 1
torture: system-libraries ## Kill a rotating process KILLS times (100000), sign a million random messages, fuzz for 10 minutes
	swift run -c release ring-torture kill --kills $(KILLS) --seed $(SEED)
	$(with_multi_buffer); MULTI_BUFFER_SIGNATURES=1000000 swift test --disable-xctest --filter '^JOSECoreTests\.'
	Tests/Fuzz/run 600

# FLAGS takes `--json FILE`, and `--compare FILE` the next time.
bench: system-libraries ## Measure tokens per second beside the bare OpenSSL operation
	Tests/multi-buffer-library >/dev/null
	swift run -c release Benchmarks $(FLAGS)

# Beside Go, Node and SwiftNIO with a constant answer. FLAGS as Benchmarks/HTTP/run takes them.
bench-http: system-libraries load-tools ## Measure `idtoken serve` beside HTTP servers in Go, Node and SwiftNIO
	$(with_multi_buffer); Benchmarks/HTTP/run $(FLAGS)

# A busy machine doesn't move these: the difference between 500 and 1500 tokens, so that starting up doesn't count.
# callgrind's processor has no SHA extensions, hence hashes weigh more there.
instructions: system-libraries ## Count the instructions and allocations of a token under valgrind
	@command -v valgrind >/dev/null || { echo 'Please install valgrind.' >&2; exit 1; }
	swift build -c release --product Benchmarks
	Benchmarks/instructions "$$(swift build -c release --show-bin-path)/Benchmarks"

# FLAGS goes to the first of the two programs: --svg FILE, for example.
SECONDS_EACH := 2
peers: system-libraries peer-libraries ## Measure other libraries beside this one, in Swift, C, Python, JavaScript and Go
	swift build -c release --traits Peers --product Benchmarks
	swift run -c release --traits Peers --skip-build Benchmarks --seconds $(SECONDS_EACH) $(FLAGS)
	BENCHMARKS=$$(swift build -c release --traits Peers --show-bin-path)/Benchmarks Benchmarks/Peers/run --seconds $(SECONDS_EACH)

# Everything that hands memory to C. Leaks are left out: Foundation has its own.
asan: system-libraries script-engine ## Test what hands memory to C under AddressSanitizer
	$(with_multi_buffer); MULTI_BUFFER_SIGNATURES=10000 ASAN_OPTIONS=detect_leaks=0 \
	  swift test --disable-xctest --traits JavaScript --sanitize=address --scratch-path .build/asan \
	  --filter '^(JOSECoreTests|IDTokensTests|KeyRotationTests|SessionHostTests|SessionScriptingTests)\.'

# Minters, verifiers and sessions on several threads while a ring rotates.
tsan: system-libraries ## Test what threads share under ThreadSanitizer
	$(with_multi_buffer); MULTI_BUFFER_SIGNATURES=1000 \
	  TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/tsan-suppressions.txt \
	  swift test --disable-xctest --sanitize=thread --scratch-path .build/tsan \
	  --filter '^(IDTokensTests|SessionHostTests)\.' --filter '^JOSECoreTests\.(Concurren|BatchSigner|MultiBufferKeyCache)'

DOCUMENTED := IDTokens SessionHost KeyRotation JOSECore
documentation: system-libraries ## Build the documentation of the library; a warning is an error
	for target in $(DOCUMENTED); do \
	  DOCUMENTATION=1 swift package --scratch-path .build/documentation generate-documentation --target $$target \
	    --warnings-as-errors; \
	done

# Of all parsers together. `make torture` runs them longer.
FUZZ_SECONDS := 60
fuzz: system-libraries ## Feed the parsers what a fuzzer finds, for FUZZ_SECONDS (60) under AddressSanitizer
	Tests/Fuzz/run $(FUZZ_SECONDS)

api: system-libraries ## Compare the public symbols with Tests/API
	Tests/API/symbols --check

api-update: system-libraries ## Write the public symbols to Tests/API
	Tests/API/symbols --write

lint: ## Check the format
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift

format: ## Format the sources
	swift format --in-place --recursive --parallel Sources Tests Benchmarks Package.swift

clean: ## Remove what was built
	rm -rf .build

# --- What the machine needs ---

system-libraries:
	@if ! command -v swift >/dev/null; then \
	  echo 'Swift 6.2 or later is needed: https://www.swift.org/install' >&2; exit 1; fi
	@missing=(); \
	command -v pkg-config >/dev/null || missing+=(pkg-config); \
	pkg-config --exists 'libcrypto >= 3.0' 2>/dev/null || missing+=(libssl-dev); \
	pkg-config --exists 'jansson >= 2.12' 2>/dev/null || missing+=(libjansson-dev); \
	$(call install,$${missing[*]})
	@for name in libcrypto-mb12 libcrypto-mb11; do \
	  if dpkg -s $$name >/dev/null 2>&1; then break; fi; \
	  if apt-cache show $$name >/dev/null 2>&1; then \
	    ($(call install,$$name)) || echo "NOT INSTALLED: $$name, with which the issuer signs eight tokens at a time."; break; \
	  fi; \
	done

# A framework of the system on macOS.
script-engine:
	@missing=(); \
	[ "$$(uname -s)" = Darwin ] || pkg-config --exists javascriptcoregtk-4.1 || missing+=(libjavascriptcoregtk-4.1-dev); \
	$(call install,$${missing[*]})

system-tools:
	@missing=(); \
	command -v python3 >/dev/null || missing+=(python3); \
	python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv); \
	command -v openssl >/dev/null || missing+=(openssl); \
	command -v curl >/dev/null || missing+=(curl); \
	$(call install,$${missing[*]})
	@missing=(); \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium); \
	command -v chromedriver >/dev/null || missing+=(chromium-driver); \
	command -v node >/dev/null || missing+=(nodejs); \
	command -v wrk >/dev/null || missing+=(wrk); \
	command -v go >/dev/null || missing+=(golang-go); \
	command -v h2load >/dev/null || missing+=(nghttp2-client); \
	[ -d /usr/share/nodejs/react-test-renderer ] || missing+=(node-react-test-renderer); \
	for name in $${missing[@]+"$${missing[@]}"}; do \
	  ($(call install,$$name)) || echo "NOT INSTALLED: $$name. What it tests is skipped, and fails where CI is set."; \
	done

load-tools:
	@missing=(); \
	for name in python3 wrk openssl; do command -v $$name >/dev/null || missing+=($$name); done; \
	$(call install,$${missing[*]})
	@missing=(); \
	command -v go >/dev/null || missing+=(golang-go); \
	[ -d /usr/share/gocode/src/github.com/golang-jwt/jwt ] || missing+=(golang-github-golang-jwt-jwt-dev); \
	command -v node >/dev/null || missing+=(nodejs); \
	for name in $${missing[@]+"$${missing[@]}"}; do ($(call install,$$name)) || echo "Not installed: $$name"; done

# Peers that can't be installed are left out of the measurement, which names them.
peer-libraries:
	@missing=(); \
	for name in libcjose0 libjwt0 golang-github-golang-jwt-jwt-dev; do \
	  dpkg -s $$name >/dev/null 2>&1 || missing+=($$name); done; \
	command -v go >/dev/null || missing+=(golang-go); \
	command -v node >/dev/null || missing+=(nodejs); \
	python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv); \
	if ! command -v apt-get >/dev/null; then \
	  echo "No apt here to install peers: $${missing[*]:-}"; \
	else \
	  for name in $${missing[@]+"$${missing[@]}"}; do ($(call install,$$name)) || echo "Not installed: $$name"; done; \
	fi

# The newest multi-buffer library for the program that follows, beside the build where the system has none. In two steps: a
# failure of the first one ends the recipe.
define with_multi_buffer
library=$$(Tests/multi-buffer-library); path="$$library:$${LD_LIBRARY_PATH:-}"; path=$${path#:}; \
export LD_LIBRARY_PATH="$${path%:}"
endef

# Installs Debian packages by their names, or what Homebrew calls the same.
define install
packages="$(1)"; \
if [ -n "$$packages" ]; then \
  if command -v apt-get >/dev/null; then \
    as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
    echo "Installing with apt: $$packages"; \
    $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq $$packages >/dev/null; \
  elif command -v brew >/dev/null; then \
    packages=$$(echo "$$packages" | sed -e 's/libssl-dev/openssl@3/; s/libjansson-dev/jansson/; s/python3-venv/python3/' \
      -e 's/chromium-driver/--cask chromedriver/; s/^chromium$$/--cask chromium/; s/nodejs/node/; s/golang-go/go/; s/nghttp2-client/nghttp2/'); \
    echo "Installing with brew: $$packages"; brew install $$packages; \
  else \
    echo "Neither apt nor brew is here; please install: $$packages" >&2; exit 1; \
  fi; \
fi
endef

$(VENV)/installed: Tests/Backends/requirements.txt
	@echo 'Installing the backends that tokens are tested against (PyJWT, ShopifyAPI, schemathesis) into $(VENV)'
	@mkdir -p $(@D)
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
