/*
 * The life of inodes.
 *
 *	            iget_locked              unlock_new_inode
 *	(no inode) ------------> [I_NEW] ---------------------> [in use, i_count > 0]
 *	     ^                      | iget_failed                    |  ^
 *	     |                      v                  the last iput |  | iget_locked, igrab,
 *	     '------------- [I_FREEING] <----+---------------------> v  | ilookup
 *	        evict_inode                  |   no name,     [unused, i_count 0]
 *	                                     |   not hashed          |
 *	                                     '-----------------------'
 *	                                        prune_inodes, invalidate_inodes
 *
 * File systems on disks know their files by numbers. The hash table finds the inode of a number in
 * a super_block, so that a file which has two names, or is looked up by two tasks, is one inode.
 * Reading it in takes time: it is hashed first, with I_NEW, and whoever else asks for it waits.
 * When the last user has gone the inode stays, with its cached pages, in the list of unused
 * inodes, oldest first, until memory is short or the file system is unmounted. One that is used
 * again may still stand in the list: it is taken out when the list is looked through.
 *
 * What is not hashed (ramfs, /proc, pipes) cannot be found again, and goes with its last user. So
 * does a file without a name (i_nlink is 0): evicting it is what deletes it on the disk, which
 * takes time again. Until it is done the inode stays hashed with I_FREEING, and who asks for its
 * number waits and asks again: what is on the disk is not true before.
 *
 * Dirty inodes and those with dirty pages are not pruned: whoever writes them (the flusher, the
 * file system's commit) has to be first. Pages of an inode that is pruned go with it; it gets a
 * second chance for them.
 *
 * Locks: inode_lock covers the hash table, all lists of inodes, i_state, and the step of i_count
 * from 1 to 0 and from 0 to 1. s_op->evict_inode is called without; I_FREEING keeps all others
 * away.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/super.h"
#include "kernel/lib/hash.h"
#include "kernel/lib/string.h"
#include "kernel/wait.h"
#include "mm/filemap.h"
#include "mm/shrinker.h"
#include "mm/slab.h"

DEFINE_SPINLOCK(inode_lock);

static struct kmem_cache *inode_cache;
static struct hlist_head *inode_hashtable;
static unsigned int i_hash_bits;

static LIST_HEAD(inode_unused);
static unsigned long nr_unused;

/* Those who wait until some inode with I_FREEING has gone: not on the inode, which is freed. */
static DECLARE_WAIT_QUEUE_HEAD(inode_gone);

/* ---- making ---------------------------------------------------------------------------------- */

static unsigned long next_ino(void)
{
	static unsigned long last;

	return ++last;
}

static void init_mapping(struct address_space *mapping, struct inode *host)
{
	mapping->host = host;
	INIT_RADIX_TREE(&mapping->page_tree);
	spin_lock_init(&mapping->tree_lock, "tree_lock");
	mapping->i_mmap = RB_ROOT;
	spin_lock_init_rank(&mapping->i_mmap_lock, "i_mmap_lock", LOCK_RANK_I_MMAP);
	mapping->gfp_mask = GFP_HIGHUSER;
}

void inode_init_once(struct inode *inode)
{
	memset(inode, 0, sizeof(*inode));
	atomic_set(&inode->i_count, 1);
	inode->i_nlink = 1;
	inode->i_mapping = &inode->i_data;
	init_mapping(&inode->i_data, inode);
	mutex_init_rank(&inode->i_mutex, "i_mutex", LOCK_RANK_I_MUTEX);
	INIT_HLIST_NODE(&inode->i_hash);
	INIT_LIST_HEAD(&inode->i_sb_list);
	INIT_LIST_HEAD(&inode->i_wb_list);
	INIT_LIST_HEAD(&inode->i_lru);
	INIT_LIST_HEAD(&inode->i_dentry);
}

void inode_init(struct inode *inode, u64 size, void (*release)(struct inode *))
{
	inode_init_once(inode);
	inode->i_ino = next_ino();
	inode->i_mode = S_IFREG | 0600;
	inode->i_size = (loff_t)size;
	inode->i_release = release;
}

/* An inode of nobody's list. */
static struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode;

	if (sb->s_op->alloc_inode) {
		inode = sb->s_op->alloc_inode(sb);
	} else {
		inode = kmem_cache_alloc(inode_cache, GFP_KERNEL);
		if (inode)
			inode_init_once(inode);
	}
	if (inode)
		inode->i_sb = sb;
	return inode;
}

static void destroy_inode(struct inode *inode, const struct super_operations *op)
{
	if (op->destroy_inode)
		op->destroy_inode(inode);
	else
		kmem_cache_free(inode_cache, inode);
}

struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = alloc_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = next_ino();
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time();
	spin_lock(&inode_lock);
	list_add(&inode->i_sb_list, &sb->s_inodes);
	spin_unlock(&inode_lock);
	return inode;
}

/* ---- finding --------------------------------------------------------------------------------- */

