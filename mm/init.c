/*
 * Bringing memory management up.
 *
 * The order is forced by who needs whom:
 *
 *	the loader's map -> memblock         which frames exist, which are taken
 *	memblock -> page tables              the direct map, in steps: each step's
 *	                                     tables lie in what the last one mapped
 *	memblock -> mem_map, zones           one struct page for each frame
 *	memblock's free frames -> buddy      from here on alloc_pages() works
 *	alloc_pages -> slab -> vmalloc
 *
 * The direct map. Where the processor has 4 MiB pages (PSE) one directory entry
 * maps 4 MiB and costs no table. The first 4 MiB, where the kernel image lies, are
 * mapped by small pages all the same, so that text and constants can be read-only
 * down to the page, and a guard page lies below the first stack. The entries are global
 * where the processor has PGE: the kernel is the same in every address space, so a CR3 load
 * need not forget it.
 *
 * Physical page 0 keeps its place in the direct map (the BIOS left data there);
 * virtual page 0 is mapped by nobody.
 */
#include "mm/init.h"

#include "kernel/bootinfo.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/tlbflush.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "mm/fixmap.h"
#include "mm/highmem.h"
#include "mm/kstack.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "mm/slab.h"
#include "mm/shrinker.h"
#include "mm/vmalloc.h"
#include "mm/zone.h"

/* The linker's marks (linker.ld). */
extern char __kernel_start[], __kernel_end[], __text_start[], __rodata_end[];

/* boot/entry.asm maps this much; all of the kernel image lies within. */
#define BOOT_MAPPED_PFN (16ul << (20 - PAGE_SHIFT))

/* Below this the self-tests do not fit. */
#define MIN_MEMORY_PAGES (4ul << (20 - PAGE_SHIFT))

pgd_t swapper_pg_dir[PTRS_PER_PGD] __aligned(PAGE_SIZE);
unsigned long __page_global;

/* ---- the memory map --------------------------------------------------------------- */

/* By type, BOOT_RANGE_*. */
static const char *const range_types[] = {"?",		 "available", "reserved",
					  "ACPI tables", "ACPI NVS",  "defective"};

static void add_available(u64 base, u64 size, u32 type, void *ctx)
{
	const char *name = type < ARRAY_SIZE(range_types) ? range_types[type] : range_types[0];

	(void)ctx;
	if (!size)
		return;
	pr_info("  0x%09llx-0x%09llx  %s\n", base, base + size - 1, name);
	if (type == BOOT_RANGE_USABLE)
		memblock_add(base, size);
}

static void reserve_unavailable(u64 base, u64 size, u32 type, void *ctx)
{
	(void)ctx;
	if (type != BOOT_RANGE_USABLE)
		memblock_reserve(base, size);
}

static void remove_unavailable(u64 base, u64 size, u32 type, void *ctx)
{
	(void)ctx;
	if (type != BOOT_RANGE_USABLE)
		memblock_remove(base, size);
}

static void reserve(unsigned long base, unsigned long size, void *ctx)
{
	(void)ctx;
	memblock_reserve(base, size);
}

static void reserve_module(const struct boot_module *module, void *ctx)
{
	(void)ctx;
	memblock_reserve(module->start, module->end - module->start);
}

/* Where a PC keeps its video memory and ROMs, whatever the map says (v86's says too little). */
#define PC_HOLE_START 0xA0000u
#define PC_HOLE_END   0x100000u

