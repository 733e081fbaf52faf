/*
 * Forgetting names: those that nobody has used for a while, when memory is short; those of one
 * folder; and all of a file system that is unmounted.
 *
 * A dentry that goes drops its inode and its parent, which may become unused, or go, by that. The
 * inode of a file on a disk stays as unused (kernel/fs/inode_cache.c). Those that would have to be
 * evicted with their pages here are left alone: whoever wants a page should not have to wait for
 * that.
 *
 * Locks: dcache_lock; s_umount for reading (tried, never waited for), so that the file system is
 * not unmounted while a name of it goes.
 */
#include "kernel/fs/dcache_internal.h"
#include "kernel/panic.h"
#include "mm/gfp.h"
#include "mm/shrinker.h"

/* ---- when memory is short -------------------------------------------------------------------- */

/* Its inode either stays or goes without sleeping. dcache_lock is held. */
static bool may_go_at_once(const struct dentry *dentry)
{
	const struct inode *inode = dentry->d_inode;

	if (!inode || atomic_read(&inode->i_count) > 1)
		return true;
	if (hlist_unhashed(&inode->i_hash))
		return !inode->i_data.nrpages;
	return inode->i_nlink && dentry->d_sb->s_root; /* it is kept as unused */
}

/*
 * The oldest unused dentry that may go, among the next *budget, with s_umount held for reading: its
 * file system stays until the parents have been dropped, too. What is in use leaves the list, what
 * was used meanwhile or must stay goes to its end.
 */
static struct dentry *pick_unused(unsigned long *budget)
{
	for (; *budget && !list_empty(&dentry_unused); --*budget) {
		struct dentry *dentry = list_first_entry(&dentry_unused, struct dentry, d_lru);

		if (atomic_read(&dentry->d_count)) {
			dentry_remove_unused(dentry);
			continue;
		}
		if (!(dentry->d_flags & DCACHE_REFERENCED) && may_go_at_once(dentry) &&
		    down_read_trylock(&dentry->d_sb->s_umount))
			return dentry;
		dentry->d_flags &= ~DCACHE_REFERENCED;
		list_move_tail(&dentry->d_lru, &dentry_unused);
	}
	return NULL;
}

/*
 * Look at `nr` unused dentries, and at their parents that become so; forget them. How many. Who
 * cannot wait may be an interrupt that came while dcache_lock was held; and an inode that goes with
 * its name is the file system's business.
 */
static unsigned long prune_dcache(unsigned long nr, gfp_t gfp)
{
	unsigned long freed = 0;
	struct dentry *dentry;

	if (!(gfp & __GFP_FS))
		return 0;
	spin_lock(&dcache_lock);
	while ((dentry = pick_unused(&nr))) {
		struct super_block *sb = dentry->d_sb;

		dput(kill_dentry(dentry));
		up_read(&sb->s_umount);
		freed++;
		spin_lock(&dcache_lock);
	}
	spin_unlock(&dcache_lock);
	return freed;
}

static unsigned long count_dentries(void)
{
	return nr_unused_dentries;
}

static struct shrinker dcache_shrinker = {
	.name = "dentries",
	.count = count_dentries,
	.scan = prune_dcache,
};

void dcache_shrink_init(void)
{
	register_shrinker(&dcache_shrinker);
}

/* ---- parts of the tree ----------------------------------------------------------------------- */

static struct dentry *unused_child(struct dentry *parent)
{
	struct dentry *child;

	list_for_each_entry (child, &parent->d_subdirs, d_child)
		if (!atomic_read(&child->d_count))
			return child;
	return NULL;
}

void shrink_dcache_parent(struct dentry *parent)
{
	struct dentry *child;

	spin_lock(&dcache_lock);
	while ((child = unused_child(parent))) {
		dput(kill_dentry(child));
		spin_lock(&dcache_lock);
	}
	spin_unlock(&dcache_lock);
}

/* A dentry without children at or below `dentry`, which is held. */
static struct dentry *first_leaf(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	while (!list_empty(&dentry->d_subdirs))
		dentry = list_first_entry(&dentry->d_subdirs, struct dentry, d_child);
	atomic_inc(&dentry->d_count);
	spin_unlock(&dcache_lock);
	return dentry;
}

void shrink_dcache_for_umount(struct super_block *sb)
{
	struct dentry *root = sb->s_root, *leaf;

	sb->s_root = NULL;
	while ((leaf = first_leaf(root)) != root) {
		if (leaf->d_flags & DCACHE_PINNED)
			d_unpin(leaf);
		d_drop(leaf);
		WARN_ON(atomic_read(&leaf->d_count) != 1);
		dput(leaf);
	}
	d_drop(root);
	dput(root); /* first_leaf()'s */
	dput(root);
}
