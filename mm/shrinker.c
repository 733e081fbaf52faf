/*
 * Shrinkers: caches that can give memory back.
 *
 * Empty slabs, unused kernel stacks, unmapped vmalloc areas that wait for a TLB
 * flush: memory that is kept because it is likely to be wanted again. The page
 * allocator knows none of these; when it runs dry it walks this list. It is one
 * of the few calls upwards in the house, and the owner of each cache signs up
 * for it.
 *
 * Locks: shrinker_lock covers the list, and is held while it is walked: a shrinker may
 * neither sleep nor register another.
 */
#include "mm/shrinker.h"

#include "kernel/cpu/spinlock.h"

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

unsigned long shrink_all(gfp_t gfp)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	spin_lock(&shrinker_lock);
	list_for_each_entry (shrinker, &shrinkers, list)
		freed += shrinker->shrink(gfp);
	spin_unlock(&shrinker_lock);
	return freed;
}
