/*
 * Interval trees: closed intervals [start, last] of unsigned longs, and the
 * question "which of them overlap this one?" answered in O(log n + answers).
 *
 * A red-black tree ordered by `start`, augmented with the largest `last` of
 * each subtree (Cormen et al., Introduction to Algorithms, "Interval trees"),
 * so that a subtree which ends before the query begins is skipped whole.
 *
 * The reverse map of a file is one such tree (i_mmap): each vm_area_struct
 * carries a node with start = vm_pgoff and last = vm_pgoff + pages - 1. Equal
 * intervals may be present any number of times. `start` and `last` must not
 * change while the node is in a tree.
 *
 * Nothing sleeps, allocates or locks; the owner of the tree locks it.
 */
#ifndef FOLIO_LIB_INTERVAL_TREE_H
#define FOLIO_LIB_INTERVAL_TREE_H

#include "kernel/lib/rbtree.h"

struct interval_tree_node {
	struct rb_node rb;
	unsigned long start;	    /* first unit covered */
	unsigned long last;	    /* last unit covered, >= start */
	unsigned long subtree_last; /* largest last in this subtree */
};

/* Adds @node, whose start and last are set. */
void interval_tree_insert(struct interval_tree_node *node, struct rb_root *root);

/* Takes @node, which is in the tree, out of it. */
void interval_tree_remove(struct interval_tree_node *node, struct rb_root *root);

/* The first node, in order of start, that overlaps [@start, @last]; NULL if none does. */
struct interval_tree_node *interval_tree_iter_first(struct rb_root *root, unsigned long start,
						    unsigned long last);

/* The next one after @node that overlaps [@start, @last]; NULL if there is no more. */
struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node,
						   unsigned long start, unsigned long last);

/* Checks order, the tree's shape and every subtree_last; true if all is well. */
bool interval_tree_check(const struct rb_root *root);

#define interval_tree_for_each(node, root, start, last)                            \
	for ((node) = interval_tree_iter_first(root, start, last); (node) != NULL; \
	     (node) = interval_tree_iter_next(node, start, last))

#endif
