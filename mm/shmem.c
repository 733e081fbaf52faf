/*
 * Anonymous memory that processes share.
 *
 * Private anonymous memory has no file, and is found again through its areas. Memory that is shared
 * between processes, MAP_SHARED | MAP_ANONYMOUS, needs something that all of its areas have in
 * common and that holds the pages when none of them is looking. A file without a name does: its
 * page cache is the only copy there is.
 *
 *	area (parent) --.
 *	                 >-- file, nameless -- address_space -- pages
 *	area (child)  --'
 *
 * Everything else follows: fork copies the area and takes a reference to the file, faults find the
 * page in the page cache or make one full of zeros (readpage), rmap walks i_mmap, and when the last
 * area goes, so do the file and its pages. System V segments will be such files too.
 *
 * These pages are always in use somewhere, or nowhere at all, so they are never clean copies of
 * something: they are not to be reclaimed without swap.
 *
 * Left out: swapping them; a file system of such files (tmpfs).
 */
#include "mm/shmem.h"

#include "kernel/lib/err.h"
#include "kernel/lib/vsprintf.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/overcommit.h"
#include "mm/slab.h"
#include "mm/vmstat.h"

/* Room for a name as /proc/PID/maps shows it: no folder has the file (any more). */
#define SHMEM_NAME_LEN 32

struct shmem_inode {
	struct inode inode; /* first: the address of one is the address of the other */
	long promised;	    /* pages, of all processes together */
};

static int shmem_readpage(struct file *file, struct page *page)
{
	(void)file;
	clear_highpage(page);
	SetPageUptodate(page);
	add_vm_stat(NR_SHMEM, 1);
	unlock_page(page);
	return 0;
}

static const struct address_space_operations shmem_aops = {
	.readpage = shmem_readpage,
	.set_page_dirty = set_page_dirty_no_writeback,
};

static const struct file_operations shmem_fops = {.mmap = generic_file_mmap};

static void shmem_release(struct inode *inode)
{
	struct shmem_inode *shmem = container_of(inode, struct shmem_inode, inode);

	add_vm_stat(NR_SHMEM, -(long)inode->i_data.nrpages);
	truncate_inode_pages(&inode->i_data, 0);
	vm_unacct_memory(shmem->promised);
	kfree(shmem);
}

/* An inode for `size` bytes; ERR_PTR(-ENOMEM). */
static struct inode *shmem_inode(loff_t size, bool noreserve)
{
	long pages = (long)((size + (loff_t)PAGE_SIZE - 1) >> PAGE_SHIFT);
	struct shmem_inode *shmem;

	if (!noreserve && vm_enough_memory(pages))
		return ERR_PTR(-ENOMEM);
	shmem = kzalloc(sizeof(*shmem), GFP_KERNEL | __GFP_NOWARN);
	if (!shmem) {
		vm_unacct_memory(noreserve ? 0 : pages);
		return ERR_PTR(-ENOMEM);
	}
	inode_init(&shmem->inode, (u64)size, shmem_release);
	shmem->inode.i_data.a_ops = &shmem_aops;
	shmem->promised = noreserve ? 0 : pages;
	return &shmem->inode;
}

struct file *shmem_file_setup(const char *name, loff_t size, bool noreserve)
{
	char shown[SHMEM_NAME_LEN];
	struct inode *inode;
	struct file *file;

	if (size < 0 || size > (loff_t)MAX_LFS_FILESIZE)
		return ERR_PTR(-EINVAL);
	inode = shmem_inode(size, noreserve);
	if (IS_ERR(inode))
		return ERR_PTR(PTR_ERR(inode));
	snprintf(shown, sizeof(shown), "%s (deleted)", name);
	file = alloc_file_pseudo(inode, shown, FMODE_READ | FMODE_WRITE, &shmem_fops);
	iput(inode);
	return file ? file : ERR_PTR(-ENOMEM);
}
