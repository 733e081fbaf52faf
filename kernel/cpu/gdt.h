/*
 * Segments (Intel SDM vol. 3A, 3.4.5 "Segment Descriptors"). Everything is flat;
 * the selectors are those of Linux 2.6 on i386, which programs can see.
 */
#ifndef FOLIO_CPU_GDT_H
#define FOLIO_CPU_GDT_H

#include "kernel/lib/compiler.h"

#define GDT_ENTRIES	       32
#define GDT_ENTRY_TLS_MIN      6
#define GDT_ENTRY_TLS_ENTRIES  3
#define GDT_ENTRY_TLS_MAX      (GDT_ENTRY_TLS_MIN + GDT_ENTRY_TLS_ENTRIES - 1)
#define GDT_ENTRY_KERNEL_CS    12
#define GDT_ENTRY_KERNEL_DS    13
#define GDT_ENTRY_USER_CS      14
#define GDT_ENTRY_USER_DS      15
#define GDT_ENTRY_TSS	       16
#define GDT_ENTRY_LDT	       17
#define GDT_ENTRY_DOUBLE_FAULT 31

#define KERNEL_CS	       (GDT_ENTRY_KERNEL_CS * 8)   /* 0x60 */
#define KERNEL_DS	       (GDT_ENTRY_KERNEL_DS * 8)   /* 0x68 */
#define USER_CS		       (GDT_ENTRY_USER_CS * 8 + 3) /* 0x73 */
#define USER_DS		       (GDT_ENTRY_USER_DS * 8 + 3) /* 0x7b */

/* The access byte: P, DPL, S and type. */
#define DESC_PRESENT   0x80u
#define DESC_DPL(n)    ((unsigned int)(n) << 5)
#define DESC_CODE_DATA 0x10u /* S: not a system segment */
#define DESC_CODE      0x0au /* execute, read */
#define DESC_DATA      0x02u /* read, write */
#define DESC_LDT       0x02u /* system segment types */
#define DESC_TSS       0x09u /* available 32-bit TSS */
/* The flags nibble. */
#define DESC_GRAN_4K 0x8u
#define DESC_32BIT   0x4u

struct segment_descriptor {
	u16 limit_low;
	u16 base_low;
	u8 base_mid;
	u8 access;
	u8 limit_high_flags;
	u8 base_high;
} __packed;

/* The 32-bit task-state segment (SDM vol. 3A, 7.2.1). */
struct tss {
	u32 back_link;
	u32 esp0, ss0;
	u32 esp1, ss1;
	u32 esp2, ss2;
	u32 cr3, eip, eflags;
	u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs;
	u32 ldt;
	u16 trace;
	u16 iomap_base;
} __packed;

/* The TSS that is loaded: the task switch writes esp0. */
extern struct tss cpu_tss;

/* Set where the processor finds the kernel stack when it leaves ring 3: its upper end. */
static __always_inline void tss_set_esp0(unsigned long stack_top)
{
	cpu_tss.esp0 = stack_top;
}

/*
 * gdt_init - load the GDT, the segment registers and the TSS. Once, at boot, with
 * interrupts disabled.
 */
void gdt_init(void);

/*
 * segment_pack - the descriptor of a segment. `limit` is in bytes, exclusive of
 * nothing: the last valid offset; with DESC_GRAN_4K in `flags` it counts pages.
 */
struct segment_descriptor segment_pack(u32 base, u32 limit, unsigned int access,
				       unsigned int flags);

/* The base and the limit (as stored) that a descriptor holds. */
u32 segment_base(const struct segment_descriptor *desc);
u32 segment_limit(const struct segment_descriptor *desc);

/*
 * gdt_set, gdt_get - write or read one entry of the GDT (0..GDT_ENTRIES-1). A
 * segment register keeps the old descriptor until it is loaded again.
 */
void gdt_set(unsigned int entry, struct segment_descriptor desc);
struct segment_descriptor gdt_get(unsigned int entry);

/*
 * gdt_load_tls - put a task's three TLS descriptors into entries 6..8. Called by
 * the task switch, interrupts disabled, before fs and gs are loaded.
 */
void gdt_load_tls(const struct segment_descriptor tls[GDT_ENTRY_TLS_ENTRIES]);

/* gdt_load_ldt - use `entries` descriptors at `table` as LDT; 0 entries: none. */
void gdt_load_ldt(const struct segment_descriptor *table, unsigned int entries);

/*
 * double_fault_set_cr3 - the page directory that the double-fault task runs on
 * (physical address); mm calls it once its own directory is in place.
 */
void double_fault_set_cr3(unsigned long phys);

#endif
