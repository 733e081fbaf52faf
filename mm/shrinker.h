/*
 * Shrinkers: whoever keeps pages that it could do without registers here, and is
 * asked when the page allocator finds none.
 */
#ifndef FOLIO_MM_SHRINKER_H
#define FOLIO_MM_SHRINKER_H

#include "kernel/lib/list.h"
#include "mm/gfp.h"

struct shrinker {
	const char *name;
	/* Free what can be freed without allocating; returns pages. May not sleep. */
	unsigned long (*shrink)(gfp_t gfp);
	struct list_head list;
};

/* register_shrinker, unregister_shrinker - process context, or boot. */
void register_shrinker(struct shrinker *shrinker);
void unregister_shrinker(struct shrinker *shrinker);

/* shrink_all - ask every shrinker once; returns the pages freed. Any context that may allocate. */
unsigned long shrink_all(gfp_t gfp);

#endif
