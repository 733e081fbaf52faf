/* Sleeping locks, and what the debug kernel says about locks. */
#include "kernel/kthread.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "kernel/mutex.h"
#include "kernel/rwsem.h"
#include "kernel/timer_list.h"
#include "kernel/wait.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/ktest.h"

#define THREADS 4

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);

static unsigned int readers, writers, most_readers, most_writers, mixed;
static unsigned int order[16], order_len;

static void setup(struct ktest *t)
{
	(void)t;
	readers = writers = most_readers = most_writers = mixed = order_len = 0;
}

static void note(unsigned int who)
{
	if (order_len < ARRAY_SIZE(order))
		order[order_len++] = who;
}

static void let_others_sleep(void)
{
	while (sched_stat().nr_running > 1)
		yield();
}

static struct task_struct *start(struct ktest *t, int (*fn)(void *), unsigned long arg)
{
	struct task_struct *thread = kthread_run(fn, (void *)arg, "locks/%lu", arg);

	KT_ASSERT(t, !IS_ERR(thread));
	return thread;
}

static void run_all(struct ktest *t, int (*fn)(void *))
{
	struct task_struct *threads[THREADS];

	for (unsigned long i = 0; i < THREADS; i++)
		threads[i] = start(t, fn, i);
	for (unsigned int i = 0; i < THREADS; i++)
		kthread_join(threads[i]);
}

/* ------------------------------------------------------------ mutex */

static int mutex_thread(void *arg)
{
	struct prng rng;

	prng_seed(&rng, 100 + (u32)(unsigned long)arg);
	for (int i = 0; i < 50; i++) {
		mutex_lock(&mutex);
		most_writers = max(most_writers, ++writers);
		if (prng_next(&rng) & 1)
			yield();
		writers--;
		mutex_unlock(&mutex);
		if (prng_next(&rng) & 1)
			yield();
	}
	return 0;
}

static void test_mutex_excludes(struct ktest *t)
{
	run_all(t, mutex_thread);
	KT_EXPECT_EQ(t, most_writers, 1u);
	KT_EXPECT(t, !mutex_is_locked(&mutex));
}

static int mutex_note_thread(void *arg)
{
	mutex_lock(&mutex);
	note((unsigned int)(unsigned long)arg);
	mutex_unlock(&mutex);
	return 0;
}

/* Who waits longest is next, and nobody who comes later slips in between. */
static void test_mutex_is_fair(struct ktest *t)
{
	struct task_struct *threads[3];

	mutex_lock(&mutex);
	for (unsigned long i = 0; i < 3; i++) {
		threads[i] = start(t, mutex_note_thread, i);
		let_others_sleep();
	}
	KT_EXPECT_EQ(t, order_len, 0u);
	KT_EXPECT(t, wake_up_process(threads[1])); /* for nothing: it goes back to sleep */
	let_others_sleep();
	KT_EXPECT_EQ(t, order_len, 0u);
	mutex_unlock(&mutex);
	KT_EXPECT(t, !mutex_trylock(&mutex)); /* it has been handed on already */
	mutex_lock(&mutex);
	KT_EXPECT_EQ(t, order_len, 3u);
	for (unsigned int i = 0; i < 3; i++)
		KT_EXPECT_EQ(t, order[i], i);
	mutex_unlock(&mutex);
	KT_EXPECT(t, mutex_trylock(&mutex));
	KT_EXPECT(t, !mutex_trylock(&mutex));
	mutex_unlock(&mutex);
	for (unsigned int i = 0; i < 3; i++)
		kthread_join(threads[i]);
}

/* ------------------------------------------------------------ rwsem */

static void reader_section(void)
{
	down_read(&rwsem);
	most_readers = max(most_readers, ++readers);
	mixed += writers;
	yield();
	readers--;
	up_read(&rwsem);
}

static void writer_section(void)
{
	down_write(&rwsem);
	most_writers = max(most_writers, ++writers);
	mixed += readers;
	yield();
	writers--;
	up_write(&rwsem);
}

static int rwsem_thread(void *arg)
{
	struct prng rng;

	prng_seed(&rng, 200 + (u32)(unsigned long)arg);
	for (int i = 0; i < 60; i++) {
		if (prng_next(&rng) % 3)
			reader_section();
		else
			writer_section();
		if (prng_next(&rng) & 1)
			yield();
	}
	return 0;
}

static void test_rwsem_excludes(struct ktest *t)
{
	run_all(t, rwsem_thread);
	KT_EXPECT_EQ(t, most_writers, 1u);
	KT_EXPECT_EQ(t, mixed, 0u);
	KT_EXPECT_LE(t, 2u, most_readers);
	KT_EXPECT(t, !rwsem_is_locked(&rwsem));
	KT_EXPECT_EQ(t, rwsem.count, 0ul);
}

