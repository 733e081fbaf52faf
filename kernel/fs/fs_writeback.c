/*
 * The flusher: the thread that writes dirty pages so that nobody has to wait for it.
 *
 *	set_page_dirty()             the flusher
 *	     |             queue_old          next_to_write          requeue
 *	     `-> s_dirty --------------> s_io --------------> [I_SYNC] ------> clean: in no list
 *	         oldest first     ^                              |  |
 *	                          `---- there is more of it -----'  |
 *	         ^                                                  |
 *	         `------- what is left must wait for something -----'
 *
 * It wakes up every dirty_writeback_centisecs and writes the files whose first page became dirty
 * longer than dirty_expire_centisecs ago; and it is woken when more is dirty than the background
 * limit allows (mm/balance_dirty.c), or memory is short: then age does not matter. A large file is
 * written in turns with the others. A super_block, too, has its turn only for so many pages; what
 * is left of s_io waits for the next round. So a file that grows as fast as it is written holds up
 * no other, and nothing goes on for ever.
 *
 * When the pages have been written, the file system writes what describes them, if that is old, or
 * if there is nothing else left to write and too much is dirty: the pages of folders and of maps
 * of blocks may be written in the file system's own order only.
 *
 * Block devices that programs write to are files like others: they have a super_block of their own
 * (kernel/fs/block_dev.c).
 *
 * sync(2), umount and syncfs(2) do not ask the flusher. They walk over the inodes of a super_block
 * themselves: once to write, once to wait. New inodes come in front of the list, so the walk ends.
 * Errors stay with the files, for who has them open and calls fsync(2); whether there were any
 * meanwhile the super_block knows.
 *
 * Locks: s_umount for reading, so that what is being written stays mounted; inode_lock for lists
 * and states; a reference for each inode at work.
 */
#include "kernel/fs/fs_writeback.h"

#include "kernel/cpu/timer.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/super.h"
#include "kernel/kthread.h"
#include "kernel/panic.h"
#include "kernel/wait.h"
#include "mm/filemap.h"
#include "mm/writeback.h"

#define TURN_PAGES  1024l  /* of one file, until it is another's turn */
#define ROUND_PAGES 16384l /* of one super_block, until it is another's turn */

/* ---- states of inodes ------------------------------------------------------------------------ */

static bool has_dirty_pages(const struct inode *inode)
{
	return radix_tree_tagged(&inode->i_mapping->page_tree, PAGECACHE_TAG_DIRTY);
}

/* Somebody has written its pages: it need not wait for the flusher if that were all. */
static void note_written(struct inode *inode)
{
	if (!has_dirty_pages(inode))
		clear_inode_dirty(inode, I_DIRTY_PAGES);
}

/* ---- walking over all -------------------------------------------------------------------------*/

/*
 * The inode behind `prev` (NULL: the first) of which some page has a tag, with a reference; that of
 * prev is dropped. Or NULL.
 */
static struct inode *next_tagged(struct super_block *sb, struct inode *prev, unsigned int tag)
{
	struct inode *found = NULL;
	struct list_head *at;

	spin_lock(&inode_lock);
	at = prev ? prev->i_sb_list.next : sb->s_inodes.next;
	for (; at != &sb->s_inodes && !found; at = at->next) {
		struct inode *inode = list_entry(at, struct inode, i_sb_list);

		if (!(inode->i_state & (I_FREEING | I_NEW)) &&
		    radix_tree_tagged(&inode->i_data.page_tree, tag)) {
			atomic_inc(&inode->i_count);
			found = inode;
		}
	}
	spin_unlock(&inode_lock);
	iput(prev);
	return found;
}

static void write_all(struct address_space *mapping, bool sync)
{
	struct writeback_control wbc = {
		.nr_to_write = WRITE_ALL,
		.range_end = ~0ul,
		.sync = sync,
	};

	do_writepages(mapping, &wbc);
}

int sync_inodes_sb(struct super_block *sb, bool wait)
{
	unsigned int errors = sb->s_wb_errors;
	struct inode *inode = NULL;

	while ((inode = next_tagged(sb, inode, PAGECACHE_TAG_DIRTY))) {
		write_all(&inode->i_data, wait);
		note_written(inode);
		cond_resched();
	}
	while (wait && (inode = next_tagged(sb, inode, PAGECACHE_TAG_WRITEBACK)))
		filemap_fdatawait_keep_errors(&inode->i_data);
	return sb->s_wb_errors == errors ? 0 : sb->s_wb_error;
}

/* ---- the flusher's round --------------------------------------------------------------------- */

/* What a round is for. */
struct flush_work {
	bool periodic;	       /* what is old */
	bool everything;       /* whatever age it has */
	bool metadata;	       /* and what describes the files too */
	unsigned long started; /* pages that are on their way */
	long left;	       /* pages that are asked for; 0: until nothing is too much */
	bool more;	       /* a super_block has used up its turn */
};

static bool is_old(unsigned long since)
{
	return time_after_eq(jiffies, since + msecs_to_jiffies(dirty_expire_centisecs * 10ul));
}

/* Has enough been done of what is not a matter of age? */
static bool is_enough(const struct flush_work *work)
{
	if (work->left)
		return work->started >= (unsigned long)work->left;
	return work->everything && !dirty_background_exceeded();
}

/* Put in front of the flusher what is to be written in this round. */
static void queue_old(struct super_block *sb, const struct flush_work *work)
{
	spin_lock(&inode_lock);
	while (!list_empty(&sb->s_dirty)) {
		struct inode *inode = list_first_entry(&sb->s_dirty, struct inode, i_wb_list);

		if (!work->everything && !is_old(inode->i_dirtied))
			break;
		list_move_tail(&inode->i_wb_list, &sb->s_io);
	}
	spin_unlock(&inode_lock);
}

