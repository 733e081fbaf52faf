/* Partition tables: good ones, and those that lie. */
#include "kernel/drivers/block/partition.h"
#include "kernel/cpu/timer.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "tests/kernel/fake_disk.h"
#include "tests/kernel/mm_test.h"

#define SECTORS 10000u

static struct fake_disk *fake;

static struct found {
	unsigned int number;
	sector_t start, sectors;
} found[80];
static unsigned int nr_found;

static void setup(struct ktest *t)
{
	nr_found = 0;
	fake = fake_disk_new(t, SECTORS);
}

static void teardown(struct ktest *t)
{
	(void)t;
	fake_disk_free(fake);
}

static int note(struct gendisk *disk, unsigned int number, sector_t start, sector_t sectors,
		void *ctx)
{
	(void)disk;
	(void)ctx;
	if (nr_found < ARRAY_SIZE(found))
		found[nr_found] = (struct found){number, start, sectors};
	nr_found++;
	return 0;
}

static void sign(unsigned int sector)
{
	fake->data[sector * SECTOR_SIZE + 510] = 0x55;
	fake->data[sector * SECTOR_SIZE + 511] = 0xaa;
}

/* Entry 0..3 of the table in a sector, which gets its signature. */
static void entry(unsigned int sector, unsigned int i, u8 type, u32 start, u32 sectors)
{
	u8 *at = fake->data + sector * SECTOR_SIZE + 446 + i * 16;

	at[4] = type;
	memcpy(at + 8, &start, 4);
	memcpy(at + 12, &sectors, 4);
	sign(sector);
}

static bool is(unsigned int n, unsigned int number, sector_t start, sector_t sectors)
{
	return n < nr_found && found[n].number == number && found[n].start == start &&
	       found[n].sectors == sectors;
}

static int read_table(void)
{
	return read_partitions(&fake->disk, note, NULL);
}

static void test_none(struct ktest *t)
{
	KT_EXPECT_EQ(t, read_table(), 0); /* all zero: no signature */
	sign(0);
	KT_EXPECT_EQ(t, read_table(), 0);
	KT_EXPECT_EQ(t, nr_found, 0u);
}

static void test_primary_and_logical(struct ktest *t)
{
	entry(0, 0, 0x83, 100, 200);
	entry(0, 1, 0x05, 1000, 5000);
	entry(0, 3, 0x82, 400, 600);
	entry(1000, 0, 0x83, 10, 90);
	entry(1000, 1, 0x05, 500, 100);
	entry(1500, 0, 0x83, 10, 90);
	entry(1500, 1, 0x0f, 200, 100); /* backwards: relative to the first */
	entry(1200, 0, 0x83, 5, 95);
	KT_EXPECT_EQ(t, read_table(), 0);
	KT_EXPECT_EQ(t, nr_found, 5u);
	KT_EXPECT(t, is(0, 1, 100, 200));
	KT_EXPECT(t, is(1, 4, 400, 600));
	KT_EXPECT(t, is(2, 5, 1010, 90));
	KT_EXPECT(t, is(3, 6, 1510, 90));
	KT_EXPECT(t, is(4, 7, 1205, 95));
}

/* A boot sector of FAT ends like a table and is none. */
static void test_boot_sector(struct ktest *t)
{
	memset(fake->data + 446, 'e', 64);
	sign(0);
	KT_EXPECT_EQ(t, read_table(), 0);
	KT_EXPECT_EQ(t, nr_found, 0u);
}

static void test_outside(struct ktest *t)
{
	log_hush();
	entry(0, 0, 0x83, SECTORS, 1); /* begins behind the end */
	entry(0, 1, 0x83, 0xffffffff, 0xffffffff);
	entry(0, 2, 0x83, SECTORS - 10, 0xfffffff0); /* reaches too far */
	entry(0, 3, 0x83, 0, 100);		     /* the table itself */
	KT_EXPECT_EQ(t, read_table(), 0);
	KT_EXPECT_EQ(t, nr_found, 1u);
	KT_EXPECT(t, is(0, 3, SECTORS - 10, 10));
	KT_EXPECT(t, log_says("fake: partition 1 begins outside: left out"));
	KT_EXPECT(t, log_says("fake: partition 3 reaches too far: cut"));
	log_unhush();
}

