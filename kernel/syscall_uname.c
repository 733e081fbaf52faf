/* System calls that tell the system's names, and set those that can be set. */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/lib/string.h"
#include "kernel/syscall.h"
#include "kernel/utsname.h"

long sys_uname(struct utsname __user *to)
{
	return copy_to_user(to, &system_utsname, sizeof(system_utsname)) ? -EFAULT : 0;
}

/* The layouts of older calls: the same names, cut to `len` characters, without a domain. */
static long put_names(char __user *to, size_t len)
{
	const char *const names[] = {system_utsname.sysname, system_utsname.nodename,
				     system_utsname.release, system_utsname.version,
				     system_utsname.machine};
	char name[UTS_LEN + 1];

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		memset(name, 0, sizeof(name));
		strlcpy(name, names[i], len + 1);
		if (copy_to_user(to + i * (len + 1), name, len + 1))
			return -EFAULT;
	}
	return 0;
}

long sys_olduname(char __user *to)
{
	return put_names(to, UTS_LEN);
}

long sys_oldolduname(char __user *to)
{
	return put_names(to, 8);
}

static long set_name(char *name, const char __user *from, int len)
{
	char fresh[UTS_LEN + 1] = "";

	if (!capable())
		return -EPERM;
	if (len < 0 || len > UTS_LEN)
		return -EINVAL;
	if (copy_from_user(fresh, from, (size_t)len))
		return -EFAULT;
	memcpy(name, fresh, sizeof(fresh));
	return 0;
}

long sys_sethostname(const char __user *from, int len)
{
	return set_name(system_utsname.nodename, from, len);
}

long sys_setdomainname(const char __user *from, int len)
{
	return set_name(system_utsname.domainname, from, len);
}
