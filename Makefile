# Everything a person types. `make help` lists it.
#
#   make [BUILD=dir] [SANITIZE=1] [CC=clang] [WERROR=1]

BUILD    ?= $(if $(SANITIZE),build/sanitize,build)
PREFIX   ?= /usr/local
CC       ?= cc
AR       ?= ar
CFLAGS   ?= -O3 -g
# What the library is linked with, and what the program adds.
LIB_PACKAGES := gsl openblas lapacke libzip
PACKAGES := $(LIB_PACKAGES) jansson yaml-0.1 libxxhash
VERSION  := 0.1.0
# Of the shared library: rises when something in library/symbols.txt goes or
# changes its meaning.
SONAME   := libystep.so.0
MPI_SONAME := libystep_mpi.so.0

# `make V=1` shows whole commands.
Q        := $(if $(V),,@)
say       = @echo "  $(1) $@"

# Other compilers, and other flags, warn of other things: an error is what
# continuous integration makes of them (WERROR=1).
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(if $(WERROR),-Werror)
# Nothing here reads errno after a math call or traps floating-point exceptions:
# without them square roots and comparisons vectorise. (No vector crosses a call
# between files, so its calling convention is nobody's concern: -Wno-psabi.)
# A loop that Clang cannot turn into vectors is no mistake: -Wno-pass-failed.
# Products and sums are fused where FUSED below says so: in -std=c11 GCC does not
# of itself, Clang does.
CODEGEN  := -Wno-psabi -Wno-pass-failed -fopenmp -fno-math-errno -fno-trapping-math \
            -ffp-contract=off -fPIC -fvisibility=hidden
CPPFLAGS += -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(PACKAGES))
# GSL's own slow BLAS stays out: OpenBLAS serves GSL too.
LDLIBS   += $(filter-out -lgslcblas,$(shell pkg-config --libs $(PACKAGES))) -lm
LIB_LIBS := $(filter-out -lgslcblas,$(shell pkg-config --libs $(LIB_PACKAGES))) -lm

ifdef PORTABLE
CPPFLAGS += -DYS_PORTABLE
endif

ifdef SANITIZE
CODEGEN  += -fsanitize=address,undefined -fno-sanitize-recover=all \
            -fno-omit-frame-pointer
CPPFLAGS += -DYS_SANITIZE
endif

# For `make fuzz`, by Clang: what its loops look like and warn of is not asked.
ifdef FUZZ
BUILD    := build/fuzz
WARNINGS := -w
CFLAGS   := -O1 -g
CODEGEN  := $(filter-out -fopenmp,$(CODEGEN)) -fno-omit-frame-pointer \
            -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow \
            -fno-sanitize-recover=all
CPPFLAGS += -DYS_SANITIZE -DYS_PORTABLE
endif

# The generic competition is built where its packages are installed.
OPTIONAL := ipopt nlopt
FOUND    := $(foreach p,$(OPTIONAL),$(shell pkg-config --exists $(p) && echo $(p)))
ifneq ($(strip $(FOUND)),)
CPPFLAGS += $(foreach p,$(FOUND),-DYS_HAVE_$(shell echo $(p) | tr a-z A-Z)) \
            $(shell pkg-config --cflags $(FOUND))
LDLIBS   += $(shell pkg-config --libs $(FOUND))
LIB_LIBS += $(shell pkg-config --libs $(FOUND))
endif

