/*
 * Inodes on the disk, and in memory.
 *
 * Inode n is entry (n - 1) % s_inodes_per_group of the table of group (n - 1) / s_inodes_per_group.
 * ext2_iget() reads it once, and from then on it is a struct inode; what changes is copied back by
 * ext2_store_inode(), which is the commit's to call (commit.c says why).
 *
 *	struct ext2_inode, 128 bytes, in a page of the device's cache
 *	      | ext2_iget()                    ^ ext2_store_inode()
 *	      v                                |
 *	struct ext2_inode_info { i_data, i_flags, ...; struct inode vfs_inode }
 *
 * What is read may be damaged, or meant to hurt: its type, its size and its number of blocks are
 * looked at here. The block numbers are looked at when they are used (map.c).
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/slab.h"

#define EXT2_HUGE_FILE_FL   0x00040000u
#define EXT2_EXTENTS_FL	    0x00080000u
#define EXT2_INLINE_DATA_FL 0x10000000u
#define FLAGS_OF_EXT4	    (EXT2_HUGE_FILE_FL | EXT2_EXTENTS_FL | EXT2_INLINE_DATA_FL)

#define FAST_LINK_SIZE	    (EXT2_N_BLOCKS * sizeof(u32))

static struct kmem_cache *ext2_inode_cache;

void ext2_inode_init(void)
{
	ext2_inode_cache = kmem_cache_create("ext2_inode", sizeof(struct ext2_inode_info), 0,
					     SLAB_PANIC, NULL);
}

struct inode *ext2_alloc_inode(struct super_block *sb __unused)
{
	struct ext2_inode_info *ei = kmem_cache_alloc(ext2_inode_cache, GFP_NOFS);

	if (!ei)
		return NULL;
	memset(ei, 0, offsetof(struct ext2_inode_info, vfs_inode));
	inode_init_once(&ei->vfs_inode);
	mutex_init(&ei->map_mutex, "ext2_map_mutex");
	INIT_LIST_HEAD(&ei->i_prealloc);
	INIT_LIST_HEAD(&ei->i_newborn);
	INIT_LIST_HEAD(&ei->i_dirty);
	INIT_LIST_HEAD(&ei->i_dirty_dir);
	INIT_LIST_HEAD(&ei->i_fresh);
	return &ei->vfs_inode;
}

void ext2_destroy_inode(struct inode *inode)
{
	kmem_cache_free(ext2_inode_cache, EXT2_I(inode));
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Where an inode is on the device, in bytes. */
static loff_t inode_pos(const struct super_block *sb, unsigned long ino)
{
	const struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group = (ino - 1) / sbi->inodes_per_group, i = (ino - 1) % sbi->inodes_per_group;

	return ext2_block_pos(sbi, ext2_group_desc(sb, group)->bg_inode_table) +
	       (loff_t)i * sbi->inode_size;
}

static struct page *read_raw(const struct super_block *sb, unsigned long ino,
			     struct ext2_inode **raw)
{
	return bdev_read(sb->s_bdev, inode_pos(sb, ino), (void **)raw);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Sectors of the block with the extended attributes, which i_blocks counts too. */
static u64 acl_sectors(const struct inode *inode)
{
	return EXT2_I(inode)->i_file_acl ? inode->i_sb->s_blocksize >> SECTOR_SHIFT : 0;
}

/* A link whose target is in the inode itself. */
static bool is_fast_link(const struct inode *inode)
{
	return S_ISLNK(inode->i_mode) && inode->i_blocks <= acl_sectors(inode);
}

bool ext2_has_blocks(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode) ||
	       (S_ISLNK(inode->i_mode) && !is_fast_link(inode));
}

static dev_t read_rdev(const struct ext2_inode_info *ei)
{
	u32 old = ei->i_data[0];

	return old ? MKDEV((old >> 8) & 0xff, old & 0xff) : new_decode_dev(ei->i_data[1]);
}

