# Folio's build. `make help` lists the targets; all output is under build/.
#
# Every .c and .asm file below boot/, kernel/, mm/ and tests/kernel/ is part of
# the kernel, which is built twice: as shipped, and with the checks that cost
# something (CONFIG_DEBUG, UBSan). The user programs inside the kernel image are
# the same in both. Nothing is listed by hand: a new file is found.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

# ---------------------------------------------------------------- settings

BUILD	  ?= build
MEM	  ?= 512M#	memory of the machine that run, run-fast and debug start
APPEND	  ?=#		boot options, as in APPEND='selftest=all autoexit'
QEMUFLAGS ?=#		more words for QEMU's command line
QEMU	  ?= qemu-system-i386
KERNEL	  ?= $(BUILD)/folio.elf#	what run-fast and debug start
INITRD	  ?= $(BUILD)/$(if $(findstring selftest=,$(APPEND)),selftest,initramfs).cpio# the first files; empty: none
# The disk that these machines boot from; empty: none. An archive of one's own is a root of its own.
DISK	  ?= $(if $(filter file,$(origin INITRD)),$(BUILD)/disk.img)
DISKIF	  ?= ide#		how they see it: ide or virtio
TESTFLAGS ?=#		words for tests/system/run.py
N	  ?= 200#	crash images of powercut
V	  ?= 0

comma := ,
ifeq ($(V),1)
Q   :=
say := @:
else
Q   := @
say := @printf '  %-7s %s\n'
endif

# ---------------------------------------------------------------- tools

# Look for the host's tools before asking any compiler a question.
goals := $(or $(MAKECMDGOALS),all)
needs := $(strip $(if $(filter run run-fast debug disk test bench,$(goals)),all,\
	$(if $(filter-out clean clean-disk help format toolchain,$(goals)),build)))
ifneq ($(needs),)
ifneq ($(wildcard tools/check-deps.sh),)
ifneq ($(shell PATH="$(CURDIR)/toolchain/bin:$$PATH" tools/check-deps.sh $(needs) >&2 && echo ok),ok)
$(error tools are missing)
endif
endif
endif

# A true i686-elf toolchain on PATH or from `make toolchain`, else Debian's cross toolchain.
find-tool = $(firstword $(shell command -v $(1)gcc) \
	$(wildcard $(CURDIR)/toolchain/bin/$(1)gcc))
ifneq ($(call find-tool,i686-elf-),)
CROSS := $(patsubst %gcc,%,$(call find-tool,i686-elf-))
else
CROSS := i686-linux-gnu-
endif

ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
LD	:= $(CROSS)ld
AS	:= $(CROSS)as --32
AR	:= $(CROSS)ar
NM	:= $(CROSS)nm
STRIP	:= $(CROSS)strip
OBJDUMP := $(CROSS)objdump
NASM	?= nasm

ifneq ($(needs),)
ifneq ($(findstring clang,$(notdir $(firstword $(CC)))),)
TARGET	:= --target=i686-elf
BUILTIN := $(shell $(CC) -print-resource-dir)/include
else
TARGET	:=
BUILTIN := $(shell $(CC) -print-file-name=include)
endif
LIBGCC := $(shell $(CROSS)gcc -march=i486 -print-libgcc-file-name)
option = $(shell $(CC) $(TARGET) -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo $(1))
OPTIONAL := $(call option,-mno-80387) $(call option,-fno-tree-loop-distribute-patterns)
endif

# ---------------------------------------------------------------- flags

WARNINGS := -Wall -Wextra -Werror
COMMON	 := $(TARGET) -march=i486 -std=gnu11 -O2 -g -ffreestanding -nostdinc -isystem $(BUILTIN) \
	    -fno-pic -no-pie -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables \
	    -fno-omit-frame-pointer -fno-strict-aliasing -fno-common -mno-sse -mno-mmx $(WARNINGS)
ifneq ($(TARGET),)
COMMON	 := $(filter-out -no-pie -nostdlib,$(COMMON)) # words for the linker: clang warns
endif

