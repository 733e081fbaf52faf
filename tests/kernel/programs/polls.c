/*
 * polls - poll(2), select(2) and their kin: what is ready, times, masks, bad arguments. The exit
 * status is 0, or tells the line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE   4096
#define BAD    ((void *)0x30000000)
#define KERNEL ((void *)0xc0100000)

static int empty[2], full[2]; /* pipes: nothing to read; something to read, and room */

static char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	return p + PAGE;
}

static long now_ms(void)
{
	struct timespec ts;

	CHECK(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
	return (long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void test_poll(char *over)
{
	struct pollfd p[5] = {{empty[0], POLLIN, 9},
			      {full[0], POLLIN | POLLOUT, 9},
			      {full[1], POLLIN | POLLOUT, 9},
			      {-1, POLLIN, 9},
			      {99, POLLIN, 9}};
	struct pollfd *last = (struct pollfd *)over - 1;
	long start;

	CHECK(poll(p, 5, -1) == 3);
	CHECK(p[0].revents == 0 && p[1].revents == POLLIN && p[2].revents == POLLOUT);
	CHECK(p[3].revents == 0 && p[4].revents == POLLNVAL);
	CHECK(poll(p, 1, 0) == 0 && poll(NULL, 0, 0) == 0);
	start = now_ms();
	CHECK(poll(p, 1, 50) == 0 && now_ms() - start >= 50);
	CHECK_ERRNO(poll(BAD, 1, 0), EFAULT);
	CHECK_ERRNO(poll(KERNEL, 1, 0), EFAULT);
	CHECK_ERRNO(poll(p, 1025, 0), EINVAL);
	CHECK_ERRNO(poll(p, 0x20000001, 0), EINVAL); /* times 8 it would be 8 */
	*last = p[1];
	CHECK(poll(last, 1, 0) == 1);
	CHECK_ERRNO(poll(last, 2, 0), EFAULT);
	for (int i = 1; i < 8; i++)
		CHECK_ERRNO(poll((void *)((char *)last + i), 1, 0), EFAULT);
	p[0].fd = 0; /* a file that is always ready */
	CHECK(poll(p, 1, -1) == 1);
}

static void test_many(void)
{
	static struct pollfd p[600];
	int ready;

	for (int i = 0; i < 600; i++)
		p[i] = (struct pollfd){i == 567 ? full[0] : empty[0], POLLIN, 0};
	CHECK(poll(p, 600, -1) == 1 && p[567].revents == POLLIN);
	p[567].fd = empty[0];
	ready = poll(p, 600, 20); /* waits in a queue six hundred times */
	CHECK(ready == 0);
}

/* struct pselect6's last argument, and times of 32 and 64 bits. */
struct old_timespec {
	long sec, nsec;
};
struct timespec64 {
	long long sec, nsec;
};
struct mask_arg {
	const void *mask;
	size_t size;
};

static void test_select(char *over)
{
	struct timeval tv = {5, 0};
	fd_set in, out, ex;
	long start;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&ex);
	FD_SET(empty[0], &in);
	FD_SET(full[0], &in);
	FD_SET(full[1], &out);
	FD_SET(full[0], &ex);
	CHECK(select(full[1] + 1, &in, &out, &ex, &tv) == 2);
	CHECK(!FD_ISSET(empty[0], &in) && FD_ISSET(full[0], &in) && FD_ISSET(full[1], &out));
	CHECK(!FD_ISSET(full[0], &ex) && tv.tv_sec == 4 && tv.tv_usec > 0);
	FD_ZERO(&in);
	FD_SET(empty[0], &in);
	tv = (struct timeval){0, 50000};
	start = now_ms();
	CHECK(select(empty[0] + 1, &in, NULL, NULL, &tv) == 0 && now_ms() - start >= 50);
	CHECK(!FD_ISSET(empty[0], &in) && tv.tv_sec == 0 && tv.tv_usec == 0);
	FD_SET(empty[0], &in);
	CHECK(select(empty[0], &in, NULL, NULL, &tv) == 0); /* below n there is none */
	FD_SET(empty[0], &in);
	FD_SET(20, &in);
	CHECK_ERRNO(select(21, &in, NULL, NULL, &tv), EBADF);
	CHECK(FD_ISSET(20, &in) && FD_ISSET(empty[0], &in)); /* an error leaves the sets alone */
	CHECK_ERRNO(select(-1, &in, NULL, NULL, &tv), EINVAL);
	CHECK_ERRNO(select(8, BAD, NULL, NULL, &tv), EFAULT);
	CHECK_ERRNO(select(8, NULL, NULL, KERNEL, &tv), EFAULT);
	CHECK_ERRNO(syscall(SYS__newselect, 0, NULL, NULL, NULL, BAD), EFAULT);
	tv = (struct timeval){-1, 0};
	CHECK_ERRNO(syscall(SYS__newselect, 0, NULL, NULL, NULL, &tv), EINVAL);
	memset(over - 4, 0, 4);
	tv = (struct timeval){0, 0};
	CHECK(syscall(SYS__newselect, 32, over - 4, NULL, NULL, &tv) == 0);
	CHECK_ERRNO(syscall(SYS__newselect, 32, over - 3, NULL, NULL, &tv), EFAULT);
}

static void test_old_select(void)
{
	struct {
		int n;
		fd_set *in, *out, *ex;
		struct old_timespec *tv;
	} args;
	fd_set in;

	FD_ZERO(&in);
	FD_SET(full[0], &in);
	args.n = full[0] + 1;
	args.in = &in;
	args.out = args.ex = NULL;
	args.tv = NULL;
	CHECK(syscall(SYS_select, &args) == 1 && FD_ISSET(full[0], &in));
	CHECK_ERRNO(syscall(SYS_select, BAD), EFAULT);
}

/* Descriptors far above what a set on the kernel's stack would hold. */
static void test_far(void)
{
	struct timeval tv = {0, 0};
	fd_set in;

	CHECK(dup2(full[0], 1000) == 1000);
	memset(&in, 0, sizeof(in));
	FD_SET(1000, &in);
	FD_SET(empty[0], &in);
	CHECK(select(1001, &in, NULL, NULL, &tv) == 1);
	CHECK(FD_ISSET(1000, &in) && !FD_ISSET(empty[0], &in));
	CHECK(close(1000) == 0);
}

static volatile int caught;

static void catch (int sig)
{
	caught = sig;
}

static pid_t after(int ms, int sig)
{
	pid_t pid, me = getpid();

	caught = 0;
	pid = fork();
	CHECK(pid >= 0);
	if (pid)
		return pid;
	usleep((unsigned int)ms * 1000);
	if (sig)
		kill(me, sig);
	else
		CHECK(write(empty[1], "!", 1) == 1);
	_exit(0);
}

static void ended(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void test_wake_up(void)
{
	struct pollfd p = {empty[0], POLLIN, 0};
	char c;
	pid_t pid = after(30, 0);

	CHECK(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
	ended(pid);
	CHECK(read(empty[0], &c, 1) == 1);
	pid = after(30, 0);
	CHECK(poll(&p, 1, 5000) == 1);
	ended(pid);
	CHECK(read(empty[0], &c, 1) == 1);
}

static void test_signals(void)
{
	struct sigaction sa = {.sa_handler = catch, .sa_flags = SA_RESTART};
	struct pollfd p = {empty[0], POLLIN, 0};
	struct old_timespec ts = {5, 0};
	struct timespec64 ts64 = {0, 20000000};
	struct timeval tv = {5, 0};
	sigset_t usr1, none;
	fd_set in;
	pid_t pid;

	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	pid = after(30, SIGUSR1);
	CHECK_ERRNO(poll(&p, 1, 5000), EINTR); /* SA_RESTART or not */
	ended(pid);
	FD_ZERO(&in);
	FD_SET(empty[0], &in);
	pid = after(30, SIGUSR1);
	CHECK_ERRNO(select(empty[0] + 1, &in, NULL, NULL, &tv), EINTR);
	CHECK(FD_ISSET(empty[0], &in));
	ended(pid);
	/* A signal without a handler does not disturb. */
	pid = after(20, SIGCONT);
	CHECK(poll(&p, 1, 80) == 0);
	ended(pid);
	/* Blocked, but not while the call lasts. */
	CHECK(sigprocmask(SIG_BLOCK, &usr1, NULL) == 0 && raise(SIGUSR1) == 0);
	caught = 0;
	CHECK(syscall(SYS_ppoll_time64, &p, 1, &ts64, &usr1, 8) == 0 && !caught);
	CHECK_ERRNO(syscall(SYS_ppoll, &p, 1, &ts, &none, 8), EINTR);
	CHECK(caught == SIGUSR1 && raise(SIGUSR1) == 0);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &none) == 0 && sigismember(&none, SIGUSR1));
	sigemptyset(&none);
	struct mask_arg arg = {&none, 8};

	caught = 0;
	CHECK_ERRNO(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, &arg), EINTR);
	CHECK(caught == SIGUSR1);
	CHECK(sigprocmask(SIG_UNBLOCK, &usr1, NULL) == 0);
}

static void test_pselect_arguments(void)
{
	struct old_timespec ts = {0, 20000000}, bad = {0, 1000000000};
	struct timespec64 ts64 = {1, 0};
	struct mask_arg arg = {BAD, 8}, wrong = {BAD, 4};
	struct pollfd p = {full[0], POLLIN, 0};
	fd_set in;

	CHECK(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, NULL) == 0);
	CHECK(ts.sec == 0 && ts.nsec == 0);
	CHECK_ERRNO(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &bad, NULL), EINVAL);
	CHECK_ERRNO(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, &arg), EFAULT);
	CHECK_ERRNO(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, &wrong), EINVAL);
	CHECK_ERRNO(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, BAD), EFAULT);
	CHECK_ERRNO(syscall(SYS_ppoll, &p, 1, &bad, NULL, 8), EINVAL);
	CHECK_ERRNO(syscall(SYS_ppoll, &p, 1, BAD, NULL, 8), EFAULT);
	CHECK_ERRNO(syscall(SYS_ppoll, &p, 1, NULL, BAD, 8), EFAULT);
	CHECK_ERRNO(syscall(SYS_ppoll, &p, 1, NULL, BAD, 4), EINVAL);
	FD_ZERO(&in);
	FD_SET(full[0], &in);
	CHECK(syscall(SYS_pselect6_time64, full[0] + 1, &in, NULL, NULL, &ts64, NULL) == 1);
	CHECK(ts64.sec == 0 && ts64.nsec > 500000000);
	CHECK(syscall(SYS_ppoll_time64, &p, 1, &ts64, NULL, 0) == 1);
}

int main(void)
{
	char *over = edge();

	CHECK(pipe(empty) == 0 && pipe(full) == 0 && write(full[1], "x", 1) == 1);
	test_poll(over);
	test_many();
	test_select(over);
	test_old_select();
	test_far();
	test_pselect_arguments();
	test_wake_up();
	test_signals();
	return 0;
}
