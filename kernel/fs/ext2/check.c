/*
 * Is it an ext2 file system, and one that we can read, or write?
 *
 * Whoever made the image may be our enemy. So nothing that is computed from these numbers later on
 * may overflow, leave the device or lead into the file system's own blocks, and all that is proved
 * here, once, for as long as it is mounted:
 *
 *	every group begins and ends within the device
 *	its two bitmaps and its table of inodes lie in it, behind the copy of the super block and
 *	the descriptors if it has one, and do not overlap
 *	all inodes are in some table, and all bits of a bitmap fit into its block
 */
#include "kernel/drivers/block/blkdev.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/math64.h"
#include "kernel/printk.h"

#define MIN_BLOCKS_PER_GROUP 256u /* mke2fs makes no smaller ones */
#define EXT2_DYNAMIC_REV     1u

#define RESIZE_INODE	     0x0010u /* s_feature_compat: s_reserved_gdt_blocks counts */

static int refuse(const struct ext2_sb_info *sbi, int error, const char *why)
{
	if (!(sbi->sb->s_flags & MS_SILENT))
		pr_err("ext2 (%s): cannot be mounted: %s\n", sbi->sb->s_bdev->bd_name, why);
	return error;
}

/* ---- features -------------------------------------------------------------------------------- */

int ext2_check_features(struct super_block *sb, const struct ext2_super_block *es, bool readonly)
{
	u32 unknown;

	if (es->s_rev_level < EXT2_DYNAMIC_REV)
		return 0;
	unknown = es->s_feature_incompat & ~EXT2_FEATURE_INCOMPAT_SUPP;
	if (unknown) {
		pr_err("ext2 (%s): cannot be mounted: it has features that I do not know (%#x)\n",
		       sb->s_bdev->bd_name, unknown);
		return -EINVAL;
	}
	unknown = es->s_feature_ro_compat & ~EXT2_FEATURE_RO_COMPAT_SUPP;
	if (unknown && !readonly) {
		pr_err("ext2 (%s): can be mounted read-only: it has features that I do not know "
		       "(%#x)\n",
		       sb->s_bdev->bd_name, unknown);
		return -EROFS;
	}
	return 0;
}

/* ---- the super block ------------------------------------------------------------------------- */

static int check_block_size(struct ext2_sb_info *sbi, const struct ext2_super_block *es)
{
	if (es->s_magic != EXT2_SUPER_MAGIC)
		return refuse(sbi, -EINVAL, "there is no ext2 on it");
	if (es->s_rev_level > EXT2_DYNAMIC_REV)
		return refuse(sbi, -EINVAL, "its revision is newer than 1");
	if (es->s_log_block_size > EXT2_MAX_BLOCK_LOG - EXT2_MIN_BLOCK_LOG)
		return refuse(sbi, -EINVAL, "its blocks are larger than a page");
	sbi->block_bits = EXT2_MIN_BLOCK_LOG + es->s_log_block_size;
	sbi->addr_bits = sbi->block_bits - 2;
	return 0;
}

static int check_inode_size(struct ext2_sb_info *sbi, const struct ext2_super_block *es)
{
	bool old = es->s_rev_level < EXT2_DYNAMIC_REV;

	sbi->inode_size = old ? EXT2_GOOD_OLD_INODE_SIZE : es->s_inode_size;
	sbi->first_ino = old ? EXT2_GOOD_OLD_FIRST_INO : es->s_first_ino;
	sbi->has_filetype = !old && (es->s_feature_incompat & EXT2_FEATURE_INCOMPAT_FILETYPE);
	if (sbi->inode_size < EXT2_GOOD_OLD_INODE_SIZE ||
	    sbi->inode_size > (1u << sbi->block_bits) || (sbi->inode_size & (sbi->inode_size - 1)))
		return refuse(sbi, -EINVAL, "its inodes have a size that cannot be");
	if (sbi->first_ino < EXT2_GOOD_OLD_FIRST_INO)
		return refuse(sbi, -EINVAL, "its first inode is one of the reserved ones");
	return 0;
}

static int check_blocks(struct ext2_sb_info *sbi, const struct ext2_super_block *es)
{
	sector_t device = sbi->sb->s_bdev->bd_nr_sectors >> (sbi->block_bits - SECTOR_SHIFT);
	u32 most = 8u << sbi->block_bits; /* bits in a bitmap */

	sbi->blocks_count = es->s_blocks_count;
	sbi->first_data_block = es->s_first_data_block;
	sbi->blocks_per_group = es->s_blocks_per_group;
	if (sbi->blocks_count > device)
		return refuse(sbi, -EINVAL, "it is larger than its device");
	if (sbi->first_data_block != (sbi->block_bits == EXT2_MIN_BLOCK_LOG))
		return refuse(sbi, -EINVAL, "its first block is a wrong one");
	if (sbi->blocks_per_group < MIN_BLOCKS_PER_GROUP || sbi->blocks_per_group > most ||
	    sbi->blocks_per_group % 8)
		return refuse(sbi, -EINVAL, "its groups have a size that cannot be");
	if (sbi->blocks_count <= sbi->first_data_block + 8)
		return refuse(sbi, -EINVAL, "it has too few blocks");
	if (es->s_free_blocks_count > sbi->blocks_count || es->s_r_blocks_count > sbi->blocks_count)
		return refuse(sbi, -EUCLEAN, "it has more free blocks than blocks");
	sbi->groups = ext2_group_of(sbi, sbi->blocks_count - 1) + 1;
	return 0;
}

