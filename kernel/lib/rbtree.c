/*
 * Red-black trees: the balancing.
 *
 * A binary search tree whose nodes are red or black, with these invariants:
 *
 *	1. the root is black;
 *	2. a red node has no red child;
 *	3. every path from a node down to a missing child passes the same number
 *	   of black nodes (the black height).
 *
 * The longest path (red and black in turn) is then at most twice the shortest
 * (all black), so a search takes at most 2 log2(n + 1) steps.
 *
 * Each situation exists twice, as itself and in a mirror. It is written once,
 * over a `side` that is a constant in each of the two inlined copies. In the
 * same way the plain and the augmented form are one text: the plain form passes
 * no callbacks, and the compiler drops every trace of them.
 *
 * In the drawings capital letters are black nodes, small ones red, and those
 * in (parentheses) may be either.
 */
#include "kernel/lib/rbtree.h"

enum side { LEFT, RIGHT };

static __always_inline enum side other(enum side side)
{
	return side == LEFT ? RIGHT : LEFT;
}

static __always_inline struct rb_node *child(const struct rb_node *node, enum side side)
{
	return side == LEFT ? node->rb_left : node->rb_right;
}

static __always_inline void set_child(struct rb_node *node, enum side side, struct rb_node *kid)
{
	if (side == LEFT)
		node->rb_left = kid;
	else
		node->rb_right = kid;
}

static __always_inline void set_parent_color(struct rb_node *node, struct rb_node *parent,
					     unsigned long color)
{
	node->__rb_parent_color = (unsigned long)parent | color;
}

static __always_inline void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | (node->__rb_parent_color & RB_BLACK);
}

/* The parent of a red node: nothing to mask away. */
static __always_inline struct rb_node *red_parent(const struct rb_node *node)
{
	return (struct rb_node *)node->__rb_parent_color;
}

/* A missing child counts as black. */
static __always_inline bool red(const struct rb_node *node)
{
	return node && rb_is_red(node);
}

/* Makes whatever points down to @old (below @parent, or the root) point to @new. */
static __always_inline void change_child(struct rb_node *old, struct rb_node *new,
					 struct rb_node *parent, struct rb_root *root)
{
	if (!parent)
		root->rb_node = new;
	else if (parent->rb_left == old)
		parent->rb_left = new;
	else
		parent->rb_right = new;
}

/*
 * Turns the edge between @down and its child @up on @side, so that the order of
 * keys stays the same; for the left side:
 *
 *	       down                 up
 *	      /    \               /  \
 *	    up      C     -->     A    down
 *	   /  \                       /    \
 *	  A    B                     B      C
 *
 * @up takes @down's place and colour, @down becomes @color.
 */
static __always_inline void rotate(struct rb_node *down, struct rb_node *up, enum side side,
				   unsigned long color, struct rb_root *root,
				   const struct rb_augment_callbacks *augment)
{
	struct rb_node *inner = child(up, other(side));

	set_child(down, side, inner);
	set_child(up, other(side), down);
	if (inner)
		set_parent(inner, down);
	change_child(down, up, rb_parent(down), root);
	up->__rb_parent_color = down->__rb_parent_color;
	set_parent_color(down, up, color);
	if (augment)
		augment->rotate(down, up);
}

/*
 * @node and its @parent are both red, @gparent is black, the uncle is black or
 * missing, and @parent is @gparent's child on @side. Ends the repair.
 *
 * Inner grandchild: make it an outer one, then go on as below.
 *
 *	      G                G
 *	     / \              / \
 *	    p   U    -->     n   U
 *	     \              /
 *	      n            p
 *
 * Outer grandchild: the middle one of the three comes on top and is black.
 *
 *	      G                P
 *	     / \              / \
 *	    p   U    -->     n   g
 *	   /                      \
 *	  n                        U
 */
static __always_inline void insert_turn(struct rb_node *node, struct rb_node *parent,
					struct rb_node *gparent, enum side side,
					struct rb_root *root,
					const struct rb_augment_callbacks *augment)
{
	if (node == child(parent, other(side))) {
		rotate(parent, node, other(side), RB_RED, root, augment);
		parent = node;
	}
	rotate(gparent, parent, side, RB_RED, root, augment);
}

/*
 * @node is red and new here: only invariants 1 and 2 can be broken, and only
 * between @node and its parent. A red uncle lets the two generations swap
 * colours, which moves the question two levels up:
 *
 *	      G                g   <- node
 *	     / \              / \
 *	    p   u    -->     P   U
 *	   /                /
 *	  n                n
 */
