/*
 * Taking pages back.
 *
 * Memory that lies idle is wasted, so the page cache grows until there is none left. From then on
 * each page that is wanted has to be taken from somebody. Pages of files are the ones to take:
 * their contents are on a disk, and if they are clean nothing has to be done but forget them. Which
 * of them are not worth having is told by the lists in mm/lru.c.
 *
 *	free pages of a zone
 *	---- high	kswapd sleeps
 *	  |		kswapd works until this is reached again
 *	---- low	alloc_pages() wakes kswapd
 *	---- min	alloc_pages() calls try_to_free_pages() itself: direct reclaim
 *
 * Both look at inactive pages, a batch at a time, oldest first:
 *
 *	isolated from the list, with a reference
 *	   | locked by somebody, being written ............... back to the list
 *	   | in memory that is locked ........................ to the active list
 *	   | used through page tables ........................ second chance: at the first time back to
 *	   |                                                   the list; programs' code, and what was
 *	   |                                                   used twice, to the active list
 *	   | mapped .......................................... all entries are taken away
 *	   | dirty ........................................... back to the list; the flusher is woken
 *	   | held by somebody else ........................... back to the list
 *	   v
 *	taken out of its file, and freed
 *
 * How much of the lists is looked at depends on how badly things go. The priority begins at 12: a
 * 4096th of each list. While that does not yield enough it goes down, to 0: everything. If there
 * are fewer inactive pages than active ones, the oldest of the latter are moved down, and the note
 * of their use by page tables is cleared, so that at the other end of the inactive list it is known
 * whether they were used since. Names and inodes are looked at in the same proportion as pages.
 *
 * Reclaim never writes. Writing one page here and one there is the slowest that a disk can do, and
 * it would be done on the stack of whoever wanted a page, in the middle of what he was doing. The
 * flusher writes files as wholes; who finds nothing but dirty pages, or pages that are being
 * written, wakes it and sleeps a little. That cannot go on for ever: a disk that does not move for
 * seconds is a reason to fail.
 *
 * What the request allows is heeded: without __GFP_FS no name and no inode is let go, as their file
 * system may be the one that is asking. Pages of files are freed even then: that takes no lock but
 * the page's, and that only if it is free.
 *
 * Locks: lru_lock to isolate pages; the page lock (tried, never waited for) to look at one; what
 * rmap_walk() takes; tree_lock to take it out.
 *
 * Left out: anonymous memory and shmem, which need swap; making room for large blocks.
 */
#include "mm/vmscan.h"

#include "kernel/kthread.h"
#include "kernel/panic.h"
#include "kernel/timer_list.h"
#include "kernel/wait.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/rmap.h"
#include "mm/shrinker.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"

#define DEF_PRIORITY 12
#define BATCH	     32u /* pages that are isolated at once, and that a request wants at least */

/* One go at it. */
struct scan_control {
	gfp_t gfp;
	enum zone_type highest; /* the zone where the request began */
	int priority;
	bool kswapd;
	unsigned long wanted; /* pages */
	unsigned long scanned, reclaimed;
	unsigned long unwritten; /* pages that could go if they were on the disk */
};

/* ---- one page -------------------------------------------------------------------------------- */

enum page_verdict { PAGE_RECLAIM, PAGE_KEEP, PAGE_ACTIVATE };

/*
 * Was it used through page tables? A use by read(2) alone is no reason: a second one would have
 * moved the page already.
 */
static enum page_verdict check_use(struct page *page)
{
	struct page_use use = page_referenced(page);
	bool before;

	if (use.vm_flags & VM_LOCKED)
		return PAGE_ACTIVATE;
	if (!use.entries)
		return PAGE_RECLAIM;
	before = PageReferenced(page);
	SetPageReferenced(page);
	if (before || use.entries > 1 || (use.vm_flags & VM_EXEC))
		return PAGE_ACTIVATE;
	return PAGE_KEEP;
}

/* What is to become of a locked page? PAGE_RECLAIM: it is out of its file. */
static enum page_verdict try_to_reclaim(struct page *page, struct scan_control *sc)
{
	enum page_verdict verdict;

	if (PageWriteback(page)) {
		sc->unwritten++;
		return PAGE_KEEP;
	}
	if (!page->mapping) /* truncated: it goes with the last reference */
		return PAGE_KEEP;
	verdict = check_use(page);
	if (verdict != PAGE_RECLAIM)
		return verdict;
	if (page_mapcount(page) && !try_to_unmap(page))
		return PAGE_ACTIVATE;
	if (PageDirty(page) || page->private) {
		sc->unwritten++;
		return PAGE_KEEP;
	}
	return remove_clean_page(page) ? PAGE_RECLAIM : PAGE_KEEP;
}

/* ---- lists ----------------------------------------------------------------------------------- */

