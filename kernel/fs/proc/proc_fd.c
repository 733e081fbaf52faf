/* /proc/PID/fd: a link for each open descriptor. */
#include "kernel/fs/dcache.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/task.h"

/* The file of a task's descriptor, with a reference, or NULL. */
static struct file *task_file(struct task_struct *task, unsigned int fd)
{
	struct files_struct *files = task->files;
	struct file *file = NULL;

	if (!files)
		return NULL;
	spin_lock(&files->lock);
	if (fd < files->max_fds && files->fd[fd])
		file = get_file(files->fd[fd]);
	spin_unlock(&files->lock);
	return file;
}

bool proc_fd_exists(struct task_struct *task, unsigned int fd)
{
	struct file *file = task_file(task, fd);

	if (file)
		fput(file);
	return file;
}

static int fd_jump(struct task_struct *task, const struct proc_pid_inode *pi, struct path *path)
{
	struct file *file = task_file(task, pi->fd);

	if (!file)
		return -ENOENT;
	*path = file->f_path;
	path_get(path);
	fput(file);
	return 0;
}

static const struct pid_entry fd_entry = {.mode = S_IFLNK | 0700, .jump = fd_jump};

static struct dentry *fd_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task = proc_task(dir);
	long fd = proc_name_to_number(&dentry->d_name);
	struct dentry *result = ERR_PTR(-ENOENT);

	if (!task)
		return result;
	if (!proc_may_access(task))
		result = ERR_PTR(-EACCES);
	else if (fd >= 0 && proc_fd_exists(task, (unsigned int)fd))
		result = proc_pid_add(dentry, task, &fd_entry, (unsigned int)fd);
	put_task_struct(task);
	return result;
}

/* The lowest open descriptor of at least `fd`, or -1. */
static long next_fd(struct task_struct *task, unsigned int fd)
{
	struct files_struct *files = task->files;
	long found = -1;

	if (!files)
		return -1;
	spin_lock(&files->lock);
	while (fd < files->max_fds && !files->fd[fd])
		fd++;
	if (fd < files->max_fds)
		found = (long)fd;
	spin_unlock(&files->lock);
	return found;
}

static int fd_iterate(struct file *file, struct dir_context *ctx)
{
	struct task_struct *task = proc_task(file->f_inode);
	long fd;

	if (!task)
		return -ENOENT;
	if (proc_may_access(task) && dir_emit_dots(file, ctx)) {
		while ((fd = next_fd(task, (unsigned int)(ctx->pos - 2))) >= 0) {
			ctx->pos = fd + 2;
			if (!proc_emit_number(ctx, (unsigned int)fd, DT_LNK))
				break;
			ctx->pos++;
		}
	}
	put_task_struct(task);
	return 0;
}

const struct inode_operations proc_fd_iop = {.lookup = fd_lookup};
const struct file_operations proc_fd_fops = {.iterate = fd_iterate};
