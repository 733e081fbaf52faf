/*
 * The order in which changes reach the disk.
 *
 * ext2 has no journal. After a power cut e2fsck -p has to make sense of whatever was written, and
 * there are four things that it cannot mend. So on the disk:
 *
 *	R1  a new inode becomes live only after the entry that names it is there: a live file
 *	    without a name is asked about, a name without a file is silently taken away
 *	R2  an inode is dead (no links, a time of death) before its last entry goes: the same rule,
 *	    at the other end of life. A folder is dead after all that was in it, and an entry that
 *	    is not the last one goes after the others have come
 *	R3  an indirect block and a folder's block have their contents before anything leads to them
 *	    (so do the blocks of files: what a stranger left there is nobody's to see)
 *	R4  what was freed is not used again before all that led to it is gone: two files would
 *	    own it
 *
 * Sizes, counts and maps of free blocks may be wrong; e2fsck counts for itself.
 *
 * Writing each change in that order would be slow; that all changes of some seconds are written
 * together makes it cheap. Between two commits nothing that has an order is written: changed inodes
 * are not even copied into their table, and indirect blocks (BDEV_ORDERED) and folders' pages stay
 * in the cache, whatever the flusher does. A commit lets nobody begin anything (commit_sem) and
 * writes, with a flush of the device between two steps when there was anything to do:
 *
 *	1  data for new blocks, new indirect blocks  R3 (nothing leads to them)
 *	   dead inodes                               R2
 *	2  pages of folders                          R3, and after 1 R2
 *	3  reachable indirect blocks, inodes         now blocks belong to files, or do not any more
 *	4  new inodes, after 2: R1                   rounds: a folder before what is in it
 *	5  what was freed before is free             R4; in memory, the bitmaps go any time
 *
 *	   folder's page    table of inodes          a new folder a with a file a/b
 *	      "a" ------->    a: live                 2: "a", and "b" in a block of a's
 *	                        `-> "b" -> b: live    4: a, flush, b
 *
 * A power cut at any point leaves: names of files that are not there (cleared), files that were
 * removed but not freed (freed), wrong counts (counted). fsync(2) of a file that has not got new
 * blocks, size or name since the last commit needs none.
 *
 * If the device fails in a commit, the steps behind must not be done, and nobody knows what is on
 * the disk: nothing is written any more, and whoever waits gets EIO.
 *
 * Locks: commit_sem for writing during a commit, for reading between ext2_begin() and ext2_end().
 * lists_lock for the lists of inodes. These hold no references: an inode that is on one is dirty,
 * and stays in memory for that reason; if it has no name left and goes, it begins first, which
 * waits for the commit.
 *
 * Left out: snapshots, so that others could begin while a commit writes.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/filemap.h"

#define COMMIT_TRIES 10

/* ---- beginning and ending -------------------------------------------------------------------- */

int ext2_begin(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);

	down_read(&sbi->commit_sem);
	if (unlikely(sb->s_flags & MS_RDONLY)) {
		up_read(&sbi->commit_sem);
		return -EROFS;
	}
	current->flags |= PF_MEMALLOC_NOFS; /* whose reclaim might begin once more */
	return 0;
}

void ext2_end(struct super_block *sb)
{
	current->flags &= ~PF_MEMALLOC_NOFS;
	up_read(&EXT2_SB(sb)->commit_sem);
}

/* ---- second names ---------------------------------------------------------------------------- */

void ext2_named_twice(struct inode *inode)
{
	EXT2_I(inode)->i_named_after = EXT2_SB(inode->i_sb)->commits + 1;
}

bool ext2_has_new_name(const struct inode *inode)
{
	return EXT2_I(inode)->i_named_after == EXT2_SB(inode->i_sb)->commits + 1;
}

/* ---- what is to be written ------------------------------------------------------------------- */

bool ext2_is_newborn(const struct inode *inode)
{
	return !list_empty(&EXT2_I(inode)->i_newborn);
}

void ext2_mark_newborn(struct inode *inode, struct inode *dir)
{
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);

	spin_lock(&sbi->lists_lock);
	list_add_tail(&EXT2_I(inode)->i_newborn, &sbi->newborn);
	EXT2_I(inode)->i_parent = ext2_is_newborn(dir) ? dir : NULL;
	spin_unlock(&sbi->lists_lock);
}

void ext2_dirty_inode(struct inode *inode, unsigned int flags)
{
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	struct ext2_inode_info *ei = EXT2_I(inode);

	spin_lock(&sbi->lists_lock);
	if (flags & I_DIRTY_DATASYNC)
		ei->datasync_dirty = true;
	if (list_empty(&ei->i_dirty))
		list_add_tail(&ei->i_dirty, &sbi->dirty);
	spin_unlock(&sbi->lists_lock);
}

