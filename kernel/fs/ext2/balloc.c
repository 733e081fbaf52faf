/*
 * Which blocks are free.
 *
 * Each group has a map with a bit for each of its blocks. A file wants its blocks one behind the
 * other, so the question is never just for a block, but for some, near a goal:
 *
 *	1. at the goal, if that is free           the file goes on where it ended
 *	2. within the next 64 blocks              not far
 *	3. at the next word of 32 free ones       room to go on from there
 *	4. anywhere in the group, in the next group, and so on
 *
 * Several files that grow at once would take turns, block by block. So a file that has grown in
 * order gets more than it asked for: the rest is kept for it in memory (i_prealloc_*), twice as
 * much each time. In the bitmap these blocks are used, but nothing on the disk points to them: they
 * can go back at any time, and do when the file is closed, cut or forgotten, or when the disk is
 * full. (After a power cut e2fsck finds them.)
 *
 * A bitmap may be damaged. What it says is free is checked against what cannot be: the file
 * system's own blocks.
 *
 * Locks: alloc_mutex for all of this.
 */
#include "kernel/cred.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/lib/bitmap.h"
#include "kernel/lib/err.h"

#define NEAR_BLOCKS  64u
#define MIN_WINDOW   8u
#define MAX_WINDOW   128u
#define PLENTY_SHIFT 4 /* windows are for disks of which a sixteenth is free */

/* ---- what may belong to files ---------------------------------------------------------------- */

/* `count` blocks from the block `off` of a group on. */
static bool is_for_files(const struct ext2_sb_info *sbi, u32 group, u32 off, u32 count)
{
	const struct ext2_group_desc *desc = ext2_group_desc(sbi->sb, group);
	u32 start = ext2_start_of_group(sbi, group);
	u32 bmap = desc->bg_block_bitmap - start, imap = desc->bg_inode_bitmap - start;
	u32 table = desc->bg_inode_table - start;

	/* Behind all of it, as nearly always. */
	if (likely(off > bmap && off > imap && off >= table + sbi->table_blocks))
		return true;
	return off >= ext2_super_blocks(sbi, group) && ext2_apart(off, count, bmap, 1) &&
	       ext2_apart(off, count, imap, 1) && ext2_apart(off, count, table, sbi->table_blocks);
}

bool ext2_block_valid(const struct super_block *sb, u32 block, u32 count)
{
	const struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group, off;

	if (block < sbi->first_data_block || block >= sbi->blocks_count ||
	    count > sbi->blocks_count - block)
		return false;
	group = ext2_group_of(sbi, block);
	off = block - ext2_start_of_group(sbi, group);
	while (count) {
		u32 part = min(count, sbi->blocks_per_group - off);

		if (!is_for_files(sbi, group, off, part))
			return false;
		count -= part;
		off = 0;
		group++;
	}
	return true;
}

/* ---- one bitmap ------------------------------------------------------------------------------ */

static struct page *read_bitmap(struct super_block *sb, u32 group, unsigned long **map)
{
	u32 block = ext2_group_desc(sb, group)->bg_block_bitmap;

	return bdev_read(sb->s_bdev, ext2_block_pos(EXT2_SB(sb), block), (void **)map);
}

/* The bits [at, at+count) were changed, `freed` of them from used to free (or less than 0). */
static void bitmap_changed(struct super_block *sb, u32 group, struct page *page, u32 at, u32 count,
			   int freed)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	struct ext2_group_desc *desc = ext2_group_desc(sb, group);
	loff_t pos = ext2_block_pos(sbi, desc->bg_block_bitmap);

	bdev_mark_dirty(page, pos + at / 8, (at + count - 1) / 8 - at / 8 + 1, BDEV_ANY);
	desc->bg_free_blocks_count = (u16)max((int)desc->bg_free_blocks_count + freed, 0);
	sbi->es->s_free_blocks_count = (u32)max((int)sbi->es->s_free_blocks_count + freed, 0);
	ext2_mark_desc_dirty(sb, group);
	sbi->super_changed = true;
}

/* A free bit at `from` or soon behind it; else one at which 32 of them begin. `size`: neither. */
static u32 find_near(const unsigned long *map, u32 size, u32 from)
{
	u32 near = min(from + NEAR_BLOCKS, size);
	u32 at = find_next_zero_bit(map, near, from);

	if (at < near)
		return at;
	for (u32 word = DIV_ROUND_UP(near, BITS_PER_LONG); word < size / BITS_PER_LONG; word++)
		if (!map[word])
			return word * BITS_PER_LONG;
	return size;
}

