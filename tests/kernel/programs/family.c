/*
 * family - processes that make processes: what a child has of its parent, how it is waited for,
 * groups and sessions.
 */
#include <string.h>
#include <sys/mman.h>

#include "family.h"

#define PAGE 4096

static int data = 7;
static int bss[3000];

static void yield_some(void)
{
	for (int i = 0; i < 20; i++)
		syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

/* A child has a copy: neither sees what the other writes. Shared memory stays shared. */
static void test_memory(void)
{
	char *anon =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char local = 'l';
	int pid;

	CHECK(anon != MAP_FAILED);
	strcpy(anon, "parent");
	bss[2000] = 1;
	pid = do_fork();
	CHECK(pid >= 0);
	if (!pid) {
		if (data != 7 || bss[2000] != 1 || strcmp(anon, "parent") || local != 'l')
			leave(1);
		data = 8;
		bss[2000] = 2;
		strcpy(anon, "child");
		anon[PAGE] = 'x';
		local = 'm';
		if (data != 8 || bss[2000] != 2 || strcmp(anon, "child") || local != 'm')
			leave(2);
		leave(42);
	}
	data = 9;
	CHECK(status_of(pid) == 42 << 8);
	CHECK(data == 9 && bss[2000] == 1 && !strcmp(anon, "parent") && local == 'l' &&
	      !anon[PAGE]);
	CHECK(munmap(anon, 2 * PAGE) == 0);
}

static void test_numbers(void)
{
	int me = getpid(), pid = do_fork();

	CHECK(pid >= 0);
	if (!pid) {
		if (getpid() == me || syscall(SYS_gettid, 0, 0, 0, 0, 0, 0) != getpid())
			leave(1);
		leave(syscall(SYS_getppid, 0, 0, 0, 0, 0, 0) == me ? 0 : 2);
	}
	CHECK(pid > 0 && pid != me);
	CHECK(status_of(pid) == 0);
	CHECK(syscall(SYS_gettid, 0, 0, 0, 0, 0, 0) == me);
}

static void test_wait(void)
{
	int status = 77, a, b;

	CHECK_ERRNO(do_wait4(-1, &status, 0), ECHILD);
	CHECK_ERRNO(do_wait4(-1, &status, WNOHANG), ECHILD);
	CHECK_ERRNO(do_wait4(getpid(), &status, 0), ECHILD);
	CHECK_ERRNO(do_wait4(-1, &status, 0x100), EINVAL);
	CHECK_ERRNO(do_wait4((int)0x80000000, &status, 0), ESRCH);
	CHECK(status == 77);
	a = do_fork();
	if (!a) {
		yield_some();
		leave(1);
	}
	CHECK(do_wait4(-1, &status, WNOHANG) == 0 && status == 77);
	CHECK_ERRNO(do_wait4(-1, &status, __WCLONE), ECHILD);
	b = do_fork();
	if (!b)
		leave(2);
	CHECK(do_wait4(b, &status, 0) == b && status == 2 << 8);
	CHECK_ERRNO(do_wait4(b, &status, 0), ECHILD);
	CHECK(do_wait4(-1, &status, __WALL) == a && status == 1 << 8);
	a = do_fork();
	if (!a)
		leave(3);
	CHECK(do_wait4(0, NULL, 0) == a);
	a = do_fork();
	if (!a)
		leave(0x1ff);
	CHECK(syscall(SYS_waitpid, a, &status, 0, 0, 0, 0) == a && status == 0xff << 8);
	a = do_fork();
	if (!a)
		leave(0);
	CHECK_ERRNO(do_wait4(a, (int *)0xc0000000, 0), EFAULT);
	CHECK_ERRNO(do_wait4(a, NULL, 0), ECHILD); /* it has been released all the same */
}

static void test_waitid(void)
{
	int info[32], pid = do_fork();

	if (!pid) {
		yield_some();
		leave(5);
	}
	memset(info, 0xff, sizeof(info));
	CHECK_ERRNO(syscall(SYS_waitid, 0, 0, info, 0, NULL, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_waitid, 7, 0, info, WEXITED, NULL, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_waitid, 1, 0, info, WEXITED, NULL, 0), EINVAL);
	CHECK(syscall(SYS_waitid, 0, 0, info, WEXITED | WNOHANG, NULL, 0) == 0);
	CHECK(info[0] == 0 && info[3] == 0);
	CHECK(syscall(SYS_waitid, 1, pid, info, WEXITED | WNOWAIT, NULL, 0) == 0);
	CHECK(info[0] == 17 && info[1] == 0 && info[2] == 1 && info[3] == pid && info[5] == 5);
	memset(info, 0, sizeof(info));
	CHECK(syscall(SYS_waitid, 0, 0, info, WEXITED, NULL, 0) == 0);
	CHECK(info[0] == 17 && info[3] == pid && info[5] == 5);
	CHECK_ERRNO(syscall(SYS_waitid, 0, 0, info, WEXITED, NULL, 0), ECHILD);
}

/* The child of a child that ends is nobody's here: not to be waited for. */
static void test_orphans(void)
{
	int status, pid = do_fork();

	if (!pid) {
		if (do_fork() == 0) {
			yield_some();
			leave(1);
		}
		leave(4);
	}
	CHECK(status_of(pid) == 4 << 8);
	CHECK_ERRNO(do_wait4(-1, &status, 0), ECHILD);
	yield_some();
}

static long pgid(int pid)
{
	return syscall(SYS_getpgid, pid, 0, 0, 0, 0, 0);
}

static void test_groups(void)
{
	int me = getpid(), child;

	CHECK(syscall(SYS_getpgrp, 0, 0, 0, 0, 0, 0) == me && pgid(0) == me && pgid(me) == me);
	CHECK(syscall(SYS_getsid, 0, 0, 0, 0, 0, 0) == me);
	CHECK_ERRNO(syscall(SYS_setsid, 0, 0, 0, 0, 0, 0), EPERM);
	CHECK_ERRNO(syscall(SYS_setpgid, 0, 0, 0, 0, 0, 0), EPERM);
	CHECK_ERRNO(syscall(SYS_setpgid, 0, -1, 0, 0, 0, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_setpgid, 30000, 0, 0, 0, 0, 0), ESRCH);
	CHECK_ERRNO(syscall(SYS_setpgid, 1, 0, 0, 0, 0, 0), ESRCH);
	CHECK_ERRNO(pgid(30000), ESRCH);
	CHECK_ERRNO(syscall(SYS_getsid, 30000, 0, 0, 0, 0, 0), ESRCH);
	child = do_fork();
	if (!child) {
		int own = getpid();

		yield_some();
		if (pgid(0) != own)
			leave(1);
		if (syscall(SYS_setsid, 0, 0, 0, 0, 0, 0) != -1 || errno != EPERM)
			leave(2); /* it leads a group */
		if (syscall(SYS_setpgid, 0, me, 0, 0, 0, 0) || pgid(0) != me)
			leave(3);
		if (syscall(SYS_setsid, 0, 0, 0, 0, 0, 0) != own || pgid(0) != own)
			leave(4);
		leave(syscall(SYS_getsid, 0, 0, 0, 0, 0, 0) == own ? 0 : 5);
	}
	CHECK_ERRNO(syscall(SYS_setpgid, child, 29999, 0, 0, 0, 0), EPERM);
	CHECK(syscall(SYS_setpgid, child, child, 0, 0, 0, 0) == 0 && pgid(child) == child);
	CHECK_ERRNO(do_wait4(0, NULL, 0), ECHILD); /* nobody in this group */
	CHECK(do_wait4(-child, NULL, 0) == child || errno == ECHILD);
	do_wait4(-1, NULL, WNOHANG);
}

static void test_vfork(void)
{
	static volatile int seen;
	int status, pid;

	/* Raw: the child runs on this stack; it must not return from here before it ends. */
	__asm__ volatile("int $0x80\n\t"
			 "testl %%eax,%%eax\n\t"
			 "jnz 1f\n\t"
			 "movl $5,%1\n\t"
			 "movl $1,%%eax\n\t"
			 "movl $6,%%ebx\n\t"
			 "int $0x80\n"
			 "1:"
			 : "=a"(pid), "+m"(seen)
			 : "0"(SYS_vfork)
			 : "ebx", "memory");
	CHECK(pid > 0 && seen == 5);
	CHECK(do_wait4(pid, &status, 0) == pid && status == 6 << 8);
}

static void test_clone_errors(void)
{
	CHECK_ERRNO(syscall(SYS_clone, 0x10000, 0, 0, 0, 0, 0), EINVAL);	 /* THREAD alone */
	CHECK_ERRNO(syscall(SYS_clone, 0x800, 0, 0, 0, 0, 0), EINVAL);		 /* SIGHAND alone */
	CHECK_ERRNO(syscall(SYS_clone, 0x20000000 | 17, 0, 0, 0, 0, 0), EINVAL); /* NEWPID */
	CHECK_ERRNO(syscall(SYS_clone, 0x80000 | 17, 0, 0, 0xc0000000, 0, 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_clone3, 0, 0, 0, 0, 0, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_clone3, 0xc0000000, 64, 0, 0, 0, 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_clone3, &data, 5000, 0, 0, 0, 0), E2BIG);
}

static void test_clone_tids(void)
{
	int parent_tid = 0, child_tid = 0, status;
	int pid = (int)syscall(SYS_clone, 0x00100000 | 0x01000000 | 17, 0, &parent_tid, 0,
			       &child_tid, 0);

	if (!pid)
		leave(child_tid == getpid() ? 0 : 1);
	CHECK(parent_tid == pid && child_tid == 0);
	CHECK(do_wait4(pid, &status, 0) == pid && status == 0);
}

int main(void)
{
	test_memory();
	test_numbers();
	test_wait();
	test_waitid();
	test_orphans();
	test_groups();
	test_vfork();
	test_clone_errors();
	test_clone_tids();
	return 0;
}
