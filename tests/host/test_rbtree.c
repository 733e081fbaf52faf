/* kernel/lib/rbtree.c: order, invariants and the augmented maximum against an array. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "kernel/lib/bitops.h"
#include "kernel/lib/rbtree.h"

#define KEYS	   2000
#define OPERATIONS 100000

struct item {
	struct rb_node rb;
	unsigned int key;
	unsigned int value;
	unsigned int most; /* the largest value in the subtree */
	bool present;
};

static struct item items[KEYS];

static unsigned int own_value(const struct item *item)
{
	return item->value;
}

RB_DECLARE_CALLBACKS_MAX(item_augment, struct item, rb, unsigned int, most, own_value)

#define to_item(node) rb_entry_safe(node, struct item, rb)

static void insert(struct rb_root *root, struct item *item, bool augmented)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		struct item *here = to_item(*link);

		parent = *link;
		if (augmented && here->most < item->value)
			here->most = item->value;
		link = item->key < here->key ? &parent->rb_left : &parent->rb_right;
	}
	item->most = item->value;
	rb_link_node(&item->rb, parent, link);
	if (augmented)
		rb_insert_augmented(&item->rb, root, &item_augment);
	else
		rb_insert_color(&item->rb, root);
	item->present = true;
}

static void erase(struct rb_root *root, struct item *item, bool augmented)
{
	if (augmented)
		rb_erase_augmented(&item->rb, root, &item_augment);
	else
		rb_erase(&item->rb, root);
	memset(&item->rb, 0xa5, sizeof(item->rb));
	item->present = false;
}

/* The subtree's largest value, by looking at every node. */
static unsigned int true_most(const struct rb_node *node)
{
	unsigned int most, other;

	if (!node)
		return 0;
	most = to_item((struct rb_node *)node)->value;
	other = true_most(node->rb_left);
	most = max(most, other);
	other = true_most(node->rb_right);
	most = max(most, other);
	check_eq(to_item((struct rb_node *)node)->most, most);
	return most;
}

/* Every key that should be there is there, in order, both ways and in postorder. */
static void compare(const struct rb_root *root, unsigned int count)
{
	struct rb_node *node = rb_first(root);
	unsigned int key, seen = 0;

	for (key = 0; key < KEYS; key++) {
		if (!items[key].present)
			continue;
		check(node == &items[key].rb);
		node = rb_next(node);
	}
	check(node == NULL);
	for (node = rb_last(root); node; node = rb_prev(node))
		seen++;
	check_eq(seen, count);
	seen = 0;
	for (node = rb_first_postorder(root); node; node = rb_next_postorder(node))
		seen++;
	check_eq(seen, count);
}

/* Grows and shrinks in turn, so that small and large trees are both common. */
static void random_operations(bool augmented)
{
	struct rb_root root = RB_ROOT;
	unsigned int step, i, count = 0;
	struct prng rng;

	host_seed(&rng);
	for (i = 0; i < KEYS; i++)
		items[i].key = i;
	for (step = 0; step < OPERATIONS; step++) {
		bool growing = step / (OPERATIONS / 10) % 2 == 0;
		struct item *item = &items[prng_below(&rng, KEYS)];

		if (!item->present && (growing || prng_below(&rng, 4) == 0)) {
			item->value = prng_below(&rng, 100000);
			insert(&root, item, augmented);
			count++;
		} else if (item->present && (!growing || prng_below(&rng, 4) == 0)) {
			erase(&root, item, augmented);
			count--;
		}
		check(rb_check(&root) >= 0);
		if (step % 100 == 0) {
			compare(&root, count);
			if (augmented)
				true_most(root.rb_node);
		}
	}
	for (i = 0; i < KEYS; i++) {
		if (!items[i].present)
			continue;
		erase(&root, &items[i], augmented);
		check(rb_check(&root) >= 0);
	}
	check(RB_EMPTY_ROOT(&root));
}

HOST_TEST(plain, "100,000 random operations keep order and invariants")
{
	random_operations(false);
}

HOST_TEST(augmented, "100,000 random operations keep every subtree's maximum")
{
	random_operations(true);
}

/* Every way of inserting 7 keys and removing them in every order: each case and its mirror. */
static void permute(unsigned int *order, unsigned int n, void (*visit)(const unsigned int *order))
{
	unsigned int i;

	if (n == 7) {
		visit(order);
		return;
	}
	for (i = n; i < 7; i++) {
		swap(order[n], order[i]);
		permute(order, n + 1, visit);
		swap(order[n], order[i]);
	}
}

static unsigned int insert_order[7];

