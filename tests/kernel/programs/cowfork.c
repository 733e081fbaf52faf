/*
 * cowfork - what parent and child see of each other's memory after fork(2): nothing of private
 * memory, everything of shared memory. The exit status is 0, or tells the line of a mistake.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

#define PAGE  4096u
#define PAGES 64u
#define RW    (PROT_READ | PROT_WRITE)

static int data = 1;
static int bss;

/* The status that a child ends with. */
static int reap(pid_t child)
{
	int status;

	CHECK(waitpid(child, &status, 0) == child);
	return status;
}

static void *map(int flags)
{
	void *p = mmap(NULL, PAGES * PAGE, RW, flags | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static unsigned int sum(const unsigned int *p)
{
	unsigned int total = 0;

	for (unsigned int i = 0; i < PAGES; i++)
		total += p[i * (PAGE / 4)];
	return total;
}

static void fill(unsigned int *p, unsigned int value)
{
	for (unsigned int i = 0; i < PAGES; i++)
		p[i * (PAGE / 4)] = value;
}

/* Data, bss, heap, stack and a mapping: each side goes on with its own. */
static void test_private(void)
{
	unsigned int *p = map(MAP_PRIVATE), local = 5;
	char *heap = malloc(10 * PAGE);
	pid_t child;

	CHECK(heap);
	memset(heap, 'h', 10 * PAGE);
	fill(p, 3);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(data == 1 && bss == 0 && local == 5 && heap[9 * PAGE] == 'h');
		CHECK(sum(p) == 3 * PAGES);
		data = bss = 7;
		local = 8;
		memset(heap, 'c', 10 * PAGE);
		fill(p, 4);
		CHECK(sum(p) == 4 * PAGES);
		_exit(local);
	}
	CHECK(reap(child) == 8 << 8);
	CHECK(data == 1 && bss == 0 && local == 5 && heap[9 * PAGE] == 'h');
	CHECK(sum(p) == 3 * PAGES);
	fill(p, 6);
	CHECK(sum(p) == 6 * PAGES);
	munmap(p, PAGES * PAGE);
	free(heap);
}

/* Shared memory is one memory, whoever touches a page of it first, and whoever goes first. */
static void test_shared(void)
{
	volatile unsigned int *p = map(MAP_SHARED);
	pid_t child, grandchild;

	p[0] = 1;
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		p[PAGE] = p[0] + 1;
		grandchild = fork();
		CHECK(grandchild >= 0);
		if (!grandchild) {
			CHECK(p[PAGE] == 2);
			p[2 * PAGE] = 3;
			munmap((void *)p, PAGES * PAGE);
			_exit(0);
		}
		CHECK(reap(grandchild) == 0);
		p[3 * PAGE] = p[2 * PAGE] + 1;
		_exit(0);
	}
	CHECK(reap(child) == 0);
	CHECK(p[0] == 1 && p[PAGE] == 2 && p[2 * PAGE] == 3 && p[3 * PAGE] == 4);
	munmap((void *)p, PAGES * PAGE);
}

/* Each generation makes the next, and changes what it got. */
static int generation(unsigned int *p, unsigned int left)
{
	unsigned int before = sum(p);
	pid_t child;

	if (!left)
		return 0;
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		p[left % PAGES * (PAGE / 4)] += left;
		CHECK(sum(p) == before + left);
		_exit(generation(p, left - 1));
	}
	CHECK(reap(child) == 0);
	CHECK(sum(p) == before);
	return 0;
}

static void test_generations(void)
{
	unsigned int *p = map(MAP_PRIVATE);

	fill(p, 1);
	CHECK(generation(p, 20) == 0);
	CHECK(sum(p) == PAGES);
	munmap(p, PAGES * PAGE);
}

/* A child may do what its parent may, and not more. */
static void test_rights(void)
{
	char *p = map(MAP_PRIVATE);
	pid_t child;

	p[0] = 1;
	CHECK(mprotect(p, PAGES * PAGE, PROT_READ) == 0);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		*(volatile char *)p = 2;
		_exit(0);
	}
	CHECK(WTERMSIG(reap(child)) == SIGSEGV);
	CHECK(mprotect(p, PAGES * PAGE, PROT_NONE) == 0);
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		CHECK(mprotect(p, PAGES * PAGE, RW) == 0);
		CHECK(p[0] == 1);
		p[0] = 2;
		_exit(p[0]);
	}
	CHECK(reap(child) == 2 << 8);
	CHECK(mprotect(p, PAGES * PAGE, RW) == 0);
	CHECK(p[0] == 1);
	munmap(p, PAGES * PAGE);
}

#define EXHAUST_BYTES	 (16u << 20)
#define EXHAUST_CHILDREN 8

/* More children write to their copies than there may be memory for: some are killed for it. */
static void exhaust(void)
{
	char *p = mmap(NULL, EXHAUST_BYTES, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	pid_t children[EXHAUST_CHILDREN];

	CHECK(p != MAP_FAILED);
	memset(p, 1, EXHAUST_BYTES);
	for (int i = 0; i < EXHAUST_CHILDREN; i++) {
		children[i] = fork();
		if (children[i])
			continue;
		memset(p, 2, EXHAUST_BYTES);
		pause();
	}
	for (int i = 0; i < EXHAUST_CHILDREN; i++)
		sched_yield();
	for (int i = 0; i < EXHAUST_CHILDREN; i++) {
		if (children[i] < 0)
			continue;
		kill(children[i], SIGKILL);
		CHECK(reap(children[i]) == SIGKILL);
	}
	for (unsigned int i = 0; i < EXHAUST_BYTES; i += PAGE)
		CHECK(p[i] == 1);
}

/* With an argument only the part that is worth to be walked with failing allocations. */
int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exhaust")) {
		exhaust();
		return 0;
	}
	test_private();
	test_shared();
	if (argc > 1)
		return 0;
	test_generations();
	test_rights();
	return 0;
}
