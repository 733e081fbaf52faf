/*
 * Interval trees over augmented red-black trees.
 *
 * [a, b] and [c, d] overlap when a <= d and c <= b. The order by start gives the
 * first half of the test a direction, subtree_last the second:
 *
 *	              [20,36] 99                 query [60, 62]
 *	             /          \
 *	      [3,41] 41        [29,99] 99        the left subtree ends at 41: skipped
 *	      /      \              \
 *	  [0,1] 1  [10,15] 15     [70,71] 71     starts after 62: nothing to the right
 */
#include "kernel/lib/interval_tree.h"

static inline unsigned long own_last(const struct interval_tree_node *node)
{
	return node->last;
}

RB_DECLARE_CALLBACKS_MAX(interval_tree_augment, struct interval_tree_node, rb, unsigned long,
			 subtree_last, own_last)

static inline struct interval_tree_node *to_node(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct interval_tree_node, rb);
}

void interval_tree_insert(struct interval_tree_node *node, struct rb_root *root)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		struct interval_tree_node *here = to_node(*link);

		parent = *link;
		if (here->subtree_last < node->last)
			here->subtree_last = node->last;
		link = node->start < here->start ? &parent->rb_left : &parent->rb_right;
	}
	node->subtree_last = node->last;
	rb_link_node(&node->rb, parent, link);
	rb_insert_augmented(&node->rb, root, &interval_tree_augment);
}

void interval_tree_remove(struct interval_tree_node *node, struct rb_root *root)
{
	rb_erase_augmented(&node->rb, root, &interval_tree_augment);
}

/*
 * The leftmost node of the subtree @node that overlaps [@start, @last], given
 * that the subtree does not end before @start. If the left subtree does not end
 * before @start either, then some interval there reaches @start: it overlaps,
 * or it starts after @last, and then so does everything to its right.
 */
static struct interval_tree_node *leftmost_overlap(struct interval_tree_node *node,
						   unsigned long start, unsigned long last)
{
	for (;;) {
		struct interval_tree_node *left = to_node(node->rb.rb_left);

		if (left && left->subtree_last >= start) {
			node = left;
			continue;
		}
		if (node->start > last)
			return NULL;
		if (node->last >= start)
			return node;
		node = to_node(node->rb.rb_right);
		if (!node || node->subtree_last < start)
			return NULL;
	}
}

struct interval_tree_node *interval_tree_iter_first(struct rb_root *root, unsigned long start,
						    unsigned long last)
{
	struct interval_tree_node *top = to_node(root->rb_node);

	if (!top || top->subtree_last < start)
		return NULL;
	return leftmost_overlap(top, start, last);
}

/*
 * What comes after @node in order is its right subtree, then the first ancestor
 * that we are on the left of, with its right subtree, and so on.
 */
struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node,
						   unsigned long start, unsigned long last)
{
	struct rb_node *below, *up;

	for (;;) {
		struct interval_tree_node *right = to_node(node->rb.rb_right);

		if (right && right->subtree_last >= start)
			return leftmost_overlap(right, start, last);
		below = &node->rb;
		for (up = rb_parent(below); up && up->rb_right == below; up = rb_parent(below))
			below = up;
		node = to_node(up);
		if (!node || node->start > last)
			return NULL;
		if (node->last >= start)
			return node;
	}
}

bool interval_tree_check(const struct rb_root *root)
{
	struct interval_tree_node *prev = NULL, *node;

	if (rb_check(root) < 0)
		return false;
	for (node = to_node(rb_first(root)); node; node = to_node(rb_next(&node->rb))) {
		if (node->last < node->start || (prev && prev->start > node->start))
			return false;
		if (interval_tree_augment_update(node))
			return false;
		prev = node;
	}
	return true;
}