/* Free what can be freed of isolated inactive pages; the others go to `kept`. */
static unsigned long shrink_pages(struct list_head *pages, struct list_head *kept,
				  struct scan_control *sc)
{
	unsigned long freed = 0;

	while (!list_empty(pages)) {
		struct page *page = list_entry(pages->prev, struct page, lru);
		enum page_verdict verdict = PAGE_KEEP;

		list_move(&page->lru, kept);
		if (trylock_page(page)) {
			verdict = try_to_reclaim(page, sc);
			unlock_page(page);
		}
		if (verdict == PAGE_ACTIVATE) {
			SetPageActive(page);
			count_vm_event(PGACTIVATE);
		} else if (verdict == PAGE_RECLAIM) {
			list_del(&page->lru);
			put_page(page);
			freed++;
		}
	}
	return freed;
}

static void shrink_inactive(struct zone *zone, struct scan_control *sc)
{
	LIST_HEAD(pages);
	LIST_HEAD(kept);
	unsigned int taken = lru_isolate(zone, LRU_INACTIVE_FILE, BATCH, &pages);
	unsigned long freed = shrink_pages(&pages, &kept, sc);

	lru_putback(&kept);
	sc->scanned += taken;
	sc->reclaimed += freed;
	count_vm_events(sc->kswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, taken);
	count_vm_events(sc->kswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT, freed);
}

/* Shall an old active page stay? Code that runs shall: a page of it is missed at once. */
static bool stays_active(struct page *page)
{
	struct page_use use = {0};

	if (page_mapcount(page) && trylock_page(page)) {
		use = page_referenced(page);
		unlock_page(page);
	}
	return (use.vm_flags & VM_LOCKED) || (use.entries && (use.vm_flags & VM_EXEC));
}

/* The oldest active pages become inactive: they will be asked once more. */
static void shrink_active(struct zone *zone)
{
	LIST_HEAD(pages);
	struct page *page;

	lru_isolate(zone, LRU_ACTIVE_FILE, BATCH, &pages);
	list_for_each_entry (page, &pages, lru) {
		if (stays_active(page))
			continue;
		ClearPageActive(page);
		ClearPageReferenced(page);
		count_vm_event(PGDEACTIVATE);
	}
	lru_putback(&pages);
}

static bool too_few_inactive(const struct zone *zone)
{
	return zone->nr_lru[LRU_INACTIVE_FILE] < zone->nr_lru[LRU_ACTIVE_FILE];
}

/* ---- zones ----------------------------------------------------------------------------------- */

/* As many pages as the priority says, or until a request has enough. */
static void shrink_zone(struct zone *zone, struct scan_control *sc)
{
	unsigned long inactive = zone->nr_lru[LRU_INACTIVE_FILE] >> sc->priority;
	unsigned long active = zone->nr_lru[LRU_ACTIVE_FILE] >> sc->priority;
	unsigned long enough = sc->reclaimed + sc->wanted;

	for (unsigned long done = 0; done <= active && too_few_inactive(zone); done += BATCH)
		shrink_active(zone);
	for (unsigned long done = 0; done <= inactive && sc->reclaimed < enough; done += BATCH) {
		if (!zone->nr_lru[LRU_INACTIVE_FILE])
			break;
		shrink_inactive(zone, sc);
		cond_resched();
	}
}

/* Has a zone enough for requests that began at `highest`? */
static bool zone_is_fine(const struct zone *zone, enum zone_type highest)
{
	return zone->buddy.free_pages > zone->watermark[WMARK_HIGH] + zone->lowmem_reserve[highest];
}

/* Kswapd leaves zones alone that are fine; true: all that there are. */
static bool shrink_zones(struct scan_control *sc)
{
	bool all_fine = true;

	for (int type = sc->highest; type >= 0; type--) {
		struct zone *zone = &zones[type];

		if (!zone->present_pages || (sc->kswapd && zone_is_fine(zone, sc->highest)))
			continue;
		all_fine = false;
		shrink_zone(zone, sc);
	}
	return all_fine;
}

static unsigned long reclaimable_pages(enum zone_type highest)
{
	unsigned long pages = 0;

	for (int type = highest; type >= 0; type--)
		pages += lru_file_pages(&zones[type]);
	return pages;
}

/* Names and inodes, in proportion; what they leave behind is spare. */
static unsigned long shrink_others(const struct scan_control *sc, unsigned long scanned)
{
	unsigned long total = reclaimable_pages(sc->highest);
	unsigned long freed;

	if (sc->priority == 0)
		return shrink_all(sc->gfp);
	freed = shrink_caches(sc->gfp, max(scanned, (total >> sc->priority) + 1), total);
	if (freed || sc->priority < DEF_PRIORITY)
		freed += shrink_spare(sc->gfp);
	return freed;
}

/* ---- waiting for the disk -------------------------------------------------------------------- */

#define NAP	     (HZ / 50)
#define NAP_PRIORITY (DEF_PRIORITY - 2)

