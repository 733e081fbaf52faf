/*
 * What is free, but not yet.
 *
 * A block that a file gave up is still the file's on the disk, until the inode or the indirect
 * block that named it has been written. If it were given to another file before that, a power cut
 * could leave two files with one block, and e2fsck would have to ask whose it is. So what is freed
 * waits in a list, still marked as used in the bitmap, and the commit that has written what named
 * it clears the bits (commit.c). The same goes for the numbers of inodes.
 *
 *	ext2_free_blocks()            commit: the inodes and indirect blocks are on the disk
 *	used ------------> pending ----------------------------------------------------> free
 *
 * Files are freed from one end to the other, so that a neighbour of the block before comes next:
 * the list is short. It is too late to fail when an entry is needed: the file is gone. So the
 * memory for it is waited for, and at last taken from the reserves.
 *
 * Locks: alloc_mutex.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

/* Does `what` begin or end where the entry does the opposite? Then it becomes a part of it. */
static bool joined(struct ext2_pending *entry, const struct ext2_pending *what)
{
	if (entry->inodes || what->inodes)
		return false;
	if (entry->first + entry->count == what->first) {
		entry->count += what->count;
		return true;
	}
	if (what->first + what->count == entry->first) {
		entry->first = what->first;
		entry->count += what->count;
		return true;
	}
	return false;
}

static bool join_last(struct ext2_sb_info *sbi, const struct ext2_pending *what)
{
	return !list_empty(&sbi->pending) &&
	       joined(list_entry(sbi->pending.prev, struct ext2_pending, list), what);
}

void ext2_add_pending(struct ext2_sb_info *sbi, const struct ext2_pending *what)
{
	struct ext2_pending *entry;

	if (!join_last(sbi, what)) {
		entry = kmalloc(sizeof(*entry), GFP_NOFS | __GFP_NOFAIL);
		*entry = *what;
		list_add_tail(&entry->list, &sbi->pending);
	}
	if (what->inodes)
		sbi->pending_inodes += what->count;
	else
		sbi->pending_blocks += what->count;
}

/* The first entry, taken out; NULL: there is none. */
static struct ext2_pending *take_first(struct ext2_sb_info *sbi)
{
	struct ext2_pending *entry;

	if (list_empty(&sbi->pending))
		return NULL;
	entry = list_entry(sbi->pending.next, struct ext2_pending, list);
	list_del(&entry->list);
	return entry;
}

void ext2_release_pending(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_pending *entry;

	mutex_lock(&sbi->alloc_mutex);
	while ((entry = take_first(sbi))) {
		if (entry->inodes)
			ext2_release_inode(sb, entry->first, entry->is_dir);
		else
			ext2_release_blocks(sb, entry->first, entry->count);
		kfree(entry);
	}
	sbi->pending_blocks = sbi->pending_inodes = 0;
	mutex_unlock(&sbi->alloc_mutex);
}

void ext2_forget_pending(struct ext2_sb_info *sbi)
{
	struct ext2_pending *entry;

	while ((entry = take_first(sbi)))
		kfree(entry);
}
