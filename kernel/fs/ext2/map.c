/*
 * Where the blocks of a file are.
 *
 * An inode has 15 numbers of blocks. Twelve are blocks of the file; the others are blocks full of
 * such numbers, once, twice and three times over. With blocks of 1 KiB, 256 numbers in each:
 *
 *	i_data[0..11]  ------------------------------------------> blocks 0..11
 *	i_data[12]     --> [256 numbers] ------------------------> blocks 12..267
 *	i_data[13]     --> [256] --> [256] ----------------------> 65536 more
 *	i_data[14]     --> [256] --> [256] --> [256] ------------> 16 million more
 *
 * 0 is a hole. The numbers on the way to a block are its steps. What follows the last step in its
 * table is looked at too, because whoever asks for one block mostly wants those behind it.
 *
 * Looking takes no lock. It may sleep while an indirect block is read, and the file may be changed
 * then; so after each sleep all steps so far are looked at again, and if one has changed, it begins
 * anew. Between the last look and the answer nobody else runs.
 *
 * New indirect blocks are filled before anything points to them, in the cache and on the disk: they
 * are BDEV_NEW, which commit.c writes before the pointer. A file that fails half way has not
 * changed.
 *
 * Locks: map_mutex of the file for who changes the steps, inside ext2_begin().
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"

#define MAX_STEPS 4

/* Which number in which table, from the inode on. */
struct way {
	unsigned int depth; /* 1..MAX_STEPS; 0: no file is so large */
	u32 offset[MAX_STEPS];
	u32 left; /* how many numbers there are from the last one to the end of its table */
};

struct step {
	u32 *at;	   /* where the number lies, */
	u32 key;	   /* and what it was */
	struct page *page; /* with the table; NULL: the inode */
	u32 table;	   /* its block */
};

static void find_way(const struct ext2_sb_info *sbi, u32 index, struct way *way)
{
	unsigned int bits = sbi->addr_bits, depth;
	u32 per_block = 1u << bits, count = per_block;

	way->depth = 1;
	way->offset[0] = index;
	way->left = EXT2_NDIR_BLOCKS - index;
	if (index < EXT2_NDIR_BLOCKS)
		return;
	index -= EXT2_NDIR_BLOCKS;
	for (depth = 2; index >= count; depth++) {
		index -= count;
		if (depth == MAX_STEPS) {
			way->depth = 0;
			return;
		}
		count <<= bits;
	}
	way->depth = depth;
	way->offset[0] = EXT2_IND_BLOCK + depth - 2;
	for (unsigned int i = 1; i < depth; i++)
		way->offset[i] = (index >> ((depth - 1 - i) * bits)) & (per_block - 1);
	way->left = per_block - way->offset[depth - 1];
}

loff_t ext2_max_size(unsigned int block_bits)
{
	u64 addrs = 1u << (block_bits - 2);
	u64 tables = 3 + 2 * addrs + addrs * addrs;
	u64 by_map = EXT2_NDIR_BLOCKS + addrs + addrs * addrs + addrs * addrs * addrs;
	u64 by_count = (0xffffffffu >> (block_bits - SECTOR_SHIFT)) - tables; /* i_blocks */

	return (loff_t)(min(by_map, by_count) << block_bits);
}

/* ---- walking --------------------------------------------------------------------------------- */

static void release_steps(struct step *steps, unsigned int n)
{
	for (unsigned int i = 1; i < n; i++)
		bdev_release(steps[i].page);
}

static bool steps_hold(const struct step *steps, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (*steps[i].at != steps[i].key)
			return false;
	return true;
}

/* The table that the last of `n` steps leads to. 0; -EAGAIN: the steps have changed. */
static int next_table(struct inode *inode, struct step *steps, unsigned int n, u32 **table)
{
	struct super_block *sb = inode->i_sb;
	u32 block = steps[n - 1].key;
	struct page *page;

	if (!ext2_block_valid(sb, block, 1))
		return ext2_error(sb, __func__, "inode %lu has an indirect block %u", inode->i_ino,
				  block);
	page = bdev_read(sb->s_bdev, ext2_block_pos(EXT2_SB(sb), block), (void **)table);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	if (!steps_hold(steps, n)) {
		bdev_release(page);
		return -EAGAIN;
	}
	steps[n].page = page;
	steps[n].table = block;
	return 0;
}

