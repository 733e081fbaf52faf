/*
 * The radix tree: six bits of the index choose the slot on each level.
 *
 *	root (height 2)
 *	  |
 *	  v
 *	+---+---+---+-- --+---+
 *	| 0 | 1 | 2 |     |63 |     slot = index >> 6 & 63
 *	+-+-+---+-+-+-- --+---+
 *	  |       |
 *	  v       v
 *	+-------+ +-------+
 *	| 0..63 | | 0..63 |         slot = index & 63: the items
 *	+-------+ +-------+
 *
 * Every node has a bitmap for each tag, and one for "slot in use" that is
 * treated as one more tag: a search for the next item and a search for the next
 * dirty item are the same walk over different maps. A bit on an upper level
 * is the "or" of the whole map below it.
 *
 * The tree is always minimal: no empty node, and no topmost node that has only
 * its slot 0 in use.
 */
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

#define MAP_MASK (RADIX_TREE_MAP_SIZE - 1)
#define IN_USE	 RADIX_TREE_MAX_TAGS /* the map of the slots in use */

static struct radix_tree_node *(*alloc_node)(unsigned int gfp);
static void (*free_node)(struct radix_tree_node *node);

void radix_tree_init(struct radix_tree_node *(*alloc)(unsigned int gfp),
		     void (*free)(struct radix_tree_node *node))
{
	alloc_node = alloc;
	free_node = free;
}

int radix_tree_preload(struct radix_tree_preload *preload, unsigned int gfp)
{
	while (preload->nr < preload->need) {
		struct radix_tree_node *node = alloc_node(gfp);

		if (!node)
			return -ENOMEM;
		node->parent = preload->nodes;
		preload->nodes = node;
		preload->nr++;
	}
	return 0;
}

void radix_tree_preload_end(struct radix_tree_preload *preload)
{
	while (preload->nodes) {
		struct radix_tree_node *node = preload->nodes;

		preload->nodes = node->parent;
		free_node(node);
	}
	preload->nr = 0;
}

/* An empty node out of the preload, which has one, hung into slot @offset of @parent. */
static struct radix_tree_node *take_node(struct radix_tree_preload *preload,
					 struct radix_tree_node *parent, unsigned int offset)
{
	struct radix_tree_node *node = preload->nodes;

	preload->nodes = node->parent;
	preload->nr--;
	memset(node, 0, sizeof(*node));
	node->parent = parent;
	node->offset = (u8)offset;
	return node;
}

/* True if @index needs a tree higher than @height. */
static inline bool beyond(unsigned long index, unsigned int height)
{
	return height < RADIX_TREE_MAX_HEIGHT && index >> (height * RADIX_TREE_MAP_SHIFT) != 0;
}

static unsigned int height_for(unsigned long index)
{
	unsigned int height = 0;

	while (beyond(index, height))
		height++;
	return height;
}

/* The slot for @index in a node whose slots span 2^@shift indices each. */
static inline unsigned int slot_number(unsigned long index, unsigned int shift)
{
	return (index >> shift) & MAP_MASK;
}

static inline bool any(const struct radix_tree_node *node, unsigned int tag)
{
	return (node->tags[tag][0] | node->tags[tag][1]) != 0;
}

/*
 * Walks down towards @index, which is not beyond the tree, until a slot is empty
 * or holds the item. Returns that slot; *@nodep is the node it is in (NULL: the
 * root), *@shiftp how many bits of the index were left: 0 on the lowest level.
 */
static inline void **descend(struct radix_tree_root *root, unsigned long index,
			     struct radix_tree_node **nodep, unsigned int *shiftp)
{
	unsigned int shift = root->height * RADIX_TREE_MAP_SHIFT;
	struct radix_tree_node *node = NULL;
	void **slot = &root->rnode;

	while (shift && *slot) {
		shift -= RADIX_TREE_MAP_SHIFT;
		node = *slot;
		slot = &node->slots[slot_number(index, shift)];
	}
	*nodep = node;
	*shiftp = shift;
	return slot;
}

/* The slot of the item at @index and the node it is in; NULL if there is no item. */
static inline void **find_item(const struct radix_tree_root *root, unsigned long index,
			       struct radix_tree_node **nodep)
{
	unsigned int shift;
	void **slot;

	if (beyond(index, root->height))
		return NULL;
	slot = descend((struct radix_tree_root *)root, index, nodep, &shift);
	return *slot ? slot : NULL;
}