comma    := ,
# One y-step over many processes, where Open MPI is installed: the program's, and
# a library of its own beside libystep, which knows nothing of it. MPI= leaves it
# out.
MPI      := $(shell pkg-config --exists ompi-c && echo yes)
ifneq ($(MPI),)
CPPFLAGS += -DYS_HAVE_MPI $(shell pkg-config --cflags ompi-c)
MPI_LIBS := $(shell pkg-config --libs ompi-c)
MPI_SRC  := $(wildcard mpi/*.c)
# Only what calls it is linked with it, and loads it; before Ipopt's MUMPS, which
# has functions of the same names, for a process alone.
LDLIBS   := $(if $(filter Darwin,$(shell uname)),$(MPI_LIBS),-Wl,--push-state$(comma)--as-needed $(MPI_LIBS) -Wl$(comma)--pop-state) $(LDLIBS)
endif

LIB_SRC   := $(wildcard problems/*.c problems/*/*.c solvers/*.c solvers/*/*.c training/*.c library/*.c)
BENCH_SRC := $(filter mpi/carrier.c,$(MPI_SRC)) $(wildcard bench/*.c) $(filter-out bench/kernels/%,$(wildcard bench/*/*.c))
SPEED_SRC := $(wildcard bench/kernels/*.c)
EXAMPLES  := $(wildcard examples/*.c examples/*.cpp examples/plugins/*.c)
TEST_SRC  := $(wildcard tests/*/test_*.c tests/bench/*/test_*.c)
STYLED    := $(wildcard $(foreach d,problems solvers library training mpi bench tests,$(foreach e,c h,$(d)/*.$(e) $(d)/*/*.$(e) $(d)/*/*/*.$(e)))) $(EXAMPLES)
LIB_OBJ   := $(LIB_SRC:%.c=$(BUILD)/%.o)
MPI_OBJ   := $(MPI_SRC:%.c=$(BUILD)/%.o)
BENCH_OBJ := $(BENCH_SRC:%.c=$(BUILD)/%.o)
SPEED_OBJ := $(SPEED_SRC:%.c=$(BUILD)/%.o)
# What the tests link: the harness without its mains, as an archive.
HARNESS   := $(filter-out %/main.o,$(BENCH_OBJ) $(SPEED_OBJ))
TESTS     := $(TEST_SRC:%.c=$(BUILD)/%)

.PHONY: all test soak soak-exact soak-faults sanitize valgrind browser-test paper bench format check-format \
        lint install clean help FORCE
PRODUCTS  := ystep kernel-bench libystep.a libystep.so $(if $(MPI_SRC),libystep_mpi.so)
all: $(PRODUCTS:%=$(BUILD)/%)  ## build everything

# -rdynamic: what public headers declare is there for plug-ins.
$(BUILD)/ystep: $(BENCH_OBJ) $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -rdynamic -o $@ $(BENCH_OBJ) $(BUILD)/libystep.a $(LDLIBS)

$(BUILD)/kernel-bench: $(BUILD)/bench/kernels/main.o $(BUILD)/libharness.a \
  $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# GCC's OpenMP starts every parallel region by a call of this, which
# bench/kernels/regions.c counts. (macOS's linker does not know the option.)
ifneq ($(shell uname),Darwin)
$(BUILD)/kernel-bench $(BUILD)/tests/bench/kernels/test_kernels: LDFLAGS += -Wl,--wrap=GOMP_parallel
endif

# q, not r: two folders may hold files of the same name.
$(BUILD)/libystep.a: $(LIB_OBJ)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) qcs $@ $^

# It shows library/ystep.h alone, and the other mpi/ystep_mpi.h. (macOS's linker
# knows neither option.)
ifneq ($(shell uname),Darwin)
shown  = -Wl,-soname,$(1) -Wl,--version-script=$(2)
endif
$(BUILD)/libystep.so: $(filter-out $(BUILD)/training/%,$(LIB_OBJ)) library/libystep.map
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -shared $(call shown,$(SONAME),library/libystep.map) -o $@ $(filter %.o,$^) $(LIB_LIBS)
	@ln -sf libystep.so $(BUILD)/$(SONAME)

$(MPI_OBJ): CPPFLAGS += -Ilibrary

# Of the archive it takes a few small things that libystep.so does not show.
$(BUILD)/libystep_mpi.so: $(MPI_OBJ) mpi/libystep_mpi.map $(BUILD)/libystep.so $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -shared $(call shown,$(MPI_SONAME),mpi/libystep_mpi.map) -o $@ \
	  $(MPI_OBJ) $(BUILD)/libystep.so $(BUILD)/libystep.a $(MPI_LIBS)
	@ln -sf libystep_mpi.so $(BUILD)/$(MPI_SONAME)

$(BUILD)/libharness.a: $(HARNESS)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) qcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=c11 $(WARNINGS) $(CODEGEN) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libharness.a $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(LDLIBS)