/* 0, 1, 3, 4 read, 2 writes. */
static int rwsem_note_thread(void *arg)
{
	unsigned int me = (unsigned int)(unsigned long)arg;

	if (me == 2)
		down_write(&rwsem);
	else
		down_read(&rwsem);
	note(me);
	yield();
	if (me == 2)
		up_write(&rwsem);
	else
		up_read(&rwsem);
	return 0;
}

/* A writer that waits is not overtaken by readers; readers between writers go together. */
static void test_rwsem_is_fair(struct ktest *t)
{
	struct task_struct *threads[5];

	down_read(&rwsem);
	for (unsigned long i = 0; i < 5; i++) {
		threads[i] = start(t, rwsem_note_thread, i);
		let_others_sleep();
	}
	KT_EXPECT_EQ(t, order_len, 2u); /* 0 and 1 read beside us; 3 and 4 stand behind 2 */
	KT_EXPECT(t, !down_read_trylock(&rwsem));
	KT_EXPECT(t, !down_write_trylock(&rwsem));
	up_read(&rwsem);
	let_others_sleep();
	KT_EXPECT_EQ(t, order_len, 5u);
	KT_EXPECT_EQ(t, order[2], 2u);
	for (unsigned int i = 0; i < 5; i++)
		kthread_join(threads[i]);

	KT_EXPECT(t, down_read_trylock(&rwsem));
	KT_EXPECT(t, down_read_trylock(&rwsem));
	KT_EXPECT(t, !down_write_trylock(&rwsem));
	up_read(&rwsem);
	up_read(&rwsem);
	KT_EXPECT(t, down_write_trylock(&rwsem));
	KT_EXPECT(t, !down_read_trylock(&rwsem));
	up_write(&rwsem);
	KT_EXPECT_EQ(t, rwsem.count, 0ul);
}

static const struct ktest_case cases[] = {
	KTEST(test_mutex_excludes),
	KTEST(test_mutex_is_fair),
	KTEST(test_rwsem_excludes),
	KTEST(test_rwsem_is_fair),
};
KTEST_SUITE_WITH(locks, KTEST_QUICK, cases, setup, NULL);

/* ------------------------------------------------------------ reports of the debug kernel */

#ifdef CONFIG_DEBUG

#define EXPECT_REPORT(t, part)                                            \
	do {                                                              \
		const char *_report = lock_debug_report();                \
                                                                          \
		KT_EXPECT(t, _report != NULL);                            \
		if (_report && !strstr(_report, part))                    \
			ktest_fail(t, __FILE__, __LINE__, "%s", _report); \
	} while (0)

static DEFINE_SPINLOCK(spin);
static DEFINE_SPINLOCK_RANK(low_lock, LOCK_RANK_LRU);
static DEFINE_SPINLOCK_RANK(high_lock, LOCK_RANK_ZONE);
static DEFINE_MUTEX_RANK(ranked_mutex, LOCK_RANK_I_MUTEX);
static DECLARE_RWSEM_RANK(ranked_rwsem, LOCK_RANK_MMAP_SEM);

static void test_taken_twice(struct ktest *t)
{
	spin_lock(&spin);
	lock_debug_expect();
	spin_lock(&spin);
	EXPECT_REPORT(t, "spinlock spin is taken twice");
	spin_unlock(&spin);

	mutex_lock(&mutex);
	lock_debug_expect();
	mutex_lock(&mutex);
	EXPECT_REPORT(t, "mutex is taken twice");
	mutex_unlock(&mutex);

	down_read(&rwsem);
	lock_debug_expect();
	down_read(&rwsem);
	EXPECT_REPORT(t, "rwsem is taken twice");
	up_read(&rwsem);
	KT_EXPECT(t, !lock_debug_report());
}

static int unlock_others(void *arg)
{
	(void)arg;
	mutex_unlock(&mutex);
	return 0;
}

static void test_released_by_others(struct ktest *t)
{
	lock_debug_expect();
	spin_unlock(&spin);
	EXPECT_REPORT(t, "nobody holds it");

	mutex_lock(&mutex);
	lock_debug_expect();
	kthread_join(start(t, unlock_others, 0));
	EXPECT_REPORT(t, "which does not hold it");
	KT_EXPECT(t, mutex_is_locked(&mutex));
	mutex_unlock(&mutex);

	lock_debug_expect();
	up_write(&rwsem);
	EXPECT_REPORT(t, "rwsem is released");
}

