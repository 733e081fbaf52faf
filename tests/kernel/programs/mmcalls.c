/*
 * mmcalls - mprotect, mremap, madvise, mincore, mlock and their family, msync and old mmap as their
 * manual pages describe them. It keeps to what Linux does too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE   4096ul
#define RW     (PROT_READ | PROT_WRITE)
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)
#define HOLE   ((char *)0x30000000ul) /* nothing is here */
#define KERNEL ((char *)0xfffff000ul) /* no address of a program, here or under Linux */

/* A fresh mapping of so many pages; page i begins with i. */
static char *fresh(unsigned long pages)
{
	char *p = mmap(NULL, pages * PAGE, RW, ANON, -1, 0);

	CHECK(p != MAP_FAILED);
	for (unsigned long i = 0; i < pages; i++)
		p[i * PAGE] = (char)i;
	return p;
}

/* ---- mprotect ------------------------------------------------------------------------------- */

/* May the page be written? Asked without a signal: mincore puts an answer there, if it can. */
static int may_write(char *p)
{
	static char page[2 * PAGE];
	char *probe = (char *)(((unsigned long)page + PAGE - 1) & ~(PAGE - 1));

	return syscall(SYS_mincore, probe, PAGE, p + 8) == 0;
}

static void test_mprotect(void)
{
	char *p = fresh(4);

	CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0);
	CHECK(may_write(p) && !may_write(p + PAGE) && may_write(p + 2 * PAGE));
	CHECK(p[PAGE] == 1);
	CHECK(mprotect(p, 4 * PAGE, PROT_NONE) == 0);
	CHECK(!may_write(p) && !may_write(p + 3 * PAGE));
	CHECK(mprotect(p, 3 * PAGE + 1, RW) == 0);
	CHECK(p[2 * PAGE] == 2 && p[3 * PAGE] == 3);
	CHECK(may_write(p + 3 * PAGE));
	CHECK(mprotect(p, 0, PROT_NONE) == 0);
	CHECK_ERRNO(mprotect(p + 1, PAGE, RW), EINVAL);
	CHECK_ERRNO(mprotect(p, PAGE, 0x10), EINVAL);
	CHECK_ERRNO(mprotect(p, PAGE, RW | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
	CHECK_ERRNO(mprotect(p, PAGE, RW | PROT_GROWSDOWN), EINVAL);
	CHECK_ERRNO(mprotect(HOLE, PAGE, RW), ENOMEM);
	CHECK_ERRNO(mprotect(KERNEL, PAGE, RW), ENOMEM);
	CHECK_ERRNO(mprotect((void *)0xfffff000ul, 2 * PAGE, RW), ENOMEM);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK_ERRNO(mprotect(p, 4 * PAGE, PROT_READ), ENOMEM);
	CHECK(!may_write(p) && may_write(p + 3 * PAGE)); /* up to the hole it was done */
	CHECK(munmap(p, 4 * PAGE) == 0);
}

static void test_mprotect_file(const char *name)
{
	int fd = open(name, O_RDONLY);
	char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	char *q = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	char first;

	CHECK(p != MAP_FAILED && q != MAP_FAILED && close(fd) == 0);
	first = *p;
	CHECK_ERRNO(mprotect(p, PAGE, RW), EACCES);
	CHECK(mprotect(q, PAGE, RW) == 0);
	*q = (char)(first + 1);
	CHECK(*p == first);
	CHECK(munmap(p, PAGE) == 0 && munmap(q, PAGE) == 0);
}

/* ---- mremap --------------------------------------------------------------------------------- */

static void test_mremap(void)
{
	char *p = fresh(8), *q, *to;

	CHECK(mremap(p, 8 * PAGE, 8 * PAGE, 0) == p);
	CHECK(mremap(p, 8 * PAGE, 4 * PAGE, 0) == p); /* smaller */
	CHECK(!may_write(p + 4 * PAGE));
	CHECK(mremap(p, 4 * PAGE, 6 * PAGE, 0) == p); /* larger, where it is */
	CHECK(p[3 * PAGE] == 3 && p[4 * PAGE] == 0);
	p[5 * PAGE] = 55;
	q = mmap(p + 6 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0);
	CHECK(q == p + 6 * PAGE);
	CHECK_ERRNO(mremap(p, 6 * PAGE, 7 * PAGE, 0), ENOMEM); /* something is in the way */
	CHECK(p[5 * PAGE] == 55);
	q = mremap(p, 6 * PAGE, 9 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p);
	CHECK(q[3 * PAGE] == 3 && q[5 * PAGE] == 55 && q[6 * PAGE] == 0);
	CHECK(!may_write(p));
	/* To where one says; a part, from the middle. */
	to = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
	*to = 99;
	CHECK(mremap(q + 2 * PAGE, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	CHECK(to[0] == 2 && to[PAGE] == 3 && to[2 * PAGE] == 0);
	CHECK(q[PAGE] == 1 && !may_write(q + 2 * PAGE) && q[5 * PAGE] == 55);
	/* To where one says, and smaller. */
	CHECK(mremap(q + 4 * PAGE, 5 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	CHECK(to[0] == 0 && to[PAGE] == 55 && to[2 * PAGE] == 0 && !may_write(q + 8 * PAGE));
	CHECK(munmap(to, 4 * PAGE) == 0 && munmap(q, 9 * PAGE) == 0 && munmap(p, 8 * PAGE) == 0);
}

static void test_mremap_errors(void)
{
	char *p = fresh(4), *q = fresh(4);

	CHECK_ERRNO(mremap(p, PAGE, 0, 0), EINVAL);
	CHECK_ERRNO(mremap(p + 1, PAGE, 2 * PAGE, 0), EINVAL);
	CHECK_ERRNO(mremap(p, PAGE, PAGE, 0x100), EINVAL);
	CHECK_ERRNO(mremap(p, PAGE, PAGE, MREMAP_FIXED, q), EINVAL);
	CHECK_ERRNO(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q + 1), EINVAL);
	CHECK_ERRNO(mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE), EINVAL);
	CHECK_ERRNO(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, KERNEL), EINVAL);
	CHECK_ERRNO(mremap(HOLE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK_ERRNO(mremap(KERNEL, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK(mprotect(p + 2 * PAGE, PAGE, PROT_READ) == 0);
	CHECK_ERRNO(mremap(p, 4 * PAGE, 5 * PAGE, MREMAP_MAYMOVE), EFAULT); /* two areas */
	CHECK_ERRNO(mremap(p, 0, PAGE, MREMAP_MAYMOVE), EINVAL);	    /* private */
	CHECK_ERRNO(mremap(p, 2 * PAGE, 0xfffe0000ul, MREMAP_MAYMOVE), ENOMEM);
	CHECK(p[PAGE] == 1);
	CHECK(munmap(p, 4 * PAGE) == 0 && munmap(q, 4 * PAGE) == 0);
}

/* Length 0: the same shared memory at a second place. */
static void test_mremap_shared(void)
{
	char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *q;

	CHECK(p != MAP_FAILED);
	p[PAGE] = 7;
	q = mremap(p, 0, 2 * PAGE, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && q != p && q[PAGE] == 7);
	q[0] = 8;
	CHECK(p[0] == 8);
	CHECK(munmap(p, 2 * PAGE) == 0 && q[PAGE] == 7 && munmap(q, 2 * PAGE) == 0);
}

/* ---- madvise -------------------------------------------------------------------------------- */

static void test_madvise(const char *name)
{
	static const int notes[] = {MADV_NORMAL, MADV_RANDOM,	MADV_SEQUENTIAL,
				    MADV_NORMAL, MADV_WILLNEED, MADV_DONTFORK,
				    MADV_DOFORK, MADV_DONTDUMP, MADV_DODUMP};
	char *p = fresh(4), *q;
	int fd = open(name, O_RDONLY);

	for (unsigned int i = 0; i < sizeof(notes) / sizeof(*notes); i++)
		CHECK(madvise(p + PAGE, 2 * PAGE, notes[i]) == 0);
	CHECK(p[PAGE] == 1 && p[2 * PAGE] == 2);
	CHECK(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED) == 0);
	CHECK(p[PAGE] == 0 && p[2 * PAGE] == 0 && p[3 * PAGE] == 3);
	CHECK(madvise(p, 4 * PAGE, MADV_FREE) == 0);
	CHECK(p[3 * PAGE] == 3 || p[3 * PAGE] == 0);
	p[3 * PAGE] = 33;
	CHECK(p[3 * PAGE] == 33);
	/* A private copy goes, the file's contents are there again. */
	q = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	CHECK(q != MAP_FAILED && q[1] == 'E');
	q[1] = 'x';
	CHECK(madvise(q, PAGE, MADV_WILLNEED) == 0 && q[1] == 'x');
	CHECK(madvise(q, PAGE, MADV_DONTNEED) == 0 && q[1] == 'E');
	CHECK_ERRNO(madvise(q, PAGE, MADV_FREE), EINVAL);
	CHECK(munmap(q, PAGE) == 0 && close(fd) == 0);
	CHECK(madvise(p, 0, MADV_DONTNEED) == 0 && p[3 * PAGE] == 33);
	CHECK_ERRNO(madvise(p, PAGE, 77), EINVAL);
	CHECK_ERRNO(madvise(p, PAGE, -1), EINVAL);
	CHECK_ERRNO(madvise(p + 1, PAGE, MADV_DONTNEED), EINVAL);
	CHECK_ERRNO(madvise(p, 0xffffffff, MADV_DONTNEED), EINVAL);
	CHECK_ERRNO(madvise(HOLE, PAGE, MADV_DONTNEED), ENOMEM);
	/* Over a hole: what there is, is done. */
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK_ERRNO(madvise(p, 4 * PAGE, MADV_DONTNEED), ENOMEM);
	CHECK(p[3 * PAGE] == 0);
	CHECK(mlock(p, PAGE) == 0);
	CHECK_ERRNO(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
	CHECK(munmap(p, 4 * PAGE) == 0);
}

/* ---- mincore -------------------------------------------------------------------------------- */

static void test_mincore(const char *name)
{
	char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
	int fd = open(name, O_RDONLY);
	unsigned char vec[4];
	char *q, c;

	CHECK(p != MAP_FAILED);
	p[PAGE] = p[3 * PAGE] = 1;
	memset(vec, 0xff, sizeof(vec));
	CHECK(mincore(p, 3 * PAGE + 1, vec) == 0);
	CHECK(!(vec[0] & 1) && (vec[1] & 1) && !(vec[2] & 1) && (vec[3] & 1));
	/* Of a file: cached, though this mapping has shown nothing yet. */
	CHECK(read(fd, &c, 1) == 1);
	q = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(q != MAP_FAILED && mincore(q, PAGE, vec) == 0 && (vec[0] & 1));
	CHECK(munmap(q, PAGE) == 0 && close(fd) == 0);
	CHECK(mincore(p, 0, vec) == 0);
	CHECK_ERRNO(mincore(p + 1, PAGE, vec), EINVAL);
	CHECK_ERRNO(mincore(p, 4 * PAGE, (void *)KERNEL), EFAULT);
	CHECK_ERRNO(mincore(p, 4 * PAGE, (void *)(KERNEL - 2)), EFAULT);
	CHECK_ERRNO(mincore(p, 4 * PAGE, (void *)HOLE), EFAULT);
	CHECK_ERRNO(mincore(HOLE, PAGE, vec), ENOMEM);
	CHECK_ERRNO(mincore(KERNEL, PAGE, vec), ENOMEM);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK_ERRNO(mincore(p, 4 * PAGE, vec), ENOMEM);
	CHECK(munmap(p, 4 * PAGE) == 0);
}

/* ---- mlock ---------------------------------------------------------------------------------- */

static int is_there(char *p)
{
	unsigned char vec = 0;

	CHECK(mincore(p, PAGE, &vec) == 0);
	return vec & 1;
}

static void test_mlock(void)
{
	char *p = mmap(NULL, 6 * PAGE, RW, ANON, -1, 0);

	CHECK(mlock(p + PAGE + 1, PAGE) == 0); /* parts of two pages */
	CHECK(!is_there(p) && is_there(p + PAGE) && is_there(p + 2 * PAGE));
	CHECK(!is_there(p + 3 * PAGE));
	CHECK(syscall(SYS_mlock2, p + 3 * PAGE, PAGE, 1) == 0); /* MLOCK_ONFAULT */
	CHECK(!is_there(p + 3 * PAGE));
	CHECK_ERRNO(syscall(SYS_mlock2, p, PAGE, 2), EINVAL);
	CHECK(munlock(p, 4 * PAGE) == 0 && munlock(p, 4 * PAGE) == 0);
	CHECK(is_there(p + PAGE));
	CHECK_ERRNO(mlock(HOLE, PAGE), ENOMEM);
	CHECK_ERRNO(munlock(HOLE, PAGE), ENOMEM);
	CHECK(mlock(p, 0) == 0);
	CHECK(munmap(p + 4 * PAGE, PAGE) == 0);
	CHECK_ERRNO(mlock(p, 6 * PAGE), ENOMEM);
	CHECK(munmap(p, 6 * PAGE) == 0);
	p = mmap(NULL, 2 * PAGE, RW, ANON | MAP_LOCKED, -1, 0);
	CHECK(p != MAP_FAILED && is_there(p) && is_there(p + PAGE));
	CHECK(munmap(p, 2 * PAGE) == 0);
	p = mmap(NULL, 2 * PAGE, PROT_NONE, ANON, -1, 0);
	CHECK_ERRNO(mlock(p, PAGE), ENOMEM); /* nothing that could be filled in */
	CHECK(mprotect(p, 2 * PAGE, RW) == 0 && is_there(p) && !is_there(p + PAGE));
	CHECK(munmap(p, 2 * PAGE) == 0);
	p = mmap(NULL, 2 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
	CHECK(p != MAP_FAILED && is_there(p) && is_there(p + PAGE) && munmap(p, 2 * PAGE) == 0);
}

static void test_mlockall(void)
{
	char *p = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0), *q;

	CHECK_ERRNO(mlockall(0), EINVAL);
	CHECK_ERRNO(mlockall(4), EINVAL); /* MCL_ONFAULT alone */
	CHECK_ERRNO(mlockall(8), EINVAL);
	CHECK(mlockall(MCL_CURRENT) == 0);
	CHECK(is_there(p) && is_there(p + PAGE));
	CHECK(mlockall(MCL_FUTURE) == 0);
	q = mmap(NULL, PAGE, PROT_READ, ANON, -1, 0);
	CHECK(q != MAP_FAILED && is_there(q));
	CHECK(munlockall() == 0 && munmap(q, PAGE) == 0);
	q = mmap(NULL, PAGE, RW, ANON, -1, 0);
	CHECK(q != MAP_FAILED && !is_there(q));
	CHECK(madvise(p, 2 * PAGE, MADV_DONTNEED) == 0); /* not locked any more */
	CHECK(munmap(q, PAGE) == 0 && munmap(p, 2 * PAGE) == 0);
}

/* ---- msync ---------------------------------------------------------------------------------- */

static void test_msync(const char *name)
{
	int fd = open(name, O_RDONLY);
	char *p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED && close(fd) == 0);
	CHECK(msync(p, 2 * PAGE, MS_SYNC) == 0 && msync(p, 2 * PAGE, MS_ASYNC) == 0);
	CHECK(msync(p, 2 * PAGE, 0) == 0 && msync(p, 0, MS_SYNC) == 0);
	CHECK(msync(p, PAGE, MS_SYNC | MS_INVALIDATE) == 0);
	CHECK_ERRNO(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	CHECK_ERRNO(msync(p, PAGE, 8), EINVAL);
	CHECK_ERRNO(msync(p + 1, PAGE, MS_SYNC), EINVAL);
	CHECK_ERRNO(msync(HOLE, PAGE, MS_SYNC), ENOMEM);
	CHECK_ERRNO(msync(p, 0xfffff000ul, MS_SYNC), ENOMEM);
	CHECK(mlock(p, PAGE) == 0);
	CHECK_ERRNO(msync(p, PAGE, MS_INVALIDATE), EBUSY);
	CHECK(munmap(p, PAGE) == 0);
	CHECK_ERRNO(msync(p, 2 * PAGE, MS_SYNC), ENOMEM);
	CHECK(munmap(p, 2 * PAGE) == 0);
}

/* ---- mmap: what programs/memory does not ask ------------------------------------------------- */

static void test_old_mmap(void)
{
	unsigned long args[6] = {0, 2 * PAGE, RW, ANON, (unsigned long)-1, 0};
	char *p = (char *)syscall(SYS_mmap, args);

	CHECK(p != MAP_FAILED);
	p[PAGE] = 1;
	CHECK(munmap(p, 2 * PAGE) == 0);
	args[5] = 1;
	CHECK_ERRNO(syscall(SYS_mmap, args), EINVAL);
	CHECK_ERRNO(syscall(SYS_mmap, NULL), EFAULT);
	CHECK_ERRNO(syscall(SYS_mmap, HOLE), EFAULT);
	CHECK_ERRNO(syscall(SYS_mmap, KERNEL - 20), EFAULT);
}

static void test_flags(const char *name)
{
	int fd = open(name, O_RDONLY);
	char *p;

	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0), EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0),
		    EINVAL);
	CHECK_ERRNO(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 0x800000, fd, 0), EOPNOTSUPP);
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE, fd, 0);
	CHECK(p != MAP_FAILED && p[1] == 'E' && munmap(p, PAGE) == 0);
	p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_DENYWRITE | MAP_EXECUTABLE | 0x800000, fd,
		 0);
	CHECK(p != MAP_FAILED && munmap(p, PAGE) == 0);
	p = mmap(NULL, 4 * PAGE, RW, ANON | MAP_STACK | MAP_NORESERVE, -1, 0);
	CHECK(p != MAP_FAILED && munmap(p, 4 * PAGE) == 0);
	CHECK(close(fd) == 0);
}

