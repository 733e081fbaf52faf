/*
 * Between the page cache and the maps of blocks: mpage does the work, ext2_get_block() knows where.
 *
 * What is particular is the end of a file. Before data are copied into a page there must be blocks
 * for them; if they do not come after all, the file has blocks behind its end, which are given
 * back.
 */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "mm/filemap.h"
#include "mm/mm_types.h"

static int ext2_readpage(struct file *file __unused, struct page *page)
{
	return mpage_readpage(page, ext2_get_block);
}

static void ext2_readpages(struct file *file __unused, struct address_space *mapping,
			   struct page **pages, unsigned int nr)
{
	mpage_readpages(mapping, pages, nr, ext2_get_block);
}

/*
 * Writing back makes no blocks: it holds page locks, which come after ext2_begin(). What was stored
 * where no block is was stored behind the end of the file (ext2_size_grown()).
 */
static int find_block(struct inode *inode, u32 index, unsigned int max, bool create,
		      struct block_map *map)
{
	int error = ext2_get_block(inode, index, max, false, map);

	return !error && create && !map->mapped ? -ENOSPC : error;
}

static int ext2_writepage(struct page *page, struct writeback_control *wbc)
{
	return mpage_writepage(page, wbc, find_block);
}

int ext2_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	return mpage_writepages(mapping, wbc, find_block);
}

/* ---- growing --------------------------------------------------------------------------------- */

void ext2_size_grown(struct inode *inode, loff_t old)
{
	struct address_space *mapping = inode->i_mapping;
	loff_t page = old & ~((loff_t)PAGE_SIZE - 1);

	if (mapping->i_mmap_writable && old != page && inode->i_sb->s_blocksize < PAGE_SIZE)
		unmap_mapping_range(mapping, page, PAGE_SIZE, false);
}

/* The bytes between the end of the file and `pos` will be a part of it, and are zero. */
static int fill_gap(struct address_space *mapping, loff_t pos)
{
	loff_t end = i_size_read(mapping->host);

	return pos > end ? mpage_zero_tail(mapping, end, ext2_get_block) : 0;
}

/* ---- write(2) -------------------------------------------------------------------------------- */

/* Blocks for what will be written. Inside, if it is 0. -EAGAIN: a commit would help. */
static int begin_write(struct address_space *mapping, loff_t pos, unsigned int len,
		       struct page **page)
{
	struct inode *inode = mapping->host;
	int error = ext2_begin(inode->i_sb);

	if (error)
		return error;
	error = mpage_write_begin(mapping, pos, len, page, ext2_get_block);
	if (!error)
		return 0;
	if (pos + len > i_size_read(inode))
		ext2_take_back_blocks(inode);
	ext2_end(inode->i_sb);
	return error;
}

/*
 * No commit until write_end: it would find blocks in the file, and nothing that could be written to
 * them.
 */
static int ext2_write_begin(struct file *file __unused, struct address_space *mapping, loff_t pos,
			    unsigned int len, struct page **page)
{
	int error = fill_gap(mapping, pos);

	if (!error)
		error = begin_write(mapping, pos, len, page);
	if (error != -EAGAIN)
		return error;
	error = ext2_commit(mapping->host->i_sb);
	if (!error)
		error = begin_write(mapping, pos, len, page);
	return error == -EAGAIN ? -ENOSPC : error;
}

static int ext2_write_end(struct file *file __unused, struct address_space *mapping, loff_t pos,
			  unsigned int len, unsigned int copied, struct page *page)
{
	struct inode *inode = mapping->host;
	loff_t old = i_size_read(inode);
	int result = mpage_write_end(mapping, pos, len, copied, page);

	if (i_size_read(inode) > old)
		ext2_size_grown(inode, old);
	if (result < (int)len && pos + len > i_size_read(inode))
		ext2_take_back_blocks(inode);
	ext2_end(inode->i_sb);
	return result;
}

const struct address_space_operations ext2_aops = {
	.readpage = ext2_readpage,
	.readpages = ext2_readpages,
	.writepage = ext2_writepage,
	.writepages = ext2_writepages,
	.write_begin = ext2_write_begin,
	.write_end = ext2_write_end,
};

/* ---- folders --------------------------------------------------------------------------------- */

/* A page that will never be written is not dirty: others wait for there to be fewer of those. */
static int give_up_page(struct page *page, struct writeback_control *wbc __unused,
			void *data __unused)
{
	set_page_writeback(page); /* the tags follow */
	unlock_page(page);
	end_page_writeback(page);
	return 0;
}

/*
 * Pages of folders have their turn in a commit (commit.c), however much the flusher wants them;
 * after one that the device has failed there is no other.
 */
static int ext2_dir_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (!EXT2_SB(mapping->host->i_sb)->aborted)
		return 0;
	return write_cache_pages(mapping, wbc, give_up_page, NULL);
}

const struct address_space_operations ext2_dir_aops = {
	.readpage = ext2_readpage,
	.readpages = ext2_readpages,
	.writepages = ext2_dir_writepages,
};

/* ---- mappings -------------------------------------------------------------------------------- */

/* As if it had been written: with blocks, and dirty if these are new, before a commit looks. */
static unsigned int ext2_page_mkwrite(struct vm_area_struct *vma, struct page *page)
{
	struct super_block *sb = vma->vm_file->f_mapping->host->i_sb;
	unsigned int result = VM_FAULT_SIGBUS;
	bool full = false;

	for (int tries = 0; tries < 2; tries++) {
		if (ext2_begin(sb))
			break;
		result = mpage_page_mkwrite(vma, page, ext2_get_block);
		full = result == VM_FAULT_SIGBUS && EXT2_SB(sb)->pending_blocks;
		ext2_end(sb);
		if (!full || ext2_commit(sb))
			break;
	}
	return result;
}

static const struct vm_operations_struct ext2_file_vm_ops = {
	.nopage = filemap_nopage,
	.map_pages = filemap_map_pages,
	.page_mkwrite = ext2_page_mkwrite,
};

int ext2_file_mmap(struct file *file __unused, struct vm_area_struct *vma)
{
	vma->vm_ops = &ext2_file_vm_ops;
	return 0;
}
