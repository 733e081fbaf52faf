/*
 * The dentry cache: names of the tree that were looked up, those that do not exist
 * included. Hashed by parent and name; unused ones stay until memory is short.
 */
#ifndef FOLIO_FS_DCACHE_H
#define FOLIO_FS_DCACHE_H

#include "kernel/fs/fs.h"

/* dentry->d_flags */
#define DCACHE_REFERENCED 0x1u /* used since the shrinker last looked */
#define DCACHE_HASHED	  0x2u
#define DCACHE_NOPATH	  0x4u /* of no tree: a pipe, a deleted file; shown by d_dname */
#define DCACHE_PINNED	  0x8u /* the file system keeps a reference: there is no other copy */

extern spinlock_t dcache_lock;

/* full_name_hash - of one name within a folder; the other two are its steps, for the walk. */
u32 full_name_hash(const char *name, unsigned int len);
#define NAME_HASH_START 2166136261u
static inline u32 name_hash_add(u32 hash, unsigned char c)
{
	return (hash ^ c) * 16777619u;
}

/*
 * d_alloc - a new dentry of `name` in `parent` (takes a reference on it), one reference, not
 * hashed, without an inode. d_alloc_root - of
 * a root inode (takes over the inode's reference). d_alloc_pseudo - of no tree. NULL: no memory.
 * May sleep.
 */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);
struct dentry *d_alloc_root(struct super_block *sb, struct inode *root);
struct dentry *d_alloc_pseudo(struct super_block *sb, const char *name);

/*
 * d_add - hash a new dentry and give it its inode (takes over the reference); NULL: negative.
 * d_instantiate - a negative dentry becomes that of `inode` (the same).
 * d_delete - its file has gone: make it negative, or unhash it if it is in use. d_drop - unhash it.
 * d_move - it is now called what `target` was, there. The folders' i_mutexes are held.
 */
void d_add(struct dentry *dentry, struct inode *inode);
void d_instantiate(struct dentry *dentry, struct inode *inode);
void d_delete(struct dentry *dentry);
void d_drop(struct dentry *dentry);
void d_move(struct dentry *dentry, struct dentry *target);

/*
 * d_pin - for file systems whose tree is the dentry cache: the dentry, which has an inode now,
 * stays with a reference of its own until d_unpin(). It moves to the end of its parent's d_subdirs,
 * and d_fsdata becomes a number above that of all others there: its place for readdir. i_mutex of
 * the folder is held.
 */
void d_pin(struct dentry *dentry);
void d_unpin(struct dentry *dentry);

/*
 * d_unhashed - is it to be found by name no more? d_is_ancestor - is `a` above (or equal to) `d`?
 */
static inline bool d_unhashed(const struct dentry *dentry)
{
	return !(dentry->d_flags & DCACHE_HASHED);
}
bool d_is_ancestor(const struct dentry *a, const struct dentry *d);

/* d_lookup - the cached child of that name and hash, with a reference, or NULL. */
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name);

/*
 * dget, dput - take and drop a reference; with the last one a dentry becomes unused. dput may
 * sleep.
 */
static inline struct dentry *dget(struct dentry *dentry)
{
	atomic_inc(&dentry->d_count);
	return dentry;
}
void dput(struct dentry *dentry);

/*
 * d_path - the path of a place as the current task's root shows it, built at the end of buf; names
 * without a place get " (deleted)" or what d_dname says. Start of the text, or
 * ERR_PTR(-ENAMETOOLONG).
 */
char *d_path(const struct path *path, char *buf, size_t size);

/*
 * place_text - the path of a place below `root`, at the end of buf. *reached gets whether the walk
 * upwards met `root`; without, the text begins where it ended. Start of the text, or
 * ERR_PTR(-ENAMETOOLONG).
 */
char *place_text(const struct path *path, const struct path *root, char *buf, size_t size,
		 bool *reached);

/*
 * shrink_dcache_parent - forget the unused children of a dentry that have no children themselves.
 * May sleep.
 */
void shrink_dcache_parent(struct dentry *parent);

/*
 * shrink_dcache_for_umount - the whole tree of a super_block goes, pinned dentries too; nobody uses
 * it. May sleep.
 */
void shrink_dcache_for_umount(struct super_block *sb);

/*
 * alloc_hash_table - an empty table of 2^*bits buckets: one for each `pages` pages of low memory,
 * 256 at least. Panics without memory. Boot, after slab.
 */
struct hlist_head *alloc_hash_table(unsigned int pages, unsigned int *bits);

/* dcache_init - boot, after slab. */
void dcache_init(void);

#endif