# The kernel's functions take their first three arguments in eax, edx and ecx, as Linux's
# do: libgcc's would look for them on the stack, so the kernel is linked without it.
KCFLAGS	     := $(COMMON) $(OPTIONAL) -mregparm=3 -I.
# UBSan's own branches (shift counts) make GCC believe in indices that cannot be. Addresses that
# programs give may be anything: unaligned, null, or at the end of all addresses; they are not
# dereferenced but handed to the checked copies.
KCFLAGS_DEBUG = $(KCFLAGS) -DCONFIG_DEBUG=1 -fsanitize=undefined -fno-sanitize=alignment,null,pointer-overflow -Wno-array-bounds
KAFLAGS	     := -f elf32 -w+error -I./
UCFLAGS	     := $(COMMON) $(filter -fno-tree%,$(OPTIONAL)) -Iuser/lib/include -I.
LDFLAGS	     := -m elf_i386 -nostdlib -static -z max-page-size=4096 -z noexecstack \
		--no-warn-rwx-segments --build-id=none

# A flags file changes when its words do; what is built with the words depends on it.
# An outdated list of objects (a file is gone) is noticed in the same way.
FORCE:
define remember =
@mkdir -p $(@D)
@printf '%s\n' '$(strip $(1))' | cmp -s - $@ || printf '%s\n' '$(strip $(1))' >$@
endef

# ---------------------------------------------------------------- user programs

find-files = $(sort $(shell find $(wildcard $(1)) -type f \( $(2) \) 2>/dev/null))

ULIB_SRC  := $(if $(wildcard user/lib),$(call find-files,user/lib,-name '*.c' -o -name '*.S' -o -name '*.asm'))
ULIB_OBJ  := $(patsubst %,$(BUILD)/obj/%.o,$(basename $(ULIB_SRC)))
ULIB	  := $(BUILD)/user/lib/libfolio.a

