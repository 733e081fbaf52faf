/* Super blocks: one for each file system in use, and the types that there are. */
#ifndef FOLIO_FS_SUPER_H
#define FOLIO_FS_SUPER_H

#include "kernel/fs/fs.h"

extern spinlock_t inode_lock; /* the lists of inodes, i_state (kernel/fs/inode_cache.c) */

/* vfs_init - the caches of dentries, inodes, files and names. Boot, after slab. */
void vfs_init(void);

/* get_fs_type - the registered type of that name, or NULL. Any process context. */
struct file_system_type *get_fs_type(const char *name);

/*
 * get_super - a super_block of `type` with one user: a new one, or that of all its mounts
 * (FS_SINGLE). ERR_PTR(-ENOMEM, or what fill_super says). May sleep.
 * deactivate_super - drop a user; with the last one everything goes. May sleep.
 */
struct super_block *get_super(struct file_system_type *type, unsigned long flags,
			      const char *dev_name, const char *data);
void deactivate_super(struct super_block *sb);

/*
 * remount_super - change its MS_* flags. 0, -EBUSY (files are open for writing), or the file
 * system's.
 */
int remount_super(struct super_block *sb, unsigned long flags, const char *data);

/* sync_super - write what is dirty, and wait. sync_supers - of all. 0 or -errno. May sleep. */
int sync_super(struct super_block *sb);
void sync_supers(void);

#endif