static void test_order(struct ktest *t)
{
	lock_debug_expect();
	spin_lock(&low_lock);
	spin_lock(&high_lock);
	spin_unlock(&high_lock);
	spin_unlock(&low_lock);
	KT_EXPECT(t, !lock_debug_report());

	spin_lock(&high_lock);
	lock_debug_expect();
	spin_lock(&low_lock);
	EXPECT_REPORT(t, "low_lock (rank 7) is taken at");
	spin_unlock(&high_lock); /* not in reverse order: allowed */
	spin_unlock(&low_lock);

	lock_debug_expect();
	mutex_lock(&ranked_mutex);
	down_write(&ranked_rwsem);
	up_write(&ranked_rwsem);
	mutex_unlock(&ranked_mutex);
	KT_EXPECT(t, !lock_debug_report());

	down_read(&ranked_rwsem);
	lock_debug_expect();
	mutex_lock(&ranked_mutex);
	EXPECT_REPORT(t, "while ranked_rwsem (rank 2)");
	mutex_unlock(&ranked_mutex);

	lock_debug_expect(); /* who does not wait cannot be waited for in a circle */
	KT_EXPECT(t, mutex_trylock(&ranked_mutex));
	KT_EXPECT(t, !lock_debug_report());
	mutex_unlock(&ranked_mutex);
	up_read(&ranked_rwsem);
}

static void test_sleeping_in_atomic_context(struct ktest *t)
{
	spin_lock(&spin);
	lock_debug_expect();
	might_sleep();
	EXPECT_REPORT(t, "with a spinlock held; last taken: spin");
	spin_unlock(&spin);

	local_irq_disable();
	lock_debug_expect();
	might_sleep();
	local_irq_enable();
	EXPECT_REPORT(t, "with interrupts disabled");

	lock_debug_expect();
	might_sleep();
	KT_EXPECT(t, !lock_debug_report());
}

/* An allocation that may wait is noticed even when the memory is at hand. */
static void test_allocating_in_atomic_context(struct ktest *t)
{
	void *obj = kmalloc(32, GFP_KERNEL);

	kfree(obj); /* so that no slab has to be made below */
	spin_lock(&spin);
	lock_debug_expect();
	__free_page(alloc_page(GFP_KERNEL));
	EXPECT_REPORT(t, "might sleep at");
	lock_debug_expect();
	free_page(get_zeroed_page(GFP_KERNEL));
	EXPECT_REPORT(t, "might sleep at");
	lock_debug_expect();
	kfree(kmalloc(32, GFP_KERNEL));
	EXPECT_REPORT(t, "might sleep at");
	lock_debug_expect();
	kfree(kzalloc(32, GFP_KERNEL));
	EXPECT_REPORT(t, "might sleep at");

	lock_debug_expect();
	obj = kmalloc(32, GFP_ATOMIC);
	KT_EXPECT(t, obj);
	kfree(obj);
	free_page(get_zeroed_page(GFP_ATOMIC));
	KT_EXPECT(t, !lock_debug_report());
	spin_unlock(&spin);
}

static DEFINE_SPINLOCK(irq_lock);

static void take_irq_lock(struct timer_list *timer)
{
	(void)timer;
	spin_lock(&irq_lock);
	spin_unlock(&irq_lock);
	lock_debug_expect();
	might_sleep();
}

static void test_use_in_interrupts(struct ktest *t)
{
	struct timer_list timer;
	unsigned long flags;

	spin_lock_init(&irq_lock, "irq_lock");
	timer_setup(&timer, take_irq_lock);
	mod_timer(&timer, jiffies + 1);
	msleep(30);
	EXPECT_REPORT(t, "in an interrupt handler");
	spin_lock_irqsave(&irq_lock, flags);
	spin_unlock_irqrestore(&irq_lock, flags);
	lock_debug_expect();
	spin_lock(&irq_lock);
	EXPECT_REPORT(t, "spinlock irq_lock is taken");
	spin_unlock(&irq_lock);
}

static const struct ktest_case debug_cases[] = {
	KTEST(test_taken_twice),
	KTEST(test_released_by_others),
	KTEST(test_order),
	KTEST(test_sleeping_in_atomic_context),
	KTEST(test_allocating_in_atomic_context),
	KTEST(test_use_in_interrupts),
};

#else

/* Under the name of a case that the debug kernel runs: it did run somewhere. */
static void test_taken_twice(struct ktest *t)
{
	ktest_skip(t, "only the debug kernel watches locks");
}

static const struct ktest_case debug_cases[] = {KTEST(test_taken_twice)};

#endif

KTEST_SUITE_WITH(lock_debug, KTEST_QUICK, debug_cases, setup, NULL);
