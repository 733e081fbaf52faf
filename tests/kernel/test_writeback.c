/* Dirty pages: their tags and counters, writing them back, the flusher, limits. */
#include "kernel/cpu/timer.h"
#include "kernel/fs/fs_writeback.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/super.h"
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"
#include "kernel/timer_list.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/mmap.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/slow_file.h"

#define RW  (PROT_READ | PROT_WRITE)
#define MAP 0x20000000ul /* where the cases map files */

static bool tagged(struct file *file, pgoff_t index, unsigned int tag)
{
	return radix_tree_tag_get(&file->f_mapping->page_tree, index, tag);
}

static bool is_dirty(struct file *file, pgoff_t index)
{
	return tagged(file, index, PAGECACHE_TAG_DIRTY);
}

static bool is_being_written(struct file *file, pgoff_t index)
{
	return tagged(file, index, PAGECACHE_TAG_WRITEBACK);
}

static void make_dirty(struct file *file, pgoff_t index)
{
	struct page *page = find_get_page(file->f_mapping, index);

	set_page_dirty(page);
	put_page(page);
}

/* Limits are percents: there must be something to take them of. */
static struct file *open_large(struct ktest *t, unsigned int pages)
{
	if (nr_free_pages() < 5000)
		ktest_skip(t, "too little memory");
	return slow_file_open(t, pages);
}

/* Within ten seconds. */
#define soon(condition)                                 \
	({                                              \
		unsigned int _tries = 0;                \
                                                        \
		while (!(condition) && _tries++ < 1000) \
			msleep(10);                     \
		!!(condition);                          \
	})

/* ---- tags and counters ----------------------------------------------------------------------- */

static void test_becoming_dirty(struct ktest *t)
{
	unsigned long dirty = vm_stats[NR_FILE_DIRTY], ever = vm_events[NR_DIRTIED];
	struct file *file = slow_file_open(t, 8);
	struct inode *inode = file->f_inode;

	KT_EXPECT(t, list_empty(&inode->i_wb_list));
	slow_file_dirty(t, file, 3, 2);
	make_dirty(file, 3);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty + 2);
	KT_EXPECT_EQ(t, vm_events[NR_DIRTIED], ever + 2);
	KT_EXPECT(t, is_dirty(file, 3) && is_dirty(file, 4) && !is_dirty(file, 5));
	KT_EXPECT_EQ(t, inode->i_state & I_DIRTY, (unsigned long)I_DIRTY_PAGES);
	KT_EXPECT_EQ(t, slow_disk.sb->s_dirty.next, &inode->i_wb_list);
	KT_EXPECT(t, !slow_disk.sb->s_dirt);
	mark_inode_dirty(inode);
	KT_EXPECT(t, slow_disk.sb->s_dirt);
	/* What is truncated is not to be written any more. */
	truncate_setsize(inode, 4 * PAGE_SIZE);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty + 1);
	fput(file);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty);
	KT_EXPECT_EQ(t, slow_disk.writes, 0u);
}

static void test_write_and_wait(struct ktest *t)
{
	unsigned long dirty = vm_stats[NR_FILE_DIRTY], writeback = vm_stats[NR_WRITEBACK];
	struct file *file = slow_file_open(t, 600);
	struct address_space *mapping = file->f_mapping;

	slow_disk.hold = true;
	slow_file_dirty(t, file, 100, 40);
	slow_file_dirty(t, file, 7, 1);
	KT_EXPECT_EQ(t, filemap_fdatawrite_range(mapping, 0, 120 * PAGE_SIZE - 1), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 21u);
	KT_EXPECT_EQ(t, slow_disk.written[0], 7ul);
	for (unsigned int i = 1; i < 21; i++)
		KT_EXPECT_EQ(t, slow_disk.written[i], 99ul + i);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty + 20);
	KT_EXPECT_EQ(t, vm_stats[NR_WRITEBACK], writeback + 21);
	KT_EXPECT(t, is_being_written(file, 7) && !is_dirty(file, 7));
	KT_EXPECT(t, is_being_written(file, 119) && !is_being_written(file, 120));
	slow_disk_end();
	KT_EXPECT_EQ(t, vm_stats[NR_WRITEBACK], writeback);
	KT_EXPECT(t, !is_being_written(file, 7) && is_dirty(file, 120));
	slow_disk.hold = false;
	KT_EXPECT_EQ(t, filemap_write_and_wait(mapping), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 41u);
	KT_EXPECT_EQ(t, vm_stats[NR_FILE_DIRTY], dirty);
	fput(file);
}

