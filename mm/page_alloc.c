/*
 * The page allocator: policy around the buddy system.
 *
 *	alloc_pages()
 *	   |  order 0: take one from the hot list of the preferred zone
 *	   v  (empty, or order > 0)
 *	slow_alloc()        zones in fallback order, each asked only while
 *	   |                its free pages stay above a watermark:
 *	   |                   HighMem -> Normal -> DMA
 *	   v  (none)            and kswapd is woken, to make memory in the background
 *	slow_alloc()        again, down to lower marks
 *	   |
 *	   v  (none)
 *	reclaim             who may wait makes memory himself (mm/vmscan.c); then again
 *	   |
 *	   v  (none)
 *	NULL, with one line in the log unless __GFP_NOWARN
 *
 * Hot lists. Most requests are for single pages, and what was freed last is
 * still in the processor's cache. So order-0 pages are freed to an array used as a
 * stack, and taken from there; batches move to and from the buddy lists. A page
 * in a hot list has no references and no PG_buddy, and is not in free_pages.
 * Switching the hot lists off (page_alloc_set_slow) is how fault injection costs
 * nothing while it is off: the fast path has no test for it.
 *
 * Mistakes. Freeing what is not allocated, is reserved, is in use, or has another
 * order is reported with the name of the caller; the block stays as it is, which
 * leaks it at worst. A block of order > 0 has PG_head on its first page and its
 * order in the second page's index, for this check.
 *
 * Locks: zone->lock with interrupts off covers a zone's arena; hot lists belong to a
 * processor and are used with interrupts off. Nothing sleeps under either.
 *
 * Left out: compaction, and grouping pages by mobility: there is no defence against
 * fragmentation but merging.
 */
#include "mm/page_alloc.h"

#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "mm/fault_inject.h"
#include "mm/highmem.h"
#include "mm/shrinker.h"
#include "mm/zone.h"

struct page *mem_map;
unsigned long max_pfn;
unsigned long max_low_pfn;

/*
 * Free pages at hand: an array used as a stack. The newest, still in the cache, lie
 * on top; what overflows leaves from the bottom.
 *
 *	bottom             top          end
 *	  | oldest  newest | (empty)     |
 *
 * Switched off, it is empty and full at once (bottom == top == end).
 */
#define HOT_PAGES_MAX 192
struct hot_pages {
	struct page **top;
	struct page **end; /* when it is reached, `batch` pages go back to the buddy lists */
	struct page **bottom;
	unsigned int batch; /* how many move at once */
};

static struct hot_pages hot_pages[NR_CPUS][MAX_NR_ZONES];
static struct hot_pages *zone_hot[MAX_NR_ZONES]; /* by zone number, without a multiplication */
static struct page *hot_arrays[NR_CPUS][MAX_NR_ZONES][HOT_PAGES_MAX];

/* The hot list where a request begins, by its zone flags: that of a zone with memory. */
static struct hot_pages *first_hot[GFP_ZONEMASK + 1];

static unsigned int bad_calls;

static __always_inline struct hot_pages *hot_list(enum zone_type type)
{
	return &hot_pages[cpu_id()][type];
}

/* ---- hot lists ------------------------------------------------------------ */

static inline unsigned int hot_count(const struct hot_pages *hot)
{
	return hot->top - hot->bottom;
}

/* Move up to `count` pages from the bottom of a hot list to the buddy lists. Interrupts off. */
static void flush_hot(struct zone *zone, struct hot_pages *hot, unsigned int count)
{
	count = min(count, hot_count(hot));
	spin_lock(&zone->lock);
	for (unsigned int i = 0; i < count; i++)
		buddy_free(&zone->buddy, hot->bottom[i], 0);
	spin_unlock(&zone->lock);
	hot->top -= count;
	memmove(hot->bottom, hot->bottom + count, hot_count(hot) * sizeof(*hot->bottom));
}

/* Fill an empty hot list, while the zone stays above its low mark. zone->lock is held. */
static void refill_hot(struct zone *zone, struct hot_pages *hot)
{
	unsigned long spare = zone->watermark[WMARK_LOW] + hot->batch;

	if (hot->bottom == hot->end || zone->buddy.free_pages <= spare)
		return;
	while (hot_count(hot) < hot->batch)
		*hot->top++ = buddy_alloc(&zone->buddy, 0);
}

