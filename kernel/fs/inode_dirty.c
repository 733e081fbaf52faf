/*
 * Dirty inodes.
 *
 * An inode can be dirty in two ways: some of its pages are (I_DIRTY_PAGES), or what is kept in the
 * inode itself is (I_DIRTY_SYNC, I_DIRTY_DATASYNC). The first kind waits in its super_block's list
 * s_dirty, the oldest first, for the flusher (kernel/fs/fs_writeback.c); the second is the file
 * system's to remember, which knows in which order such things may be written: the super_block only
 * notes that there is something, and since when.
 *
 * File systems without a device have no sync_fs, and none of this happens to their inodes.
 *
 * Locks: inode_lock.
 */
#include "kernel/cpu/timer.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/super.h"

/* Its pages, or times, were clean until now. inode_lock is held. */
static void note_dirty(struct inode *inode, unsigned int flags)
{
	struct super_block *sb = inode->i_sb;

	if ((flags & I_DIRTY_PAGES) && !(inode->i_state & I_DIRTY_PAGES)) {
		inode->i_dirtied = jiffies;
		/* The flusher puts it back itself when it has written it. */
		if (!(inode->i_state & (I_SYNC | I_FREEING)))
			list_move_tail(&inode->i_wb_list, &sb->s_dirty);
	}
	if ((flags & (I_DIRTY_SYNC | I_DIRTY_DATASYNC)) && !sb->s_dirt) {
		sb->s_dirt = true;
		sb->s_dirtied = jiffies;
	}
	inode->i_state |= flags;
}

void __mark_inode_dirty(struct inode *inode, unsigned int flags)
{
	struct super_block *sb = inode->i_sb;

	if (!sb || !sb->s_op->sync_fs || (inode->i_state & flags) == flags)
		return;
	spin_lock(&inode_lock);
	note_dirty(inode, flags);
	spin_unlock(&inode_lock);
	flags &= I_DIRTY_SYNC | I_DIRTY_DATASYNC;
	if (flags && sb->s_op->dirty_inode)
		sb->s_op->dirty_inode(inode, flags);
}

void clear_inode_dirty(struct inode *inode, unsigned int flags)
{
	spin_lock(&inode_lock);
	inode->i_state &= ~flags;
	if (!(inode->i_state & (I_DIRTY_PAGES | I_SYNC)))
		list_del_init(&inode->i_wb_list);
	spin_unlock(&inode_lock);
}