/* What is written to while it is on its way is written again; whoever does not wait leaves it. */
static void test_dirty_again(struct ktest *t)
{
	struct file *file = slow_file_open(t, 4);
	struct address_space *mapping = file->f_mapping;

	slow_disk.hold = true;
	slow_file_dirty(t, file, 1, 1);
	filemap_fdatawrite_range(mapping, 0, MAX_LFS_FILESIZE);
	make_dirty(file, 1);
	KT_EXPECT(t, is_dirty(file, 1) && is_being_written(file, 1));
	KT_EXPECT_EQ(t, filemap_flush_range(mapping, 0, MAX_LFS_FILESIZE), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 1u);
	slow_disk_end();
	KT_EXPECT(t, is_dirty(file, 1) && !is_being_written(file, 1));
	slow_disk.hold = false;
	slow_disk.delay = 3;
	KT_EXPECT_EQ(t, filemap_fdatawrite_range(mapping, 0, MAX_LFS_FILESIZE), 0);
	make_dirty(file, 1);
	/* This one waits for the write before. */
	KT_EXPECT_EQ(t, filemap_write_and_wait(mapping), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 3u);
	KT_EXPECT(t, !is_dirty(file, 1) && !is_being_written(file, 1));
	fput(file);
}

/* An error is reported once, and the page is not tried for ever. */
static void test_errors(struct ktest *t)
{
	struct file *file = slow_file_open(t, 4);
	struct address_space *mapping = file->f_mapping;

	slow_disk.error = -EIO;
	slow_file_dirty(t, file, 1, 2);
	KT_EXPECT_EQ(t, filemap_write_and_wait(mapping), -EIO);
	KT_EXPECT_EQ(t, filemap_write_and_wait(mapping), 0);
	KT_EXPECT(t, !is_dirty(file, 1));
	slow_disk.error = -ENOSPC;
	slow_file_dirty(t, file, 1, 1);
	KT_EXPECT_EQ(t, sync_inodes_sb(slow_disk.sb, true), -ENOSPC);
	slow_disk.error = 0;
	/* sync(2) leaves it to those who have the file open. */
	KT_EXPECT_EQ(t, filemap_write_and_wait(mapping), -ENOSPC);
	KT_EXPECT_EQ(t, filemap_write_and_wait(mapping), 0);
	KT_EXPECT_EQ(t, slow_disk.writes, 3u);
	fput(file);
}

/* The flusher's way: so many pages, and the next time on from there. */
static void test_in_turns(struct ktest *t)
{
	struct writeback_control wbc = {.nr_to_write = 3, .range_cyclic = true};
	struct file *file = slow_file_open(t, 8);
	const pgoff_t expected[] = {0, 1, 2, 3, 4, 5, 6, 7, 1};

	slow_file_dirty(t, file, 0, 8);
	do_writepages(file->f_mapping, &wbc);
	KT_EXPECT_EQ(t, slow_disk.writes, 3u);
	make_dirty(file, 1);
	wbc.nr_to_write = 10;
	do_writepages(file->f_mapping, &wbc);
	KT_EXPECT_EQ(t, slow_disk.writes, 8u);
	KT_EXPECT_EQ(t, wbc.nr_to_write, 5l);
	do_writepages(file->f_mapping, &wbc);
	KT_EXPECT_EQ(t, slow_disk.writes, 9u);
	for (unsigned int i = 0; i < 9; i++)
		KT_EXPECT_EQ(t, slow_disk.written[i], expected[i]);
	fput(file);
}

static int truncate_it(void *file)
{
	truncate_setsize(((struct file *)file)->f_inode, 0);
	return 0;
}

/* A page that is being written stays in its file until that has ended. */
static void test_truncate_waits(struct ktest *t)
{
	struct file *file = slow_file_open(t, 4);
	struct task_struct *task;

	slow_disk.hold = true;
	slow_file_dirty(t, file, 2, 2);
	filemap_fdatawrite_range(file->f_mapping, 2 * PAGE_SIZE, 3 * PAGE_SIZE - 1);
	task = kthread_run(truncate_it, file, "truncate");
	KT_ASSERT(t, !IS_ERR(task));
	msleep(50);
	KT_EXPECT(t, is_being_written(file, 2));
	KT_EXPECT(t, file->f_mapping->nrpages >= 1);
	slow_disk_end();
	kthread_join(task);
	KT_EXPECT_EQ(t, file->f_mapping->nrpages, 0ul);
	KT_EXPECT_EQ(t, slow_disk.writes, 1u);
	fput(file);
}