static struct hlist_head *i_bucket(const struct super_block *sb, unsigned long ino)
{
	return &inode_hashtable[hash_long(ino ^ (unsigned long)sb >> 5, i_hash_bits)];
}

/* inode_lock is held. */
static struct inode *find_inode(const struct super_block *sb, unsigned long ino)
{
	struct inode *inode;

	hlist_for_each_entry (inode, i_bucket(sb, ino), i_hash)
		if (inode->i_ino == ino && inode->i_sb == sb)
			break;
	return inode;
}

static void hash_inode(struct inode *inode)
{
	hlist_add_head(&inode->i_hash, i_bucket(inode->i_sb, inode->i_ino));
}

/* Sleep until an inode has gone. inode_lock is held, and released meanwhile. */
static void wait_for_freeing(void)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&inode_gone, &wait, TASK_UNINTERRUPTIBLE);
	spin_unlock(&inode_lock);
	schedule();
	finish_wait(&inode_gone, &wait);
	spin_lock(&inode_lock);
}

/*
 * The cached inode of a number, with a reference, not going. inode_lock is held, not all the time.
 */
static struct inode *get_cached(const struct super_block *sb, unsigned long ino)
{
	struct inode *inode;

	while ((inode = find_inode(sb, ino)) && (inode->i_state & I_FREEING))
		wait_for_freeing();
	if (inode)
		atomic_inc(&inode->i_count);
	return inode;
}

/* Is it there to be used? Waits while it is read in; drops the reference if that has failed. */
static bool wait_until_read(struct inode *inode)
{
	if (inode->i_state & I_NEW)
		wait_on_bit(&inode->i_state, I_NEW_BIT, TASK_UNINTERRUPTIBLE);
	if (!hlist_unhashed(&inode->i_hash))
		return true;
	iput(inode);
	return false;
}

struct inode *ilookup(struct super_block *sb, unsigned long ino)
{
	struct inode *inode;

	spin_lock(&inode_lock);
	inode = get_cached(sb, ino);
	spin_unlock(&inode_lock);
	return inode && wait_until_read(inode) ? inode : NULL;
}

/*
 * Hash a new inode under its number, with I_NEW, unless there is one: then that one, with a
 * reference, is returned.
 */
static struct inode *hash_or_find(struct inode *new, unsigned long ino)
{
	struct super_block *sb = new->i_sb;
	struct inode *old;

	spin_lock(&inode_lock);
	old = get_cached(sb, ino);
	if (!old) {
		new->i_ino = ino;
		new->i_state = I_NEW;
		hash_inode(new);
		list_add(&new->i_sb_list, &sb->s_inodes);
	}
	spin_unlock(&inode_lock);
	return old;
}

struct inode *iget_locked(struct super_block *sb, unsigned long ino)
{
	struct inode *new = NULL, *inode;

	while (!(inode = ilookup(sb, ino))) {
		new = alloc_inode(sb);
		if (!new)
			return NULL;
		inode = hash_or_find(new, ino);
		if (!inode)
			return new;
		destroy_inode(new, sb->s_op);
		if (wait_until_read(inode))
			break;
	}
	return inode;
}

void insert_inode_hash(struct inode *inode)
{
	spin_lock(&inode_lock);
	hash_inode(inode);
	spin_unlock(&inode_lock);
}

/* inode_lock is held. */
static void end_new(struct inode *inode)
{
	inode->i_state &= ~I_NEW;
	wake_up_bit(&inode->i_state, I_NEW_BIT);
}

void unlock_new_inode(struct inode *inode)
{
	spin_lock(&inode_lock);
	end_new(inode);
	spin_unlock(&inode_lock);
}

/* It has nothing on the disk that would have to be deleted, whatever was read of it. */
void iget_failed(struct inode *inode)
{
	spin_lock(&inode_lock);
	hlist_del_init(&inode->i_hash);
	inode->i_nlink = 1;
	end_new(inode);
	spin_unlock(&inode_lock);
	iput(inode);
}

void ihold(struct inode *inode)
{
	atomic_inc(&inode->i_count);
}

struct inode *igrab(struct inode *inode)
{
	spin_lock(&inode_lock);
	if (inode->i_state & I_FREEING)
		inode = NULL;
	else
		atomic_inc(&inode->i_count);
	spin_unlock(&inode_lock);
	return inode;
}

/* ---- the end --------------------------------------------------------------------------------- */

static void remove_unused(struct inode *inode)
{
	if (list_empty(&inode->i_lru))
		return;
	list_del_init(&inode->i_lru);
	nr_unused--;
}

/* From now on it is evict()'s alone. inode_lock is held. */
static void begin_freeing(struct inode *inode)
{
	remove_unused(inode);
	list_del_init(&inode->i_wb_list);
	inode->i_state |= I_FREEING;
}