/* Where in a group to allocate: near `from`, or at the first free bit. `size`: nowhere. */
static u32 find_free(struct ext2_sb_info *sbi, u32 group, const unsigned long *map, u32 size,
		     u32 from)
{
	u32 at = from ? find_near(map, size, from) : size;

	if (at < size)
		return at;
	at = find_next_zero_bit(map, size, sbi->first_free[group]);
	sbi->first_free[group] = (u16)min(at, 0xffffu);
	return at;
}

/* How many free bits there are from `at` on, up to `most`. */
static u32 free_run(const unsigned long *map, u32 size, u32 at, u32 most)
{
	return find_next_bit(map, min(size, at + most), at) - at;
}

/* Take up to `want` blocks of a group; *got. The first one; 0: there are none, or *error. */
static u32 take_in_group(struct super_block *sb, u32 group, u32 from, u32 want, u32 *got,
			 int *error)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 size = ext2_blocks_in_group(sbi, group), at, block = 0;
	unsigned long *map;
	struct page *page = read_bitmap(sb, group, &map);

	if (IS_ERR(page)) {
		*error = (int)PTR_ERR(page);
		return 0;
	}
	at = find_free(sbi, group, map, size, from);
	if (at >= size)
		goto out;
	*got = free_run(map, size, at, want);
	block = ext2_start_of_group(sbi, group) + at;
	if (!ext2_block_valid(sb, block, *got)) {
		*error =
			ext2_error(sb, __func__,
				   "the map of group %u has own blocks among the free ones", group);
		block = 0;
		goto out;
	}
	bitmap_set(map, at, *got);
	bitmap_changed(sb, group, page, at, *got, -(int)*got);
out:
	bdev_release(page);
	return block;
}

/* Clear bits that are set; what is free already was freed twice. */
static void free_in_group(struct super_block *sb, u32 group, u32 at, u32 count)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	unsigned long *map;
	struct page *page = read_bitmap(sb, group, &map);
	u32 freed = 0;

	if (IS_ERR(page)) {
		ext2_warning(sb, __func__, "the map of group %u cannot be read: %u blocks are lost",
			     group, count);
		return;
	}
	for (u32 bit = at; bit < at + count; bit++)
		freed += __test_and_clear_bit(bit, map);
	sbi->first_free[group] = (u16)min((u32)sbi->first_free[group], at);
	bitmap_changed(sb, group, page, at, count, (int)freed);
	bdev_release(page);
	if (freed != count)
		ext2_error(sb, __func__, "%u blocks from %u on were free already", count - freed,
			   ext2_start_of_group(sbi, group) + at);
}

/* ---- freeing --------------------------------------------------------------------------------- */

void ext2_release_blocks(struct super_block *sb, u32 block, u32 count)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group = ext2_group_of(sbi, block);
	u32 at = block - ext2_start_of_group(sbi, group);

	while (count) {
		u32 part = min(count, sbi->blocks_per_group - at);

		free_in_group(sb, group++, at, part);
		count -= part;
		at = 0;
	}
}

void ext2_free_blocks(struct super_block *sb, u32 block, u32 count, bool at_once)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	const struct ext2_pending what = {.first = block, .count = count};

	if (!ext2_block_valid(sb, block, count)) {
		ext2_error(sb, __func__, "%u blocks from %u on cannot be a file's", count, block);
		return;
	}
	mutex_lock(&sbi->alloc_mutex);
	if (at_once)
		ext2_release_blocks(sb, block, count);
	else
		ext2_add_pending(sbi, &what);
	mutex_unlock(&sbi->alloc_mutex);
}

/* ---- what files keep to grow into ------------------------------------------------------------ */

static u32 discard(struct ext2_sb_info *sbi, struct ext2_inode_info *ei)
{
	u32 count = ei->i_prealloc_count;

	if (!count)
		return 0;
	ei->i_prealloc_count = 0;
	list_del_init(&ei->i_prealloc);
	sbi->prealloc_blocks -= count;
	ext2_release_blocks(sbi->sb, ei->i_prealloc_block, count);
	return count;
}

void ext2_discard_prealloc(struct inode *inode)
{
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);

	if (!EXT2_I(inode)->i_prealloc_count)
		return;
	mutex_lock(&sbi->alloc_mutex);
	discard(sbi, EXT2_I(inode));
	mutex_unlock(&sbi->alloc_mutex);
}

static u32 discard_all(struct ext2_sb_info *sbi)
{
	u32 count = 0;

	while (!list_empty(&sbi->prealloc))
		count += discard(
			sbi, list_entry(sbi->prealloc.next, struct ext2_inode_info, i_prealloc));
	return count;
}

