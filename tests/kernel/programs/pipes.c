/*
 * pipes - pipe(2), FIFOs and what reading and writing them means, in one process and between two.
 * The exit status is 0, or tells the line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE	 4096
#define CAPACITY (16 * PAGE)
#define BAD	 ((void *)0x30000000)
#define KERNEL	 ((void *)0xc0100000)
#define FIFO	 "/pipes.fifo"

static char big[3 * CAPACITY];

/* Two pages, of which only the first is there. */
static char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	return p + PAGE;
}

static void make(int fds[2], int flags)
{
	CHECK(pipe2(fds, flags) == 0);
}

static void end(int fds[2])
{
	CHECK(close(fds[0]) == 0);
	CHECK(close(fds[1]) == 0);
}

static int readable(int fd)
{
	int n = -1;

	CHECK(ioctl(fd, FIONREAD, &n) == 0);
	return n;
}

static void test_making(char *over)
{
	struct stat st;
	int fds[2];

	CHECK_ERRNO(pipe2(fds, 1), EINVAL);
	CHECK_ERRNO(pipe2(fds, O_APPEND), EINVAL);
	CHECK_ERRNO(pipe2(NULL, 0), EFAULT);
	CHECK_ERRNO(pipe2(KERNEL, 0), EFAULT);
	for (int i = 0; i < 8; i++)
		CHECK_ERRNO(pipe2((int *)(over - i), 0), EFAULT);
	CHECK(pipe((int *)(over - 8)) == 0);
	CHECK(((int *)(over - 8))[0] == 3 && ((int *)(over - 8))[1] == 4); /* none was lost above */
	end((int *)(over - 8));
	make(fds, O_CLOEXEC | O_NONBLOCK);
	CHECK(fcntl(fds[0], F_GETFD) == FD_CLOEXEC && fcntl(fds[1], F_GETFD) == FD_CLOEXEC);
	CHECK(fcntl(fds[0], F_GETFL) == (O_RDONLY | O_NONBLOCK));
	CHECK(fcntl(fds[1], F_GETFL) == (O_WRONLY | O_NONBLOCK));
	CHECK(fstat(fds[0], &st) == 0 && S_ISFIFO(st.st_mode));
	CHECK_ERRNO(lseek(fds[0], 0, SEEK_CUR), ESPIPE);
	CHECK_ERRNO(pread(fds[0], big, 1, 0), ESPIPE);
	CHECK_ERRNO(pwrite(fds[1], big, 1, 0), ESPIPE);
	CHECK_ERRNO(write(fds[0], "x", 1), EBADF);
	CHECK_ERRNO(read(fds[1], big, 1), EBADF);
	CHECK_ERRNO(ioctl(fds[0], TCGETS, big), ENOTTY);
	end(fds);
}

static void test_bytes(void)
{
	struct iovec out[3] = {{"ab", 2}, {NULL, 0}, {"cde", 3}}, in[2];
	char a[8] = "", b[8] = "";
	int fds[2];

	make(fds, 0);
	CHECK(write(fds[1], "hello", 5) == 5);
	CHECK(readable(fds[0]) == 5 && readable(fds[1]) == 5);
	CHECK(read(fds[0], a, 2) == 2 && !memcmp(a, "he", 2));
	CHECK(write(fds[1], "!", 1) == 1);
	CHECK(read(fds[0], a, 8) == 4 && !memcmp(a, "llo!", 4));
	CHECK(write(fds[1], "x", 0) == 0 && readable(fds[0]) == 0);
	CHECK(read(fds[0], a, 0) == 0); /* does not wait */
	CHECK(writev(fds[1], out, 3) == 5);
	in[0] = (struct iovec){a, 3};
	in[1] = (struct iovec){b, 8};
	CHECK(readv(fds[0], in, 2) == 5); /* nor does it for what the second buffer would hold */
	CHECK(!memcmp(a, "abc", 3) && !memcmp(b, "de", 2));
	CHECK(write(fds[1], "z", 1) == 1 && close(fds[1]) == 0);
	CHECK(read(fds[0], a, 8) == 1 && read(fds[0], a, 8) == 0 && read(fds[0], a, 8) == 0);
	CHECK(close(fds[0]) == 0);
}

