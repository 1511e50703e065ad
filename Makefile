# A machine with Go, git and make is enough: what else is needed is installed on
# the way (Debian and Ubuntu), or said.

SHELL := /bin/sh
.DEFAULT_GOAL := help

BUILD_PACKAGES := ca-certificates gcc libc6-dev pkg-config libopus-dev libopusfile-dev libpocketsphinx-dev libsphinxbase-dev
RUN_PACKAGES   := espeak-ng flite pocketsphinx-en-us
NODE_PACKAGES  := curl ca-certificates
# $CHROME is a browser of your own for the tests, $NODE a Node.js.
TEST_PACKAGES  := ffmpeg sox strace $(if $(CHROME),,chromium)

# What is built understands speech by itself.
export GOFLAGS += -tags=pocketsphinx

TOOLS := $(CURDIR)/.tools/bin
LINT  := $(TOOLS)/golangci-lint
FUMPT := $(TOOLS)/gofumpt

# WITH_NODE puts a Node.js and its npm on the path.
WITH_NODE := PATH="$$($(CURDIR)/tools/node.sh):$$PATH" && export PATH
NPM_CI    := npm ci --ignore-scripts --no-audit --no-fund
TIMED     := @$(CURDIR)/tools/timed.sh

# ARGS go to the server: make run ARGS="--http-addr 127.0.0.1:9000"
ARGS     ?=
FUZZTIME ?= 1m

.PHONY: help
help: ## print this
	@sed -n 's/^\([a-z0-9%-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

.PHONY: run
run: deps ## build and start a server with demo bots and a softphone
	@[ -e bin/botd ] || echo "Building: some minutes, the first time."
	@go build -o bin/botd ./cmd/botd
	@exec bin/botd serve --dev $(ARGS)

example-%: deps ## one of examples/ with a softphone: make example-menu
	@echo "Building examples/$*: some minutes, the first time."
	@exec go run ./examples/$* --dev $(ARGS)

.PHONY: build
build: deps ## build bin/botd
	go build -trimpath -o bin/botd ./cmd/botd

.PHONY: deps
deps: ## install what building and running need
	@tools/apt.sh $(BUILD_PACKAGES) $(RUN_PACKAGES)

.PHONY: test-deps
test-deps: ## install what the tests need beside
	@tools/apt.sh $(BUILD_PACKAGES) $(RUN_PACKAGES) $(TEST_PACKAGES) $(NODE_PACKAGES)

.PHONY: test
test: test-deps ## everything: linters, the web client's tests, go test -race
	$(TIMED) "npm packages" $(MAKE) --no-print-directory web/node_modules/.package-lock.json e2e-deps
	$(TIMED) "building the linters" $(MAKE) --no-print-directory $(LINT)
	$(TIMED) "check" $(MAKE) --no-print-directory check
	$(TIMED) "web client" $(MAKE) --no-print-directory web-test
	# The longest first, so that no processor is idle in the end.
	go test -race -p 2 -timeout 15m ./webhooks $$(go list ./... | grep -v -e /internal/e2e -e /internal/conformance -e /leg/browser -e /web$$ -e /webhooks$$)
	# A hundred thousand calls in which anything happens, and an hour of clocks that
	# differ, in virtual time.
	go test -run 'TestWhateverHappens|TestForAnHour' -timeout 15m ./call ./internal/netlab
	# These measure live sound, or drive a browser: one after another.
	$(WITH_NODE) && go test -race -p 1 -timeout 15m ./leg/browser ./web ./internal/e2e ./internal/conformance

.PHONY: e2e
e2e: test-deps e2e-deps ## the tests of the whole server: browsers, the JavaScript SDK, crashes
	$(WITH_NODE) && go test -race -count 1 -timeout 15m ./internal/e2e

CHAOS_KILLS  ?= 20
CHAOS_CALLS  ?= 200
CHAOS_EVENTS ?= 100000

.PHONY: chaos
chaos: deps ## kill the server under load, again and again (CHAOS_KILLS, _CALLS, _EVENTS, _SEED)
	CHAOS_KILLS=$(CHAOS_KILLS) CHAOS_CALLS=$(CHAOS_CALLS) CHAOS_EVENTS=$(CHAOS_EVENTS) CHAOS_SEED=$(CHAOS_SEED) \
		go test -v -count 1 -timeout 30m -run TestNothingIsForgottenWhenTheServerIsKilled ./internal/e2e

