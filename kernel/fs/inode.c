/*
 * What inodes of all file systems have in common: times, links, nodes of devices, and who may write
 * to a file while it is run. How inodes come and go is in kernel/fs/inode_cache.c.
 */
#include "kernel/fs/inode.h"

#include "kernel/cpu/clock.h"
#include "kernel/cred.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/math64.h"

/* ---- time ------------------------------------------------------------------------------------ */

struct timespec64 current_time(void)
{
	struct timespec64 now;
	u32 nsec;

	now.tv_sec = (s64)div_u64_rem(ktime_get_real_ns(), NSEC_PER_SEC, &nsec);
	now.tv_nsec = (long)nsec;
	return now;
}

static int compare_times(const struct timespec64 *a, const struct timespec64 *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return a->tv_nsec < b->tv_nsec ? -1 : a->tv_nsec > b->tv_nsec;
}

#define RELATIME_SECONDS (24 * 60 * 60)

/*
 * Was it read since it was changed last, and within a day? Then the time of the last read is good
 * enough.
 */
static bool atime_is_recent(const struct inode *inode, const struct timespec64 *now)
{
	return compare_times(&inode->i_atime, &inode->i_mtime) > 0 &&
	       compare_times(&inode->i_atime, &inode->i_ctime) > 0 &&
	       now->tv_sec - inode->i_atime.tv_sec < RELATIME_SECONDS;
}

void touch_atime(const struct path *path)
{
	struct inode *inode = path->dentry->d_inode;
	struct timespec64 now;

	if (!inode->i_sb || (inode->i_sb->s_flags & (MS_NOATIME | MS_RDONLY)) ||
	    (path->mnt->mnt_flags & (MS_NOATIME | MS_RDONLY)))
		return;
	now = current_time();
	if (atime_is_recent(inode, &now))
		return;
	inode->i_atime = now;
	__mark_inode_dirty(inode, I_DIRTY_SYNC);
}

void file_update_time(struct file *file)
{
	struct inode *inode = file->f_inode;

	inode->i_mtime = inode->i_ctime = current_time();
	__mark_inode_dirty(inode, I_DIRTY_SYNC);
}

/* ---- names and nodes ------------------------------------------------------------------------- */

void inode_inc_link(struct inode *inode)
{
	inode->i_nlink++;
	inode->i_ctime = current_time();
}

void inode_dec_link(struct inode *inode)
{
	inode->i_nlink--;
	inode->i_ctime = current_time();
}

static int no_open(struct inode *inode, struct file *file)
{
	(void)inode;
	(void)file;
	return -ENXIO;
}

static const struct file_operations no_open_fops = {.open = no_open};

/* By the type's four bits. */
static const struct file_operations *special_fops[16];

void set_special_fops(u32 type, const struct file_operations *fops)
{
	special_fops[DT_OF(type)] = fops;
}

void init_special_inode(struct inode *inode, u32 mode, dev_t dev)
{
	const struct file_operations *fops = special_fops[DT_OF(mode)];

	inode->i_mode = mode;
	if (S_ISCHR(mode) || S_ISBLK(mode))
		inode->i_rdev = dev;
	inode->i_fop = fops ? fops : &no_open_fops;
}

/* ---- writers against runners ----------------------------------------------------------------- */

int get_write_access(struct inode *inode)
{
	if (atomic_read(&inode->i_writecount) < 0)
		return -ETXTBSY;
	atomic_inc(&inode->i_writecount);
	return 0;
}

void put_write_access(struct inode *inode)
{
	atomic_dec(&inode->i_writecount);
}

int deny_write_access(struct file *file)
{
	if (atomic_read(&file->f_inode->i_writecount) > 0)
		return -ETXTBSY;
	atomic_dec(&file->f_inode->i_writecount);
	return 0;
}

void allow_write_access(struct file *file)
{
	if (file)
		atomic_inc(&file->f_inode->i_writecount);
}
