/*
 * A set of address ranges.
 *
 * Two questions are asked of such a set all the time: which range holds an
 * address (every page fault), and where is a hole of so many bytes (every mmap).
 * And it is walked in order (fork, /proc/PID/maps). One structure cannot do all
 * three well, so there are two over the same objects:
 *
 *	list:   [08048-0804b] <-> [0804b-0804c] <-> [40000-40010] <-> [bfffe-c0000]
 *
 *	tree:                      0804b-0804c
 *	                          /           \
 *	                  08048-0804b     40000-40010
 *	                                             \
 *	                                          bfffe-c0000
 *
 * For the second question each node carries the largest gap in its subtree, a gap
 * belonging to the range at its upper end. A search for a hole goes down only where
 * the subtree's largest gap promises one, so it takes as many steps as the tree is
 * deep, be there ten ranges or sixty thousand.
 *
 * The set knows nothing of what the ranges mean; it has no locks and allocates
 * nothing.
 */
#include "mm/vm_range.h"

#define range_of(node) rb_entry(node, struct vm_range, vm_rb)

/* The gap between a range and the one before it, or address 0. */
static inline unsigned long own_gap(const struct vm_range *range)
{
	return range->vm_start - (range->vm_prev ? range->vm_prev->vm_end : 0);
}

RB_DECLARE_CALLBACKS_MAX(gap_callbacks, struct vm_range, vm_rb, unsigned long, rb_subtree_gap,
			 own_gap);

/* A range's gap has changed: correct the largest gaps from there to the root. */
static inline void gap_changed(struct vm_range *range)
{
	gap_callbacks.propagate(&range->vm_rb, NULL);
}

struct vm_range *vm_range_find(const struct vm_range_set *set, unsigned long addr)
{
	struct rb_node *node = set->rb.rb_node;
	struct vm_range *best = NULL;

	while (node) {
		struct vm_range *range = range_of(node);

		if (range->vm_end <= addr) {
			node = node->rb_right;
			continue;
		}
		best = range;
		if (range->vm_start <= addr)
			break;
		node = node->rb_left;
	}
	return best;
}

struct vm_range *vm_range_find_prev(const struct vm_range_set *set, unsigned long addr,
				    struct vm_range **prev)
{
	struct vm_range *range = vm_range_find(set, addr);

	*prev = range ? range->vm_prev : set->last;
	return range;
}

/* Put a range into the list between its neighbours. */
static void link_list(struct vm_range_set *set, struct vm_range *range, struct vm_range *prev)
{
	struct vm_range *next = prev ? prev->vm_next : set->first;

	range->vm_prev = prev;
	range->vm_next = next;
	if (prev)
		prev->vm_next = range;
	else
		set->first = range;
	if (next)
		next->vm_prev = range;
	else
		set->last = range;
}

bool vm_range_insert(struct vm_range_set *set, struct vm_range *range)
{
	struct rb_node **link = &set->rb.rb_node, *parent = NULL;
	struct vm_range *prev = NULL;

	while (*link) {
		struct vm_range *other = range_of(*link);

		parent = *link;
		if (range->vm_end <= other->vm_start) {
			link = &parent->rb_left;
		} else if (range->vm_start >= other->vm_end) {
			link = &parent->rb_right;
			prev = other;
		} else {
			return false;
		}
	}
	link_list(set, range, prev);
	/* The gap of the one above has shrunk; its old value is still in the tree. */
	if (range->vm_next)
		gap_changed(range->vm_next);
	rb_link_node(&range->vm_rb, parent, link);
	range->rb_subtree_gap = 0;
	gap_changed(range);
	rb_insert_augmented(&range->vm_rb, &set->rb, &gap_callbacks);
	set->count++;
	return true;
}

void vm_range_remove(struct vm_range_set *set, struct vm_range *range)
{
	struct vm_range *prev = range->vm_prev, *next = range->vm_next;

	rb_erase_augmented(&range->vm_rb, &set->rb, &gap_callbacks);
	if (prev)
		prev->vm_next = next;
	else
		set->first = next;
	if (next) {
		next->vm_prev = prev;
		gap_changed(next);
	} else {
		set->last = prev;
	}
	set->count--;
}

