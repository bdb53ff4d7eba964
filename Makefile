# llavero's build: out of tree, one directory a variant. People type ./dev; this is what it calls.
#   make VARIANT=debug|asan|tsan|cov|mutate|fuzz|release   build/$(VARIANT)/llavero (release: build/llavero too)
#   make unit VARIANT=...                      the unit tests of that variant
#   make replay VARIANT=...                    its fuzz targets, which read files
#   make fuzz VARIANT=fuzz CC=clang            the same with libFuzzer
#   make build/$(VARIANT)/differential         pairs of redirect URIs for tests/fuzz/differential.py
#   make torture                              build/torture/interpose.so, which makes calls fail (tests/torture)
#   make crash VARIANT=...                     what tests/crash puts between a server and its system
#   make newer VARIANT=...                     build/$(VARIANT)/llavero-newer: one release on, for tests of upgrades
#   make install DESTDIR=... PREFIX=/usr       program, man pages, systemd units, an example of settings
VARIANT ?= release
ifeq ($(origin CC),default)
CC      := gcc
endif
PYTHON  ?= /usr/bin/python3
OUT     ?= build/$(VARIANT)
GEN     := build/gen

PACKAGES := libmicrohttpd sqlite3 libpq libcrypto libsodium jansson libcurl yaml-0.1 inih libcmark-gfm liboath libqrencode cjose libseccomp
CPPFLAGS := -D_GNU_SOURCE -Isrc -Ibuild $(shell pkg-config --cflags $(PACKAGES))
WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 \
	-Wswitch-enum -Wnull-dereference -Wimplicit-fallthrough
LDLIBS   := $(shell pkg-config --libs $(PACKAGES) gnutls) -lcmark-gfm-extensions -lpthread

OPT_debug   := -O1 -g
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_tsan    := -O1 -g -fsanitize=thread
OPT_cov     := -O0 -g --coverage -fprofile-update=atomic -include tools/jansson_for_coverage.h
OPT_mutate  := -O0 -fsanitize=address,undefined -fno-sanitize-recover=all
OPT_fuzz    := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
OPT_release := -O2 -g -DLLAVERO_RELEASE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection -fPIE
LINK_release := -pie -Wl,-z,relro,-z,now,-z,pack-relative-relocs
CFLAGS   := -std=c17 $(WARNINGS) $(OPT_$(VARIANT)) $(EXTRA_CFLAGS)
# What is generated is long and seldom read. Kept together, it shares no page of memory with what every
# start reads; clang knows no word for it.
APART    := $(if $(findstring clang,$(CC)),,-fno-merge-constants)
LDFLAGS  := $(filter -fsanitize% --coverage,$(OPT_$(VARIANT))) $(LINK_$(VARIANT))

