/* Root, working directory and umask of a process; threads may share one. */
#include "kernel/fs/fs_struct.h"

#include "kernel/fs/namei.h"
#include "mm/slab.h"

struct fs_struct init_fs = {
	.count = ATOMIC_INIT(1),
	.lock = SPIN_LOCK_INIT("fs"),
	.umask = 022,
};

struct fs_struct *copy_fs(struct fs_struct *old)
{
	struct fs_struct *fs = kmalloc(sizeof(*fs), GFP_KERNEL);

	if (!fs)
		return NULL;
	if (!old)
		old = &init_fs;
	atomic_set(&fs->count, 1);
	spin_lock_init(&fs->lock, "fs");
	fs->umask = old->umask;
	get_fs_root(old, &fs->root);
	get_fs_pwd(old, &fs->pwd);
	return fs;
}

void put_fs(struct fs_struct *fs)
{
	if (!atomic_dec_and_test(&fs->count))
		return;
	path_put(&fs->root);
	path_put(&fs->pwd);
	kfree(fs);
}

void exit_fs(void)
{
	struct fs_struct *fs = current->fs;

	current->fs = NULL;
	if (fs)
		put_fs(fs);
}

static void get_place(struct fs_struct *fs, const struct path *place, struct path *path)
{
	spin_lock(&fs->lock);
	*path = *place;
	path_get(path);
	spin_unlock(&fs->lock);
}

void get_fs_root(struct fs_struct *fs, struct path *path)
{
	get_place(fs, &fs->root, path);
}

void get_fs_pwd(struct fs_struct *fs, struct path *path)
{
	get_place(fs, &fs->pwd, path);
}

static void set_place(struct fs_struct *fs, struct path *place, const struct path *path)
{
	struct path old;

	path_get(path);
	spin_lock(&fs->lock);
	old = *place;
	*place = *path;
	spin_unlock(&fs->lock);
	if (old.dentry)
		path_put(&old);
}

void set_fs_root(struct fs_struct *fs, const struct path *path)
{
	set_place(fs, &fs->root, path);
}

void set_fs_pwd(struct fs_struct *fs, const struct path *path)
{
	set_place(fs, &fs->pwd, path);
}