/* Puts nodes on top until the tree has @height; its present content moves into slot 0. */
static void extend(struct radix_tree_root *root, unsigned int height,
		   struct radix_tree_preload *preload)
{
	for (; root->rnode && root->height < height; root->height++) {
		struct radix_tree_node *node = take_node(preload, NULL, 0), *below = root->rnode;
		unsigned int tag;

		node->slots[0] = below;
		__set_bit(0, node->tags[IN_USE]);
		for (tag = 0; tag < RADIX_TREE_MAX_TAGS; tag++) {
			if (radix_tree_tagged(root, tag))
				__set_bit(0, node->tags[tag]);
		}
		if (root->height > 0)
			below->parent = node;
		root->rnode = node;
	}
	root->height = (u8)height;
}

/* Stores @item at @index in a tree that is high enough, making the nodes that are missing. */
static void place(struct radix_tree_root *root, unsigned long index, void *item,
		  struct radix_tree_preload *preload)
{
	unsigned int shift = root->height * RADIX_TREE_MAP_SHIFT, offset = 0;
	struct radix_tree_node *node = NULL;
	void **slot = &root->rnode;

	while (shift) {
		if (!*slot) {
			*slot = take_node(preload, node, offset);
			if (node)
				__set_bit(offset, node->tags[IN_USE]);
		}
		shift -= RADIX_TREE_MAP_SHIFT;
		node = *slot;
		offset = slot_number(index, shift);
		slot = &node->slots[offset];
	}
	*slot = item;
	if (node)
		__set_bit(offset, node->tags[IN_USE]);
}

/*
 * How many new nodes an insertion at @index takes: above and below the present
 * top if the tree must grow, else one for each level that is missing on the way.
 */
static unsigned int nodes_needed(struct radix_tree_root *root, unsigned long index, bool *exists)
{
	unsigned int height = root->height, shift;
	struct radix_tree_node *node;
	void **slot;

	*exists = false;
	if (beyond(index, height)) {
		unsigned int grown = height_for(index);

		return root->rnode ? grown - height + grown - 1 : grown;
	}
	slot = descend(root, index, &node, &shift);
	*exists = *slot != NULL;
	return shift / RADIX_TREE_MAP_SHIFT;
}

int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item,
		      struct radix_tree_preload *preload)
{
	bool exists;
	unsigned int need = nodes_needed(root, index, &exists);

	if (exists)
		return -EEXIST;
	if (preload->nr < need) {
		preload->need = need;
		return -ENOMEM;
	}
	if (beyond(index, root->height))
		extend(root, height_for(index), preload);
	place(root, index, item, preload);
	return 0;
}

void *radix_tree_lookup(const struct radix_tree_root *root, unsigned long index)
{
	struct radix_tree_node *node;
	void **slot = find_item(root, index, &node);

	return slot ? *slot : NULL;
}

void **radix_tree_lookup_slot(struct radix_tree_root *root, unsigned long index)
{
	struct radix_tree_node *node;

	return find_item(root, index, &node);
}

/* Clears @tag for one slot, and upwards as far as nothing else below has it. */
static void clear_tag_upwards(struct radix_tree_root *root, struct radix_tree_node *node,
			      unsigned int offset, unsigned int tag)
{
	for (; node; node = node->parent) {
		__clear_bit(offset, node->tags[tag]);
		if (any(node, tag))
			return;
		offset = node->offset;
	}
	root->tags &= (u8)~BIT(tag);
}

/* Frees @node and its ancestors as far as they have become empty. */
static void prune(struct radix_tree_root *root, struct radix_tree_node *node)
{
	while (node && !any(node, IN_USE)) {
		struct radix_tree_node *parent = node->parent;

		if (parent) {
			parent->slots[node->offset] = NULL;
			__clear_bit(node->offset, parent->tags[IN_USE]);
		} else {
			INIT_RADIX_TREE(root);
		}
		free_node(node);
		node = parent;
	}
}

/* Takes nodes off the top as long as only their slot 0 is in use. */
static void shrink(struct radix_tree_root *root)
{
	while (root->height > 0) {
		struct radix_tree_node *top = root->rnode, *below = top->slots[0];

		if (top->tags[IN_USE][0] != 1 || top->tags[IN_USE][1] != 0)
			return;
		root->rnode = below;
		if (--root->height > 0)
			below->parent = NULL;
		free_node(top);
	}
}

