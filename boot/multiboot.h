/*
 * What a Multiboot 1 loader hands over (Multiboot Specification 0.6.96, 3.1 to
 * 3.3): the layout only. kernel/bootinfo.h is the way to read it.
 */
#ifndef FOLIO_BOOT_MULTIBOOT_H
#define FOLIO_BOOT_MULTIBOOT_H

#include "kernel/lib/compiler.h"

#define MULTIBOOT_BOOTLOADER_MAGIC 0x2badb002 /* in eax at entry */

/* Bits of multiboot_info.flags: which members are valid. */
#define MULTIBOOT_INFO_MEMORY	   0x001u
#define MULTIBOOT_INFO_CMDLINE	   0x004u
#define MULTIBOOT_INFO_MODS	   0x008u
#define MULTIBOOT_INFO_ELF_SHDR	   0x020u
#define MULTIBOOT_INFO_MEM_MAP	   0x040u
#define MULTIBOOT_INFO_LOADER_NAME 0x200u

struct multiboot_info {
	u32 flags;
	u32 mem_lower; /* KiB from 0 */
	u32 mem_upper; /* KiB from 1 MiB */
	u32 boot_device;
	u32 cmdline; /* physical address of a string */
	u32 mods_count;
	u32 mods_addr; /* physical address of multiboot_module[] */
	u32 shdr_num;
	u32 shdr_size;
	u32 shdr_addr;
	u32 shdr_shndx;
	u32 mmap_length; /* bytes */
	u32 mmap_addr;	 /* physical address of the map */
	u32 drives_length;
	u32 drives_addr;
	u32 config_table;
	u32 boot_loader_name; /* physical address of a string */
};

struct multiboot_module {
	u32 start; /* physical */
	u32 end;   /* exclusive */
	u32 string;
	u32 reserved;
};

/* One entry of the map; `size` does not count itself. */
struct multiboot_mmap_entry {
	u32 size;
	u64 base;
	u64 length;
	u32 type;
} __packed;

#define MULTIBOOT_MEMORY_AVAILABLE 1u

#endif
