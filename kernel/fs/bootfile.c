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
#include "kernel/fs/file.h"
#include "mm/filemap.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/slab.h"

struct bootfile {
	struct inode inode; /* first: the address of one is the address of the other */
	struct list_head list;
	unsigned long phys;
	char *name;
};

/* What tools/embed.py writes for each program. */
struct embedded_program {
	const char *name;
	const void *start;
	unsigned long size;
};

extern const struct embedded_program __programs_table_start[], __programs_table_end[];

/* Modules first, in the loader's order: one that is named as a program hides it. */
static LIST_HEAD(bootfiles);

static const struct file_operations bootfile_fops = {
	.read = generic_file_read,
	.mmap = generic_file_mmap,
};

static void bootfile_release(struct inode *inode)
{
	struct bootfile *bf = container_of(inode, struct bootfile, inode);

	truncate_page_cache(&inode->i_data);
	kfree(bf->name);
	kfree(bf);
}

static char *copy_name(const char *name, size_t len)
{
	char *copy = kmalloc(len + 1, GFP_KERNEL);

	if (copy) {
		memcpy(copy, name, len);
		copy[len] = 0;
	}
	return copy;
}

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

/* A file over frames that somebody holds. NULL: no memory. */
static struct bootfile *bootfile_alloc(const char *name, size_t name_len, unsigned long phys,
				       unsigned long size)
{
	struct bootfile *bf = kzalloc(sizeof(*bf), GFP_KERNEL);

	if (!bf)
		return NULL;
	inode_init(&bf->inode, size, bootfile_release);
	INIT_LIST_HEAD(&bf->list);
	bf->phys = phys;
	bf->name = copy_name(name, name_len);
	if (bf->name && !adopt_frames(&bf->inode, phys))
		return bf;
	iput(&bf->inode);
	return NULL;
}

/* A file for ever: the list keeps a reference to it, and its frames keep one for themselves. */
static void add_bootfile(const char *name, size_t name_len, unsigned long phys, unsigned long size)
{
	struct bootfile *bf;

	for (unsigned long i = 0; i < PFN_UP(size); i++)
		get_page(pfn_to_page(PFN_DOWN(phys) + i));
	bf = bootfile_alloc(name, name_len, phys, size);
	if (!bf) {
		pr_err("bootfile: no memory for %.*s\n", (int)name_len, name);
		return;
	}
	list_add_tail(&bf->list, &bootfiles);
}

/* Is a frame part of another file already? Modules that overlap come from a faulty loader. */
static bool frames_taken(unsigned long phys, unsigned long size)
{
	for (unsigned long i = 0; i < PFN_UP(size); i++)
		if (pfn_to_page(PFN_DOWN(phys) + i)->mapping)
			return true;
	return false;
}

/* A module's command line begins with its path, of which the last part is the name. */
static void add_module(const struct boot_module *module, void *ctx)
{
	size_t len = strcspn(module->cmdline, " ");
	const char *name = module->cmdline + len;

	(void)ctx;
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
}

static void clear_tail(const struct bootfile *bf)
{
	unsigned long end = bf->phys + (unsigned long)bf->inode.i_size;
	unsigned long offset = end & (PAGE_SIZE - 1);
	char *page;

	if (!offset)
		return;
	page = kmap(pfn_to_page(PFN_DOWN(end)));
	memset(page + offset, 0, PAGE_SIZE - offset);
	kunmap(pfn_to_page(PFN_DOWN(end)));
}

void bootfile_init(void)
{
	const struct embedded_program *program;
	struct bootfile *bf;

	bootinfo_for_each_module(add_module, NULL);
	list_for_each_entry (bf, &bootfiles, list)
		clear_tail(bf);
	for (program = __programs_table_start; program < __programs_table_end; program++)
		add_bootfile(program->name, strlen(program->name), __pa(program->start),
			     program->size);
}

static struct file *open_file(struct bootfile *bf)
{
	struct file *file = file_alloc(&bf->inode, FMODE_READ, &bootfile_fops, bf->name);

	return file ? file : ERR_PTR(-ENOMEM);
}

struct file *bootfile_open(const char *name)
{
	struct bootfile *bf;

	list_for_each_entry (bf, &bootfiles, list) {
		if (!strcmp(bf->name, name))
			return open_file(bf);
	}
	return ERR_PTR(-ENOENT);
}

struct file *bootfile_from_frames(const char *name, unsigned long phys, unsigned long size)
{
	struct bootfile *bf = bootfile_alloc(name, strlen(name), phys, size);
	struct file *file;

	if (!bf)
		return ERR_PTR(-ENOMEM);
	file = open_file(bf);
	iput(&bf->inode);
	return file;
}
