/*
 * Block devices: who has them open, and their nodes in /dev.
 *
 *	/dev/hda1 (an inode of devtmpfs) --open--> file --f_mapping--.
 *	/mnt/sda  (another node with that number) --open--> file ----+--> inode of the device
 *	a mounted file system ---------------------------------------'      i_data: its cache
 *
 * There may be many nodes for a device, but it has one cache. So each device has an inode of its
 * own, in a file system that is mounted nowhere; nodes lend their files its i_mapping. A disk and
 * its partitions are devices with separate caches, as in Linux: who writes to both at once finds
 * that they disagree.
 *
 * Holders: a file system that is mounted, or open(2) with O_EXCL, wants a device for itself. That
 * keeps other holders away from it, from the whole disk if it is a part, and from all parts if it
 * is the whole; it keeps nobody from opening it otherwise.
 *
 * The cache lives as long as somebody has the device open: what a program wrote is on the disk when
 * the last one has closed it.
 *
 * Locks: bd_mutex for bd_openers; claim_mutex, within it, for bd_holder of all devices.
 */
#include "kernel/fs/block_dev_internal.h"

#include "kernel/fs/chrdev.h"
#include "kernel/fs/fs_writeback.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/super.h"
#include "kernel/lib/err.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "mm/filemap.h"
#include "mm/slab.h"
#include "mm/writeback.h"

#define BDEVFS_MAGIC 0x62646576ul /* Linux's */

static struct super_block *bdev_super;
static LIST_HEAD(bdev_inodes);
static DEFINE_MUTEX(bdev_inodes_mutex); /* the list; only ever longer */
static DEFINE_MUTEX(claim_mutex);

/* ---- the file system of their inodes --------------------------------------------------------- */

static struct inode *bdev_alloc_inode(struct super_block *sb __unused)
{
	struct bdev_inode *bi = kzalloc(sizeof(*bi), GFP_KERNEL);

	if (!bi)
		return NULL;
	inode_init_once(&bi->inode);
	INIT_LIST_HEAD(&bi->list);
	return &bi->inode;
}

static void bdev_destroy_inode(struct inode *inode)
{
	kfree(BDEV_I(inode));
}

static void bdev_evict_inode(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
}

static int flush_all(void)
{
	struct bdev_inode *bi;
	int error = 0, err;

	mutex_lock(&bdev_inodes_mutex);
	list_for_each_entry (bi, &bdev_inodes, list) {
		struct block_device *bdev = bi->inode.i_private;

		err = bdev->bd_openers ? blkdev_issue_flush(bdev) : 0;
		error = error ? error : err;
	}
	mutex_unlock(&bdev_inodes_mutex);
	return error;
}

static int bdev_sync_fs(struct super_block *sb, bool wait)
{
	int error = sync_inodes_sb(sb, wait), err = wait ? flush_all() : 0;

	return error ? error : err;
}

static const struct super_operations bdev_super_operations = {
	.alloc_inode = bdev_alloc_inode,
	.destroy_inode = bdev_destroy_inode,
	.evict_inode = bdev_evict_inode,
	.statfs = simple_statfs,
	.sync_fs = bdev_sync_fs,
};

static const struct inode_operations bdev_root_operations;

/* Blocks are sectors: a device need not be a multiple of anything larger. */
static int bdev_fill_super(struct super_block *sb, const char *dev_name __unused,
			   const char *data __unused)
{
	sb->s_blocksize = SECTOR_SIZE;
	return simple_fill_super(sb, BDEVFS_MAGIC, &bdev_super_operations, &bdev_root_operations,
				 0755);
}

static struct file_system_type bdev_type = {.name = "bdev", .fill_super = bdev_fill_super};

/* bd_mutex is held, or nobody knows the device. */
static int make_inode(struct block_device *bdev)
{
	struct inode *inode = new_inode(bdev_super);

	if (!inode)
		return -ENOMEM;
	inode->i_mode = S_IFBLK | 0600;
	inode->i_rdev = bdev->bd_dev;
	inode->i_size = (loff_t)(bdev->bd_nr_sectors << SECTOR_SHIFT);
	inode->i_private = bdev;
	inode->i_data.a_ops = &bdev_aops;
	inode->i_data.gfp_mask = GFP_NOFS;
	mutex_lock(&bdev_inodes_mutex);
	list_add_tail(&BDEV_I(inode)->list, &bdev_inodes);
	mutex_unlock(&bdev_inodes_mutex);
	bdev->bd_inode = inode;
	return 0;
}

void bdev_remove(struct block_device *bdev)
{
	struct inode *inode = bdev->bd_inode;

	if (!inode)
		return;
	WARN_ON(bdev->bd_openers);
	mutex_lock(&bdev_inodes_mutex);
	list_del_init(&BDEV_I(inode)->list);
	mutex_unlock(&bdev_inodes_mutex);
	bdev->bd_inode = NULL;
	iput(inode);
}

/* ---- holders --------------------------------------------------------------------------------- */

struct claim {
	const struct block_device *bdev;
	const void *holder;
};

/* for_each_bdev(): is somebody else's hold in the way? */
static int holds_against(struct block_device *other, void *ctx)
{
	const struct claim *claim = ctx;
	const struct block_device *bdev = claim->bdev;

	if (other->bd_disk != bdev->bd_disk || !other->bd_holder)
		return 0;
	if (other->bd_holder == claim->holder)
		return 0;
	return other == bdev || !other->bd_partno || !bdev->bd_partno;
}

