/*
 * Who may do what to a file, and changing its attributes.
 *
 * There are no capabilities: what Linux allows by them is allowed to fsuid 0 here.
 */
#include "kernel/cred.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/errno.h"
#include "kernel/signal.h"

/* The superuser as far as files go: setfsuid(2) and access(2) change that. */
static bool privileged(void)
{
	return current_fsuid() == 0;
}

bool inode_owner_or_capable(const struct inode *inode)
{
	return current_fsuid() == inode->i_uid || privileged();
}

/* The three bits of i_mode that count for the current task. */
static u32 bits_for_current(const struct inode *inode)
{
	if (current_fsuid() == inode->i_uid)
		return inode->i_mode >> 6;
	if (in_group_p(inode->i_gid))
		return inode->i_mode >> 3;
	return inode->i_mode;
}

int generic_permission(struct inode *inode, unsigned int mask)
{
	if (privileged()) {
		/* Everything, but running what nobody may run. */
		if (!(mask & MAY_EXEC) || S_ISDIR(inode->i_mode) || (inode->i_mode & 0111))
			return 0;
		return -EACCES;
	}
	return mask & ~bits_for_current(inode) & 7 ? -EACCES : 0;
}

int inode_permission(struct inode *inode, unsigned int mask)
{
	if ((mask & MAY_WRITE) && inode->i_sb && (inode->i_sb->s_flags & MS_RDONLY) &&
	    (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode) || S_ISLNK(inode->i_mode)))
		return -EROFS;
	if (inode->i_op && inode->i_op->permission)
		return inode->i_op->permission(inode, mask);
	return generic_permission(inode, mask);
}

/* ---- what there is --------------------------------------------------------------------------- */

void generic_fillattr(const struct inode *inode, struct kstat *stat)
{
	stat->ino = inode->i_ino;
	stat->dev = inode->i_sb ? inode->i_sb->s_dev : 0;
	stat->rdev = inode->i_rdev;
	stat->mode = inode->i_mode;
	stat->nlink = inode->i_nlink;
	stat->uid = inode->i_uid;
	stat->gid = inode->i_gid;
	stat->size = i_size_read(inode);
	stat->atime = inode->i_atime;
	stat->mtime = inode->i_mtime;
	stat->ctime = inode->i_ctime;
	stat->blocks = inode->i_blocks;
	stat->blksize = inode->i_sb ? inode->i_sb->s_blocksize : 4096;
}

int vfs_getattr(const struct path *path, struct kstat *stat)
{
	struct inode *inode = path->dentry->d_inode;

	if (inode->i_op && inode->i_op->getattr)
		return inode->i_op->getattr(path->dentry, stat);
	generic_fillattr(inode, stat);
	return 0;
}

/* ---- changing -------------------------------------------------------------------------------- */

/* A file's owner may give it to a group that he is in; only the superuser may give it away. */
static int may_chown(const struct inode *inode, const struct iattr *attr)
{
	bool owner = current_fsuid() == inode->i_uid;

	if (privileged())
		return 0;
	if ((attr->ia_valid & ATTR_UID) && !(owner && attr->ia_uid == inode->i_uid))
		return -EPERM;
	if ((attr->ia_valid & ATTR_GID) &&
	    !(owner && (attr->ia_gid == inode->i_gid || in_group_p(attr->ia_gid))))
		return -EPERM;
	return 0;
}

/* A file may grow up to RLIMIT_FSIZE; the process that wants more gets a signal too. */
static int check_new_size(const struct inode *inode, loff_t size)
{
	unsigned long limit = current->signal->rlim[RLIMIT_FSIZE].rlim_cur;

	if (size <= i_size_read(inode))
		return 0;
	if (limit != RLIM_INFINITY && size > (loff_t)limit) {
		send_sig(SIGXFSZ, NULL, current);
		return -EFBIG;
	}
	return inode->i_sb && size > inode->i_sb->s_maxbytes ? -EFBIG : 0;
}

int setattr_prepare(struct dentry *dentry, const struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	unsigned int owners = ATTR_MODE | ATTR_ATIME_SET | ATTR_MTIME_SET;

	if (may_chown(inode, attr))
		return -EPERM;
	if ((attr->ia_valid & owners) && !(attr->ia_valid & ATTR_FORCE) &&
	    !inode_owner_or_capable(inode))
		return -EPERM;
	return attr->ia_valid & ATTR_SIZE ? check_new_size(inode, attr->ia_size) : 0;
}

void setattr_copy(struct inode *inode, const struct iattr *attr)
{
	unsigned int valid = attr->ia_valid;

	if (valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	if (valid & ATTR_CTIME)
		inode->i_ctime = attr->ia_ctime;
	if (valid & ATTR_MODE) {
		u32 mode = attr->ia_mode;

		if (!in_group_p(inode->i_gid) && !privileged())
			mode &= ~S_ISGID;
		inode->i_mode = (inode->i_mode & S_IFMT) | (mode & S_IALLUGO);
	}
}

/* set-user-id and set-group-id end when the file changes hands or contents. */
static void kill_suid(const struct inode *inode, struct iattr *attr)
{
	u32 mode = attr->ia_valid & ATTR_MODE ? attr->ia_mode : inode->i_mode;
	u32 without = mode & ~S_ISUID;

	attr->ia_valid &= ~ATTR_KILL_SUID;
	if (!S_ISREG(inode->i_mode))
		return;
	if ((mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		without &= ~S_ISGID; /* without group execution it means something else */
	if (without == mode)
		return;
	attr->ia_valid |= ATTR_MODE;
	attr->ia_mode = without;
}

int notify_change(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	struct timespec64 now = current_time();
	int err;

	if ((attr->ia_valid & ATTR_MODE) && S_ISLNK(inode->i_mode))
		return -EOPNOTSUPP;
	attr->ia_ctime = now;
	if (!(attr->ia_valid & ATTR_ATIME_SET))
		attr->ia_atime = now;
	if (!(attr->ia_valid & ATTR_MTIME_SET))
		attr->ia_mtime = now;
	attr->ia_valid |= ATTR_CTIME;
	if (attr->ia_valid & ATTR_KILL_SUID)
		kill_suid(inode, attr);
	if (inode->i_op && inode->i_op->setattr)
		return inode->i_op->setattr(dentry, attr);
	err = setattr_prepare(dentry, attr);
	if (!err)
		setattr_copy(inode, attr);
	return err;
}

int file_remove_privs(struct file *file)
{
	struct iattr attr = {.ia_valid = ATTR_KILL_SUID | ATTR_FORCE};
	struct inode *inode = file->f_inode;

	if (likely(!(inode->i_mode & (S_ISUID | S_ISGID))) || !S_ISREG(inode->i_mode) ||
	    privileged())
		return 0;
	return notify_change(file->f_path.dentry, &attr);
}