SOURCES  := $(wildcard src/*/*.c)
LIB_OBJS := $(SOURCES:src/%.c=$(OUT)/%.o)
GEN_SRCS := $(GEN)/pages.c $(GEN)/messages.c $(GEN)/assets.c $(GEN)/docs_content.c $(GEN)/row_tests.c
GEN_HDRS := $(GEN_SRCS:.c=.h)
GEN_OBJS := $(GEN_SRCS:$(GEN)/%.c=$(OUT)/gen/%.o)
UNIT     := $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(wildcard tests/unit/test_*.c)) \
	$(patsubst tests/store/%.c,$(OUT)/tests/%,$(wildcard tests/store/test_*.c))
FUZZ     := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_HDRS := $(wildcard tests/fuzz/*.h)
BENCH    := $(patsubst bench/%.c,$(OUT)/bench/%,$(wildcard bench/*.c))

# Nothing that is made on the way is deleted: without FORCE among the phony, .SECONDARY would hold for it too.
.PHONY: all lib unit replay fuzz bench torture crash newer install clean print-flags FORCE
.SECONDARY:
all: $(OUT)/llavero
ifeq ($(VARIANT),release)
all: build/llavero
build/llavero: $(OUT)/llavero
	cp $< $@.new && mv $@.new $@
endif

$(OUT)/llavero: $(OUT)/main.o $(OUT)/libllavero.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/libllavero.a: $(LIB_OBJS) $(GEN_OBJS)
	rm -f $@ && ar rcs $@ $^
lib: $(OUT)/libllavero.a
unit: $(UNIT)
replay: $(FUZZ:%=$(OUT)/replay/%)
fuzz: $(FUZZ:%=$(OUT)/fuzz/%)
bench: $(BENCH)
torture: build/torture/interpose.so
crash: $(OUT)/crash/between.so
newer: $(OUT)/llavero-newer

# Objects depend on the flags, so that a change of flags rebuilds.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS)
$(OUT)/flags: FORCE
	@mkdir -p $(@D) && echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@
FORCE:

$(OUT)/%.o: src/%.c $(OUT)/flags | $(GEN_HDRS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(OUT)/gen/%.o: $(GEN)/%.c $(OUT)/flags | $(GEN_HDRS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(APART) -MMD -MP -c -o $@ $<
$(OUT)/tests/%: tests/unit/%.c $(OUT)/libllavero.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(OUT)/libllavero.a $(LDLIBS) -lcmocka
$(OUT)/tests/%: tests/store/%.c $(OUT)/libllavero.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(OUT)/libllavero.a $(LDLIBS) -lcmocka
$(OUT)/replay/%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(OUT)/libllavero.a $(FUZZ_HDRS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/fuzz $(CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(LDLIBS)
$(OUT)/fuzz/%: tests/fuzz/fuzz_%.c $(OUT)/libllavero.a $(FUZZ_HDRS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/fuzz $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter-out %.h,$^) $(LDLIBS)
$(OUT)/differential: tests/fuzz/differential.c $(OUT)/libllavero.a
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/bench/%: bench/%.c $(OUT)/libllavero.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(OUT)/libllavero.a $(LDLIBS)

build/torture/%.so: tests/torture/%.c tests/torture/%.h
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE -std=c17 $(WARNINGS) -O1 -g -fPIC -shared -o $@ $<

# Without sanitizers: it is loaded before everything else.
$(OUT)/crash/%.so: tests/crash/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE -std=c17 $(WARNINGS) -O1 -g -fPIC -shared -o $@ $< -lpthread -ldl

# Only what has the text of statements and migrations is another one; what is linked first counts.
NEWER      := $(GEN)/newer
NEWER_OBJS := $(addprefix $(OUT)/newer/,store/db.o store/migrations.o command/migrate.o)
$(NEWER)/store/schema.def: tests/upgrade/make_newer.py src/store/schema.def src/store/statements.def
	$(PYTHON) tests/upgrade/make_newer.py $(NEWER)
$(OUT)/newer/%.o: src/%.c $(NEWER)/store/schema.def $(OUT)/flags | $(GEN_HDRS)
	@mkdir -p $(@D)
	$(CC) -I$(NEWER) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(OUT)/llavero-newer: $(OUT)/main.o $(NEWER_OBJS) $(OUT)/libllavero.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# For tools/mutate.py, which compiles single files: how this is compiled, and what it is linked with.
print-flags:
	@echo '$(CPPFLAGS) -std=c17' && echo '$(LDLIBS)' && echo '$(OPT_$(VARIANT))'

PAGE_TOOLS := $(addprefix tools/,pages.py template.py page_writer.py html_context.py messages.py)
# Generated sources: templates and locales, static files, documentation pages.
$(GEN)/messages.h: $(GEN)/messages.c ;
$(GEN)/pages.h: $(GEN)/pages.c ;
$(GEN)/assets.h: $(GEN)/assets.c ;
$(GEN)/docs_content.h: $(GEN)/docs_content.c ;
$(GEN)/row_tests.h: $(GEN)/row_tests.c ;
$(GEN)/messages.c: tools/messages.py $(wildcard locales/*.txt)
	@mkdir -p $(@D)
	$(PYTHON) tools/messages.py locales $(GEN)
$(GEN)/pages.c: $(PAGE_TOOLS) $(wildcard templates/*.html) $(wildcard locales/*.txt)
	@mkdir -p $(@D)
	$(PYTHON) tools/pages.py templates locales $(GEN)
$(GEN)/assets.c: tools/assets.py $(wildcard static/*)
	@mkdir -p $(@D)
	$(PYTHON) tools/assets.py static $(GEN)
# Which tests carry which rows of the specifications, for `llavero conformance`.
$(GEN)/row_tests.c: tools/coverage_of_rows.py src/conformance/requirements.def \
		$(wildcard tests/*/test_*.py tests/*/test_*.c)
	@mkdir -p $(@D)
	$(PYTHON) tools/coverage_of_rows.py --write $(GEN)

# The documentation compiler shares its reader with `llavero docs render`, but not the tables that
# it makes.
DOC_SRCS := tools/docs-compile.c tools/docs-read.c tools/docs-check.c tools/docs-emit.c \
	$(filter-out src/docs/site.c src/docs/command.c,$(wildcard src/docs/*.c)) \
	$(wildcard src/base/*.c)
build/tools/docs-compile: $(DOC_SRCS) tools/docs-content.h src/core/errors.def src/core/error.h \
		$(wildcard src/docs/*.h src/base/*.h)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c17 -O1 -g $(WARNINGS) -o $@ $(DOC_SRCS) $(LDLIBS)
$(GEN)/docs_content.c: build/tools/docs-compile $(shell find content -type f 2>/dev/null)
	@mkdir -p $(@D)
	build/tools/docs-compile --errors content $(GEN)

# Where the file system's standard says; nothing is started, and no user is made.
PREFIX ?= /usr/local
UNITS  ?= $(PREFIX)/lib/systemd/system
DOCS   := README.md CHANGELOG.md docs/operations.md docs/settings.md docs/limits.md docs/dialects.md docs/standard.md
install: $(OUT)/llavero
	install -D -m 0755 $< $(DESTDIR)$(PREFIX)/bin/llavero
	for page in packaging/man/*; do install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man$${page##*.} $$page; done
	install -D -m 0644 -t $(DESTDIR)$(UNITS) packaging/systemd/*
	install -D -m 0644 -t $(DESTDIR)/etc/llavero packaging/llavero.conf
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/llavero $(DOCS)

clean:
	rm -rf build

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