void *radix_tree_delete(struct radix_tree_root *root, unsigned long index)
{
	struct radix_tree_node *node;
	void **slot = find_item(root, index, &node), *item;
	unsigned int tag;

	if (!slot)
		return NULL;
	item = *slot;
	if (!node) {
		INIT_RADIX_TREE(root);
		return item;
	}
	for (tag = 0; tag < RADIX_TREE_MAX_TAGS; tag++) {
		if (test_bit(index & MAP_MASK, node->tags[tag]))
			clear_tag_upwards(root, node, index & MAP_MASK, tag);
	}
	*slot = NULL;
	__clear_bit(index & MAP_MASK, node->tags[IN_USE]);
	prune(root, node);
	shrink(root);
	return item;
}

void *radix_tree_tag_set(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	unsigned int offset = index & MAP_MASK;
	struct radix_tree_node *node;
	void **slot = find_item(root, index, &node);

	if (!slot)
		return NULL;
	for (; node; node = node->parent) {
		if (__test_and_set_bit(offset, node->tags[tag]))
			return *slot;
		offset = node->offset;
	}
	root->tags |= (u8)BIT(tag);
	return *slot;
}

void *radix_tree_tag_clear(struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	struct radix_tree_node *node;
	void **slot = find_item(root, index, &node);

	if (!slot)
		return NULL;
	if (!node || test_bit(index & MAP_MASK, node->tags[tag]))
		clear_tag_upwards(root, node, index & MAP_MASK, tag);
	return *slot;
}

bool radix_tree_tag_get(const struct radix_tree_root *root, unsigned long index, unsigned int tag)
{
	struct radix_tree_node *node;

	if (!radix_tree_tagged(root, tag) || !find_item(root, index, &node))
		return false;
	return !node || test_bit(index & MAP_MASK, node->tags[tag]);
}

/*
 * The lowest node with an item at *@index or after it that has @tag; *@index
 * becomes that item's. The tree has at least one level. A subtree whose only
 * tagged items lie before *@index sends us on to the index behind it.
 */
static struct radix_tree_node *find_leaf(const struct radix_tree_root *root, unsigned long *index,
					 unsigned int tag)
{
	while (!beyond(*index, root->height)) {
		unsigned int shift = root->height * RADIX_TREE_MAP_SHIFT;
		struct radix_tree_node *node, *next = root->rnode;
		unsigned long from, offset;

		do {
			node = next;
			shift -= RADIX_TREE_MAP_SHIFT;
			from = slot_number(*index, shift);
			offset = find_next_bit(node->tags[tag], RADIX_TREE_MAP_SIZE, from);
			if (offset == RADIX_TREE_MAP_SIZE)
				break;
			if (offset != from)
				*index = ((*index >> shift & ~(unsigned long)MAP_MASK) | offset)
					 << shift;
			next = node->slots[offset];
		} while (shift);
		if (offset < RADIX_TREE_MAP_SIZE)
			return node;
		shift += RADIX_TREE_MAP_SHIFT;
		if (shift >= BITS_PER_LONG)
			return NULL;
		*index = ((*index >> shift) + 1) << shift;
		if (*index == 0)
			return NULL;
	}
	return NULL;
}

static unsigned int gang(const struct radix_tree_root *root, void **results, unsigned long first,
			 unsigned int max, unsigned int tag)
{
	struct radix_tree_node *leaf;
	unsigned long index = first;
	unsigned int found = 0;

	while (found < max && (leaf = find_leaf(root, &index, tag)) != NULL) {
		unsigned long offset = index & MAP_MASK;

		while (offset < RADIX_TREE_MAP_SIZE && found < max) {
			results[found++] = leaf->slots[offset];
			offset = find_next_bit(leaf->tags[tag], RADIX_TREE_MAP_SIZE, offset + 1);
		}
		index = (index | MAP_MASK) + 1;
		if (index == 0)
			break;
	}
	return found;
}

unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **results,
				    unsigned long first, unsigned int max)
{
	if (root->height > 0)
		return gang(root, results, first, max, IN_USE);
	if (!root->rnode || first > 0 || max == 0)
		return 0;
	results[0] = root->rnode;
	return 1;
}

unsigned int radix_tree_gang_lookup_tag(const struct radix_tree_root *root, void **results,
					unsigned long first, unsigned int max, unsigned int tag)
{
	if (!radix_tree_tagged(root, tag))
		return 0;
	if (root->height > 0)
		return gang(root, results, first, max, tag);
	return radix_tree_gang_lookup(root, results, first, max);
}
