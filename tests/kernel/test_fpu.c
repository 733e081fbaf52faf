/*
 * The FPU belongs to tasks. Kernel threads use it here for themselves: the values stay
 * in the registers between the asm statements, since the compiler uses none of them.
 */
#include "kernel/cpu/cpuid.h"
#include "kernel/kthread.h"
#include "kernel/lib/string.h"
#include "kernel/task_fpu.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/ktest.h"

#define THREADS 4
#define TERMS	400

static u64 results[THREADS];

/* The sum of 1/(k+1) for TERMS terms from k on, kept in ST(0); yields on the way, or not. */
static u64 x87_sum(unsigned int k, bool yields)
{
	u64 result;

	__asm__ volatile("fldz");
	for (unsigned int i = 1; i <= TERMS; i++) {
		int divisor = (int)(k + i);

		__asm__ volatile("fld1\n\tfidivl %0\n\tfaddp" ::"m"(divisor));
		if (yields)
			yield();
	}
	__asm__ volatile("fstpl %0" : "=m"(result));
	return result;
}

static int x87_thread(void *arg)
{
	unsigned long me = (unsigned long)arg;

	results[me] = x87_sum((unsigned int)me * 3, true);
	return 0;
}

static int x87_alone(void *arg)
{
	unsigned long me = (unsigned long)arg;

	results[me] = x87_sum((unsigned int)me * 3, false);
	return 0;
}

static void run_threads(struct ktest *t, unsigned int n, int (*fn)(void *), int want)
{
	struct task_struct *threads[THREADS];

	for (unsigned long i = 0; i < n; i++) {
		threads[i] = kthread_run(fn, (void *)i, "fpu/%lu", i);
		KT_ASSERT(t, !IS_ERR(threads[i]));
	}
	for (unsigned int i = 0; i < n; i++)
		KT_EXPECT_EQ(t, kthread_join(threads[i]), want);
}

static struct mm_account memory_before;

static void setup(struct ktest *t)
{
	mm_account(&memory_before);
	if (!fpu_present())
		ktest_skip(t, "no FPU");
}

static void teardown(struct ktest *t)
{
	mm_account_same(t, &memory_before);
}

static void test_x87_across_switches(struct ktest *t)
{
	u64 alone[THREADS];

	run_threads(t, THREADS, x87_alone, 0);
	memcpy(alone, results, sizeof(alone));
	memset(results, 0, sizeof(results));
	run_threads(t, THREADS, x87_thread, 0);
	for (unsigned int i = 0; i < THREADS; i++)
		KT_EXPECT_EQ(t, results[i], alone[i]);
	KT_EXPECT_NE(t, alone[0], alone[1]);
}

/* Sixteen bytes in each of XMM0..XMM7. */
struct xmm_set {
	u32 words[8][4];
} __aligned(16);

static void xmm_load(const struct xmm_set *set)
{
	__asm__ volatile("movaps (%0),%%xmm0\n\t"
			 "movaps 16(%0),%%xmm1\n\t"
			 "movaps 32(%0),%%xmm2\n\t"
			 "movaps 48(%0),%%xmm3\n\t"
			 "movaps 64(%0),%%xmm4\n\t"
			 "movaps 80(%0),%%xmm5\n\t"
			 "movaps 96(%0),%%xmm6\n\t"
			 "movaps 112(%0),%%xmm7" ::"r"(set)
			 : "memory");
}

static void xmm_store(struct xmm_set *set)
{
	__asm__ volatile("movaps %%xmm0,(%0)\n\t"
			 "movaps %%xmm1,16(%0)\n\t"
			 "movaps %%xmm2,32(%0)\n\t"
			 "movaps %%xmm3,48(%0)\n\t"
			 "movaps %%xmm4,64(%0)\n\t"
			 "movaps %%xmm5,80(%0)\n\t"
			 "movaps %%xmm6,96(%0)\n\t"
			 "movaps %%xmm7,112(%0)" ::"r"(set)
			 : "memory");
}

