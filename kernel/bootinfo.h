/*
 * What the loader told us: memory map, modules, command line. Nothing is
 * copied but the command line; the loader's tables may lie anywhere in
 * physical memory and are read through a small window whenever they are walked.
 */
#ifndef FOLIO_BOOTINFO_H
#define FOLIO_BOOTINFO_H

#include "kernel/lib/compiler.h"

#define BOOT_COMMAND_LINE_SIZE 2048
#define BOOT_MODULE_CMDLINE    256

/* Types of memory in the map (Multiboot 0.6.96, 3.3; the BIOS's E820 numbers). */
#define BOOT_RANGE_USABLE   1u
#define BOOT_RANGE_RESERVED 2u
#define BOOT_RANGE_ACPI	    3u
#define BOOT_RANGE_NVS	    4u
#define BOOT_RANGE_BAD	    5u

struct boot_module {
	unsigned long start; /* physical, as the loader reported it */
	unsigned long end;   /* exclusive */
	const char *cmdline; /* never NULL; cut at BOOT_MODULE_CMDLINE - 1; valid during the call */
};

/* The kernel's command line without the kernel's own name; "" if there was none. */
extern char boot_command_line[BOOT_COMMAND_LINE_SIZE];

/* bootinfo_init - remember where the loader's information is. First thing at boot. */
void bootinfo_init(unsigned long mbi_phys);

/* The loader's name for the log, "unknown loader" if it has none. */
const char *bootinfo_loader(void);

/*
 * bootinfo_for_each_range - the memory map as the loader gave it: unsorted,
 * perhaps overlapping, sizes up to 64 bits. If there is no map, what mem_lower
 * and mem_upper say. Returns the number of ranges. Boot only, as the next two.
 */
unsigned int bootinfo_for_each_range(void (*fn)(u64 base, u64 size, u32 type, void *ctx),
				     void *ctx);

/*
 * bootinfo_for_each_module - in the loader's order; returns their number. Modules whose end is
 * before their start are left out.
 */
unsigned int bootinfo_for_each_module(void (*fn)(const struct boot_module *module, void *ctx),
				      void *ctx);

/*
 * bootinfo_for_each_reserved - the physical ranges that the loader's tables and strings occupy (not
 * the modules).
 */
void bootinfo_for_each_reserved(void (*fn)(unsigned long base, unsigned long size, void *ctx),
				void *ctx);

/*
 * boot_peek - show the page frame that holds `phys` in a window of one page, until
 * the next call; returns the address of that byte. Before mm is there, and for dumps.
 */
void *boot_peek(unsigned long phys);

/* boot_copy_phys - copy `len` bytes from physical memory. */
void boot_copy_phys(void *dst, unsigned long phys, size_t len);

/* The time-stamp counter when the kernel was entered; 0 where there is none (boot/entry.asm). */
extern u64 boot_tsc;

#endif
