/*
 * High memory: kmap and kmap_atomic.
 *
 * The direct map ends at 896 MiB; what lies above is memory like any other, but
 * the kernel must map a frame before it can touch it. Two ways:
 *
 * kmap() gives a page one of 1024 slots, for as long as the caller likes. One page
 * has one slot, however many ask: a hash leads from the page to it. What a slot's
 * count means:
 *
 *	0	free, and no processor remembers an old translation
 *	1	nobody uses it, but its translation may still be remembered
 *	n	n - 1 users
 *
 *	   0 --kmap--> 2 <--kmap/kunmap--> 3 ...
 *	   ^           |  ^
 *	   |       kunmap |kmap (same page: nothing to do)
 *	   |           v  |
 *	   `--flush--- 1 -'
 *
 * Slots are handed out in a circle, and the flush comes once for each turn, when all
 * slots of count 1 become free together. When every slot is in use, kmap sleeps.
 *
 * kmap_atomic() is for a few instructions and any context. Each processor has a
 * ring of fixmap slots and takes the next one; when the ring has wrapped, one
 * flush makes all of it good again. A slot that is still in use at the wrap keeps
 * its translation, so giving it back later needs a flush of its own: kunmap_atomic
 * sees that by the slot lying ahead of the ring's position.
 *
 * Locks: kmap_lock covers slots, counts and hash; kmap is not for interrupt handlers.
 * The atomic ring belongs to its processor and is used with interrupts off: drawing the slot
 * at the wrap and the flush are one step, and so are clearing a slot and its own flush. In
 * between, an interrupt could draw a slot whose old translation is still remembered.
 */
#include "mm/highmem.h"

#include "kernel/cpu/tlbflush.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/hash.h"
#include "kernel/panic.h"
#include "kernel/wait.h"
#include "mm/fixmap.h"
#include "mm/memblock.h"

#define KMAP_HASH_BITS 7

struct kmap_slot {
	struct page *page; /* NULL: free */
	unsigned int count;
	struct hlist_node hash;
};

static struct kmap_slot slots[LAST_PKMAP];
static struct hlist_head slot_hash[1 << KMAP_HASH_BITS];
static DECLARE_BITMAP(taken, LAST_PKMAP); /* count is not 0 */
static DECLARE_BITMAP(stale, LAST_PKMAP); /* count is 1 */
static unsigned int next_slot;
static unsigned int flushes;
static pte_t *pkmap_pte; /* the page table at PKMAP_BASE */
static DEFINE_SPINLOCK(kmap_lock);
static DECLARE_WAIT_QUEUE_HEAD(kmap_wait);

static inline void *slot_address(const struct kmap_slot *slot)
{
	return (void *)(PKMAP_BASE + ((unsigned long)(slot - slots) << PAGE_SHIFT));
}

static inline struct hlist_head *hash_of(const struct page *page)
{
	return &slot_hash[hash_long((unsigned long)page, KMAP_HASH_BITS)];
}

static struct kmap_slot *find_slot(const struct page *page)
{
	struct kmap_slot *slot;

	hlist_for_each_entry (slot, hash_of(page), hash)
		if (slot->page == page)
			return slot;
	return NULL;
}

void kmap_init(void)
{
	unsigned long phys = memblock_alloc(PAGE_SIZE);

	if (!phys)
		panic("Too little memory: no page for the table of kmap");
	pkmap_pte = __va(phys);
	set_pmd(pmd_offset(&swapper_pg_dir[pgd_index(PKMAP_BASE)], PKMAP_BASE),
		phys | _KERNPG_TABLE);
}

/* Make the slots that nobody uses free; one flush for all. kmap_lock is held. */
static unsigned int flush_stale(void)
{
	unsigned int n = 0;

	for (unsigned int i = find_first_bit(stale, LAST_PKMAP); i < LAST_PKMAP;
	     i = find_next_bit(stale, LAST_PKMAP, i + 1)) {
		hlist_del(&slots[i].hash);
		slots[i].page = NULL;
		slots[i].count = 0;
		pte_clear(&pkmap_pte[i]);
		__clear_bit(i, taken);
		n++;
	}
	bitmap_zero(stale, LAST_PKMAP);
	if (n)
		flush_tlb_kernel_range(PKMAP_BASE, PKMAP_BASE + LAST_PKMAP * PAGE_SIZE);
	flushes++;
	return n;
}

/* The next free slot in the circle, or NULL when all are in use. kmap_lock is held. */
static struct kmap_slot *take_slot(void)
{
	unsigned int i = find_next_zero_bit(taken, LAST_PKMAP, next_slot);

	if (i == LAST_PKMAP) {
		flush_stale();
		i = find_first_zero_bit(taken, LAST_PKMAP);
		if (i == LAST_PKMAP)
			return NULL;
	}
	next_slot = i + 1;
	__set_bit(i, taken);
	return &slots[i];
}

static struct kmap_slot *map_in_slot(struct page *page)
{
	struct kmap_slot *slot = take_slot();

