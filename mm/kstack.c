/*
 * Kernel stacks.
 *
 * An overrun stack must not run into somebody's data in silence. So stacks do not
 * lie in the direct map but in a region of their own, cut into slots of three
 * pages, the lowest of which is never mapped:
 *
 *	slot n:  | guard |  stack page | stack page |
 *	           fault    <-- grows --          esp
 *
 * A push into the guard page faults; the processor cannot push the fault's frame
 * either, and takes the double fault through its own task (kernel/cpu/doublefault),
 * where kstack_describe() tells what happened.
 *
 * The page tables of the whole region exist from boot on and stand in every
 * directory: a missing entry here could not be filled in by a fault, since the fault
 * needs the stack.
 *
 * Freed stacks stay mapped, a few of them, and are used again first: a process that
 * lives shortly costs no mapping. More than that, or when memory is short, they are
 * unmapped, flushed, and their pages freed.
 *
 * Locks: kstack_lock, interrupts off, since the scheduler frees stacks.
 */
#include "mm/kstack.h"

#include "kernel/cpu/spinlock.h"
#include "kernel/cpu/tlbflush.h"
#include "kernel/lib/bitmap.h"
#include "kernel/panic.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "mm/shrinker.h"

#define STACK_PAGES (KSTACK_SIZE >> PAGE_SHIFT)
#define SLOT_SIZE   (KSTACK_SIZE + PAGE_SIZE)
#define NR_SLOTS    ((KSTACK_END - KSTACK_START) / SLOT_SIZE)
#define CACHE_MAX   16u

static DECLARE_BITMAP(slots_mapped, NR_SLOTS);
static unsigned int nr_mapped;
static unsigned int next_slot;
static void *cached[CACHE_MAX]; /* mapped and free */
static unsigned int nr_cached;
static DEFINE_SPINLOCK(kstack_lock);

static inline pte_t *kstack_pte(unsigned long addr)
{
	return pte_offset(pmd_offset(&swapper_pg_dir[pgd_index(addr)], addr), addr);
}

static inline unsigned long slot_stack(unsigned int slot)
{
	return KSTACK_START + slot * SLOT_SIZE + PAGE_SIZE;
}

/* Take a mapped stack apart. Its entries are cleared and forgotten before the pages go. */
static void unmap_stack(unsigned long stack, unsigned int pages)
{
	struct page *page[STACK_PAGES];
	unsigned long flags;

	for (unsigned int i = 0; i < pages; i++)
		page[i] = pte_page(ptep_get_and_clear(kstack_pte(stack + i * PAGE_SIZE)));
	flush_tlb_kernel_range(stack, stack + pages * PAGE_SIZE);
	for (unsigned int i = 0; i < pages; i++)
		__free_page(page[i]);
	spin_lock_irqsave(&kstack_lock, flags);
	bitmap_clear(slots_mapped, (stack - KSTACK_START) / SLOT_SIZE, 1);
	nr_mapped--;
	spin_unlock_irqrestore(&kstack_lock, flags);
}

/* Take a free slot; 0 when there is none. */
static unsigned long take_slot(void)
{
	unsigned long flags, stack = 0;
	unsigned int slot;

	spin_lock_irqsave(&kstack_lock, flags);
	slot = find_next_zero_bit(slots_mapped, NR_SLOTS, next_slot);
	if (slot == NR_SLOTS)
		slot = find_first_zero_bit(slots_mapped, NR_SLOTS);
	if (slot < NR_SLOTS) {
		bitmap_set(slots_mapped, slot, 1);
		next_slot = slot + 1;
		nr_mapped++;
		stack = slot_stack(slot);
	}
	spin_unlock_irqrestore(&kstack_lock, flags);
	return stack;
}

/*
 * Map a new stack. The slot was flushed when it was unmapped: nothing stale is remembered.
 *
 * The pages are cleared, though a stack needs no zeros: high frames may still hold
 * GRUB's code, and QEMU makes every write to a frame slow (a hundred times) for as long
 * as it remembers code there that nobody overwrote.
 */
static void *map_stack(void)
{
	unsigned long stack = take_slot();

	if (!stack)
		return NULL;
	for (unsigned int i = 0; i < STACK_PAGES; i++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_HIGHMEM | __GFP_ZERO);

		if (!page) {
			unmap_stack(stack, i);
			return NULL;
		}
		set_pte(kstack_pte(stack + i * PAGE_SIZE), mk_pte(page, PAGE_KERNEL));
	}
	return (void *)stack;
}

static void *take_cached(void)
{
	unsigned long flags;
	void *stack = NULL;

	spin_lock_irqsave(&kstack_lock, flags);
	if (nr_cached)
		stack = cached[--nr_cached];
	spin_unlock_irqrestore(&kstack_lock, flags);
	return stack;
}

void *kstack_alloc(void)
{
	void *stack = take_cached();

	return stack ? stack : map_stack();
}

void kstack_free(void *stack)
{
	unsigned long flags;
	bool kept = false;

	if (!stack)
		return;
	BUG_ON(kstack_describe((unsigned long)stack) != KSTACK_INSIDE);
	spin_lock_irqsave(&kstack_lock, flags);
	if (nr_cached < CACHE_MAX) {
		cached[nr_cached++] = stack;
		kept = true;
	}
	spin_unlock_irqrestore(&kstack_lock, flags);
	if (!kept)
		unmap_stack((unsigned long)stack, STACK_PAGES);
}

static unsigned long shrink_stacks(gfp_t gfp)
{
	unsigned long pages = 0;
	void *stack;

	(void)gfp;
	while ((stack = take_cached())) {
		unmap_stack((unsigned long)stack, STACK_PAGES);
		pages += STACK_PAGES;
	}
	return pages;
}

static struct shrinker stack_shrinker = {.name = "kernel stacks", .shrink = shrink_stacks};

enum kstack_place kstack_describe(unsigned long addr)
{
	if (addr < KSTACK_START || addr >= KSTACK_START + NR_SLOTS * SLOT_SIZE)
		return KSTACK_NONE;
	return (addr - KSTACK_START) % SLOT_SIZE < PAGE_SIZE ? KSTACK_GUARD : KSTACK_INSIDE;
}

unsigned int kstacks_in_use(void)
{
	return nr_mapped - nr_cached;
}

void kstack_init(void)
{
	for (unsigned long addr = KSTACK_START; addr < KSTACK_END; addr += PGDIR_SIZE) {
		unsigned long phys = memblock_alloc(PAGE_SIZE);

		if (!phys)
			panic("Too little memory: no page tables for kernel stacks");
		set_pmd(pmd_offset(&swapper_pg_dir[pgd_index(addr)], addr), phys | _KERNPG_TABLE);
	}
	register_shrinker(&stack_shrinker);
}