/* Pointers into pages of folders and links must stay good while somebody sleeps: no high memory. */
static const gfp_t low_memory = GFP_NOFS;

void ext2_set_ops(struct inode *inode)
{
	if (S_ISREG(inode->i_mode)) {
		inode->i_op = &ext2_file_inode_operations;
		inode->i_fop = &ext2_file_operations;
		inode->i_data.a_ops = &ext2_aops;
	} else if (S_ISDIR(inode->i_mode)) {
		inode->i_op = &ext2_dir_inode_operations;
		inode->i_fop = &ext2_dir_operations;
		inode->i_data.a_ops = &ext2_dir_aops;
		inode->i_data.gfp_mask = low_memory;
	} else if (is_fast_link(inode)) {
		inode->i_op = &ext2_fast_symlink_inode_operations;
	} else if (S_ISLNK(inode->i_mode)) {
		inode->i_op = &ext2_symlink_inode_operations;
		inode->i_data.a_ops = &ext2_aops;
		inode->i_data.gfp_mask = low_memory;
	} else {
		inode->i_op = &ext2_special_inode_operations;
		init_special_inode(inode, inode->i_mode, inode->i_rdev);
	}
}

static struct timespec64 read_time(u32 seconds)
{
	return (struct timespec64){.tv_sec = (s32)seconds};
}

static void fill_inode(struct inode *inode, const struct ext2_inode *raw)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	inode->i_mode = raw->i_mode;
	inode->i_nlink = raw->i_links_count;
	inode->i_uid = raw->i_uid | (u32)raw->i_uid_high << 16;
	inode->i_gid = raw->i_gid | (u32)raw->i_gid_high << 16;
	inode->i_size = raw->i_size;
	if (S_ISREG(raw->i_mode))
		inode->i_size |= (loff_t)((u64)raw->i_dir_acl << 32);
	inode->i_blocks = raw->i_blocks;
	inode->i_atime = read_time(raw->i_atime);
	inode->i_mtime = read_time(raw->i_mtime);
	inode->i_ctime = read_time(raw->i_ctime);
	memcpy(ei->i_data, raw->i_block, sizeof(ei->i_data));
	ei->i_flags = raw->i_flags;
	ei->i_generation = raw->i_generation;
	ei->i_file_acl = raw->i_file_acl;
	ei->i_dtime = 0;
	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		inode->i_rdev = read_rdev(ei);
}

/*
 * Can it be so large? A folder is whole blocks, without holes; a fast link's target ends in the
 * inode.
 */
static bool size_is_true(const struct inode *inode)
{
	u64 sectors = inode->i_blocks;

	if (inode->i_size < 0 || inode->i_size > inode->i_sb->s_maxbytes)
		return false;
	if (S_ISDIR(inode->i_mode))
		return inode->i_size > 0 &&
		       !((unsigned long)inode->i_size & (inode->i_sb->s_blocksize - 1)) &&
		       (u64)inode->i_size >> SECTOR_SHIFT <= sectors;
	if (!S_ISLNK(inode->i_mode))
		return true;
	if (is_fast_link(inode))
		return inode->i_size > 0 && inode->i_size < (loff_t)FAST_LINK_SIZE &&
		       strnlen((const char *)EXT2_I(inode)->i_data, FAST_LINK_SIZE) ==
			       (size_t)inode->i_size;
	return inode->i_size > 0 && inode->i_size < (loff_t)inode->i_sb->s_blocksize;
}

static const char *what_is_wrong(const struct inode *inode)
{
	const struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	u32 mode = inode->i_mode;

	if (!S_ISREG(mode) && !S_ISDIR(mode) && !S_ISLNK(mode) && !S_ISCHR(mode) &&
	    !S_ISBLK(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode))
		return "is of no type";
	if (EXT2_I(inode)->i_flags & FLAGS_OF_EXT4)
		return "is ext4's";
	if (inode->i_blocks > (u64)sbi->blocks_count << (sbi->block_bits - SECTOR_SHIFT))
		return "has more blocks than the device";
	if (!size_is_true(inode))
		return "has a size that cannot be";
	return NULL;
}