# The suites that are built in ways of their own, below.
TESTS_APART := tests/bench/commands/test_allocation tests/library/test_starved tests/bench/commands/test_faults \
               tests/bench/sweep/test_sweep_misfits tests/bench/kernels/test_kernels \
               tests/training/test_networks tests/audit/test_audit tests/audit/test_minibatches

# `make sanitize QUICK=1` leaves these out: most of all they start processes, each of
# which the sanitizers make five times as slow, in ways that other suites do, too.
PROCESSES := bench/checks/test_checks_broken bench/commands/test_docs bench/commands/test_faults \
             bench/figures/test_looks bench/figures/test_kinds bench/figures/test_figures \
             bench/ranks/test_mpi_faults bench/run/test_exec bench/sweep/test_sweep_ranks \
             bench/sweep/test_sweep_resume bench/sweep/test_sweep_shards bench/train/test_train

# In kernels a product and a sum may be fused into one operation, which -std=c11
# alone forbids: it doubles their rate.
FUSED := problems/objective/collision problems/objective/collision_measure \
         solvers/em/em_rows solvers/ipm/ipm_outer solvers/proximal/md \
         solvers/proximal/pgd solvers/proximal/proximal
# Every file that is named by itself in here, above and below: a rule for a file
# that is there no more would silently do nothing.
NAMED := $(FUSED) bench/main bench/kernels/main bench/store/meta solvers/registry \
         $(TESTS_APART) $(PROCESSES:%=tests/%) tests/support/failing_alloc tests/support/faults \
         tests/support/misfits tests/support/argmax tests/library/two_threads tests/mpi/caller
$(foreach f,$(NAMED),$(if $(wildcard $(f).c),,$(error the Makefile names $(f).c, which is not there)))
$(FUSED:%=$(BUILD)/%.o): CODEGEN += -ffp-contract=fast

$(BUILD)/tests/%.o: CPPFLAGS += $(shell pkg-config --cflags check)

# The allocator that fails on purpose takes the place of libc's in two suites.
FAILING_ALLOC := $(foreach f,malloc calloc realloc free strdup strndup asprintf,-Wl,--wrap=$(f))
STARVED := $(addprefix $(BUILD)/tests/,bench/commands/test_allocation library/test_starved)
$(STARVED): $(BUILD)/tests/support/failing_alloc.o
$(STARVED): LDFLAGS += $(FAILING_ALLOC)

# A program whose table of solvers also holds some that crash, hoard memory and
# hang, for the tests of sweeps, and one that takes sparse labels.
MISFITS := $(BUILD)/tests/support/ystep-misfits
$(BUILD)/tests/support/registry.o: solvers/registry.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=c11 $(WARNINGS) $(CODEGEN) $(CFLAGS) $(CPPFLAGS) \
	  -DYS_MORE_SOLVERS='"tests/support/misfits.def"' -MMD -MP -c -o $@ $<
$(MISFITS): $(BUILD)/bench/main.o $(BUILD)/tests/support/registry.o \
  $(BUILD)/tests/support/misfits.o $(BUILD)/tests/support/argmax.o \
  $(BUILD)/libharness.a $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/tests/bench/sweep/test_sweep_misfits $(BUILD)/tests/bench/commands/test_sparse $(BUILD)/tests/bench/ranks/test_mpi: | $(MISFITS)

# System calls that fail, and kills, at every call: a sample in the suite.
$(BUILD)/tests/bench/commands/test_faults: $(BUILD)/tests/support/faults.o

$(BUILD)/tests/bench/kernels/test_kernels: | $(BUILD)/kernel-bench

# A program that calls libystep_mpi, which a suite starts by mpirun.
CALLER := $(BUILD)/tests/mpi/caller
$(CALLER): $(CALLER).o $(BUILD)/libystep_mpi.so
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -o $@ $< $(BUILD)/libystep_mpi.so $(BUILD)/libystep.so $(MPI_LIBS) -lm
$(CALLER).o: CPPFLAGS += -Ilibrary
$(BUILD)/tests/mpi/test_calls: | $(if $(MPI_SRC),$(CALLER))

$(BUILD)/tests/library/test_outside: | $(PRODUCTS:%=$(BUILD)/%)