/* ---- the flusher ----------------------------------------------------------------------------- */

static unsigned int old_ratio, old_background, old_expire, old_period;

static void set_limits(unsigned int ratio, unsigned int background, unsigned int expire,
		       unsigned int period)
{
	old_ratio = dirty_ratio;
	old_background = dirty_background_ratio;
	old_expire = dirty_expire_centisecs;
	old_period = dirty_writeback_centisecs;
	dirty_ratio = ratio;
	dirty_background_ratio = background;
	dirty_expire_centisecs = expire;
	dirty_writeback_centisecs = period;
	wakeup_flusher(0);
}

static void reset_limits(void)
{
	dirty_ratio = old_ratio;
	dirty_background_ratio = old_background;
	dirty_expire_centisecs = old_expire;
	dirty_writeback_centisecs = old_period;
}

/*
 * Old pages are written without anybody asking, young ones are not, and neither are counted twice.
 */
static void test_flusher_writes_what_is_old(struct ktest *t)
{
	struct file *old = open_large(t, 2000), *young = slow_file_open(t, 4);
	unsigned long state;

	set_limits(95, 90, 300, 5);
	slow_file_dirty(t, old, 0, 1500); /* more than one turn */
	mark_inode_dirty(old->f_inode);
	msleep(1500);
	KT_EXPECT_EQ(t, slow_disk.writes, 0u);
	slow_file_dirty(t, young, 0, 1);
	KT_EXPECT(t, soon(slow_disk.writes >= 1500));
	KT_EXPECT(t, is_dirty(young, 0));
	KT_EXPECT(t, soon(slow_disk.syncs == 1));
	KT_EXPECT_EQ(t, slow_disk.waiting_syncs, 0u);
	KT_EXPECT(t, soon(!is_dirty(young, 0)));
	reset_limits();
	state = old->f_inode->i_state;
	KT_EXPECT_EQ(t, slow_disk.writes, 1501u);
	KT_EXPECT(t, !(state & (I_DIRTY_PAGES | I_SYNC)));
	KT_EXPECT(t, list_empty(&old->f_inode->i_wb_list));
	KT_EXPECT(t, list_empty(&slow_disk.sb->s_dirty) && list_empty(&slow_disk.sb->s_io));
	fput(old);
	fput(young);
}

/* Above the background limit age does not matter; below it there is peace again. */
static void test_background_limit(struct ktest *t)
{
	struct file *file = open_large(t, 20000);

	set_limits(90, 1, 100000, 100000);
	msleep(20);
	slow_file_dirty(t, file, 0, (unsigned int)dirty_limits().background + 50);
	KT_EXPECT(t, dirty_background_exceeded());
	balance_dirty_pages_ratelimited(file->f_mapping, 1000);
	KT_EXPECT(t, soon(!dirty_background_exceeded()));
	msleep(50);
	KT_EXPECT(t, slow_disk.writes >= 50u);
	reset_limits();
	fput(file);
}

/*
 * Who writes faster than the disk waits for it: there are never many more dirty pages than allowed.
 */
static void test_throttle(struct ktest *t)
{
	struct file *file = open_large(t, 0);
	unsigned long limit;
	char word[4] = "abc";

	slow_disk.delay = 2;
	set_limits(0, 0, 100000, 100000); /* the lowest limit */
	limit = dirty_limits().limit;
	for (loff_t page = 0; page < 400; page++)
		KT_ASSERT(t, kernel_write(file, page << PAGE_SHIFT, word, 4) == 4);
	KT_EXPECT(t, slow_disk.writes + limit + 64 >= 400);
	KT_EXPECT(t, slow_disk.most_dirty <= limit + 64);
	reset_limits();
	slow_disk.delay = 0;
	KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
	KT_EXPECT(t, slow_disk.writes >= 400u);
	fput(file);
}

static int write_for_ever(void *arg)
{
	struct file *file = arg;
	loff_t page = 0;

	while (!kthread_should_stop()) {
		kernel_write(file, page++ % 512 << PAGE_SHIFT, "x", 1);
		cond_resched();
	}
	return 0;
}