void vm_range_resize(struct vm_range_set *set, struct vm_range *range, unsigned long start,
		     unsigned long end)
{
	(void)set;
	range->vm_start = start;
	range->vm_end = end;
	gap_changed(range);
	if (range->vm_next)
		gap_changed(range->vm_next);
}

/* The lowest place in [from, to), aligned, for `size` bytes; 0 when there is none. */
static inline unsigned long fit(unsigned long from, unsigned long to, unsigned long size,
				unsigned long align)
{
	unsigned long at = ALIGN_UP(from, align);

	return at >= from && at < to && to - at >= size ? at : 0;
}

/* The gap below a range, as far as it lies in [low, high). */
static inline unsigned long fit_below(const struct vm_range *range, unsigned long size,
				      unsigned long align, unsigned long low, unsigned long high)
{
	unsigned long from = range->vm_prev ? range->vm_prev->vm_end : 0;

	return fit(max(from, low), min(range->vm_start, high), size, align);
}

static inline bool gap_in(const struct rb_node *node, unsigned long size)
{
	return node && range_of(node)->rb_subtree_gap >= size;
}

/*
 * Walk the gaps of at least `size` bytes in ascending order, and leave the subtrees
 * without one, or wholly below `low`, aside.
 */
static unsigned long hole_in_tree(const struct vm_range_set *set, unsigned long size,
				  unsigned long align, unsigned long low, unsigned long high)
{
	struct rb_node *node = set->rb.rb_node;
	bool from_below = false; /* the left subtree of node is done */

	while (node) {
		struct vm_range *range = range_of(node);
		unsigned long at;

		if (!from_below && range->vm_start > low && gap_in(node->rb_left, size)) {
			node = node->rb_left;
			continue;
		}
		at = fit_below(range, size, align, low, high);
		if (at)
			return at;
		if (range->vm_end >= high)
			return 0;
		if (gap_in(node->rb_right, size)) {
			node = node->rb_right;
			from_below = false;
			continue;
		}
		/* Up, until we come from a left side. */
		while (rb_parent(node) && node == rb_parent(node)->rb_right)
			node = rb_parent(node);
		node = rb_parent(node);
		from_below = true;
	}
	return 0;
}

unsigned long vm_range_hole(const struct vm_range_set *set, unsigned long size, unsigned long align,
			    unsigned long low, unsigned long high)
{
	unsigned long at = 0;

	if (!size || high <= low || high - low < size)
		return 0;
	if (gap_in(set->rb.rb_node, size))
		at = hole_in_tree(set, size, align, low, high);
	if (at)
		return at;
	/* The gap above the last range belongs to nobody. */
	return fit(max(set->last ? set->last->vm_end : 0, low), high, size, align);
}

static const char *check_node(const struct vm_range *range)
{
	const struct rb_node *l = range->vm_rb.rb_left, *r = range->vm_rb.rb_right;
	unsigned long gap = own_gap(range);

	if (l)
		gap = max(gap, range_of(l)->rb_subtree_gap);
	if (r)
		gap = max(gap, range_of(r)->rb_subtree_gap);
	return gap == range->rb_subtree_gap ? NULL : "a subtree's largest gap is wrong";
}

const char *vm_range_check(const struct vm_range_set *set)
{
	const struct vm_range *range, *prev = NULL;
	const struct rb_node *node = rb_first(&set->rb);
	unsigned int count = 0;

	if (rb_check(&set->rb) < 0)
		return "the tree is not a red-black tree";
	for (range = set->first; range; prev = range, range = range->vm_next) {
		const char *wrong = check_node(range);

		if (wrong)
			return wrong;
		if (range->vm_prev != prev)
			return "a backward link is wrong";
		if (range->vm_start >= range->vm_end || (prev && prev->vm_end > range->vm_start))
			return "ranges are empty, overlap or are out of order";
		if (!node || range_of(node) != range)
			return "list and tree differ";
		node = rb_next(node);
		count++;
	}
	if (node || set->last != prev || set->count != count)
		return "list and tree differ in length";
	return NULL;
}
