/* System calls on identities: the ones with 32-bit numbers. */
#include <sys/syscall.h>
#include <unistd.h>

uid_t getuid(void)
{
	return (uid_t)syscall(SYS_getuid32);
}

uid_t geteuid(void)
{
	return (uid_t)syscall(SYS_geteuid32);
}

gid_t getgid(void)
{
	return (gid_t)syscall(SYS_getgid32);
}

gid_t getegid(void)
{
	return (gid_t)syscall(SYS_getegid32);
}

int setuid(uid_t uid)
{
	return (int)syscall(SYS_setuid32, uid);
}

int setgid(gid_t gid)
{
	return (int)syscall(SYS_setgid32, gid);
}

int setreuid(uid_t real, uid_t effective)
{
	return (int)syscall(SYS_setreuid32, real, effective);
}

int setregid(gid_t real, gid_t effective)
{
	return (int)syscall(SYS_setregid32, real, effective);
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return (int)syscall(SYS_setresuid32, real, effective, saved);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return (int)syscall(SYS_setresgid32, real, effective, saved);
}

int getgroups(int count, gid_t *groups)
{
	return (int)syscall(SYS_getgroups32, count, groups);
}

int setgroups(size_t count, const gid_t *groups)
{
	return (int)syscall(SYS_setgroups32, count, groups);
}
