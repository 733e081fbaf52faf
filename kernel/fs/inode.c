/*
 * Inodes: making them, their end, and the small things that are the same in all file systems.
 *
 * An inode lives as long as somebody holds it: a dentry, an open file by its dentry, a
 * file system. With the last reference it is evicted: its cached pages go, and the file
 * itself too if it has no name left (i_nlink is 0).
 *
 * Locks: inode_lock covers the super_blocks' lists of inodes. Counts are atomic.
 */
#include "kernel/fs/inode.h"

#include "kernel/cpu/clock.h"
#include "kernel/cred.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/super.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

DEFINE_SPINLOCK(inode_lock);

static struct kmem_cache *inode_cache;

void inode_cache_init(void)
{
	inode_cache = kmem_cache_create("inode", sizeof(struct inode), 0, SLAB_PANIC, NULL);
}

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

static struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode;

	if (sb->s_op->alloc_inode)
		return sb->s_op->alloc_inode(sb);
	inode = kmem_cache_alloc(inode_cache, GFP_KERNEL);
	if (inode)
		inode_init_once(inode);
	return inode;
}

struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = alloc_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = next_ino();
	inode->i_sb = sb;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time();
	spin_lock(&inode_lock);
	list_add_tail(&inode->i_sb_list, &sb->s_inodes);
	spin_unlock(&inode_lock);
	return inode;
}

/* ---- the end --------------------------------------------------------------------------------- */

void ihold(struct inode *inode)
{
	atomic_inc(&inode->i_count);
}

static void evict(struct inode *inode)
{
	const struct super_operations *op = inode->i_sb->s_op;

	spin_lock(&inode_lock);
	list_del_init(&inode->i_sb_list);
	spin_unlock(&inode_lock);
	if (op->evict_inode)
		op->evict_inode(inode);
	if (op->destroy_inode)
		op->destroy_inode(inode);
	else
		kmem_cache_free(inode_cache, inode);
}

void iput(struct inode *inode)
{
	if (!inode || !atomic_dec_and_test(&inode->i_count))
		return;
	if (inode->i_sb)
		evict(inode);
	else if (inode->i_release)
		inode->i_release(inode);
}

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
	if (!atime_is_recent(inode, &now))
		inode->i_atime = now;
}

void file_update_time(struct file *file)
{
	struct inode *inode = file->f_inode;

	inode->i_mtime = inode->i_ctime = current_time();
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
