/* What the files of the dentry cache share. */
#ifndef FOLIO_FS_DCACHE_INTERNAL_H
#define FOLIO_FS_DCACHE_INTERNAL_H

#include "kernel/fs/dcache.h"

/*
 * The unused dentries, oldest first, and those that stand there from the time before they were used
 * again; how many. dcache_lock.
 */
extern struct list_head dentry_unused;
extern unsigned long nr_unused_dentries;

/* dentry_remove_unused - take one off that list, if it is there. dcache_lock is held. */
void dentry_remove_unused(struct dentry *dentry);

/*
 * kill_dentry - take an unused dentry apart. Called with dcache_lock, which is released. Returns
 * the parent, whose reference is the caller's to drop; NULL: it was a root. May sleep when its
 * inode is evicted.
 */
struct dentry *kill_dentry(struct dentry *dentry);

/* dcache_shrink_init - sign up for giving memory back. From dcache_init(). */
void dcache_shrink_init(void);

#endif
