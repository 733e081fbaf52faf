/*
 * Taking blocks away from files.
 *
 * It is done from the end of the file to its beginning, so that at any moment what is left is a
 * shorter file. Each number is cleared where it stood, in the inode or in an indirect block, and
 * the block is pending (pending.c). An indirect block in which nothing is left goes too, and what
 * was to be written of it is forgotten.
 *
 *	           i_data[12]          i_data[13]
 *	[direct]   [i i i i i i i]     [ [i i i i] [i i i i] [i i i i] ]
 *	  <-- 4.        <-- 3.              <-- 2.    |          <-- 1.
 *	                                         a chunk ends here: ext2_end(), ext2_begin()
 *
 * A large file is done in chunks, so that commits need not wait for its end. The map may be
 * damaged: numbers that cannot be are reported and cleared; as every number is cleared when it has
 * been followed, a map that leads back into itself comes to an end.
 *
 * Locks: map_mutex, inside ext2_begin(), for each chunk.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/sched.h"

#define CHUNK 16 /* indirect blocks of the lowest kind */

struct truncation {
	struct inode *inode;
	bool at_once;	  /* nothing of it has ever been on the disk */
	int budget;	  /* how many tables of data blocks may still be looked at in this chunk */
	u32 freed;	  /* blocks */
	u32 first, count; /* a run that will be freed */
};

/* ---- runs ------------------------------------------------------------------------------------ */

static void free_run(struct truncation *t)
{
	struct super_block *sb = t->inode->i_sb;

	if (!t->count)
		return;
	if (ext2_block_valid(sb, t->first, t->count))
		ext2_free_blocks(sb, t->first, t->count, t->at_once);
	else /* some of them; the others are reported */
		for (u32 i = 0; i < t->count; i++)
			ext2_free_blocks(sb, t->first + i, 1, t->at_once);
	t->freed += t->count;
	t->count = 0;
}

/* The numbers [from, to) become 0, the last one first. Was there any? */
static bool clear_numbers(struct truncation *t, u32 *numbers, u32 from, u32 to)
{
	bool any = false;

	while (to-- > from) {
		u32 block = numbers[to];

		if (!block)
			continue;
		any = true;
		numbers[to] = 0;
		if (!t->count || block + 1 != t->first) {
			free_run(t);
			t->first = block;
			t->count = 1;
		} else {
			t->first = block;
			t->count++;
		}
	}
	free_run(t);
	return any;
}

/* ---- trees ----------------------------------------------------------------------------------- */

static bool free_tree(struct truncation *t, u32 *slot, unsigned int depth, u32 first);

/* The same for numbers of tables, each with `depth` levels below it. False: out of budget. */
static bool free_subtrees(struct truncation *t, u32 *numbers, unsigned int depth, u32 first)
{
	unsigned int bits = EXT2_SB(t->inode->i_sb)->addr_bits, shift = depth * bits;
	u32 lowest = first >> shift, rest = first & ((1u << shift) - 1);

	for (u32 i = 1u << bits; i-- > lowest;)
		if (numbers[i] && !free_tree(t, &numbers[i], depth, i == lowest ? rest : 0))
			return false;
	return true;
}

/* The table itself goes, and with it what was to be written of it. */
static void free_table(struct truncation *t, u32 *slot)
{
	struct super_block *sb = t->inode->i_sb;
	u32 block = *slot;

	if (!block) /* it led to itself */
		return;
	*slot = 0;
	bdev_forget(sb->s_bdev, ext2_block_pos(EXT2_SB(sb), block), sb->s_blocksize);
	ext2_free_blocks(sb, block, 1, t->at_once);
	t->freed++;
}

static u32 *read_table(struct truncation *t, u32 block, struct page **page)
{
	struct super_block *sb = t->inode->i_sb;
	u32 *numbers;

	if (!ext2_block_valid(sb, block, 1)) {
		ext2_error(sb, __func__, "inode %lu has an indirect block %u", t->inode->i_ino,
			   block);
		return NULL;
	}
	*page = bdev_read(sb->s_bdev, ext2_block_pos(EXT2_SB(sb), block), (void **)&numbers);
	if (!IS_ERR(*page))
		return numbers;
	ext2_warning(sb, __func__, "indirect block %u of inode %lu cannot be read", block,
		     t->inode->i_ino);
	return NULL;
}

