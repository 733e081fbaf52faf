/*
 * Symbolic links. A target of less than 60 bytes lies in the inode itself, where the block numbers
 * would be (a fast link); a longer one in a block of its own.
 *
 * e2fsck asks about a link whose target is garbage: commit.c writes the block of a slow link before
 * the link itself.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "mm/filemap.h"

static void write_fast(struct inode *inode, const char *target, unsigned int len)
{
	memcpy(EXT2_I(inode)->i_data, target, len);
	inode->i_op = &ext2_fast_symlink_inode_operations;
}

static int write_slow(struct inode *inode, const char *target, unsigned int len)
{
	struct block_map map;
	struct page *page;
	char *data;
	int error = ext2_get_block(inode, 0, 1, true, &map);

	if (error)
		return error;
	page = find_or_create_page(inode->i_mapping, 0);
	if (!page)
		return -ENOMEM;
	data = lowmem_page_address(page);
	memset(data, 0, PAGE_SIZE);
	memcpy(data, target, len);
	SetPageUptodate(page);
	i_size_write(inode, (loff_t)len);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return 0;
}

int ext2_write_symlink(struct inode *inode, const char *target, unsigned int len)
{
	if (len >= 1u << EXT2_SB(inode->i_sb)->block_bits)
		return -ENAMETOOLONG;
	if (len >= sizeof(EXT2_I(inode)->i_data))
		return write_slow(inode, target, len);
	write_fast(inode, target, len);
	i_size_write(inode, (loff_t)len);
	return 0;
}

/* The target ends with a 0 in the inode: ext2_iget() has seen to it. */
static const char *fast_get_link(struct dentry *dentry, void **cookie)
{
	(void)cookie;
	return (const char *)EXT2_I(dentry->d_inode)->i_data;
}

static const char *slow_get_link(struct dentry *dentry, void **cookie)
{
	struct inode *inode = dentry->d_inode;
	struct page *page = read_cache_page(NULL, inode->i_mapping, 0, NULL);
	const char *target;

	if (IS_ERR(page))
		return (const char *)page;
	target = lowmem_page_address(page);
	if (strnlen(target, PAGE_SIZE) != (size_t)inode->i_size) {
		put_page(page);
		return ERR_PTR(ext2_error(inode->i_sb, __func__, "link %lu: a damaged target",
					  inode->i_ino));
	}
	*cookie = page;
	return target;
}

static void slow_put_link(struct dentry *dentry, void *cookie)
{
	(void)dentry;
	put_page(cookie);
}

const struct inode_operations ext2_symlink_inode_operations = {
	.get_link = slow_get_link,
	.put_link = slow_put_link,
	.setattr = ext2_setattr,
	.getattr = ext2_getattr,
};

const struct inode_operations ext2_fast_symlink_inode_operations = {
	.get_link = fast_get_link,
	.setattr = ext2_setattr,
	.getattr = ext2_getattr,
};
