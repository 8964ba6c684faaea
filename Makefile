# Every target brings what it needs: `make demo` and `make test` are enough on
# a fresh Debian 12 or newer.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test check story bench soak

help: ## List the targets
	@echo 'Tenantry. Targets:'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

setup: ## Install what building and running need (packages through apt)
	@scripts/setup.sh

demo: setup ## Start the whole product with a private PostgreSQL and Samba AD
	@cargo xtask demo

test: setup ## Run all tests on real components
	@cargo xtask test

check: setup ## Check formatting and lints only
	@cargo xtask check

story: setup ## Run the story from an order to a working customer, unattended
	@cargo xtask story

bench: setup ## Run the benchmarks beside their floors; ONLY=name runs one
	@cargo run --quiet --profile measure --package bench -- $(if $(ONLY),--only $(ONLY))

soak: setup ## Run the tests for long with new seeds; MINUTES=n, 60 if not said
	@cargo xtask soak $(if $(MINUTES),--minutes $(MINUTES))
