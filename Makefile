# A machine with Go, git and make is enough: what else is needed is installed on
# the way (Debian and Ubuntu), or said.

SHELL := /bin/sh
.DEFAULT_GOAL := help

BUILD_PACKAGES := gcc libc6-dev pkg-config libopus-dev libopusfile-dev
RUN_PACKAGES   := espeak-ng
NODE_PACKAGES  := curl ca-certificates
# $CHROME is a browser of your own for the tests.
TEST_PACKAGES  := ffmpeg sox $(if $(CHROME),,chromium)

TOOLS := $(CURDIR)/.tools/bin
LINT  := $(TOOLS)/golangci-lint
FUMPT := $(TOOLS)/gofumpt

# ARGS go to the server: make run ARGS="--http-addr 127.0.0.1:9000"
ARGS     ?=
FUZZTIME ?= 1m

.PHONY: help
help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

.PHONY: run
run: deps ## build and start a server with demo bots and a softphone
	@go build -o bin/botd ./cmd/botd
	@exec bin/botd serve --dev $(ARGS)

.PHONY: build
build: deps ## build bin/botd
	go build -trimpath -o bin/botd ./cmd/botd

.PHONY: deps
deps: ## install what building and running need
	@tools/apt.sh $(BUILD_PACKAGES) $(RUN_PACKAGES)

.PHONY: deps-test
deps-test: deps
	@tools/apt.sh $(TEST_PACKAGES) $(NODE_PACKAGES)

.PHONY: test
test: deps-test check web-test ## everything: linters, the web client's tests, go test -race
	go test -race -timeout 15m ./...

.PHONY: check
check: deps $(LINT) ## formatting, linters, tidiness
	go vet ./...
	$(LINT) run ./...
	go mod tidy -diff

.PHONY: fmt
fmt: $(FUMPT) ## format what has to be formatted
	@git ls-files -co --exclude-standard '*.go' | xargs $(FUMPT) -w

.PHONY: bench
bench: deps ## benchmarks
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: fuzz
fuzz: deps ## every fuzz target for FUZZTIME (1m)
	tools/fuzz.sh $(FUZZTIME)

.PHONY: web
web: web/node_modules/.package-lock.json ## build web/dist, which is committed
	cd web && PATH="$$(../tools/node.sh):$$PATH" npm run build

.PHONY: web-test
web-test: web/node_modules/.package-lock.json ## the web client: types, tests, and that web/dist is what the sources make
	cd web && PATH="$$(../tools/node.sh):$$PATH" && export PATH && npm run check && npm test && npm run compare

web/node_modules/.package-lock.json: web/package-lock.json
	@tools/apt.sh $(NODE_PACKAGES)
	cd web && PATH="$$(../tools/node.sh):$$PATH" npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# The tools have a module of their own, so that theirs are not the server's.
$(LINT): tools/go.mod tools/go.sum
	go build -C tools -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(FUMPT): tools/go.mod tools/go.sum
	go build -C tools -o $@ mvdan.cc/gofumpt

.PHONY: clean
clean: ## remove what was built and fetched; botd-data stays
	rm -rf bin .tools web/node_modules