static int read_inode(struct inode *inode)
{
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	struct ext2_inode *raw;
	struct page *page = read_raw(inode->i_sb, inode->i_ino, &raw);
	const char *wrong;

	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	fill_inode(inode, raw);
	bdev_release(page);
	if (!inode->i_nlink)
		return -ESTALE;
	wrong = what_is_wrong(inode);
	if (wrong)
		return ext2_error(inode->i_sb, __func__, "inode %lu %s", inode->i_ino, wrong);
	EXT2_I(inode)->i_block_group = (inode->i_ino - 1) / sbi->inodes_per_group;
	EXT2_I(inode)->exists = true;
	ext2_set_ops(inode);
	return 0;
}

struct inode *ext2_iget(struct super_block *sb, unsigned long ino)
{
	const struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct inode *inode;
	int error;

	if ((ino < sbi->first_ino && ino != EXT2_ROOT_INO) || ino > sbi->inodes_count)
		return ERR_PTR(ext2_error(sb, __func__, "there is no file %lu", ino));
	inode = iget_locked(sb, ino);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (inode->i_state & I_NEW) {
		error = read_inode(inode);
		if (error) {
			iget_failed(inode);
			return ERR_PTR(error);
		}
		unlock_new_inode(inode);
	} else if (!inode->i_nlink) {
		iput(inode);
		return ERR_PTR(-ESTALE);
	}
	return inode;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void write_rdev(const struct inode *inode, struct ext2_inode *raw)
{
	dev_t dev = inode->i_rdev;

	if (MAJOR(dev) < 256 && MINOR(dev) < 256)
		raw->i_block[0] = MAJOR(dev) << 8 | MINOR(dev);
	else
		raw->i_block[1] = new_encode_dev(dev);
}

static void fill_raw(const struct inode *inode, struct ext2_inode *raw)
{
	const struct ext2_inode_info *ei = EXT2_I(inode);
	loff_t size = max(inode->i_size, ei->i_size_before);

	raw->i_mode = (u16)inode->i_mode;
	raw->i_links_count = (u16)inode->i_nlink;
	raw->i_uid = (u16)inode->i_uid;
	raw->i_uid_high = (u16)(inode->i_uid >> 16);
	raw->i_gid = (u16)inode->i_gid;
	raw->i_gid_high = (u16)(inode->i_gid >> 16);
	raw->i_size = (u32)size;
	raw->i_dir_acl = S_ISREG(inode->i_mode) ? (u32)(size >> 32) : 0;
	raw->i_blocks = (u32)inode->i_blocks;
	raw->i_atime = (u32)inode->i_atime.tv_sec;
	raw->i_mtime = (u32)inode->i_mtime.tv_sec;
	raw->i_ctime = (u32)inode->i_ctime.tv_sec;
	raw->i_dtime = ei->i_dtime;
	raw->i_flags = ei->i_flags;
	raw->i_generation = ei->i_generation;
	raw->i_file_acl = ei->i_file_acl;
	memcpy(raw->i_block, ei->i_data, sizeof(raw->i_block));
	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		write_rdev(inode, raw);
}

/* Old kernels must know that there are files of 2 GiB and more before there is one. */
static void note_large_file(struct super_block *sb)
{
	struct ext2_super_block *es = EXT2_SB(sb)->es;

	if (es->s_feature_ro_compat & EXT2_FEATURE_RO_COMPAT_LARGE_FILE)
		return;
	es->s_feature_ro_compat |= EXT2_FEATURE_RO_COMPAT_LARGE_FILE;
	ext2_mark_super_dirty(sb);
}

/* It is what is in the table now. Nothing here sleeps, so nothing can change meanwhile. */
static void copy_to_table(struct inode *inode, struct ext2_inode *raw, struct page *page)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_inode_info *ei = EXT2_I(inode);