/* What cannot be copied was not transferred, to the byte. */
static void test_bad_buffers(char *over)
{
	struct iovec iov[2] = {{big, 5}, {BAD, 5}};
	int fds[2];

	make(fds, O_NONBLOCK);
	for (int good = 0; good <= 9; good++) {
		memcpy(over - 9, "123456789", 9);
		if (good)
			CHECK(write(fds[1], over - good, 64) == good);
		else
			CHECK_ERRNO(write(fds[1], over, 64), EFAULT);
		CHECK(readable(fds[0]) == good);
		CHECK(good == 0 || (read(fds[0], big, 64) == good && big[good - 1] == '9'));
	}
	for (int good = 1; good <= 9; good++) {
		CHECK(write(fds[1], "abcdefghij", 10) == 10);
		CHECK(read(fds[0], over - good, 10) == good && over[-1] == 'a' + good - 1);
		CHECK_ERRNO(read(fds[0], over, 10), EFAULT);
		CHECK(readable(fds[0]) == 10 - good);
		CHECK(read(fds[0], big, 10) == 10 - good && big[0] == 'a' + good);
	}
	CHECK_ERRNO(write(fds[1], BAD, 1), EFAULT);
	CHECK_ERRNO(write(fds[1], KERNEL, 1), EFAULT);
	CHECK_ERRNO(read(fds[0], KERNEL, 1), EFAULT);
	CHECK_ERRNO(readv(fds[0], BAD, 2), EFAULT);
	CHECK(writev(fds[1], iov, 2) == 5 && readable(fds[0]) == 5);
	end(fds);
}

static void test_capacity(void)
{
	int fds[2];

	make(fds, O_NONBLOCK);
	CHECK_ERRNO(read(fds[0], big, 1), EAGAIN);
	CHECK(fcntl(fds[1], F_GETPIPE_SZ) == CAPACITY);
	for (int i = 0; i < CAPACITY; i++) {
		char c = (char)(i * 7);

		CHECK(write(fds[1], &c, 1) == 1);
	}
	CHECK_ERRNO(write(fds[1], "x", 1), EAGAIN);
	CHECK(read(fds[0], big, CAPACITY + 1) == CAPACITY);
	for (int i = 0; i < CAPACITY; i++)
		CHECK(big[i] == (char)(i * 7));
	CHECK(write(fds[1], big, sizeof(big)) == CAPACITY);
	CHECK(read(fds[0], big, PAGE - 1) == PAGE - 1);
	CHECK_ERRNO(write(fds[1], big, PAGE), EAGAIN); /* all or nothing */
	CHECK(read(fds[0], big, 1) == 1);
	CHECK(write(fds[1], big, PAGE) == PAGE);
	CHECK_ERRNO(fcntl(fds[1], F_SETPIPE_SZ, PAGE), EBUSY);
	CHECK(fcntl(fds[1], F_SETPIPE_SZ, 2 * CAPACITY - 1) == 2 * CAPACITY);
	CHECK(write(fds[1], big, sizeof(big)) == CAPACITY);
	CHECK(read(fds[0], big, sizeof(big)) == 2 * CAPACITY);
	CHECK(fcntl(fds[0], F_SETPIPE_SZ, 1) == PAGE && fcntl(fds[0], F_GETPIPE_SZ) == PAGE);
	CHECK(write(fds[1], big, sizeof(big)) == PAGE);
	CHECK(fcntl(fds[0], F_SETPIPE_SZ, 0) == PAGE);
	CHECK_ERRNO(fcntl(fds[0], F_SETPIPE_SZ, 0x80000001u), EINVAL);
	CHECK_ERRNO(fcntl(1, F_GETPIPE_SZ), EBADF);
	end(fds);
	make(fds, O_NONBLOCK);
	CHECK(write(fds[1], big, 15 * PAGE) == 15 * PAGE && write(fds[1], big, 3000) == 3000);
	CHECK_ERRNO(write(fds[1], big, 3000), EAGAIN); /* no part of it, though some would fit */
	CHECK(write(fds[1], big, 1096) == 1096 && readable(fds[0]) == CAPACITY);
	end(fds);
}

