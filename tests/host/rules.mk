# Host tests: kernel files, unchanged, as i386 programs under AddressSanitizer and UBSan.
#
# `make host-tests` builds and runs them all. Each prints KTAP version 1, which
# is kept in $(BUILD)/host/test_NAME.ktap too. Every program is linked with the frame, the
# shim and the archive of kernel/lib; HOST_SRC_NAME lists what else it tests.

HOST_TESTS := list rbtree interval_tree radix_tree bitmap string ctype vsprintf kstrtox math64 \
	memblock buddy page_alloc slab lesson_alloc vm_range elf bootinfo cpio

HOST_MACHINE := tests/host/shim/machine.c mm/page_alloc.c mm/buddy.c mm/zone.c mm/shrinker.c \
	mm/vmstat.c
HOST_SRC_memblock := mm/memblock.c $(HOST_MACHINE)
HOST_SRC_buddy := mm/buddy.c
HOST_SRC_page_alloc := $(HOST_MACHINE) mm/fault_inject.c
HOST_SRC_slab := $(wildcard mm/slab*.c) mm/kmalloc.c mm/buddy.c
HOST_SRC_lesson_alloc := $(wildcard mm/lesson_*.c) mm/buddy.c tests/kernel/lesson_trace.c
HOST_SRC_vm_range := mm/vm_range.c
HOST_SRC_elf := kernel/elf.c
HOST_SRC_bootinfo := kernel/bootinfo.c
HOST_SRC_cpio := kernel/fs/cpio.c

HOSTCC32 ?= i686-linux-gnu-gcc
HOST_ROOT ?= /usr/i686-linux-gnu/lib
HOST_CFLAGS := -m32 -march=i686 -O1 -g -fno-omit-frame-pointer -std=gnu11 -Wall -Wextra -Werror \
	-fsanitize=address,undefined -fno-sanitize-recover=all -I tests/host/shim -I .
# The old kind of run path also holds for what the sanitizer's library needs itself.
HOST_LDFLAGS := -m32 -fsanitize=address,undefined \
	-Wl,--dynamic-linker=$(HOST_ROOT)/ld-linux.so.2 \
	-Wl,--disable-new-dtags,-rpath,$(HOST_ROOT)

HOST_OBJ := $(BUILD)/host
HOST_LIB := $(HOST_OBJ)/libfolio.a
HOST_LIB_SRC := $(wildcard kernel/lib/*.c)
HOST_FRAME := tests/host/host.c tests/host/shim/shim.c
HOST_PROGRAMS := $(HOST_TESTS:%=$(HOST_OBJ)/test_%)

# What a kernel file calls by a C library's name: see the shim headers.
$(HOST_OBJ)/kernel/%.o $(HOST_OBJ)/mm/%.o: HOST_INCLUDE := -include tests/host/shim/rename_printf.h
$(HOST_OBJ)/kernel/lib/string.o: HOST_INCLUDE := -include tests/host/shim/rename_string.h

$(HOST_OBJ)/%.o: %.c tests/host/rules.mk
	$(say) HOSTCC $<
	@mkdir -p $(@D)
	$(Q)$(HOSTCC32) $(HOST_CFLAGS) $(HOST_INCLUDE) -MMD -MP -c -o $@ $<

$(HOST_LIB): $(HOST_LIB_SRC:%.c=$(HOST_OBJ)/%.o)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

define host_program
$(HOST_OBJ)/test_$(1): $(HOST_OBJ)/tests/host/test_$(1).o $$(HOST_SRC_$(1):%.c=$(HOST_OBJ)/%.o) \
		$(HOST_FRAME:%.c=$(HOST_OBJ)/%.o) $(HOST_LIB)
	$$(say) HOSTLD $$@
	$$(Q)$$(HOSTCC32) $$(HOST_LDFLAGS) -o $$@ $$^
endef
$(foreach test,$(HOST_TESTS),$(eval $(call host_program,$(test))))

# Runs them all, also after a failure, and then fails if one did.
.PHONY: host-tests
host-tests: $(HOST_PROGRAMS)
	@failed=; for program in $(HOST_PROGRAMS); do \
		$$program >$$program.ktap 2>&1 || failed="$$failed $${program##*/}"; \
		sed "s,^KTAP version 1,# $${program##*/},; s,^1\.\.,# tests: ," $$program.ktap; \
	done; \
	if [ -n "$$failed" ]; then echo "# failed:$$failed"; exit 1; fi

-include $(shell find $(HOST_OBJ) -name '*.d' 2>/dev/null)
