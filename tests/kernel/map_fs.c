/* A file system of one file; see map_fs.h. */
#include "tests/kernel/map_fs.h"

#include "kernel/fs/block_dev.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mpage.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/lru.h"
#include "mm/mm_types.h"
#include "mm/slab.h"
#include "mm/vmscan.h"
#include "mm/writeback.h"

static struct map_fs *fs_of(const struct inode *inode)
{
	return inode->i_sb->s_fs_info;
}

static u8 garbage(u32 block)
{
	return (u8)(0xa1 + block * 5);
}

u8 *map_fs_data(struct map_fs *fs, u32 block)
{
	return fs->disk->data + ((size_t)block << fs->bits);
}

static void spoil(struct map_fs *fs, u32 block)
{
	memset(map_fs_data(fs, block), garbage(block), 1u << fs->bits);
}

bool map_fs_garbage(struct map_fs *fs, u32 block)
{
	const u8 *data = map_fs_data(fs, block);
	unsigned int i = 0;

	while (i < 1u << fs->bits && data[i] == garbage(block))
		i++;
	return i == 1u << fs->bits;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static u32 find_free(struct map_fs *fs)
{
	u32 block = fs->last;

	if (!fs->room)
		return 0;
	for (u32 i = 0; i < fs->blocks; i++) {
		block = (block + (i ? 1 : fs->stride)) % fs->blocks;
		if (block && !fs->used[block])
			return block;
	}
	return 0;
}

static int make_block(struct map_fs *fs, u32 index)
{
	u32 block = find_free(fs);

	if (!block)
		return -ENOSPC;
	fs->room--;
	fs->used[block] = true;
	fs->map[index] = fs->last = block;
	return 0;
}

static int map_fs_get_block(struct inode *inode, u32 index, unsigned int max, bool create,
			    struct block_map *map)
{
	struct map_fs *fs = fs_of(inode);
	u32 first;
	int error;

	fs->calls++;
	if (fs->error && index >= fs->error_from)
		return fs->error;
	if (index >= MAP_FS_BLOCKS)
		return -EFBIG;
	*map = (struct block_map){.count = 1};
	if (!fs->map[index] && create) {
		error = make_block(fs, index);
		if (error)
			return error;
		map->fresh = true;
	}
	first = fs->map[index];
	map->block = first;
	map->mapped = first != 0;
	max = min(max, MAP_FS_BLOCKS - index);
	if (fs->error && index + max > fs->error_from)
		max = fs->error_from - index;
	while (!map->fresh && !(create && !first) && map->count < max &&
	       fs->map[index + map->count] == (first ? first + map->count : 0))
		map->count++;
	return 0;
}

/* Blocks behind the end of the file become free, and garbage. */
static void free_behind(struct map_fs *fs, loff_t size)
{
	u32 from = (u32)((size + (1 << fs->bits) - 1) >> fs->bits);

	for (u32 i = from; i < MAP_FS_BLOCKS; i++) {
		if (!fs->map[i])
			continue;
		fs->used[fs->map[i]] = false;
		fs->room++;
		spoil(fs, fs->map[i]);
		fs->map[i] = 0;
	}
}

void map_fs_place(struct map_fs *fs, u32 index, u32 block, int fill)
{
	fs->map[index] = block;
	fs->used[block] = true;
	memset(map_fs_data(fs, block), fill, 1u << fs->bits);
}

int map_fs_truncate(struct map_fs *fs, loff_t size)
{
	struct inode *inode = fs->inode;
	bool shorter = size < i_size_read(inode);
	int error = 0;

	mutex_lock(&inode->i_mutex);
	if (shorter)
		error = mpage_zero_tail(&inode->i_data, size, map_fs_get_block);
	if (!error) {
		truncate_setsize(inode, size);
		if (shorter)
			free_behind(fs, size);
	}
	mutex_unlock(&inode->i_mutex);
	return error;
}

/* ---- operations ------------------------------------------------------------------------------ */

static int map_fs_readpage(struct file *file __unused, struct page *page)
{
	return mpage_readpage(page, map_fs_get_block);
}

static void map_fs_readpages(struct file *file __unused, struct address_space *mapping,
			     struct page **pages, unsigned int nr)
{
	mpage_readpages(mapping, pages, nr, map_fs_get_block);
}

static int map_fs_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	return mpage_writepages(mapping, wbc, map_fs_get_block);
}

static int map_fs_writepage(struct page *page, struct writeback_control *wbc)
{
	return mpage_writepage(page, wbc, map_fs_get_block);
}

