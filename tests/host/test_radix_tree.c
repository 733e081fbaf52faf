/* kernel/lib/radix_tree.c against a sorted array of (index, item, tags). */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/radix_tree.h"

#define SLOTS 600

/* Node allocation that counts, and that can be told to fail. */
static unsigned int nodes_live, nodes_allowed = ~0u;
static unsigned int last_gfp;

static struct radix_tree_node *alloc_node(unsigned int gfp)
{
	struct radix_tree_node *node;

	last_gfp = gfp;
	if (nodes_allowed == 0)
		return NULL;
	nodes_allowed--;
	nodes_live++;
	node = malloc(sizeof(*node));
	memset(node, 0xa5, sizeof(*node));
	return node;
}

static void free_node(struct radix_tree_node *node)
{
	nodes_live--;
	free(node);
}

static int insert(struct radix_tree_root *root, unsigned long index, void *item)
{
	struct radix_tree_preload preload = RADIX_TREE_PRELOAD_INIT;
	int err;

	do {
		err = radix_tree_insert(root, index, item, &preload);
	} while (err == -ENOMEM && radix_tree_preload(&preload, 0) == 0);
	check_eq(preload.nr, 0);
	radix_tree_preload_end(&preload);
	return err;
}

/* The model: a table of possible indices in rising order; item NULL: absent. */
static struct entry {
	unsigned long index;
	void *item;
	bool tag[RADIX_TREE_MAX_TAGS];
} model[SLOTS];

static int by_index(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

/* Indices near 0, near each power of 64, near the end, and anywhere. */
static void choose_indices(struct prng *rng)
{
	unsigned int i, j;

	for (i = 0; i < SLOTS; i++) {
		unsigned long base = i % 6 ? 1ul << (6 * (i % 6)) : 0;

		model[i].index = i % 3 == 0 ? prng_next(rng) : base + i / 6 % 100 - 3;
		model[i].item = NULL;
	}
	model[0].index = 0;
	model[1].index = ~0ul;
	qsort(model, SLOTS, sizeof(model[0]), by_index);
	for (i = j = 1; i < SLOTS; i++) {
		if (model[i].index != model[j - 1].index)
			model[j++].index = model[i].index;
	}
	for (; j < SLOTS; j++)
		model[j].index = model[j - 1].index < ~0ul ? model[j - 1].index + 1 : 0;
	qsort(model, SLOTS, sizeof(model[0]), by_index);
}

/* What gang lookup should give, @tag < 0 for any item. */
static unsigned int model_gang(void **results, unsigned long first, unsigned int max, int tag)
{
	unsigned int i, n = 0;

	for (i = 0; i < SLOTS && n < max; i++) {
		if (model[i].index >= first && model[i].item && (tag < 0 || model[i].tag[tag]))
			results[n++] = model[i].item;
	}
	return n;
}

static void compare_gang(const struct radix_tree_root *root, unsigned long first, unsigned int max,
			 int tag)
{
	void *want[SLOTS], *got[SLOTS];
	unsigned int n = model_gang(want, first, max, tag);

	if (tag < 0)
		check_eq(radix_tree_gang_lookup(root, got, first, max), n);
	else
		check_eq(radix_tree_gang_lookup_tag(root, got, first, max, (unsigned int)tag), n);
	check(memcmp(want, got, n * sizeof(void *)) == 0);
}

static void compare_entry(struct radix_tree_root *root, const struct entry *e)
{
	void **slot = radix_tree_lookup_slot(root, e->index);
	unsigned int tag;

	check(radix_tree_lookup(root, e->index) == e->item);
	check(slot ? *slot == e->item : !e->item);
	for (tag = 0; tag < RADIX_TREE_MAX_TAGS; tag++)
		check_eq(radix_tree_tag_get(root, e->index, tag), e->item && e->tag[tag]);
}

static void compare_all(struct radix_tree_root *root, struct prng *rng)
{
	unsigned int i, tag, tagged[RADIX_TREE_MAX_TAGS] = {0}, count = 0;

	for (i = 0; i < SLOTS; i++) {
		compare_entry(root, &model[i]);
		count += model[i].item != NULL;
		for (tag = 0; tag < RADIX_TREE_MAX_TAGS; tag++)
			tagged[tag] += model[i].item && model[i].tag[tag];
	}
	check_eq(radix_tree_empty(root), count == 0);
	for (tag = 0; tag < RADIX_TREE_MAX_TAGS; tag++)
		check_eq(radix_tree_tagged(root, tag), tagged[tag] != 0);
	for (i = 0; i < 8; i++)
		compare_gang(root, model[prng_below(rng, SLOTS)].index + prng_below(rng, 3) - 1,
			     prng_below(rng, 50), (int)(i % 4) - 1);
	compare_gang(root, 0, SLOTS, -1);
	compare_gang(root, 0, SLOTS, 1);
}

static void random_step(struct radix_tree_root *root, struct prng *rng, unsigned int span)
{
	struct entry *e = &model[prng_below(rng, span)];
	unsigned int tag = prng_below(rng, RADIX_TREE_MAX_TAGS);

	switch (prng_below(rng, 5)) {
	case 0 ... 1:
		check_eq(insert(root, e->index, e), e->item ? -EEXIST : 0);
		if (!e->item)
			memset(e->tag, 0, sizeof(e->tag));
		e->item = e;
		break;
	case 2:
		check(radix_tree_delete(root, e->index) == e->item);
		e->item = NULL;
		break;
	case 3:
		check(radix_tree_tag_set(root, e->index, tag) == e->item);
		e->tag[tag] = e->item != NULL;
		break;
	default:
		check(radix_tree_tag_clear(root, e->index, tag) == e->item);
		e->tag[tag] = false;
	}
	compare_entry(root, e);
}

/* Takes out what lies at @from in the table and after it: the tree becomes lower. */
static void cut(struct radix_tree_root *root, unsigned int from)
{
	for (; from < SLOTS; from++) {
		check(radix_tree_delete(root, model[from].index) == model[from].item);
		model[from].item = NULL;
	}
}

HOST_TEST(random, "100,000 random operations, tags included, agree with a table")
{
	RADIX_TREE(root);
	unsigned int step, span = SLOTS;
	struct prng rng;

	host_seed(&rng);
	radix_tree_init(alloc_node, free_node);
	choose_indices(&rng);
	for (step = 0; step < 100000; step++) {
		/* A low tree now and then: it must shrink and grow again with its tags. */
		if (step % 250 == 0) {
			span = 1 + prng_below(&rng, prng_below(&rng, 2) ? SLOTS : 30);
			cut(&root, span);
		}
		random_step(&root, &rng, span);
		if (step % 125 == 0)
			compare_all(&root, &rng);
	}
	cut(&root, 0);
	check(radix_tree_empty(&root));
	check_eq(nodes_live, 0);
}

HOST_TEST(minimal, "a tree is as high as its largest index needs, and shrinks again")
{
	static const struct {
		unsigned long index;
		unsigned int height;
	} cases[] = {
		{0, 0},	   {1, 1},	{63, 1},	   {64, 2},	   {4095, 2},
		{4096, 3}, {262143, 3}, {0x3ffffffful, 5}, {1ul << 30, 6}, {~0ul, 6},
	};
	RADIX_TREE(root);
	unsigned int i;
	int item;

	radix_tree_init(alloc_node, free_node);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		check_eq(insert(&root, cases[i].index, &item), 0);
		check_eq(root.height, cases[i].height);
		check_eq(nodes_live, cases[i].height);
		if (cases[i].index) {
			check_eq(insert(&root, 0, &item), 0);
			check(radix_tree_tag_set(&root, 0, 0) == &item);
			check(radix_tree_delete(&root, cases[i].index) == &item);
			check_eq(root.height, 0);
			check(radix_tree_tag_get(&root, 0, 0));
		}
		check_eq(nodes_live, 0);
		check(radix_tree_delete(&root, 0) == &item);
		check(!radix_tree_tagged(&root, 0));
	}
}