static u32 read_mxcsr(void)
{
	u32 mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	return mxcsr;
}

static int sse_thread(void *arg)
{
	u32 me = (u32)(unsigned long)arg + 1, mxcsr = 0x1f80 | me << 13; /* rounding control */
	static struct xmm_set mine[THREADS], seen[THREADS];
	int wrong = 0;

	for (unsigned int i = 0; i < 32; i++)
		mine[me - 1].words[i / 4][i % 4] = me * 0x01010101 + i;
	if (me == THREADS)
		mxcsr = 0x1f80;
	__asm__ volatile("ldmxcsr %0" ::"m"(mxcsr));
	xmm_load(&mine[me - 1]);
	for (int i = 0; i < 100; i++) {
		yield();
		xmm_store(&seen[me - 1]);
		wrong += memcmp(&mine[me - 1], &seen[me - 1], sizeof(mine[0])) != 0;
		wrong += read_mxcsr() != mxcsr;
	}
	return wrong;
}

static void test_sse_across_switches(struct ktest *t)
{
	if (!boot_cpu_has(X86_FEATURE_SSE))
		ktest_skip(t, "no SSE");
	run_threads(t, THREADS, sse_thread, 0);
}

/* What a task finds at its first use, whatever another has left in the registers. */
static int spoiling_thread(void *arg)
{
	u16 control = 0x0c3f; /* rounding to zero, 24 bits */

	(void)arg;
	__asm__ volatile("fldcw %0\n\tfld1\n\tfldpi" ::"m"(control));
	for (int i = 0; i < 3; i++)
		yield();
	return 0;
}

static int fresh_thread(void *arg)
{
	static const struct xmm_set zero;
	static struct xmm_set seen;
	u16 control = 0, status = 0;
	int wrong = 0;

	(void)arg;
	yield();
	__asm__ volatile("fnstcw %0\n\tfnstsw %1" : "=m"(control), "=m"(status));
	wrong += control != 0x037f;
	wrong += status != 0;
	if (boot_cpu_has(X86_FEATURE_SSE)) {
		xmm_store(&seen);
		wrong += memcmp(&seen, &zero, sizeof(zero)) != 0;
		wrong += read_mxcsr() != 0x1f80;
	}
	return wrong;
}

static int fresh_or_spoiling(void *arg)
{
	return (unsigned long)arg == 0 ? spoiling_thread(arg) : fresh_thread(arg);
}

static void test_fresh_state(struct ktest *t)
{
	run_threads(t, 2, fresh_or_spoiling, 0);
}

/* A task gets a state when it first needs one, and has the live one written back on request. */
static int state_thread(void *arg)
{
	const struct fpu_state *state;
	u16 control = 0x0f7f;
	int wrong = 0;

	(void)arg;
	wrong += current->thread.fpu != NULL;
	yield();
	wrong += current->thread.fpu != NULL || task_fpu_sync() != NULL;
	__asm__ volatile("fldcw %0" ::"m"(control));
	wrong += !current->thread.fpu_live;
	state = task_fpu_sync();
	wrong += current->thread.fpu_live;
	wrong += !state || *(const u16 *)state->area != control;
	task_fpu_free();
	wrong += current->thread.fpu != NULL;
	__asm__ volatile("fnstcw %0" : "=m"(control));
	wrong += control != 0x037f;
	return wrong;
}

static void test_state_comes_and_goes(struct ktest *t)
{
	run_threads(t, 1, state_thread, 0);
}

static const struct ktest_case cases[] = {
	KTEST(test_x87_across_switches),
	KTEST(test_sse_across_switches),
	KTEST(test_fresh_state),
	KTEST(test_state_comes_and_goes),
};
KTEST_SUITE_WITH(fpu, KTEST_QUICK, cases, setup, teardown);
