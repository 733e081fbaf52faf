/*
 * The dentry cache.
 *
 * A walk through the tree asks for one name in one folder at a time. Each answer is
 * kept: a dentry with an inode, or without one (a negative dentry: the name does not
 * exist, which shells with their PATH ask all day). The hash table finds
 * a dentry by its parent's address and its name.
 *
 *	d_count > 0                     in use: a file, a walk, a child, a mount
 *	d_count == 0, hashed            unused: in dentry_unused, oldest first, until
 *	                                memory is short (kernel/fs/dcache_shrink.c)
 *	d_count == 0, not hashed        goes at once
 *
 * A child holds a reference to its parent, so the cache has no holes on the way to the root.
 * A dentry in use may still stand in dentry_unused from the time before: taking it
 * out at each use would cost more than passing it over when memory is short.
 *
 * ramfs and its kin have no disk to look a name up again: they pin their dentries, and the
 * cache itself is their tree.
 *
 * Locks: dcache_lock covers the hash table, all lists, d_flags, and the step of d_count from
 * 1 to 0. Names and parents change with the folders' i_mutexes held as well.
 */
#include "kernel/fs/dcache_internal.h"

#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/hash.h"
#include "kernel/lib/string.h"
#include "kernel/panic.h"
#include "mm/page.h"
#include "mm/slab.h"

DEFINE_SPINLOCK(dcache_lock);

static struct kmem_cache *dentry_cache;
static struct hlist_head *dentry_hashtable;
static unsigned int d_hash_bits;
struct list_head dentry_unused = LIST_HEAD_INIT(dentry_unused);
unsigned long nr_unused_dentries;

/* ---- names ----------------------------------------------------------------------------------- */

/* FNV-1a (Fowler, Noll, Vo): exclusive or, then multiply by the prime. */
u32 full_name_hash(const char *name, unsigned int len)
{
	u32 hash = NAME_HASH_START;

	while (len--)
		hash = name_hash_add(hash, (unsigned char)*name++);
	return hash;
}

static struct hlist_head *d_bucket(const struct dentry *parent, u32 hash)
{
	return &dentry_hashtable[hash_32(hash ^ (u32)(unsigned long)parent >> 5, d_hash_bits)];
}

static bool has_inline_name(const struct dentry *dentry)
{
	return dentry->d_name.name == dentry->d_iname;
}

static int copy_name(struct dentry *dentry, const struct qstr *name)
{
	char *copy = dentry->d_iname;

	if (name->len >= DNAME_INLINE_LEN) {
		copy = kmalloc(name->len + 1, GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
	}
	memcpy(copy, name->name, name->len);
	copy[name->len] = 0;
	dentry->d_name = (struct qstr){.name = copy, .len = name->len, .hash = name->hash};
	return 0;
}

/* ---- making ---------------------------------------------------------------------------------- */

/* A dentry that is its own parent. */
static struct dentry *alloc_dentry(struct super_block *sb, const struct qstr *name)
{
	struct dentry *dentry = kmem_cache_alloc(dentry_cache, GFP_KERNEL);

	if (!dentry)
		return NULL;
	if (copy_name(dentry, name)) {
		kmem_cache_free(dentry_cache, dentry);
		return NULL;
	}
	atomic_set(&dentry->d_count, 1);
	dentry->d_flags = 0;
	dentry->d_inode = NULL;
	dentry->d_parent = dentry;
	INIT_HLIST_NODE(&dentry->d_hash);
	INIT_LIST_HEAD(&dentry->d_lru);
	INIT_LIST_HEAD(&dentry->d_child);
	INIT_LIST_HEAD(&dentry->d_subdirs);
	INIT_LIST_HEAD(&dentry->d_alias);
	dentry->d_op = sb->s_d_op;
	dentry->d_sb = sb;
	dentry->d_mounted = 0;
	dentry->d_fsdata = NULL;
	return dentry;
}

struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry = alloc_dentry(parent->d_sb, name);

	if (!dentry)
		return NULL;
	dentry->d_parent = dget(parent);
	spin_lock(&dcache_lock);
	list_add(&dentry->d_child, &parent->d_subdirs);
	spin_unlock(&dcache_lock);
	return dentry;
}

