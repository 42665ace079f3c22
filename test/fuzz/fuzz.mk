# Fuzz targets: libFuzzer, with clang's sanitizers.  See test/fuzz/README.md.
#
#   make fuzz [FUZZ_SECONDS=60] [FUZZ_TARGETS="json url"] [JOBS=2]

FUZZ_CC = clang
FUZZ ?= build/fuzz
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(patsubst test/fuzz/fuzz_%.c,%,$(FUZZ_SOURCES))

FUZZ_FLAGS = -std=gnu11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-Wall -Wextra $(WERROR) -I$(HERE)/src -I$(HERE)/test/fuzz -MMD -MP
FUZZ_LIBS = -lcurl -lcjson -lcrypto

FUZZ_SOURCES := $(sort $(patsubst $(HERE)/%,%,$(wildcard \
	$(HERE)/test/fuzz/fuzz_*.c)))
FUZZ_PROGRAMS = $(FUZZ_SOURCES:test/fuzz/fuzz_%.c=$(FUZZ)/%)
FUZZ_CORE = $(CORE_SOURCES:%.c=$(FUZZ)/obj/%.o)
FUZZ_HELP = $(FUZZ)/obj/test/fuzz/fuzz.o $(FUZZ)/obj/test/fuzz/wire.o
FUZZ_OBJS = $(FUZZ_CORE) $(FUZZ_SOURCES:%.c=$(FUZZ)/obj/%.o) \
	$(FUZZ_HELP)

$(FUZZ)/flags: FORCE
	@mkdir -p $(FUZZ)
	@echo '$(FUZZ_CC) $(FUZZ_FLAGS)' | cmp -s - $@ || \
		echo '$(FUZZ_CC) $(FUZZ_FLAGS)' >$@

$(FUZZ_OBJS): $(FUZZ)/obj/%.o: $(HERE)/%.c $(FUZZ)/flags
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) -c -o $@ $<

$(FUZZ)/libcore.a: $(FUZZ_CORE)
	@rm -f $@
	@ar rcs $@ $^

$(FUZZ_PROGRAMS): $(FUZZ)/%: $(FUZZ)/obj/test/fuzz/fuzz_%.o \
		$(FUZZ_HELP) $(FUZZ)/libcore.a
	$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $(filter %.o,$^) \
		$(FUZZ)/libcore.a $(FUZZ_LIBS)

fuzz-programs: $(FUZZ_PROGRAMS)

# Says so and ends well where clang cannot link a fuzzer.
fuzz:
	@'$(HERE)/test/fuzz/run' --seconds $(FUZZ_SECONDS) --jobs $(JOBS) \
		--make '$(MAKE)' --programs $(FUZZ) $(FUZZ_TARGETS)

-include $(FUZZ_OBJS:.o=.d)

.PHONY: fuzz fuzz-programs
