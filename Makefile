# Every target brings what it needs: `make demo` and `make test` are enough on
# a fresh Debian 12 or newer.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test check story bench soak

help: ## List the targets
	@echo 'Tenantry. Targets:'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

# The first build of the task runner takes a minute, and says nothing meanwhile.
XTASK = @[[ -d target ]] || echo 'building the task runner first; this takes a minute'; cargo xtask

setup: ## Install what building and running need (packages through apt)
	@scripts/setup.sh

demo: setup ## Start the whole product with a private PostgreSQL and Samba AD
	$(XTASK) demo

# A first build keeps nothing for the next one: that is half of what it would
# write (9 of 19 GB). Whoever works on the code has let cargo build otherwise.
ifeq ($(wildcard $(or $(CARGO_TARGET_DIR),target)/debug/incremental/*),)
test: export CARGO_INCREMENTAL = 0
endif

test: setup ## Run all tests on real components
	$(XTASK) test

check: setup ## Check formatting and lints only
	$(XTASK) check

story: setup ## Run the story from an order to a working customer, unattended
	$(XTASK) story

bench: setup ## Run the benchmarks beside their floors; ONLY=name runs one
	@cargo build --profile measure --package server --package cli --package bench
	@"$${CARGO_TARGET_DIR:-target}/measure/bench" $(if $(ONLY),--only $(ONLY))

soak: setup ## Run the tests for long with new seeds; MINUTES=n, 60 if not said
	$(XTASK) soak $(if $(MINUTES),--minutes $(MINUTES))