/* The file system's part, which may have made it dirty once more, and the memory. */
static void evict(struct inode *inode)
{
	const struct super_operations *op = inode->i_sb->s_op;

	if (inode->i_state & I_SYNC)
		wait_on_bit(&inode->i_state, I_SYNC_BIT, TASK_UNINTERRUPTIBLE);
	if (op->evict_inode)
		op->evict_inode(inode);
	spin_lock(&inode_lock);
	if (!hlist_unhashed(&inode->i_hash))
		hlist_del_init(&inode->i_hash);
	list_del_init(&inode->i_wb_list);
	list_del_init(&inode->i_sb_list);
	if (waitqueue_active(&inode_gone))
		wake_up_all(&inode_gone);
	spin_unlock(&inode_lock);
	destroy_inode(inode, op); /* the super_block may have gone */
}

/* Shall it be found again? While a file system is made or taken apart nothing shall. */
static bool worth_keeping(const struct inode *inode)
{
	return !hlist_unhashed(&inode->i_hash) && inode->i_nlink && inode->i_sb->s_root;
}

static void keep_unused(struct inode *inode)
{
	if (list_empty(&inode->i_lru))
		nr_unused++;
	list_move_tail(&inode->i_lru, &inode_unused);
	inode->i_state |= I_REFERENCED;
}

/* Perhaps the last reference goes. */
static void iput_last(struct inode *inode)
{
	bool last, keep;

	spin_lock(&inode_lock);
	last = atomic_dec_and_test(&inode->i_count);
	keep = last && worth_keeping(inode);
	if (keep)
		keep_unused(inode);
	else if (last)
		begin_freeing(inode);
	spin_unlock(&inode_lock);
	if (last && !keep)
		evict(inode);
}

void iput(struct inode *inode)
{
	if (!inode || atomic_dec_unless_one(&inode->i_count))
		return;
	if (inode->i_sb)
		iput_last(inode);
	else if (atomic_dec_and_test(&inode->i_count) && inode->i_release)
		inode->i_release(inode);
}

/* ---- forgetting ------------------------------------------------------------------------------ */

/* An unused inode of a super_block, or one that is going; NULL: all that are left are in use. */
static struct inode *next_to_invalidate(struct super_block *sb)
{
	struct inode *inode;

	list_for_each_entry (inode, &sb->s_inodes, i_sb_list)
		if (!atomic_read(&inode->i_count))
			return inode;
	return NULL;
}

bool invalidate_inodes(struct super_block *sb)
{
	struct inode *inode;
	bool busy;

	spin_lock(&inode_lock);
	while ((inode = next_to_invalidate(sb))) {
		if (inode->i_state & I_FREEING) {
			wait_for_freeing(); /* somebody prunes it */
			continue;
		}
		begin_freeing(inode);
		spin_unlock(&inode_lock);
		evict(inode);
		spin_lock(&inode_lock);
	}
	busy = !list_empty(&sb->s_inodes);
	spin_unlock(&inode_lock);
	return busy;
}

/* Would it lose anything that is not on the disk? Pages can be dirty without their inode. */
static bool is_clean(const struct inode *inode)
{
	const struct radix_tree_root *pages = &inode->i_data.page_tree;

	return !(inode->i_state & (I_DIRTY | I_NEW | I_SYNC)) &&
	       !radix_tree_tagged(pages, PAGECACHE_TAG_DIRTY) &&
	       !radix_tree_tagged(pages, PAGECACHE_TAG_WRITEBACK);
}

/*
 * The oldest unused inode that may go, among the next *budget. What is used leaves the list, what
 * must or may stay goes to its end. inode_lock is held.
 */
static struct inode *pick_unused(unsigned long *budget)
{
	for (; *budget && !list_empty(&inode_unused); --*budget) {
		struct inode *inode = list_first_entry(&inode_unused, struct inode, i_lru);

		if (atomic_read(&inode->i_count)) {
			remove_unused(inode);
			continue;
		}
		if (is_clean(inode) && !(inode->i_data.nrpages && (inode->i_state & I_REFERENCED)))
			return inode;
		inode->i_state &= ~I_REFERENCED;
		list_move_tail(&inode->i_lru, &inode_unused);
	}
	return NULL;
}

unsigned long prune_inodes(unsigned long nr)
{
	unsigned long freed = 0;
	struct inode *inode;

	spin_lock(&inode_lock);
	while ((inode = pick_unused(&nr))) {
		begin_freeing(inode);
		spin_unlock(&inode_lock);
		evict(inode);
		cond_resched();
		freed++;
		spin_lock(&inode_lock);
	}
	spin_unlock(&inode_lock);
	return freed;
}

static unsigned long scan_inodes(unsigned long nr, gfp_t gfp)
{
	return gfp & __GFP_FS ? prune_inodes(nr) : 0;
}

static unsigned long count_inodes(void)
{
	return nr_unused;
}

static struct shrinker inode_shrinker = {
	.name = "inodes",
	.count = count_inodes,
	.scan = scan_inodes,
};

/* ---- boot ------------------------------------------------------------------------------------ */

void inode_cache_init(void)
{
	inode_cache = kmem_cache_create("inode", sizeof(struct inode), 0, SLAB_PANIC, NULL);
	inode_hashtable = alloc_hash_table(32, &i_hash_bits);
	register_shrinker(&inode_shrinker);
}