/* A hot list holds a thousandth of its zone, as far as the array goes. */
void hot_pages_setup(void)
{
	struct hot_pages *highest = hot_list(ZONE_DMA);
	struct zone *zone;

	for_each_zone (zone) {
		struct hot_pages *hot = hot_list(zone->type);

		hot->batch = max(min(zone->present_pages / 4096, 31ul), 1ul);
		zone_hot[zone->type] = hot;
		hot->bottom = hot->top = hot_arrays[cpu_id()][zone->type];
		hot->end = hot->bottom + min(6 * hot->batch, 0u + HOT_PAGES_MAX);
		if (zone->present_pages)
			highest = hot;
		if (zone->type == ZONE_NORMAL)
			first_hot[0] = highest;
	}
	first_hot[__GFP_DMA] = hot_list(ZONE_DMA);
	first_hot[__GFP_HIGHMEM] = highest;
	first_hot[__GFP_DMA | __GFP_HIGHMEM] = hot_list(ZONE_DMA);
}

void drain_hot_pages(void)
{
	struct zone *zone;

	for_each_zone (zone) {
		unsigned long flags = local_irq_save();

		flush_hot(zone, hot_list(zone->type), HOT_PAGES_MAX);
		local_irq_restore(flags);
	}
}

void page_alloc_set_slow(bool slow)
{
	unsigned long flags = local_irq_save(); /* what is freed in between would be lost */

	drain_hot_pages();
	hot_pages_setup();
	for (int type = 0; slow && type < MAX_NR_ZONES; type++)
		hot_list(type)->end = hot_list(type)->bottom;
	local_irq_restore(flags);
}

/* ---- mistakes of callers --------------------------------------------------- */

unsigned int page_alloc_bad_calls(void)
{
	return bad_calls;
}

/* The order of the block that a page lies in, if it lies in one; -1 otherwise. */
static int enclosing_block(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	for (unsigned int order = 1; order < MAX_ORDER; order++) {
		struct page *head = pfn_to_page(ALIGN_DOWN(pfn, 1ul << order));

		if (PageHead(head) && head[1].index >= order)
			return head[1].index;
	}
	return -1;
}

static const char *what_is_wrong(struct page *page, unsigned int order)
{
	int block = enclosing_block(page);

	if (PageReserved(page))
		return "the page is reserved";
	if (block >= 0 && !PageHead(page))
		return "the page is inside a larger block";
	if (page_count(page) <= 0)
		return "the page is free already";
	if (block != (int)order && (block >= 0 || order))
		return "the block was allocated with another order";
	return "the page is in use";
}

/* Report a bad free; the block stays as it was. */
static __cold __noinline void bad_free(struct page *page, unsigned int order, unsigned long caller)
{
	bad_calls++;
	pr_err("page_alloc: bad free of frame %#lx, order %u, by %pS: %s\n", page_to_pfn(page),
	       order, (void *)caller, what_is_wrong(page, order));
	pr_err("page_alloc: flags %#lx, count %d, mapped %d, mapping %p\n",
	       page->flags & PAGE_FLAGS_MASK, page_count(page), atomic_read(&page->_mapcount),
	       (void *)page->mapping);
}

/* ---- freeing ---------------------------------------------------------------- */

static __always_inline bool unfit_to_free(const struct page *page)
{
	return (page->flags & PAGE_FLAGS_CHECK_AT_FREE) | (unsigned long)page->mapping |
	       atomic_read(&page->_mapcount);
}

/* The hot list is full, or switched off. */
static __noinline void free_past_hot(struct page *page)
{
	struct zone *zone = page_zone(page);
	struct hot_pages *hot = hot_list(zone->type);
	unsigned long flags = local_irq_save();

	if (hot->top == hot->end)
		flush_hot(zone, hot, hot->batch);
	spin_lock(&zone->lock);
	buddy_free(&zone->buddy, page, 0);
	spin_unlock(&zone->lock);
	local_irq_restore(flags);
}

static __always_inline void free_hot_page(struct page *page)
{
	struct hot_pages *hot = zone_hot[page_zonenum(page)];
	unsigned long flags = local_irq_save();
	struct page **top = hot->top;

	page->flags &= ~PAGE_FLAGS_MASK;
	if (unlikely(top == hot->end)) {
		local_irq_restore(flags);
		free_past_hot(page);
		return;
	}
	*top = page;
	hot->top = top + 1;
	local_irq_restore(flags);
}

/* The last reference to a block of order > 0, or to what should not be freed, is gone. */
static __noinline void free_block(struct page *page, unsigned int order, unsigned long caller)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	if (order && PageHead(page) && page[1].index == order) {
		ClearPageHead(page);
		if (!unfit_to_free(page)) {
			page->flags &= ~PAGE_FLAGS_MASK;
			page[1].index = 0;
			spin_lock_irqsave(&zone->lock, flags);
			buddy_free(&zone->buddy, page, order);
			spin_unlock_irqrestore(&zone->lock, flags);
			return;
		}
		SetPageHead(page);
	}
	atomic_set(&page->_count, 1);
	bad_free(page, order, caller);
}

