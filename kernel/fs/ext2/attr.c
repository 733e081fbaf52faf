/*
 * Attributes of files: chmod(2), chown(2), utimensat(2), truncate(2), stat(2).
 *
 * A file is made shorter from the outside to the inside: what programs see (i_size, mappings,
 * cached pages) is gone before its blocks are.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "mm/filemap.h"

#define ATTR_OF_OWNERS \
	(ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_ATIME_SET | ATTR_MTIME_SET | ATTR_SIZE)

int ext2_permission(struct inode *inode, unsigned int mask)
{
	if ((mask & MAY_WRITE) && (EXT2_I(inode)->i_flags & EXT2_IMMUTABLE_FL))
		return -EPERM;
	return generic_permission(inode, mask);
}

int ext2_may_lose_name(const struct inode *dir, const struct inode *inode)
{
	u32 flags = EXT2_I(inode)->i_flags | (EXT2_I(dir)->i_flags & EXT2_APPEND_FL);

	return flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL) ? -EPERM : 0;
}

int ext2_file_open(struct inode *inode, struct file *file)
{
	bool writes_anywhere = (file->f_mode & FMODE_WRITE) && !(file->f_flags & O_APPEND);

	return writes_anywhere && (EXT2_I(inode)->i_flags & EXT2_APPEND_FL) ? -EPERM : 0;
}

/* An immutable file stays as it is; one that is for appending may only grow. */
static int check_flags(const struct inode *inode, const struct iattr *attr)
{
	u32 flags = EXT2_I(inode)->i_flags;

	if ((flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL)) && (attr->ia_valid & ATTR_OF_OWNERS))
		return -EPERM;
	return 0;
}

static int set_size(struct inode *inode, loff_t size)
{
	loff_t old = i_size_read(inode);
	int error;

	if (size == old)
		return 0;
	/* What lies behind the end in the same block must be zero when the file grows over it. */
	error = mpage_zero_tail(inode->i_mapping, min(size, old), ext2_get_block);
	if (error)
		return error;
	if (size < old)
		EXT2_I(inode)->i_size_before = old;
	truncate_setsize(inode, size);
	mark_inode_dirty(inode);
	if (size < old)
		ext2_truncate_blocks(inode, size);
	else
		ext2_size_grown(inode, old);
	return 0;
}

int ext2_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	int error = check_flags(inode, attr);

	if (!error)
		error = setattr_prepare(dentry, attr);
	if (!error && (attr->ia_valid & ATTR_SIZE) && S_ISREG(inode->i_mode)) {
		error = set_size(inode, attr->ia_size);
		inode->i_mtime = inode->i_ctime = current_time();
	}
	if (error)
		return error;
	setattr_copy(inode, attr);
	mark_inode_dirty(inode);
	return 0;
}

int ext2_getattr(struct dentry *dentry, struct kstat *stat)
{
	generic_fillattr(dentry->d_inode, stat);
	/* As they will be when they have been on the disk. */
	stat->atime.tv_nsec = stat->mtime.tv_nsec = stat->ctime.tv_nsec = 0;
	return 0;
}
