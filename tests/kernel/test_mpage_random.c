/*
 * Files on disks, at random: writes, stores, truncations, write-back and forgetting, at all sizes
 * of blocks and with blocks that follow each other or do not, against a plain array of bytes.
 * Blocks that are free keep their garbage.
 */
#include "kernel/fs/inode.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/filemap.h"
#include "mm/mmap.h"
#include "mm/vmalloc.h"
#include "tests/kernel/map_fs.h"
#include "tests/kernel/mm_test.h"

#define MAP  0x20000000ul
#define MOST (24u * PAGE_SIZE) /* of the file */

static struct map_fs *fs;
static struct file *file;

static void map_file(struct ktest *t)
{
	KT_ASSERT_EQ(t, vm_mmap(file, MAP, MOST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, 0),
		     MAP);
}

static u8 *model, *scratch; /* MOST bytes each, while the test runs */

static void compare(struct ktest *t)
{
	size_t size = (size_t)i_size_read(fs->inode);
	size_t at = 0;

	KT_EXPECT_EQ(t, kernel_read(file, 0, scratch, MOST), (ssize_t)size);
	while (at < size && scratch[at] == model[at])
		at++;
	if (at < size)
		ktest_log(t, "byte %zu of %zu is %u, not %u", at, size, scratch[at], model[at]);
	KT_EXPECT_EQ(t, at, size);
}

static void random_write(struct ktest *t, struct prng *rng)
{
	size_t pos = prng_below(rng, MOST - 1), len = 1 + prng_below(rng, 9000);

	len = min(len, (size_t)(MOST - pos));
	if (prng_below(rng, 3) == 0) {
		pos &= PAGE_MASK;
		len = min((size_t)PAGE_SIZE, (size_t)(MOST - pos));
	}
	for (size_t i = 0; i < len; i++)
		model[pos + i] = (u8)prng_next(rng);
	KT_EXPECT_EQ(t, kernel_write(file, (loff_t)pos, model + pos, len), (ssize_t)len);
}

static void random_store(struct ktest *t, struct prng *rng)
{
	u32 size = (u32)i_size_read(fs->inode) & ~3u, pos, word = prng_next(rng);

	if (!size)
		return;
	pos = prng_below(rng, size) & ~3u;
	KT_EXPECT(t, user_write(MAP + pos, word));
	memcpy(model + pos, &word, 4);
}

static void random_step(struct ktest *t, struct prng *rng)
{
	loff_t size = prng_below(rng, MOST);

	switch (prng_below(rng, 12)) {
	case 0:
		KT_EXPECT_EQ(t, map_fs_truncate(fs, size), 0);
		memset(model + size, 0, MOST - (size_t)size);
		break;
	case 1:
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		map_fs_expect_garbage(t, fs);
		break;
	case 2:
		vm_munmap(MAP, MOST);
		KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
		map_fs_forget_cache(fs);
		map_file(t);
		break;
	case 3:
		compare(t);
		break;
	case 4:
	case 5:
	case 6:
		random_write(t, rng);
		break;
	default:
		random_store(t, rng);
	}
}

static void random_run(struct ktest *t, struct prng *rng, unsigned int bits, unsigned int stride)
{
	fs = map_fs_new(t, bits);
	file = map_fs_open(t, fs);
	fs->stride = stride;
	ktest_log(t, "blocks of %u bytes, stride %u", 1u << bits, stride);
	memset(model, 0, MOST);
	map_file(t);
	for (int i = 0; i < 700 && !t->failures; i++)
		random_step(t, rng);
	vm_munmap(MAP, MOST);
	KT_EXPECT_EQ(t, map_fs_write_back(fs), 0);
	map_fs_forget_cache(fs);
	KT_EXPECT_EQ(t, fs->inode->i_data.nrpages, 0ul);
	compare(t);
	fput(file);
	map_fs_free(fs);
	cond_resched();
}

static void test_random(struct ktest *t)
{
	struct prng rng;

	model = vmalloc(2 * MOST);
	KT_ASSERT(t, model);
	scratch = model + MOST;
	ktest_seed(t, &rng, 21);
	for (unsigned int bits = 10; bits <= 12; bits++)
		for (unsigned int stride = 1; stride < 8; stride += 3)
			random_run(t, &rng, bits, stride);
	vfree(model);
}

static const struct ktest_case mpage_random_cases[] = {KTEST(test_random)};
KTEST_SUITE_WITH(mpage_random, 0, mpage_random_cases, mm_test_setup, mm_test_teardown);