/* An area that grows down does so, to its limit; and keeps away from its neighbours. */
static void test_grows_down(void)
{
	char *area = mmap(NULL, 1024 * PAGE, PROT_NONE, ANON, -1, 0);
	char *p = area + 1000 * PAGE, *below = area + 600 * PAGE;

	CHECK(munmap(area, 1024 * PAGE) == 0);
	CHECK(mmap(p, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0) == p);
	CHECK(mmap(below, PAGE, RW, ANON | MAP_FIXED, -1, 0) == below);
	p[-3 * (long)PAGE] = 1; /* the kernel gives it what it touches */
	CHECK(p[-1] == 0);
	CHECK(may_write(below + PAGE + 257 * PAGE));
	CHECK(!may_write(below + PAGE + 255 * PAGE));
	CHECK(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN) == 0);
	CHECK(!may_write(p - 3 * PAGE));
	CHECK(munmap(below, 401 * PAGE) == 0);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void limit(int which, unsigned long value)
{
	struct rlimit rlim;

	CHECK(getrlimit(which, &rlim) == 0);
	rlim.rlim_cur = value;
	CHECK(setrlimit(which, &rlim) == 0);
}

static void test_limits(void)
{
	struct rlimit as, data;
	char *p = fresh(4), *brk_was = sbrk(0);

	CHECK(getrlimit(RLIMIT_AS, &as) == 0 && getrlimit(RLIMIT_DATA, &data) == 0);
	limit(RLIMIT_AS, 0);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERRNO(mremap(p, 4 * PAGE, 5 * PAGE, MREMAP_MAYMOVE), ENOMEM);
	CHECK_ERRNO(brk(brk_was + 16 * PAGE), ENOMEM);
	limit(RLIMIT_AS, as.rlim_cur);
	limit(RLIMIT_DATA, PAGE);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, ANON, -1, 0), ENOMEM);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	CHECK_ERRNO(mprotect(p, PAGE, RW), ENOMEM);
	CHECK_ERRNO(brk(brk_was + 16 * PAGE), ENOMEM);
	limit(RLIMIT_DATA, data.rlim_cur);
	CHECK(brk(brk_was + 16 * PAGE) == 0 && brk(brk_was) == 0);
	CHECK(munmap(p, 4 * PAGE) == 0);
}