/* A reference was dropped and was not the last: perhaps there was none. */
static __noinline void reference_dropped(struct page *page, unsigned int order,
					 unsigned long caller)
{
	if (unlikely(page_count(page) < 0)) {
		atomic_set(&page->_count, 0);
		bad_free(page, order, caller);
	}
}

/* Everything uncommon is a call at the end: it needs no registers on the common path. */
static __always_inline void put_block(struct page *page, unsigned int order)
{
	if (unlikely(!atomic_dec_and_test(&page->_count)))
		reference_dropped(page, order, RETURN_ADDRESS);
	else if (unlikely(order || unfit_to_free(page)))
		free_block(page, order, RETURN_ADDRESS);
	else
		free_hot_page(page);
}

void __free_pages(struct page *page, unsigned int order)
{
	put_block(page, order);
}

void __free_page(struct page *page)
{
	put_block(page, 0);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (!addr)
		return;
	if (unlikely(!virt_addr_valid((void *)addr) || !IS_ALIGNED(addr, PAGE_SIZE))) {
		bad_calls++;
		pr_err("page_alloc: bad free of address %#lx by %pS: not a page of low memory\n",
		       addr, (void *)RETURN_ADDRESS);
		return;
	}
	put_block(virt_to_page(addr), order);
}

void split_page(struct page *page, unsigned int order)
{
	if (!order)
		return;
	BUG_ON(!PageHead(page) || page[1].index != order);
	ClearPageHead(page);
	page[1].index = 0;
	for (unsigned long i = 1; i < 1ul << order; i++)
		atomic_set(&page[i]._count, 1);
}

/* ---- allocating ------------------------------------------------------------- */

/* How far down a request may go; see watermark_ok(). */
enum alloc_effort {
	ALLOC_EASY,  /* keep the low watermark: leave the rest to reclaim */
	ALLOC_MIN,   /* keep the min watermark */
	ALLOC_HIGH,  /* half of it: __GFP_HIGH */
	ALLOC_EMPTY, /* to the last page: for those who free memory */
};

/* Would a block of this order leave the zone enough? */
static bool watermark_ok(const struct zone *zone, unsigned int order, enum alloc_effort effort,
			 enum zone_type classzone)
{
	long free = zone->buddy.free_pages - (1l << order) + 1;
	long mark = zone->watermark[effort == ALLOC_EASY ? WMARK_LOW : WMARK_MIN];

	if (effort == ALLOC_EMPTY)
		return true;
	if (effort == ALLOC_HIGH)
		mark -= mark / 2;
	if (free <= mark + (long)zone->lowmem_reserve[classzone])
		return false;
	/* Small blocks are no help to a large request: do not count them. */
	for (unsigned int o = 0; o < order && o < MAX_ORDER; o++) {
		free -= (long)(zone->buddy.free_area[o].nr_free << o);
		mark >>= 1;
		if (free <= mark)
			return false;
	}
	return true;
}

/* One block from one zone. */
static struct page *zone_alloc(struct zone *zone, unsigned int order)
{
	struct page *page = NULL;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (!order) {
		struct hot_pages *hot = hot_list(zone->type);

		if (!hot_count(hot))
			refill_hot(zone, hot);
		if (hot_count(hot))
			page = *--hot->top;
	}
	if (!page)
		page = buddy_alloc(&zone->buddy, order);
	spin_unlock_irqrestore(&zone->lock, flags);
	return page;
}

/* Try the zones from the preferred one downwards. */
static struct page *try_zones(gfp_t gfp, unsigned int order, enum alloc_effort effort)
{
	enum zone_type classzone = gfp_zone(gfp);

	for (int type = classzone; type >= 0; type--) {
		struct zone *zone = &zones[type];
		struct page *page;

		if (!watermark_ok(zone, order, effort, classzone))
			continue;
		page = zone_alloc(zone, order);
		if (page)
			return page;
	}
	return NULL;
}

static void warn_failure(gfp_t gfp, unsigned int order, unsigned long caller)
{
	if (gfp & __GFP_NOWARN)
		return;
	printk_ratelimited(KERN_WARNING
			   "%s[%d]: page allocation failure: order %u, gfp %#x, by %pS\n",
			   current->comm, current->pid, order, gfp, (void *)caller);
}

/* Reclaim signs up here when it is ready; until then there is nothing but spare memory. */
static unsigned long (*try_to_free)(gfp_t gfp, unsigned int order);
static void (*wake_reclaim)(struct zone *zone);

void page_alloc_set_reclaim(unsigned long (*try)(gfp_t gfp, unsigned int order),
			    void (*wake)(struct zone *zone))
{
	try_to_free = try;
	wake_reclaim = wake;
}