static struct qstr make_qstr(const char *name)
{
	unsigned int len = (unsigned int)strlen(name);

	return (struct qstr){.name = name, .len = len, .hash = full_name_hash(name, len)};
}

struct dentry *d_alloc_root(struct super_block *sb, struct inode *root)
{
	struct qstr slash = make_qstr("/");
	struct dentry *dentry = alloc_dentry(sb, &slash);

	if (dentry)
		d_instantiate(dentry, root);
	return dentry;
}

struct dentry *d_alloc_pseudo(struct super_block *sb, const char *name)
{
	struct qstr q = make_qstr(name);
	struct dentry *dentry = alloc_dentry(sb, &q);

	if (dentry)
		dentry->d_flags |= DCACHE_NOPATH;
	return dentry;
}

/* ---- dentry and inode ------------------------------------------------------------------------ */

static void attach_inode(struct dentry *dentry, struct inode *inode)
{
	dentry->d_inode = inode;
	if (inode)
		list_add(&dentry->d_alias, &inode->i_dentry);
}

/* The inode's reference is the caller's then. */
static struct inode *detach_inode(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	if (inode) {
		list_del_init(&dentry->d_alias);
		dentry->d_inode = NULL;
	}
	return inode;
}

static void hash_dentry(struct dentry *dentry)
{
	hlist_add_head(&dentry->d_hash, d_bucket(dentry->d_parent, dentry->d_name.hash));
	dentry->d_flags |= DCACHE_HASHED;
}

static void unhash_dentry(struct dentry *dentry)
{
	hlist_del_init(&dentry->d_hash);
	dentry->d_flags &= ~DCACHE_HASHED;
}

/* Folders are locked one inside the other, in an order that rank numbers cannot tell. */
static void name_lock_of_folder(struct inode *inode)
{
	if (inode && S_ISDIR(inode->i_mode))
		lock_debug_init(&inode->i_mutex.debug, "i_mutex of a folder", LOCK_RANK_NONE);
}

void d_add(struct dentry *dentry, struct inode *inode)
{
	name_lock_of_folder(inode);
	spin_lock(&dcache_lock);
	attach_inode(dentry, inode);
	hash_dentry(dentry);
	spin_unlock(&dcache_lock);
}

void d_instantiate(struct dentry *dentry, struct inode *inode)
{
	name_lock_of_folder(inode);
	spin_lock(&dcache_lock);
	attach_inode(dentry, inode);
	spin_unlock(&dcache_lock);
}

void d_drop(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	unhash_dentry(dentry);
	spin_unlock(&dcache_lock);
}

void d_delete(struct dentry *dentry)
{
	struct inode *inode = NULL;

	spin_lock(&dcache_lock);
	if (atomic_read(&dentry->d_count) == 1)
		inode = detach_inode(dentry);
	else
		unhash_dentry(dentry);
	spin_unlock(&dcache_lock);
	if (inode)
		iput(inode);
}

static void swap_names(struct dentry *a, struct dentry *b)
{
	bool a_inline = has_inline_name(a), b_inline = has_inline_name(b);
	char text[DNAME_INLINE_LEN];

	memcpy(text, a->d_iname, sizeof(text));
	memcpy(a->d_iname, b->d_iname, sizeof(text));
	memcpy(b->d_iname, text, sizeof(text));
	swap(a->d_name, b->d_name);
	if (b_inline)
		a->d_name.name = a->d_iname;
	if (a_inline)
		b->d_name.name = b->d_iname;
}

/* Where readdir finds a pinned dentry: behind all that are there. dcache_lock is held. */
static void give_place(struct dentry *dentry)
{
	static unsigned long last;

	dentry->d_fsdata = (void *)++last;
	list_move_tail(&dentry->d_child, &dentry->d_parent->d_subdirs);
}

/* `target` is left with the old name, unhashed: nobody finds it there. */
void d_move(struct dentry *dentry, struct dentry *target)
{
	spin_lock(&dcache_lock);
	unhash_dentry(dentry);
	unhash_dentry(target);
	swap_names(dentry, target);
	swap(dentry->d_parent, target->d_parent);
	list_move_tail(&target->d_child, &target->d_parent->d_subdirs);
	if (dentry->d_flags & DCACHE_PINNED)
		give_place(dentry);
	else
		list_move_tail(&dentry->d_child, &dentry->d_parent->d_subdirs);
	hash_dentry(dentry);
	spin_unlock(&dcache_lock);
}