static volatile int caught;

static void catch (int sig)
{
	caught = sig;
}

static void test_broken(void)
{
	int fds[2];

	make(fds, 0);
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERRNO(write(fds[1], "x", 1), EPIPE);
	signal(SIGPIPE, catch);
	CHECK_ERRNO(write(fds[1], "x", 1), EPIPE);
	CHECK(caught == SIGPIPE);
	signal(SIGPIPE, SIG_DFL);
	close(fds[1]);
}

static short revents(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	CHECK(poll(&p, 1, 0) >= 0);
	return p.revents;
}

static void test_poll(void)
{
	int fds[2];

	make(fds, O_NONBLOCK);
	CHECK(revents(fds[0], POLLIN) == 0 && revents(fds[1], POLLOUT) == POLLOUT);
	CHECK(write(fds[1], big, CAPACITY) == CAPACITY);
	CHECK(revents(fds[0], POLLIN) == POLLIN && revents(fds[1], POLLOUT) == 0);
	close(fds[1]);
	CHECK(revents(fds[0], POLLIN) == (POLLIN | POLLHUP));
	close(fds[0]);
	make(fds, 0);
	close(fds[0]);
	CHECK(revents(fds[1], POLLOUT) == (POLLOUT | POLLERR));
	close(fds[1]);
}

/* ---- two processes ------------------------------------------------------------------- */

static void wait_for(pid_t pid, int status)
{
	int got;

	CHECK(waitpid(pid, &got, 0) == pid);
	CHECK(got == status);
}

/* Much more than fits at once, each side with pieces of its own; every byte in its place. */
static void test_stream(void)
{
	enum { TOTAL = 10 * CAPACITY + 12345 };
	int fds[2], at = 0;
	pid_t pid;

	make(fds, 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		close(fds[0]);
		for (int n = 1; at < TOTAL; n = n * 5 % 9973) {
			n = n < TOTAL - at ? n : TOTAL - at;
			for (int i = 0; i < n; i++)
				big[i] = (char)((at + i) * 31 >> 3);
			CHECK(write(fds[1], big, (size_t)n) == n);
			at += n;
		}
		_exit(0);
	}
	close(fds[1]);
	for (int n, want = 1; (n = (int)read(fds[0], big, (size_t)want)) > 0; at += n) {
		for (int i = 0; i < n; i++)
			CHECK(big[i] == (char)((at + i) * 31 >> 3));
		want = want * 3 % 20011;
	}
	CHECK(at == TOTAL);
	close(fds[0]);
	wait_for(pid, 0);
}

/* Many writers: a write of up to PIPE_BUF bytes is in one piece. */
static void test_whole_writes(void)
{
	enum { WRITERS = 4, ROUNDS = 40, SIZE = 3000 };
	int fds[2], counts[WRITERS] = {0};
	pid_t pids[WRITERS];

	make(fds, 0);
	for (int w = 0; w < WRITERS; w++) {
		pids[w] = fork();
		CHECK(pids[w] >= 0);
		if (pids[w])
			continue;
		memset(big, 'a' + w, SIZE);
		for (int i = 0; i < ROUNDS; i++)
			CHECK(write(fds[1], big, SIZE) == SIZE);
		_exit(0);
	}
	close(fds[1]);
	for (;;) {
		int got = 0, n;

		while (got < SIZE && (n = (int)read(fds[0], big + got, (size_t)(SIZE - got))) > 0)
			got += n;
		if (!got)
			break;
		CHECK(got == SIZE);
		for (int i = 1; i < SIZE; i++)
			CHECK(big[i] == big[0]);
		counts[big[0] - 'a']++;
	}
	for (int w = 0; w < WRITERS; w++) {
		CHECK(counts[w] == ROUNDS);
		wait_for(pids[w], 0);
	}
	close(fds[0]);
}

