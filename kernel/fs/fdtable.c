/*
 * The table of a process's open files: an array of pointers; a free descriptor is
 * a NULL. The lock covers the array and its length. Nothing sleeps under it, so a
 * larger array is allocated outside and the world looked at again.
 */
#include "kernel/fs/fdtable.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/slab.h"

struct files_struct *files_alloc(void)
{
	struct files_struct *files = kzalloc(sizeof(*files), GFP_KERNEL);

	if (!files)
		return NULL;
	atomic_set(&files->count, 1);
	spin_lock_init(&files->lock, "files");
	files->fd = files->fd_array;
	files->max_fds = NR_OPEN_DEFAULT;
	return files;
}

static void free_fd_array(struct files_struct *files, struct file **fd)
{
	if (fd != files->fd_array)
		kfree(fd);
}

void files_put(struct files_struct *files)
{
	if (!atomic_dec_and_test(&files->count))
		return;
	for (unsigned int i = 0; i < files->max_fds; i++) {
		if (files->fd[i])
			fput(files->fd[i]);
	}
	free_fd_array(files, files->fd);
	kfree(files);
}

void exit_files(void)
{
	struct files_struct *files = current->files;

	current->files = NULL;
	if (files)
		files_put(files);
}

/* Twice as many descriptors as `old_max`, unless somebody else has been here meanwhile. */
static int expand_files(struct files_struct *files, unsigned int old_max)
{
	struct file **new_fd, **stale;

	if (old_max >= NR_OPEN_MAX)
		return -EMFILE;
	new_fd = kzalloc(2 * old_max * sizeof(*new_fd), GFP_KERNEL);
	if (!new_fd)
		return -ENOMEM;
	stale = new_fd;
	spin_lock(&files->lock);
	if (files->max_fds == old_max) {
		memcpy(new_fd, files->fd, old_max * sizeof(*new_fd));
		stale = files->fd;
		files->fd = new_fd;
		files->max_fds = 2 * old_max;
	}
	spin_unlock(&files->lock);
	free_fd_array(files, stale);
	return 0;
}

/* Puts a file into the lowest free place; returns it, or max_fds if there is none. */
static unsigned int try_install(struct files_struct *files, struct file *file)
{
	unsigned int fd = 0;

	while (fd < files->max_fds && files->fd[fd])
		fd++;
	if (fd < files->max_fds)
		files->fd[fd] = file;
	return fd;
}

int fd_install(struct file *file)
{
	struct files_struct *files = current->files;

	for (;;) {
		unsigned int fd, max;
		int err;

		spin_lock(&files->lock);
		max = files->max_fds;
		fd = try_install(files, file);
		spin_unlock(&files->lock);
		if (fd < max)
			return (int)fd;
		err = expand_files(files, max);
		if (err)
			return err;
	}
}

struct file *fget(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file = NULL;

	spin_lock(&files->lock);
	if (fd < files->max_fds && files->fd[fd])
		file = get_file(files->fd[fd]);
	spin_unlock(&files->lock);
	return file;
}

int fd_close(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file = NULL;

	spin_lock(&files->lock);
	if (fd < files->max_fds)
		swap(file, files->fd[fd]);
	spin_unlock(&files->lock);
	if (!file)
		return -EBADF;
	fput(file);
	return 0;
}