static void find_memory(void)
{
	/* What is in use comes first: with a long map memblock's own lists must grow. */
	memblock.limit = BOOT_MAPPED_PFN;
	/* Frame 0 holds the BIOS's interrupt vectors and data; and 0 means "none". */
	memblock_reserve(0, PAGE_SIZE);
	memblock_reserve(PC_HOLE_START, PC_HOLE_END - PC_HOLE_START);
	memblock_reserve(__pa(__kernel_start), __kernel_end - __kernel_start);
	bootinfo_for_each_reserved(reserve, NULL);
	bootinfo_for_each_module(reserve_module, NULL);
	bootinfo_for_each_range(reserve_unavailable, NULL);

	pr_info("memory map:\n");
	bootinfo_for_each_range(add_available, NULL);
	bootinfo_for_each_range(remove_unavailable, NULL);
	memblock_remove(PC_HOLE_START, PC_HOLE_END - PC_HOLE_START);

	if (!memblock_pages())
		panic("The loader's memory map shows no usable memory");
	if (memblock_pages() < MIN_MEMORY_PAGES)
		panic("Too little memory: %lu KiB; Folio needs %lu MiB",
		      memblock_pages() << (PAGE_SHIFT - 10), MIN_MEMORY_PAGES >> (20 - PAGE_SHIFT));
	max_pfn = memblock_end();
	max_low_pfn = min(max_pfn, MAX_LOWMEM_PFN);
}

/* ---- page tables ------------------------------------------------------------------- */

/* Below the stack of the boot and of the idle task (boot/entry.asm): not mapped. */
extern char init_stack_guard[];

/* May the 4 MiB at `pfn` be one large page? Those of the kernel image may not. */
static bool fits_large_page(unsigned long pfn)
{
	return boot_cpu_has(X86_FEATURE_PSE) && pfn >= PFN_UP(__pa(__kernel_end)) &&
	       pfn + PTRS_PER_PTE <= max_low_pfn;
}

/* The entry for a frame of the direct map. */
static pte_t lowmem_pte(unsigned long pfn)
{
	unsigned long addr = (unsigned long)__va(PFN_PHYS(pfn));

	if (addr == (unsigned long)init_stack_guard)
		return __pte(0);
	if (addr >= (unsigned long)__text_start && addr < (unsigned long)__rodata_end)
		return pfn_pte(pfn, PAGE_KERNEL_RO);
	return pfn_pte(pfn, PAGE_KERNEL);
}

/* Map the 4 MiB of the direct map at frame `pfn` by a table, as far as they exist. */
static void map_by_table(unsigned long pfn, unsigned long table_phys)
{
	unsigned long addr = (unsigned long)__va(PFN_PHYS(pfn));
	pte_t *table = __va(table_phys);

	for (unsigned int i = 0; i < PTRS_PER_PTE && pfn + i < max_low_pfn; i++)
		set_pte(&table[i], lowmem_pte(pfn + i));
	set_pmd(pmd_offset(&swapper_pg_dir[pgd_index(addr)], addr), table_phys | _KERNPG_TABLE);
}

static void map_large_page(unsigned long pfn)
{
	unsigned long addr = (unsigned long)__va(PFN_PHYS(pfn));

	set_pmd(pmd_offset(&swapper_pg_dir[pgd_index(addr)], addr),
		PFN_PHYS(pfn) | pgprot_val(PAGE_KERNEL) | _PAGE_PSE);
}

/* Map frames [start, end) of the direct map. All their tables lie together. */
static void map_lowmem(unsigned long start, unsigned long end)
{
	unsigned long tables = 0, phys;

	for (unsigned long pfn = start; pfn < end; pfn += PTRS_PER_PTE)
		tables += !fits_large_page(pfn);
	phys = tables ? memblock_alloc(tables * PAGE_SIZE) : 0;
	if (tables && !phys)
		panic("Too little memory: no page tables for the direct map");
	for (unsigned long pfn = start; pfn < end; pfn += PTRS_PER_PTE) {
		if (fits_large_page(pfn)) {
			map_large_page(pfn);
		} else {
			map_by_table(pfn, phys);
			phys += PAGE_SIZE;
		}
	}
}

static void enable_paging_features(void)
{
	if (boot_cpu_has(X86_FEATURE_PSE))
		write_cr4(read_cr4() | X86_CR4_PSE);
	if (boot_cpu_has(X86_FEATURE_PGE)) {
		__page_global = _PAGE_GLOBAL;
		write_cr4(read_cr4() | X86_CR4_PGE);
	}
}