static void test_logical_outside(struct ktest *t)
{
	log_hush();
	entry(0, 0, 0x05, 1000, 100);
	entry(1000, 0, 0x83, 200, 10); /* outside of the extended one */
	entry(1000, 1, 0x05, 5000, 10);
	entry(6000, 0, 0x83, 1, 10);
	KT_EXPECT_EQ(t, read_table(), 0);
	KT_EXPECT_EQ(t, nr_found, 0u);
	KT_EXPECT(t, log_says("leads astray"));
	log_unhush();
}

static void test_chain_in_a_circle(struct ktest *t)
{
	log_hush();
	entry(0, 0, 0x05, 1000, 5000);
	entry(1000, 0, 0x83, 10, 10);
	entry(1000, 1, 0x05, 100, 100);
	entry(1100, 1, 0x05, 200, 100); /* without a partition */
	entry(1200, 0, 0x83, 10, 10);
	entry(1200, 1, 0x05, 100, 100);
	KT_EXPECT_EQ(t, read_table(), 0);
	KT_EXPECT_LE(t, nr_found, 59u);
	KT_EXPECT(t, log_says("leads astray"));
	/* To itself. */
	entry(1000, 1, 0x05, 0, 100);
	KT_EXPECT_EQ(t, read_table(), 0);
	log_unhush();
}

static void test_unreadable(struct ktest *t)
{
	log_hush();
	entry(0, 0, 0x83, 100, 200);
	entry(0, 1, 0x05, 1000, 5000);
	fake->bad = true;
	fake->bad_sector = 1000;
	fake->bad_times = 100;
	KT_EXPECT_EQ(t, read_table(), -EIO);
	KT_EXPECT(t, is(0, 1, 100, 200));
	fake->bad_sector = 0;
	KT_EXPECT_EQ(t, read_table(), -EIO);
	KT_EXPECT_EQ(t, nr_found, 1u);
	log_unhush();
}

/* Whatever the tables say, partitions lie on the disk. */
static void test_random_tables(struct ktest *t)
{
	static const u8 types[] = {0, 0x05, 0x0f, 0x82, 0x83, 0x85};
	struct prng rng;
	bool good = true;

	ktest_seed(t, &rng, (u32)jiffies);
	log_hush();
	for (unsigned int round = 0; round < 100; round++) {
		for (unsigned int sector = 0; sector < 64; sector++)
			for (unsigned int i = 0; i < 4; i++)
				entry(sector, i, types[prng_below(&rng, sizeof(types))],
				      prng_below(&rng, round % 2 ? 64 : SECTORS * 2),
				      prng_next(&rng) >> prng_below(&rng, 32));
		nr_found = 0;
		KT_EXPECT_EQ(t, read_table(), 0);
		for (unsigned int i = 0; i < min(nr_found, (unsigned int)ARRAY_SIZE(found)); i++)
			good &= found[i].start && found[i].sectors && found[i].number < 256 &&
				found[i].start < SECTORS &&
				found[i].sectors <= SECTORS - found[i].start;
		good &= nr_found < ARRAY_SIZE(found) * 2;
	}
	log_unhush();
	KT_EXPECT(t, good);
}

static const struct ktest_case cases[] = {
	KTEST(test_none),	KTEST(test_primary_and_logical), KTEST(test_boot_sector),
	KTEST(test_outside),	KTEST(test_logical_outside),	 KTEST(test_chain_in_a_circle),
	KTEST(test_unreadable), KTEST(test_random_tables),
};
KTEST_SUITE_WITH(partitions, KTEST_QUICK, cases, setup, teardown);
