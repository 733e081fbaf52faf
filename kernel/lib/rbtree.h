/*
 * Intrusive red-black trees, plain and augmented.
 *
 * The caller owns the objects, the key and the search: it walks down from
 * root->rb_node by its own comparison, links the new node where the walk fell
 * off the tree (rb_link_node), and lets rb_insert_color restore the balance:
 *
 *	struct rb_node **link = &root->rb_node, *parent = NULL;
 *
 *	while (*link) {
 *		parent = *link;
 *		if (key < rb_entry(parent, struct thing, rb)->key)
 *			link = &parent->rb_left;
 *		else
 *			link = &parent->rb_right;
 *	}
 *	rb_link_node(&thing->rb, parent, link);
 *	rb_insert_color(&thing->rb, root);
 *
 * An augmented tree keeps in each object a value computed from its whole
 * subtree (the largest end of an interval, the largest gap); see below.
 *
 * Insertion and removal take O(log n) steps, at most two and three rotations.
 * Nothing sleeps, allocates or locks; the owner of the tree locks it.
 */
#ifndef FOLIO_LIB_RBTREE_H
#define FOLIO_LIB_RBTREE_H

#include "kernel/lib/compiler.h"

/* Nodes lie on word boundaries, so the lowest bit of the parent's address holds the colour. */
struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
} __aligned(sizeof(long));

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT          \
	(struct rb_root) \
	{                \
		NULL     \
	}
#define RB_RED			    0ul
#define RB_BLACK		    1ul

#define rb_parent(node)		    ((struct rb_node *)((node)->__rb_parent_color & ~3ul))
#define rb_is_black(node)	    ((node)->__rb_parent_color & RB_BLACK)
#define rb_is_red(node)		    (!rb_is_black(node))
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member)                          \
	({                                                        \
		__typeof__(ptr) _rb_ptr = (ptr);                  \
		_rb_ptr ? rb_entry(_rb_ptr, type, member) : NULL; \
	})

/* A node that is in no tree may be marked so by being its own parent. */
#define RB_EMPTY_ROOT(root) (READ_ONCE((root)->rb_node) == NULL)
#define RB_EMPTY_NODE(node) ((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node) ((node)->__rb_parent_color = (unsigned long)(node))

/* Hangs the red leaf @node at @link, which is a NULL child pointer of @parent (or the root's). */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

/* Restores the balance after rb_link_node(@node). */
void rb_insert_color(struct rb_node *node, struct rb_root *root);

/* Takes @node, which is in the tree, out of it. */
void rb_erase(struct rb_node *node, struct rb_root *root);

/* Puts @new, which has the same place in the order, where @victim is: O(1), no rebalancing. */
void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root);

/* The neighbours in order and the ends; NULL where there is none. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

/*
 * Children before their parents: the order in which a whole tree is freed
 * without rebalancing. Fetch the next node before freeing the present one.
 */
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

/*
 * Checks the shape of the whole tree: parent pointers, no red node below a red
 * one, equally many black nodes on every path, a black root.
 * Returns the black height (0 for an empty tree), or -1 if an invariant is broken.
 */
int rb_check(const struct rb_root *root);

/*
 * Augmentation. The callbacks keep the per-subtree value true:
 *   propagate  recompute from @node upwards until @stop (excluded; NULL: past
 *              the root) or until a value turns out unchanged
 *   copy       @new takes @old's place: give it @old's value
 *   rotate     @new has just become the parent of @old: @new gets @old's
 *              value (it spans the same subtree), @old's is recomputed
 * Before rb_insert_augmented() the caller sets the new node's own value and
 * updates those of its ancestors (easily done during the walk down).
 */
struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *new);
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

/*
 * Defines the three callbacks, as `static const struct rb_augment_callbacks @name`,
 * for a value that is the maximum of something over the subtree:
 *   @type   the object, with its rb_node in @rb and the subtree's maximum in @value
 *   @vtype  the type of the value
 *   @own    own(const type *): what the object itself contributes
 * Also defines bool @name_update(type *): recomputes one node's value from its
 * own and its children's; true if that changed it.
 */
#define RB_DECLARE_CALLBACKS_MAX(name, type, rb, vtype, value, own)              \
	static inline bool name##_update(type *obj)                              \
	{                                                                        \
		type *left = rb_entry_safe(obj->rb.rb_left, type, rb);           \
		type *right = rb_entry_safe(obj->rb.rb_right, type, rb);         \
		vtype most = own(obj);                                           \
                                                                                 \
		if (left && left->value > most)                                  \
			most = left->value;                                      \
		if (right && right->value > most)                                \
			most = right->value;                                     \
		if (obj->value == most)                                          \
			return false;                                            \
		obj->value = most;                                               \
		return true;                                                     \
	}                                                                        \
	static void name##_propagate(struct rb_node *node, struct rb_node *stop) \
	{                                                                        \
		while (node != stop && name##_update(rb_entry(node, type, rb)))  \
			node = rb_parent(node);                                  \
	}                                                                        \
	static void name##_copy(struct rb_node *old, struct rb_node *new)        \
	{                                                                        \
		rb_entry(new, type, rb)->value = rb_entry(old, type, rb)->value; \
	}                                                                        \
	static void name##_rotate(struct rb_node *old, struct rb_node *new)      \
	{                                                                        \
		rb_entry(new, type, rb)->value = rb_entry(old, type, rb)->value; \
		name##_update(rb_entry(old, type, rb));                          \
	}                                                                        \
	static const struct rb_augment_callbacks name = {                        \
		.propagate = name##_propagate,                                   \
		.copy = name##_copy,                                             \
		.rotate = name##_rotate,                                         \
	};

#endif