# The networks in double precision, for the suite that checks their gradients.
DOUBLE := $(patsubst training/%.c,$(BUILD)/tests/double/%.o,$(wildcard training/*.c))
$(BUILD)/tests/double/%.o: training/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=c11 $(WARNINGS) $(CODEGEN) $(CFLAGS) $(CPPFLAGS) \
	  -DYS_DOUBLE_NETWORKS -MMD -MP -c -o $@ $<
$(BUILD)/tests/training/test_networks: $(BUILD)/tests/training/test_networks.o $(DOUBLE) $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(LDLIBS)
$(BUILD)/tests/training/test_networks.o: CPPFLAGS += -DYS_DOUBLE_NETWORKS

# The audit of every solver in 128-bit arithmetic, where the compiler has that.
AUDITOR   := $(BUILD)/tests/audit/audit
AUDIT_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/audit/test_%,$(wildcard tests/audit/*.c)))
AUDITING  := $(addprefix $(BUILD)/tests/audit/,test_audit test_minibatches)
ifneq ($(shell $(CC) -E -x c -include quadmath.h /dev/null >/dev/null 2>&1 && echo yes),yes)
TESTS     := $(filter-out $(AUDITING),$(TESTS))
endif
$(AUDITOR): $(AUDIT_OBJ) $(BUILD)/libharness.a $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lquadmath
$(AUDITING): %: %.o $(filter-out %/main.o,$(AUDIT_OBJ)) $(BUILD)/libharness.a \
  $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(LDLIBS) -lquadmath

# What was built, for meta.json; rewritten only when it changes.
$(BUILD)/bench/store/meta.o: $(BUILD)/stamp.h
$(BUILD)/bench/store/meta.o: CPPFLAGS += -I$(BUILD)
$(BUILD)/stamp.h: FORCE
	@mkdir -p $(@D)
	@{ echo '#define YS_VERSION "$(VERSION)"'; \
	   echo '#define YS_COMMIT "$(shell git describe --always --dirty 2>/dev/null || echo unknown)"'; \
	   echo '#define YS_COMPILER "$(shell $(CC) --version | head -n 1)"'; \
	   echo '#define YS_FLAGS "$(CODEGEN) $(CFLAGS)"'; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

.PHONY: suites portability
suites: $(TESTS)

test: all $(TESTS)  ## build and run every Check suite
	@scripts/run-tests $(BUILD) $(TESTS)

sanitize:  ## the same suites under AddressSanitizer and UBSan (QUICK=1: most)
	$(MAKE) SANITIZE=1 all
	@nm build/sanitize/ystep | grep -q __asan_init || \
	  { echo 'build/sanitize/ystep is not instrumented' >&2; exit 1; }
	ASAN_OPTIONS=allocator_may_return_null=1 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/support/lsan.supp \
	  $(MAKE) test SANITIZE=1 QUICK= $(if $(QUICK),TESTS="$(filter-out $(PROCESSES:%=build/sanitize/tests/%),$(TESTS:build/tests/%=build/sanitize/tests/%))")

# JOBS processes; some 40 minutes on two cores.
AUDIT       ?= 3000
MINIBATCHES ?= 20000
JOBS        ?= $(shell nproc)
RECORDED    := bench/data/cifar10_lenet5_3000.npy
soak: $(AUDITOR) soak-faults  ## every solver on thousands of hard batches, held against the true optimum
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(AUDITOR) --jobs $(JOBS) --batches $(AUDIT) && a=0 || a=1; \
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(AUDITOR) --jobs $(JOBS) --batches $(MINIBATCHES) \
	  --recording $(RECORDED) && exit $$a

# RECORDINGS: a folder of recorded batches. Some ten minutes on two cores.
RECORDINGS ?= bench/data
soak-exact: all $(AUDITOR)  ## where exact must converge: the grid, recorded batches and mini-batches of them
	@scripts/soak-exact $(BUILD)/ystep $(AUDITOR) results/soak-exact $(RECORDINGS) 2000 $(JOBS)

soak-faults: all $(BUILD)/tests/bench/commands/test_faults  ## every call on files of every command that writes: failing, or the last
	@YSTEP=$(CURDIR)/$(BUILD)/ystep YSTEP_SOURCE=$(CURDIR) $(BUILD)/tests/bench/commands/test_faults all

# CASES: some of those in the script.
portability:  ## build and test by Clang, GCC at every level, and for arm64
	+@scripts/portability $(CASES)

# Valgrind does not know every instruction of the newest vector units.
valgrind:  ## one run of the program from batch to table under valgrind
	$(MAKE) BUILD=build/portable PORTABLE=1 build/portable/ystep
	@scripts/valgrind-run build/portable/ystep

# Two threads in the library at a time, likewise.
.PHONY: helgrind
RACERS := tests/library/two_threads
helgrind:  ## two threads that use the library at once, under helgrind
	$(MAKE) BUILD=build/portable PORTABLE=1 build/portable/$(RACERS)
	@if command -v valgrind >/dev/null; then \
	  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 valgrind -q --tool=helgrind --error-exitcode=3 build/portable/$(RACERS); \
	else echo 'helgrind: skipped: no valgrind (scripts/install-deps --dev)'; fi

# One program a reader, by Clang's libFuzzer, beginning with tests/fuzz/seeds.
.PHONY: fuzz
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_CC ?= clang
SECONDS ?= 60
fuzz:  ## fuzz every reader (FUZZ_CC=clang) for SECONDS=60 each
	@scripts/fuzz "$(FUZZ_CC)" "$(SECONDS)" $(FUZZERS)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libharness.a \
  $(BUILD)/libystep.a
	$(call say,LD)
	$(Q)$(CC) $(CODEGEN) -fsanitize=fuzzer -fopenmp $(LDFLAGS) -o $@ $^ $(LDLIBS)

browser-test: all  ## the page of `ystep report` in headless Chromium, if it is here
	@scripts/browser-test $(BUILD)/ystep $(BUILD)/browser

paper: all  ## the experiment: tables and figures in results/paper; goes on where it was
	scripts/paper $(BUILD)/ystep results/paper

.PHONY: docs-numbers
docs-numbers: all  ## rewrite what README and docs quote of results/reference
	@scripts/docs-numbers $(BUILD)/ystep

bench: $(BUILD)/kernel-bench  ## time the hot loops against triad and DGEMM
	$(BUILD)/kernel-bench -o results/bench --force

.PHONY: claims warm-starts figures
claims: all  ## the paper's claims on training: tables and figures (QUICK=1: small)
	scripts/claims $(BUILD)/ystep results/claims

warm-starts: all  ## what each solver gains from the labels of the last y-step
	scripts/warm-starts $(BUILD)/ystep results/warm-starts

figures: all  ## the figure of docs/method.md: EM beside mirror descent
	scripts/figure-em-md $(BUILD)/ystep results/em-md

lint:  ## check scripts, includes, that the library keeps silent, and products of sizes
	shellcheck .ci/run $(shell grep -sl "^.!/bin/sh" scripts/*)
	@scripts/check-arrows
	@scripts/check-circles
	@scripts/check-silence $(filter-out library/clock.c,$(wildcard $(foreach d,problems problems/* solvers solvers/* library training mpi,$(d)/*.[ch])))
	@scripts/check-products $(LIB_SRC) $(MPI_SRC) $(BENCH_SRC) $(SPEED_SRC)

# Beside the interface's header those that a solver of one's own includes.
SOLVER_HEADERS := solvers/solver.h $(foreach h,batch blocks error labels memory objective options ranks,problems/$(h).h)
ROOT   := $(DESTDIR)$(PREFIX)
SHARED := $(ROOT)/lib/libystep.so.$(VERSION)
# A manual page a command, which the program writes from its tables of options,
# and what the completion of each shell reads.
COMMANDS := $(filter-out worker complete,$(patsubst bench/commands/cmd_%.c,%,$(wildcard bench/commands/cmd_*.c)))
MAN      := $(ROOT)/share/man/man1
PAGES    := $(MAN)/ystep.1 $(COMMANDS:%=$(MAN)/ystep-%.1)
SHELLS   := $(addprefix $(ROOT)/share/,bash-completion/completions/ystep \
              zsh/site-functions/_ystep fish/vendor_completions.d/ystep.fish)
MPI_SHARED := $(ROOT)/lib/libystep_mpi.so.$(VERSION)
INSTALLED := $(PAGES) $(SHELLS) $(ROOT)/bin/ystep $(SHARED) \
             $(foreach f,libystep.a libystep.so $(SONAME) pkgconfig/ystep.pc,$(ROOT)/lib/$(f)) \
             $(if $(MPI_SRC),$(MPI_SHARED) $(foreach f,libystep_mpi.so $(MPI_SONAME) pkgconfig/ystep_mpi.pc,$(ROOT)/lib/$(f)) $(ROOT)/include/ystep_mpi.h) \
             $(ROOT)/include/ystep.h $(SOLVER_HEADERS:%=$(ROOT)/include/ystep/%) \
             $(patsubst scripts/assets/%,$(ROOT)/share/ystep/scripts/%,$(wildcard scripts/assets/*))

install: all install-built  ## install program, library, headers and scripts under PREFIX

.PHONY: install-built uninstall
install-built:
	install -d $(sort $(dir $(INSTALLED)))
	install $(BUILD)/ystep $(ROOT)/bin
	install -m 644 $(BUILD)/libystep.a $(ROOT)/lib
	install -m 644 $(BUILD)/libystep.so $(SHARED)
	ln -sf libystep.so.$(VERSION) $(ROOT)/lib/$(SONAME)
	ln -sf $(SONAME) $(ROOT)/lib/libystep.so
	sed -e 's|@PREFIX@|$(abspath $(PREFIX))|' -e 's|@VERSION@|$(VERSION)|' \
	  -e 's|@PRIVATE@|$(strip $(LIB_LIBS)) -fopenmp|' library/ystep.pc.in >$(ROOT)/lib/pkgconfig/ystep.pc
	install -m 644 library/ystep.h $(ROOT)/include
	$(if $(MPI_SRC),$(MAKE) --no-print-directory install-mpi)
	install -m 644 $(filter solvers/%,$(SOLVER_HEADERS)) $(ROOT)/include/ystep/solvers
	install -m 644 $(filter problems/%,$(SOLVER_HEADERS)) $(ROOT)/include/ystep/problems
	install -m 644 scripts/assets/* $(ROOT)/share/ystep/scripts
	$(BUILD)/ystep help --man >$(MAN)/ystep.1
	for c in $(COMMANDS); do $(BUILD)/ystep help $$c --man >$(MAN)/ystep-$$c.1 || exit; done
	install -m 644 scripts/completion/ystep.bash $(word 1,$(SHELLS))
	install -m 644 scripts/completion/_ystep $(word 2,$(SHELLS))
	install -m 644 scripts/completion/ystep.fish $(word 3,$(SHELLS))

# Where MPI was found.
.PHONY: install-mpi
install-mpi:
	install -m 644 $(BUILD)/libystep_mpi.so $(MPI_SHARED)
	ln -sf libystep_mpi.so.$(VERSION) $(ROOT)/lib/$(MPI_SONAME)
	ln -sf $(MPI_SONAME) $(ROOT)/lib/libystep_mpi.so
	sed -e 's|@PREFIX@|$(abspath $(PREFIX))|' -e 's|@VERSION@|$(VERSION)|' mpi/ystep_mpi.pc.in \
	  >$(ROOT)/lib/pkgconfig/ystep_mpi.pc
	install -m 644 mpi/ystep_mpi.h $(ROOT)/include

uninstall:  ## remove from PREFIX what install puts there
	rm -f $(INSTALLED)
	-rmdir $(addprefix $(ROOT)/,include/ystep/solvers include/ystep/problems include/ystep share/ystep/scripts share/ystep) 2>/dev/null

format:  ## bring every C file into the one style
	clang-format -i $(STYLED)

check-format:  ## fail if a C file is not in the one style
	clang-format --dry-run -Werror $(STYLED)

clean:  ## remove what was built
	rm -rf $(BUILD)

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/\1:/p' Makefile | sort

-include $(wildcard $(BUILD)/tests/fuzz/*.d)
-include $(LIB_OBJ:.o=.d) $(MPI_OBJ:.o=.d) $(BENCH_OBJ:.o=.d) $(SPEED_OBJ:.o=.d) $(TEST_SRC:%.c=$(BUILD)/%.d) $(AUDIT_OBJ:.o=.d) $(RACERS:%=$(BUILD)/%.d)
.SECONDARY:
