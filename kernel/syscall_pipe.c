/* pipe(2), pipe2(2). */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/pipe.h"
#include "kernel/syscall_fd.h"

/* Both descriptors, or none. */
static int reserve_two(int fds[2], int flags)
{
	fds[0] = get_unused_fd(0, flags);
	if (fds[0] < 0)
		return fds[0];
	fds[1] = get_unused_fd(0, flags);
	if (fds[1] >= 0)
		return 0;
	put_unused_fd((unsigned int)fds[0]);
	return fds[1];
}

/* Until the program has their numbers nobody else can use the descriptors. */
static int give_pipe(struct file *files[2], int __user *user, int flags)
{
	int fds[2], err = reserve_two(fds, flags);

	if (err)
		return err;
	err = copy_to_user(user, fds, sizeof(fds)) ? -EFAULT : 0;
	for (int i = 0; i < 2; i++) {
		if (err)
			put_unused_fd((unsigned int)fds[i]);
		else
			fd_publish((unsigned int)fds[i], files[i]);
	}
	return err;
}

long sys_pipe2(int __user *fds, int flags)
{
	struct file *files[2];
	int err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	err = create_pipe(files, flags);
	if (err)
		return err;
	err = give_pipe(files, fds, flags);
	if (err) {
		fput(files[0]);
		fput(files[1]);
	}
	return err;
}

long sys_pipe(int __user *fds)
{
	return sys_pipe2(fds, 0);
}
