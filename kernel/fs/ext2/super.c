/*
 * Mounting ext2, and the end of it.
 *
 * The device is opened by the VFS (super_block.s_bdev), for us alone, and closed by it when
 * put_super() has returned. The pages of its cache with the super block and the descriptors are
 * held as long as it is mounted, and changed where they lie; everything else is read when it is
 * needed.
 *
 * On the disk, EXT2_VALID_FS says that a file system was left in order. It goes before anything
 * else is written, and comes back last, so that e2fsck knows after a power cut.
 */
#include "kernel/cpu/timer.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/err.h"
#include "kernel/lib/math64.h"
#include "kernel/printk.h"
#include "kernel/random.h"
#include "mm/slab.h"

#define EXT2_OLD_MAX_SIZE 0x7fffffffll /* revision 0 */

/* ---- what is held of the device -------------------------------------------------------------- */

void ext2_mark_super_dirty(struct super_block *sb)
{
	bdev_mark_dirty(EXT2_SB(sb)->super_page, EXT2_SUPER_OFFSET, sizeof(struct ext2_super_block),
			BDEV_ANY);
}

static u32 descriptors_block(const struct ext2_sb_info *sbi, u32 i)
{
	return sbi->first_data_block + 1 + i;
}

void ext2_mark_desc_dirty(struct super_block *sb, u32 group)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 i = group >> (sbi->block_bits - 5);
	loff_t pos = ext2_block_pos(sbi, descriptors_block(sbi, i));

	pos += (group - (i << (sbi->block_bits - 5))) * sizeof(struct ext2_group_desc);
	bdev_mark_dirty(sbi->desc_pages[i], pos, sizeof(struct ext2_group_desc), BDEV_ANY);
}

static int read_super(struct ext2_sb_info *sbi)
{
	struct page *page;
	void *data;

	page = bdev_read(sbi->sb->s_bdev, EXT2_SUPER_OFFSET, &data);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	sbi->super_page = page;
	sbi->es = data;
	return 0;
}

static int read_descriptors(struct ext2_sb_info *sbi)
{
	sbi->desc_pages = kzalloc(sbi->desc_blocks * sizeof(*sbi->desc_pages), GFP_KERNEL);
	sbi->desc = kzalloc(sbi->desc_blocks * sizeof(*sbi->desc), GFP_KERNEL);
	sbi->first_free = kzalloc(sbi->groups * sizeof(*sbi->first_free), GFP_KERNEL);
	if (!sbi->desc_pages || !sbi->desc || !sbi->first_free)
		return -ENOMEM;
	for (u32 i = 0; i < sbi->desc_blocks; i++) {
		loff_t pos = ext2_block_pos(sbi, descriptors_block(sbi, i));
		struct page *page;
		void *data;

		page = bdev_read(sbi->sb->s_bdev, pos, &data);
		if (IS_ERR(page))
			return (int)PTR_ERR(page);
		sbi->desc_pages[i] = page;
		sbi->desc[i] = data;
	}
	return 0;
}

static void drop_pages(struct ext2_sb_info *sbi)
{
	for (u32 i = 0; sbi->desc_pages && i < sbi->desc_blocks; i++)
		if (sbi->desc_pages[i])
			bdev_release(sbi->desc_pages[i]);
	if (sbi->super_page)
		bdev_release(sbi->super_page);
	kfree(sbi->desc_pages);
	kfree(sbi->desc);
	kfree(sbi->first_free);
}

/* ---- in order, or in use --------------------------------------------------------------------- */

/* The super block as it is now, at once. 0 or -EIO. */
static int write_super_block(struct super_block *sb)
{
	int error;

	EXT2_SB(sb)->es->s_wtime = (u32)current_time().tv_sec;
	ext2_mark_super_dirty(sb);
	error = bdev_write_class(sb->s_bdev, BIT(BDEV_ANY), NULL);
	return error ? error : blkdev_issue_flush(sb->s_bdev);
}

static int begin_writing(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = sbi->es;

	if (sbi->aborted || sb->s_bdev->bd_read_only)
		return -EROFS;
	sbi->was_valid = es->s_state & EXT2_VALID_FS;
	if (!sbi->was_valid)
		ext2_warning(sb, "mount", "it was not unmounted cleanly; e2fsck is due");
	else if (es->s_state & EXT2_ERROR_FS)
		ext2_warning(sb, "mount", "it has errors; e2fsck is due");
	es->s_state &= (u16)~EXT2_VALID_FS;
	es->s_mnt_count++;
	es->s_mtime = (u32)current_time().tv_sec;
	return write_super_block(sb);
}

/* All is written and nobody begins anything any more. */
static int end_writing(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	int error;

	ext2_discard_all_prealloc(sb);
	error = ext2_commit(sb);
	if (error)
		return error;
	if (sbi->was_valid)
		sbi->es->s_state |= EXT2_VALID_FS;
	return write_super_block(sb);
}

static int ext2_sync_fs(struct super_block *sb, bool wait __unused)
{
	return ext2_commit(sb);
}