static __always_inline void insert_balance(struct rb_node *node, struct rb_root *root,
					   const struct rb_augment_callbacks *augment)
{
	for (;;) {
		struct rb_node *parent = red_parent(node), *gparent, *uncle;

		if (!parent) {
			set_parent_color(node, NULL, RB_BLACK);
			return;
		}
		if (rb_is_black(parent))
			return;
		gparent = red_parent(parent);
		uncle = gparent->rb_left == parent ? gparent->rb_right : gparent->rb_left;
		if (!red(uncle)) {
			if (gparent->rb_left == parent)
				insert_turn(node, parent, gparent, LEFT, root, augment);
			else
				insert_turn(node, parent, gparent, RIGHT, root, augment);
			return;
		}
		set_parent_color(parent, gparent, RB_BLACK);
		set_parent_color(uncle, gparent, RB_BLACK);
		node = gparent;
		set_parent_color(node, rb_parent(node), RB_RED);
	}
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	insert_balance(node, root, NULL);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	insert_balance(node, root, augment);
}

/*
 * The paths through @parent's child on @side (which may be missing) have one
 * black node too few. Returns the node whose side is short after this step, or
 * NULL when the tree is balanced. The sibling S on the other side exists, since
 * its side has at least one black node; the drawings are for a short left side.
 *
 * Red sibling: turn it up; the new sibling is then black and a case below ends it.
 *
 *	      P                  S
 *	     / \                / \
 *	    N   s     -->      p   D
 *	       / \            / \
 *	      C   D          N   C
 *
 * Black sibling with black children: it turns red, both sides are short alike.
 * A red parent makes up for that; with a black one the question moves up.
 *
 *	     (p)                 P
 *	     / \                / \
 *	    N   S     -->      N   s
 *	       / \                / \
 *	      C   D              C   D
 *
 * Only the inner nephew red: turn it up, it is the new sibling, with a red
 * outer child.
 *
 *	     (p)                (p)
 *	     / \                / \
 *	    N   S     -->      N   C
 *	       / \                  \
 *	      c   D                  s
 *	                              \
 *	                               D
 *
 * Outer nephew red: the sibling takes the parent's place and colour, and there
 * is a black node more on the left.
 *
 *	     (p)                (s)
 *	     / \                / \
 *	    N   S     -->      P   D
 *	       / \            / \
 *	     (c)  d          N  (c)
 */
static __always_inline struct rb_node *erase_step(struct rb_node *parent, enum side side,
						  struct rb_root *root,
						  const struct rb_augment_callbacks *augment)
{
	enum side far = other(side);
	struct rb_node *sibling = child(parent, far), *nephew;

	if (rb_is_red(sibling)) {
		rotate(parent, sibling, far, RB_RED, root, augment);
		sibling = child(parent, far);
	}
	if (!red(child(sibling, far))) {
		nephew = child(sibling, side);
		if (!red(nephew)) {
			set_parent_color(sibling, parent, RB_RED);
			if (rb_is_black(parent))
				return rb_parent(parent);
			parent->__rb_parent_color |= RB_BLACK;
			return NULL;
		}
		rotate(sibling, nephew, side, RB_RED, root, augment);
		sibling = nephew;
	}
	rotate(parent, sibling, far, RB_BLACK, root, augment);
	child(sibling, far)->__rb_parent_color |= RB_BLACK;
	return NULL;
}

/* @node, one of @parent's children or NULL for a missing one, has a black node too few. */
static __always_inline void erase_balance(struct rb_node *parent, struct rb_root *root,
					  const struct rb_augment_callbacks *augment)
{
	struct rb_node *node = NULL;

	while (parent) {
		struct rb_node *next;

		if (parent->rb_left == node)
			next = erase_step(parent, LEFT, root, augment);
		else
			next = erase_step(parent, RIGHT, root, augment);
		node = parent;
		parent = next;
	}
}

/*
 * Unlinks @node, which has at most one child. An only child is a red leaf (else
 * the black heights differed) and @node is black: the child takes its place and
 * colour. Returns the parent below which a black node is missing, or NULL.
 */
