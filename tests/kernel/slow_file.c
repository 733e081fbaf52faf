/* Files on a device that is not there; see slow_file.h. */
#include "tests/kernel/slow_file.h"

#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/super.h"
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/timer_list.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/lru.h"
#include "mm/vmstat.h"
#include "mm/writeback.h"
#include "tests/kernel/mm_test.h"

struct slow_disk slow_disk;

/* What is on its way. */
static struct {
	struct page *page;
	bool write;
	unsigned long due;
} pending[4096];
static unsigned int nr_pending;

static struct task_struct *disk_thread;

/* ---- the device ------------------------------------------------------------------------------ */

static void end_io(struct page *page, bool write)
{
	struct address_space *mapping = page->mapping;

	if (write) {
		mapping_set_error(mapping, slow_disk.error);
		end_page_writeback(page);
		return;
	}
	if (!slow_disk.error) {
		u32 *words = kmap_atomic(page);

		memset(words, 0, PAGE_SIZE);
		words[0] = (u32)page->index;
		kunmap_atomic(words);
		SetPageUptodate(page);
	}
	unlock_page(page);
}

static void end_due(bool all)
{
	unsigned int n = nr_pending, kept = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (all || time_after_eq(jiffies, pending[i].due))
			end_io(pending[i].page, pending[i].write);
		else
			pending[kept++] = pending[i];
	}
	nr_pending = kept;
}

void slow_disk_end(void)
{
	end_due(true);
}

static int serve(void *unused)
{
	(void)unused;
	while (!kthread_should_stop()) {
		if (!slow_disk.hold)
			end_due(false);
		msleep(10);
	}
	return 0;
}

static void start_io(struct page *page, bool write)
{
	if (!slow_disk.hold && !slow_disk.delay) {
		end_io(page, write);
		return;
	}
	pending[nr_pending].page = page;
	pending[nr_pending].write = write;
	pending[nr_pending++].due = jiffies + slow_disk.delay;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static int slow_readpage(struct file *file, struct page *page)
{
	(void)file;
	slow_disk.reads++;
	start_io(page, false);
	return 0;
}

static void slow_readpages(struct file *file, struct address_space *mapping, struct page **pages,
			   unsigned int nr)
{
	unsigned int call = slow_disk.nr_readpages++ % SLOW_NOTES;

	(void)mapping;
	slow_disk.readpages[call].first = pages[0]->index;
	slow_disk.readpages[call].nr = nr;
	for (unsigned int i = 0; i < nr; i++) {
		if (slow_disk.readpage_only)
			unlock_page(pages[i]);
		else
			slow_readpage(file, pages[i]);
	}
}

static int slow_writepage(struct page *page, struct writeback_control *wbc)
{
	unsigned int dirty = vm_stats[NR_FILE_DIRTY] + vm_stats[NR_WRITEBACK] + 1;

	(void)wbc;
	slow_disk.written[slow_disk.writes++ % SLOW_NOTES] = page->index;
	slow_disk.most_dirty = max(slow_disk.most_dirty, dirty);
	set_page_writeback(page);
	unlock_page(page);
	start_io(page, true);
	return 0;
}

static int slow_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, struct page **pagep)
{
	struct page *page = find_or_create_page(mapping, (pgoff_t)(pos >> PAGE_SHIFT));

	(void)file;
	if (!page)
		return -ENOMEM;
	if (!PageUptodate(page) && len < PAGE_SIZE)
		clear_highpage(page);
	SetPageUptodate(page);
	*pagep = page;
	return 0;
}

