/*
 * The loader's modules and the programs inside the kernel image as files.
 *
 * Their contents lie in whole page frames already. Those frames become the page
 * cache of an inode, and that is all: reading and mapping go the way of every file.
 * The frames are reserved, so the cache's reference is never the last one:
 * each gets one more that is kept for ever.
 *
 *	kernel image / module        page cache of the inode
 *	+-------+ frame 0x153   <--- index 0
 *	+-------+ frame 0x154   <--- index 1
 *	+---+...+ frame 0x155   <--- index 2, zeros behind the end of the file
 *
 * What stands behind the end of a module in its last frame is unknown; a program
 * that maps the module would see it, so it is cleared, once nobody reads the loader's
 * tables any more.
 */
#include "kernel/fs/bootfile.h"

#include "kernel/bootinfo.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/initramfs.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/walk.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/slab.h"

#define BOOT_FOLDER "/boot/"

/* What tools/embed.py writes for each program. */
struct embedded_program {
	const char *name;
	const void *start;
	unsigned long size;
};

extern const struct embedded_program __programs_table_start[], __programs_table_end[];

/* The frames are the loader's or the kernel's: not even the superuser writes to them. */
static int bootfile_file_open(struct inode *inode, struct file *file)
{
	(void)inode;
	return file->f_mode & FMODE_WRITE ? -EACCES : 0;
}

static const struct file_operations bootfile_fops = {
	.open = bootfile_file_open,
	.read = generic_file_read,
	.mmap = generic_file_mmap,
};

/* The cache's pages are the frames from `phys` on. 0 or -ENOMEM; what was added stays. */
static int adopt_frames(struct inode *inode, unsigned long phys)
{
	unsigned long pages = PFN_UP((unsigned long)inode->i_size);

	for (unsigned long i = 0; i < pages; i++) {
		struct page *page = pfn_to_page(PFN_DOWN(phys) + i);
		int err = add_to_page_cache(page, &inode->i_data, i);

		if (err)
			return err;
		SetPageUptodate(page);
	}
	return 0;
}

/* The negative dentry becomes a file over frames that somebody holds. 0 or -ENOMEM. */
static int instantiate(struct inode *dir, struct dentry *dentry, unsigned long phys,
		       unsigned long size)
{
	struct inode *inode = simple_new_inode(dir->i_sb, dir, S_IFREG | 0555, 0);
	int err;

	if (!inode)
		return -ENOMEM;
	inode->i_size = (loff_t)size;
	inode->i_fop = &bootfile_fops;
	err = adopt_frames(inode, phys);
	if (err)
		iput(inode);
	else
		simple_add(dir, dentry, inode);
	return err;
}

/* A new file in /boot. 0, -EEXIST (the first of a name stays), -ENOMEM. */
static int add_to_folder(const char *path, unsigned long phys, unsigned long size)
{
	struct nameidata nd;
	struct dentry *dentry;
	int err = walk_parent(&nd, AT_FDCWD, path);
	struct inode *dir;

	if (err)
		return err;
	dir = nd.path.dentry->d_inode;
	mutex_lock(&dir->i_mutex);
	dentry = lookup_locked(nd.path.dentry, &nd.last);
	if (IS_ERR(dentry)) {
		err = (int)PTR_ERR(dentry);
		goto out;
	}
	err = dentry->d_inode ? -EEXIST : instantiate(dir, dentry, phys, size);
	dput(dentry);
out:
	mutex_unlock(&dir->i_mutex);
	walk_end(&nd);
	return err;
}

/* A file for ever: its frames keep a reference for themselves. */
static void add_bootfile(const char *name, size_t name_len, unsigned long phys, unsigned long size)
{
	char path[sizeof(BOOT_FOLDER) + NAME_MAX + 1];
	int err;

	snprintf(path, sizeof(path), BOOT_FOLDER "%.*s", (int)name_len, name);
	for (unsigned long i = 0; i < PFN_UP(size); i++)
		get_page(pfn_to_page(PFN_DOWN(phys) + i));
	err = add_to_folder(path, phys, size);
	if (err && err != -EEXIST)
		pr_err("bootfile: %s cannot be made: error %d\n", path, -err);
}

/* Is a frame part of another file already? Modules that overlap come from a faulty loader. */
static bool frames_taken(unsigned long phys, unsigned long size)
{
	for (unsigned long i = 0; i < PFN_UP(size); i++)
		if (pfn_to_page(PFN_DOWN(phys) + i)->mapping)
			return true;
	return false;
}

static void clear_tail(unsigned long end)
{
	unsigned long offset = end & (PAGE_SIZE - 1);
	char *page;

	if (!offset)
		return;
	page = kmap(pfn_to_page(PFN_DOWN(end)));
	memset(page + offset, 0, PAGE_SIZE - offset);
	kunmap(pfn_to_page(PFN_DOWN(end)));
}

/* A module's command line begins with its path, of which the last part is the name. */
static void add_module(const struct boot_module *module, void *ctx)
{
	size_t len = strcspn(module->cmdline, " ");
	const char *name = module->cmdline + len;

	(void)ctx;
	if (initramfs_is(module->start))
		return;
	while (name > module->cmdline && name[-1] != '/')
		name--;
	len -= (size_t)(name - module->cmdline);
	if (!IS_ALIGNED(module->start, PAGE_SIZE) || module->start == module->end ||
	    PFN_UP(module->end) > max_pfn ||
	    frames_taken(module->start, module->end - module->start)) {
		pr_warn("bootfile: module %.*s at 0x%08lx cannot be used\n", (int)len, name,
			module->start);
		return;
	}
	add_bootfile(name, len, module->start, module->end - module->start);
	clear_tail(module->end);
}

void bootfile_init(void)
{
	const struct embedded_program *program;

	bootinfo_for_each_module(add_module, NULL);
	for (program = __programs_table_start; program < __programs_table_end; program++)
		add_bootfile(program->name, strlen(program->name), __pa(program->start),
			     program->size);
}

struct file *bootfile_open(const char *name)
{
	char path[sizeof(BOOT_FOLDER) + NAME_MAX + 1];

	if (!*name || snprintf(path, sizeof(path), BOOT_FOLDER "%s", name) >= (int)sizeof(path))
		return ERR_PTR(-ENOENT);
	return filp_open(path, O_RDONLY, 0);
}

/* ---- for tests: files of no folder ----------------------------------------------------------- */

static void release_pages(struct inode *inode)
{
	truncate_inode_pages(&inode->i_data, 0);
	kfree(inode);
}

struct file *bootfile_from_frames(const char *name, unsigned long phys, unsigned long size)
{
	struct inode *inode = kmalloc(sizeof(*inode), GFP_KERNEL);
	struct file *file = NULL;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode_init(inode, size, release_pages);
	if (!adopt_frames(inode, phys))
		file = alloc_file_pseudo(inode, name, FMODE_READ | FMODE_LSEEK, &bootfile_fops);
	iput(inode);
	return file ? file : ERR_PTR(-ENOMEM);
}
