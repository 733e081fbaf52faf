/*
 * Which inodes are free, and where a new file goes.
 *
 * A file is put into the group of its folder: who reads one file of a folder will read the others.
 * A folder is put near its own parent as long as there is room for what will be in it; but the
 * folders of the root are as different as anything can be, and are spread over the disk, so that
 * each has room to grow (the idea is Grigoriy Orlov's, of FFS).
 *
 * Locks: alloc_mutex for bitmaps and counts.
 */
#include "kernel/cred.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/err.h"

#define EXT2_NODUMP_FL	0x00000040u
#define FLAGS_INHERITED (EXT2_SYNC_FL | EXT2_NODUMP_FL | EXT2_NOATIME_FL | EXT2_DIRSYNC_FL)

/* ---- the group ------------------------------------------------------------------------------- */

/* What a group must have at least to take a folder. */
struct wanted {
	u32 inodes, blocks;
};

static bool has_room(const struct super_block *sb, u32 group, const struct wanted *wanted)
{
	const struct ext2_group_desc *desc = ext2_group_desc(sb, group);

	return desc->bg_free_inodes_count && desc->bg_free_inodes_count >= wanted->inodes &&
	       desc->bg_free_blocks_count >= wanted->blocks;
}

/* The first group from `group` on that has room; sbi->groups: none. */
static u32 next_with_room(const struct super_block *sb, u32 group, const struct wanted *wanted)
{
	const struct ext2_sb_info *sbi = EXT2_SB(sb);

	for (u32 i = 0; i < sbi->groups; i++) {
		if (has_room(sb, group, wanted))
			return group;
		if (++group == sbi->groups)
			group = 0;
	}
	return sbi->groups;
}

/* The one with the fewest folders among those that are emptier than others. */
static u32 group_of_top_folder(struct super_block *sb, const struct wanted *average)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group = sbi->last_group, best = sbi->groups, fewest = ~0u;

	for (u32 i = 0; i < sbi->groups; i++) {
		if (++group >= sbi->groups)
			group = 0;
		if (!has_room(sb, group, average) ||
		    ext2_group_desc(sb, group)->bg_used_dirs_count >= fewest)
			continue;
		best = group;
		fewest = ext2_group_desc(sb, group)->bg_used_dirs_count;
	}
	if (best < sbi->groups)
		sbi->last_group = best;
	return best;
}

static u32 find_group(struct super_block *sb, struct inode *dir, bool folder)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct wanted average = {.inodes = sbi->es->s_free_inodes_count / sbi->groups,
				 .blocks = sbi->es->s_free_blocks_count / sbi->groups};
	const struct wanted a_quarter = {average.inodes / 4, average.blocks / 4};
	const struct wanted something = {1, 1}, anything = {1, 0};
	u32 group = sbi->groups, parent = EXT2_I(dir)->i_block_group;

	if (folder && dir->i_ino == EXT2_ROOT_INO)
		group = group_of_top_folder(sb, &average);
	if (folder && group == sbi->groups)
		group = next_with_room(sb, parent, &a_quarter);
	if (group == sbi->groups)
		group = next_with_room(sb, parent, &something);
	if (group == sbi->groups)
		group = next_with_room(sb, parent, &anything);
	return group;
}

/* ---- one bitmap ------------------------------------------------------------------------------ */

static struct page *read_bitmap(struct super_block *sb, u32 group, unsigned long **map)
{
	u32 block = ext2_group_desc(sb, group)->bg_inode_bitmap;

	return bdev_read(sb->s_bdev, ext2_block_pos(EXT2_SB(sb), block), (void **)map);
}

/* A bit was changed: one inode more (+1) or less is free. */
static void bitmap_changed(struct super_block *sb, u32 group, struct page *page, u32 bit, int freed,
			   bool is_dir)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_group_desc *desc = ext2_group_desc(sb, group);

	bdev_mark_dirty(page, ext2_block_pos(sbi, desc->bg_inode_bitmap) + bit / 8, 1, BDEV_ANY);
	desc->bg_free_inodes_count = (u16)max((int)desc->bg_free_inodes_count + freed, 0);
	sbi->es->s_free_inodes_count = (u32)max((int)sbi->es->s_free_inodes_count + freed, 0);
	if (is_dir)
		desc->bg_used_dirs_count = (u16)max((int)desc->bg_used_dirs_count - freed, 0);
	ext2_mark_desc_dirty(sb, group);
	sbi->super_changed = true;
}