	spin_lock(&sbi->lists_lock);
	list_del_init(&ei->i_dirty);
	spin_unlock(&sbi->lists_lock);
	clear_inode_dirty(inode, I_DIRTY_SYNC | I_DIRTY_DATASYNC);
	ei->datasync_dirty = false;
	if (!inode->i_nlink) {
		sbi->dead_stored = true;
		if (!ei->i_dtime)
			ei->i_dtime = (u32)current_time().tv_sec;
	}
	if (ext2_is_newborn(inode))
		memset(raw, 0, sbi->inode_size);
	fill_raw(inode, raw);
	bdev_mark_dirty(page, inode_pos(sb, inode->i_ino), sbi->inode_size, BDEV_ANY);
	if (S_ISREG(inode->i_mode) && inode->i_size > 0x7fffffffll)
		note_large_file(sb);
}

int ext2_store_inode(struct inode *inode)
{
	struct ext2_inode *raw;
	struct page *page;
	int error = 0;

	if (!inode->i_nlink && ext2_is_newborn(inode))
		return 0; /* the disk has never heard of it, and will not */
	if (!inode->i_nlink && S_ISDIR(inode->i_mode) && !EXT2_I(inode)->i_dtime)
		error = ext2_write_dead(inode->i_sb); /* what was in it */
	if (error)
		return error;
	page = read_raw(inode->i_sb, inode->i_ino, &raw);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	copy_to_table(inode, raw, page);
	bdev_release(page);
	return 0;
}

/* ---- the end --------------------------------------------------------------------------------- */

/* A block of extended attributes may be shared by files: the header's second word counts them. */
#define EXT2_XATTR_MAGIC 0xea020000u

static void free_attributes(struct inode *inode, bool at_once)
{
	struct super_block *sb = inode->i_sb;
	u32 block = EXT2_I(inode)->i_file_acl, *header;
	loff_t pos = ext2_block_pos(EXT2_SB(sb), block);
	struct page *page;

	if (!block)
		return;
	EXT2_I(inode)->i_file_acl = 0;
	if (!ext2_block_valid(sb, block, 1)) {
		ext2_error(sb, __func__, "the attributes of inode %lu cannot be in block %u",
			   inode->i_ino, block);
		return;
	}
	page = bdev_read(sb->s_bdev, pos, (void **)&header);
	if (IS_ERR(page))
		return;
	if (header[0] != EXT2_XATTR_MAGIC || !header[1]) {
		ext2_error(sb, __func__, "block %u has no attributes", block);
	} else if (header[1] > 1) {
		header[1]--;
		bdev_mark_dirty(page, pos, 8, BDEV_ANY);
	} else {
		bdev_forget(sb->s_bdev, pos, sb->s_blocksize);
		ext2_free_blocks(sb, block, 1, at_once);
	}
	inode->i_blocks -= min(inode->i_blocks, (u64)(sb->s_blocksize >> SECTOR_SHIFT));
	bdev_release(page);
}

/* It has no name left: blocks, attributes, and the inode itself go. */
static void delete_inode(struct inode *inode)
{
	bool newborn;

	if (ext2_has_blocks(inode))
		ext2_truncate_blocks(inode, 0);
	if (ext2_begin(inode->i_sb))
		return;
	newborn = ext2_is_newborn(inode);
	free_attributes(inode, newborn);
	if (newborn || !ext2_store_inode(inode))
		ext2_free_inode(inode, newborn);
	ext2_forget_lists(inode);
	ext2_end(inode->i_sb);
}

void ext2_evict_inode(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
	if (EXT2_I(inode)->exists && !inode->i_nlink)
		delete_inode(inode);
	else
		ext2_discard_prealloc(inode);
	ext2_index_drop(inode);
	ext2_forget_lists(inode);
}