static int check_inodes(struct ext2_sb_info *sbi, const struct ext2_super_block *es)
{
	u32 per_block = (1u << sbi->block_bits) / sbi->inode_size;
	u32 most = 8u << sbi->block_bits;

	sbi->inodes_per_group = es->s_inodes_per_group;
	sbi->inodes_count = es->s_inodes_count;
	if (!sbi->inodes_per_group || sbi->inodes_per_group > most)
		return refuse(sbi, -EINVAL, "its groups have a number of inodes that cannot be");
	sbi->table_blocks = DIV_ROUND_UP(sbi->inodes_per_group, per_block);
	if (sbi->table_blocks + 3 > sbi->blocks_per_group)
		return refuse(sbi, -EINVAL, "its inodes have no room in their groups");
	if ((u64)sbi->groups * sbi->inodes_per_group != sbi->inodes_count ||
	    sbi->first_ino > sbi->inodes_per_group)
		return refuse(sbi, -EUCLEAN, "it has another number of inodes than its groups");
	if (es->s_free_inodes_count > sbi->inodes_count)
		return refuse(sbi, -EUCLEAN, "it has more free inodes than inodes");
	sbi->desc_blocks = DIV_ROUND_UP(sbi->groups, 1u << (sbi->block_bits - 5));
	if (es->s_rev_level >= EXT2_DYNAMIC_REV && (es->s_feature_compat & RESIZE_INODE))
		sbi->reserved_descs = es->s_reserved_gdt_blocks;
	return 0;
}

int ext2_check_super(struct ext2_sb_info *sbi, const struct ext2_super_block *es)
{
	int error = check_block_size(sbi, es);

	if (!error)
		error = ext2_check_features(sbi->sb, es, sbi->sb->s_flags & MS_RDONLY);
	if (!error)
		error = check_inode_size(sbi, es);
	if (!error)
		error = check_blocks(sbi, es);
	if (!error)
		error = check_inodes(sbi, es);
	return error;
}

/* ---- the descriptors ------------------------------------------------------------------------- */

/* With SPARSE_SUPER: groups 0, 1, and the powers of 3, 5 and 7. */
static bool is_power_of(u32 n, u32 base)
{
	while (n % base == 0)
		n /= base;
	return n == 1;
}

bool ext2_group_has_super(const struct ext2_sb_info *sbi, u32 group)
{
	if (group <= 1 || sbi->es->s_rev_level < EXT2_DYNAMIC_REV ||
	    !(sbi->es->s_feature_ro_compat & EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER))
		return true;
	return is_power_of(group, 3) || is_power_of(group, 5) || is_power_of(group, 7);
}

u32 ext2_super_blocks(const struct ext2_sb_info *sbi, u32 group)
{
	return ext2_group_has_super(sbi, group) ? 1 + sbi->desc_blocks + sbi->reserved_descs : 0;
}

static bool descriptor_is_true(const struct ext2_sb_info *sbi, u32 group)
{
	const struct ext2_group_desc *desc = ext2_group_desc(sbi->sb, group);
	u32 start = ext2_start_of_group(sbi, group), blocks = ext2_blocks_in_group(sbi, group);
	u32 super = ext2_super_blocks(sbi, group);
	u32 bmap = desc->bg_block_bitmap - start, imap = desc->bg_inode_bitmap - start;
	u32 table = desc->bg_inode_table - start;

	if (super > blocks || bmap >= blocks || imap >= blocks || table >= blocks ||
	    sbi->table_blocks > blocks - table)
		return false;
	if (bmap < super || imap < super || table < super || bmap == imap)
		return false;
	if (!ext2_apart(bmap, 1, table, sbi->table_blocks) ||
	    !ext2_apart(imap, 1, table, sbi->table_blocks))
		return false;
	return desc->bg_free_blocks_count <= blocks &&
	       desc->bg_free_inodes_count <= sbi->inodes_per_group;
}

int ext2_check_descriptors(struct ext2_sb_info *sbi)
{
	sbi->overhead = sbi->first_data_block;
	for (u32 group = 0; group < sbi->groups; group++) {
		if (!descriptor_is_true(sbi, group)) {
			pr_err("ext2 (%s): cannot be mounted: the descriptor of group %u is "
			       "damaged\n",
			       sbi->sb->s_bdev->bd_name, group);
			return -EUCLEAN;
		}
		sbi->overhead += ext2_super_blocks(sbi, group) + 2 + sbi->table_blocks;
	}
	return 0;
}