/* As another user than root: RLIMIT_MEMLOCK counts. Last of all, as there is no way back. */
static void test_memlock(void)
{
	char *p = mmap(NULL, 16 * PAGE, RW, ANON, -1, 0);

	limit(RLIMIT_MEMLOCK, 8 * PAGE);
	CHECK(setresuid(1000, 1000, 1000) == 0);
	CHECK(mlock(p, 8 * PAGE) == 0);
	CHECK(mlock(p + PAGE, 6 * PAGE) == 0); /* the same again counts once */
	CHECK_ERRNO(mlock(p + 8 * PAGE, PAGE), ENOMEM);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), EAGAIN);
	CHECK_ERRNO(mremap(p, 8 * PAGE, 17 * PAGE, MREMAP_MAYMOVE), EAGAIN);
	CHECK_ERRNO(mlockall(MCL_CURRENT), ENOMEM);
	CHECK(munlock(p, PAGE) == 0 && mlock(p + 8 * PAGE, PAGE) == 0);
	CHECK(munlockall() == 0 && mlockall(MCL_FUTURE) == 0);
	CHECK_ERRNO(mmap(NULL, 16 * PAGE, RW, ANON, -1, 0), EAGAIN);
	CHECK(munlockall() == 0);
	limit(RLIMIT_MEMLOCK, 0);
	CHECK_ERRNO(mlock(p, PAGE), EPERM);
	CHECK_ERRNO(mlockall(MCL_FUTURE), EPERM);
	CHECK_ERRNO(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0), EPERM);
	CHECK(munmap(p, 16 * PAGE) == 0);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/boot/mmcalls";

	test_mprotect();
	test_mprotect_file(name);
	test_mremap();
	test_mremap_errors();
	test_mremap_shared();
	test_madvise(name);
	test_mincore(name);
	test_mlock();
	test_mlockall();
	test_msync(name);
	test_old_mmap();
	test_flags(name);
	test_grows_down();
	test_limits();
	test_memlock();
	return 0;
}
