/*
 * jobs - children that are stopped, go on, are killed, or nobody's: what their parent is told, and
 * what signals do to those who wait.
 */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static volatile int caught;

static void handler(int sig)
{
	caught = sig;
}

static void yield_some(void)
{
	for (int i = 0; i < 50; i++)
		sched_yield();
}

static int sleeper(void)
{
	int pid = fork();

	CHECK(pid >= 0);
	while (!pid)
		pause();
	return pid;
}

static void set_handler(int sig, void (*fn)(int), int flags)
{
	struct sigaction act;

	memset(&act, 0, sizeof(act));
	act.sa_handler = fn;
	act.sa_flags = flags;
	CHECK(sigaction(sig, &act, NULL) == 0);
}

static void test_killed(void)
{
	siginfo_t info;
	int status, pid = sleeper();

	CHECK(kill(pid, SIGTERM) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	      WTERMSIG(status) == SIGTERM);
	pid = sleeper();
	CHECK(kill(pid, SIGKILL) == 0);
	memset(&info, 0, sizeof(info));
	CHECK(waitid(P_PID, (id_t)pid, &info, WEXITED) == 0);
	CHECK(info.si_pid == pid && info.si_code == CLD_KILLED && info.si_status == SIGKILL);
	pid = fork();
	if (!pid)
		__asm__ volatile("movl $1, 16");
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGSEGV);
}

static void test_stopped(void)
{
	siginfo_t info;
	int status, pid = sleeper();

	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	/* It is told once. */
	CHECK(waitpid(pid, &status, WUNTRACED | WNOHANG) == 0);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	CHECK(waitpid(pid, &status, WCONTINUED | WNOHANG) == 0);
	/*
	 * The terminal's stops are for groups that a shell looks after: not for this one, but its
	 * own.
	 */
	CHECK(kill(pid, SIGTSTP) == 0);
	yield_some();
	CHECK(waitpid(pid, &status, WUNTRACED | WNOHANG) == 0);
	CHECK(setpgid(pid, pid) == 0);
	CHECK(kill(pid, SIGTSTP) == 0);
	memset(&info, 0, sizeof(info));
	CHECK(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT) == 0);
	CHECK(info.si_code == CLD_STOPPED && info.si_status == SIGTSTP && info.si_pid == pid);
	CHECK(waitid(P_PID, (id_t)pid, &info, WSTOPPED) == 0);
	CHECK(kill(pid, SIGCONT) == 0);
	CHECK(waitid(P_PID, (id_t)pid, &info, WCONTINUED) == 0);
	CHECK(info.si_code == CLD_CONTINUED && info.si_status == SIGCONT);
	/* SIGKILL ends a stopped process too. */
	CHECK(kill(pid, SIGSTOP) == 0);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGKILL);
}

/* A handler ends a wait, or, with SA_RESTART, does not. */
static void test_interrupted(void)
{
	int status, pid = sleeper(), killer;

	set_handler(SIGUSR1, handler, 0);
	killer = fork();
	if (!killer) {
		yield_some();
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	CHECK_ERRNO(waitpid(pid, &status, 0), EINTR);
	CHECK(caught == SIGUSR1 && waitpid(killer, &status, 0) == killer);
	caught = 0;
	set_handler(SIGUSR1, handler, SA_RESTART);
	killer = fork();
	if (!killer) {
		yield_some();
		kill(getppid(), SIGUSR1);
		yield_some();
		kill(pid, SIGTERM);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && caught == SIGUSR1);
	CHECK(waitpid(killer, &status, 0) == killer);
}

/* Who ignores SIGCHLD has no zombies: waiting lasts until the last child has gone. */
static void test_ignored(void)
{
	set_handler(SIGCHLD, SIG_IGN, 0);
	for (int i = 0; i < 3; i++)
		if (!fork()) {
			yield_some();
			_exit(0);
		}
	CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
	set_handler(SIGCHLD, handler, 0);
	caught = 0;
	if (!fork())
		_exit(0);
	while (!caught)
		sched_yield();
	CHECK(caught == SIGCHLD && waitpid(-1, NULL, 0) > 0);
	set_handler(SIGCHLD, SIG_DFL, 0);
}

/* A parent that waits for the child of vfork can be killed all the same. */
static void test_killed_in_vfork(void)
{
	int status, pid = fork();

	if (!pid) {
		if (!vfork())
			for (;;)
				pause();
		_exit(1);
	}
	yield_some();
	CHECK(kill(pid, SIGUSR1) == 0); /* has a handler: that must wait */
	yield_some();
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGKILL);
	/* The child is an orphan, which nobody knows: it has its parent's group. */
	set_handler(SIGTERM, SIG_IGN, 0);
	CHECK(kill(0, SIGTERM) == 0);
	set_handler(SIGTERM, SIG_DFL, 0);
	yield_some();
}

/* The group of a stopped job whose parent ends is orphaned: it is hung up, and goes on. */
static void test_orphaned_group(void)
{
	int fds[2], status, pid;
	char c = 0;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (!pid) {
		int job = fork();

		if (!job) {
			set_handler(SIGHUP, handler, 0);
			setpgid(0, 0);
			raise(SIGSTOP);
			c = caught == SIGHUP ? 'h' : '?';
			_exit(write(fds[1], &c, 1) != 1);
		}
		if (waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status))
			_exit(1);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(read(fds[0], &c, 1) == 1 && c == 'h');
	close(fds[0]);
	close(fds[1]);
	yield_some();
}

static void test_usage(void)
{
	struct rusage usage, before, after;
	char *heap;
	int status, pid;

	CHECK(getrusage(RUSAGE_CHILDREN, &before) == 0);
	pid = fork();
	if (!pid) {
		heap = sbrk(40 * 4096);
		for (int i = 0; i < 40; i++)
			heap[i * 4096] = 1;
		_exit(0);
	}
	CHECK(wait4(pid, &status, 0, &usage) == pid);
	CHECK(usage.ru_minflt >= 40 && usage.ru_minflt < 400 && usage.ru_maxrss >= 160);
	CHECK(getrusage(RUSAGE_CHILDREN, &after) == 0);
	CHECK(after.ru_minflt - before.ru_minflt == usage.ru_minflt);
	pid = fork();
	if (!pid)
		_exit(0);
	CHECK_ERRNO(wait4(pid, &status, 0, (struct rusage *)0xc0000000), EFAULT);
}

int main(void)
{
	test_killed();
	test_stopped();
	test_interrupted();
	test_ignored();
	test_killed_in_vfork();
	test_orphaned_group();
	test_usage();
	return 0;
}
