/*
 * Data without a disk: pages that exist in the page cache only. A page that is not there is a
 * hole, which reads as zeros; it becomes a page when somebody looks at it or writes to it, and
 * stays until the file is cut or gone. Nothing is ever dirty in the sense that it should be
 * written somewhere.
 */
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

/* Bytes [from, to) of a page become zero. */
static void zero_part(struct page *page, unsigned int from, unsigned int to)
{
	char *at;

	if (from >= to)
		return;
	at = kmap_atomic(page);
	memset(at + from, 0, to - from);
	kunmap_atomic(at);
}

static int simple_readpage(struct file *file, struct page *page)
{
	(void)file;
	zero_part(page, 0, PAGE_SIZE);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static int simple_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			      unsigned int len, struct page **pagep)
{
	struct page *page = find_or_create_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));
	unsigned int from = (unsigned int)pos & (PAGE_SIZE - 1);

	(void)file;
	if (!page)
		return -ENOMEM;
	if (!PageUptodate(page)) { /* what will not be written is zero */
		zero_part(page, 0, from);
		zero_part(page, from + len, PAGE_SIZE);
	}
	*pagep = page;
	return 0;
}

static int simple_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, unsigned int copied, struct page *page)
{
	struct inode *inode = mapping->host;
	unsigned int from = (unsigned int)pos & (PAGE_SIZE - 1);
	loff_t end = pos + copied;

	(void)file;
	if (!PageUptodate(page)) {
		zero_part(page, from + copied, from + len);
		SetPageUptodate(page);
	}
	if (end > i_size_read(inode))
		i_size_write(inode, end);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

const struct address_space_operations simple_aops = {
	.readpage = simple_readpage,
	.write_begin = simple_write_begin,
	.write_end = simple_write_end,
	.set_page_dirty = set_page_dirty_no_writeback,
};

int simple_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	int err = setattr_prepare(dentry, attr);

	if (err)
		return err;
	if ((attr->ia_valid & ATTR_SIZE) && attr->ia_size != i_size_read(inode))
		truncate_setsize(inode, attr->ia_size);
	setattr_copy(inode, attr);
	return 0;
}

void simple_evict_inode(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_private);
}
