# hwbss_fdw: PGXS build, and the ways to test it.
#
#   make [PG_CONFIG=...] [CC=clang]     the extension, here
#   make install                        into the PostgreSQL of PG_CONFIG
#   make installcheck                   pg_regress against an installed server
#   make unit | regress | tap           tests that need nothing installed
#   make stress SECONDS=60              many clients, random faults
#   make differential SEED=1 QUERIES=2000  foreign tables against a copy
#   make fuzz FUZZ_SECONDS=60           made-up bytes, with clang
#   make check-layers | selftest        includes; the simulator itself
#   make lint | valgrind                what other tools find
#   make matrix RELEASES="bookworm trixie forky"  all of it elsewhere
#   make demo | bench | compilers | coverage | clean
#
# test/README.md says what each of them is for.  WERROR= keeps warnings from
# being errors.  Building elsewhere works too: make -f /path/to/Makefile.

HERE := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

MODULE_big = hwbss_fdw
EXTENSION = hwbss_fdw
PGFILEDESC = "hwbss_fdw - foreign tables over Huawei Cloud billing"

CORE_SOURCES := $(sort $(patsubst $(HERE)/%,%,$(wildcard \
	$(HERE)/src/catalog/*.c $(HERE)/src/core/*.c)))
FDW_SOURCES := $(sort $(patsubst $(HERE)/%,%,$(wildcard \
	$(HERE)/src/fdw/*.c $(HERE)/src/*.c)))
OBJS = $(CORE_SOURCES:.c=.o) $(FDW_SOURCES:.c=.o)

DATA = $(patsubst $(HERE)/%,%,$(wildcard $(HERE)/sql/hwbss_fdw--*.sql))
REGRESS = $(sort $(patsubst $(HERE)/sql/%.sql,%,$(filter-out \
	$(HERE)/sql/hwbss_fdw--%,$(wildcard $(HERE)/sql/*.sql))))
REGRESS_OPTS = --outputdir=build/installcheck

WERROR = -Werror
WARNINGS = -Wall -Wextra $(WERROR)
PG_CPPFLAGS = -I$(HERE)/src
PG_CFLAGS = -std=gnu11 $(WARNINGS) -MMD -MP

# Modules are loaded RTLD_GLOBAL: whatever is not meant for the server stays
# inside, so that it cannot meet a namesake in another extension.
EXPORTS = Pg_magic_func; _PG_init; hwbss_fdw_*; pg_finfo_hwbss_fdw_*;
SHLIB_PREREQS = $(CURDIR)/build/exports.map
SHLIB_LINK = -Wl,--version-script=build/exports.map -lcurl -lcrypto

EXTRA_CLEAN = build $(OBJS:.o=.d)

# Bitcode doubles the time of a build and inlines nothing of ours.
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(PGXS),)
$(error $(PG_CONFIG) not found: bin/setup installs what is needed)
endif
# A server that was built in its source tree does not set this.
ifneq ($(HERE),.)
VPATH := $(HERE)
endif
include $(PGXS)

# The server's headers are not clean under -Wextra; the core never sees them.
$(FDW_SOURCES:.c=.o): override CFLAGS += -Wno-unused-parameter -Wno-sign-compare

# The server was configured for one compiler; the other need not know its flags.
ifneq (,$(findstring clang,$(shell $(CC) --version)))
override CFLAGS += -Wno-unknown-warning-option \
	-Wno-ignored-optimization-argument -Wno-ignored-attributes
endif

# A different compiler or different flags make different objects.  So does
# another place: VPATH finds those of the source directory, which the linker
# does not.
build/flags: FORCE
	@mkdir -p build
	@echo '$(CC) $(CFLAGS) $(CPPFLAGS)' | cmp -s - $@ && \
		$(if $(filter .,$(HERE)),:,ls $(OBJS) >/dev/null 2>&1) || \
		echo '$(CC) $(CFLAGS) $(CPPFLAGS)' >$@
$(OBJS): build/flags
FORCE:

# Named in full, lest VPATH find that of a build in the source directory.
$(CURDIR)/build/exports.map: $(HERE)/Makefile
	@mkdir -p build
	@echo '{ global: $(EXPORTS) local: *; };' >$@

ifneq ($(HERE),.)
$(shell mkdir -p $(sort $(dir $(OBJS))))
endif

-include $(OBJS:.o=.d)

installcheck: build/installcheck
build/installcheck:
	@mkdir -p $@

# ---- Unit tests: the core alone, under ASan and UBSan ----------------------

UNIT ?= build/unit
SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_CFLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer \
	$(SANITIZE) -Wall -Wextra -Wmissing-prototypes $(WERROR) \
	-I$(HERE)/src -I$(HERE)/test/unit -I$(HERE)/test -MMD -MP
# A helper that defines __wrap_malloc stands in for malloc, and so on.
UNIT_LDFLAGS = $(patsubst __wrap_%,-Wl$(COMMA)--wrap=%,$(sort $(shell \
	grep -ho '__wrap_[a-z0-9_]*' /dev/null $(UNIT_HELPERS:%=$(HERE)/%))))
COMMA := ,
UNIT_LIBS = -lcurl -lcrypto -lpthread -lm

# A file test/unit/unit.mk may add flags, such as -lsomething.
-include $(HERE)/test/unit/unit.mk

UNIT_SOURCES := $(patsubst $(HERE)/%,%,$(wildcard $(HERE)/test/unit/*.c))
UNIT_TESTS = $(filter test/unit/test_%,$(UNIT_SOURCES))
UNIT_HELPERS = $(filter-out $(UNIT_TESTS),$(UNIT_SOURCES))
UNIT_PROGRAMS = $(patsubst test/unit/%.c,$(UNIT)/%,$(UNIT_TESTS))
UNIT_CORE = $(CORE_SOURCES:%.c=$(UNIT)/obj/%.o)
UNIT_HELP = $(UNIT_HELPERS:%.c=$(UNIT)/obj/%.o)
UNIT_OBJS = $(UNIT_CORE) $(UNIT_HELP) $(UNIT_TESTS:%.c=$(UNIT)/obj/%.o)
UNIT_ENV = ASAN_OPTIONS=$${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1} \
	UBSAN_OPTIONS=$${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1} \
	HWBSS_SOURCE=$(abspath $(HERE))

# From the source directory to here.
AWAY := $(if $(filter-out .,$(HERE)),$(CURDIR)/)
JOBS ?= 2

$(UNIT)/flags: FORCE
	@mkdir -p $(UNIT)
	@echo '$(CC) $(UNIT_CFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(UNIT_CFLAGS)' >$@

$(UNIT_OBJS): $(UNIT)/obj/%.o: $(HERE)/%.c $(UNIT)/flags
	@mkdir -p $(@D)
	$(CC) $(UNIT_CFLAGS) -c -o $@ $<

# An archive, so that a test of one file links while another is unfinished.
$(UNIT)/libcore.a: $(UNIT_CORE)
	@rm -f $@
	@ar rcs $@ $^

$(UNIT_PROGRAMS): $(UNIT)/%: $(UNIT)/obj/test/unit/%.o $(UNIT_HELP) $(UNIT)/libcore.a
	$(CC) $(SANITIZE) $(UNIT_LDFLAGS) -o $@ $(filter %.o,$^) $(UNIT)/libcore.a $(UNIT_LIBS)

unit-programs: $(UNIT_PROGRAMS)

unit: $(UNIT_PROGRAMS)
	$(UNIT_PROVE)

# Those that did link: for bin/check, which wants as much as there is.
unit-run:
	$(UNIT_PROVE)

define UNIT_PROVE
	cd $(HERE) && $(UNIT_ENV) prove -j$(JOBS) $(PROVE_FLAGS) --exec '' \
		$(addprefix $(AWAY),$(wildcard $(UNIT_PROGRAMS)))
endef

-include $(UNIT_OBJS:.o=.d)

include $(HERE)/test/fuzz/fuzz.mk

# ---- Tools that look at the code, or at the server while it runs -----------

# bin/setup clang-tidy cppcheck
lint: all
	@cd $(HERE) && test/lint --jobs $(JOBS) --pg-config '$(PG_CONFIG)'

# bin/setup valgrind.  Results must be as always, so no test in which time
# matters.
VALGRIND_TESTS = paging values values_refused joins errors_replies spelling \
	import_schema introspection
VALGRIND_ROUNDS = 4
valgrind: all
	@rm -rf build/valgrind
	HWBSS_UNDER=test/valgrind/under $(WITH_CLUSTER) test/sim/with-sim \
		test/valgrind/run --rounds $(VALGRIND_ROUNDS) $(VALGRIND_TESTS)
	$(WITH_CLUSTER) test/sim/with-sim test/valgrind/run --growth --rounds 25

# ---- Tests that need a server: private, gone afterwards --------------------

# HWBSS_NO_BUILD: made by the prerequisite just now.
WITH_CLUSTER = HWBSS_NO_BUILD=1 HWBSS_SO='$(CURDIR)/hwbss_fdw.so' \
	PG_CONFIG='$(PG_CONFIG)' '$(HERE)/test/with-cluster'

# make regress REGRESS=pushdown_in runs one file.  What hangs is cancelled, so
# that regression.diffs shows which statement it was.
regress: all
	PGOPTIONS='-c statement_timeout=60s' $(WITH_CLUSTER) test/sim/with-sim sh -c 'mkdir -p build/regress && \
		exec "$$PG_REGRESS" --bindir="$$HWBSS_BINDIR" --inputdir=. \
			--outputdir=build/regress --dbname=regress_hwbss "$$@"' \
		regress $(REGRESS)

# make tap PROVE_TESTS=test/t/cancel.pl PROVE_FLAGS=-v runs one file.
PROVE_TESTS ?= $(sort $(patsubst $(HERE)/%,%,$(wildcard $(HERE)/test/t/*.pl)))
tap: all
	@timeout 90 '$(HERE)/test/node/install' build/node
	$(WITH_CLUSTER) --no-server prove -j$(JOBS) $(PROVE_FLAGS) $(PROVE_TESTS)

# Many clients and random faults: make stress SECONDS=60
SECONDS ?= 60
stress: export HWBSS_STRESS_SECONDS = $(SECONDS)
stress: all
	$(WITH_CLUSTER) --no-server prove -v test/t/030_stress.pl

# The same queries on the foreign tables and on a local copy, under each
# reading of the documents.  SEED chooses them.
SEED ?= 1
QUERIES ?= 2000
PERSONALITY ?= all
differential: all
	PYTHONDONTWRITEBYTECODE=1 $(WITH_CLUSTER) test/sim/with-sim \
		python3 test/differential/run.py --seed $(SEED) --queries $(QUERIES) \
		--personality '$(PERSONALITY)'

# ---- Others ----------------------------------------------------------------

check-layers layers:
	cd $(HERE) && test/layers

selftest:
	cd $(HERE) && PYTHONDONTWRITEBYTECODE=1 python3 test/sim/selftest.py

demo:
	cd $(HERE) && bin/demo

# Figures, no judgement.  BENCH="read memory" runs some parts only.
BENCH ?=
bench: all
	cd $(HERE) && bin/setup bench
	$(WITH_CLUSTER) test/sim/with-sim python3 test/bench/run.py $(BENCH)

# bin/check in root file systems of other Debian releases, and with the
# PostgreSQL of any pg_config: RELEASES="trixie /opt/pg16/bin/pg_config".
matrix:
	@'$(HERE)/test/matrix' $(MATRIX_FLAGS) $(RELEASES)

# Both compilers, with and without optimisation: they warn about other things.
COMPILERS = $(foreach cc,gcc clang,$(foreach o,O0 O2,$(cc)-$(o)))
compilers: $(COMPILERS:%=compilers-%)
$(COMPILERS:%=compilers-%): compilers-%:
	@mkdir -p build/$@
	$(MAKE) -C build/$@ -f $(abspath $(HERE))/Makefile PG_CONFIG='$(PG_CONFIG)' \
		CC=$(firstword $(subst -, ,$*)) COPT=-$(lastword $(subst -, ,$*)) all

# Lines of src/ that unit, regression and TAP tests reach, worst file first.
# Backends run as another user: what they note goes to a place they can write.
COVERAGE = $(abspath build/coverage)
COVERAGE_LEAST = 90
coverage:
	@rm -rf build/coverage
	@mkdir -p build/coverage/server
	-$(MAKE) UNIT=build/coverage/unit SANITIZE='--coverage -O0' unit
	$(MAKE) -C build/coverage/server -f $(abspath $(HERE))/Makefile \
		PG_CONFIG='$(PG_CONFIG)' COPT='--coverage -O0' all
	@mkdir -m 1777 build/coverage/notes
	-GCOV_PREFIX=$(COVERAGE)/notes HWBSS_NO_BUILD=1 \
		$(MAKE) -C build/coverage/server -f $(abspath $(HERE))/Makefile \
		PG_CONFIG='$(PG_CONFIG)' COPT='--coverage -O0' regress tap
	@cp -R build/coverage/notes$(COVERAGE)/server/. build/coverage/server/
	@cd $(HERE) && test/coverage --least $(COVERAGE_LEAST) $(COVERAGE_FLAGS) \
		$(COVERAGE)/unit $(COVERAGE)/server

.PHONY: lint valgrind unit unit-run unit-programs regress tap stress differential check-layers layers selftest demo bench matrix compilers \
	$(COMPILERS:%=compilers-%) coverage FORCE
