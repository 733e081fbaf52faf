/*
 * A set of address ranges that do not overlap: in an ordered list and in a
 * red-black tree at once, with the largest gap below each subtree kept, so that
 * a hole of a given size is found without a walk. Both the regions of a
 * process (vm_area_struct) and the areas of vmalloc (vm_struct) are such sets.
 * No locks here: the owner of a set has its own.
 */
#ifndef FOLIO_MM_VM_RANGE_H
#define FOLIO_MM_VM_RANGE_H

#include "kernel/lib/rbtree.h"

struct vm_range {
	unsigned long vm_start; /* first address */
	unsigned long vm_end;	/* first address after it */
	struct vm_range *vm_prev, *vm_next;
	struct rb_node vm_rb;
	unsigned long rb_subtree_gap; /* largest gap that ends at a range of this subtree */
};

struct vm_range_set {
	struct rb_root rb;
	struct vm_range *first, *last;
	unsigned int count;
};

/* vm_range_find - the first range that ends above addr (it need not hold addr), or NULL. */
struct vm_range *vm_range_find(const struct vm_range_set *set, unsigned long addr);

/* vm_range_find_prev - the same; *prev is the range before it, or the last one. */
struct vm_range *vm_range_find_prev(const struct vm_range_set *set, unsigned long addr,
				    struct vm_range **prev);

/* vm_range_insert - put a range in; false when it overlaps another (nothing is changed). */
bool vm_range_insert(struct vm_range_set *set, struct vm_range *range);

/* vm_range_remove - take a range out. */
void vm_range_remove(struct vm_range_set *set, struct vm_range *range);

/*
 * vm_range_resize - move the borders of a range. The new ones must not reach
 * into a neighbour; the order stays as it is.
 */
void vm_range_resize(struct vm_range_set *set, struct vm_range *range, unsigned long start,
		     unsigned long end);

/*
 * vm_range_hole - the lowest hole of `size` bytes, aligned to `align` (a power
 * of two), in [low, high); low is not 0. Returns its address, or 0 when there is none.
 */
unsigned long vm_range_hole(const struct vm_range_set *set, unsigned long size, unsigned long align,
			    unsigned long low, unsigned long high);

/* vm_range_check - NULL when list, tree and gaps agree, else what is wrong. For tests. */
const char *vm_range_check(const struct vm_range_set *set);

#endif