u32 ext2_discard_all_prealloc(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 count;

	mutex_lock(&sbi->alloc_mutex);
	count = discard_all(sbi);
	mutex_unlock(&sbi->alloc_mutex);
	return count;
}

/* Up to *count of what is kept for the file; 0: it does not go on there. */
static u32 take_prealloc(struct ext2_sb_info *sbi, struct ext2_inode_info *ei, u32 goal, u32 *count)
{
	u32 block = ei->i_prealloc_block;

	if (!ei->i_prealloc_count)
		return 0;
	if (goal != block) {
		discard(sbi, ei);
		return 0;
	}
	*count = min(*count, ei->i_prealloc_count);
	sbi->prealloc_blocks -= *count;
	ei->i_prealloc_block += *count;
	ei->i_prealloc_count -= *count;
	if (!ei->i_prealloc_count)
		list_del_init(&ei->i_prealloc);
	return block;
}

static void keep_prealloc(struct ext2_sb_info *sbi, struct ext2_inode_info *ei, u32 block,
			  u32 count)
{
	if (!count)
		return;
	ei->i_prealloc_block = block;
	ei->i_prealloc_count = count;
	sbi->prealloc_blocks += count;
	list_add_tail(&ei->i_prealloc, &sbi->prealloc);
}

/* How many more than it asked for a file shall get. */
static u32 window_of(const struct ext2_sb_info *sbi, struct inode *inode, u32 goal)
{
	struct ext2_inode_info *ei = EXT2_I(inode);

	if (!S_ISREG(inode->i_mode) || !ei->i_next_index || goal != ei->i_next_block ||
	    sbi->es->s_free_blocks_count < sbi->blocks_count >> PLENTY_SHIFT)
		ei->i_prealloc_window = 0;
	else
		ei->i_prealloc_window = min(max(ei->i_prealloc_window * 2, MIN_WINDOW), MAX_WINDOW);
	return ei->i_prealloc_window;
}

/* ---- allocating ------------------------------------------------------------------------------ */

/* How many blocks the current task may take: some are for root, so that he can clean up. */
static u32 blocks_allowed(const struct ext2_sb_info *sbi)
{
	u32 free = sbi->es->s_free_blocks_count, reserved = sbi->es->s_r_blocks_count;

	if (current_fsuid() == 0 || current_fsuid() == sbi->resuid ||
	    (sbi->resgid && in_group_p(sbi->resgid)))
		return free;
	return free > reserved ? free - reserved : 0;
}

/* In all groups, from the goal's on. */
static u32 take_anywhere(struct super_block *sb, u32 goal, bool exact, u32 want, u32 *got,
			 int *error)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 group = ext2_group_of(sbi, goal), block = 0;
	u32 from = exact ? goal - ext2_start_of_group(sbi, group) : 0;

	for (u32 i = 0; i < sbi->groups && !block && !*error; i++) {
		if (ext2_group_desc(sb, group)->bg_free_blocks_count)
			block = take_in_group(sb, group, from, want, got, error);
		from = 0;
		if (++group == sbi->groups)
			group = 0;
	}
	return block;
}

static u32 allocate(struct inode *inode, u32 goal, u32 *count, int *error)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb_info *sbi = EXT2_SB(sb);
	u32 allowed = blocks_allowed(sbi), got = 0, block;
	bool exact = goal > sbi->first_data_block && goal < sbi->blocks_count;
	u32 window = window_of(sbi, inode, goal);

	if (!allowed)
		return 0;
	if (!exact)
		goal = ext2_start_of_group(sbi, EXT2_I(inode)->i_block_group);
	*count = min(*count, allowed);
	block = take_anywhere(sb, goal, exact, min(*count + window, allowed), &got, error);
	if (!block)
		return 0;
	if (got > *count)
		keep_prealloc(sbi, EXT2_I(inode), block + *count, got - *count);
	*count = min(*count, got);
	return block;
}

u32 ext2_new_blocks(struct inode *inode, u32 goal, unsigned int *count, int *error)
{
	struct ext2_sb_info *sbi = EXT2_SB(inode->i_sb);
	u32 wanted = *count, block;

	*error = 0;
	mutex_lock(&sbi->alloc_mutex);
	block = take_prealloc(sbi, EXT2_I(inode), goal, count);
	if (!block)
		block = allocate(inode, goal, count, error);
	if (!block && !*error && discard_all(sbi)) {
		*count = wanted;
		block = allocate(inode, goal, count, error);
	}
	if (!block && !*error)
		*error = sbi->pending_blocks ? -EAGAIN : -ENOSPC;
	mutex_unlock(&sbi->alloc_mutex);
	return block;
}