EXAMPLES  := $(patsubst user/examples/%.c,$(BUILD)/user/examples/%,$(wildcard user/examples/*.c))
BIN_FILES := $(patsubst user/bin/%.c,$(BUILD)/user/bin/%,$(wildcard user/bin/*.c))
BIN_DIRS  := $(patsubst user/bin/%/,$(BUILD)/user/bin/%,$(sort $(dir $(wildcard user/bin/*/*.c))))
LIB_TESTS := $(patsubst tests/user/%.c,$(BUILD)/user/libtests/%,$(wildcard tests/user/*.c))
TEST_SRC  := $(wildcard $(addprefix tests/kernel/programs/*.,c S asm))
TESTPROGS := $(patsubst tests/kernel/programs/%,$(BUILD)/user/tests/%,$(basename $(TEST_SRC)))
PROGRAMS  := $(EXAMPLES) $(BIN_FILES) $(BIN_DIRS) $(TESTPROGS) $(LIB_TESTS)

# Inside the kernel image, without debug information.
EMBEDDED  := $(patsubst %,$(BUILD)/user/embedded/%,\
	     $(notdir $(filter %/segments,$(EXAMPLES)) $(filter %/bench_start %/bench_user,$(TESTPROGS))))

USER_OBJ  := $(ULIB_OBJ) $(patsubst %,$(BUILD)/obj/%.o,$(basename \
	     $(wildcard user/examples/*.c user/bin/*.c user/bin/*/*.c tests/user/*.c) $(TEST_SRC)))

define cc-user =
$(say) CC $<
@mkdir -p $(@D)
$(Q)$(CC) $(UCFLAGS) -MMD -MP -c -o $@ $<
endef
define nasm-user =
$(say) NASM $<
@mkdir -p $(@D)
$(Q)$(NASM) $(KAFLAGS) -MD $(@:.o=.d) -MP -MT $@ -o $@ $<
endef
define ld-user =
$(say) LD $@
@mkdir -p $(@D)
$(Q)$(LD) $(LDFLAGS) -T tools/user.ld -o $@ $(filter %.o,$^) $(ULIB) $(LIBGCC)
endef

$(BUILD)/obj/user/%.o: user/%.c $(BUILD)/flags/user
	$(cc-user)
$(BUILD)/obj/user/%.o: user/%.S $(BUILD)/flags/user
	$(cc-user)
$(BUILD)/obj/user/%.o: user/%.asm $(BUILD)/flags/user
	$(nasm-user)
$(BUILD)/obj/tests/kernel/programs/%.o: tests/kernel/programs/%.c $(BUILD)/flags/user
	$(cc-user)
$(BUILD)/obj/tests/user/%.o: tests/user/%.c $(BUILD)/flags/user
	$(cc-user)
$(BUILD)/obj/tests/kernel/programs/%.o: tests/kernel/programs/%.S $(BUILD)/flags/user
	$(cc-user)
$(BUILD)/obj/tests/kernel/programs/%.o: tests/kernel/programs/%.asm $(BUILD)/flags/user
	$(nasm-user)

$(BUILD)/flags/user: FORCE
	$(call remember,$(CC) $(UCFLAGS) $(NASM) $(KAFLAGS))
$(BUILD)/flags/user-lib: FORCE
	$(call remember,$(ULIB_OBJ))

$(ULIB): $(ULIB_OBJ) $(BUILD)/flags/user-lib
	$(say) AR $@
	@mkdir -p $(@D) && rm -f $@
	$(Q)$(AR) rcsD $@ $(ULIB_OBJ)

$(EXAMPLES): $(BUILD)/user/examples/%: $(BUILD)/obj/user/examples/%.o $(ULIB) tools/user.ld
	$(ld-user)
$(BIN_FILES): $(BUILD)/user/bin/%: $(BUILD)/obj/user/bin/%.o $(ULIB) tools/user.ld
	$(ld-user)
$(LIB_TESTS): $(BUILD)/user/libtests/%: $(BUILD)/obj/tests/user/%.o $(ULIB) tools/user.ld
	$(ld-user)
$(TESTPROGS): $(BUILD)/user/tests/%: $(BUILD)/obj/tests/kernel/programs/%.o $(ULIB) tools/user.ld
	$(ld-user)

# A folder in user/bin is one program: $(1) is its name.
define folder-program =
$(BUILD)/user/bin/$(1): $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard user/bin/$(1)/*.c)) \
		$(BUILD)/flags/bin-$(1) $(ULIB) tools/user.ld
	$$(ld-user)
$(BUILD)/flags/bin-$(1): FORCE
	$$(call remember,$(wildcard user/bin/$(1)/*.c))
endef
$(foreach name,$(notdir $(BIN_DIRS)),$(eval $(call folder-program,$(name))))

define strip-program =
@mkdir -p $(@D)
$(Q)$(STRIP) -o $@ $<
endef
$(BUILD)/user/embedded/%: $(BUILD)/user/tests/%
	$(strip-program)
$(BUILD)/user/embedded/%: $(BUILD)/user/examples/%
	$(strip-program)

$(BUILD)/flags/embedded: FORCE
	$(call remember,$(EMBEDDED))
$(BUILD)/embedded.S: $(EMBEDDED) $(BUILD)/flags/embedded tools/embed.py
	$(say) EMBED $@
	$(Q)python3 tools/embed.py $(EMBEDDED) >$@
$(BUILD)/embedded.o: $(BUILD)/embedded.S
	$(Q)$(AS) -o $@ $<

# ---------------------------------------------------------------- the first files

# The tree that the kernel unpacks at boot (kernel/fs/initramfs.c), and the one of the tests, which has
# their programs in /tests as well. Programs go in without debug information.
STRIPPED_BIN	  := $(patsubst $(BUILD)/user/%,$(BUILD)/user/stripped/%,$(BIN_FILES) $(BIN_DIRS))
STRIPPED_EXAMPLES := $(patsubst $(BUILD)/user/%,$(BUILD)/user/stripped/%,$(EXAMPLES))
STRIPPED_TESTS	  := $(patsubst $(BUILD)/user/%,$(BUILD)/user/stripped/%,$(TESTPROGS))
STRIPPED_LIBTESTS := $(patsubst $(BUILD)/user/%,$(BUILD)/user/stripped/%,$(LIB_TESTS))

$(BUILD)/user/stripped/%: $(BUILD)/user/%
	$(strip-program)

in-folder = $(foreach file,$(2),file:755:$(1)/$(notdir $(file)):$(file))
ROOT_TREE := $(addprefix dir:755:,/bin /sbin /etc /dev /examples /home /mnt /usr /usr/bin /var) \
	     dir:555:/proc dir:700:/root dir:1777:/tmp \
	     $(call in-folder,/bin,$(STRIPPED_BIN)) $(call in-folder,/examples,$(STRIPPED_EXAMPLES)) \
	     $(if $(filter %/bin/init,$(STRIPPED_BIN)),hard:/sbin/init:/bin/init) tree:/etc:user/etc
ROOT_FILES := $(STRIPPED_BIN) $(STRIPPED_EXAMPLES) $(if $(wildcard user/etc),$(call find-files,user/etc,-name '*'))
TEST_PROGRAMS := dir:755:/boot $(call in-folder,/boot,$(STRIPPED_TESTS))
TEST_TREE := $(ROOT_TREE) $(TEST_PROGRAMS) dir:755:/tests $(call in-folder,/tests,$(STRIPPED_LIBTESTS))
# All that the self-tests need, for machines with little memory.
SELFTEST_TREE := $(addprefix dir:755:,/dev /etc) dir:555:/proc dir:1777:/tmp $(TEST_PROGRAMS)

define make-cpio =
$(say) CPIO $@
@mkdir -p $(@D)
$(Q)python3 tools/mkcpio.py $@ $(1)
endef

$(BUILD)/flags/initramfs: FORCE
	$(call remember,$(ROOT_TREE))
$(BUILD)/initramfs.cpio: $(ROOT_FILES) $(BUILD)/flags/initramfs tools/mkcpio.py
	$(call make-cpio,$(ROOT_TREE))
$(BUILD)/flags/test-cpio: FORCE
	$(call remember,$(TEST_TREE))
$(BUILD)/test.cpio: $(ROOT_FILES) $(STRIPPED_TESTS) $(STRIPPED_LIBTESTS) $(BUILD)/flags/test-cpio tools/mkcpio.py
	$(call make-cpio,$(TEST_TREE))
$(BUILD)/selftest.cpio: $(STRIPPED_TESTS) $(BUILD)/flags/test-cpio tools/mkcpio.py
	$(call make-cpio,$(SELFTEST_TREE))

# The disk has the same files, and more room (tools/mkdisk.py). It is made once and keeps what is
# changed on it; programs that were built anew since the last time are put there. One that was
# chosen by DISK= is left as it is.
OWN_DISK     := $(BUILD)/disk.img
ROOT_OPTION   = $(if $(DISK),root=/dev/$(if $(filter virtio,$(DISKIF)),vda,hda)1)
BOOT_OPTIONS  = $(strip $(ROOT_OPTION) $(APPEND))
MACHINE_DISK  = $(filter $(OWN_DISK),$(DISK))

$(OWN_DISK): FORCE $(ROOT_FILES) tools/mkdisk.py tools/mkcpio.py
	@mkdir -p $(@D)
	$(Q)python3 tools/mkdisk.py $@ $(ROOT_TREE)

# The benchmark that runs on Linux too (tests/bench/README.md): only what it needs, and built by its own
# rules, so that the ELF is the same there.
BENCH_CFLAGS := -static -O2 -m32 -march=i686 -mno-sse -mno-mmx -ffreestanding -fno-stack-protector \
	-fno-pic -fno-pie -no-pie -nostdlib -fno-tree-loop-distribute-patterns \
	-fno-asynchronous-unwind-tables -Wall -Wno-misleading-indentation
BENCH_TREE := dir:755:/bin dir:755:/dev dir:555:/proc dir:1777:/tmp \
	$(foreach name,init bin/mmbench bin/tiny bin/diskbench,file:755:/$(name):$(BUILD)/user/bench/$(notdir $(name)))

$(BUILD)/user/bench/mmbench: tests/bench/mmbench.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(BENCH_CFLAGS) -o $@ $< $(LIBGCC)
$(BUILD)/user/bench/tiny: tests/bench/tiny.S
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc -static -nostdlib -m32 -o $@ $<
$(BUILD)/obj/tests/bench/%.o: tests/bench/%.c $(BUILD)/flags/user
	$(cc-user)
$(addprefix $(BUILD)/user/bench/,init diskbench): $(BUILD)/user/bench/%: $(BUILD)/obj/tests/bench/%.o $(ULIB) \
		tools/user.ld
	$(ld-user)
$(BUILD)/bench.cpio: $(addprefix $(BUILD)/user/bench/,init mmbench tiny diskbench) tools/mkcpio.py
	$(call make-cpio,$(BENCH_TREE))

# ---------------------------------------------------------------- the kernel

KERNEL_DIRS := $(wildcard boot kernel mm tests/kernel)
KERNEL_SRC  := $(filter-out tests/kernel/programs/%,\
	       $(call find-files,$(KERNEL_DIRS),-name '*.c' -o -name '*.asm'))
DOUBLE	    := $(filter $(basename $(filter %.c,$(KERNEL_SRC))),$(basename $(filter %.asm,$(KERNEL_SRC))))
ifneq ($(DOUBLE),)
$(error both .c and .asm: $(DOUBLE))
endif

# A disc with GRUB, the modules that it needs and the kernel $<; $(2): boot options; $(3): the
# archive of the first files, or nothing.
define make-iso =
$(say) '$(1)ISO' $@
@rm -rf $@.tree && mkdir -p $@.tree/boot/grub && cp $< $@.tree/boot/
$(if $(3),@cp $(3) $@.tree/boot/initramfs.cpio)
$(Q)sed -e 's|@APPEND@|$(subst &,\&,$(2))|' \
	-e 's|@INITRD@|$(if $(3),module /boot/initramfs.cpio)|' boot/grub.cfg >$@.tree/boot/grub/grub.cfg
$(Q)grub-mkrescue --locales= --fonts= --themes= \
	--install-modules="normal multiboot iso9660 biosdisk serial" \
	-o $@ $@.tree >$@.log 2>&1 || { cat $@.log; exit 1; }
endef

# One kernel: $(1) is its folder, $(2) the name of its C flags, $(3) words for nasm,
# $(4) a mark in the output.
define kernel =
$(1)-objects := $(patsubst %,$(1)/obj/%.o,$(basename $(KERNEL_SRC)))

$(1)/obj/%.o: %.c $(1)/flags/kernel
	$$(say) '$(4)CC' $$<
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$($(2)) -MMD -MP -c -o $$@ $$<
$(1)/obj/%.o: %.asm $(1)/flags/kernel
	$$(say) '$(4)NASM' $$<
	@mkdir -p $$(@D)
	$$(Q)$$(NASM) $$(KAFLAGS) $(3) -MD $$(@:.o=.d) -MP -MT $$@ -o $$@ $$<

$(1)/flags/kernel: FORCE
	$$(call remember,$$(CC) $$($(2)) $$(NASM) $$(KAFLAGS) $(3))
$(1)/flags/link: FORCE
	$$(call remember,$$(LD) $$(LDFLAGS) $$($(1)-objects))

$(1)/folio.elf: $$($(1)-objects) $(BUILD)/embedded.o $(1)/flags/link linker.ld \
		tools/link.sh tools/ksyms.py
	$$(say) '$(4)LD' $$@
	$$(Q)LD='$$(LD)' NM='$$(NM)' AS='$$(AS)' tools/link.sh $$@ $$(LDFLAGS) -T linker.ld \
		$$($(1)-objects) $(BUILD)/embedded.o

# The same without debug information, for the discs: GRUB loads that into memory too.
$(1)/stripped/folio.elf: $(1)/folio.elf
	@mkdir -p $$(@D)
	$$(Q)$$(STRIP) -o $$@ $$<

# The disc, and the one of the tests, whose first entry runs all self-tests.
$(1)/flags/iso: FORCE
	$$(call remember,$$(BOOT_OPTIONS) initrd=$$(INITRD))
$(1)/folio.iso: $(1)/stripped/folio.elf boot/grub.cfg $(1)/flags/iso $$(INITRD)
	$$(call make-iso,$(4),$$(BOOT_OPTIONS),$$(INITRD))
$(1)/test.iso: $(1)/stripped/folio.elf boot/grub.cfg $(BUILD)/selftest.cpio
	$$(call make-iso,$(4),selftest=all autoexit,$(BUILD)/selftest.cpio)
endef
$(eval $(call kernel,$(BUILD),KCFLAGS,))
$(eval $(call kernel,$(BUILD)/debug,KCFLAGS_DEBUG,-DCONFIG_DEBUG=1,d-))

DEPS := $(USER_OBJ:.o=.d) $($(BUILD)-objects:.o=.d) $($(BUILD)/debug-objects:.o=.d)
-include $(DEPS)

# ---------------------------------------------------------------- targets

.PHONY: all kernels programs initramfs iso disk run run-fast debug test powercut bench toolchain \
	format clean clean-disk help FORCE

all: kernels programs initramfs iso	## build everything
kernels: $(BUILD)/folio.elf $(BUILD)/debug/folio.elf	## the shipped and the debug kernel
programs: $(PROGRAMS)	## the user programs
initramfs: $(BUILD)/initramfs.cpio $(BUILD)/test.cpio	## the first files, as cpio archives
iso: $(BUILD)/folio.iso	## the bootable disc

disk: $(OWN_DISK)	## the disk: made once, later only its programs are renewed

# The machine that run, run-fast and debug start. Leaving by the kernel's own
# "all is well" (isa-debug-exit, status 33) counts as success.
MACHINE = $(QEMU) -m $(MEM) -no-reboot -nic none -display none \
	  -device isa-debug-exit,iobase=0xf4,iosize=0x04
MACHINE += $(if $(DISK),-drive 'file=$(DISK)$(comma)format=raw$(comma)if=$(DISKIF)$(comma)index=0$(comma)media=disk')
INITRD_FLAG = $(if $(INITRD),-initrd $(INITRD))
define keys =
@printf '\n  %s with %s of memory; Ctrl-A x leaves, Ctrl-A c is the monitor.\n\n' '$(1)' '$(MEM)'
endef

run: $(BUILD)/folio.iso $(MACHINE_DISK)	## boot through GRUB, with the console on this terminal
	$(call keys,$<)
	$(Q)$(MACHINE) -serial mon:stdio -boot d -cdrom $< $(QEMUFLAGS) || [ $$? -eq 33 ]

run-fast: $(KERNEL) $(INITRD) $(MACHINE_DISK)	## boot the same by QEMU's own multiboot loader
	$(call keys,$<)
	$(Q)$(MACHINE) -serial mon:stdio -kernel $< $(INITRD_FLAG) -append '$(BOOT_OPTIONS)' $(QEMUFLAGS) || [ $$? -eq 33 ]

debug: $(KERNEL) $(INITRD) $(MACHINE_DISK)	## boot halted, with gdb attached, stopped at kernel_main
	$(Q)tools/debug.sh $(KERNEL) $(MACHINE) $(INITRD_FLAG) -append '$(BOOT_OPTIONS)' $(QEMUFLAGS)

test: all $(BUILD)/test.cpio $(BUILD)/selftest.cpio $(BUILD)/bench.cpio $(BUILD)/test.iso $(BUILD)/debug/test.iso	## run every test there is; the last line counts them
	$(Q)python3 tests/system/run.py --build $(BUILD) $(TESTFLAGS)

powercut: $(BUILD)/folio.elf $(BUILD)/test.cpio	## cut the power N times, and look whether all promises are kept
	$(Q)python3 tests/system/powercut.py --build $(BUILD) $(N)

bench: $(BUILD)/folio.elf $(BUILD)/bench.cpio programs	## count instructions per operation
	$(Q)BUILD=$(BUILD) python3 tests/bench/run.py
	$(Q)python3 tests/bench/mmbench.py --build $(BUILD)
	$(Q)python3 tests/bench/disk.py --build $(BUILD)

toolchain:	## build i686-elf binutils and gcc into toolchain/ (ten minutes)
	$(Q)tools/toolchain.sh

# The C files that have a style to keep.
STYLED = $(filter-out tests/bench/mmbench.c,$(shell find $(wildcard boot kernel mm user tests) -name '*.[ch]'))
format:	## check the style of the C files
	$(Q)clang-format --dry-run -Werror $(STYLED)

clean:	## remove what was built, the disk too (not toolchain/)
	rm -rf $(BUILD)

clean-disk:	## remove the disk and all that is on it; the next run makes a new one
	rm -f $(OWN_DISK) $(OWN_DISK).files

help:	## this list
	@echo 'Folio: make TARGET [NAME=VALUE]...'
	@sed -n 's/^\([a-z-]*\):.*\t## \(.*\)/  \1|\2/p' Makefile | \
		while IFS='|' read -r name text; do printf '%-14s %s\n' "  $${name#  }" "$$text"; done
	@echo
	@echo '  MEM=512M          memory of run, run-fast, debug'
	@echo '  APPEND=           boot options, as in APPEND="selftest=all autoexit"'
	@echo '  QEMUFLAGS=        more words for QEMU, as in QEMUFLAGS="-cpu 486"'
	@echo '  KERNEL=FILE       what run-fast and debug start (build/debug/folio.elf)'
	@echo '  INITRD=FILE       the archive of the first files (cpio, newc); INITRD= for none'
	@echo '  DISK=FILE         the disk of these machines, an image of your own; DISK= for none'
	@echo '  DISKIF=ide        what it is: ide or virtio'
	@echo '  TESTFLAGS=        choose tests, as in TESTFLAGS="--only GRUB" (or --list, -j 1)'
	@echo '  N=200             crash images of powercut'
	@echo '  CC=clang          compile with clang; BUILD=DIR builds elsewhere; V=1 shows commands'

-include tests/host/rules.mk