static void test_writer_dies(void)
{
	int fds[2];
	pid_t pid;

	make(fds, 0);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		for (;;)
			write(fds[1], big, sizeof(big));
	}
	CHECK(read(fds[0], big, 100) == 100);
	end(fds);
	wait_for(pid, SIGPIPE);
}

static void test_signal_while_waiting(void)
{
	struct sigaction sa = {.sa_handler = catch};
	int fds[2];
	pid_t pid, me = getpid();

	make(fds, 0);
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	pid = fork();
	if (!pid) {
		usleep(50000);
		kill(me, SIGUSR1);
		usleep(50000);
		CHECK(write(fds[1], "ok", 2) == 2);
		_exit(0);
	}
	CHECK_ERRNO(read(fds[0], big, 2), EINTR);
	CHECK(read(fds[0], big, 2) == 2);
	wait_for(pid, 0);
	sa.sa_flags = SA_RESTART;
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	pid = fork();
	if (!pid) {
		usleep(50000);
		kill(me, SIGUSR1);
		usleep(50000);
		CHECK(write(fds[1], "ok", 2) == 2);
		_exit(0);
	}
	CHECK(read(fds[0], big, 2) == 2);
	wait_for(pid, 0);
	end(fds);
}

/* ---- FIFOs ----------------------------------------------------------------------------- */

static void test_fifo(void)
{
	int r, w, both;

	unlink(FIFO);
	CHECK(mkfifo(FIFO, 0600) == 0);
	CHECK_ERRNO(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);
	r = open(FIFO, O_RDONLY | O_NONBLOCK);
	CHECK(r >= 0 && read(r, big, 1) == 0);
	CHECK(revents(r, POLLIN) == 0); /* nobody has ever written: not the end */
	w = open(FIFO, O_WRONLY | O_NONBLOCK);
	CHECK(w >= 0);
	CHECK_ERRNO(read(r, big, 1), EAGAIN);
	CHECK(write(w, "fifo", 4) == 4);
	CHECK_ERRNO(lseek(r, 0, SEEK_CUR), ESPIPE);
	close(w);
	CHECK(read(r, big, 9) == 4 && !memcmp(big, "fifo", 4));
	CHECK(revents(r, POLLIN) == POLLHUP);
	close(r);
	both = open(FIFO, O_RDWR);
	CHECK(both >= 0 && write(both, "x", 1) == 1 && read(both, big, 9) == 1);
	close(both);
	both = open(FIFO, O_RDWR | O_NONBLOCK); /* what was in it has gone with the last one */
	CHECK_ERRNO(read(both, big, 9), EAGAIN);
	close(both);
}

/* An opener waits for the other side. */
static void test_fifo_meeting(void)
{
	int fd;
	pid_t pid = fork();

	if (!pid) {
		fd = open(FIFO, O_WRONLY);
		CHECK(fd >= 0 && write(fd, "one", 3) == 3);
		close(fd);
		fd = open(FIFO, O_RDONLY);
		CHECK(fd >= 0 && read(fd, big, 9) == 3 && !memcmp(big, "two", 3));
		_exit(0);
	}
	usleep(20000);
	fd = open(FIFO, O_RDONLY);
	CHECK(fd >= 0 && read(fd, big, 9) == 3 && read(fd, big, 9) == 0);
	close(fd);
	fd = open(FIFO, O_WRONLY);
	CHECK(fd >= 0 && write(fd, "two", 3) == 3);
	close(fd);
	wait_for(pid, 0);
	CHECK(unlink(FIFO) == 0);
}

static void alone(void)
{
	char *over = edge();

	test_making(over);
	test_bytes();
	test_bad_buffers(over);
	test_capacity();
	test_broken();
	test_poll();
	test_fifo();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "two")) {
		test_stream();
		test_whole_writes();
		test_writer_dies();
		test_signal_while_waiting();
		CHECK(mkfifo(FIFO, 0600) == 0);
		test_fifo_meeting();
	} else {
		alone();
		CHECK(unlink(FIFO) == 0);
	}
	return 0;
}
