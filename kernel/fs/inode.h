/* Making inodes, and what most file systems do with them. */
#ifndef FOLIO_FS_INODE_H
#define FOLIO_FS_INODE_H

#include "kernel/fs/fs.h"

/*
 * new_inode - an inode of sb with one reference, a number, all times now. NULL: no memory. May
 * sleep.
 */
struct inode *new_inode(struct super_block *sb);

/*
 * inode_init_once - for s_op->alloc_inode: all fields of fresh memory. set_special_fops - what
 * opening nodes of a type (S_IFCHR, S_IFBLK, S_IFIFO) does; boot; until then -ENXIO.
 */
void inode_init_once(struct inode *inode);
void set_special_fops(u32 type, const struct file_operations *fops);

/*
 * iget_locked - the inode of that number, with a reference: a cached one, or a new one with I_NEW
 * in i_state, which the file system fills and then gives to unlock_new_inode(), or to iget_failed()
 * if it cannot (s_op->evict_inode is called, with i_nlink 1). Others who ask for the number wait
 * meanwhile. NULL: no memory. May sleep.
 * insert_inode_hash - a new inode that got its number (i_ino) otherwise, a file that was made, can
 * be found by it, and stays cached when it is unused. Does not sleep.
 * ilookup - a cached one with a reference, or NULL; waits for one that is coming or going.
 * igrab - a reference to an inode of some list, which may be unused; NULL: it is going. The caller
 * sees to it that it has not gone; who holds inode_lock already tests I_FREEING and counts by
 * himself. Does not sleep.
 */
struct inode *iget_locked(struct super_block *sb, unsigned long ino);
void unlock_new_inode(struct inode *inode);
void iget_failed(struct inode *inode);
void insert_inode_hash(struct inode *inode);
struct inode *ilookup(struct super_block *sb, unsigned long ino);
struct inode *igrab(struct inode *inode);

/*
 * mark_inode_dirty - it must be written some time (I_DIRTY_*); I_DIRTY_PAGES puts it in front of
 * the flusher. Nothing happens for inodes of file systems without a device. Does not sleep.
 */
void __mark_inode_dirty(struct inode *inode, unsigned int flags);
static inline void mark_inode_dirty(struct inode *inode)
{
	__mark_inode_dirty(inode, I_DIRTY_SYNC | I_DIRTY_DATASYNC);
}

/*
 * clear_inode_dirty - these I_DIRTY_* are true no longer: a file system has copied the inode to its
 * place. Does not sleep.
 */
void clear_inode_dirty(struct inode *inode, unsigned int flags);

/*
 * invalidate_inodes - forget the unused inodes of a super_block that is unmounted, clean or not
 * (what could be written was written before). True: some are in use still. prune_inodes - look at
 * the `nr` oldest unused inodes, and free those that are clean, with their clean pages; how many.
 * Both may sleep; the second may not be called by who holds locks of a file system.
 */
bool invalidate_inodes(struct super_block *sb);
unsigned long prune_inodes(unsigned long nr);

/*
 * i_size_read, i_size_write - i_size is two words: read it in one piece. Writers hold i_mutex.
 * (With one processor and no preemption in the kernel it always is.)
 */
static inline loff_t i_size_read(const struct inode *inode)
{
	return inode->i_size;
}
static inline void i_size_write(struct inode *inode, loff_t size)
{
	inode->i_size = size;
}

/* current_time - now, as inodes keep it. */
struct timespec64 current_time(void);

/* touch_atime, file_update_time - after a read (relatime); before a write (mtime, ctime). */
void touch_atime(const struct path *path);
void file_update_time(struct file *file);
static inline void file_accessed(struct file *file)
{
	if (!(file->f_flags & O_NOATIME))
		touch_atime(&file->f_path);
}

/* generic_permission - mode bits against the current task's fsuid and fsgid. 0 or -EACCES. */
int generic_permission(struct inode *inode, unsigned int mask);
/* inode_permission - what may be done to a file at all, file system and mode bits. */
int inode_permission(struct inode *inode, unsigned int mask);
#define MAY_EXEC  1u
#define MAY_WRITE 2u
#define MAY_READ  4u

/*
 * generic_fillattr - kstat from the inode. setattr_prepare - may it be done? setattr_copy - do it.
 */
void generic_fillattr(const struct inode *inode, struct kstat *stat);
int setattr_prepare(struct dentry *dentry, const struct iattr *attr);
void setattr_copy(struct inode *inode, const struct iattr *attr);

/* notify_change - change attributes by way of i_op->setattr; i_mutex is held. 0 or -errno. */
int notify_change(struct dentry *dentry, struct iattr *attr);

/* inode_owner_or_capable - is the current task the file's owner, or root? */
bool inode_owner_or_capable(const struct inode *inode);

/* vfs_getattr - what stat(2) tells about a place. 0 or -errno. May sleep. */
int vfs_getattr(const struct path *path, struct kstat *stat);

/*
 * file_remove_privs - before writing: set-user-id and set-group-id end, unless root writes. i_mutex
 * is held.
 */
int file_remove_privs(struct file *file);

/* inode_inc_link, inode_dec_link - i_nlink, and ctime. */
void inode_inc_link(struct inode *inode);
void inode_dec_link(struct inode *inode);

/* init_special_inode - i_fop of a device node or FIFO by its mode. */
void init_special_inode(struct inode *inode, u32 mode, dev_t dev);

/*
 * get_write_access - one more opens it for writing; deny_write_access - it is being run. 0 or
 * -ETXTBSY.
 */
int get_write_access(struct inode *inode);
void put_write_access(struct inode *inode);
int deny_write_access(struct file *file);
void allow_write_access(struct file *file);

void inode_cache_init(void);

#endif