void ext2_dir_dirtied(struct inode *dir, struct page *page)
{
	struct ext2_sb_info *sbi = EXT2_SB(dir->i_sb);
	struct ext2_inode_info *ei = EXT2_I(dir);

	set_page_dirty(page);
	spin_lock(&sbi->lists_lock);
	if (list_empty(&ei->i_dirty_dir))
		list_add_tail(&ei->i_dirty_dir, &sbi->dirty_dirs);
	spin_unlock(&sbi->lists_lock);
	mark_inode_dirty(dir);
}

void ext2_mark_fresh(struct inode *inode)
{
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	struct ext2_inode_info *ei = EXT2_I(inode);

	if (S_ISDIR(inode->i_mode) || !list_empty(&ei->i_fresh))
		return;
	spin_lock(&sbi->lists_lock);
	list_add_tail(&ei->i_fresh, &sbi->fresh);
	spin_unlock(&sbi->lists_lock);
}

void ext2_forget_lists(struct inode *inode)
{
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	struct ext2_inode_info *ei = EXT2_I(inode), *child;

	spin_lock(&sbi->lists_lock);
	if (S_ISDIR(inode->i_mode))
		list_for_each_entry (child, &sbi->newborn, i_newborn)
			if (child->i_parent == inode)
				child->i_parent = NULL;
	list_del_init(&ei->i_newborn);
	list_del_init(&ei->i_dirty);
	list_del_init(&ei->i_dirty_dir);
	list_del_init(&ei->i_fresh);
	spin_unlock(&sbi->lists_lock);
}

/* ---- steps of a commit ----------------------------------------------------------------------- */

/* What was written before is on the platter. */
static int flush(struct super_block *sb)
{
	EXT2_SB(sb)->flushed = true;
	return blkdev_issue_flush(sb->s_bdev);
}

/* Write these classes, and flush if anything was written, or if the caller knows of something. */
static int write_and_flush(struct super_block *sb, unsigned int classes, bool needed)
{
	bool wrote = false;
	int error = bdev_write_class(sb->s_bdev, classes, &wrote);

	if (!error && (wrote || needed))
		error = flush(sb);
	return error;
}

/* The dirty pages of a file; the flusher does not write folders' (aops.c), so not by its a_ops. */
static int write_pages(struct inode *inode)
{
	struct writeback_control wbc = {
		.nr_to_write = WRITE_ALL, .range_end = ~(pgoff_t)0, .sync = true};

	return ext2_writepages(inode->i_mapping, &wbc);
}

/* What belongs onto new blocks. Errors are for those who call fsync(2) for the file. Any? */
static bool write_data(struct ext2_sb_info *sbi)
{
	bool any = false;

	while (!list_empty(&sbi->fresh)) {
		struct ext2_inode_info *ei =
			list_entry(sbi->fresh.next, struct ext2_inode_info, i_fresh);

		list_del_init(&ei->i_fresh);
		if (!ei->vfs_inode.i_nlink)
			continue;
		any = true;
		write_pages(&ei->vfs_inode);
		filemap_fdatawait_keep_errors(ei->vfs_inode.i_mapping);
	}
	return any;
}

/* 1: what nothing leads to yet, and what is dead. */
static int write_contents(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	bool data = write_data(sbi), dead = sbi->dead_stored;

	if (sbi->super_changed)
		ext2_mark_super_dirty(sb);
	sbi->super_changed = sbi->dead_stored = false;
	return write_and_flush(sb, BIT(BDEV_NEW) | (dead ? BIT(BDEV_ANY) : 0), data || dead);
}

int ext2_write_dead(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int error;

	if (!sbi->dead_stored)
		return 0;
	sbi->dead_stored = false;
	error = write_and_flush(sb, BIT(BDEV_ANY), true);
	if (error)
		sbi->dead_stored = true;
	return error;
}

/* 2: names. */
static int write_names(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	bool wrote = false;
	int error = 0;

	while (!error && !list_empty(&sbi->dirty_dirs)) {
		struct ext2_inode_info *ei =
			list_entry(sbi->dirty_dirs.next, struct ext2_inode_info, i_dirty_dir);

		wrote = true;
		error = write_pages(&ei->vfs_inode);
		if (!error)
			error = filemap_fdatawait_range(ei->vfs_inode.i_mapping, 0,
							MAX_LFS_FILESIZE);
		if (!error)
			list_del_init(&ei->i_dirty_dir);
	}
	return !error && wrote ? flush(sb) : error;
}

/* Take the first inode from a list, or NULL. */
static struct ext2_inode_info *first_dirty(struct list_head *list)
{
	return list_empty(list) ? NULL : list_entry(list->next, struct ext2_inode_info, i_dirty);
}

