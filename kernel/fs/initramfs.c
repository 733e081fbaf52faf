/*
 * The first files, out of a cpio archive that the loader brings as its first module.
 *
 * The archive is read twice. The first time it is only checked, so that a damaged one is refused
 * as a whole. The second time each entry becomes a file, and the frames of the archive that
 * have been read are freed on the way: a machine needs room for one copy and a page, not for two.
 *
 *	module	|  freed  | being read |  still to be read      |
 *		          ^            ^
 *		          freed        at (page by page)
 *
 * The frame in which a module ends may hold tables of the loader behind that end (Multiboot
 * 0.6.96 does not forbid it): it stays what it is.
 *
 * Folders get their times last, because what is made in them changes these.
 */
#include "kernel/fs/initramfs.h"

#include "kernel/bootinfo.h"
#include "kernel/fs/cpio.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "mm/filemap.h"
#include "mm/highmem.h"
#include "mm/init.h"
#include "mm/overcommit.h"
#include "mm/slab.h"

static struct {
	unsigned long start, size; /* physical; size 0: there is none */
	const char *refused;	   /* why it is not even looked at; NULL */
	bool seen;		   /* the first module has been looked at */
	unsigned long freed;	   /* bytes from the start whose frames are the allocator's */
} archive;

/*
 * A name that other names of the same file will be linked to, or a folder whose times are still to
 * be set.
 */
struct remembered {
	struct list_head list;
	u32 ino, devmajor, devminor, mtime;
	char name[];
};

static LIST_HEAD(links);
static LIST_HEAD(folders);
static unsigned int nr_files;
static u64 nr_bytes;

/* ---- the module ------------------------------------------------------------------------------ */

static void read_module(void *ctx, unsigned long at, void *buf, unsigned long len)
{
	(void)ctx;
	while (len) {
		unsigned long phys = archive.start + at, offset = phys & (PAGE_SIZE - 1);
		unsigned long part = min(len, PAGE_SIZE - offset);
		struct page *page = pfn_to_page(PFN_DOWN(phys));
		char *from = kmap(page);

		memcpy(buf, from + offset, part);
		kunmap(page);
		buf = (char *)buf + part;
		at += part;
		len -= part;
	}
}

/* What lies before `at` is not needed any more. */
static void free_before(unsigned long at)
{
	unsigned long end = min(at, archive.size) & PAGE_MASK;

	if (end <= archive.freed)
		return;
	release_boot_frames(PFN_DOWN(archive.start + archive.freed), PFN_DOWN(archive.start + end));
	archive.freed = end;
}

static void look_at_module(const struct boot_module *module, void *ctx)
{
	u8 magic[CPIO_MAGIC_SIZE] = {0};
	unsigned long size = module->end - module->start;

	(void)ctx;
	if (archive.seen) {
		/* Modules that overlap come from a faulty loader. */
		if (module->start < archive.start + archive.size && archive.start < module->end)
			archive.size = 0;
		return;
	}
	archive.seen = true;
	if (size < sizeof(magic) || !IS_ALIGNED(module->start, PAGE_SIZE) ||
	    PFN_UP(module->end) > max_pfn)
		return;
	archive.start = module->start;
	read_module(NULL, 0, magic, sizeof(magic));
	if (cpio_what_is(magic, &archive.refused) != CPIO_NOT)
		archive.size = size;
}

bool initramfs_is(unsigned long start)
{
	return archive.size && archive.start == start;
}

/* ---- one entry ------------------------------------------------------------------------------- */

static void remember(struct list_head *list, const struct cpio_header *h, const char *name)
{
	size_t size = strlen(name) + 1;
	struct remembered *r = kmalloc(sizeof(*r) + size, GFP_KERNEL);

	if (!r)
		return; /* a second copy, or a time that is wrong: better than no file */
	r->ino = h->ino;
	r->devmajor = h->devmajor;
	r->devminor = h->devminor;
	r->mtime = h->mtime;
	memcpy(r->name, name, size);
	list_add(&r->list, list);
}

static void forget(struct list_head *list)
{
	struct remembered *r, *next;

	list_for_each_entry_safe (r, next, list, list)
		kfree(r);
	INIT_LIST_HEAD(list);
}

/* The earlier name of the same file, or NULL. */
static const char *find_link(const struct cpio_header *h)
{
	const struct remembered *r;

	list_for_each_entry (r, &links, list)
		if (r->ino == h->ino && r->devmajor == h->devmajor && r->devminor == h->devminor)
			return r->name;
	return NULL;
}

/* Owner, mode and time, as the archive has them: nobody's permission is asked. */
static void set_attributes(struct inode *inode, const struct cpio_header *h)
{
	inode->i_uid = h->uid;
	inode->i_gid = h->gid;
	inode->i_mode = (inode->i_mode & S_IFMT) | (h->mode & S_IALLUGO);
	inode->i_mtime = inode->i_atime = (struct timespec64){.tv_sec = h->mtime};
}

static int set_attributes_of(const char *name, const struct cpio_header *h)
{
	struct path path;
	int err = kern_path(name, 0, &path);

	if (err)
		return err;
	set_attributes(path.dentry->d_inode, h);
	path_put(&path);
	return 0;
}

