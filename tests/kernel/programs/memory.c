/*
 * memory - brk, mmap2 and munmap as their manual pages describe them. The exit status is 0,
 * or the number of the line that found a mistake, modulo 251, plus 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE 4096ul
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static int is_zero(const char *p, size_t n)
{
	while (n--) {
		if (*p++)
			return 0;
	}
	return 1;
}

static void test_brk(void)
{
	char *start = sbrk(0), *end;

	CHECK(sbrk(3 * PAGE) == start);
	CHECK(is_zero(start, 3 * PAGE));
	memset(start, 0xaa, 3 * PAGE);
	end = start + 3 * PAGE;
	CHECK(sbrk(0) == end);
	CHECK(sbrk(-(long)(2 * PAGE)) == end);
	CHECK(start[PAGE - 1] == (char)0xaa);
	CHECK(sbrk(2 * PAGE) == end - 2 * PAGE);
	CHECK(start[PAGE - 1] == (char)0xaa);
	CHECK(is_zero(end - 2 * PAGE, 2 * PAGE)); /* given back, and fresh again */
	CHECK(sbrk(1) == end);
	*end = 1;
	CHECK(brk(start) == 0);
	CHECK(sbrk(0) == start);
}

/* What cannot be: the break stays where it is, and the program goes on. */
static void test_bad_brk(void)
{
	char *start = sbrk(0);

	CHECK_ERRNO(brk((void *)0xc0000000), ENOMEM);
	CHECK_ERRNO(brk((void *)0xffffffff), ENOMEM);
	CHECK_ERRNO(brk((void *)0xbffff000), ENOMEM); /* the stack is there */
	CHECK_ERRNO(brk((void *)1), ENOMEM);	      /* below the heap */
	CHECK_ERRNO(brk((char *)test_brk), ENOMEM);
	CHECK(sbrk(0) == start);
}

