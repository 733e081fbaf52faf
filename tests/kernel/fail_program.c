/* Error paths of programs; see fail_program.h. */
#include "tests/kernel/fail_program.h"

#include "kernel/exit.h"
#include "kernel/lib/errno.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

#define MAX_RUNS   1500u /* a program with more allocations than that does not end */
#define MAX_YIELDS 1000u
#define MIN_HITS   10u /* one with fewer was not reached by the failures */

/* A process that is ended leaves children for a moment, who need nobody to wait for them. */
static void await_orphans(unsigned int tasks)
{
	for (unsigned int i = 0; i < MAX_YIELDS && nr_tasks() > tasks; i++)
		yield();
}

/*
 * Not by what the process said: its last file may have been closed by a child, who knows of
 * nothing.
 */
static bool was_hit(const struct program_run *run)
{
	return run->failed_one || run->status == -ENOMEM || run->status == W_SIGNALED(SIGKILL);
}

/* One run; was the n-th allocation reached? */
static bool survives_failure(struct ktest *t, unsigned int n, const char *name, const char *arg1,
			     const char *arg2)
{
	struct program_run *run = program_run_alloc(name, arg1, arg2);
	unsigned int tasks = nr_tasks();
	bool hit;

	KT_ASSERT(t, run);
	run->fail_nth = n;
	program_run(run);
	await_orphans(tasks);
	hit = was_hit(run);
	if (!KT_EXPECT(t, hit ? run->status != -EFAULT && run->status != W_EXITCODE(EFAULT)
			      : run->status == W_EXITCODE(0)))
		ktest_log(t, "%s %s: allocation %u: status 0x%x %s", name, arg1 ? arg1 : "", n,
			  run->status, run->output);
	kfree(run);
	return hit;
}

void fail_each_program(struct ktest *t, const char *name, const char *arg1, const char *arg2)
{
	struct mm_account before;
	unsigned int n = 1;

	mm_account(&before);
	while (n < MAX_RUNS && survives_failure(t, n, name, arg1, arg2)) {
		if (!mm_account_same(t, &before)) {
			ktest_log(t, "%s %s: allocation %u lost memory", name, arg1 ? arg1 : "", n);
			return;
		}
		n++;
	}
	KT_EXPECT_LT(t, n, MAX_RUNS);
	KT_EXPECT(t, n > MIN_HITS);
}

/* The n-th allocation fails; was it reached? */
static bool goes_through(struct ktest *t, unsigned int n, const char *name, const char *arg)
{
	struct program_run *run = program_run_alloc(name, arg, NULL);
	bool hit;

	KT_ASSERT(t, run);
	run->fail_nth = n;
	program_run(run);
	hit = was_hit(run);
	if (!KT_EXPECT(t, run->status == W_EXITCODE(0) || (hit && run->status <= 0xff)))
		ktest_log(t, "%s: allocation %u: status 0x%x %s", name, n, run->status,
			  run->output);
	kfree(run);
	return hit;
}

void fail_each_and_clear(struct ktest *t, const char *name, const char *arg,
			 void (*clear_away)(void), unsigned int least, unsigned int most)
{
	struct mm_account before;
	unsigned int n = 1;
	bool hit;

	KT_EXPECT_EQ(t, run_quietly(name, arg, NULL), 0);
	mm_account(&before);
	do {
		hit = goes_through(t, n, name, arg);
		clear_away();
		if (hit && !mm_account_same(t, &before)) {
			ktest_log(t, "%s: the failure of allocation %u lost memory", name, n);
			break;
		}
	} while (hit && ++n < most);
	ktest_log(t, "%u allocations", n - 1);
	KT_EXPECT(t, n > least && n < most);
}