	if (!slot)
		return NULL;
	slot->page = page;
	slot->count = 1;
	hlist_add_head(&slot->hash, hash_of(page));
	set_pte(&pkmap_pte[slot - slots], mk_pte(page, PAGE_KERNEL));
	return slot;
}

/* One try: the slot of the page with one user more, or NULL when all slots are in use. */
static struct kmap_slot *try_kmap(struct page *page)
{
	struct kmap_slot *slot;

	spin_lock(&kmap_lock);
	slot = find_slot(page);
	if (!slot)
		slot = map_in_slot(page);
	if (slot && slot->count++ == 1)
		__clear_bit(slot - slots, stale);
	spin_unlock(&kmap_lock);
	return slot;
}

void *kmap(struct page *page)
{
	struct kmap_slot *slot;

	might_sleep();
	if (!PageHighMem(page))
		return lowmem_page_address(page);
	wait_event(kmap_wait, (slot = try_kmap(page)) != NULL);
	return slot_address(slot);
}

void kunmap(struct page *page)
{
	struct kmap_slot *slot;
	bool unused;

	if (!PageHighMem(page))
		return;
	spin_lock(&kmap_lock);
	slot = find_slot(page);
	BUG_ON(!slot || slot->count < 2);
	unused = --slot->count == 1;
	if (unused)
		__set_bit(slot - slots, stale);
	spin_unlock(&kmap_lock);
	if (unused && waitqueue_active(&kmap_wait))
		wake_up(&kmap_wait);
}

void *page_address(struct page *page)
{
	struct kmap_slot *slot;
	void *addr = NULL;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	spin_lock(&kmap_lock);
	slot = find_slot(page);
	if (slot)
		addr = slot_address(slot);
	spin_unlock(&kmap_lock);
	return addr;
}

unsigned int kmap_flush_unused(void)
{
	unsigned int n;

	spin_lock(&kmap_lock);
	n = flush_stale();
	spin_unlock(&kmap_lock);
	return n;
}

unsigned int kmap_users(struct page *page)
{
	struct kmap_slot *slot;
	unsigned int users = 0;

	spin_lock(&kmap_lock);
	slot = find_slot(page);
	if (slot)
		users = slot->count - 1;
	spin_unlock(&kmap_lock);
	return users;
}

void kmap_info(struct kmap_info *info)
{
	unsigned int in_table = bitmap_weight(taken, LAST_PKMAP);

	info->stale = bitmap_weight(stale, LAST_PKMAP);
	info->used = in_table - info->stale;
	info->free = LAST_PKMAP - in_table;
	info->flushes = flushes;
}

/* ---- kmap_atomic ------------------------------------------------------------- */

static unsigned int atomic_next[NR_CPUS]; /* slots drawn since boot */

static inline pte_t *atomic_pte(unsigned int slot)
{
	return fix_pte(FIX_KMAP_BEGIN + cpu_id() * KMAP_ATOMIC_SLOTS + slot);
}

static inline unsigned long atomic_address(unsigned int slot)
{
	return fix_to_virt(FIX_KMAP_BEGIN + cpu_id() * KMAP_ATOMIC_SLOTS + slot);
}

/* The next slot of the ring that is not in use. Interrupts off. */
static __always_inline unsigned int draw_slot(void)
{
	unsigned int slot;

	do {
		slot = atomic_next[cpu_id()]++ % KMAP_ATOMIC_SLOTS;
		if (unlikely(!slot))
			flush_tlb_all();
	} while (unlikely(!pte_none(*atomic_pte(slot))));
	return slot;
}

void *kmap_atomic(struct page *page)
{
	unsigned long flags;
	unsigned int slot;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	flags = local_irq_save();
	slot = draw_slot();
	set_pte(atomic_pte(slot), mk_pte(page, PAGE_KERNEL));
	local_irq_restore(flags);
	atomic_enter();
	return (void *)atomic_address(slot);
}

void kunmap_atomic(void *addr)
{
	unsigned long virt = (unsigned long)addr & PAGE_MASK, flags;
	unsigned int slot;

	if (virt < FIXADDR_START)
		return;
	slot = (atomic_address(0) - virt) >> PAGE_SHIFT;
	BUG_ON(slot >= KMAP_ATOMIC_SLOTS || pte_none(*atomic_pte(slot)));
	flags = local_irq_save();
	pte_clear(atomic_pte(slot));
	if (unlikely(slot >= atomic_next[cpu_id()] % KMAP_ATOMIC_SLOTS))
		flush_tlb_one(virt);
	local_irq_restore(flags);
	atomic_leave();
}

void clear_highpage(struct page *page)
{
	void *addr = kmap_atomic(page);

	clear_page(addr);
	kunmap_atomic(addr);
}

void copy_highpage(struct page *to, struct page *from)
{
	void *dst = kmap_atomic(to);
	void *src = kmap_atomic(from);

	copy_page(dst, src);
	kunmap_atomic(src);
	kunmap_atomic(dst);
}
