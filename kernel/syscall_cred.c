/*
 * System calls about user and group ids (credentials(7)). Each exists twice: with ids of
 * 32 bits, and of 16 as in the first Linux, where -1 is 0xffff and an id that does not fit
 * shows as 65534.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/lib/string.h"
#include "kernel/syscall.h"
#include "mm/slab.h"

#define NO_ID	    (~0u) /* leave it as it is */
#define OVERFLOW_ID 65534u

static u32 low2high(u32 id)
{
	return (id & 0xffff) == 0xffff ? NO_ID : id & 0xffff;
}

static u32 high2low(u32 id)
{
	return id > 0xffff ? OVERFLOW_ID : id;
}

/* ------------------------------------------------------------ telling */

long sys_getuid32(void)
{
	return (long)current_uid();
}
long sys_geteuid32(void)
{
	return (long)current_euid();
}
long sys_getgid32(void)
{
	return (long)current_gid();
}
long sys_getegid32(void)
{
	return (long)current_egid();
}
long sys_getuid(void)
{
	return (long)high2low(current_uid());
}
long sys_geteuid(void)
{
	return (long)high2low(current_euid());
}
long sys_getgid(void)
{
	return (long)high2low(current_gid());
}
long sys_getegid(void)
{
	return (long)high2low(current_egid());
}

long sys_getresuid32(u32 __user *ruid, u32 __user *euid, u32 __user *suid)
{
	const struct cred *cred = current_cred();

	return put_user(cred->uid, ruid) || put_user(cred->euid, euid) || put_user(cred->suid, suid)
		       ? -EFAULT
		       : 0;
}

long sys_getresgid32(u32 __user *rgid, u32 __user *egid, u32 __user *sgid)
{
	const struct cred *cred = current_cred();

	return put_user(cred->gid, rgid) || put_user(cred->egid, egid) || put_user(cred->sgid, sgid)
		       ? -EFAULT
		       : 0;
}

static int put_id16(u32 id, u16 __user *to)
{
	return put_user((u16)high2low(id), to);
}

long sys_getresuid(u16 __user *ruid, u16 __user *euid, u16 __user *suid)
{
	const struct cred *cred = current_cred();

	return put_id16(cred->uid, ruid) || put_id16(cred->euid, euid) || put_id16(cred->suid, suid)
		       ? -EFAULT
		       : 0;
}

long sys_getresgid(u16 __user *rgid, u16 __user *egid, u16 __user *sgid)
{
	const struct cred *cred = current_cred();

	return put_id16(cred->gid, rgid) || put_id16(cred->egid, egid) || put_id16(cred->sgid, sgid)
		       ? -EFAULT
		       : 0;
}

/* ------------------------------------------------------------ changing user ids */

/* Another real uid: the process counts for another user from now on. 0 or -ENOMEM. */
static int change_user(struct cred *new, u32 uid)
{
	struct user_struct *user;

	if (uid == new->uid)
		return 0;
	user = get_user_of(uid);
	if (!user)
		return -ENOMEM;
	user_count_processes(new->user, -1);
	user_count_processes(user, 1);
	put_user_of(new->user);
	new->user = user;
	new->uid = uid;
	return 0;
}

/* Is `id` one of the three that the task has already (or NO_ID)? */
static bool own_uid(const struct cred *cred, u32 id)
{
	return id == NO_ID || id == cred->uid || id == cred->euid || id == cred->suid;
}

static bool own_gid(const struct cred *cred, u32 id)
{
	return id == NO_ID || id == cred->gid || id == cred->egid || id == cred->sgid;
}

/* The task becomes these; NO_ID: as before. What is allowed has been checked. */
static long change_uids(u32 ruid, u32 euid, u32 suid)
{
	struct cred *new = prepare_cred();

	if (!new)
		return -ENOMEM;
	if (ruid != NO_ID && change_user(new, ruid)) {
		put_cred(new);
		return -ENOMEM;
	}
	if (euid != NO_ID)
		new->euid = euid;
	if (suid != NO_ID)
		new->suid = suid;
	new->fsuid = new->euid;
	commit_cred(new);
	return 0;
}

static long change_gids(u32 rgid, u32 egid, u32 sgid)
{
	struct cred *new = prepare_cred();

	if (!new)
		return -ENOMEM;
	if (rgid != NO_ID)
		new->gid = rgid;
	if (egid != NO_ID)
		new->egid = egid;
	if (sgid != NO_ID)
		new->sgid = sgid;
	new->fsgid = new->egid;
	commit_cred(new);
	return 0;
}

long sys_setresuid32(u32 ruid, u32 euid, u32 suid)
{
	const struct cred *cred = current_cred();

	if (!capable() && !(own_uid(cred, ruid) && own_uid(cred, euid) && own_uid(cred, suid)))
		return -EPERM;
	return change_uids(ruid, euid, suid);
}

long sys_setresgid32(u32 rgid, u32 egid, u32 sgid)
{
	const struct cred *cred = current_cred();

	if (!capable() && !(own_gid(cred, rgid) && own_gid(cred, egid) && own_gid(cred, sgid)))
		return -EPERM;
	return change_gids(rgid, egid, sgid);
}

/* The saved id follows when the real one is set, or the effective one to something new. */
long sys_setreuid32(u32 ruid, u32 euid)
{
	const struct cred *cred = current_cred();
	bool saves = ruid != NO_ID || (euid != NO_ID && euid != cred->uid);

	if (!capable() &&
	    ((ruid != NO_ID && ruid != cred->uid && ruid != cred->euid) || !own_uid(cred, euid)))
		return -EPERM;
	return change_uids(ruid, euid, saves ? (euid == NO_ID ? cred->euid : euid) : NO_ID);
}

long sys_setregid32(u32 rgid, u32 egid)
{
	const struct cred *cred = current_cred();
	bool saves = rgid != NO_ID || (egid != NO_ID && egid != cred->gid);

	if (!capable() &&
	    ((rgid != NO_ID && rgid != cred->gid && rgid != cred->egid) || !own_gid(cred, egid)))
		return -EPERM;
	return change_gids(rgid, egid, saves ? (egid == NO_ID ? cred->egid : egid) : NO_ID);
}

/* Root gives up all three for ever; others choose among what they have. */
long sys_setuid32(u32 uid)
{
	const struct cred *cred = current_cred();

	if (uid == NO_ID)
		return -EINVAL;
	if (capable())
		return change_uids(uid, uid, uid);
	if (uid != cred->uid && uid != cred->suid)
		return -EPERM;
	return change_uids(NO_ID, uid, NO_ID);
}

long sys_setgid32(u32 gid)
{
	const struct cred *cred = current_cred();

	if (gid == NO_ID)
		return -EINVAL;
	if (capable())
		return change_gids(gid, gid, gid);
	if (gid != cred->gid && gid != cred->sgid)
		return -EPERM;
	return change_gids(NO_ID, gid, NO_ID);
}

/* These two return the old id, whatever happens. */
long sys_setfsuid32(u32 uid)
{
	const struct cred *cred = current_cred();
	u32 old = cred->fsuid;
	struct cred *new;

	if (uid == NO_ID || uid == old || !(capable() || own_uid(cred, uid)))
		return (long)old;
	new = prepare_cred();
	if (new) {
		new->fsuid = uid;
		commit_cred(new);
	}
	return (long)old;
}

long sys_setfsgid32(u32 gid)
{
	const struct cred *cred = current_cred();
	u32 old = cred->fsgid;
	struct cred *new;

	if (gid == NO_ID || gid == old || !(capable() || own_gid(cred, gid)))
		return (long)old;
	new = prepare_cred();
	if (new) {
		new->fsgid = gid;
		commit_cred(new);
	}
	return (long)old;
}

