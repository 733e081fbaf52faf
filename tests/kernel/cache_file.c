/* Files for tests in the page cache; see cache_file.h. */
#include "tests/kernel/cache_file.h"

#include "kernel/fs/inode.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/slab.h"
#include "mm/writeback.h"

static struct cache_file *cache_file_of_page(const struct page *page)
{
	return container_of(page->mapping->host, struct cache_file, inode);
}

static void fill_page(struct page *page, size_t from, size_t to, int byte)
{
	char *at = kmap_atomic(page);

	memset(at + from, byte, to - from);
	kunmap_atomic(at);
}

static void reading_done(struct timer_list *timer)
{
	struct cache_file *cf = container_of(timer, struct cache_file, timer);

	SetPageUptodate(cf->reading);
	unlock_page(cf->reading);
}

static int cache_file_readpage(struct file *file, struct page *page)
{
	struct cache_file *cf = cache_file_of_page(page);

	(void)file;
	cf->reads++;
	if (cf->hook)
		cf->hook(cf);
	if (cf->error) {
		unlock_page(page);
		return cf->error;
	}
	fill_page(page, 0, PAGE_SIZE, (int)cf->fill);
	if (cf->delay) {
		cf->reading = page;
		mod_timer(&cf->timer, jiffies + cf->delay);
		return 0;
	}
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int cache_file_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
				  unsigned int len, struct page **pagep)
{
	struct cache_file *cf = container_of(mapping->host, struct cache_file, inode);
	size_t offset = (size_t)pos & (PAGE_SIZE - 1);
	struct page *page;

	(void)file;
	if (cf->hook)
		cf->hook(cf);
	page = find_or_create_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));
	if (!page)
		return -ENOMEM;
	if (!PageUptodate(page)) {
		fill_page(page, 0, offset, (int)cf->fill);
		fill_page(page, offset + len, PAGE_SIZE, (int)cf->fill);
	}
	*pagep = page;
	return 0;
}

static int cache_file_write_end(struct file *file, struct address_space *mapping, loff_t pos,
				unsigned int len, unsigned int copied, struct page *page)
{
	struct cache_file *cf = container_of(mapping->host, struct cache_file, inode);
	size_t offset = (size_t)pos & (PAGE_SIZE - 1);

	(void)file;
	if (!PageUptodate(page)) {
		if (cf->whole_pages && copied < len)
			copied = 0;
		fill_page(page, offset + copied, offset + len, (int)cf->fill);
		if (!cf->whole_pages || copied)
			SetPageUptodate(page);
	}
	set_page_dirty(page);
	if (pos + copied > i_size_read(mapping->host))
		i_size_write(mapping->host, pos + copied);
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

static const struct address_space_operations plain_aops = {
	.readpage = cache_file_readpage,
	.write_begin = cache_file_write_begin,
	.write_end = cache_file_write_end,
	.set_page_dirty = set_page_dirty_no_writeback,
};

static void cache_file_release(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
	kfree(inode);
}

static const struct file_operations cache_file_fops = {
	.read = generic_file_read,
	.write = generic_file_write,
	.mmap = generic_file_mmap,
};

struct file *cache_file_open(struct ktest *t, loff_t size)
{
	struct cache_file *cf = kzalloc(sizeof(*cf), GFP_KERNEL);
	struct inode *inode = &cf->inode;
	struct file *file;

	KT_ASSERT(t, cf != NULL);
	inode_init(inode, (u64)size, cache_file_release);
	inode->i_mapping = &inode->i_data;
	mutex_init_rank(&inode->i_mutex, "i_mutex", LOCK_RANK_I_MUTEX);
	inode->i_data.a_ops = &plain_aops;
	timer_setup(&cf->timer, reading_done);
	file = file_alloc(inode, FMODE_READ | FMODE_WRITE, &cache_file_fops, "cached");
	iput(inode);
	KT_ASSERT(t, file != NULL);
	return file;
}

/* A disk that is there at once, and forgets. */
static int cache_file_writepage(struct page *page, struct writeback_control *wbc)
{
	(void)wbc;
	set_page_writeback(page);
	unlock_page(page);
	end_page_writeback(page);
	return 0;
}

void cache_file_tag_dirty(struct file *file)
{
	static const struct address_space_operations tagging_aops = {
		.readpage = cache_file_readpage,
		.writepage = cache_file_writepage,
		.write_begin = cache_file_write_begin,
		.write_end = cache_file_write_end,
	};

	file->f_mapping->a_ops = &tagging_aops;
}
