/*
 * syscalls - system calls about files, with good and bad arguments. The exit status is 0, or
 * tells the line that found a mistake.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE   4096
#define BAD    ((void *)0x30000000)
#define KERNEL ((void *)0xc0100000)

/* Two pages, of which only the first is there. */
static char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	return p + PAGE;
}

/* What can be written is written; only when nothing can, it is an error. */
static void test_write(char *end)
{
	memset(end - PAGE, '.', PAGE);
	CHECK(write(1, "# ", 2) == 2);
	CHECK(write(1, end - 3, 3) == 3);
	for (int good = 1; good <= 9; good++)
		CHECK(write(1, end - good, 64) == good);
	CHECK(write(1, end - 300, 600) == 300); /* more than the console takes at once */
	CHECK(write(1, "\n", 1) == 1);
	CHECK(write(1, end, 0) == 0);
	CHECK_ERRNO(write(1, end, 1), EFAULT);
	CHECK_ERRNO(write(1, NULL, 1), EFAULT);
	CHECK_ERRNO(write(1, BAD, 1), EFAULT);
	CHECK_ERRNO(write(1, KERNEL, 1), EFAULT);
	CHECK_ERRNO(write(1, (void *)0xbfffffff, 2), EFAULT);
	CHECK_ERRNO(write(1, end - 1, 0xffffffff), EFAULT);
	CHECK_ERRNO(write(99, "x", 1), EBADF);
	CHECK_ERRNO(write(-1, "x", 1), EBADF);
}

static void test_writev(char *end)
{
	struct iovec good[3] = {{"# wri", 5}, {NULL, 0}, {"tev\n", 4}};
	struct iovec late[3] = {{"# late", 6}, {BAD, 4}, {"never", 5}};
	struct iovec cut[3] = {{"# cut", 5}, {end - 2, 9}, {"never", 5}};
	struct iovec early[2] = {{BAD, 4}, {"never", 5}};
	struct iovec kernel[2] = {{"never", 5}, {KERNEL, 4}};
	struct iovec huge[2] = {{"x", 1}, {"x", 0x7fffffff}};
	struct iovec negative[2] = {{"x", 1}, {"x", (size_t)-1}};
	struct iovec *many = (struct iovec *)end - 20;

	CHECK(writev(1, good, 3) == 9);
	CHECK(writev(1, good, 0) == 0);
	CHECK(writev(1, late, 3) == 6);
	CHECK(write(1, "\n", 1) == 1);
	CHECK(writev(1, cut, 3) == 7);
	CHECK(write(1, "\n", 1) == 1);
	CHECK_ERRNO(writev(1, early, 2), EFAULT);
	CHECK_ERRNO(writev(1, kernel, 2), EFAULT);
	CHECK_ERRNO(writev(1, huge, 2), EINVAL);
	CHECK_ERRNO(writev(1, negative, 2), EINVAL);
	CHECK_ERRNO(writev(1, good, -1), EINVAL);
	CHECK_ERRNO(writev(1, good, 1025), EINVAL);
	CHECK_ERRNO(writev(99, good, 3), EBADF);
	CHECK_ERRNO(writev(1, BAD, 1), EFAULT);
	CHECK_ERRNO(writev(1, KERNEL, 1), EFAULT);
	for (int i = 0; i < 20; i++)
		many[i] = (struct iovec){i < 19 ? "#" : "\n", 1};
	CHECK(writev(1, many, 20) == 20);
	CHECK_ERRNO(writev(1, many, 21), EFAULT); /* the list itself is cut off */
	for (int cut = 1; cut < 8; cut++)
		CHECK_ERRNO(writev(1, (void *)(end - cut), 1), EFAULT);
}

/* A descriptor for reading is bad for writing, be there something to write or not. */
static void test_read_only(void)
{
	struct iovec nothing = {NULL, 0};
	int fd = open("/proc/self/maps", O_RDONLY);

	CHECK_ERRNO(write(fd, "x", 1), EBADF);
	CHECK_ERRNO(write(fd, "x", 0), EBADF);
	CHECK_ERRNO(writev(fd, &nothing, 1), EBADF);
	CHECK_ERRNO(writev(fd, &nothing, 0), EBADF);
	CHECK(close(fd) == 0);
}