static int slow_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			  unsigned int len, unsigned int copied, struct page *page)
{
	(void)file;
	(void)len;
	set_page_dirty(page);
	if (pos + copied > i_size_read(mapping->host))
		i_size_write(mapping->host, pos + copied);
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

static const struct address_space_operations slow_aops = {
	.readpage = slow_readpage,
	.readpages = slow_readpages,
	.writepage = slow_writepage,
	.write_begin = slow_write_begin,
	.write_end = slow_write_end,
};

/* ---- files ----------------------------------------------------------------------------------- */

static unsigned int slow_page_mkwrite(struct vm_area_struct *vma, struct page *page)
{
	slow_disk.mkwrites++;
	if (slow_disk.refuse)
		return VM_FAULT_SIGBUS;
	lock_page(page);
	if (page->mapping == vma->vm_file->f_mapping)
		return 0;
	unlock_page(page);
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct slow_vm_ops = {
	.nopage = filemap_nopage,
	.map_pages = filemap_map_pages,
	.page_mkwrite = slow_page_mkwrite,
};

static int slow_mmap(struct file *file, struct vm_area_struct *vma)
{
	(void)file;
	vma->vm_ops = &slow_vm_ops;
	return 0;
}

static int slow_fsync(struct file *file, loff_t start, loff_t end, bool datasync)
{
	(void)datasync;
	slow_disk.fsyncs++;
	slow_disk.fsync_start = start;
	slow_disk.fsync_end = end;
	return filemap_write_and_wait_range(file->f_mapping, start, end);
}

static const struct file_operations slow_fops = {
	.read = generic_file_read,
	.write = generic_file_write,
	.mmap = slow_mmap,
	.fsync = slow_fsync,
};

struct file *slow_file_open(struct ktest *t, unsigned int pages)
{
	struct inode *inode = new_inode(slow_disk.sb);
	struct file *file;

	KT_ASSERT(t, inode != NULL);
	inode->i_mode = S_IFREG | 0600;
	inode->i_size = (loff_t)pages << PAGE_SHIFT;
	inode->i_data.a_ops = &slow_aops;
	file = file_alloc(inode, FMODE_READ | FMODE_WRITE, &slow_fops, "slow");
	iput(inode);
	KT_ASSERT(t, file != NULL);
	return file;
}

void slow_file_dirty(struct ktest *t, struct file *file, pgoff_t first, unsigned int nr)
{
	for (pgoff_t index = first; index < first + nr; index++) {
		struct page *page = find_or_create_page(file->f_mapping, index);

		KT_ASSERT(t, page != NULL);
		SetPageUptodate(page);
		set_page_dirty(page);
		unlock_page(page);
		put_page(page);
	}
}

/* ---- the file system ------------------------------------------------------------------------- */

static void slow_evict_inode(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
}

static int slow_sync_fs(struct super_block *sb, bool wait)
{
	(void)sb;
	slow_disk.syncs++;
	slow_disk.waiting_syncs += wait;
	return 0;
}

static const struct super_operations slow_super_operations = {
	.evict_inode = slow_evict_inode,
	.statfs = simple_statfs,
	.sync_fs = slow_sync_fs,
};

static const struct inode_operations slow_dir_operations;

static int slow_fill_super(struct super_block *sb, const char *dev_name, const char *data)
{
	(void)dev_name;
	(void)data;
	return simple_fill_super(sb, 0x510f, &slow_super_operations, &slow_dir_operations, 0700);
}

static struct file_system_type slow_type = {.name = "slow", .fill_super = slow_fill_super};

void slow_disk_setup(struct ktest *t)
{
	mm_test_setup(t);
	memset(&slow_disk, 0, sizeof(slow_disk));
	nr_pending = 0;
	slow_disk.sb = get_super(&slow_type, 0, NULL, NULL);
	KT_ASSERT(t, !IS_ERR(slow_disk.sb));
	disk_thread = kthread_run(serve, NULL, "slow_disk");
	KT_ASSERT(t, !IS_ERR(disk_thread));
}

void slow_disk_teardown(struct ktest *t)
{
	slow_disk.hold = false;
	slow_disk_end();
	kthread_stop(disk_thread);
	deactivate_super(slow_disk.sb);
	mm_test_teardown(t);
}
