/*
 * Making, opening and closing pipes. pipe(2) makes both files at once; a FIFO of the tree is opened
 * from one side at a time, and each side waits for the other.
 *
 * A pipe ends with its last open file. Its inode points to it by i_private as long as somebody has
 * it open; fifo_lock covers that pointer and `files`.
 */
#include "kernel/cred.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/libfs.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/pipe_ring.h"
#include "kernel/lib/err.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/panic.h"
#include "kernel/wait.h"

static DEFINE_SPINLOCK(fifo_lock);

/* ---- opening and closing ---------------------------------------------------------------- */

/* One open file less; the last one takes the pipe along. */
static void put_pipe(struct inode *inode, struct pipe_inode_info *pipe)
{
	bool last;

	spin_lock(&fifo_lock);
	last = --pipe->files == 0;
	if (last)
		inode->i_private = NULL;
	spin_unlock(&fifo_lock);
	if (last)
		pipe_free(pipe);
}

static void count_side(struct pipe_inode_info *pipe, const struct file *file)
{
	if (file->f_mode & FMODE_READ) {
		pipe->readers++;
		pipe->r_counter++;
	}
	if (file->f_mode & FMODE_WRITE) {
		pipe->writers++;
		pipe->w_counter++;
	}
}

/* A side is there that was not, or has gone: everybody looks again. */
static void wake_both(struct pipe_inode_info *pipe)
{
	wake_up_all(&pipe->rd_wait);
	wake_up_all(&pipe->wr_wait);
}

static void uncount_side(struct pipe_inode_info *pipe, const struct file *file)
{
	if (file->f_mode & FMODE_READ)
		pipe->readers--;
	if (file->f_mode & FMODE_WRITE)
		pipe->writers--;
	if (!pipe->readers || !pipe->writers)
		wake_both(pipe);
}

void pipe_release(struct file *file)
{
	struct pipe_inode_info *pipe = file->private_data;

	mutex_lock(&pipe->mutex);
	uncount_side(pipe, file);
	mutex_unlock(&pipe->mutex);
	put_pipe(file->f_inode, pipe);
}

/* The pipe of a FIFO that is being opened: the one it has, or a new one. NULL: no memory. */
static struct pipe_inode_info *get_fifo(struct inode *inode)
{
	struct pipe_inode_info *fresh = inode->i_private ? NULL : pipe_alloc(), *pipe;

	spin_lock(&fifo_lock);
	pipe = inode->i_private;
	if (!pipe) {
		pipe = inode->i_private = fresh;
		fresh = NULL;
	}
	if (pipe)
		pipe->files++;
	spin_unlock(&fifo_lock);
	if (fresh)
		pipe_free(fresh);
	return pipe;
}

/* Sleeps until the other side has been opened since, even if it has been closed again. */
static int wait_for_partner(struct pipe_inode_info *pipe, const unsigned int *counter,
			    struct wait_queue_head *wq)
{
	unsigned int before = *counter;
	int err = 0;

	while (!err && before == *counter)
		err = pipe_wait(pipe, wq);
	return before == *counter ? err : 0;
}

/* Counts the opener in, and waits for the other side if it must. The mutex is held. */
static int open_side(struct pipe_inode_info *pipe, struct file *file)
{
	bool nonblock = file->f_flags & O_NONBLOCK;
	unsigned int mode = file->f_mode & (FMODE_READ | FMODE_WRITE);
	int err = 0;

	if (mode == FMODE_WRITE && nonblock && !pipe->readers)
		return -ENXIO;
	count_side(pipe, file);
	if (pipe->readers == 1 || pipe->writers == 1)
		wake_both(pipe);
	if (mode == FMODE_READ && !pipe->writers) {
		if (nonblock)
			file->f_pos = pipe->w_counter; /* a pipe has no position: for poll */
		else
			err = wait_for_partner(pipe, &pipe->w_counter, &pipe->rd_wait);
	} else if (mode == FMODE_WRITE && !pipe->readers) {
		err = wait_for_partner(pipe, &pipe->r_counter, &pipe->wr_wait);
	}
	if (err)
		uncount_side(pipe, file);
	return err;
}