/* sync(2) and fsync(2) end although somebody makes pages dirty all the time. */
static void test_no_livelock(struct ktest *t)
{
	struct file *file = slow_file_open(t, 512);
	struct task_struct *task;

	slow_file_dirty(t, file, 0, 512);
	slow_disk.delay = 1;
	task = kthread_run(write_for_ever, file, "writer");
	KT_ASSERT(t, !IS_ERR(task));
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int before = slow_disk.writes;

		KT_EXPECT_EQ(t, filemap_write_and_wait(file->f_mapping), 0);
		KT_EXPECT(t, slow_disk.writes - before <= 1024);
		KT_EXPECT_EQ(t, sync_inodes_sb(slow_disk.sb, true), 0);
		msleep(10);
	}
	kthread_stop(task);
	fput(file);
}

static void test_sync_waits(struct ktest *t)
{
	struct file *a = slow_file_open(t, 10), *b = slow_file_open(t, 10);

	slow_disk.delay = 3;
	slow_file_dirty(t, a, 0, 10);
	slow_file_dirty(t, b, 5, 5);
	KT_EXPECT_EQ(t, sync_inodes_sb(slow_disk.sb, false), 0);
	KT_EXPECT(t, is_being_written(a, 0) && is_being_written(b, 9));
	KT_EXPECT_EQ(t, sync_inodes_sb(slow_disk.sb, true), 0);
	KT_EXPECT(t, !is_being_written(a, 0) && !is_being_written(b, 9));
	KT_EXPECT_EQ(t, slow_disk.writes, 15u);
	KT_EXPECT_EQ(t, sync_super(slow_disk.sb), 0);
	KT_EXPECT_EQ(t, slow_disk.waiting_syncs, 1u);
	fput(a);
	fput(b);
}

/* ---- write(2) that waits --------------------------------------------------------------------- */

/* O_DSYNC and O_SYNC: what was written is on the device when write(2) returns, and nothing else. */
static void test_write_through(struct ktest *t)
{
	struct file *file = slow_file_open(t, 8);
	loff_t pos = 3 * PAGE_SIZE + 10;

	slow_file_dirty(t, file, 0, 1);
	file->f_flags |= O_LARGEFILE;
	KT_ASSERT(t, map_anon(MAP, 1, RW) == MAP && user_write(MAP, 1));
	KT_EXPECT_EQ(t, generic_file_write(file, (const char *)MAP, 4, &pos), 4);
	KT_EXPECT_EQ(t, slow_disk.fsyncs, 0u);
	file->f_flags |= O_DSYNC;
	KT_EXPECT_EQ(t, generic_file_write(file, (const char *)MAP, 4, &pos), 4);
	KT_EXPECT_EQ(t, slow_disk.fsyncs, 1u);
	KT_EXPECT_EQ(t, slow_disk.fsync_start, (loff_t)(3 * PAGE_SIZE + 14));
	KT_EXPECT_EQ(t, slow_disk.fsync_end, (loff_t)(3 * PAGE_SIZE + 17));
	KT_EXPECT_EQ(t, slow_disk.writes, 1u);
	KT_EXPECT(t, is_dirty(file, 0) && !is_dirty(file, 3));
	slow_disk.error = -EIO;
	KT_EXPECT_EQ(t, generic_file_write(file, (const char *)MAP, 4, &pos), -EIO);
	file->f_flags &= ~(unsigned int)O_SYNC;
	slow_disk.sb->s_flags |= MS_SYNCHRONOUS;
	slow_disk.error = 0;
	KT_EXPECT_EQ(t, generic_file_write(file, (const char *)MAP, 4, &pos), 4);
	KT_EXPECT_EQ(t, slow_disk.fsyncs, 3u);
	vm_munmap(MAP, PAGE_SIZE);
	fput(file);
}

static const struct ktest_case cases[] = {
	KTEST(test_becoming_dirty),
	KTEST(test_write_and_wait),
	KTEST(test_dirty_again),
	KTEST(test_errors),
	KTEST(test_in_turns),
	KTEST(test_truncate_waits),
	KTEST(test_write_through),
	KTEST(test_sync_waits),
	KTEST(test_flusher_writes_what_is_old),
	KTEST(test_background_limit),
	KTEST(test_throttle),
	KTEST(test_no_livelock),
};
KTEST_SUITE_WITH(writeback, 0, cases, slow_disk_setup, slow_disk_teardown);