/* 3: inodes that the disk knows, and what they lead to. */
static int write_inodes(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_inode_info *ei;
	LIST_HEAD(work);
	bool copied = false;
	int error = 0;

	list_splice_init(&sbi->dirty, &work);
	while (!error && (ei = first_dirty(&work))) {
		if (ext2_is_newborn(&ei->vfs_inode)) {
			list_move_tail(&ei->i_dirty, &sbi->dirty);
			continue;
		}
		copied = true;
		error = ext2_store_inode(&ei->vfs_inode);
	}
	list_splice_init(&work, &sbi->dirty);
	if (error)
		return error;
	return write_and_flush(sb, BIT(BDEV_ANY) | BIT(BDEV_ORDERED), copied);
}

/* Those newborns whose folder is on the disk. False: there are none. */
static bool begin_round(struct ext2_sb_info *sbi, struct list_head *round)
{
	struct ext2_inode_info *ei, *next;

	list_for_each_entry_safe (ei, next, &sbi->newborn, i_newborn) {
		bool waits = ei->i_parent && ei->i_parent->i_nlink;

		if (waits || !ei->vfs_inode.i_nlink)
			continue;
		ei->in_round = true;
		list_move_tail(&ei->i_newborn, round);
	}
	return !list_empty(round);
}

/* They are on the disk: those that wait for them can follow. */
static void end_round(struct ext2_sb_info *sbi, struct list_head *round)
{
	struct ext2_inode_info *ei, *next;

	list_for_each_entry (ei, &sbi->newborn, i_newborn)
		if (ei->i_parent && EXT2_I(ei->i_parent)->in_round)
			ei->i_parent = NULL;
	list_for_each_entry_safe (ei, next, round, i_newborn) {
		ei->in_round = false;
		list_del_init(&ei->i_newborn);
	}
}

/* 4: births. */
static int write_newborns(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_inode_info *ei;
	LIST_HEAD(round);
	int error = 0;

	while (!error && begin_round(sbi, &round)) {
		list_for_each_entry (ei, &round, i_newborn) {
			error = ext2_store_inode(&ei->vfs_inode);
			if (error)
				break;
		}
		if (!error)
			error = write_and_flush(sb, BIT(BDEV_ANY), true);
		if (!error)
			end_round(sbi, &round);
	}
	list_splice_init(&round, &sbi->newborn);
	return error;
}

static int write_all(struct super_block *sb)
{
	int error;

	EXT2_SB(sb)->flushed = false;
	error = write_contents(sb);
	if (!error)
		error = write_names(sb);
	if (!error)
		error = write_inodes(sb);
	if (!error)
		error = write_newborns(sb);
	if (!error && !EXT2_SB(sb)->flushed) /* what files wrote before, too */
		error = flush(sb);
	if (!error)
		ext2_release_pending(sb);
	if (!error)
		EXT2_SB(sb)->commits++;
	return error;
}

/* ---- commits --------------------------------------------------------------------------------- */

static void abort_writing(struct super_block *sb)
{
	ext2_error(sb, "commit", "the device fails; nothing is written any more");
	EXT2_SB(sb)->aborted = true;
	sb->s_flags |= MS_RDONLY;
}

static int try_commit(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int error = -EIO;

	down_write(&sbi->commit_sem);
	current->flags |= PF_MEMALLOC_NOFS;
	if (!sbi->aborted)
		error = write_all(sb);
	if (error && error != -ENOMEM && !sbi->aborted)
		abort_writing(sb);
	current->flags &= ~PF_MEMALLOC_NOFS;
	up_write(&sbi->commit_sem);
	return error && error != -ENOMEM ? -EIO : error;
}

/* Without memory a commit can begin again: what was written is as good as it was before. */
int ext2_commit(struct super_block *sb)
{
	int error;

	for (int tries = 0; tries < COMMIT_TRIES; tries++) {
		error = try_commit(sb);
		if (error != -ENOMEM)
			break;
		yield();
	}
	return error;
}

/* Is something on the disk not as it must be for what is in the file, or about it, to be found? */
static bool needs_commit(const struct inode *inode, bool datasync)
{
	const struct ext2_inode_info *ei = EXT2_I(inode);

	if (!inode->i_nlink)
		return false; /* nobody can ask for it after a power cut */
	return ext2_is_newborn(inode) || !list_empty(&ei->i_dirty_dir) || ei->datasync_dirty ||
	       (!datasync && !list_empty(&ei->i_dirty));
}

int ext2_sync_file(struct file *file, loff_t start, loff_t end, bool datasync)
{
	struct inode *inode = file->f_mapping->host;
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	bool needed;
	int error = 0;

	if (S_ISREG(inode->i_mode))
		error = filemap_write_and_wait_range(inode->i_mapping, start, end);
	if (error)
		return error;
	down_read(&sbi->commit_sem); /* a commit that has copied the inode must have ended */
	needed = needs_commit(inode, datasync);
	up_read(&sbi->commit_sem);
	return needed ? ext2_commit(inode->i_sb) : blkdev_issue_flush(inode->i_sb->s_bdev);
}
