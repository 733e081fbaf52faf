/* The ring of a virtual device, with a test that plays the device in the same memory. */
#include "kernel/drivers/block/virtio_ring.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/prng.h"
#include "mm/page.h"
#include "mm/page_alloc.h"
#include "tests/kernel/ktest.h"

#define NUM   8u
#define ORDER 1 /* descriptors and avail in one page, used in the next */

static struct vring vring;
static void *tokens[NUM];
static unsigned long memory;
static u16 seen; /* how many chains the device has taken */

static void setup(struct ktest *t)
{
	KT_ASSERT(t, vring_size(NUM) <= PAGE_SIZE << ORDER);
	memory = get_free_pages(GFP_KERNEL, ORDER);
	KT_ASSERT(t, memory);
	vring_init(&vring, NUM, (void *)memory, tokens);
	seen = 0;
}

static void teardown(struct ktest *t)
{
	(void)t;
	free_pages(memory, ORDER);
	memory = 0;
}

/* ------------------------------------------------------------ the device */

/* The head of the next chain that was handed over; -1: none. */
static int device_take(void)
{
	const struct vring_avail *avail = (void *)memory + NUM * sizeof(struct vring_desc);

	if (seen == avail->idx)
		return -1;
	return avail->ring[seen++ % NUM];
}

static void device_give(u32 head)
{
	struct vring_used *used = (void *)memory + PAGE_SIZE;

	used->ring[used->idx % NUM] = (struct vring_used_elem){head, 0};
	used->idx++;
}

static const struct vring_desc *device_desc(unsigned int nr)
{
	return (struct vring_desc *)memory + nr;
}

/* Addresses count from `first`, lengths from 1; the last part is the device's to write. */
static void check_chain(struct ktest *t, int head, unsigned int count, u64 first)
{
	unsigned int nr = (unsigned int)head;

	for (unsigned int i = 0; i < count; i++) {
		const struct vring_desc *desc = device_desc(nr);
		bool last = i + 1 == count;

		KT_ASSERT(t, nr < NUM);
		KT_EXPECT_EQ(t, desc->addr, first + i);
		KT_EXPECT_EQ(t, desc->len, i + 1);
		KT_EXPECT_EQ(t, desc->flags, last ? VRING_DESC_WRITE : VRING_DESC_NEXT);
		nr = desc->next;
	}
}

/* ------------------------------------------------------------ the driver */

static int add(unsigned int count, u64 first, void *token)
{
	struct vring_desc chain[NUM + 1];

	for (unsigned int i = 0; i < count; i++)
		chain[i] = (struct vring_desc){.addr = first + i, .len = i + 1};
	chain[count - 1].flags = VRING_DESC_WRITE;
	return vring_add(&vring, chain, count, token);
}

static void test_chain(struct ktest *t)
{
	int token, head;

	KT_EXPECT_EQ(t, device_take(), -1);
	KT_EXPECT_EQ(t, add(3, 0x123456789ull, &token), 0);
	head = device_take();
	KT_ASSERT(t, head >= 0);
	check_chain(t, head, 3, 0x123456789ull);
	KT_EXPECT_EQ(t, vring_get(&vring), NULL);
	device_give((u32)head);
	KT_EXPECT_EQ(t, vring_get(&vring), &token);
	KT_EXPECT_EQ(t, vring_get(&vring), NULL);
	KT_EXPECT_EQ(t, vring.nr_free, NUM);
}

static void test_full(struct ktest *t)
{
	int a, b;

	KT_EXPECT_EQ(t, add(NUM + 1, 0, &a), -EBUSY);
	KT_EXPECT_EQ(t, add(5, 0x100, &a), 0);
	KT_EXPECT_EQ(t, add(4, 0x200, &b), -EBUSY);
	KT_EXPECT_EQ(t, add(3, 0x300, &b), 0);
	KT_EXPECT_EQ(t, add(1, 0x400, &b), -EBUSY);
	check_chain(t, device_take(), 5, 0x100);
	check_chain(t, device_take(), 3, 0x300);
	KT_EXPECT_EQ(t, device_take(), -1);
}

