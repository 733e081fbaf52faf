/* The inode cache, with a file system that has nothing but numbers. */
#include "kernel/fs/dcache.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/super.h"
#include "kernel/kthread.h"
#include "kernel/lib/string.h"
#include "kernel/timer_list.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/mm_test.h"

static struct super_block *sb; /* of the running case */
static unsigned int evicted, deleted;
static unsigned int evict_msecs;   /* how long that takes */
static struct inode *made, *found; /* what threads got */

static void evict_number(struct inode *inode)
{
	if (evict_msecs)
		msleep(evict_msecs);
	truncate_inode_pages(&inode->i_data, 0);
	evicted++;
	deleted += !inode->i_nlink;
}

static const struct super_operations number_ops = {.evict_inode = evict_number};

static void setup(struct ktest *t)
{
	sb = kzalloc(sizeof(*sb), GFP_KERNEL);
	KT_ASSERT(t, sb != NULL);
	sb->s_op = &number_ops;
	sb->s_root = (struct dentry *)sb; /* it is mounted: nobody looks further */
	INIT_LIST_HEAD(&sb->s_inodes);
	INIT_LIST_HEAD(&sb->s_dirty);
	evicted = deleted = evict_msecs = 0;
	made = found = NULL;
}

static void teardown(struct ktest *t)
{
	evict_msecs = 0;
	KT_EXPECT(t, !invalidate_inodes(sb));
	KT_EXPECT(t, list_empty(&sb->s_inodes));
	kfree(sb);
}

/* The file of a number, read in if it is not cached. */
static struct inode *get(struct ktest *t, unsigned long ino)
{
	struct inode *inode = iget_locked(sb, ino);

	KT_ASSERT(t, inode != NULL);
	KT_EXPECT_EQ(t, inode->i_ino, ino);
	if (inode->i_state & I_NEW)
		unlock_new_inode(inode);
	return inode;
}

static bool is_cached(unsigned long ino)
{
	struct inode *inode = ilookup(sb, ino);

	iput(inode);
	return inode != NULL;
}

static void add_page(struct ktest *t, struct inode *inode)
{
	struct page *page = find_or_create_page(&inode->i_data, 0);

	KT_ASSERT(t, page != NULL);
	SetPageUptodate(page);
	unlock_page(page);
	put_page(page);
}

/* ---- finding --------------------------------------------------------------------------------- */

static void test_found_again(struct ktest *t)
{
	struct inode *inode = iget_locked(sb, 11), *other;

	KT_ASSERT(t, inode != NULL);
	KT_EXPECT(t, inode->i_state & I_NEW);
	KT_EXPECT_EQ(t, inode->i_nlink, 1u);
	unlock_new_inode(inode);
	other = iget_locked(sb, 11);
	KT_EXPECT_EQ(t, other, inode);
	KT_EXPECT(t, !(inode->i_state & I_NEW));
	KT_EXPECT_EQ(t, atomic_read(&inode->i_count), 2);
	other = get(t, 11 + 4096);
	KT_EXPECT_NE(t, other, inode);
	iput(other);
	iput(inode);
	iput(inode);
	KT_EXPECT_EQ(t, evicted, 0u); /* unused, and kept */
	KT_EXPECT_EQ(t, ilookup(sb, 11), inode);
	KT_EXPECT_EQ(t, atomic_read(&inode->i_count), 1);
	iput(inode);
	KT_EXPECT(t, !ilookup(sb, 12));
}

/* A new file gets its number before it can be found by it. */
static void test_insert(struct ktest *t)
{
	struct inode *inode = new_inode(sb);

	KT_ASSERT(t, inode != NULL);
	inode->i_ino = 77;
	KT_EXPECT(t, !is_cached(77));
	insert_inode_hash(inode);
	iput(inode);
	KT_EXPECT_EQ(t, get(t, 77), inode);
	iput(inode);
	inode = new_inode(sb); /* not hashed: nobody can find it again */
	KT_ASSERT(t, inode != NULL);
	iput(inode);
	KT_EXPECT_EQ(t, evicted, 1u);
}

static int getter(void *number)
{
	made = iget_locked(sb, (unsigned long)number);
	return 0;
}

/* A thread that looks 21 up, and has come as far as it can. */
static struct task_struct *start_getter(struct ktest *t)
{
	struct task_struct *thread = kthread_run(getter, (void *)21, "getter");

	KT_ASSERT(t, !IS_ERR(thread));
	msleep(30);
	return thread;
}

static void test_wait_until_read(struct ktest *t)
{
	struct inode *inode = iget_locked(sb, 21);
	struct task_struct *thread = start_getter(t);

	KT_EXPECT(t, !made);
	unlock_new_inode(inode);
	kthread_join(thread);
	KT_EXPECT_EQ(t, made, inode);
	KT_EXPECT(t, !(inode->i_state & I_NEW));
	iput(inode);
	iput(inode);
}

/* It could not be read; who waited tries for himself. And it is not deleted, whatever it said. */
static void test_read_failed(struct ktest *t)
{
	struct inode *inode = iget_locked(sb, 21);
	struct task_struct *thread = start_getter(t);

	inode->i_nlink = 0;
	iget_failed(inode);
	kthread_join(thread);
	KT_ASSERT(t, made != NULL);
	KT_EXPECT(t, made->i_state & I_NEW);
	KT_EXPECT_EQ(t, made->i_nlink, 1u);
	KT_EXPECT_EQ(t, evicted, 1u);
	KT_EXPECT_EQ(t, deleted, 0u);
	iget_failed(made);
	KT_EXPECT_EQ(t, evicted, 2u);
	KT_EXPECT(t, !is_cached(21));
}

