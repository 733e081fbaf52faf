/* System calls that lock files: fcntl(2)'s record locks in two widths, and flock(2). */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/locks.h"
#include "kernel/syscall_fd.h"

/* struct flock as programs have it on i386, with positions of 32 and 64 bits. */
struct flock32 {
	short l_type, l_whence;
	long l_start, l_len;
	pid_t l_pid;
};

struct flock64 {
	short l_type, l_whence;
	loff_t l_start, l_len;
	pid_t l_pid;
};

static int get_flock(struct flock64 *fl, const void __user *user, bool wide)
{
	struct flock32 narrow;

	if (wide)
		return copy_from_user(fl, user, sizeof(*fl)) ? -EFAULT : 0;
	if (copy_from_user(&narrow, user, sizeof(narrow)))
		return -EFAULT;
	*fl = (struct flock64){narrow.l_type, narrow.l_whence, narrow.l_start, narrow.l_len,
			       narrow.l_pid};
	return 0;
}

static int put_flock(const struct flock64 *fl, void __user *user, bool wide)
{
	struct flock32 narrow = {fl->l_type, fl->l_whence, (long)fl->l_start, (long)fl->l_len,
				 fl->l_pid};

	if (wide)
		return copy_to_user(user, fl, sizeof(*fl)) ? -EFAULT : 0;
	if (narrow.l_start != fl->l_start || narrow.l_len != fl->l_len)
		return -EOVERFLOW;
	return copy_to_user(user, &narrow, sizeof(narrow)) ? -EFAULT : 0;
}

/* Where l_start counts from. */
static int lock_base(struct file *file, int whence, loff_t *base)
{
	switch (whence) {
	case SEEK_SET:
		*base = 0;
		return 0;
	case SEEK_CUR:
		*base = file->f_pos;
		return 0;
	case SEEK_END:
		*base = i_size_read(file->f_inode);
		return 0;
	default:
		return -EINVAL;
	}
}

/*
 * The range that the program means; a negative length is one before the start, 0 means to the end.
 */
static int lock_range(struct file *file, const struct flock64 *fl, struct file_lock *lock)
{
	loff_t base, start;
	int err = lock_base(file, fl->l_whence, &base);

	if (err)
		return err;
	if (fl->l_start > OFFSET_MAX - base)
		return -EOVERFLOW;
	start = base + fl->l_start;
	if (start < 0 || (fl->l_len < 0 && start + fl->l_len < 0))
		return -EINVAL;
	if (fl->l_len > 0 && fl->l_len - 1 > OFFSET_MAX - start)
		return -EOVERFLOW;
	lock->start = fl->l_len < 0 ? start + fl->l_len : start;
	lock->end = OFFSET_MAX;
	if (fl->l_len)
		lock->end = fl->l_len > 0 ? start + fl->l_len - 1 : start - 1;
	return 0;
}

static int make_request(struct file *file, const struct flock64 *fl, bool ofd,
			struct file_lock *lock)
{
	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK && fl->l_type != F_UNLCK)
		return -EINVAL;
	if (ofd && fl->l_pid)
		return -EINVAL;
	*lock = (struct file_lock){
		.kind = ofd ? LOCK_OFD : LOCK_POSIX,
		.type = fl->l_type,
		.owner = ofd ? (const void *)file : current->files,
		.pid = ofd ? -1 : current->tgid,
	};
	return lock_range(file, fl, lock);
}

static long get_lock(struct file *file, void __user *user, bool wide, bool ofd)
{
	struct file_lock request, found;
	struct flock64 fl;
	int err = get_flock(&fl, user, wide);

	if (!err)
		err = make_request(file, &fl, ofd, &request);
	if (!err && request.type == F_UNLCK && !ofd)
		err = -EINVAL;
	if (err)
		return err;
	fl.l_type = F_UNLCK;
	if (locks_test(file->f_inode, &request, &found)) {
		fl.l_type = (short)found.type;
		fl.l_whence = SEEK_SET;
		fl.l_start = found.start;
		fl.l_len = found.end == OFFSET_MAX ? 0 : found.end - found.start + 1;
		fl.l_pid = found.pid;
	}
	return put_flock(&fl, user, wide);
}

/* Has another thread closed or replaced the descriptor meanwhile? */
static bool descriptor_changed(unsigned int fd, struct file *file)
{
	struct file *now = fget(fd);

	if (now)
		fput(now);
	return now != file;
}

static long set_lock(unsigned int fd, struct file *file, const void __user *user, bool wide,
		     bool ofd, bool wait)
{
	struct file_lock request;
	struct flock64 fl;
	int err = get_flock(&fl, user, wide);

	if (!err)
		err = make_request(file, &fl, ofd, &request);
	if (err)
		return err;
	if ((fl.l_type == F_RDLCK && !(file->f_mode & FMODE_READ)) ||
	    (fl.l_type == F_WRLCK && !(file->f_mode & FMODE_WRITE)))
		return -EBADF;
	err = locks_set(file->f_inode, &request, wait);
	/* A close() that came before the lock was there has not removed it. */
	if (!err && !ofd && request.type != F_UNLCK && descriptor_changed(fd, file)) {
		locks_remove_posix(file, current->files);
		err = -EBADF;
	}
	return err;
}

long do_fcntl_lock(unsigned int fd, struct file *file, unsigned int cmd, unsigned long arg,
		   bool wide)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case F_GETLK:
		return get_lock(file, user, false, false);
	case F_SETLK:
	case F_SETLKW:
		return set_lock(fd, file, user, false, false, cmd == F_SETLKW);
	}
	if (!wide)
		return -EINVAL;
	switch (cmd) {
	case F_GETLK64:
	case F_OFD_GETLK:
		return get_lock(file, user, true, cmd == F_OFD_GETLK);
	case F_SETLK64:
	case F_SETLKW64:
		return set_lock(fd, file, user, true, false, cmd == F_SETLKW64);
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return set_lock(fd, file, user, true, true, cmd == F_OFD_SETLKW);
	default:
		return -EINVAL;
	}
}

#define LOCK_SH 1u
#define LOCK_EX 2u
#define LOCK_NB 4u
#define LOCK_UN 8u

static long do_flock(struct file *file, unsigned int cmd)
{
	struct file_lock request = {
		.kind = LOCK_FLOCK, .end = OFFSET_MAX, .owner = file, .pid = current->tgid};

	switch (cmd & ~LOCK_NB) {
	case LOCK_SH:
		request.type = F_RDLCK;
		break;
	case LOCK_EX:
		request.type = F_WRLCK;
		break;
	case LOCK_UN:
		request.type = F_UNLCK;
		break;
	default:
		return -EINVAL;
	}
	if (request.type != F_UNLCK && !(file->f_mode & (FMODE_READ | FMODE_WRITE)))
		return -EBADF;
	return locks_set(file->f_inode, &request, !(cmd & LOCK_NB));
}

long sys_flock(unsigned int fd, unsigned int cmd)
{
	struct file *file = fget(fd);
	long ret;

	if (!file)
		return -EBADF;
	ret = do_flock(file, cmd);
	fput(file);
	return ret;
}
