/*
 * Descriptors: a process's small numbers for its open files. The table grows as
 * they are used, up to RLIMIT_NOFILE.
 */
#ifndef FOLIO_FS_FDTABLE_H
#define FOLIO_FS_FDTABLE_H

#include "kernel/fs/fs.h"
#include "kernel/sched.h"

#define NR_OPEN_DEFAULT 32u	 /* descriptors without a second allocation */
#define NR_OPEN		1048576u /* what RLIMIT_NOFILE may be at most: Linux's nr_open */

struct files_struct {
	atomic_t count; /* tasks that share it */
	spinlock_t lock;
	unsigned int max_fds; /* length of fd[], and of the maps in bits; a multiple of 32 */
	unsigned int next_fd; /* none below is free */
	struct file **fd;
	unsigned long *open_fds;      /* in use, or about to be (fd[] is still NULL) */
	unsigned long *close_on_exec; /* FD_CLOEXEC */
	unsigned long *full_words;    /* bit n: word n of open_fds has no clear bit */
	struct file *fd_array[NR_OPEN_DEFAULT];
	unsigned long first_maps[3];
};

/* files_alloc - an empty table with one user, or NULL. May sleep. */
struct files_struct *files_alloc(void);

/*
 * dup_files - a table of its own with the same open files, one user: for fork. What another
 * thread is just about to open is not copied. NULL: no memory. May sleep.
 */
struct files_struct *dup_files(struct files_struct *old);

/*
 * unshare_files - the current task shares its table with nobody from now on. 0, -ENOMEM. May sleep.
 */
int unshare_files(void);

/*
 * files_put - drop a user; the last one closes everything: f_op->flush, and the process's record
 * locks go. exit_files - the current task has no files from now on. Both may sleep.
 */
void files_put(struct files_struct *files);
void exit_files(void);

/* close_on_exec - close what has FD_CLOEXEC; for exec, after unshare_files(). May sleep. */
void close_on_exec(void);

/*
 * get_unused_fd - reserve the lowest free descriptor that is not below `min`, with FD_CLOEXEC if
 * flags has O_CLOEXEC; fget() does not see it yet. The descriptor, or -EMFILE (RLIMIT_NOFILE),
 * -ENOMEM. May sleep.
 * fd_publish - the reserved descriptor is that of `file`; takes over the reference.
 * put_unused_fd - or it is not needed.
 */
int get_unused_fd(unsigned int min, int flags);
void fd_publish(unsigned int fd, struct file *file);
void put_unused_fd(unsigned int fd);

/*
 * fd_install - give a file the lowest free descriptor; fd_install_from - from `min` on, with the
 * flag of O_CLOEXEC. Take over the caller's reference if they succeed. As get_unused_fd().
 */
int fd_install_from(struct file *file, unsigned int min, int flags);
static inline int fd_install(struct file *file)
{
	return fd_install_from(file, 0, 0);
}

/*
 * fd_replace - make `fd` a descriptor of `file`, of which it takes a reference; what was open there
 * is closed. fd, or -EBADF (RLIMIT_NOFILE), -EBUSY (about to be opened), -ENOMEM. May sleep.
 */
int fd_replace(unsigned int fd, struct file *file, int flags);

/*
 * fget - the file of a descriptor, with a reference; NULL: none, or opened with O_PATH.
 * fget_raw - O_PATH will do: fstat(2), fchdir(2), dup(2), the start of a walk.
 */
struct file *fget(unsigned int fd);
struct file *fget_raw(unsigned int fd);

/*
 * fget_light - as fget(), without the reference when nobody else can close the descriptor:
 * while the call lasts the table has this one user, who is here. fput_light() with
 * the same `put` ends the use.
 */
static __always_inline struct file *fget_light(unsigned int fd, bool *put)
{
	struct files_struct *files = current->files;
	struct file *file;

	if (unlikely(atomic_read(&files->count) != 1)) {
		*put = true;
		return fget(fd);
	}
	*put = false;
	if (unlikely(fd >= files->max_fds))
		return NULL;
	file = files->fd[fd];
	return unlikely(!file || file->f_mode & FMODE_PATH) ? NULL : file;
}

static __always_inline void fput_light(struct file *file, bool put)
{
	if (unlikely(put))
		fput(file);
}

/* fd_close - free a descriptor and close its file. 0, -EBADF, or what flush said. May sleep. */
int fd_close(unsigned int fd);

/* filp_close - what close(2) does to a file; drops the reference. What flush said. May sleep. */
int filp_close(struct file *file, struct files_struct *files);

/*
 * fd_close_range - close first..last; fd_cloexec_range - or only set FD_CLOEXEC on them. The first
 * may sleep.
 */
void fd_close_range(unsigned int first, unsigned int last);
void fd_cloexec_range(unsigned int first, unsigned int last);

/*
 * get_close_on_exec, set_close_on_exec - FD_CLOEXEC of a descriptor that is open. Any process
 * context.
 */
bool get_close_on_exec(unsigned int fd);
void set_close_on_exec(unsigned int fd, bool set);

/*
 * files_next - the lowest open descriptor that is not below `fd`, and its file with a reference;
 * NULL: none. For /proc/PID/fd, of any process whose table the caller holds.
 */
struct file *files_next(struct files_struct *files, unsigned int *fd);

#endif
