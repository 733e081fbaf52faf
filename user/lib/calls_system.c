/* System calls on the whole machine: its names, mounts, log, and end. */
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

int uname(struct utsname *names)
{
	return (int)syscall(SYS_uname, names);
}

int gethostname(char *name, size_t size)
{
	struct utsname names;

	if (uname(&names) < 0)
		return -1;
	if (strlcpy(name, names.nodename, size) < size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int sethostname(const char *name, size_t len)
{
	return (int)syscall(SYS_sethostname, name, len);
}

int sysinfo(struct sysinfo *info)
{
	return (int)syscall(SYS_sysinfo, info);
}

int mount(const char *source, const char *target, const char *type, unsigned long flags,
	  const void *data)
{
	return (int)syscall(SYS_mount, source, target, type, flags, data);
}

int umount2(const char *target, int flags)
{
	return (int)syscall(SYS_umount2, target, flags);
}

int umount(const char *target)
{
	return umount2(target, 0);
}

/* Two numbers that nobody passes by accident, then the order (reboot(2)). */
int reboot(int what)
{
	return (int)syscall(SYS_reboot, 0xfee1dead, 672274793, what, NULL);
}

int klogctl(int what, char *buf, int len)
{
	return (int)syscall(SYS_syslog, what, buf, len);
}

ssize_t getrandom(void *buf, size_t size, unsigned int flags)
{
	return syscall(SYS_getrandom, buf, size, flags);
}

int getpagesize(void)
{
	return 4096;
}

static long pages(int name)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return -1;
	return (long)((unsigned long long)(name == _SC_PHYS_PAGES ? info.totalram : info.freeram) *
		      info.mem_unit / 4096);
}

static long limit(int resource)
{
	struct rlimit r;

	return getrlimit(resource, &r) < 0 || r.rlim_cur > 0x7fffffff ? -1 : (long)r.rlim_cur;
}

long sysconf(int name)
{
	switch (name) {
	case _SC_PAGESIZE:
		return getpagesize();
	case _SC_CLK_TCK:
		return 100;
	case _SC_ARG_MAX:
		return 131072;
	case _SC_OPEN_MAX:
		return limit(RLIMIT_NOFILE);
	case _SC_CHILD_MAX:
		return limit(RLIMIT_NPROC);
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	case _SC_PHYS_PAGES:
	case _SC_AVPHYS_PAGES:
		return pages(name);
	}
	errno = EINVAL;
	return -1;
}