/*
 * Go as far as there are blocks. How many steps there are now (release_steps()): the last one has
 * the block of the file, or 0: a hole. Or -errno, and nothing to release.
 */
static int walk(struct inode *inode, const struct way *way, struct step *steps)
{
	u32 *table = EXT2_I(inode)->i_data;
	unsigned int n = 0;
	int error;

	steps[0].page = NULL;
	for (;;) {
		steps[n].at = table + way->offset[n];
		steps[n].key = *steps[n].at;
		if (++n == way->depth || !steps[n - 1].key)
			return (int)n;
		error = next_table(inode, steps, n, &table);
		if (!error)
			continue;
		release_steps(steps, n);
		if (error != -EAGAIN)
			return error;
		table = EXT2_I(inode)->i_data;
		n = 0;
	}
}

/* How many numbers from `at` on say what the first one says: one behind the other, or a hole. */
static u32 run_length(const u32 *at, u32 most)
{
	u32 n = 1, first = *at;

	if (first)
		while (n < most && at[n] == first + n)
			n++;
	else
		while (n < most && !at[n])
			n++;
	return n;
}

static int describe(struct inode *inode, const struct way *way, const struct step *last,
		    bool complete, unsigned int max, struct block_map *map)
{
	u32 most = min(max, way->left);

	map->block = last->key;
	map->mapped = last->key != 0;
	map->fresh = false;
	map->count = complete ? run_length(last->at, most) : most;
	if (map->mapped && !ext2_block_valid(inode->i_sb, map->block, map->count))
		return ext2_error(inode->i_sb, __func__, "inode %lu has blocks %u to %u",
				  inode->i_ino, map->block, map->block + map->count - 1);
	return 0;
}

static int look_up(struct inode *inode, const struct way *way, unsigned int max,
		   struct block_map *map)
{
	struct step steps[MAX_STEPS];
	int n = walk(inode, way, steps), error;

	if (n < 0)
		return n;
	error = describe(inode, way, &steps[n - 1], (unsigned int)n == way->depth, max, map);
	release_steps(steps, (unsigned int)n);
	return error;
}

/* ---- making blocks --------------------------------------------------------------------------- */

/* What is to be hung into a file: indirect blocks, one in the other, and a run of data blocks. */
struct branch {
	unsigned int tables;
	u32 table[MAX_STEPS - 1];
	struct page *page[MAX_STEPS - 1];
	u32 *numbers[MAX_STEPS - 1];
	u32 data, count;
};

/* A good place for a block of a file: behind the one before it. */
static u32 find_goal(const struct inode *inode, const struct way *way, const struct step *last,
		     unsigned int n, u32 index)
{
	const struct ext2_inode_info *ei = EXT2_I(inode);
	const u32 *table = last->at - way->offset[n - 1];

	if (ei->i_next_block && index == ei->i_next_index)
		return ei->i_next_block;
	if (n == way->depth)
		for (const u32 *p = last->at; p > table; p--)
			if (p[-1])
				return p[-1] + 1;
	return last->page ? last->table + 1 : 0;
}

static void free_branch(struct inode *inode, struct branch *branch)
{
	struct super_block *sb = inode->i_sb;

	for (unsigned int i = 0; i < branch->tables; i++) {
		if (branch->page[i])
			bdev_release(branch->page[i]);
		ext2_free_blocks(sb, branch->table[i], 1, true);
	}
	if (branch->data)
		ext2_free_blocks(sb, branch->data, branch->count, true);
}

static int make_table(struct inode *inode, u32 goal, struct branch *branch)
{
	struct super_block *sb = inode->i_sb;
	unsigned int i = branch->tables, one = 1;
	struct page *page;
	void *numbers;
	int error;

	branch->table[i] = ext2_new_blocks(inode, goal, &one, &error);
	if (!branch->table[i])
		return error;
	branch->page[i] = NULL;
	branch->tables++;
	page = bdev_new(sb->s_bdev, ext2_block_pos(EXT2_SB(sb), branch->table[i]), sb->s_blocksize,
			&numbers);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	branch->page[i] = page;
	branch->numbers[i] = numbers;
	return 0;
}

