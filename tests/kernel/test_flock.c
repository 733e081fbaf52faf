/* Locks on files; tests/kernel/programs/filelocks.c does what programs do. */
#include "kernel/exit.h"
#include "kernel/fs/locks.h"
#include "kernel/lib/string.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/program.h"

static void run_and_expect(struct ktest *t, const char *name)
{
	struct program_run *run = program_run_alloc(name, NULL, NULL);

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	kfree(run);
}

static void test_lock_programs(struct ktest *t)
{
	run_and_expect(t, "filelocks");
}

#define BYTES  40
#define OWNERS 3

static u8 has[OWNERS][BYTES]; /* who has what: 0: nothing; else 1 + type */

/* A random request. */
static struct file_lock any_request(struct prng *rng, unsigned int *me)
{
	unsigned int start = prng_below(rng, BYTES);

	*me = prng_below(rng, OWNERS);
	return (struct file_lock){.kind = LOCK_POSIX,
				  .type = (int)prng_below(rng, 3),
				  .start = start,
				  .end = start + prng_below(rng, BYTES - start),
				  .owner = has[*me]};
}

/* Is there a lock of another owner in its way? */
static bool should_conflict(const struct file_lock *request, unsigned int me)
{
	if (request->type == F_UNLCK)
		return false;
	for (unsigned int o = 0; o < OWNERS; o++) {
		for (loff_t b = request->start; b <= request->end && o != me; b++)
			if (has[o][b] == 1 + F_WRLCK || (has[o][b] && request->type == F_WRLCK))
				return true;
	}
	return false;
}

/* Neighbours of one type are one lock: there are no more than needed. */
static void check_count(struct ktest *t, const struct inode *inode, unsigned int owner)
{
	unsigned int runs = 0, locks = 0;

	for (unsigned int b = 0; b < BYTES; b++)
		runs += has[owner][b] && (!b || has[owner][b - 1] != has[owner][b]);
	for (struct file_lock *fl = inode->i_flock; fl; fl = fl->next)
		locks += fl->owner == has[owner];
	KT_ASSERT_EQ(t, locks, runs);
}

/* Random requests of several owners against an array that says who has each byte. */
static void test_lock_model(struct ktest *t)
{
	static struct inode inode;
	struct prng rng;
	unsigned int me;

	ktest_seed(t, &rng, 11);
	memset(has, 0, sizeof(has));
	for (int step = 0; step < 5000; step++) {
		struct file_lock request = any_request(&rng, &me);
		bool conflict = should_conflict(&request, me);

		KT_ASSERT_EQ(t, locks_set(&inode, &request, false), conflict ? -EAGAIN : 0);
		if (!conflict)
			memset(has[me] + request.start,
			       request.type == F_UNLCK ? 0 : 1 + request.type,
			       (size_t)(request.end - request.start) + 1);
		check_count(t, &inode, me);
	}
	for (unsigned int o = 0; o < OWNERS; o++) {
		const struct file_lock all = {
			.kind = LOCK_POSIX, .type = F_UNLCK, .end = OFFSET_MAX, .owner = has[o]};

		KT_EXPECT_EQ(t, locks_set(&inode, &all, false), 0);
	}
	KT_EXPECT(t, !inode.i_flock);
}

static int lock_and_cut(void *ctx)
{
	struct inode *inode = ctx;
	struct file_lock request = {.kind = LOCK_POSIX, .type = F_WRLCK, .end = 99, .owner = ctx};
	const struct file_lock all = {
		.kind = LOCK_POSIX, .type = F_UNLCK, .end = OFFSET_MAX, .owner = ctx};
	int err = locks_set(inode, &request, false);

	if (!err) {
		request.type = F_UNLCK;
		request.start = request.end = 50;
		err = locks_set(inode, &request, false);
	}
	locks_set(inode, &all, false); /* needs no memory */
	return inode->i_flock ? -EBUSY : err;
}

static void test_lock_no_memory(struct ktest *t)
{
	struct inode inode = {.i_flock = NULL};

	KT_EXPECT_GE(t, fail_each(t, lock_and_cut, &inode), 4u);
}

static const struct ktest_case lock_cases[] = {KTEST(test_lock_programs), KTEST(test_lock_model),
					       KTEST(test_lock_no_memory)};
KTEST_SUITE(file_locks, 0, lock_cases);