/*
 * Free what hangs below *slot from its block `first` on: a table, which has depth levels of numbers
 * (1: of data blocks). *slot becomes 0 when nothing is left. False: out of budget, go on later.
 */
static bool free_tree(struct truncation *t, u32 *slot, unsigned int depth, u32 first)
{
	struct super_block *sb = t->inode->i_sb;
	u32 block = *slot, *numbers;
	struct page *page;
	bool done = true;

	numbers = read_table(t, block, &page);
	if (!numbers) {
		*slot = 0; /* its blocks are lost until e2fsck finds them */
		return true;
	}
	if (depth > 1)
		done = free_subtrees(t, numbers, depth - 1, first);
	else if (t->budget-- > 0)
		clear_numbers(t, numbers, first, 1u << EXT2_SB(sb)->addr_bits);
	else
		done = false;
	if (first || !done)
		bdev_mark_dirty(page, ext2_block_pos(EXT2_SB(sb), block), sb->s_blocksize,
				BDEV_ORDERED);
	bdev_release(page);
	if (!first && done)
		free_table(t, slot);
	return done;
}

/* Free from block `first` of the file on. False: there is more. map_mutex is held. */
static bool truncate_chunk(struct truncation *t, u32 first)
{
	struct ext2_inode_info *ei = EXT2_I(t->inode);
	unsigned int bits = EXT2_SB(t->inode->i_sb)->addr_bits;
	u32 begin[3]; /* the first block below each tree */

	begin[0] = EXT2_NDIR_BLOCKS;
	begin[1] = begin[0] + (1u << bits);
	begin[2] = begin[1] + (1u << 2 * bits);
	for (unsigned int i = 3; i-- > 0;) {
		u32 from = first > begin[i] ? first - begin[i] : 0;

		if (i < 2 && first >= begin[i + 1])
			return true;
		if (ei->i_data[EXT2_IND_BLOCK + i] && (i == 2 || from < 1u << (i + 1) * bits) &&
		    !free_tree(t, &ei->i_data[EXT2_IND_BLOCK + i], i + 1, from))
			return false;
	}
	if (first < EXT2_NDIR_BLOCKS)
		clear_numbers(t, ei->i_data, first, EXT2_NDIR_BLOCKS);
	return true;
}

/* ---- for others ------------------------------------------------------------------------------ */

static void note_freed(struct truncation *t)
{
	struct inode *inode = t->inode;
	struct ext2_inode_info *ei = EXT2_I(inode);
	u64 sectors = (u64)t->freed << (EXT2_SB(inode->i_sb)->block_bits - SECTOR_SHIFT);

	if (!t->freed)
		return;
	inode->i_blocks -= min(inode->i_blocks, sectors);
	ei->i_next_index = ei->i_next_block = 0;
	mark_inode_dirty(inode);
}

static bool truncate_inside(struct inode *inode, loff_t size, int budget)
{
	u32 block_size = inode->i_sb->s_blocksize;
	u32 first = (u32)((size + block_size - 1) >> EXT2_SB(inode->i_sb)->block_bits);
	struct truncation t = {.inode = inode, .budget = budget};
	bool done;

	mutex_lock(&EXT2_I(inode)->map_mutex);
	t.at_once = ext2_is_newborn(inode);
	done = truncate_chunk(&t, first);
	note_freed(&t);
	if (done)
		EXT2_I(inode)->i_size_before = 0;
	mutex_unlock(&EXT2_I(inode)->map_mutex);
	return done;
}

void ext2_take_back_blocks(struct inode *inode)
{
	ext2_discard_prealloc(inode);
	truncate_inside(inode, i_size_read(inode), CHUNK);
}

void ext2_truncate_blocks(struct inode *inode, loff_t size)
{
	struct super_block *sb = inode->i_sb;
	bool done;

	ext2_discard_prealloc(inode);
	do {
		if (ext2_begin(sb))
			return;
		done = truncate_inside(inode, size, CHUNK);
		ext2_end(sb);
		cond_resched();
	} while (!done);
}