static void test_open_close(char *end)
{
	int fds[40], fd = open("/proc/self/maps", O_RDONLY);

	CHECK(fd == 3);
	CHECK(close(fd) == 0);
	CHECK_ERRNO(close(fd), EBADF);
	CHECK_ERRNO(close(-1), EBADF);
	CHECK_ERRNO(close(0x40000000), EBADF);
	CHECK_ERRNO(open("/no/such/file", O_RDONLY), ENOENT);
	CHECK_ERRNO(open(NULL, O_RDONLY), EFAULT);
	CHECK_ERRNO(open(KERNEL, O_RDONLY), EFAULT);
	memset(end - PAGE, 'x', PAGE);
	CHECK_ERRNO(open(end - 10, O_RDONLY), EFAULT); /* no end before the edge */
	for (int i = 0; i < 40; i++) {		       /* the table grows */
		fds[i] = open("/proc/self/maps", O_RDONLY);
		CHECK(fds[i] == 3 + i);
	}
	CHECK(close(10) == 0);
	CHECK(open("/proc/self/maps", O_RDONLY) == 10);
	for (int i = 0; i < 40; i++)
		CHECK(close(fds[i]) == 0);
}

/* Reading in pieces of any size gives the same text; a bad buffer loses none of it. */
static void test_read(char *end)
{
	static char whole[4096], pieces[4096];
	size_t len = 0, got = 0;
	ssize_t n;
	int fd = open("/proc/self/maps", O_RDONLY);

	while ((n = read(fd, whole + len, sizeof(whole) - len)) > 0)
		len += (size_t)n;
	CHECK(n == 0 && len > 100 && whole[len - 1] == '\n');
	CHECK(close(fd) == 0);
	fd = open("/proc/self/maps", O_RDONLY);
	for (int size = 1; got < len; size = size % 13 + 1) {
		n = read(fd, end - size, (size_t)size + (size & 1) * 100);
		CHECK(n > 0 && n <= size);
		memcpy(pieces + got, end - size, (size_t)n);
		got += (size_t)n;
		if (got < len)
			CHECK_ERRNO(read(fd, end, 1), EFAULT);
	}
	CHECK(got == len && !memcmp(whole, pieces, len));
	CHECK(read(fd, pieces, 1) == 0);
	CHECK_ERRNO(write(fd, "x", 1), EBADF);
	CHECK(close(fd) == 0);
	CHECK_ERRNO(read(99, pieces, 1), EBADF);
}

/* All registers but eax are the program's own after a call, also the arguments'. */
static void test_registers(void)
{
	unsigned long ebx = 1, ecx = (unsigned long)"# registers\n", edx = 12, esi = 0x51515151;
	unsigned long edi = 0xd1d1d1d1, ebp, eax = SYS_write;

	__asm__ volatile("pushl %%ebp\n\tmovl $0xb9b9b9b9, %%ebp\n\tint $0x80\n\t"
			 "xchgl %%ebp, (%%esp)\n\tpopl %%eax"
			 : "+a"(eax), "+b"(ebx), "+c"(ecx), "+d"(edx), "+S"(esi), "+D"(edi)
			 :
			 : "memory", "cc");
	ebp = eax;
	CHECK(ebx == 1 && !memcmp((char *)ecx, "# registers", 11) && edx == 12);
	CHECK(esi == 0x51515151 && edi == 0xd1d1d1d1 && ebp == 0xb9b9b9b9);
}

static void test_unknown(void)
{
	CHECK_ERRNO(syscall(0, 0, 0, 0, 0, 0, 0), EINTR); /* restart_syscall: there is none */
	CHECK_ERRNO(syscall(251, 0, 0, 0, 0, 0, 0), ENOSYS);
	CHECK_ERRNO(syscall(253, 0, 0, 0, 0, 0, 0), ENOSYS);
	CHECK_ERRNO(syscall(100000, 0, 0, 0, 0, 0, 0), ENOSYS);
	CHECK_ERRNO(syscall(0x80000000, 0, 0, 0, 0, 0, 0), ENOSYS);
	CHECK_ERRNO(syscall(-1, 0, 0, 0, 0, 0, 0), ENOSYS);
}

/* As many files as there may be: the next one is refused, and a place given back serves again. */
static void test_many_files(void)
{
	for (int fd = 3; fd < 1024; fd++)
		CHECK(open("/proc/self/maps", O_RDONLY) == fd);
	CHECK_ERRNO(open("/proc/self/maps", O_RDONLY), EMFILE);
	CHECK(close(777) == 0);
	CHECK(open("/boot/syscalls", O_RDONLY) == 777);
	CHECK_ERRNO(open("/boot/syscalls", O_RDONLY), EMFILE);
}

/* With an argument: only what takes many files (left for the kernel to close), or unknown calls. */
int main(int argc, char **argv)
{
	char *end = edge();

	if (argc > 1 && !strcmp(argv[1], "many")) {
		test_many_files();
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "unknown")) {
		test_unknown();
		return 0;
	}

	CHECK(getpid() > 0);
	test_write(end);
	test_writev(end);
	test_read_only();
	test_open_close(end);
	test_read(end);
	test_registers();
	return 0;
}