/* ---- the end --------------------------------------------------------------------------------- */

/* While a file is deleted its number is asked for: the answer comes when that is done. */
static void test_deleted(struct ktest *t)
{
	struct inode *inode = get(t, 21);
	struct task_struct *thread;

	inode->i_nlink = 0;
	evict_msecs = 100;
	thread = kthread_run(getter, (void *)21, "getter"); /* begins when we sleep in evict */
	KT_ASSERT(t, !IS_ERR(thread));
	iput(inode);
	KT_EXPECT_EQ(t, deleted, 1u);
	KT_EXPECT(t, !made);
	kthread_join(thread);
	KT_ASSERT(t, made != NULL);
	KT_EXPECT(t, made->i_state & I_NEW);
	evict_msecs = 0;
	unlock_new_inode(made);
	iput(made);
}

static int grabber(void *inode)
{
	msleep(30);
	found = igrab(inode);
	return 0;
}

static void test_igrab(struct ktest *t)
{
	struct inode *inode = get(t, 5);
	struct task_struct *thread;

	iput(inode);
	KT_EXPECT_EQ(t, igrab(inode), inode);
	KT_EXPECT_EQ(t, atomic_read(&inode->i_count), 1);
	inode->i_nlink = 0;
	evict_msecs = 100;
	thread = kthread_run(grabber, inode, "grabber");
	KT_ASSERT(t, !IS_ERR(thread));
	iput(inode);
	kthread_join(thread);
	KT_EXPECT(t, !found);
}

/* ---- forgetting ------------------------------------------------------------------------------ */

static void test_prune(struct ktest *t)
{
	struct inode *used = get(t, 1), *dirty = get(t, 2), *pages = get(t, 3);

	dirty->i_state |= I_DIRTY_SYNC;
	add_page(t, pages);
	iput(dirty);
	iput(pages);
	for (unsigned long ino = 10; ino < 20; ino++)
		iput(get(t, ino));
	prune_inodes(100000); /* those of others, too */
	KT_EXPECT(t, !is_cached(10) && !is_cached(19));
	KT_EXPECT(t, is_cached(1) && is_cached(2));
	KT_EXPECT_EQ(t, evicted, 11u);
	dirty->i_state &= ~I_DIRTY;
	prune_inodes(100000);
	KT_EXPECT(t, is_cached(1) && !is_cached(2));
	iput(used);
}

/* A file that has cached pages is passed over once; one with dirty pages always. */
static void test_prune_pages(struct ktest *t)
{
	struct inode *clean = get(t, 3), *dirty = get(t, 4);
	struct page *page;

	prune_inodes(100000);
	add_page(t, clean);
	add_page(t, dirty);
	page = find_get_page(&dirty->i_data, 0);
	KT_ASSERT(t, page != NULL);
	set_page_dirty(page);
	iput(clean);
	iput(dirty);
	prune_inodes(2);
	KT_EXPECT_EQ(t, evicted, 0u);
	prune_inodes(2);
	KT_EXPECT_EQ(t, evicted, 1u);
	prune_inodes(100000);
	KT_EXPECT_EQ(t, evicted, 1u);
	KT_EXPECT(t, !is_cached(3) && is_cached(4));
	lock_page(page);
	remove_from_page_cache(page);
	unlock_page(page);
	put_page(page);
}

static void test_unmount(struct ktest *t)
{
	struct inode *used = get(t, 1), *dirty = get(t, 2);

	add_page(t, dirty);
	dirty->i_state |= I_DIRTY_SYNC;
	iput(dirty);
	iput(get(t, 3));
	KT_EXPECT(t, invalidate_inodes(sb));
	KT_EXPECT_EQ(t, evicted, 2u);
	KT_EXPECT(t, is_cached(1) && !is_cached(2));
	sb->s_root = NULL; /* from now on nothing is kept */
	iput(used);
	KT_EXPECT_EQ(t, evicted, 3u);
	KT_EXPECT(t, !invalidate_inodes(sb));
}

static int pruner(void *unused)
{
	(void)unused;
	prune_inodes(100000);
	return 0;
}

/* Somebody frees an inode just now: unmounting waits for the end of that. */
static void test_unmount_while_pruned(struct ktest *t)
{
	struct task_struct *thread;

	iput(get(t, 9));
	evict_msecs = 100;
	thread = kthread_run(pruner, NULL, "pruner");
	KT_ASSERT(t, !IS_ERR(thread));
	msleep(30);
	KT_EXPECT_EQ(t, evicted, 0u);
	KT_EXPECT(t, !invalidate_inodes(sb));
	KT_EXPECT_EQ(t, evicted, 1u);
	kthread_join(thread);
}

static const struct ktest_case cases[] = {
	KTEST(test_found_again),     KTEST(test_insert),
	KTEST(test_wait_until_read), KTEST(test_read_failed),
	KTEST(test_deleted),	     KTEST(test_igrab),
	KTEST(test_prune),	     KTEST(test_prune_pages),
	KTEST(test_unmount),	     KTEST(test_unmount_while_pruned),
};
KTEST_SUITE_WITH(inode_cache, 0, cases, setup, teardown);