static void paging_init(void)
{
	unsigned long mapped = min(BOOT_MAPPED_PFN, max_low_pfn);

	enable_paging_features();
	memblock.limit = mapped;
	/* The fixmap's table is in use since the first instruction with paging on. */
	swapper_pg_dir[PTRS_PER_PGD - 1] = __pgd(__pa(fixmap_pte) | _KERNPG_TABLE);
	map_lowmem(0, mapped);
	write_cr3(__pa(swapper_pg_dir));
	double_fault_set_cr3(__pa(swapper_pg_dir));
	flush_tlb_all();
	/* In steps that double, so that tables do not cut free memory into small pieces. */
	while (mapped < max_low_pfn) {
		unsigned long end = min(2 * mapped, max_low_pfn);

		map_lowmem(mapped, end);
		memblock.limit = mapped = end;
	}
	kstack_init();
	if (max_pfn > max_low_pfn)
		kmap_init();
}

/* ---- mem_map ------------------------------------------------------------------------ */

static void init_pages(unsigned long start, unsigned long end, enum zone_type type)
{
	const unsigned long flags = (unsigned long)type << PAGE_ZONE_SHIFT | BIT(PG_reserved);

	for (unsigned long pfn = start; pfn < end; pfn++)
		mem_map[pfn].flags = flags;
}

static void release_range(unsigned long start, unsigned long end, void *ctx)
{
	(void)ctx;
	for (unsigned long pfn = start; pfn < end; pfn++)
		mem_map[pfn].flags &= ~BIT(PG_reserved);
	zone_add_free(start, end);
}

void release_boot_frames(unsigned long start, unsigned long end)
{
	memblock_free_frames(start, end);
	release_range(start, end, NULL);
	zones_setup_watermarks();
}

static void mem_map_init(void)
{
	unsigned long phys = memblock_alloc(max_pfn * sizeof(struct page));
	struct zone *zone;

	if (!phys)
		panic("Too little memory: no room for mem_map, %lu KiB",
		      max_pfn * sizeof(struct page) >> 10);
	mem_map = __va(phys);
	zones_init();
	for_each_zone (zone)
		init_pages(zone->buddy.start, zone->buddy.end, zone->type);
	memblock_for_each_free(release_range, NULL);
	zones_setup_watermarks();
	hot_pages_setup();
}

void mm_init(void)
{
	find_memory();
	paging_init();
	mem_map_init();
	layout_table[1].end = (unsigned long)__va(PFN_PHYS(max_low_pfn));
	layout_print();
	zones_print();
	pr_info("memory: %lu KiB, of which kernel image %lu KiB, mem_map %lu KiB; %lu KiB free\n",
		memblock_pages() << (PAGE_SHIFT - 10),
		(unsigned long)(__kernel_end - __kernel_start) >> 10,
		max_pfn * sizeof(struct page) >> 10, nr_free_pages() << (PAGE_SHIFT - 10));
	kmem_cache_init();
	vmalloc_init();
}

/* ---- accounting ----------------------------------------------------------------------- */

static void count_area(const struct vm_struct *area, void *count)
{
	(void)area;
	++*(unsigned int *)count;
}

void mm_account(struct mm_account *account)
{
	struct kmap_info kmaps;

	/* What one shrinker frees may empty another's slabs. */
	while (shrink_all(GFP_KERNEL))
		;
	kmem_cache_reap(); /* objects alone do not count as progress there */
	drain_hot_pages();
	kmap_info(&kmaps);
	account->free_pages = nr_free_pages() + vmalloc_tables();
	account->slab_objects = kmem_cache_total_active();
	account->stacks = kstacks_in_use();
	account->kmaps = kmaps.used;
	account->areas = 0;
	vmalloc_for_each(count_area, &account->areas);
}