/* Chains of random lengths come back in random order, until the indices have wrapped. */
static void test_any_order(struct ktest *t)
{
	struct prng prng;
	struct {
		bool busy;
		u32 head;
	} chains[NUM] = {};
	unsigned int done = 0;

	prng_seed(&prng, 4711);
	while (done < 70000 && !t->failures) {
		unsigned int i = prng_below(&prng, NUM);
		unsigned int count = 1 + prng_below(&prng, 3);

		if (!chains[i].busy) {
			bool room = count <= vring.nr_free;

			KT_EXPECT_EQ(t, add(count, i * 16, &chains[i]), room ? 0 : -EBUSY);
			if (!room)
				continue;
			chains[i].head = (u32)device_take();
			chains[i].busy = true;
			check_chain(t, (int)chains[i].head, count, i * 16);
			continue;
		}
		device_give(chains[i].head);
		KT_EXPECT_EQ(t, vring_get(&vring), &chains[i]);
		chains[i].busy = false;
		done++;
	}
	for (unsigned int i = 0; i < NUM; i++) {
		if (!chains[i].busy)
			continue;
		device_give(chains[i].head);
		KT_EXPECT_EQ(t, vring_get(&vring), &chains[i]);
	}
	KT_EXPECT_EQ(t, vring.nr_free, NUM);
}

static void test_table(struct ktest *t)
{
	struct vring_desc *table = (void *)get_free_page(GFP_KERNEL);
	const struct vring_desc *whole;
	int head;

	KT_ASSERT(t, table);
	for (unsigned int i = 0; i < 100; i++)
		table[i] = (struct vring_desc){.addr = i, .len = 1, .flags = VRING_DESC_WRITE};
	KT_EXPECT_EQ(t, vring_add_indirect(&vring, table, 100, table), 0);
	KT_EXPECT_EQ(t, vring.nr_free, NUM - 1);
	head = device_take();
	whole = device_desc((unsigned int)head);
	KT_EXPECT_EQ(t, whole->flags, VRING_DESC_INDIRECT);
	KT_EXPECT_EQ(t, whole->addr, virt_to_phys(table));
	KT_EXPECT_EQ(t, whole->len, 1600u);
	for (unsigned int i = 0; i < 99; i++) {
		KT_EXPECT_EQ(t, table[i].next, i + 1);
		KT_EXPECT_EQ(t, table[i].flags, VRING_DESC_WRITE | VRING_DESC_NEXT);
	}
	KT_EXPECT_EQ(t, table[99].flags, VRING_DESC_WRITE);
	device_give((u32)head);
	KT_EXPECT_EQ(t, vring_get(&vring), table);
	KT_EXPECT_EQ(t, vring.nr_free, NUM);
	free_page((unsigned long)table);
}

static void test_kick(struct ktest *t)
{
	struct vring_used *used = (void *)memory + PAGE_SIZE;
	int token;

	KT_EXPECT(t, !vring_kick(&vring));
	add(1, 0, &token);
	add(1, 0, &token);
	KT_EXPECT(t, vring_kick(&vring));
	KT_EXPECT(t, !vring_kick(&vring));
	used->flags = VRING_USED_NO_NOTIFY;
	add(1, 0, &token);
	KT_EXPECT(t, !vring_kick(&vring));
	used->flags = 0;
	KT_EXPECT(t, !vring_kick(&vring));
	add(1, 0, &token);
	KT_EXPECT(t, vring_kick(&vring));
}

static void test_interrupts(struct ktest *t)
{
	const struct vring_avail *avail = (void *)memory + NUM * sizeof(struct vring_desc);
	int token;

	KT_EXPECT_EQ(t, avail->flags, 0);
	vring_interrupts_off(&vring);
	KT_EXPECT_EQ(t, avail->flags, VRING_AVAIL_NO_INTERRUPT);
	KT_EXPECT(t, vring_interrupts_on(&vring));
	KT_EXPECT_EQ(t, avail->flags, 0);
	add(1, 0, &token);
	device_give((u32)device_take());
	KT_EXPECT(t, !vring_interrupts_on(&vring));
	vring_get(&vring);
	KT_EXPECT(t, vring_interrupts_on(&vring));
}

/* A device that returns what it never got is believed nothing more, and starts nobody looping. */
static void test_nonsense(struct ktest *t)
{
	static const u32 bad[] = {NUM, ~0u, 3};
	int token;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		vring_init(&vring, NUM, (void *)memory, tokens);
		seen = 0;
		add(2, 0, &token);
		device_give(bad[i]);
		device_give((u32)device_take());
		KT_EXPECT_EQ(t, vring_get(&vring), NULL);
		KT_EXPECT(t, vring.broken);
		KT_EXPECT_EQ(t, vring_get(&vring), NULL);
		KT_EXPECT(t, vring_interrupts_on(&vring));
	}
	vring_init(&vring, NUM, (void *)memory, tokens);
	KT_EXPECT(t, !vring.broken);
	KT_EXPECT_EQ(t, add(NUM, 0, &token), 0);
}

static const struct ktest_case cases[] = {
	KTEST(test_chain), KTEST(test_full),	   KTEST(test_any_order), KTEST(test_table),
	KTEST(test_kick),  KTEST(test_interrupts), KTEST(test_nonsense)};
KTEST_SUITE_WITH(virtio_ring, KTEST_QUICK, cases, setup, teardown);