/* All blocks of a branch, in the order in which they will be read. On error there are none. */
static int make_branch(struct inode *inode, unsigned int tables, u32 goal, struct branch *branch)
{
	int error = 0;

	while (!error && branch->tables < tables) {
		error = make_table(inode, goal, branch);
		if (!error)
			goal = branch->table[branch->tables - 1] + 1;
	}
	if (!error)
		branch->data = ext2_new_blocks(inode, goal, &branch->count, &error);
	if (error)
		free_branch(inode, branch);
	return error;
}

/* Write the numbers into the new tables. What leads to the branch: its first block. */
static u32 fill_branch(struct inode *inode, const struct way *way, struct branch *branch)
{
	struct super_block *sb = inode->i_sb;
	unsigned int first = way->depth - branch->tables; /* the step into table 0 */

	for (unsigned int i = 0; i < branch->tables; i++) {
		u32 *at = branch->numbers[i] + way->offset[first + i];

		if (i + 1 < branch->tables)
			*at = branch->table[i + 1];
		else
			for (u32 k = 0; k < branch->count; k++)
				at[k] = branch->data + k;
		bdev_mark_dirty(branch->page[i], ext2_block_pos(EXT2_SB(sb), branch->table[i]),
				sb->s_blocksize, BDEV_NEW);
		bdev_release(branch->page[i]);
	}
	return branch->tables ? branch->table[0] : branch->data;
}

/* From now on the file has them. */
static void hang_in(struct inode *inode, const struct way *way, struct step *last, u32 index,
		    struct branch *branch)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_inode_info *ei = EXT2_I(inode);
	u32 numbers = branch->tables ? 1 : branch->count, first = fill_branch(inode, way, branch);

	for (u32 k = 0; k < numbers; k++)
		last->at[k] = first + k;
	if (last->page)
		bdev_mark_dirty(last->page,
				ext2_block_pos(EXT2_SB(sb), last->table) +
					((unsigned long)last->at & (sb->s_blocksize - 1)),
				numbers * sizeof(u32), BDEV_ORDERED);
	inode->i_blocks += (u64)(branch->tables + branch->count)
			   << (EXT2_SB(sb)->block_bits - SECTOR_SHIFT);
	ei->i_next_index = index + branch->count;
	ei->i_next_block = branch->data + branch->count;
	ext2_mark_fresh(inode);
	mark_inode_dirty(inode);
}

/* `n` steps were possible, and the last one is a hole. */
static int make_blocks(struct inode *inode, const struct way *way, struct step *steps,
		       unsigned int n, u32 index, unsigned int max, struct block_map *map)
{
	struct step *last = &steps[n - 1];
	u32 most = min(max, way->left);
	struct branch branch = {.count = n == way->depth ? run_length(last->at, most) : most};
	int error;

	error = make_branch(inode, way->depth - n, find_goal(inode, way, last, n, index), &branch);
	if (error)
		return error;
	hang_in(inode, way, last, index, &branch);
	*map = (struct block_map){
		.block = branch.data, .count = branch.count, .mapped = true, .fresh = true};
	return 0;
}

/* ---- for others ------------------------------------------------------------------------------ */

static int create_blocks(struct inode *inode, const struct way *way, u32 index, unsigned int max,
			 struct block_map *map)
{
	struct step steps[MAX_STEPS];
	int n, error;

	mutex_lock(&EXT2_I(inode)->map_mutex);
	n = walk(inode, way, steps);
	error = n;
	if (n < 0)
		goto out;
	if (steps[n - 1].key) /* somebody was faster */
		error = describe(inode, way, &steps[n - 1], true, max, map);
	else
		error = make_blocks(inode, way, steps, (unsigned int)n, index, max, map);
	release_steps(steps, (unsigned int)n);
out:
	mutex_unlock(&EXT2_I(inode)->map_mutex);
	return error;
}

/* Behind the end of a file there is hardly a block already. */
static bool is_behind_end(const struct inode *inode, u32 index)
{
	return index >= inode->i_size >> EXT2_SB(inode->i_sb)->block_bits;
}

int ext2_get_block(struct inode *inode, u32 index, unsigned int max, bool create,
		   struct block_map *map)
{
	struct way way;
	int error;

	find_way(EXT2_SB(inode->i_sb), index, &way);
	if (!way.depth)
		return -EFBIG;
	if (create && is_behind_end(inode, index))
		return create_blocks(inode, &way, index, max, map);
	error = look_up(inode, &way, max, map);
	if (error || map->mapped || !create)
		return error;
	return create_blocks(inode, &way, index, max, map);
}