/* Contents go from frame to page, without a stop between. */
static int copy_contents(struct file *file, unsigned long at, u32 size)
{
	loff_t pos = 0;

	while ((u32)pos < size) {
		unsigned long phys = archive.start + at, offset = phys & (PAGE_SIZE - 1);
		unsigned long part = min((unsigned long)(size - (u32)pos), PAGE_SIZE - offset);
		struct page *page = pfn_to_page(PFN_DOWN(phys));
		char *from = kmap(page);
		ssize_t n = kernel_write(file, pos, from + offset, part);

		kunmap(page);
		if (n < 0)
			return (int)n;
		pos += n;
		at += (unsigned long)n;
		free_before(at);
	}
	return 0;
}

static int make_regular(const struct cpio_header *h, const char *name, unsigned long at)
{
	const char *link = h->nlink > 1 ? find_link(h) : NULL;
	struct file *file;
	int err;

	if (link) {
		err = do_linkat(AT_FDCWD, link, AT_FDCWD, name, 0);
		if (err || !h->filesize)
			return err;
	}
	file = filp_open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	if (h->nlink > 1 && !link)
		remember(&links, h, name);
	err = copy_contents(file, at, h->filesize);
	set_attributes(file->f_inode, h);
	fput(file);
	return err;
}

static int make_symlink(const struct cpio_header *h, const char *name, unsigned long at)
{
	char *target;
	int err;

	if (!h->filesize || h->filesize >= PATH_MAX)
		return -ENAMETOOLONG;
	target = getname_buffer();
	if (!target)
		return -ENOMEM;
	read_module(NULL, at, target, h->filesize);
	target[h->filesize] = 0;
	err = do_symlinkat(target, AT_FDCWD, name);
	putname(target);
	return err ? err : set_attributes_of(name, h);
}

static int make_folder(const struct cpio_header *h, const char *name)
{
	int err = do_mkdirat(AT_FDCWD, name, 0700);

	if (err && err != -EEXIST)
		return err;
	remember(&folders, h, name);
	return set_attributes_of(name, h);
}

static int make_node(const struct cpio_header *h, const char *name)
{
	int err = do_mknodat(AT_FDCWD, name, h->mode, MKDEV(h->rdevmajor, h->rdevminor));

	return err ? err : set_attributes_of(name, h);
}

/* What an earlier archive put there makes room for the new one; a folder on a folder stays. */
static void make_room(const struct cpio_header *h, const char *name)
{
	struct path path;
	u32 mode;

	if (kern_path(name, 0, &path))
		return;
	mode = path.dentry->d_inode->i_mode;
	path_put(&path);
	if (!S_ISDIR(mode))
		do_unlinkat(AT_FDCWD, name);
	else if (!S_ISDIR(h->mode))
		do_rmdir(AT_FDCWD, name);
}

static int make_entry(const struct cpio_header *h, const char *name, unsigned long at)
{
	make_room(h, name);
	switch (h->mode & S_IFMT) {
	case S_IFREG:
		return make_regular(h, name, at);
	case S_IFDIR:
		return make_folder(h, name);
	case S_IFLNK:
		return make_symlink(h, name, at);
	default:
		return make_node(h, name);
	}
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void set_folder_times(void)
{
	const struct remembered *r;
	struct path path;

	list_for_each_entry (r, &folders, list) {
		if (kern_path(r->name, 0, &path))
			continue;
		path.dentry->d_inode->i_mtime = (struct timespec64){.tv_sec = r->mtime};
		path_put(&path);
	}
}

/* Entries that cannot be made are left out, and told; without memory it ends. */
static int unpack(const struct cpio_source *source, char *name)
{
	struct cpio_header h;
	unsigned long at = 0;
	const char *why;
	int err = 0;

	while (err != -ENOMEM && !cpio_next(source, &at, &h, name, &why)) {
		if (h.after_trailer)
			forget(&links);
		err = make_entry(&h, name, at);
		if (err)
			pr_warn("initramfs: %s cannot be made: error %d\n", name, -err);
		nr_files++;
		nr_bytes += h.filesize;
		at = cpio_after(at, &h);
		free_before(at);
	}
	set_folder_times();
	forget(&folders);
	forget(&links);
	return err == -ENOMEM ? err : 0;
}

static bool unpack_archive(char *name)
{
	const struct cpio_source source = {.size = archive.size, .read = read_module};
	unsigned long at;
	const char *why;

	if (archive.refused) {
		pr_err("initramfs: the archive is %s; only plain cpio (newc) is unpacked\n",
		       archive.refused);
		return false;
	}
	why = cpio_check(&source, name, &at);
	if (why) {
		pr_err("initramfs: the archive is damaged at byte %lu, and not used: %s\n", at,
		       why);
		return false;
	}
	if (unpack(&source, name))
		pr_err("initramfs: not enough memory for all files of the archive\n");
	pr_info("initramfs: %u files, %lu KiB\n", nr_files, (unsigned long)(nr_bytes >> 10));
	return true;
}

static bool find_and_unpack(void)
{
	bool done = false;
	char *name;

	bootinfo_for_each_module(look_at_module, NULL);
	if (!archive.size)
		return false;
	name = getname_buffer();
	if (name) {
		done = unpack_archive(name);
		putname(name);
	}
	free_before(archive.size);
	overcommit_init(); /* there is more memory now */
	return done;
}

void initramfs_unpack(void)
{
	bool unpacked = find_and_unpack();

	do_mkdirat(AT_FDCWD, "/boot", 0755); /* for the other modules */
	if (!unpacked) {
		do_mkdirat(AT_FDCWD, "/dev", 0755);
		do_mkdirat(AT_FDCWD, "/proc", 0555);
		do_mount("proc", "/proc", "proc", 0, NULL);
	}
	do_mount("devtmpfs", "/dev", "devtmpfs", 0, NULL); /* if there is a place for it */
}