static int ext2_remount(struct super_block *sb, unsigned long *flags, const char *data)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	unsigned long options = sbi->mount_opt;
	int error = ext2_parse_options(sbi, data);

	if (!error && ((*flags ^ sb->s_flags) & MS_RDONLY)) {
		if (*flags & MS_RDONLY)
			error = end_writing(sb);
		else
			error = ext2_check_features(sb, sbi->es, false);
		if (!error && !(*flags & MS_RDONLY))
			error = begin_writing(sb);
	}
	if (error)
		sbi->mount_opt = options;
	return error;
}

static void ext2_put_super(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);

	if (!sbi)
		return;
	if (sbi->desc && !(sb->s_flags & MS_RDONLY))
		end_writing(sb);
	ext2_forget_pending(sbi);
	drop_pages(sbi);
	kfree(sbi);
	sb->s_fs_info = NULL;
}

static const struct super_operations ext2_super_operations = {
	.alloc_inode = ext2_alloc_inode,
	.destroy_inode = ext2_destroy_inode,
	.evict_inode = ext2_evict_inode,
	.put_super = ext2_put_super,
	.statfs = ext2_statfs,
	.remount_fs = ext2_remount,
	.sync_fs = ext2_sync_fs,
	.dirty_inode = ext2_dirty_inode,
};

/* ---- mounting -------------------------------------------------------------------------------- */

static struct ext2_sb_info *alloc_info(struct super_block *sb)
{
	struct ext2_sb_info *sbi = kzalloc(sizeof(*sbi), GFP_KERNEL);

	if (!sbi)
		return NULL;
	sbi->sb = sb;
	sbi->next_generation = get_random_u32();
	init_rwsem(&sbi->commit_sem, "ext2_commit_sem");
	mutex_init(&sbi->alloc_mutex, "ext2_alloc_mutex");
	spin_lock_init(&sbi->lists_lock, "ext2_lists_lock");
	INIT_LIST_HEAD(&sbi->pending);
	INIT_LIST_HEAD(&sbi->prealloc);
	INIT_LIST_HEAD(&sbi->newborn);
	INIT_LIST_HEAD(&sbi->dirty);
	INIT_LIST_HEAD(&sbi->dirty_dirs);
	INIT_LIST_HEAD(&sbi->fresh);
	return sbi;
}

/*
 * Options, super block, descriptors. What the image itself wants to be done about errors is not
 * asked for: it could want a panic.
 */
static int read_all(struct ext2_sb_info *sbi, const char *data)
{
	int error = read_super(sbi);

	if (error)
		return error;
	sbi->mount_opt = EXT2_MOUNT_ERRORS_RO;
	sbi->resuid = sbi->es->s_def_resuid;
	sbi->resgid = sbi->es->s_def_resgid;
	error = ext2_parse_options(sbi, data);
	if (!error)
		error = ext2_check_super(sbi, sbi->es);
	if (!error)
		error = read_descriptors(sbi);
	if (!error)
		error = ext2_check_descriptors(sbi);
	return error;
}

static void set_limits(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);

	sb->s_magic = EXT2_SUPER_MAGIC;
	sb->s_blocksize = 1ul << sbi->block_bits;
	sb->s_maxbytes = min(ext2_max_size(sbi->block_bits), (loff_t)MAX_LFS_FILESIZE);
	if (!sbi->es->s_rev_level)
		sb->s_maxbytes = min(sb->s_maxbytes, EXT2_OLD_MAX_SIZE);
	sb->s_time_gran = NSEC_PER_SEC;
}

static int make_root(struct super_block *sb)
{
	struct inode *root = ext2_iget(sb, EXT2_ROOT_INO);

	if (IS_ERR(root))
		return PTR_ERR(root) == -ESTALE ? -EUCLEAN : (int)PTR_ERR(root);
	if (!S_ISDIR(root->i_mode)) {
		iput(root);
		return ext2_error(sb, __func__, "the root is no folder");
	}
	sb->s_root = d_alloc_root(sb, root);
	if (sb->s_root)
		return 0;
	iput(root);
	return -ENOMEM;
}

/* If it fails, the VFS calls put_super(). */
static int ext2_fill_super(struct super_block *sb, const char *dev_name __unused, const char *data)
{
	unsigned long wanted = sb->s_flags;
	struct ext2_sb_info *sbi = alloc_info(sb);
	int error;

	if (!sbi)
		return -ENOMEM;
	sb->s_fs_info = sbi;
	sb->s_op = &ext2_super_operations;
	error = read_all(sbi, data);
	sb->s_flags |= MS_RDONLY; /* nothing is written before all is known to be good */
	if (error)
		return error;
	set_limits(sb);
	error = make_root(sb);
	if (!error && !(wanted & MS_RDONLY))
		error = begin_writing(sb);
	if (!error)
		sb->s_flags = wanted;
	return error;
}

static struct file_system_type ext2_type = {
	.name = "ext2",
	.fs_flags = FS_REQUIRES_DEV,
	.fill_super = ext2_fill_super,
};

void ext2_init(void)
{
	ext2_inode_init();
	register_filesystem(&ext2_type);
}