/* The next inode, with a reference and I_SYNC; NULL: there is none. */
static struct inode *next_to_write(struct super_block *sb)
{
	struct inode *inode = NULL;

	spin_lock(&inode_lock);
	if (!list_empty(&sb->s_io)) {
		inode = list_first_entry(&sb->s_io, struct inode, i_wb_list);
		atomic_inc(&inode->i_count);
		inode->i_state &= ~I_DIRTY_PAGES;
		inode->i_state |= I_SYNC;
		list_del_init(&inode->i_wb_list);
	}
	spin_unlock(&inode_lock);
	return inode;
}

/* Its turn has ended. */
static void requeue(struct inode *inode, bool more)
{
	struct super_block *sb = inode->i_sb;

	spin_lock(&inode_lock);
	inode->i_state &= ~I_SYNC;
	if (has_dirty_pages(inode)) {
		inode->i_state |= I_DIRTY_PAGES;
		if (!more)
			inode->i_dirtied = jiffies;
		list_move_tail(&inode->i_wb_list, more ? &sb->s_io : &sb->s_dirty);
	} else {
		inode->i_state &= ~I_DIRTY_PAGES;
	}
	wake_up_bit(&inode->i_state, I_SYNC_BIT);
	spin_unlock(&inode_lock);
	iput(inode);
}

/* Start to write some pages of a file. How many; *more: it has more than that. */
static unsigned long write_turn(struct inode *inode, bool *more)
{
	struct writeback_control wbc = {
		.nr_to_write = TURN_PAGES,
		.range_end = ~0ul,
		.range_cyclic = true,
	};

	do_writepages(inode->i_mapping, &wbc);
	*more = wbc.nr_to_write <= 0;
	return (unsigned long)(TURN_PAGES - wbc.nr_to_write);
}

static void flush_pages(struct super_block *sb, struct flush_work *work)
{
	long budget = ROUND_PAGES;
	struct inode *inode;

	queue_old(sb, work);
	while (budget > 0 && !is_enough(work) && (inode = next_to_write(sb))) {
		bool more;
		unsigned long n = write_turn(inode, &more);

		requeue(inode, more);
		work->started += n;
		budget -= (long)n;
		cond_resched();
	}
	work->more |= !list_empty(&sb->s_io) && !is_enough(work);
}

static bool metadata_is_due(const struct super_block *sb, const struct flush_work *work)
{
	return sb->s_dirt && (work->metadata || (work->periodic && is_old(sb->s_dirtied)));
}

static int flush_super(struct super_block *sb, void *ctx)
{
	struct flush_work *work = ctx;

	if (!sb->s_op->sync_fs)
		return 0;
	flush_pages(sb, work);
	if (metadata_is_due(sb, work) && !(sb->s_flags & MS_RDONLY)) {
		sb->s_dirt = false;
		sb->s_op->sync_fs(sb, false);
	}
	return 0;
}

/* How many pages it has started to write. */
static unsigned long flush_round(struct flush_work *work)
{
	work->started = 0;
	work->more = false;
	for_each_super(flush_super, work);
	return work->started;
}

/* ---- the thread ------------------------------------------------------------------------------ */

static DECLARE_WAIT_QUEUE_HEAD(flusher_wait);
static bool kicked;
static unsigned long kicked_pages; /* the most that somebody has asked for */

static void wake_flusher(unsigned long pages)
{
	kicked = true;
	kicked_pages = max(kicked_pages, pages);
	wake_up(&flusher_wait);
}

/* Not as if for a disk: the load of the machine is not meant to show it. */
static void sleep_until_kicked(long ticks)
{
	if (!kicked && ticks > 0)
		(void)___wait_event(flusher_wait, kicked, TASK_INTERRUPTIBLE, false,
				    (ticks = (long)schedule_timeout((unsigned long)ticks)) == 0);
}

/*
 * Sleep until there may be something to do; what it is for. `next`: when to look for what is old.
 */
static struct flush_work wait_for_work(unsigned long *next)
{
	unsigned long period = msecs_to_jiffies(dirty_writeback_centisecs * 10ul);
	struct flush_work work = {0};

	if (time_after(*next, jiffies + period))
		*next = jiffies + period; /* it was longer until now */
	sleep_until_kicked(period ? (long)(*next - jiffies) : HZ);
	work.left = (long)kicked_pages;
	work.everything = work.left || dirty_background_exceeded();
	kicked = false;
	kicked_pages = 0;
	if (period && time_after_eq(jiffies, *next)) {
		work.periodic = true;
		*next = jiffies + period;
	}
	return work;
}

/* Write until there is nothing more to do. */
static void flush(struct flush_work *work)
{
	unsigned long started;

	do {
		started = flush_round(work);
		if (!started && work->everything && !is_enough(work)) {
			work->metadata = true; /* what is left waits for it */
			started = flush_round(work);
		}
		if (work->left)
			work->left -= (long)min(started, (unsigned long)work->left);
		if (!work->left)
			work->everything = dirty_background_exceeded();
		cond_resched();
	} while (started && (work->everything || work->more));
}

static int flusher(void *unused)
{
	unsigned long next = jiffies;

	(void)unused;
	current->flags |= PF_FLUSHER;
	while (!kthread_should_stop()) {
		struct flush_work work = wait_for_work(&next);

		if (work.periodic || work.everything)
			flush(&work);
	}
	return 0;
}

void flusher_init(void)
{
	struct task_struct *task = kthread_run(flusher, NULL, "flusher");

	if (IS_ERR(task))
		panic("Too little memory: no thread to write files back");
	set_flusher(wake_flusher);
}