static __always_inline struct rb_node *unlink_simple(struct rb_node *node, struct rb_root *root,
						     const struct rb_augment_callbacks *augment)
{
	struct rb_node *kid = node->rb_left ? node->rb_left : node->rb_right;
	struct rb_node *parent = rb_parent(node);

	change_child(node, kid, parent, root);
	if (kid)
		kid->__rb_parent_color = node->__rb_parent_color;
	if (augment)
		augment->propagate(parent, NULL);
	return !kid && rb_is_black(node) ? parent : NULL;
}

/*
 * Unlinks @node, which has two children: its successor, the leftmost node on
 * its right, which has no left child, is cut out and takes @node's place and
 * colour. Its right child, if any, is a red leaf and moves up.
 *
 *	     (n)                    (s)
 *	     / \                    / \
 *	   L     R                L     R
 *	        / \      -->           / \
 *	       Q   T                  Q   T
 *	      / \                    / \
 *	    (s)  V                  x   V
 *	      \
 *	       x
 *
 * Returns the parent below which a black node is missing, or NULL.
 */
static __always_inline struct rb_node *unlink_inner(struct rb_node *node, struct rb_root *root,
						    const struct rb_augment_callbacks *augment)
{
	struct rb_node *succ = node->rb_right, *parent, *kid, *short_below;

	if (!succ->rb_left) {
		parent = succ;
		kid = succ->rb_right;
	} else {
		do
			succ = succ->rb_left;
		while (succ->rb_left);
		parent = rb_parent(succ);
		kid = succ->rb_right;
		parent->rb_left = kid;
		succ->rb_right = node->rb_right;
		set_parent(node->rb_right, succ);
	}
	succ->rb_left = node->rb_left;
	set_parent(node->rb_left, succ);
	change_child(node, succ, rb_parent(node), root);

	short_below = !kid && rb_is_black(succ) ? parent : NULL;
	if (kid)
		set_parent_color(kid, parent, RB_BLACK);
	succ->__rb_parent_color = node->__rb_parent_color;
	if (augment) {
		augment->copy(node, succ);
		if (parent != succ)
			augment->propagate(parent, succ);
		augment->propagate(succ, NULL);
	}
	return short_below;
}

static __always_inline void erase(struct rb_node *node, struct rb_root *root,
				  const struct rb_augment_callbacks *augment)
{
	struct rb_node *short_below;

	if (node->rb_left && node->rb_right)
		short_below = unlink_inner(node, root, augment);
	else
		short_below = unlink_simple(node, root, augment);
	if (short_below)
		erase_balance(short_below, root, augment);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	erase(node, root, NULL);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	erase(node, root, augment);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	if (new->rb_left)
		set_parent(new->rb_left, new);
	if (new->rb_right)
		set_parent(new->rb_right, new);
	change_child(victim, new, rb_parent(victim), root);
}

static struct rb_node *outermost(struct rb_node *node, enum side side)
{
	while (node && child(node, side))
		node = child(node, side);
	return node;
}

/*
 * The next node towards @side: the nearest end of the subtree there, or else
 * the first ancestor that lies on that side of us.
 */
static __always_inline struct rb_node *neighbour(const struct rb_node *node, enum side side)
{
	struct rb_node *parent;

	if (child(node, side))
		return outermost(child(node, side), other(side));
	for (parent = rb_parent(node); parent && child(parent, side) == node;
	     parent = rb_parent(node))
		node = parent;
	return parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, LEFT);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, RIGHT);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, LEFT);
}

/* The first node below @node in postorder: a leaf, as far left as can be. */
static struct rb_node *deepest(struct rb_node *node)
{
	for (;;) {
		if (node->rb_left)
			node = node->rb_left;
		else if (node->rb_right)
			node = node->rb_right;
		else
			return node;
	}
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? deepest(root->rb_node) : NULL;
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	if (parent && parent->rb_left == node && parent->rb_right)
		return deepest(parent->rb_right);
	return parent;
}

/* The black height of the subtree @node below @parent, or -1. Recurses as deep as the tree is. */
static int check_subtree(const struct rb_node *node, const struct rb_node *parent)
{
	int left, right;

	if (!node)
		return 0;
	if (rb_parent(node) != parent)
		return -1;
	if (rb_is_red(node) && (red(node->rb_left) || red(node->rb_right)))
		return -1;
	left = check_subtree(node->rb_left, node);
	right = check_subtree(node->rb_right, node);
	if (left < 0 || left != right)
		return -1;
	return left + (rb_is_black(node) ? 1 : 0);
}

int rb_check(const struct rb_root *root)
{
	if (red(root->rb_node))
		return -1;
	return check_subtree(root->rb_node, NULL);
}
