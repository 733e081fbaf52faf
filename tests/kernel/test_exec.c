/* Programs from the image: what they find at their start, what they cost, how they end. */
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/exec.h"
#include "kernel/exit.h"
#include "kernel/fs/fs.h"
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/signal.h"
#include "mm/fault_inject.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/fail_program.h"
#include "tests/kernel/program.h"

/* Runs a program that tests itself: its status is 0, or it says what was wrong. */
static void expect_well(struct ktest *t, struct program_run *run)
{
	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s: %s%s", run->argv[0], run->output, run->log);
}

static void test_segments(struct ktest *t)
{
	struct program_run *run = program_run_alloc("segments", NULL, NULL);

	expect_well(t, run);
	KT_EXPECT(t, strstr(run->output, "text    the function main()    0x08048"));
	KT_EXPECT(t, strstr(run->output, "data    a variable set to 7    0x0805"));
	KT_EXPECT(t, strstr(run->output, "/segments\n"));
	KT_EXPECT(t, strstr(run->output, "          [heap]\n"));
	KT_EXPECT(t, strstr(run->output, "-c0000000 rw"));
	KT_EXPECT(t, strstr(run->output, "          [stack]\n"));
	kfree(run);
}

static void test_args(struct ktest *t)
{
	static const char *const envp[] = {"A=1", "B=two words", NULL};
	struct program_run *run = program_run_alloc("args", "one", "two");

	KT_ASSERT(t, run);
	run->envp = envp;
	expect_well(t, run);
	kfree(run);
}

static void test_fresh_registers(struct ktest *t)
{
	struct program_run *run = program_run_alloc("fresh", NULL, NULL);

	expect_well(t, run);
	kfree(run);
}

static void test_memory_calls(struct ktest *t)
{
	struct program_run *run = program_run_alloc("memory", NULL, NULL);

	expect_well(t, run);
	kfree(run);
}

static int run_fpu(void *seed)
{
	return run_quietly("fpu", seed, NULL);
}

/* Three at once, so that each switch between them changes the owner of the FPU. */
static void test_fpu_users(struct ktest *t)
{
	static char *const seeds[] = {"1", "2", "3"};
	struct task_struct *threads[ARRAY_SIZE(seeds)];

	for (unsigned int i = 0; i < ARRAY_SIZE(seeds); i++) {
		threads[i] = kthread_run(run_fpu, seeds[i], "fpu-%u", i);
		KT_ASSERT(t, !IS_ERR(threads[i]));
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(seeds); i++)
		KT_EXPECT_EQ(t, kthread_join(threads[i]), W_EXITCODE(0));
}

/* How many faults `touch` takes for so many pages. */
static unsigned long touch_faults(struct ktest *t, const char *where, unsigned int pages)
{
	struct program_run *run;
	unsigned long faults;
	char number[16];

	snprintf(number, sizeof(number), "%u", pages);
	run = program_run_alloc("touch", where, number);
	expect_well(t, run);
	faults = run->faults;
	kfree(run);
	return faults;
}

/* A page costs one fault, at its first use, and none before: whatever kind of memory. */
static void test_demand_paging(struct ktest *t)
{
	static const char *const places[] = {"bss", "heap", "stack", "mmap", "mmap-read"};

	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		unsigned long few = touch_faults(t, places[i], 10);
		unsigned long many = touch_faults(t, places[i], 110);

		if (!KT_EXPECT_EQ(t, many - few, 100ul))
			ktest_log(t, "%s: %lu faults for 10 pages, %lu for 110", places[i], few,
				  many);
	}
	KT_EXPECT_LE(t, touch_faults(t, "heap", 1), 12ul);
}

static void test_no_such_program(struct ktest *t)
{
	KT_EXPECT_EQ(t, run_quietly("no-such-program", NULL, NULL), -ENOENT);
}

#define MARK 0x5eedu

/* An address space to come from, with a mark in it. */
static u32 *marked_space(void)
{
	struct mm_struct *mm = mm_alloc();
	u32 mark = MARK;
	unsigned long addr;

	if (!mm)
		return NULL;
	use_mm(mm);
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr) || copy_to_user((u32 *)addr, &mark, sizeof(mark)))
		return NULL;
	return (u32 *)addr;
}

/*
 * An exec whose n-th allocation fails: it leaves the old space as it was, or did without.
 * 1: the allocation was reached, 0: it was not, or what went wrong.
 */
static int fail_one_exec(struct file *file, unsigned int n)
{
	static const char *const argv[] = {"touch", NULL}, *const envp[] = {NULL};
	struct pt_regs regs = {.eip = MARK};
	const u32 *mark = marked_space();
	struct mm_struct *mm = current->mm;
	u32 value;
	int err;
	bool hit;

	if (!mark)
		return -ENOMEM;
	fail_nth_set(n);
	err = kernel_execve(file, argv, envp, &regs);
	hit = fail_nth_hit();
	fail_nth_set(0);
	if (err &&
	    (current->mm != mm || regs.eip != MARK || get_user(value, mark) || value != MARK))
		return -EFAULT;
	if (!err && (current->mm == mm || regs.eip == MARK))
		return -EINVAL;
	return hit;
}

static int exec_from_a_process(void)
{
	struct file *file = open_program("touch");
	unsigned int n = 0;
	int hit;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	do {
		exit_mm();
		hit = fail_one_exec(file, ++n);
	} while (hit > 0);
	fput(file);
	return hit ? hit : n > 10 ? 0 : -EINVAL;
}

