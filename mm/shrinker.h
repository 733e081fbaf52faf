/*
 * Shrinkers: whoever keeps memory that he could do without registers here, and is asked when the
 * page allocator finds none.
 */
#ifndef FOLIO_MM_SHRINKER_H
#define FOLIO_MM_SHRINKER_H

#include "kernel/lib/list.h"
#include "mm/gfp.h"

/*
 * Of two kinds. Spare memory has `shrink`: free what can be freed without allocating; returns
 * pages; may not sleep. A cache of objects has `count`, how many could go, and `scan`: look at `nr`
 * of the oldest of them and free those that are not wanted; returns how many; may sleep, and does
 * what `gfp` allows (__GFP_FS: may call into file systems).
 */
struct shrinker {
	const char *name;
	unsigned long (*shrink)(gfp_t gfp);
	unsigned long (*count)(void);
	unsigned long (*scan)(unsigned long nr, gfp_t gfp);
	unsigned long due; /* objects to be looked at, once there are enough of them */
	struct list_head list;
};

/*
 * register_shrinker, unregister_shrinker - process context, or boot. One whose functions sleep may
 * not be unregistered.
 */
void register_shrinker(struct shrinker *shrinker);
void unregister_shrinker(struct shrinker *shrinker);

/*
 * shrink_spare - free all spare memory; returns the pages. Any context that may allocate.
 * shrink_caches - look at a part of each cache: of pages in use, `scanned` of `total` were looked
 * at meanwhile. shrink_all - all spare memory, and all that caches can do without. Both return
 * pages and objects that became free, and may sleep.
 */
unsigned long shrink_spare(gfp_t gfp);
unsigned long shrink_caches(gfp_t gfp, unsigned long scanned, unsigned long total);
unsigned long shrink_all(gfp_t gfp);

#endif
