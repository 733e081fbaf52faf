/*
 * getdents(2): what f_op->iterate tells, one entry after the other, is packed into the program's
 * buffer. Each record says where the next one begins in the folder (d_off), which is known only
 * when that one comes, or the end: so it is filled in late.
 *
 * The folder's i_mutex is held while the records are written, and a page fault may come then.
 */
#include "kernel/fs/readdir.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/inode.h"
#include "kernel/sched.h"

/*
 * i386's two layouts (linux/dirent.h). The older one has the type behind the name's 0, at the very
 * end.
 */
struct linux_dirent {
	unsigned long d_ino;
	unsigned long d_off;
	unsigned short d_reclen;
	char d_name[];
};

struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

struct getdents_call {
	struct dir_context ctx; /* first */
	char __user *at;	/* where the next record goes */
	size_t room;
	void __user *previous; /* the record whose d_off is still to be told */
	bool wide;
	int error;
};

static int put_header64(struct linux_dirent64 __user *d, u64 ino, size_t reclen, unsigned int type)
{
	if (put_user(ino, &d->d_ino) || put_user((unsigned short)reclen, &d->d_reclen) ||
	    put_user((unsigned char)type, &d->d_type))
		return -EFAULT;
	return 0;
}

static int put_header(struct linux_dirent __user *d, u64 ino, size_t reclen, unsigned int type)
{
	if (ino > ~0ul)
		return -EOVERFLOW;
	if (put_user((unsigned long)ino, &d->d_ino) ||
	    put_user((unsigned short)reclen, &d->d_reclen) ||
	    put_user((unsigned char)type, (char __user *)d + reclen - 1))
		return -EFAULT;
	return 0;
}

static int put_offset(const struct getdents_call *call, loff_t pos)
{
	struct linux_dirent64 __user *d64 = call->previous;
	struct linux_dirent __user *d = call->previous;

	if (!call->previous)
		return 0;
	if (call->wide)
		return put_user((s64)pos, &d64->d_off);
	return put_user((unsigned long)pos, &d->d_off);
}

static size_t record_length(const struct getdents_call *call, unsigned int len)
{
	if (call->wide)
		return ALIGN_UP(offsetof(struct linux_dirent64, d_name) + len + 1, sizeof(u64));
	return ALIGN_UP(offsetof(struct linux_dirent, d_name) + len + 2, sizeof(long));
}

/* One record at call->at. 0, -EFAULT, -EOVERFLOW. */
static int put_record(struct getdents_call *call, const char *name, unsigned int len, u64 ino,
		      unsigned int type, size_t reclen)
{
	size_t at = call->wide ? offsetof(struct linux_dirent64, d_name)
			       : offsetof(struct linux_dirent, d_name);
	char __user *d_name = call->at + at;
	int err = call->wide ? put_header64((void __user *)call->at, ino, reclen, type)
			     : put_header((void __user *)call->at, ino, reclen, type);

	if (err)
		return err;
	if (copy_to_user(d_name, name, len) || put_user((char)0, d_name + len))
		return -EFAULT;
	return 0;
}

static bool fill_dirent(struct dir_context *ctx, const char *name, unsigned int len, loff_t pos,
			u64 ino, unsigned int type)
{
	struct getdents_call *call = container_of(ctx, struct getdents_call, ctx);
	size_t reclen = record_length(call, len);

	call->error = -EINVAL; /* if it is the first one */
	if (reclen > call->room)
		return false;
	if (call->previous && signal_pending(current))
		return false;
	call->error = put_offset(call, pos);
	if (!call->error)
		call->error = put_record(call, name, len, ino, type, reclen);
	if (call->error)
		return false;
	call->previous = call->at;
	call->at += reclen;
	call->room -= reclen;
	return true;
}

static int iterate_dir(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file->f_inode;
	int err = -ENOENT;

	if (!file->f_op->iterate)
		return -ENOTDIR;
	mutex_lock(&inode->i_mutex);
	if (inode->i_nlink) {
		ctx->pos = file->f_pos;
		err = file->f_op->iterate(file, ctx);
		file->f_pos = ctx->pos;
	}
	mutex_unlock(&inode->i_mutex);
	if (!err)
		touch_atime(&file->f_path);
	return err;
}

long do_getdents(struct file *file, void __user *buf, size_t room, bool wide)
{
	struct getdents_call call = {
		.ctx.actor = fill_dirent, .at = buf, .room = room, .wide = wide};
	int err = iterate_dir(file, &call.ctx);

	if (err < 0)
		return err;
	if (!call.previous)
		return call.error;
	if (put_offset(&call, call.ctx.pos))
		return -EFAULT;
	return (long)(room - call.room);
}