static int fifo_open(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = get_fifo(inode);
	int err;

	if (!pipe)
		return -ENOMEM;
	file->f_mode &= ~FMODE_LSEEK;
	mutex_lock(&pipe->mutex);
	err = open_side(pipe, file);
	mutex_unlock(&pipe->mutex);
	if (err) {
		put_pipe(inode, pipe);
		return err;
	}
	file->private_data = pipe;
	file->f_op = &pipe_fops;
	return 0;
}

const struct file_operations def_fifo_fops = {.open = fifo_open};

/* ---- pipe(2) ---------------------------------------------------------------------------- */

#define PIPEFS_MAGIC 0x50495045ul

/* Pipes have no place in the tree, but they are files of some file system, which nobody can see. */
static struct vfsmount *pipe_mnt;

static char *pipefs_dname(struct dentry *dentry, char *buf, size_t size)
{
	int len = scnprintf(buf, size, "pipe:[%lu]", dentry->d_inode->i_ino);

	return (size_t)len + 1 < size ? buf : ERR_PTR(-ENAMETOOLONG);
}

static const struct dentry_operations pipefs_dentry_operations = {.d_dname = pipefs_dname};
static const struct super_operations pipefs_super_operations = {.statfs = simple_statfs};
static const struct inode_operations pipefs_no_operations;

static int pipefs_fill_super(struct super_block *sb, const char *dev_name __unused,
			     const char *data __unused)
{
	sb->s_d_op = &pipefs_dentry_operations;
	return simple_fill_super(sb, PIPEFS_MAGIC, &pipefs_super_operations, &pipefs_no_operations,
				 0600);
}

static struct file_system_type pipefs_type = {.name = "pipefs", .fill_super = pipefs_fill_super};

/* An inode with a pipe that `files` open files are going to hold; or NULL. */
static struct inode *new_pipe_inode(unsigned int files)
{
	struct pipe_inode_info *pipe = pipe_alloc();
	struct inode *inode;

	if (!pipe)
		return NULL;
	inode = new_inode(pipe_mnt->mnt_sb);
	if (!inode) {
		pipe_free(pipe);
		return NULL;
	}
	inode->i_mode = S_IFIFO | 0600;
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	inode->i_fop = &def_fifo_fops; /* it can be opened again by /proc/PID/fd */
	inode->i_private = pipe;
	pipe->files = files;
	return inode;
}

/* One side; it is counted, and its release will be called. Takes references on the place. */
static struct file *open_pipe(const struct path *path, unsigned int mode, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	struct file *file = alloc_file(path, mode, &pipe_fops);

	if (!file)
		return NULL;
	path_get(path);
	file->f_flags = (unsigned int)flags | (mode == FMODE_READ ? O_RDONLY : O_WRONLY);
	file->private_data = inode->i_private;
	count_side(inode->i_private, file);
	return file;
}

static int open_both(struct file *files[2], const struct path *path, int flags)
{
	struct inode *inode = path->dentry->d_inode;

	files[0] = open_pipe(path, FMODE_READ, flags & O_NONBLOCK);
	files[1] = open_pipe(path, FMODE_WRITE, flags & O_NONBLOCK);
	if (files[0] && files[1])
		return 0;
	for (int i = 0; i < 2; i++) {
		if (files[i])
			fput(files[i]);
		else
			put_pipe(inode, inode->i_private);
	}
	return -ENOMEM;
}

int create_pipe(struct file *files[2], int flags)
{
	struct inode *inode = new_pipe_inode(2);
	struct path path = {.mnt = pipe_mnt};
	int err;

	if (!inode)
		return -ENOMEM;
	path.dentry = d_alloc_pseudo(pipe_mnt->mnt_sb, "");
	if (!path.dentry) {
		pipe_free(inode->i_private);
		iput(inode);
		return -ENOMEM;
	}
	d_instantiate(path.dentry, inode);
	err = open_both(files, &path, flags);
	dput(path.dentry);
	return err;
}

void pipe_init(void)
{
	pipe_cache_init();
	register_filesystem(&pipefs_type);
	pipe_mnt = kern_mount(&pipefs_type);
	if (IS_ERR(pipe_mnt))
		panic("Too little memory: pipes cannot be set up");
	set_special_fops(S_IFIFO, &def_fifo_fops);
}