static void test_mmap(void)
{
	char *p = mmap(NULL, 5 * PAGE, RW, ANON, -1, 0);
	char *q;

	CHECK(p != MAP_FAILED && ((unsigned long)p & (PAGE - 1)) == 0);
	CHECK(is_zero(p, 5 * PAGE));
	memset(p, 1, 5 * PAGE);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(munmap(p + PAGE, PAGE) == 0); /* nothing there: that is no error */
	CHECK(p[0] == 1 && p[2 * PAGE] == 1);
	q = mmap(p + PAGE, PAGE, RW, ANON, -1, 0); /* a hint that fits */
	CHECK(q == p + PAGE);
	CHECK(is_zero(q, PAGE));
	q = mmap(p + 3 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
	CHECK(q == p + 3 * PAGE);
	CHECK(is_zero(q, PAGE) && p[2 * PAGE] == 1 && p[4 * PAGE] == 1);
	q = mmap(p, PAGE, RW, ANON, -1, 0); /* a hint that is taken */
	CHECK(q != MAP_FAILED && q != p);
	CHECK(munmap(q, PAGE) == 0);
	CHECK(munmap(p, 5 * PAGE) == 0);
}

static void test_mmap_errors(void)
{
	char *p = mmap(NULL, PAGE, RW, ANON, -1, 0);

	CHECK_ERRNO(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(p + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, 0xc0000000ul, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERRNO(mmap(NULL, 0xfffff001ul, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERRNO(mmap((void *)0xbffff000ul, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_ERRNO(mmap((void *)0xc0000000ul, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE, 99, 0), EBADF);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), EBADF);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 1, 0), ENODEV); /* the console */
	CHECK_ERRNO(mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	CHECK_ERRNO(munmap(p + 1, PAGE), EINVAL);
	CHECK_ERRNO(munmap(p, 0), EINVAL);
	CHECK_ERRNO(munmap((void *)0xbffff000ul, 2 * PAGE), EINVAL);
	CHECK(munmap(p, PAGE) == 0);
}

/* Low addresses stay free, so that null pointers are noticed. */
static void test_low_addresses(void)
{
	void *p = mmap((void *)0x1000, PAGE, RW, ANON, -1, 0);

	CHECK(p != MAP_FAILED && (unsigned long)p >= 0x10000);
	CHECK(munmap(p, PAGE) == 0);
	CHECK(mmap(NULL, PAGE, RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED);
	CHECK(errno == EPERM || errno == EACCES || errno == EINVAL);
}

/* Many areas: every second page of a large one goes, then all. */
static void test_holes(void)
{
	char *p = mmap(NULL, 512 * PAGE, RW, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	for (int i = 0; i < 512; i++)
		p[(unsigned long)i * PAGE] = (char)i;
	for (int i = 1; i < 512; i += 2)
		CHECK(munmap(p + (unsigned long)i * PAGE, PAGE) == 0);
	for (int i = 0; i < 512; i += 2)
		CHECK(p[(unsigned long)i * PAGE] == (char)i);
	for (int i = 1; i < 512; i += 2) {
		char *q = p + (unsigned long)i * PAGE;

		CHECK(mmap(q, PAGE, RW, ANON | MAP_FIXED, -1, 0) == q);
		CHECK(*q == 0);
	}
	CHECK(munmap(p, 512 * PAGE) == 0);
}

/* A gigabyte costs nothing until it is touched. */
static void test_large(void)
{
	char *p = mmap(NULL, 1ul << 30, RW, ANON | MAP_NORESERVE, -1, 0);

	CHECK(p != MAP_FAILED);
	p[0] = p[(1ul << 30) - 1] = 1;
	CHECK(p[1ul << 29] == 0);
	CHECK(munmap(p, 1ul << 30) == 0);
}

static void test_shared_anonymous(void)
{
	char *p = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return; /* comes with shared memory */
	p[0] = 1;
	CHECK(munmap(p, PAGE) == 0);
}

/* The program's own file, mapped and read: the same bytes, and nobody can change them. */
static void test_file(void)
{
	static char text[3 * PAGE];
	int fd = open("/boot/memory", O_RDONLY);
	char *p, *q;
	ssize_t n;

	CHECK(fd >= 0);
	n = read(fd, text, sizeof(text));
	CHECK(n == sizeof(text));
	p = mmap(NULL, 3 * PAGE, RW, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED && !memcmp(p, text, 3 * PAGE) && !memcmp(p, "\177ELF", 4));
	q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
	CHECK(q != MAP_FAILED && !memcmp(q, text + PAGE, PAGE));
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0), EINVAL);
	memset(p, 0, 3 * PAGE);
	CHECK(!memcmp(q, text + PAGE, PAGE));
	CHECK(munmap(p, PAGE) == 0 && p[PAGE] == 0);
	CHECK(close(fd) == 0); /* the mappings hold the file */
	CHECK(!memcmp(q, text + PAGE, PAGE));
	CHECK(munmap(p + PAGE, 2 * PAGE) == 0 && munmap(q, PAGE) == 0);
	CHECK_ERRNO(open("/boot/memory/", O_RDONLY), ENOTDIR);
	CHECK_ERRNO(open("/boot/memory", 2), ETXTBSY);
}

/* Beyond 4 GiB of a file there may be addresses, but no page; and the list of regions knows it. */
static void test_far_offset(void)
{
	static char text[4096];
	int fd = open("/boot/memory", O_RDONLY);
	void *p = (void *)syscall(SYS_mmap2, NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0x100003ul);
	size_t len = 0;
	ssize_t n;

	CHECK(p != MAP_FAILED && close(fd) == 0);
	fd = open("/proc/self/maps", O_RDONLY);
	CHECK(fd >= 0);
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	CHECK(n == 0 && strstr(text, " r--p 100003000 00:"));
	CHECK(close(fd) == 0 && munmap(p, PAGE) == 0);
}

int main(void)
{
	test_file();
	test_far_offset();
	test_brk();
	test_bad_brk();
	test_mmap();
	test_mmap_errors();
	test_low_addresses();
	test_holes();
	test_large();
	test_shared_anonymous();
	return 0;
}
