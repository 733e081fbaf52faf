/* kernel/lib/interval_tree.c against an array of intervals that is searched from end to end. */
#include "tests/host/host.h"

#include "kernel/lib/interval_tree.h"

#define INTERVALS 300

static struct interval_tree_node nodes[INTERVALS];
static bool present[INTERVALS];

static bool overlaps(const struct interval_tree_node *node, unsigned long start, unsigned long last)
{
	return node->start <= last && start <= node->last;
}

/* The tree's answers come in order of start, and there is one for each true overlap. */
static void compare_query(struct rb_root *root, unsigned long start, unsigned long last)
{
	struct interval_tree_node *node;
	unsigned long prev = 0;
	unsigned int i, want = 0, got = 0;

	for (i = 0; i < INTERVALS; i++)
		want += present[i] && overlaps(&nodes[i], start, last);
	interval_tree_for_each(node, root, start, last)
	{
		check(present[node - nodes]);
		check(overlaps(node, start, last));
		check(node->start >= prev);
		prev = node->start;
		got++;
	}
	check_eq(got, want);
}

static void random_interval(struct prng *rng, unsigned long space, unsigned long *start,
			    unsigned long *last)
{
	*start = prng_below(rng, (u32)space);
	*last = *start + prng_below(rng, prng_below(rng, 10) ? 20 : (u32)space);
}

HOST_TEST(random, "20,000 random insertions, removals and queries agree with a full search")
{
	struct rb_root root = RB_ROOT;
	unsigned long start, last;
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	for (step = 0; step < 20000; step++) {
		unsigned int i = prng_below(&rng, step / 4000 % 2 ? INTERVALS : 12);

		if (present[i]) {
			interval_tree_remove(&nodes[i], &root);
		} else {
			random_interval(&rng, 1000, &nodes[i].start, &nodes[i].last);
			interval_tree_insert(&nodes[i], &root);
		}
		present[i] = !present[i];
		check(interval_tree_check(&root));
		random_interval(&rng, 1100, &start, &last);
		compare_query(&root, start, last);
	}
}

HOST_TEST(equal, "equal intervals are all kept and all found")
{
	struct rb_root root = RB_ROOT;
	unsigned int i;

	for (i = 0; i < 50; i++) {
		nodes[i].start = 7;
		nodes[i].last = 9;
		interval_tree_insert(&nodes[i], &root);
		present[i] = true;
		compare_query(&root, 9, 9);
		compare_query(&root, 10, 20);
	}
	for (i = 0; i < 50; i++) {
		interval_tree_remove(&nodes[i], &root);
		present[i] = false;
		check(interval_tree_check(&root));
		compare_query(&root, 0, ~0ul);
	}
}

HOST_TEST(ends, "both ends belong to the interval, up to the last unsigned long")
{
	struct rb_root root = RB_ROOT;
	unsigned int i;

	static const unsigned long ranges[][2] = {
		{0, 0}, {5, 9}, {10, 10}, {0, ~0ul}, {~0ul, ~0ul}, {0x80000000ul, 0x80000001ul},
	};
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		nodes[i].start = ranges[i][0];
		nodes[i].last = ranges[i][1];
		present[i] = true;
		interval_tree_insert(&nodes[i], &root);
	}
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		compare_query(&root, ranges[i][0], ranges[i][0]);
		compare_query(&root, ranges[i][1], ranges[i][1]);
		compare_query(&root, ranges[i][1], ~0ul);
		compare_query(&root, 0, ranges[i][0]);
	}
	compare_query(&root, 4, 4);
	compare_query(&root, 11, 100);
}
