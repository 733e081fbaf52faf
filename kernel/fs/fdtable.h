/*
 * Descriptors: a process's small numbers for its open files. The table grows as
 * they are used, by doubling.
 */
#ifndef FOLIO_FS_FDTABLE_H
#define FOLIO_FS_FDTABLE_H

#include "kernel/fs/fs.h"

#define NR_OPEN_DEFAULT 32   /* descriptors without a second allocation */
#define NR_OPEN_MAX	1024 /* Linux's usual RLIMIT_NOFILE */

struct files_struct {
	atomic_t count; /* tasks that share it */
	spinlock_t lock;
	unsigned int max_fds; /* length of fd[] */
	struct file **fd;     /* fd_array, or from kmalloc() */
	struct file *fd_array[NR_OPEN_DEFAULT];
};

/* files_alloc - an empty table with one user, or NULL. May sleep. */
struct files_struct *files_alloc(void);

/* files_put - drop a user; the last one closes everything. May sleep. */
void files_put(struct files_struct *files);

/* dup_files - a table of its own with the same files, one user. NULL: no memory. May sleep. */
struct files_struct *dup_files(struct files_struct *old);

/* exit_files - the current task has no files from now on. May sleep. */
void exit_files(void);

/*
 * fd_install - give a file the lowest free descriptor of the current task. Takes
 * over the caller's reference if it succeeds. The descriptor, or -EMFILE, -ENOMEM.
 * May sleep.
 */
int fd_install(struct file *file);

/* fget - the file of a descriptor, with a reference, or NULL. */
struct file *fget(unsigned int fd);

/* fd_close - free a descriptor and drop its file. 0 or -EBADF. May sleep. */
int fd_close(unsigned int fd);

#endif
