/* kernel/lib/list.h against an array that is kept in the same order. */
#include <string.h>

#include "tests/host/host.h"

#include "kernel/lib/list.h"

#define OBJECTS 40

struct object {
	int id;
	struct list_head link;
	struct hlist_node hash;
};

static struct object objects[OBJECTS];

/* The model: for each of two lists, the ids in order. */
struct model {
	int id[OBJECTS];
	int nr;
};

static void model_insert(struct model *m, int at, int id)
{
	memmove(m->id + at + 1, m->id + at, (size_t)(m->nr - at) * sizeof(int));
	m->id[at] = id;
	m->nr++;
}

static int model_find(const struct model *m, int id)
{
	int i;

	for (i = 0; i < m->nr; i++) {
		if (m->id[i] == id)
			return i;
	}
	return -1;
}

static void model_remove(struct model *m, int at)
{
	m->nr--;
	memmove(m->id + at, m->id + at + 1, (size_t)(m->nr - at) * sizeof(int));
}

/* Moves all of @from into @to at the front or the end. */
static void model_splice(struct model *from, struct model *to, bool front)
{
	int i;

	for (i = 0; i < from->nr; i++)
		model_insert(to, front ? i : to->nr, from->id[i]);
	from->nr = 0;
}

static void compare(struct list_head *head, const struct model *m)
{
	struct object *obj, *next;
	struct list_head *link;
	int i = 0;

	check_eq(list_empty(head), m->nr == 0);
	check_eq(list_is_singular(head), m->nr == 1);
	list_for_each_entry (obj, head, link)
		check_eq(obj->id, m->id[i++]);
	check_eq(i, m->nr);
	list_for_each_entry_reverse (obj, head, link)
		check_eq(obj->id, m->id[--i]);
	check_eq(i, 0);
	list_for_each_entry_safe (obj, next, head, link)
		check_eq(obj->id, m->id[i++]);
	list_for_each (link, head)
		check(link->next->prev == link && link->prev->next == link);
	if (m->nr > 0) {
		check_eq(list_first_entry(head, struct object, link)->id, m->id[0]);
		check_eq(list_last_entry(head, struct object, link)->id, m->id[m->nr - 1]);
		check(list_is_last(&objects[m->id[m->nr - 1]].link, head));
	} else {
		check(list_first_entry_or_null(head, struct object, link) == NULL);
	}
}

static void splice(int kind, struct list_head *from, struct list_head *to)
{
	if (kind == 0) {
		list_splice_init(from, to);
	} else if (kind == 1) {
		list_splice_tail_init(from, to);
	} else if (kind == 2) {
		list_splice(from, to);
		INIT_LIST_HEAD(from);
	} else {
		list_splice_tail(from, to);
		INIT_LIST_HEAD(from);
	}
}

/* Moves, or adds, the object @id to the front or the end of list @to. */
static void put(struct list_head *heads, struct model *models, int id, int to, bool front)
{
	struct list_head *link = &objects[id].link;
	int from, at = -1;

	for (from = 0; from < 2 && at < 0; from++)
		at = model_find(&models[from], id);
	if (at >= 0) {
		model_remove(&models[from - 1], at);
		front ? list_move(link, &heads[to]) : list_move_tail(link, &heads[to]);
	} else {
		front ? list_add(link, &heads[to]) : list_add_tail(link, &heads[to]);
	}
	model_insert(&models[to], front ? 0 : models[to].nr, id);
}

HOST_TEST(random, "lists agree with arrays over 20,000 random operations")
{
	struct list_head heads[2];
	struct model models[2] = {0};
	struct prng rng;
	int step, i, at;

	host_seed(&rng);
	for (i = 0; i < 2; i++)
		INIT_LIST_HEAD(&heads[i]);
	for (i = 0; i < OBJECTS; i++)
		objects[i].id = i;
	for (step = 0; step < 20000; step++) {
		int id = (int)prng_below(&rng, OBJECTS), to = (int)prng_below(&rng, 2);

		switch (prng_below(&rng, 16)) {
		case 0:
			i = (int)prng_below(&rng, 4);
			splice(i, &heads[!to], &heads[to]);
			model_splice(&models[!to], &models[to], i % 2 == 0);
			break;
		case 1 ... 5:
			at = model_find(&models[to], id);
			if (at < 0)
				break;
			model_remove(&models[to], at);
			if (at % 2) {
				list_del(&objects[id].link);
				break;
			}
			list_del_init(&objects[id].link);
			check(list_empty(&objects[id].link));
			break;
		default:
			put(heads, models, id, to, prng_below(&rng, 2));
		}
		compare(&heads[0], &models[0]);
		compare(&heads[1], &models[1]);
	}
}

HOST_TEST(replace, "list_replace puts the new entry where the old one was")
{
	LIST_HEAD(head);
	int i;

	for (i = 0; i < 4; i++) {
		objects[i].id = i;
		if (i < 3)
			list_add_tail(&objects[i].link, &head);
	}
	list_replace(&objects[1].link, &objects[3].link);
	compare(&head, &(struct model){{0, 3, 2}, 3});
}

HOST_TEST(walk_on, "walks can start in the middle and survive the removal of what they visit")
{
	LIST_HEAD(head);
	struct object *obj, *next;
	int i, seen = 0;

	for (i = 0; i < 6; i++) {
		objects[i].id = i;
		list_add_tail(&objects[i].link, &head);
	}
	obj = &objects[2];
	list_for_each_entry_continue(obj, &head, link) seen = seen * 10 + obj->id;
	check_eq(seen, 345);
	seen = 0;
	obj = &objects[4];
	list_for_each_entry_from(obj, &head, link) seen = seen * 10 + obj->id;
	check_eq(seen, 45);
	list_for_each_entry_safe (obj, next, &head, link) {
		if (obj->id % 2)
			list_del(&obj->link);
	}
	compare(&head, &(struct model){{0, 2, 4}, 3});
}

static void compare_chain(struct hlist_head *head, const struct model *m)
{
	struct object *obj;
	int i = 0;

	check_eq(hlist_empty(head), m->nr == 0);
	hlist_for_each_entry (obj, head, hash) {
		check_eq(obj->id, m->id[i++]);
		check(*obj->hash.pprev == &obj->hash);
	}
	check_eq(i, m->nr);
}

HOST_TEST(hlist, "hash chains agree with an array over 20,000 random operations")
{
	HLIST_HEAD(head);
	struct model m = {0};
	struct object *obj;
	struct hlist_node *next;
	struct prng rng;
	int step, i;

	host_seed(&rng);
	for (i = 0; i < OBJECTS; i++) {
		objects[i].id = i;
		INIT_HLIST_NODE(&objects[i].hash);
	}
	for (step = 0; step < 20000; step++) {
		int id = (int)prng_below(&rng, OBJECTS), at = model_find(&m, id);

		check_eq(hlist_unhashed(&objects[id].hash), at < 0);
		if (at >= 0) {
			model_remove(&m, at);
			hlist_del_init(&objects[id].hash);
			hlist_del_init(&objects[id].hash);
		} else if (m.nr > 0 && prng_below(&rng, 2)) {
			at = (int)prng_below(&rng, (u32)m.nr);
			hlist_add_behind(&objects[id].hash, &objects[m.id[at]].hash);
			model_insert(&m, at + 1, id);
		} else {
			hlist_add_head(&objects[id].hash, &head);
			model_insert(&m, 0, id);
		}
		compare_chain(&head, &m);
	}
	hlist_for_each_entry_safe (obj, next, &head, hash)
		hlist_del(&obj->hash);
	check(hlist_empty(&head));
}
