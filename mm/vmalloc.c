/*
 * vmalloc.
 *
 * After a while memory is fragmented: there are a thousand free frames, but no
 * sixteen in a row. Whoever needs a large buffer and no hardware to see it can do
 * with frames from anywhere, mapped side by side:
 *
 *	direct map ..896 MiB | 8 MiB | area A |g| area B   |g|   free   | area C |g|
 *	                       gap                            |
 *	                                   frames: 5, 911, 17, 40302, ...
 *
 * Each area ends with a guard page (g) that is never mapped, so that running over
 * the end of one does not reach the next. The areas are a vm_range set: an ordered
 * list, and a tree that finds holes.
 *
 * The kernel's own directory, swapper_pg_dir, is where areas are mapped; the
 * process directories got copies of its entries when they were made. A page table
 * that comes later is missing there, and is copied by the first fault on it
 * (vmalloc_sync_one). Tables are never taken away again, so a copy stays true.
 *
 * Freeing is lazy. Before an address or a frame may be used again, every processor
 * must have forgotten the translation, and a flush is dear. So vfree only clears the
 * entries and puts the area aside; when enough pages have gathered, or memory or
 * address space is short, one flush releases them all.
 *
 * Locks: vmalloc_lock, interrupts off, covers the set, the purge list, and new tables.
 */
#include "mm/vmalloc.h"

#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tlbflush.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "mm/shrinker.h"
#include "mm/slab.h"

static struct vm_range_set areas;
static LIST_HEAD(purge_list);
static unsigned long lazy_pages; /* on the purge list */
static unsigned long lazy_max;	 /* purge at this many */
static unsigned int nr_tables;
static DEFINE_SPINLOCK(vmalloc_lock);

#define area_of(r) container_of(r, struct vm_struct, range)

/* ---- page tables ------------------------------------------------------------- */

static inline pmd_t *kernel_pmd(unsigned long addr)
{
	return pmd_offset(&swapper_pg_dir[pgd_index(addr)], addr);
}

/* The table for an address, made when it is missing. */
static pte_t *kernel_table(unsigned long addr)
{
	pmd_t *pmd = kernel_pmd(addr);
	unsigned long table, flags;

	if (!pmd_none(*pmd))
		return pte_offset(pmd, addr);
	table = get_zeroed_page(GFP_KERNEL);
	if (!table)
		return NULL;
	spin_lock_irqsave(&vmalloc_lock, flags);
	if (pmd_none(*pmd)) {
		nr_tables++;
		SetPageTable(virt_to_page(table));
		set_pmd(pmd, __pa(table) | _KERNPG_TABLE);
		table = 0;
	}
	spin_unlock_irqrestore(&vmalloc_lock, flags);
	/* Somebody else was faster while the allocation slept. */
	free_page(table);
	return pte_offset(pmd, addr);
}

static void unmap_range(unsigned long addr, unsigned long end)
{
	while (addr < end) {
		unsigned long stop = pgd_addr_end(addr, end);
		pte_t *pte;

		if (pmd_none(*kernel_pmd(addr))) {
			addr = stop;
			continue;
		}
		for (pte = pte_offset(kernel_pmd(addr), addr); addr < stop; addr += PAGE_SIZE)
			pte_clear(pte++);
	}
}

/* Map pages from addr on. The addresses were flushed when they became free. */
static int map_range(unsigned long addr, unsigned long end, struct page **pages, pgprot_t prot)
{
	while (addr < end) {
		unsigned long stop = pgd_addr_end(addr, end);
		pte_t *pte = kernel_table(addr);

		if (!pte)
			return -1;
		for (; addr < stop; addr += PAGE_SIZE)
			set_pte(pte++, mk_pte(*pages++, prot));
	}
	return 0;
}

struct page *vmalloc_to_page(const void *addr)
{
	unsigned long a = (unsigned long)addr;
	pte_t pte;

	if (a < VMALLOC_START || a >= VMALLOC_END || pmd_none(*kernel_pmd(a)))
		return NULL;
	pte = *pte_offset(kernel_pmd(a), a);
	return pte_present(pte) ? pte_page(pte) : NULL;
}

bool vmalloc_sync_one(pgd_t *pgd, unsigned long addr)
{
	unsigned int i = pgd_index(addr);

	if (addr < VMALLOC_START || addr >= VMALLOC_END)
		return false;
	if (!(pgd_val(swapper_pg_dir[i]) & _PAGE_PRESENT) || pgd_val(pgd[i]))
		return false;
	pgd[i] = swapper_pg_dir[i];
	return true;
}

unsigned int vmalloc_tables(void)
{
	return nr_tables;
}

/* ---- areas --------------------------------------------------------------------- */

unsigned long vmalloc_purge(void)
{
	struct vm_struct *area, *next;
	unsigned long flags, pages = 0;
	LIST_HEAD(dead);

	spin_lock_irqsave(&vmalloc_lock, flags);
	list_splice_init(&purge_list, &dead);
	lazy_pages = 0;
	if (!list_empty(&dead))
		flush_tlb_kernel_range(VMALLOC_START, VMALLOC_END);
	list_for_each_entry (area, &dead, purge)
		vm_range_remove(&areas, &area->range);
	spin_unlock_irqrestore(&vmalloc_lock, flags);

	list_for_each_entry_safe (area, next, &dead, purge) {
		if (area->flags & VM_ALLOC)
			for (unsigned int i = 0; i < area->nr_pages; i++, pages++)
				__free_page(area->pages[i]);
		kfree(area->pages);
		kfree(area);
	}
	return pages;
}

