/*
 * The red-black tree in the kernel that ships: 100,000 random operations with
 * the invariants checked, and the augmented tree beside it.
 */
#include "kernel/lib/bitmap.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/rbtree.h"
#include "tests/kernel/ktest.h"

#define KEYS	   128
#define OPERATIONS 100000
#define SEED	   20260101

struct item {
	struct rb_node rb;
	unsigned int key;
	unsigned int weight;
	unsigned int most; /* the largest weight in the subtree */
};

static struct item items[KEYS];
static DECLARE_BITMAP(present, KEYS);

static unsigned int own_weight(const struct item *item)
{
	return item->weight;
}

RB_DECLARE_CALLBACKS_MAX(most_weight, struct item, rb, unsigned int, most, own_weight)

static void insert(struct rb_root *root, struct item *item, bool augmented)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		struct item *here = rb_entry(*link, struct item, rb);

		parent = *link;
		if (here->most < item->weight)
			here->most = item->weight;
		link = item->key < here->key ? &parent->rb_left : &parent->rb_right;
	}
	item->most = item->weight;
	rb_link_node(&item->rb, parent, link);
	if (augmented)
		rb_insert_augmented(&item->rb, root, &most_weight);
	else
		rb_insert_color(&item->rb, root);
}

static void erase(struct rb_root *root, struct item *item, bool augmented)
{
	if (augmented)
		rb_erase_augmented(&item->rb, root, &most_weight);
	else
		rb_erase(&item->rb, root);
}

/* The walk meets exactly the keys that are present, in order; no recomputed value differs. */
static void check_contents(struct ktest *t, struct rb_root *root, bool augmented)
{
	struct rb_node *node = rb_first(root);
	unsigned long key;

	for_each_set_bit(key, present, KEYS)
	{
		KT_ASSERT(t, node == &items[key].rb);
		if (augmented)
			KT_ASSERT(t, !most_weight_update(&items[key]));
		node = rb_next(node);
	}
	KT_ASSERT(t, node == NULL);
}

static void random_operations(struct ktest *t, bool augmented)
{
	struct rb_root root = RB_ROOT;
	struct prng rng;
	unsigned long key;

	ktest_log(t, "seed %u", SEED);
	prng_seed(&rng, SEED);
	bitmap_zero(present, KEYS);
	for (unsigned int i = 0; i < OPERATIONS; i++) {
		key = prng_below(&rng, KEYS);
		items[key].key = key;
		if (__test_and_set_bit(key, present)) {
			__clear_bit(key, present);
			erase(&root, &items[key], augmented);
		} else {
			items[key].weight = prng_below(&rng, 10000);
			insert(&root, &items[key], augmented);
		}
		KT_ASSERT(t, rb_check(&root) >= 0);
		if (i % 64 == 0)
			check_contents(t, &root, augmented);
	}
	for_each_set_bit(key, present, KEYS)
	{
		erase(&root, &items[key], augmented);
		KT_ASSERT(t, rb_check(&root) >= 0);
	}
	KT_EXPECT(t, RB_EMPTY_ROOT(&root));
}

static void test_plain(struct ktest *t)
{
	random_operations(t, false);
}

static void test_augmented(struct ktest *t)
{
	random_operations(t, true);
}

/* The checker itself must be able to say no. */
static void test_checker(struct ktest *t)
{
	struct rb_root root = RB_ROOT;

	for (unsigned int i = 0; i < 20; i++) {
		items[i].key = i;
		insert(&root, &items[i], false);
	}
	KT_ASSERT(t, rb_check(&root) > 0);
	for (unsigned int i = 0; i < 20; i++) {
		items[i].rb.__rb_parent_color ^= RB_BLACK;
		KT_EXPECT_EQ(t, rb_check(&root), -1);
		items[i].rb.__rb_parent_color ^= RB_BLACK;
	}
}

static const struct ktest_case cases[] = {
	KTEST(test_plain),
	KTEST(test_augmented),
	KTEST(test_checker),
};
KTEST_SUITE(rbtree, 0, cases);