long sys_setuid(u32 uid)
{
	return sys_setuid32(low2high(uid));
}
long sys_setgid(u32 gid)
{
	return sys_setgid32(low2high(gid));
}
long sys_setreuid(u32 ruid, u32 euid)
{
	return sys_setreuid32(low2high(ruid), low2high(euid));
}
long sys_setregid(u32 rgid, u32 egid)
{
	return sys_setregid32(low2high(rgid), low2high(egid));
}
long sys_setfsuid(u32 uid)
{
	return (long)high2low((u32)sys_setfsuid32(low2high(uid)));
}
long sys_setfsgid(u32 gid)
{
	return (long)high2low((u32)sys_setfsgid32(low2high(gid)));
}

long sys_setresuid(u32 ruid, u32 euid, u32 suid)
{
	return sys_setresuid32(low2high(ruid), low2high(euid), low2high(suid));
}

long sys_setresgid(u32 rgid, u32 egid, u32 sgid)
{
	return sys_setresgid32(low2high(rgid), low2high(egid), low2high(sgid));
}

/* ------------------------------------------------------------ supplementary groups */

/* Copy the list to the program in the given width. 0 or -EFAULT. */
static int put_groups(const struct cred *cred, void __user *to, bool wide)
{
	for (unsigned int i = 0; i < cred->ngroups; i++) {
		int bad = wide ? put_user(cred->groups[i], (u32 __user *)to + i)
			       : put_id16(cred->groups[i], (u16 __user *)to + i);

		if (bad)
			return -EFAULT;
	}
	return 0;
}

static long do_getgroups(int size, void __user *to, bool wide)
{
	const struct cred *cred = current_cred();

	if (size < 0)
		return -EINVAL;
	if (size) {
		if (cred->ngroups > (unsigned int)size)
			return -EINVAL;
		if (put_groups(cred, to, wide))
			return -EFAULT;
	}
	return (long)cred->ngroups;
}

long sys_getgroups32(int size, u32 __user *to)
{
	return do_getgroups(size, to, true);
}
long sys_getgroups(int size, u16 __user *to)
{
	return do_getgroups(size, to, false);
}

/* One group more in its place among the sorted ones. */
static void insert_group(u32 *groups, unsigned int count, u32 gid)
{
	while (count && groups[count - 1] > gid) {
		groups[count] = groups[count - 1];
		count--;
	}
	groups[count] = gid;
}

static int get_groups(u32 *groups, unsigned int size, const void __user *from, bool wide)
{
	for (unsigned int i = 0; i < size; i++) {
		u32 gid;
		u16 gid16;
		int bad;

		if (wide) {
			bad = get_user(gid, (const u32 __user *)from + i);
		} else {
			bad = get_user(gid16, (const u16 __user *)from + i);
			gid = low2high(gid16);
		}
		if (bad)
			return -EFAULT;
		if (gid == NO_ID)
			return -EINVAL;
		insert_group(groups, i, gid);
	}
	return 0;
}

static long do_setgroups(int size, const void __user *from, bool wide)
{
	u32 *groups = NULL;
	struct cred *new;
	int error;

	if (!capable())
		return -EPERM;
	if ((unsigned int)size > NGROUPS_MAX)
		return -EINVAL;
	if (size) {
		groups = kmalloc((size_t)size * sizeof(*groups), GFP_KERNEL | __GFP_NOWARN);
		if (!groups)
			return -ENOMEM;
	}
	error = get_groups(groups, (unsigned int)size, from, wide);
	if (error)
		goto out;
	error = -ENOMEM;
	new = prepare_cred();
	if (!new)
		goto out;
	swap(groups, new->groups);
	new->ngroups = (unsigned int)size;
	commit_cred(new);
	error = 0;
out:
	kfree(groups);
	return error;
}

long sys_setgroups32(int size, const u32 __user *from)
{
	return do_setgroups(size, from, true);
}
long sys_setgroups(int size, const u16 __user *from)
{
	return do_setgroups(size, from, false);
}