static unsigned long shrink_vmalloc(gfp_t gfp)
{
	(void)gfp;
	return vmalloc_purge();
}

static struct shrinker vmalloc_shrinker = {.name = "vmalloc", .shrink = shrink_vmalloc};

/* Find a place for an area; false when there is no hole. */
static bool place_area(struct vm_struct *area, unsigned long size)
{
	unsigned long flags;

	spin_lock_irqsave(&vmalloc_lock, flags);
	area->addr = vm_range_hole(&areas, size, PAGE_SIZE, VMALLOC_START, VMALLOC_END);
	area->end = area->addr + size;
	if (area->addr)
		vm_range_insert(&areas, &area->range);
	spin_unlock_irqrestore(&vmalloc_lock, flags);
	return area->addr;
}

/* An area of address space for `count` pages and a guard page. */
static struct vm_struct *get_vm_area(unsigned int count, unsigned int type, unsigned long caller)
{
	unsigned long size = (count + 1ul) << PAGE_SHIFT;
	struct vm_struct *area;

	if (!count || count >= (VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT)
		return NULL;
	area = kzalloc(sizeof(*area), GFP_KERNEL);
	if (!area)
		return NULL;
	area->flags = type;
	area->caller = caller;
	if (place_area(area, size))
		return area;
	vmalloc_purge();
	if (place_area(area, size))
		return area;
	kfree(area);
	return NULL;
}

/* Unmap an area and put it aside until the next flush. */
static void release_area(struct vm_struct *area)
{
	unsigned long flags;
	bool full;

	unmap_range(area->addr, area->end);
	spin_lock_irqsave(&vmalloc_lock, flags);
	area->flags |= VM_FREED;
	list_add_tail(&area->purge, &purge_list);
	lazy_pages += (area->end - area->addr) >> PAGE_SHIFT;
	full = lazy_pages >= lazy_max;
	spin_unlock_irqrestore(&vmalloc_lock, flags);
	if (full)
		vmalloc_purge();
}

/* The area in use that begins at an address; NULL, with a complaint, when there is none. */
static struct vm_struct *find_area(const void *addr, unsigned int type, unsigned long caller)
{
	struct vm_struct *area = NULL;
	struct vm_range *range;
	unsigned long flags;

	spin_lock_irqsave(&vmalloc_lock, flags);
	range = vm_range_find(&areas, (unsigned long)addr);
	if (range && range->vm_start == (unsigned long)addr)
		area = area_of(range);
	if (area && area->flags != type)
		area = NULL;
	spin_unlock_irqrestore(&vmalloc_lock, flags);
	if (!area) {
		pr_err("vmalloc: %pS frees %p, which is no area of its kind\n", (void *)caller,
		       addr);
		dump_stack();
	}
	return area;
}

/* ---- vmalloc and vmap ------------------------------------------------------------ */

/* Give an area its frames; on failure those it got stay for release_area(). */
static int populate(struct vm_struct *area, unsigned int count, gfp_t gfp)
{
	area->pages = kmalloc(count * sizeof(struct page *), GFP_KERNEL);
	if (!area->pages)
		return -1;
	while (area->nr_pages < count) {
		struct page *page = alloc_page(gfp);

		if (!page)
			return -1;
		area->pages[area->nr_pages++] = page;
	}
	return map_range(area->addr, area->end - PAGE_SIZE, area->pages, PAGE_KERNEL);
}

static void *__vmalloc(unsigned long size, gfp_t gfp, unsigned long caller)
{
	unsigned int count = PFN_UP(size);
	struct vm_struct *area;

	if (size > VMALLOC_END - VMALLOC_START)
		return NULL;
	area = get_vm_area(count, VM_ALLOC, caller);
	if (!area)
		return NULL;
	if (populate(area, count, gfp)) {
		release_area(area);
		return NULL;
	}
	return (void *)area->addr;
}

void *vmalloc(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL | __GFP_HIGHMEM, RETURN_ADDRESS);
}

void *vzalloc(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL | __GFP_HIGHMEM | __GFP_ZERO, RETURN_ADDRESS);
}

void vfree(const void *addr)
{
	struct vm_struct *area;

	if (!addr)
		return;
	area = find_area(addr, VM_ALLOC, RETURN_ADDRESS);
	if (area)
		release_area(area);
}

void *vmap(struct page **pages, unsigned int count, pgprot_t prot)
{
	struct vm_struct *area = get_vm_area(count, VM_MAP, RETURN_ADDRESS);

	if (!area)
		return NULL;
	area->nr_pages = count;
	if (map_range(area->addr, area->end - PAGE_SIZE, pages, prot)) {
		release_area(area);
		return NULL;
	}
	return (void *)area->addr;
}

void vunmap(const void *addr)
{
	struct vm_struct *area;

	if (!addr)
		return;
	area = find_area(addr, VM_MAP, RETURN_ADDRESS);
	if (area)
		release_area(area);
}

void vmalloc_for_each(void (*fn)(const struct vm_struct *area, void *ctx), void *ctx)
{
	struct vm_range *range;
	unsigned long flags;

	spin_lock_irqsave(&vmalloc_lock, flags);
	for (range = areas.first; range; range = range->vm_next)
		if (!(area_of(range)->flags & VM_FREED))
			fn(area_of(range), ctx);
	spin_unlock_irqrestore(&vmalloc_lock, flags);
}

void vmalloc_init(void)
{
	/* A 256th of the memory may wait for the flush, 4 MiB at most. */
	lazy_max = min(max(max_pfn / 256, 16ul), 1024ul);
	register_shrinker(&vmalloc_shrinker);
}