static int map_fs_write_begin(struct file *file __unused, struct address_space *mapping, loff_t pos,
			      unsigned int len, struct page **page)
{
	int error = mpage_write_begin(mapping, pos, len, page, map_fs_get_block);

	if (error)
		free_behind(fs_of(mapping->host), i_size_read(mapping->host));
	return error;
}

static int map_fs_write_end(struct file *file __unused, struct address_space *mapping, loff_t pos,
			    unsigned int len, unsigned int copied, struct page *page)
{
	int n = mpage_write_end(mapping, pos, len, copied, page);

	if (n < (int)len)
		free_behind(fs_of(mapping->host), i_size_read(mapping->host));
	return n;
}

static const struct address_space_operations map_fs_aops = {
	.readpage = map_fs_readpage,
	.readpages = map_fs_readpages,
	.writepage = map_fs_writepage,
	.writepages = map_fs_writepages,
	.write_begin = map_fs_write_begin,
	.write_end = map_fs_write_end,
};

static unsigned int map_fs_page_mkwrite(struct vm_area_struct *vma, struct page *page)
{
	return mpage_page_mkwrite(vma, page, map_fs_get_block);
}

static const struct vm_operations_struct map_fs_vm_ops = {
	.nopage = filemap_nopage,
	.map_pages = filemap_map_pages,
	.page_mkwrite = map_fs_page_mkwrite,
};

static int map_fs_mmap(struct file *file __unused, struct vm_area_struct *vma)
{
	vma->vm_ops = &map_fs_vm_ops;
	return 0;
}

static const struct file_operations map_fs_fops = {
	.read = generic_file_read,
	.write = generic_file_write,
	.mmap = map_fs_mmap,
};

static void map_fs_evict(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
}

static const struct super_operations map_fs_super_operations = {.evict_inode = map_fs_evict};

/* ---- the file system ------------------------------------------------------------------------- */

struct map_fs *map_fs_new(struct ktest *t, unsigned int bits)
{
	struct map_fs *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

	KT_ASSERT(t, fs);
	fs->disk = fake_disk_new(t, MAP_FS_BYTES >> SECTOR_SHIFT);
	fs->bits = bits;
	fs->blocks = min(MAP_FS_BYTES >> bits, MAP_FS_BLOCKS);
	fs->room = fs->blocks;
	fs->stride = 1;
	for (u32 i = 0; i < fs->blocks; i++)
		spoil(fs, i);
	KT_ASSERT_EQ(t, blkdev_get(fs->disk->disk.whole, FMODE_READ | FMODE_WRITE, fs), 0);
	fs->sb.s_op = &map_fs_super_operations;
	fs->sb.s_blocksize = 1ul << bits;
	fs->sb.s_maxbytes = MAX_LFS_FILESIZE;
	fs->sb.s_bdev = fs->disk->disk.whole;
	fs->sb.s_fs_info = fs;
	INIT_LIST_HEAD(&fs->sb.s_inodes);
	fs->inode = new_inode(&fs->sb);
	KT_ASSERT(t, fs->inode);
	fs->inode->i_mode = S_IFREG | 0600;
	fs->inode->i_data.a_ops = &map_fs_aops;
	fs->disk->nr_started = 0;
	return fs;
}

void map_fs_free(struct map_fs *fs)
{
	struct block_device *bdev = fs->sb.s_bdev;

	iput(fs->inode);
	blkdev_put(bdev, FMODE_READ | FMODE_WRITE, fs);
	bdev_remove(bdev);
	fake_disk_free(fs->disk);
	kfree(fs);
}

struct file *map_fs_open(struct ktest *t, struct map_fs *fs)
{
	struct file *file = file_alloc(fs->inode, FMODE_READ | FMODE_WRITE, &map_fs_fops, "mapped");

	KT_ASSERT(t, file);
	file->f_flags |= O_LARGEFILE;
	return file;
}

void map_fs_forget_cache(struct map_fs *fs)
{
	invalidate_mapping_pages(&fs->inode->i_data, 0, ~(pgoff_t)0);
}

int map_fs_write_back(struct map_fs *fs)
{
	return filemap_write_and_wait(&fs->inode->i_data);
}

void map_fs_expect_garbage(struct ktest *t, struct map_fs *fs)
{
	for (u32 i = 0; i < fs->blocks; i++)
		if (!fs->used[i] && !KT_EXPECT(t, map_fs_garbage(fs, i)))
			ktest_log(t, "block %u", i);
}
