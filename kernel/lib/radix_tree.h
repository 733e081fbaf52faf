/*
 * A 64-way radix tree: from an unsigned long (the number of a page in a file)
 * to a pointer, with tags that can be searched for.
 *
 * A tree is only as high as its largest index asks for: one item at index 0
 * needs no node at all, indices below 64 need one node, and six levels cover
 * 32 bits. Each tag is a bit per item, repeated upwards as "somewhere below
 * here", so that the next tagged item is found without visiting the others.
 *
 * Locking is the caller's: changes exclude each other and lookups (the page
 * cache does this with one spinlock for each tree). Nothing here sleeps, except
 * that the allocation function may, where it is said that nodes are allocated.
 *
 * Inserting under a spinlock: the nodes are allocated outside it. A failed
 * insertion leaves the tree untouched and says in the preload how many nodes it
 * lacked, so that the usual insertion, which needs none, costs nothing more:
 *
 *	struct radix_tree_preload preload = RADIX_TREE_PRELOAD_INIT;
 *
 *	do {
 *		spin_lock(lock);
 *		err = radix_tree_insert(root, index, item, &preload);
 *		spin_unlock(lock);
 *	} while (err == -ENOMEM && !radix_tree_preload(&preload, gfp));
 *	radix_tree_preload_end(&preload);
 */
#ifndef FOLIO_LIB_RADIX_TREE_H
#define FOLIO_LIB_RADIX_TREE_H

#include "kernel/lib/compiler.h"

#define RADIX_TREE_MAP_SHIFT 6
#define RADIX_TREE_MAP_SIZE  (1u << RADIX_TREE_MAP_SHIFT)
#define RADIX_TREE_MAX_TAGS  3
/* Levels that 32 bits of index take: 6 of 6 bits, the topmost with 2. */
#define RADIX_TREE_MAX_HEIGHT 6

struct radix_tree_node {
	struct radix_tree_node *parent; /* NULL for the topmost; next in a preload */
	u8 offset;			/* our slot in the parent */
	/* One 64-bit map for each tag, and a last one: which slots are in use. */
	unsigned long tags[RADIX_TREE_MAX_TAGS + 1][RADIX_TREE_MAP_SIZE / 32];
	void *slots[RADIX_TREE_MAP_SIZE]; /* items on the lowest level, else nodes */
};

struct radix_tree_root {
	u8 height;   /* levels of nodes; 0: rnode is the item at index 0 itself */
	u8 tags;     /* bit t: some item has tag t */
	void *rnode; /* the topmost node, or the item, or NULL: empty */
};

#define RADIX_TREE_INIT    \
	{                  \
		0, 0, NULL \
	}
#define RADIX_TREE(name) struct radix_tree_root name = RADIX_TREE_INIT

static inline void INIT_RADIX_TREE(struct radix_tree_root *root)
{
	*root = (struct radix_tree_root)RADIX_TREE_INIT;
}

static inline bool radix_tree_empty(const struct radix_tree_root *root)
{
	return !root->rnode;
}

/* Nodes laid by for insertions; zero is a valid empty one. */
struct radix_tree_preload {
	unsigned int nr;   /* nodes here */
	unsigned int need; /* how many the last insertion that failed would have taken */
	struct radix_tree_node *nodes;
};

#define RADIX_TREE_PRELOAD_INIT \
	{                       \
		0, 0, NULL      \
	}

/*
 * Says where nodes come from, once, before any tree is used: @alloc returns
 * memory for a node (its contents do not matter) or NULL; @gfp is handed
 * through from radix_tree_preload().
 */
void radix_tree_init(struct radix_tree_node *(*alloc)(unsigned int gfp),
		     void (*free)(struct radix_tree_node *node));

/*
 * Allocates until @preload holds as many nodes as it needs.
 * Returns 0 or -ENOMEM (what was allocated stays). Sleeps if @gfp allows it.
 */
int __must_check radix_tree_preload(struct radix_tree_preload *preload, unsigned int gfp);

/* Frees the nodes that were not used. */
void radix_tree_preload_end(struct radix_tree_preload *preload);

/*
 * Puts @item (not NULL) at @index, with nodes from @preload; never allocates.
 * Returns 0; -EEXIST if something is there; -ENOMEM if the preload has too few
 * nodes (preload->need says how many it takes). An error changes nothing.
 */
int __must_check radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item,
				   struct radix_tree_preload *preload);

/* The item at @index, or NULL. */
void *radix_tree_lookup(const struct radix_tree_root *root, unsigned long index);

/*
 * Where the item at @index is kept, or NULL if there is none: another item (not
 * NULL) may be stored there in its place. Valid until the tree changes.
 */
void **radix_tree_lookup_slot(struct radix_tree_root *root, unsigned long index);

/* Takes the item at @index out, with its tags; returns it, or NULL if there was none. */
void *radix_tree_delete(struct radix_tree_root *root, unsigned long index);

/*
 * Fills @results with the items at @first and after it in order of index, at
 * most @max; returns how many. The tag form: only those with @tag.
 */
unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **results,
				    unsigned long first, unsigned int max);
unsigned int radix_tree_gang_lookup_tag(const struct radix_tree_root *root, void **results,
					unsigned long first, unsigned int max, unsigned int tag);

/*
 * The item at @index gets, loses or is asked for @tag (0..RADIX_TREE_MAX_TAGS - 1).
 * Set and clear return the item, or NULL (and do nothing) if there is none.
 */
void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag);
void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag);
bool radix_tree_tag_get(const struct radix_tree_root *root, unsigned long index, unsigned int tag);

/* True if any item has @tag. */
static inline bool radix_tree_tagged(const struct radix_tree_root *root, unsigned int tag)
{
	return (root->tags >> tag) & 1;
}

#endif
