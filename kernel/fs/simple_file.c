/* Data without a disk: pages that exist in the page cache only. */
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "mm/filemap.h"
#include "mm/slab.h"

void simple_evict_inode(struct inode *inode)
{
	truncate_page_cache(&inode->i_data);
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_private);
}