static void nap(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(NAP);
}

/* Who may do no I/O, or is the flusher himself, may be the one that the disk waits for. */
static bool may_wait_for_disk(const struct scan_control *sc)
{
	return (sc->gfp & __GFP_IO) && !(current->flags & PF_FLUSHER);
}

/* One round has brought too little: is it because of pages that have to be written first? */
static void wait_for_disk(const struct scan_control *sc)
{
	if (!sc->unwritten || !may_wait_for_disk(sc))
		return;
	wakeup_flusher(sc->scanned);
	if (sc->priority <= NAP_PRIORITY)
		nap();
}

/* ---- direct reclaim -------------------------------------------------------------------------- */

/* With rising effort, until there is a batch. What became free. */
static unsigned long reclaim_batch(struct scan_control *sc)
{
	unsigned long others = 0;

	for (sc->priority = DEF_PRIORITY; sc->priority >= 0; sc->priority--) {
		unsigned long scanned = sc->scanned;

		shrink_zones(sc);
		others += shrink_others(sc, sc->scanned - scanned);
		if (sc->reclaimed >= sc->wanted)
			break;
		wait_for_disk(sc);
	}
	return sc->reclaimed + others;
}

/* Rounds that may end with nothing but pages to be written: some seconds while the disk works, */
#define PATIENCE      30
#define IDLE_PATIENCE 3 /* and not even one if it does not */

/* kswapd has tried so many times in vain; somebody's success means that it may again. */
static unsigned int kswapd_failures;

/* Another round? */
static bool is_patient(const struct scan_control *sc, int round, unsigned long written)
{
	bool disk_works = vm_stats[NR_WRITEBACK] || vm_events[NR_WRITTEN] != written;

	return sc->unwritten && may_wait_for_disk(sc) && !fatal_signal_pending(current) &&
	       round < (disk_works ? PATIENCE : IDLE_PATIENCE);
}

unsigned long try_to_free_pages(gfp_t gfp, unsigned int order)
{
	unsigned long freed = shrink_spare(gfp), written = vm_events[NR_WRITTEN];
	struct scan_control sc;
	int round = 0;

	count_vm_event(ALLOCSTALL);
	while (!freed) {
		sc = (struct scan_control){
			.gfp = gfp,
			.highest = gfp_zone(gfp),
			.wanted = max(BATCH, 2u << order),
		};
		freed = reclaim_batch(&sc);
		if (!freed && !is_patient(&sc, ++round, written))
			break;
	}
	if (freed)
		kswapd_failures = 0;
	return freed;
}

/* ---- kswapd ---------------------------------------------------------------------------------- */

#define FAILURES_MAX 16

static DECLARE_WAIT_QUEUE_HEAD(kswapd_wait);
static int kswapd_wanted = -1; /* the highest zone that somebody wanted; -1: none */

void wakeup_kswapd(struct zone *zone)
{
	if (kswapd_failures >= FAILURES_MAX)
		return; /* it is the requests' own turn */
	kswapd_wanted = max(kswapd_wanted, (int)zone->type);
	if (waitqueue_active(&kswapd_wait))
		wake_up(&kswapd_wait);
}

/* With rising effort, until all zones are fine again. False: they cannot be made so. */
static bool balance_zones(enum zone_type highest)
{
	struct scan_control sc = {
		.gfp = GFP_KERNEL,
		.highest = highest,
		.wanted = BATCH,
		.kswapd = true,
	};

	for (sc.priority = DEF_PRIORITY; sc.priority >= 0; sc.priority--) {
		unsigned long before = sc.reclaimed, scanned = sc.scanned;

		if (shrink_zones(&sc))
			return true;
		shrink_others(&sc, sc.scanned - scanned);
		drain_hot_pages();
		if (sc.reclaimed - before >= sc.wanted) {
			sc.priority =
				DEF_PRIORITY + 1; /* it goes well: no more effort than needed */
			sc.unwritten = 0;
		} else {
			wait_for_disk(&sc);
		}
		cond_resched();
	}
	return false;
}

static int kswapd(void *unused)
{
	(void)unused;
	current->flags |= PF_MEMALLOC;
	for (;;) {
		int highest;

		(void)wait_event_interruptible(kswapd_wait, kswapd_wanted >= 0); /* no load */
		highest = kswapd_wanted;
		kswapd_wanted = -1;
		count_vm_event(PAGEOUTRUN);
		if (balance_zones((enum zone_type)highest))
			kswapd_failures = 0;
		else
			kswapd_failures++;
	}
	return 0;
}

void vmscan_init(void)
{
	struct task_struct *thread = kthread_run(kswapd, NULL, "kswapd0");

	if (IS_ERR(thread))
		panic("Too little memory: kswapd cannot be started");
	page_alloc_set_reclaim(try_to_free_pages, wakeup_kswapd);
}