/* Make memory; returns whether it is worth another try. */
static bool make_progress(gfp_t gfp, unsigned int order)
{
	unsigned long freed;

	if (current->flags & PF_MEMALLOC_NOFS)
		gfp &= ~__GFP_FS;
	current->flags |= PF_MEMALLOC;
	freed = try_to_free ? try_to_free(gfp, order) : shrink_spare(gfp);
	current->flags &= ~PF_MEMALLOC;
	drain_hot_pages();
	return freed;
}

#define RECLAIM_TRIES 16

/* All zones are below their low marks. */
static __noinline __cold struct page *alloc_by_effort(gfp_t gfp, unsigned int order)
{
	enum alloc_effort effort = gfp & __GFP_HIGH ? ALLOC_HIGH : ALLOC_MIN;
	bool may_reclaim = (gfp & __GFP_WAIT) && !(current->flags & PF_MEMALLOC);
	bool must_succeed = (gfp & __GFP_WAIT) && (gfp & __GFP_NOFAIL);
	unsigned int enough = gfp & __GFP_NORETRY ? 1 : RECLAIM_TRIES;

	if (wake_reclaim)
		wake_reclaim(&zones[gfp_zone(gfp)]);
	if (current->flags & PF_MEMALLOC)
		effort = ALLOC_EMPTY;
	for (unsigned int tries = 0;; tries++) {
		struct page *page;
		bool freed;

		if (tries && (current->flags & PF_FLUSHER))
			effort = ALLOC_EMPTY; /* what it writes can be freed then */
		page = try_zones(gfp, order, effort);
		if (page)
			return page;
		if (!may_reclaim && !must_succeed)
			return NULL;
		freed = may_reclaim && make_progress(gfp, order);
		if (must_succeed) {
			if (tries >= RECLAIM_TRIES)
				effort = ALLOC_EMPTY;
			yield();
		} else if ((tries && !freed) || tries >= enough) {
			return NULL;
		}
	}
}

static __noinline struct page *slow_alloc(gfp_t gfp, unsigned int order, unsigned long caller)
{
	struct page *page = NULL;

	if (should_fail_alloc_page(gfp, order)) /* on purpose: nothing to warn of */
		return NULL;
	if (order < MAX_ORDER) {
		page = try_zones(gfp, order, ALLOC_EASY);
		if (unlikely(!page))
			page = alloc_by_effort(gfp, order);
	}
	if (unlikely(!page))
		warn_failure(gfp, order, caller);
	return page;
}

static __noinline void clear_block(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1ul << order; i++)
		clear_highpage(page + i);
}

/* A page from the hot list where the request begins, or NULL. */
static struct page *hot_page(gfp_t gfp)
{
	struct hot_pages *hot = first_hot[gfp & GFP_ZONEMASK];
	unsigned long flags = local_irq_save();
	struct page *page = hot->top != hot->bottom ? *--hot->top : NULL;

	local_irq_restore(flags);
	return page;
}

/* Any request, by any path. */
static __noinline struct page *get_block(gfp_t gfp, unsigned int order, unsigned long caller)
{
	struct page *page = order ? NULL : hot_page(gfp);

	if (!page)
		page = slow_alloc(gfp, order, caller);
	if (!page)
		return NULL;
	if (order) {
		SetPageHead(page);
		page[1].index = order;
	}
	atomic_set(&page->_count, 1);
	if (gfp & __GFP_ZERO)
		clear_block(page, order);
	return page;
}

/* The common request is answered here, any other by get_block(). */
struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct hot_pages *hot;
	struct page **top, *page;
	unsigned long flags;

	might_sleep_if(gfp & __GFP_WAIT);
	if (unlikely(order | (gfp & __GFP_ZERO)))
		return get_block(gfp, order, RETURN_ADDRESS);
	hot = first_hot[gfp & GFP_ZONEMASK];
	flags = local_irq_save();
	top = hot->top;
	if (unlikely(top == hot->bottom)) {
		local_irq_restore(flags);
		return get_block(gfp, 0, RETURN_ADDRESS);
	}
	hot->top = --top;
	page = *top;
	local_irq_restore(flags);
	atomic_set(&page->_count, 1);
	return page;
}

unsigned long get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	BUG_ON(gfp & __GFP_HIGHMEM);
	might_sleep_if(gfp & __GFP_WAIT);
	page = get_block(gfp, order, RETURN_ADDRESS);
	return page ? (unsigned long)lowmem_page_address(page) : 0;
}

/* ---- the rest --------------------------------------------------------------- */

unsigned long nr_free_pages(void)
{
	unsigned long sum = 0;
	struct zone *zone;

	for_each_zone (zone)
		sum += zone->buddy.free_pages + hot_count(hot_list(zone->type));
	return sum;
}