/* bd_mutex is held. 0 or -EBUSY. */
static int claim_device(struct block_device *bdev, const void *holder)
{
	struct claim claim = {bdev, holder};
	int error = 0;

	mutex_lock(&claim_mutex);
	if (holds_against(bdev, &claim) || for_each_bdev(holds_against, &claim)) {
		error = -EBUSY;
	} else {
		bdev->bd_holder = holder;
		BDEV_I(bdev->bd_inode)->holds++;
	}
	mutex_unlock(&claim_mutex);
	return error;
}

static void release_device(struct block_device *bdev, const void *holder)
{
	mutex_lock(&claim_mutex);
	if (!WARN_ON(bdev->bd_holder != holder) && !--BDEV_I(bdev->bd_inode)->holds)
		bdev->bd_holder = NULL;
	mutex_unlock(&claim_mutex);
}

/* ---- opening and closing --------------------------------------------------------------------- */

/* bd_mutex is held. */
static int open_device(struct block_device *bdev, unsigned int mode, const void *holder)
{
	int error = 0;

	if (!bdev->bd_nr_sectors)
		return -ENXIO;
	if (bdev->bd_nr_sectors > ~0u) /* the page cache counts its blocks, sectors, in 32 bits */
		return -EFBIG;
	if ((mode & FMODE_WRITE) && bdev->bd_read_only)
		return -EROFS;
	if (!bdev->bd_inode)
		error = make_inode(bdev);
	if (!error && holder)
		error = claim_device(bdev, holder);
	if (!error)
		bdev->bd_openers++;
	return error;
}

int blkdev_get(struct block_device *bdev, unsigned int mode, const void *holder)
{
	int error;

	mutex_lock(&bdev->bd_mutex);
	error = open_device(bdev, mode, holder);
	mutex_unlock(&bdev->bd_mutex);
	return error;
}

/*
 * What was BDEV_ANY is written; a file system has written the rest itself, or has lost it. Others
 * may write to the device before it is opened again (through the whole disk), so nothing stays
 * cached.
 */
static void drop_cache(struct block_device *bdev)
{
	struct address_space *mapping = &bdev->bd_inode->i_data;

	if (bdev_sync(bdev))
		pr_err("%s: what was written last is not all on the device\n", bdev->bd_name);
	truncate_inode_pages(mapping, 0);
}

void blkdev_put(struct block_device *bdev, unsigned int mode __unused, const void *holder)
{
	mutex_lock(&bdev->bd_mutex);
	if (bdev->bd_openers == 1)
		drop_cache(bdev);
	if (holder)
		release_device(bdev, holder);
	bdev->bd_openers--;
	mutex_unlock(&bdev->bd_mutex);
}

/* The device behind a node, not opened yet; or ERR_PTR. */
static struct block_device *device_of_path(const char *name)
{
	struct block_device *bdev;
	struct inode *inode;
	struct path path;
	int error = kern_path(name, LOOKUP_FOLLOW, &path);

	if (error)
		return ERR_PTR(error);
	inode = path.dentry->d_inode;
	if (!S_ISBLK(inode->i_mode)) {
		bdev = ERR_PTR(-ENOTBLK);
	} else if (path.mnt->mnt_flags & MS_NODEV) {
		bdev = ERR_PTR(-EACCES);
	} else {
		bdev = bdev_by_dev(inode->i_rdev);
		bdev = bdev ? bdev : ERR_PTR(-ENXIO);
	}
	path_put(&path);
	return bdev;
}

struct block_device *blkdev_get_by_path(const char *name, unsigned int mode, const void *holder)
{
	struct block_device *bdev = device_of_path(name);
	int error;

	if (IS_ERR(bdev))
		return bdev;
	error = blkdev_get(bdev, mode, holder);
	return error ? ERR_PTR(error) : bdev;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* Without memory for the inode now, the first opening tries again. */
static void bdev_created(struct block_device *bdev)
{
	int error = device_create(bdev->bd_name, S_IFBLK | 0660, bdev->bd_dev);

	if (error)
		pr_warn("%s: no node in /dev, error %d\n", bdev->bd_name, error);
	make_inode(bdev);
}

/* Names that Linux's drivers have in /proc/devices. */
static const struct {
	unsigned int major;
	const char *name;
} major_names[] = {{IDE0_MAJOR, "ide0"}, {IDE1_MAJOR, "ide1"}, {VIRTBLK_MAJOR, "virtblk"}};

static int find_major(struct block_device *bdev, void *major)
{
	return MAJOR(bdev->bd_dev) == *(unsigned int *)major;
}

int for_each_blkdev_major(int (*fn)(unsigned int major, const char *name, void *ctx), void *ctx)
{
	int ret = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(major_names) && !ret; i++) {
		unsigned int major = major_names[i].major;

		if (for_each_bdev(find_major, &major))
			ret = fn(major, major_names[i].name, ctx);
	}
	return ret;
}

static const struct super_device_operations device_operations = {
	.open = blkdev_get_by_path, .close = blkdev_put, .sync_inodes = sync_inodes_sb};

void block_dev_init(void)
{
	struct vfsmount *mnt = kern_mount(&bdev_type);

	if (IS_ERR(mnt))
		panic("Too little memory: block devices cannot be set up");
	bdev_super = mnt->mnt_sb;
	set_special_fops(S_IFBLK, &def_blk_fops);
	set_super_device_ops(&device_operations);
	set_bdev_created(bdev_created);
}

/* ---- how much is cached ---------------------------------------------------------------------- */

static int add_pages(struct block_device *bdev, void *ctx)
{
	unsigned long *pages = ctx;

	if (bdev->bd_inode)
		*pages += bdev->bd_inode->i_data.nrpages;
	return 0;
}

unsigned long nr_blockdev_pages(void)
{
	unsigned long pages = 0;

	for_each_bdev(add_pages, &pages);
	return pages;
}