/* ---- finding --------------------------------------------------------------------------------- */

static bool same_name(const struct dentry *dentry, const struct qstr *name)
{
	return dentry->d_name.hash == name->hash && dentry->d_name.len == name->len &&
	       !memcmp(dentry->d_name.name, name->name, name->len);
}

struct dentry *d_lookup(struct dentry *parent, const struct qstr *name)
{
	struct dentry *dentry;

	spin_lock(&dcache_lock);
	hlist_for_each_entry (dentry, d_bucket(parent, name->hash), d_hash) {
		if (dentry->d_parent == parent && same_name(dentry, name)) {
			dentry->d_flags |= DCACHE_REFERENCED;
			atomic_inc(&dentry->d_count);
			break;
		}
	}
	spin_unlock(&dcache_lock);
	return dentry;
}

/* ---- the end --------------------------------------------------------------------------------- */

static void keep_unused(struct dentry *dentry)
{
	if (!list_empty(&dentry->d_lru))
		return;
	list_add_tail(&dentry->d_lru, &dentry_unused);
	nr_unused_dentries++;
}

void dentry_remove_unused(struct dentry *dentry)
{
	if (list_empty(&dentry->d_lru))
		return;
	list_del_init(&dentry->d_lru);
	nr_unused_dentries--;
}

struct dentry *kill_dentry(struct dentry *dentry)
{
	struct dentry *parent = dentry->d_parent != dentry ? dentry->d_parent : NULL;
	struct inode *inode = detach_inode(dentry);

	unhash_dentry(dentry);
	dentry_remove_unused(dentry);
	list_del_init(&dentry->d_child);
	spin_unlock(&dcache_lock);
	if (inode)
		iput(inode);
	if (!has_inline_name(dentry))
		kfree(dentry->d_name.name);
	kmem_cache_free(dentry_cache, dentry);
	return parent;
}

/* The last reference is about to go: true when it did, with dcache_lock held. */
static bool drop_last(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	if (atomic_dec_and_test(&dentry->d_count))
		return true;
	spin_unlock(&dcache_lock);
	return false;
}

static bool worth_keeping(const struct dentry *dentry)
{
	return !d_unhashed(dentry) &&
	       !(dentry->d_op && dentry->d_op->d_delete && dentry->d_op->d_delete(dentry));
}

void dput(struct dentry *dentry)
{
	while (dentry) {
		if (atomic_dec_unless_one(&dentry->d_count) || !drop_last(dentry))
			return;
		if (worth_keeping(dentry)) {
			keep_unused(dentry);
			spin_unlock(&dcache_lock);
			return;
		}
		dentry = kill_dentry(dentry);
	}
}

void d_pin(struct dentry *dentry)
{
	dget(dentry);
	spin_lock(&dcache_lock);
	dentry->d_flags |= DCACHE_PINNED;
	give_place(dentry);
	spin_unlock(&dcache_lock);
}

void d_unpin(struct dentry *dentry)
{
	spin_lock(&dcache_lock);
	dentry->d_flags &= ~DCACHE_PINNED;
	spin_unlock(&dcache_lock);
	dput(dentry);
}

/* ---- boot ------------------------------------------------------------------------------------ */

struct hlist_head *alloc_hash_table(unsigned int pages, unsigned int *bits)
{
	struct hlist_head *table;

	*bits = 8;
	while (pages << *bits < max_low_pfn && (2ul << *bits) * sizeof(*table) <= KMALLOC_MAX_SIZE)
		++*bits;
	table = kzalloc(sizeof(*table) << *bits, GFP_KERNEL);
	if (!table)
		panic("Too little memory: no table of names can be made");
	return table;
}

void dcache_init(void)
{
	dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 0, SLAB_PANIC, NULL);
	dentry_hashtable = alloc_hash_table(8, &d_hash_bits);
	dcache_shrink_init();
}
