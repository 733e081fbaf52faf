/*
 * Open files: counted objects. A file lives as long as a descriptor or a mapping
 * holds it, and holds its place, and by that its inode. The count is atomic; nothing
 * here takes a lock.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/file.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/locks.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "mm/readahead.h"
#include "mm/slab.h"

static struct kmem_cache *file_cache;

void file_init(void)
{
	file_cache = kmem_cache_create("file", sizeof(struct file), 0, SLAB_PANIC, NULL);
}

/*
 * Where files are that have no place: a file system without a tree. It is never unmounted,
 * and its inodes are not its own.
 */
static const struct super_operations pseudo_ops;
static struct super_block pseudo_super = {.s_op = &pseudo_ops};
static struct vfsmount pseudo_mount = {
	.mnt_count = ATOMIC_INIT(1),
	.mnt_sb = &pseudo_super,
	.mnt_parent = &pseudo_mount,
};

struct file *alloc_file(const struct path *path, unsigned int mode,
			const struct file_operations *op)
{
	struct file *file = kmem_cache_alloc(file_cache, GFP_KERNEL);

	if (!file)
		return NULL;
	*file = (struct file){
		.f_mode = mode,
		.f_path = *path,
		.f_inode = path->dentry->d_inode,
		.f_mapping = path->dentry->d_inode->i_mapping,
		.f_op = op,
	};
	file_ra_state_init(&file->f_ra);
	atomic_set(&file->f_count, 1);
	mutex_init(&file->f_pos_lock, "f_pos_lock");
	return file;
}

struct file *alloc_file_pseudo(struct inode *inode, const char *name, unsigned int mode,
			       const struct file_operations *op)
{
	struct path path = {.mnt = mntget(&pseudo_mount)};
	struct file *file = NULL;

	path.dentry = d_alloc_pseudo(&pseudo_super, name);
	if (path.dentry) {
		ihold(inode);
		d_instantiate(path.dentry, inode);
		file = alloc_file(&path, mode, op);
	}
	if (!file)
		path_put(&path);
	return file;
}

static bool counts_as_writer(const struct file *file)
{
	u32 mode = file->f_inode->i_mode;

	return (file->f_mode & FMODE_WRITE) && file->f_inode->i_sb &&
	       (S_ISREG(mode) || S_ISDIR(mode));
}

int file_get_write(struct file *file)
{
	return counts_as_writer(file) ? get_write_access(file->f_inode) : 0;
}

void fput(struct file *file)
{
	if (!atomic_dec_and_test(&file->f_count))
		return;
	locks_remove_file(file);
	if (file->f_op->release)
		file->f_op->release(file);
	if (counts_as_writer(file))
		put_write_access(file->f_inode);
	if (file->f_mode & FMODE_EXEC)
		allow_write_access(file);
	path_put(&file->f_path);
	kmem_cache_free(file_cache, file);
}