static void insert_then_erase(const unsigned int *erase_order)
{
	struct rb_root root = RB_ROOT;
	unsigned int i;

	for (i = 0; i < 7; i++)
		insert(&root, &items[insert_order[i]], true);
	for (i = 0; i < 7; i++) {
		check(rb_check(&root) >= 0);
		true_most(root.rb_node);
		erase(&root, &items[erase_order[i]], true);
	}
	check(RB_EMPTY_ROOT(&root));
}

HOST_TEST(small, "trees of seven: removed in every order")
{
	static const unsigned int orders[][7] = {
		{0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {3, 1, 5, 0, 2, 4, 6},
		{0, 6, 1, 5, 2, 4, 3}, {3, 2, 4, 1, 5, 0, 6}, {2, 0, 1, 6, 4, 5, 3},
	};
	unsigned int order[7], i, k;

	for (i = 0; i < 7; i++) {
		items[i].key = i;
		items[i].value = i * 37 % 11;
	}
	for (k = 0; k < ARRAY_SIZE(orders); k++) {
		memcpy(insert_order, orders[k], sizeof(insert_order));
		for (i = 0; i < 7; i++)
			order[i] = i;
		permute(order, 0, insert_then_erase);
	}
}

HOST_TEST(height, "the height stays below 2 log2(n + 1)")
{
	struct rb_root root = RB_ROOT;
	unsigned int i, deepest = 0;

	for (i = 0; i < KEYS; i++) {
		items[i].key = i;
		insert(&root, &items[i], false);
	}
	for (i = 0; i < KEYS; i++) {
		struct rb_node *node = &items[i].rb;
		unsigned int depth;

		for (depth = 0; node; depth++)
			node = rb_parent(node);
		deepest = max(deepest, depth);
	}
	host_note("%u keys in rising order: height %u", KEYS, deepest);
	check(deepest <= 2 * (ilog2(KEYS) + 1));
}

HOST_TEST(replace, "rb_replace_node keeps order and colours")
{
	struct rb_root root = RB_ROOT;
	struct item copies[31];
	unsigned int i;

	for (i = 0; i < 31; i++) {
		items[i].key = i;
		insert(&root, &items[i], false);
	}
	for (i = 0; i < 31; i++) {
		copies[i] = items[i];
		rb_replace_node(&items[i].rb, &copies[i].rb, &root);
		memset(&items[i].rb, 0xa5, sizeof(items[i].rb));
		check(rb_check(&root) >= 0);
	}
	for (i = 0; i < 31; i++)
		rb_erase(&copies[i].rb, &root);
	check(RB_EMPTY_ROOT(&root));
}

HOST_TEST(checker, "rb_check sees a broken colour, a broken height and a broken parent")
{
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	unsigned int i;

	check_eq(rb_check(&root), 0);
	for (i = 0; i < 100; i++) {
		items[i].key = i;
		insert(&root, &items[i], false);
	}
	check(rb_check(&root) > 0);
	root.rb_node->__rb_parent_color ^= RB_BLACK;
	check_eq(rb_check(&root), -1);
	root.rb_node->__rb_parent_color ^= RB_BLACK;
	for (node = rb_first(&root); node; node = rb_next(node)) {
		node->__rb_parent_color ^= RB_BLACK;
		check_eq(rb_check(&root), -1);
		node->__rb_parent_color ^= RB_BLACK;
	}
	node = root.rb_node->rb_left;
	node->__rb_parent_color += sizeof(struct item);
	check_eq(rb_check(&root), -1);
}

HOST_TEST(two_reds, "rb_check sees two red nodes in a row")
{
	struct rb_root root = RB_ROOT;
	struct rb_node **link = &root.rb_node, *parent = NULL;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		rb_link_node(&items[i].rb, parent, link);
		parent = *link;
		link = &parent->rb_left;
	}
	root.rb_node->__rb_parent_color |= RB_BLACK;
	check_eq(rb_check(&root), -1);
	rb_insert_color(&items[2].rb, &root);
	check_eq(rb_check(&root), 1);
}

HOST_TEST(empty_node, "a node out of any tree can be marked so")
{
	struct rb_root root = RB_ROOT;

	RB_CLEAR_NODE(&items[0].rb);
	check(RB_EMPTY_NODE(&items[0].rb));
	insert(&root, &items[0], false);
	check(!RB_EMPTY_NODE(&items[0].rb));
	check(rb_first(&root) == &items[0].rb && rb_last(&root) == &items[0].rb);
	check(rb_next(&items[0].rb) == NULL && rb_prev(&items[0].rb) == NULL);
}
