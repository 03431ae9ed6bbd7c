# A thin layer over meson: `make help` lists what there is.
# BUILD is the build folder; PREFIX, LIBDIR (below it) and DESTDIR are for `make install`. Left to itself, meson may
# choose lib64, where Debian's loader and pkg-config do not look.
BUILD ?= build
PREFIX ?= /usr/local
LIBDIR ?= lib

LOCI = $(BUILD)/cli/loci
SOURCES = $(shell git ls-files '*.c' '*.h')

all: ## build the library, the program and the page of `loci view` (the default)
	@tools/setup.sh build page
	@tools/build.sh --products $(BUILD)

python: ## build the Python package in place, and print the line that imports it
	@tools/setup.sh build page python
	@tools/build.sh --products $(BUILD)
	@echo "PYTHONPATH=$(abspath $(BUILD))/python /usr/bin/python3 -i -c 'import loci'"

demo: all ## train a spatial net on the built-in glyphs, in at most 2 minutes
	@tools/demo.sh $(LOCI)

test: ## every test, sanitizers included, in under 10 minutes on 2 cores
	@tools/setup.sh build page python test edge
	@/usr/bin/python3 tools/test.py

test-long: ## also every code path, clang, thread sanitizer, fuzzing, valgrind, campaigns, aarch64 (50 minutes on 2 cores)
	@tools/setup.sh build page python test edge long
	@/usr/bin/python3 tools/test.py --long

campaign: ## fuzz a target for long, and go on where it ended: make campaign NAME=csv, or all; without one: what there is
	@/usr/bin/python3 tools/campaign.py $(NAME)

coverage: ## which lines and branches of src/ and cli/ the tests run, folder by folder (half an hour)
	@tools/setup.sh build python test edge long
	@/usr/bin/python3 tools/coverage.py

analyze: ## look through the sources by gcc -fanalyzer, clang and cppcheck, and at what they include (an hour)
	@tools/build.sh build
	@/usr/bin/python3 tools/includes.py --alone
	@/usr/bin/python3 tools/analyze.py

bench: ## against PyTorch and the BLAS, taking turns: training, inference, pruned, threads, memory
	@tools/setup.sh build bench
	@tools/build.sh $(BUILD)
	@/usr/bin/python3 bench/run.py --build $(BUILD)

install: ## library, headers, pkg-config file, program, man pages, documentation
	@tools/setup.sh build page docs
	@tools/build.sh --products $(BUILD) --prefix $(PREFIX) --libdir $(LIBDIR) -Ddocs=true
	@meson install -C $(BUILD) --no-rebuild
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

docs: ## the site: guides, Python and C, with a search
	@tools/setup.sh build page docs
	@tools/build.sh --products $(BUILD) -Ddocs=true
	@echo "See $(BUILD)/docs/html/index.html"

format: ## lay out the sources by .clang-format
	@tools/setup.sh lint
	@clang-format -i $(SOURCES)
	@black -q python tests/python

lint: ## check layout, file lengths, prose and shell scripts
	@tools/setup.sh lint
	@tools/lint.sh

clean: ## remove the build folders
	rm -rf $(BUILD) build-sanitize build-clang build-thread build-fuzz build-plain build-campaign build-coverage build-lines \
		build-aarch64

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: all python demo test test-long campaign coverage analyze bench install docs format lint clean help