/* Take an inode of a group; its number. 0: there is none. Or -errno. */
static long take_in_group(struct super_block *sb, u32 group, bool is_dir)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 size = sbi->inodes_per_group, bit;
	unsigned long *map;
	struct page *page = read_bitmap(sb, group, &map);

	if (IS_ERR(page))
		return PTR_ERR(page);
	bit = find_next_zero_bit(map, size, group ? 0 : sbi->first_ino - 1);
	if (bit < size) {
		__set_bit(bit, map);
		bitmap_changed(sb, group, page, bit, -1, is_dir);
	}
	bdev_release(page);
	return bit < size ? (long)(group * size + bit + 1) : 0;
}

/* The number of an inode for a new file; or -errno. */
static long take_inode(struct super_block *sb, struct inode *dir, bool is_dir)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group;
	long ino = 0;

	mutex_lock(&sbi->alloc_mutex);
	group = find_group(sb, dir, is_dir);
	/* A group's count may be wrong; then the next ones are asked. */
	for (u32 i = 0; i < sbi->groups && group < sbi->groups && !ino; i++) {
		if (ext2_group_desc(sb, group)->bg_free_inodes_count)
			ino = take_in_group(sb, group, is_dir);
		if (++group == sbi->groups)
			group = 0;
	}
	if (!ino)
		ino = sbi->pending_inodes ? -EAGAIN : -ENOSPC;
	mutex_unlock(&sbi->alloc_mutex);
	return ino;
}

void ext2_release_inode(struct super_block *sb, u32 ino, bool is_dir)
{
	u32 size = EXT2_SB(sb)->inodes_per_group, group = (ino - 1) / size, bit = (ino - 1) % size;
	unsigned long *map;
	struct page *page = read_bitmap(sb, group, &map);

	if (IS_ERR(page)) {
		ext2_warning(sb, __func__, "the map of group %u cannot be read: inode %u is lost",
			     group, ino);
		return;
	}
	if (__test_and_clear_bit(bit, map))
		bitmap_changed(sb, group, page, bit, 1, is_dir);
	else
		ext2_error(sb, __func__, "inode %u was free already", ino);
	bdev_release(page);
}

void ext2_free_inode(struct inode *inode, bool at_once)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	const struct ext2_pending what = {.first = inode->i_ino,
					  .count = 1,
					  .inodes = true,
					  .is_dir = S_ISDIR(inode->i_mode)};

	mutex_lock(&sbi->alloc_mutex);
	if (at_once)
		ext2_release_inode(sb, what.first, what.is_dir);
	else
		ext2_add_pending(sbi, &what);
	mutex_unlock(&sbi->alloc_mutex);
}

/* ---- a new inode ----------------------------------------------------------------------------- */

static void inherit(struct inode *inode, const struct inode *dir, u32 mode, dev_t rdev)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	inode->i_mode = mode;
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	if (dir->i_mode & S_ISGID) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			inode->i_mode |= S_ISGID;
	}
	inode->i_rdev = S_ISCHR(mode) || S_ISBLK(mode) ? rdev : 0;
	ei->i_flags = EXT2_I(dir)->i_flags & FLAGS_INHERITED;
	if (!S_ISDIR(mode))
		ei->i_flags &= ~EXT2_DIRSYNC_FL;
	ei->i_generation = EXT2_SB(inode->i_sb)->next_generation++;
}

struct inode *ext2_new_inode(struct inode *dir, u32 mode, dev_t rdev)
{
	struct super_block *sb = dir->i_sb;
	struct inode *inode = new_inode(sb);
	long ino;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	ino = take_inode(sb, dir, S_ISDIR(mode));
	if (ino < 0) {
		iput(inode);
		return ERR_PTR(ino);
	}
	inode->i_ino = (unsigned long)ino;
	EXT2_I(inode)->exists = true;
	EXT2_I(inode)->i_block_group = (inode->i_ino - 1) / EXT2_SB(sb)->inodes_per_group;
	inherit(inode, dir, mode, rdev);
	ext2_set_ops(inode);
	ext2_mark_newborn(inode, dir);
	insert_inode_hash(inode);
	mark_inode_dirty(inode);
	return inode;
}
