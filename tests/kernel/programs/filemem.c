/*
 * filemem - files as memory: what read(2), write(2) and mappings of several processes see of one
 * file, and what happens beyond its end. The exit status is 0, or tells the line of a mistake.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE 4096
#define NAME "/filemem.tmp"
#define RW   (PROT_READ | PROT_WRITE)

static int reap(pid_t child)
{
	int status;

	CHECK(waitpid(child, &status, 0) == child);
	return status;
}

/* A new file of `pages` pages; the first byte of each is its number. */
static int make_file(int pages)
{
	static char page[PAGE];
	int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	for (int i = 0; i < pages; i++) {
		page[0] = (char)i;
		CHECK(write(fd, page, PAGE) == PAGE);
	}
	return fd;
}

static char *map(int fd, int pages, int flags)
{
	char *p = mmap(NULL, (size_t)(pages * PAGE), RW, flags, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

/* Two processes meet in a file; read and write are a third way to the same pages. */
static void test_meeting(void)
{
	int fd = make_file(4);
	char *p = map(fd, 4, MAP_SHARED), *private = map(fd, 4, MAP_PRIVATE), byte;
	pid_t child;

	CHECK(p[2 * PAGE] == 2 && private[3 * PAGE] == 3);
	private[PAGE] = 99;
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		int own = open(NAME, O_RDWR);
		char *q = map(own, 4, MAP_SHARED);

		CHECK(q[PAGE] == 1 && private[PAGE] == 99);
		q[PAGE] = 11;
		p[2 * PAGE] = 12;
		CHECK(pwrite(own, "\x0d", 1, 3 * PAGE) == 1);
		_exit(0);
	}
	CHECK(reap(child) == 0);
	CHECK(p[PAGE] == 11 && p[2 * PAGE] == 12 && p[3 * PAGE] == 13);
	CHECK(private[PAGE] == 99 && private[3 * PAGE] == 13);
	CHECK(pread(fd, &byte, 1, PAGE) == 1 && byte == 11);
	CHECK(munmap(p, 4 * PAGE) == 0 && munmap(private, 4 * PAGE) == 0);
	CHECK(pread(fd, &byte, 1, 2 * PAGE) == 1 && byte == 12);
	close(fd);
}

/* The memory stays when the name and the descriptor have gone. */
static void test_unlinked(void)
{
	int fd = make_file(2);
	char *p = map(fd, 2, MAP_SHARED);

	CHECK(unlink(NAME) == 0 && close(fd) == 0);
	CHECK(p[PAGE] == 1);
	p[PAGE] = 2;
	CHECK(p[PAGE] == 2);
	CHECK(munmap(p, 2 * PAGE) == 0);
}

/* The signal that an access ends a child with. */
static int dies_of(volatile char *at, int write)
{
	pid_t child = fork();

	CHECK(child >= 0);
	if (!child) {
		if (write)
			*at = 1;
		_exit(*at & 0);
	}
	return WTERMSIG(reap(child));
}

static void test_beyond_the_end(void)
{
	int fd = make_file(3);
	char *p = map(fd, 5, MAP_SHARED), *private = map(fd, 5, MAP_PRIVATE);

	CHECK(dies_of(p + 2 * PAGE, 1) == 0);
	CHECK(dies_of(p + 3 * PAGE, 0) == SIGBUS);
	CHECK(dies_of(p + 4 * PAGE, 1) == SIGBUS);
	private[2 * PAGE] = 77;
	memset(p + PAGE, 'x', PAGE);
	CHECK(ftruncate(fd, PAGE + 100) == 0);
	CHECK(dies_of(p + 2 * PAGE, 0) == SIGBUS);
	CHECK(dies_of(private + 2 * PAGE, 0) == SIGBUS);
	CHECK(p[PAGE + 99] == 'x' && p[PAGE + 100] == 0 && p[2 * PAGE - 1] == 0);
	/* Longer again: zeros. */
	CHECK(ftruncate(fd, 5 * PAGE) == 0);
	CHECK(p[PAGE + 100] == 0 && p[2 * PAGE] == 0 && private[2 * PAGE] == 0 && p[4 * PAGE] == 0);
	CHECK(munmap(p, 5 * PAGE) == 0 && munmap(private, 5 * PAGE) == 0);
	close(fd);
}

/* Buffers that are mappings of the file itself, of another, and of nothing. */
static void test_buffers(void)
{
	int fd = make_file(3), zero = open("/dev/zero", O_RDWR);
	char *p = map(fd, 3, MAP_SHARED);

	CHECK(pwrite(fd, p + PAGE, 2 * PAGE, 10) == 2 * PAGE);
	CHECK(p[10] == 1 && p[PAGE + 10] == 2);
	CHECK(pread(fd, p, 3 * PAGE, 0) == 3 * PAGE);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK(pwrite(fd, p + PAGE, 2 * PAGE, 0) == PAGE);
	CHECK_ERRNO(pwrite(fd, p + 2 * PAGE, PAGE, 0), EFAULT);
	CHECK_ERRNO(pread(fd, p + 2 * PAGE, PAGE, 0), EFAULT);
	CHECK(pread(fd, p + 2 * PAGE - 7, PAGE, 0) == 7);
	if (zero >= 0) {
		CHECK(read(zero, p, PAGE) == PAGE);
		CHECK(p[0] == 0 && p[10] == 0);
	}
	CHECK(munmap(p, 2 * PAGE) == 0);
	close(zero);
	close(fd);
}

static siginfo_t last_info;
static sigjmp_buf back;

static void note(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	last_info = *info;
	siglongjmp(back, 1);
}

/* Signal, code and address of what an access brings: as much as siginfo tells. */
static void expect_signal(volatile char *at, int sig, int code)
{
	struct sigaction act = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

	CHECK(sigaction(sig, &act, NULL) == 0);
	memset(&last_info, 0, sizeof(last_info));
	if (!sigsetjmp(back, 1)) {
		*at = 1;
		CHECK(!"no signal");
	}
	CHECK(last_info.si_signo == sig && last_info.si_code == code);
	CHECK(last_info.si_addr == (void *)at);
	CHECK(signal(sig, SIG_DFL) != SIG_ERR);
}

static void test_siginfo(void)
{
	int fd = make_file(1);
	char *p = map(fd, 3, MAP_SHARED);

	expect_signal(p + PAGE + 5, SIGBUS, BUS_ADRERR);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	expect_signal(p + 7, SIGSEGV, SEGV_ACCERR);
	CHECK(munmap(p, 3 * PAGE) == 0);
	expect_signal(p + 9, SIGSEGV, SEGV_MAPERR);
	close(fd);
}

/* A write that finds its page not mapped yet is a change of the file. */
static void test_time(void)
{
	struct timespec old[2] = {{5, 0}, {6, 0}};
	int fd = make_file(1);
	struct stat st;
	char *p;

	CHECK(futimens(fd, old) == 0);
	p = map(fd, 1, MAP_SHARED);
	CHECK(fstat(fd, &st) == 0 && st.st_mtime == 6);
	p[0] = 1;
	CHECK(fstat(fd, &st) == 0 && st.st_mtime > 6 && st.st_ctime >= st.st_mtime);
	CHECK(munmap(p, PAGE) == 0);
	close(fd);
}

/* RLIMIT_FSIZE: what fits is written, then comes a signal; who ignores it gets EFBIG. */
static void test_size_limit(void)
{
	struct rlimit limit = {PAGE + 10, PAGE + 10};
	int fd = make_file(1);
	pid_t child = fork();

	CHECK(child >= 0);
	if (!child) {
		CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
		CHECK(write(fd, "0123456789abcdef", 16) == 10);
		CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
		CHECK_ERRNO(write(fd, "x", 1), EFBIG);
		CHECK(signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
		write(fd, "x", 1);
		_exit(0);
	}
	CHECK(WTERMSIG(reap(child)) == SIGXFSZ);
	close(fd);
}

int main(void)
{
	test_siginfo();
	test_time();
	test_size_limit();
	test_meeting();
	test_unlinked();
	test_beyond_the_end();
	test_buffers();
	CHECK(unlink(NAME) == 0);
	return 0;
}