HOST_TEST(preload, "an insertion takes its nodes from the preload only, and exactly as many")
{
	struct radix_tree_preload preload = RADIX_TREE_PRELOAD_INIT;
	RADIX_TREE(root);
	int item, other;

	radix_tree_init(alloc_node, free_node);
	check_eq(insert(&root, 0, &item), 0);
	nodes_allowed = 0;
	check_eq(radix_tree_insert(&root, ~0ul, &other, &preload), -ENOMEM);
	check_eq(preload.need, 11);
	check(radix_tree_lookup(&root, 0) == &item && root.height == 0);
	nodes_allowed = 7;
	check_eq(radix_tree_preload(&preload, 0x5a), -ENOMEM);
	check_eq(last_gfp, 0x5a);
	check_eq(preload.nr, 7);
	check_eq(radix_tree_insert(&root, ~0ul, &other, &preload), -ENOMEM);
	check_eq(preload.nr, 7);
	nodes_allowed = 100;
	check_eq(radix_tree_preload(&preload, 0), 0);
	check_eq(preload.nr, 11);
	nodes_allowed = 0;
	check_eq(radix_tree_insert(&root, ~0ul, &other, &preload), 0);
	check_eq(preload.nr, 0);
	check(radix_tree_lookup(&root, 0) == &item);
	check(radix_tree_lookup(&root, ~0ul) == &other);
	radix_tree_delete(&root, 0);
	radix_tree_delete(&root, ~0ul);
	check_eq(nodes_live, 0);
}

HOST_TEST(preload_end, "nodes that were not used are given back")
{
	struct radix_tree_preload preload = {.need = 9};

	radix_tree_init(alloc_node, free_node);
	check_eq(radix_tree_preload(&preload, 0), 0);
	check_eq(nodes_live, 9);
	radix_tree_preload_end(&preload);
	check_eq(nodes_live, 0);
	check_eq(preload.nr, 0);
}

HOST_TEST(replace, "a slot can be given another item, with the tags kept")
{
	RADIX_TREE(root);
	int a, b;
	unsigned long index;

	radix_tree_init(alloc_node, free_node);
	for (index = 0; index < 5000; index += 1000) {
		check_eq(insert(&root, index, &a), 0);
		radix_tree_tag_set(&root, index, 2);
		*radix_tree_lookup_slot(&root, index) = &b;
		check(radix_tree_lookup(&root, index) == &b);
		check(radix_tree_tag_get(&root, index, 2));
	}
}