/* exec from one program to the next: it fails without a trace, or replaces the old space. */
static void test_exec_replaces(struct ktest *t)
{
	struct program_run *run = program_run_alloc("touch", "heap", "1");
	struct mm_account before;

	KT_ASSERT(t, run);
	run->before = exec_from_a_process;
	mm_account(&before);
	expect_well(t, run);
	mm_account_same(t, &before);
	kfree(run);
}

/* What a program would leave behind: a number on the FPU's stack, odd modes, segments. */
static int leave_traces(void)
{
	const u16 control = 0x0f3f;

	if (fpu_present())
		__asm__ volatile("fninit\n\tfldcw %0\n\tfld1" ::"m"(control));
	__asm__ volatile("movw %w0, %%fs\n\tmovw %w0, %%gs" ::"r"(USER_DS));
	return 0;
}

/* Nothing that the task had in its registers reaches the next program. */
static void test_exec_forgets(struct ktest *t)
{
	struct program_run *run = program_run_alloc("fresh", NULL, NULL);

	KT_ASSERT(t, run);
	run->before = leave_traces;
	expect_well(t, run);
	if (fpu_present()) {
		run->argv[0] = "fpu";
		expect_well(t, run);
	}
	kfree(run);
}

/* Strings for a quarter of the stack are carried, more are refused; both lose nothing. */
static void test_large_arguments(struct ktest *t)
{
	static const unsigned int sizes[] = {100000, 120000};
	struct program_run *run;
	const char **envp;
	char *word;

	if (nr_free_pages() < (6ul << 20) / PAGE_SIZE)
		ktest_skip(t, "too little memory for the arguments, twice, and all else");
	run = program_run_alloc("touch", "heap", "1");
	word = kmalloc(120001, GFP_KERNEL);
	envp = kzalloc(32 * sizeof(*envp), GFP_KERNEL);
	KT_ASSERT(t, run && word && envp);
	memset(word, 'x', 120000);
	word[120000] = 0;
	for (unsigned int i = 0; i < 18; i++)
		envp[i] = word;
	run->envp = envp;
	KT_EXPECT_EQ(t, program_run(run), -E2BIG);
	word[sizes[0]] = 0;
	KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0));
	kfree(envp);
	kfree(word);
	kfree(run);
}

static void test_failing_allocations(struct ktest *t)
{
	run_quietly("segments", NULL, NULL);
	fail_each_program(t, "touch", "heap", "3");
	fail_each_program(t, "touch", "mmap", "3");
	fail_each_program(t, "segments", NULL, NULL);
	fail_each_program(t, "syscalls", NULL, NULL);
}

/* Out of memory in a fault ends the process, and says so. */
static void test_out_of_memory(struct ktest *t)
{
	struct program_run *run = program_run_alloc("touch", "heap", "200");

	KT_ASSERT(t, run);
	run->fail_nth = 100;
	KT_EXPECT_EQ(t, program_run(run), SIGKILL);
	if (!KT_EXPECT(t, strstr(run->log, "touch[") &&
				  strstr(run->log, "out of memory for a write to")))
		ktest_log(t, "%s", run->log);
	kfree(run);
}

#define FILL_MOST (128ul << (20 - PAGE_SHIFT)) /* pages that are quickly filled */

/* A program that wants more than there is: one line about it, and all is given back. */
static void test_exhaustion(struct ktest *t)
{
	struct mm_account before;
	struct program_run *run;
	char pages[16];

	if (nr_free_pages() > FILL_MOST)
		ktest_skip(t, "the machine has too much memory to fill");
	snprintf(pages, sizeof(pages), "%lu", nr_free_pages());
	run = program_run_alloc("touch", "mmap", pages);
	KT_ASSERT(t, run);
	mm_account(&before);
	KT_EXPECT_EQ(t, program_run(run), SIGKILL);
	if (!KT_EXPECT(t, strstr(run->log, "out of memory for a write to") &&
				  strchr(run->log, '\n') == strrchr(run->log, '\n')))
		ktest_log(t, "%s", run->log);
	mm_account_same(t, &before);
	KT_EXPECT_EQ(t, run_quietly("touch", "heap", "10"), W_EXITCODE(0));
	kfree(run);
}

static void test_nothing_lost(struct ktest *t)
{
	struct mm_account before;

	run_quietly("segments", NULL, NULL);
	mm_account(&before);
	for (unsigned int i = 0; i < 20; i++)
		KT_EXPECT_EQ(t, run_quietly("segments", NULL, NULL), W_EXITCODE(0));
	mm_account_same(t, &before);
}

static const struct ktest_case quick_cases[] = {
	KTEST(test_segments),	     KTEST(test_args),
	KTEST(test_fresh_registers), KTEST(test_demand_paging),
	KTEST(test_no_such_program), KTEST(test_nothing_lost),
};
KTEST_SUITE(exec, 0, quick_cases);

static const struct ktest_case cases[] = {
	KTEST(test_memory_calls),	 KTEST(test_fpu_users),	    KTEST(test_large_arguments),
	KTEST(test_failing_allocations), KTEST(test_exec_replaces), KTEST(test_exec_forgets),
	KTEST(test_out_of_memory),	 KTEST(test_exhaustion),
};
KTEST_SUITE(programs, 0, cases);
