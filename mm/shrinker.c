/*
 * Shrinkers: caches that can give memory back.
 *
 * Empty slabs, unused kernel stacks, unmapped vmalloc areas that wait for a TLB flush: memory that
 * is kept because it is likely to be wanted again, and costs little to get again. It goes first,
 * and all of it. Names and inodes that were read from a disk are worth more: of these as large a
 * part is looked at as of the pages of files (mm/vmscan.c), so that neither cache eats up the
 * other. The page allocator knows none of them; it is one of the few calls upwards in the house,
 * and the owner of each cache signs up for it.
 *
 * Locks: shrinker_lock covers the list. It is not held while a shrinker works, which may therefore
 * sleep; the entry stays, as only those who do not sleep may be unregistered.
 */
#include "mm/shrinker.h"

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/math64.h"
#include "mm/vmstat.h"

static LIST_HEAD(shrinkers);
static DEFINE_SPINLOCK(shrinker_lock);

void register_shrinker(struct shrinker *shrinker)
{
	spin_lock(&shrinker_lock);
	list_add_tail(&shrinker->list, &shrinkers);
	spin_unlock(&shrinker_lock);
}

void unregister_shrinker(struct shrinker *shrinker)
{
	spin_lock(&shrinker_lock);
	list_del(&shrinker->list);
	spin_unlock(&shrinker_lock);
}

/* The one after `shrinker` (NULL: the first), or NULL. */
static struct shrinker *next_shrinker(struct shrinker *shrinker)
{
	struct list_head *at = shrinker ? &shrinker->list : &shrinkers;
	struct shrinker *next = NULL;

	spin_lock(&shrinker_lock);
	if (!list_is_last(at, &shrinkers))
		next = list_entry(at->next, struct shrinker, list);
	spin_unlock(&shrinker_lock);
	return next;
}

#define for_each_shrinker(shrinker) for ((shrinker) = NULL; ((shrinker) = next_shrinker(shrinker));)

unsigned long shrink_spare(gfp_t gfp)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	for_each_shrinker(shrinker) if (shrinker->shrink) freed += shrinker->shrink(gfp);
	return freed;
}

static unsigned long scan(struct shrinker *shrinker, unsigned long nr, gfp_t gfp)
{
	count_vm_events(SLABS_SCANNED, nr);
	return shrinker->scan(nr, gfp);
}

#define SCAN_BATCH 32u

/*
 * Objects cost a disk access each to get again, as pages do, but are smaller: look at twice as
 * many.
 */
#define SCAN_WEIGHT 2u

unsigned long shrink_caches(gfp_t gfp, unsigned long scanned, unsigned long total)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	for_each_shrinker(shrinker)
	{
		unsigned long nr, count = shrinker->count ? shrinker->count() : 0;

		shrinker->due += (unsigned long)mul_u64_u32_div((u64)count * SCAN_WEIGHT, scanned,
								total + 1);
		nr = min(shrinker->due, SCAN_WEIGHT * count);
		if (nr < SCAN_BATCH && nr < count)
			continue;
		shrinker->due = 0;
		if (nr)
			freed += scan(shrinker, nr, gfp);
	}
	return freed;
}

/* Each object may have been used since the last time: then it goes when it is looked at again. */
unsigned long shrink_all(gfp_t gfp)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	for_each_shrinker(shrinker) if (shrinker->scan) freed +=
		shrinker->scan(2 * shrinker->count(), gfp);
	return freed + shrink_spare(gfp);
}