.PHONY: e2e-deps
e2e-deps: internal/e2e/sdk/node_modules/.package-lock.json internal/conformance/js/node_modules/.package-lock.json

CONFORM := $(WITH_NODE) && CONFORMANCE=all go test -race -count 1 -timeout 20m -v ./internal/conformance

# Python 3 and Java 17 with Maven take part where they are.
.PHONY: conformance
conformance: test-deps e2e-deps ## the official SDKs (JavaScript, Python, Java) call every public method
	$(CONFORM)

.PHONY: conformance-js conformance-python conformance-java
conformance-js: test-deps e2e-deps
	$(CONFORM) -run TheJavaScriptSDK
conformance-python: test-deps
	$(CONFORM) -run ThePythonSDK
conformance-java: test-deps
	$(CONFORM) -run TheJavaSDK

.PHONY: check
check: deps $(LINT) ## formatting, linters, tidiness
	go vet ./...
	$(LINT) run ./...
	go mod tidy -diff

.PHONY: fmt
fmt: $(FUMPT) ## format what has to be formatted
	@git ls-files -co --exclude-standard '*.go' | xargs $(FUMPT) -w

# SLOW_DISK runs a program as if every sync of the disk took 5 ms longer.
SLOW_DISK := strace -f --seccomp-bpf -qq -o /dev/null -e trace=fsync,fdatasync -e inject=fsync,fdatasync:delay_enter=5000

.PHONY: bench
bench: deps ## benchmarks; the way of an event to a webhook also on a slow disk; then bench-media
	go test -run '^$$' -bench . -benchmem ./...
	@tools/apt.sh strace
	@echo "As if every sync of the disk took 5 ms longer:"
	go test -run '^$$' -bench EventPipeline -exec '$(SLOW_DISK)' .
	@$(MAKE) --no-print-directory bench-media

# COMPARE and SMALL go to the two halves of it: make bench-media COMPARE="-n 10 -t 5s -reps 1"
COMPARE ?=
SMALL   ?=

.PHONY: bench-media
bench-media: deps ## the audio bridge beside its floor, and beside Janus where that is installed; half an hour
	@go build -o bin/ ./cmd/botd ./internal/bench/cmd/bench ./internal/bench/cmd/listening
	bin/bench compare -botd bin/botd -listening bin/listening -o bin/bench.jsonl $(COMPARE)
	bin/bench small -botd bin/botd $(SMALL)
	bin/bench small -botd bin/botd -bots=false -step 50 $(SMALL)

# What PESQ (ITU-T P.862.2) needs is fetched and compiled into a place of its own;
# without it the other figures are printed.
PESQ := $(CURDIR)/.tools/pesq

.PHONY: quality
quality: deps ## how calls sound over bad networks, scored; beside Janus where that is installed; a quarter of an hour
	@tools/pesq.sh $(PESQ)
	QUALITY=1 QUALITY_PYTHON=$(PESQ)/bin/python go test -v -count 1 -timeout 60m -run '^TestQuality$$' ./internal/e2e
	go test -v -count 1 -timeout 20m ./internal/netlab

.PHONY: fuzz
fuzz: deps ## every fuzz target for FUZZTIME (1m)
	tools/fuzz.sh $(FUZZTIME)

.PHONY: web
web: web/node_modules/.package-lock.json ## build web/dist, which is committed
	$(WITH_NODE) && cd web && npm run build

.PHONY: web-test
web-test: web/node_modules/.package-lock.json ## the web client: types, tests, and that web/dist is what the sources make
	$(WITH_NODE) && cd web && npm run --silent check && npm test --silent && npm run --silent compare

# npm writes this file last.
%/node_modules/.package-lock.json: %/package-lock.json
	@tools/apt.sh $(NODE_PACKAGES)
	$(WITH_NODE) && cd $* && $(NPM_CI)
	@touch $@

# The tools have a module of their own, so that theirs are not the server's.
$(LINT): tools/go.mod tools/go.sum
	go build -C tools -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(FUMPT): tools/go.mod tools/go.sum
	go build -C tools -o $@ mvdan.cc/gofumpt

.PHONY: clean
clean: ## remove what was built and fetched; botd-data stays
	rm -rf bin .tools web/node_modules internal/e2e/sdk/node_modules \
		internal/conformance/js/node_modules internal/conformance/python/.venv internal/conformance/java/target
