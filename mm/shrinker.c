/*
 * Shrinkers: caches that can give memory back.
 *
 * Empty slabs, unused kernel stacks, unmapped vmalloc areas that wait for a TLB
 * flush: memory that is kept because it is likely to be wanted again. The page
 * allocator knows none of these; when it runs dry it walks this list. It is one
 * of the few calls upwards in the house, and the owner of each cache signs up
 * for it.
 *
 * Locks: the list changes at boot and when modules come and go, in process
 * context only, and is walked without sleeping: no lock is needed on one
 * processor; shrinker_lock says where it would be.
 */
#include "mm/shrinker.h"

#include "kernel/cpu/spinlock.h"

static LIST_HEAD(shrinkers);
static DEFINE_SPINLOCK(shrinker_lock);

void register_shrinker(struct shrinker *shrinker)
{
	unsigned long flags;

	spin_lock_irqsave(&shrinker_lock, flags);
	list_add_tail(&shrinker->list, &shrinkers);
	spin_unlock_irqrestore(&shrinker_lock, flags);
}

void unregister_shrinker(struct shrinker *shrinker)
{
	unsigned long flags;

	spin_lock_irqsave(&shrinker_lock, flags);
	list_del(&shrinker->list);
	spin_unlock_irqrestore(&shrinker_lock, flags);
}

unsigned long shrink_all(gfp_t gfp)
{
	struct shrinker *shrinker;
	unsigned long freed = 0;

	list_for_each_entry (shrinker, &shrinkers, list)
		freed += shrinker->shrink(gfp);
	return freed;
}
