/* From a path to a dentry: the walk through folders, links and mounts. */
#ifndef FOLIO_FS_NAMEI_H
#define FOLIO_FS_NAMEI_H

#include "kernel/fs/fs.h"

#define LOOKUP_FOLLOW	 0x1u /* a symbolic link at the end: where it leads */
#define LOOKUP_DIRECTORY 0x2u /* the end must be a folder */
#define LOOKUP_EMPTY	 0x4u /* "" means the starting point itself */

/* path_get, path_put - both references of a place. path_put may sleep. */
void path_get(const struct path *path);
void path_put(const struct path *path);

/*
 * getname - a path from the program, in memory to be freed by putname(). ERR_PTR(-EFAULT,
 * -ENAMETOOLONG, -ENOMEM; -ENOENT for "").
 */
char *getname(const char __user *name);
char *getname_flags(const char __user *name, unsigned int lookup_flags); /* LOOKUP_EMPTY */
void putname(char *name);

/*
 * getname_buffer - PATH_MAX bytes for a path that is to be built; putname() it. NULL: no memory.
 * May sleep.
 */
char *getname_buffer(void);

/*
 * path_lookupat - walk from a folder's descriptor (or AT_FDCWD) to the end of `name`, in kernel
 * memory. 0 and *path with references, or -ENOENT, -ENOTDIR, -EACCES, -ELOOP, -ENAMETOOLONG,
 * -EBADF, -ENOMEM. May sleep.
 * kern_path - from the root or working directory. user_path_at - with getname() and putname().
 */
int path_lookupat(int dfd, const char *name, unsigned int flags, struct path *path);
int kern_path(const char *name, unsigned int flags, struct path *path);
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path);

/*
 * filp_open - open a path as open(2) does, for the kernel itself or a system call. A file with one
 * reference, or ERR_PTR. do_filp_open - relative to dfd. open_exec - a program to be run: execute
 * permission, a regular file, no writers until the last fput().
 * dentry_open - open a place that was found already.
 */
struct file *filp_open(const char *name, int flags, u32 mode);
struct file *do_filp_open(int dfd, const char *name, int flags, u32 mode);
struct file *open_exec(const char *name);
struct file *dentry_open(const struct path *path, int flags);

/*
 * open_execat - open_exec() relative to dfd; AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW (-ELOOP) as
 * execveat(2).
 */
struct file *open_execat(int dfd, const char *name, int flags);

/*
 * do_truncate - a file gets another size, as truncate(2) does it. Permission has been checked;
 * write access to the mount and against programs that run it (ETXTBSY) are the caller's too. 0 or
 * -errno. May sleep.
 */
int do_truncate(struct dentry *dentry, loff_t size);

/*
 * The calls that change names, for system calls, initramfs and tests: paths in kernel memory,
 * relative to dfd. 0 or -errno. May sleep.
 */
int do_mkdirat(int dfd, const char *name, u32 mode);
int do_mknodat(int dfd, const char *name, u32 mode, dev_t dev);
int do_symlinkat(const char *target, int dfd, const char *name);
int do_linkat(int old_dfd, const char *old, int new_dfd, const char *name, int flags);
int do_unlinkat(int dfd, const char *name);
int do_rmdir(int dfd, const char *name);
int do_renameat(int old_dfd, const char *old, int new_dfd, const char *name, unsigned int flags);
#define RENAME_NOREPLACE 1u

/*
 * For open(2), with the folder's i_mutex held: may_create - may a negative dentry get a file?
 * vfs_create - give it a regular one. 0 or -errno.
 */
int may_create(struct inode *dir, const struct dentry *dentry);
int vfs_create(struct inode *dir, struct dentry *dentry, u32 mode);

/* namei_init - boot, after slab. */
void namei_init(void);

#endif
