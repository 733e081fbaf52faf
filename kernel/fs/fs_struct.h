/* Where a process stands in the tree: root, working directory, umask. */
#ifndef FOLIO_FS_FS_STRUCT_H
#define FOLIO_FS_FS_STRUCT_H

#include "kernel/fs/fs.h"
#include "kernel/sched.h"

struct fs_struct {
	atomic_t count; /* tasks that share it (CLONE_FS) */
	spinlock_t lock;
	u32 umask;
	struct path root, pwd;
};

/* The first task's, and that of all kernel threads. */
extern struct fs_struct init_fs;

/* current_fs - the current task's, or init_fs. */
static inline struct fs_struct *current_fs(void)
{
	return current->fs ? current->fs : &init_fs;
}

/* copy_fs - another one like `old` (NULL: like init_fs), one user. NULL: no memory. May sleep. */
struct fs_struct *copy_fs(struct fs_struct *old);
/* put_fs - drop a user. May sleep. exit_fs - the current task has none from now on. */
void put_fs(struct fs_struct *fs);
void exit_fs(void);

/*
 * get_fs_root, get_fs_pwd - with references. set_fs_root, set_fs_pwd - take references of their
 * own.
 */
void get_fs_root(struct fs_struct *fs, struct path *path);
void get_fs_pwd(struct fs_struct *fs, struct path *path);
void set_fs_root(struct fs_struct *fs, const struct path *path);
void set_fs_pwd(struct fs_struct *fs, const struct path *path);

#endif
