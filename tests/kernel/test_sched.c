/* Tasks, the scheduler, wait queues, timers. */
#include "kernel/completion.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/kthread.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "kernel/wait.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/ktest.h"

#define MAX_THREADS 8

/* A note of who did something, in which order. */
static unsigned int order[64];
static unsigned int order_len;

static void note(unsigned int who)
{
	if (order_len < ARRAY_SIZE(order))
		order[order_len++] = who;
}

static unsigned int notes_of(unsigned int who)
{
	unsigned int notes = 0;

	for (unsigned int i = 0; i < order_len; i++)
		notes += order[i] == who;
	return notes;
}

static void setup(struct ktest *t)
{
	(void)t;
	order_len = 0;
}

static struct mm_account memory_before;

static void setup_memory(struct ktest *t)
{
	setup(t);
	mm_account(&memory_before);
}

static void teardown_memory(struct ktest *t)
{
	mm_account_same(t, &memory_before);
}

static void expect_order(struct ktest *t, const unsigned int *want, unsigned int len)
{
	KT_EXPECT_EQ(t, order_len, len);
	for (unsigned int i = 0; i < min(len, order_len); i++)
		KT_EXPECT_EQ(t, order[i], want[i]);
}

/* Create `n` threads that run fn with 0, 1, 2... but do not start them. */
static void create_threads(struct ktest *t, struct task_struct **threads, unsigned int n,
			   int (*fn)(void *))
{
	for (unsigned int i = 0; i < n; i++) {
		threads[i] = kthread_create(fn, (void *)(unsigned long)i, "test/%u", i);
		KT_ASSERT(t, !IS_ERR(threads[i]));
	}
}

static void start_threads(struct task_struct **threads, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		wake_up_process(threads[i]);
}

static void join_threads(struct task_struct **threads, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		kthread_join(threads[i]);
}

static void run_threads(struct ktest *t, unsigned int n, int (*fn)(void *))
{
	struct task_struct *threads[MAX_THREADS];

	create_threads(t, threads, n, fn);
	start_threads(threads, n);
	join_threads(threads, n);
}

/* Let every other task run until all of them sleep. */
static void let_others_sleep(void)
{
	while (sched_stat().nr_running > 1)
		yield();
}

/* ------------------------------------------------------------ switching */

/* Fill the registers that a function must preserve, yield, and count those that changed. */
static unsigned int check_registers(unsigned long pattern)
{
	unsigned int wrong;

	__asm__ volatile("pushl %%ebx\n\t"
			 "pushl %%ebp\n\t"
			 "movl %%eax,%%ebx\n\t"
			 "movl %%eax,%%ebp\n\t"
			 "pushl %%eax\n\t"
			 "leal 1(%%eax),%%esi\n\t"
			 "leal 2(%%eax),%%edi\n\t"
			 "call yield\n\t"
			 "popl %%ecx\n\t"
			 "xorl %%eax,%%eax\n\t"
			 "cmpl %%ecx,%%ebx\n\t"
			 "je 1f\n\t"
			 "incl %%eax\n"
			 "1:\tcmpl %%ecx,%%ebp\n\t"
			 "je 2f\n\t"
			 "incl %%eax\n"
			 "2:\tdecl %%esi\n\t"
			 "cmpl %%ecx,%%esi\n\t"
			 "je 3f\n\t"
			 "incl %%eax\n"
			 "3:\tsubl $2,%%edi\n\t"
			 "cmpl %%ecx,%%edi\n\t"
			 "je 4f\n\t"
			 "incl %%eax\n"
			 "4:\tpopl %%ebp\n\t"
			 "popl %%ebx"
			 : "=a"(wrong)
			 : "0"(pattern)
			 : "ecx", "edx", "esi", "edi", "memory", "cc");
	return wrong;
}

static unsigned int registers_wrong;

static int register_thread(void *arg)
{
	for (unsigned int i = 0; i < 200; i++)
		registers_wrong += check_registers(0x1000001ul * ((unsigned long)arg + 1) + i * 16);
	return 0;
}

static void test_registers(struct ktest *t)
{
	registers_wrong = 0;
	run_threads(t, 3, register_thread);
	KT_EXPECT_EQ(t, registers_wrong, 0u);
}

static int round_robin_thread(void *arg)
{
	for (int round = 0; round < 3; round++) {
		note((unsigned int)(unsigned long)arg);
		yield();
	}
	return 0;
}

static void test_yield_goes_round(struct ktest *t)
{
	static const unsigned int want[] = {0, 1, 2, 0, 1, 2, 0, 1, 2};

	run_threads(t, 3, round_robin_thread);
	expect_order(t, want, ARRAY_SIZE(want));
}

/* All others run before it is our turn again, whatever their priorities. */
static void test_yield_lets_worse_tasks_run(struct ktest *t)
{
	struct task_struct *threads[2];

	create_threads(t, threads, 2, round_robin_thread);
	set_user_nice(threads[0], 19);
	set_user_nice(threads[1], -20);
	start_threads(threads, 2);
	for (unsigned int turns = 1; turns <= 3; turns++) {
		yield();
		KT_EXPECT_EQ(t, notes_of(0), turns);
		KT_EXPECT_EQ(t, notes_of(1), min(turns + 1, 3u)); /* it runs before us again */
	}
	join_threads(threads, 2);
}

static int note_thread(void *arg)
{
	note((unsigned int)(unsigned long)arg);
	return 0;
}

static void test_better_priority_runs_first(struct ktest *t)
{
	static const int nice[] = {0, 19, -20, -5};
	static const unsigned int want[] = {2, 3, 0, 1};
	struct task_struct *threads[4];

	create_threads(t, threads, 4, note_thread);
	for (unsigned int i = 0; i < 4; i++) {
		set_user_nice(threads[i], nice[i]);
		KT_EXPECT_EQ(t, task_nice(threads[i]), nice[i]);
	}
	start_threads(threads, 4);
	join_threads(threads, 4);
	expect_order(t, want, ARRAY_SIZE(want));
}

static void test_waking_a_better_task_asks_for_the_processor(struct ktest *t)
{
	struct task_struct *threads[2];
	unsigned long flags;

	create_threads(t, threads, 2, note_thread);
	set_user_nice(threads[0], 19);
	set_user_nice(threads[1], -20);
	yield();
	flags = local_irq_save(); /* the end of our own time slice would ask, too */
	wake_up_process(threads[0]);
	KT_EXPECT(t, !need_resched());
	wake_up_process(threads[1]);
	KT_EXPECT(t, need_resched());
	local_irq_restore(flags);
	KT_EXPECT_EQ(t, order_len, 0u); /* no preemption in kernel mode... */
	cond_resched();
	KT_EXPECT_EQ(t, order_len, 1u); /* ...but on request */
	KT_EXPECT_EQ(t, order[0], 1u);
	join_threads(threads, 2);
}

static void test_nice_moves_a_queued_task(struct ktest *t)
{
	static const unsigned int want[] = {1, 2, 0};
	struct task_struct *threads[3];

	create_threads(t, threads, 3, note_thread);
	start_threads(threads, 3);
	set_user_nice(threads[0], 19);
	set_user_nice(threads[1], -20);
	join_threads(threads, 3);
	expect_order(t, want, ARRAY_SIZE(want));
}

static bool stop_computing;

static int computing_thread(void *arg)
{
	(void)arg;
	while (!READ_ONCE(stop_computing))
		cond_resched();
	return (int)current->stime;
}

/* Two tasks that only compute share the time; one that is nicer gets less. */
static void test_time_is_shared(struct ktest *t)
{
	struct task_struct *threads[3];
	int ticks[3];

	stop_computing = false;
	create_threads(t, threads, 3, computing_thread);
	set_user_nice(threads[2], 10);
	start_threads(threads, 3);
	msleep(900);
	stop_computing = true;
	for (unsigned int i = 0; i < 3; i++)
		ticks[i] = kthread_join(threads[i]);
	ktest_log(t, "ticks: %d, %d, and at nice 10: %d", ticks[0], ticks[1], ticks[2]);
	KT_EXPECT_GE(t, ticks[0], 15);
	KT_EXPECT_GE(t, ticks[1], 15);
	KT_EXPECT_GE(t, ticks[2], 5);
	KT_EXPECT_LT(t, ticks[2] * 3, (ticks[0] + ticks[1]) * 2);
}

/* A task that sleeps a lot overtakes one that computes, as soon as it wakes. */
static int sleepy_thread(void *arg)
{
	(void)arg;
	for (int i = 0; i < 30; i++) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(1);
	}
	return (int)current->prio;
}

static void test_sleepers_get_a_bonus(struct ktest *t)
{
	struct task_struct *threads[1], *computing[1];

	stop_computing = false;
	create_threads(t, computing, 1, computing_thread);
	create_threads(t, threads, 1, sleepy_thread);
	start_threads(computing, 1);
	start_threads(threads, 1);
	KT_EXPECT_LT(t, kthread_join(threads[0]), (int)computing[0]->prio);
	stop_computing = true;
	kthread_join(computing[0]);
}

/* ------------------------------------------------------------ TLS */

static unsigned long tls_words[2] = {0x11111111, 0x22222222};

#define TLS_SELECTOR (GDT_ENTRY_TLS_MIN * 8 + 3)

static unsigned long read_gs_word(void)
{
	unsigned long word;

	__asm__ volatile("movl %%gs:0,%0" : "=r"(word));
	return word;
}

static unsigned int read_gs(void)
{
	unsigned int gs;

	__asm__ volatile("movl %%gs,%0" : "=r"(gs));
	return gs & 0xffff;
}

static void use_tls(struct segment_descriptor desc)
{
	local_irq_disable();
	current->thread.tls[0] = desc;
	current->thread.uses_tls = true;
	gdt_load_tls(current->thread.tls);
	local_irq_enable();
}

static int tls_thread(void *arg)
{
	unsigned long me = (unsigned long)arg;
	int wrong = 0;

	use_tls(segment_pack((u32)&tls_words[me], 0xfffff,
			     DESC_PRESENT | DESC_DPL(3) | DESC_CODE_DATA | DESC_DATA,
			     DESC_GRAN_4K | DESC_32BIT));
	__asm__ volatile("movw %w0,%%gs" ::"r"(TLS_SELECTOR));
	for (int i = 0; i < 50; i++) {
		yield();
		wrong += read_gs_word() != tls_words[me];
	}
	/* A selector whose descriptor has gone becomes null at the next switch. */
	use_tls((struct segment_descriptor){0});
	wrong += read_gs() != TLS_SELECTOR;
	yield();
	wrong += read_gs() != 0;
	return wrong;
}

static int no_tls_thread(void *arg)
{
	int wrong = 0;

	(void)arg;
	for (int i = 0; i < 50; i++) {
		yield();
		wrong += read_gs() != 0;
	}
	return wrong;
}

static void test_thread_local_segments(struct ktest *t)
{
	struct task_struct *threads[3];

	create_threads(t, threads, 2, tls_thread);
	create_threads(t, threads + 2, 1, no_tls_thread);
	start_threads(threads, 3);
	for (unsigned int i = 0; i < 3; i++)
		KT_EXPECT_EQ(t, kthread_join(threads[i]), 0);
}

/* ------------------------------------------------------------ wait queues */

static DECLARE_WAIT_QUEUE_HEAD(queue);
static unsigned int tickets;

static bool take_ticket(void)
{
	if (!tickets)
		return false;
	tickets--;
	return true;
}

static int exclusive_waiter(void *arg)
{
	wait_event_exclusive(queue, take_ticket());
	note((unsigned int)(unsigned long)arg);
	return 0;
}

static void test_exclusive_waiters_in_order(struct ktest *t)
{
	static const unsigned int want[] = {0, 1, 2, 3};
	struct task_struct *threads[4];

	tickets = 0;
	create_threads(t, threads, 4, exclusive_waiter);
	start_threads(threads, 4);
	let_others_sleep();
	for (unsigned int i = 1; i <= 2; i++) {
		tickets = 1;
		wake_up(&queue);
		let_others_sleep();
		KT_EXPECT_EQ(t, order_len, i);
		KT_EXPECT_EQ(t, tickets, 0u);
	}
	tickets = 2;
	wake_up_nr(&queue, 2);
	join_threads(threads, 4);
	expect_order(t, want, ARRAY_SIZE(want));
	KT_EXPECT(t, !waitqueue_active(&queue));
}

static bool event;
static unsigned int wakeups[4];

static int counting_waiter(void *arg)
{
	unsigned long me = (unsigned long)arg;
	DEFINE_WAIT(wait);

	while (!event) {
		if (me >= 2)
			prepare_to_wait_exclusive(&queue, &wait, TASK_UNINTERRUPTIBLE);
		else
			prepare_to_wait(&queue, &wait, TASK_UNINTERRUPTIBLE);
		if (!event) {
			schedule();
			wakeups[me]++;
		}
	}
	finish_wait(&queue, &wait);
	return 0;
}

/* wake_up() wakes every ordinary waiter and one exclusive one; wake_up_all() wakes all. */
static void test_ordinary_waiters_all_wake(struct ktest *t)
{
	struct task_struct *threads[4];

	event = false;
	memset(wakeups, 0, sizeof(wakeups));
	create_threads(t, threads, 4, counting_waiter);
	start_threads(threads, 4);
	let_others_sleep();
	wake_up(&queue);
	let_others_sleep();
	KT_EXPECT_EQ(t, wakeups[0], 1u);
	KT_EXPECT_EQ(t, wakeups[1], 1u);
	KT_EXPECT_EQ(t, wakeups[2] + wakeups[3], 1u);
	event = true;
	wake_up_all(&queue);
	join_threads(threads, 4);
	KT_EXPECT_EQ(t, wakeups[2] + wakeups[3], 3u);
}

static int interruptible_waiter(void *arg)
{
	(void)arg;
	return wait_event_interruptible(queue, event);
}

static void test_signal_ends_an_interruptible_wait(struct ktest *t)
{
	struct task_struct *threads[1];

	event = false;
	create_threads(t, threads, 1, interruptible_waiter);
	start_threads(threads, 1);
	let_others_sleep();
	set_work_flag(threads[0], TIF_SIGPENDING);
	KT_EXPECT(t, try_to_wake_up(threads[0], TASK_INTERRUPTIBLE));
	KT_EXPECT_EQ(t, kthread_join(threads[0]), -ERESTARTSYS);

	create_threads(t, threads, 1, interruptible_waiter);
	start_threads(threads, 1);
	let_others_sleep();
	event = true;
	wake_up(&queue);
	KT_EXPECT_EQ(t, kthread_join(threads[0]), 0);
}

/* A signal that is pending already does not let an interruptible sleep begin. */
static int signalled_thread(void *arg)
{
	(void)arg;
	set_work_flag(current, TIF_SIGPENDING);
	set_current_state(TASK_INTERRUPTIBLE);
	schedule();
	return current->state == TASK_RUNNING ? 5 : 6;
}

static void test_signal_prevents_an_interruptible_sleep(struct ktest *t)
{
	struct task_struct *threads[1];

	create_threads(t, threads, 1, signalled_thread);
	start_threads(threads, 1);
	let_others_sleep();
	KT_EXPECT(t, !try_to_wake_up(threads[0], TASK_INTERRUPTIBLE));
	KT_EXPECT_EQ(t, kthread_join(threads[0]), 5);
}

static int uninterruptible_waiter(void *arg)
{
	(void)arg;
	wait_event(queue, event);
	return 7;
}

static void test_wake_ups_name_states(struct ktest *t)
{
	struct task_struct *threads[1];

	event = false;
	create_threads(t, threads, 1, uninterruptible_waiter);
	start_threads(threads, 1);
	let_others_sleep();
	event = true;
	KT_EXPECT(t, !try_to_wake_up(threads[0], TASK_INTERRUPTIBLE));
	wake_up_interruptible(&queue);
	KT_EXPECT_EQ(t, sched_stat().nr_running, 1ul);
	KT_EXPECT(t, wake_up_process(threads[0]));
	KT_EXPECT(t, !wake_up_process(threads[0]));
	KT_EXPECT_EQ(t, kthread_join(threads[0]), 7);
}

static int event_thread(void *arg)
{
	msleep((unsigned long)arg);
	event = true;
	wake_up(&queue);
	return 0;
}

static void test_timeouts(struct ktest *t)
{
	unsigned long begin, left;
	struct task_struct *thread;

	event = false;
	begin = jiffies;
	left = wait_event_timeout(queue, event, 3);
	KT_EXPECT_EQ(t, left, 0ul);
	KT_EXPECT_GE(t, jiffies - begin, 3ul);
	KT_EXPECT_EQ(t, wait_event_timeout(queue, event, 0), 0ul);

	thread = kthread_run(event_thread, (void *)20ul, "event");
	KT_ASSERT(t, !IS_ERR(thread));
	left = wait_event_timeout(queue, event, 500);
	KT_EXPECT(t, left > 0 && left < 500);
	KT_EXPECT_EQ(t, wait_event_timeout(queue, event, 0), 1ul);
	kthread_join(thread);
	KT_EXPECT(t, !waitqueue_active(&queue));
}

/* Woken early, then asleep again: the first sleep's timer must not end the second. */
static int twice_sleeping_thread(void *arg)
{
	unsigned long begin = 0;

	(void)arg;
	for (unsigned long ticks = 3; ticks <= 8; ticks += 5) {
		begin = jiffies;
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(ticks);
	}
	return (int)(jiffies - begin);
}

static void test_early_wake_removes_the_timer(struct ktest *t)
{
	struct task_struct *threads[1];

	create_threads(t, threads, 1, twice_sleeping_thread);
	start_threads(threads, 1);
	let_others_sleep();
	wake_up_process(threads[0]);
	KT_EXPECT_GE(t, kthread_join(threads[0]), 8);
}

static void test_msleep_is_long_enough(struct ktest *t)
{
	u64 begin = ktime_get_ns();

	msleep(30);
	KT_EXPECT_GE(t, ktime_get_ns() - begin, 30000000ull);
	KT_EXPECT_EQ(t, msecs_to_jiffies(0), 0ul);
	KT_EXPECT_EQ(t, msecs_to_jiffies(1), 1ul);
	KT_EXPECT_EQ(t, msecs_to_jiffies(1000), (unsigned long)HZ);
	KT_EXPECT_EQ(t, msecs_to_jiffies(1001), HZ + 1ul);
}

static DECLARE_COMPLETION(done);

static int completion_waiter(void *arg)
{
	wait_for_completion(&done);
	note((unsigned int)(unsigned long)arg);
	return 0;
}

static void test_completions(struct ktest *t)
{
	struct task_struct *threads[4];

	init_completion(&done);
	complete(&done); /* before anybody waits: not lost */
	create_threads(t, threads, 4, completion_waiter);
	start_threads(threads, 4);
	let_others_sleep();
	KT_EXPECT_EQ(t, order_len, 1u);
	KT_EXPECT_EQ(t, wait_for_completion_timeout(&done, 1), 0ul);
	complete(&done);
	let_others_sleep();
	KT_EXPECT_EQ(t, order_len, 2u);
	complete_all(&done);
	join_threads(threads, 4);
	KT_EXPECT_EQ(t, order_len, 4u);
	KT_EXPECT_EQ(t, wait_for_completion_timeout(&done, 5), 5ul);
}

/* ------------------------------------------------------------ bits */

static unsigned long bit_word;
static unsigned int inside, most_inside;

static int bit_locker(void *arg)
{
	(void)arg;
	for (int i = 0; i < 20; i++) {
		wait_on_bit_lock(&bit_word, 3, TASK_UNINTERRUPTIBLE);
		most_inside = max(most_inside, ++inside);
		yield();
		inside--;
		clear_bit(3, &bit_word);
		wake_up_bit(&bit_word, 3);
		cond_resched();
	}
	return 0;
}

static void test_bit_lock_excludes(struct ktest *t)
{
	bit_word = 0x80000001;
	inside = most_inside = 0;
	run_threads(t, 4, bit_locker);
	KT_EXPECT_EQ(t, most_inside, 1u);
	KT_EXPECT_EQ(t, bit_word, 0x80000001ul);
}

static int bit_waiter(void *arg)
{
	int ret = wait_on_bit(&bit_word, 5,
			      (unsigned long)arg == 2 ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);

	note((unsigned int)(unsigned long)arg);
	return ret;
}

static void test_bit_waiters_all_see_it(struct ktest *t)
{
	struct task_struct *threads[3];

	bit_word = BIT(5) | BIT(6);
	create_threads(t, threads, 3, bit_waiter);
	start_threads(threads, 3);
	let_others_sleep();
	clear_bit(6, &bit_word);
	wake_up_bit(&bit_word, 6);
	wake_up_bit(&bit_word, 5);
	let_others_sleep();
	/* Another bit, and a bit that is still set: nobody has even woken up. */
	KT_EXPECT_EQ(t, threads[0]->nvcsw + threads[1]->nvcsw + threads[2]->nvcsw, 3ul);
	KT_EXPECT_EQ(t, order_len, 0u);
	set_work_flag(threads[2], TIF_SIGPENDING);
	try_to_wake_up(threads[2], TASK_INTERRUPTIBLE);
	KT_EXPECT_EQ(t, kthread_join(threads[2]), -EINTR);
	clear_bit(5, &bit_word);
	wake_up_bit(&bit_word, 5);
	KT_EXPECT_EQ(t, kthread_join(threads[0]), 0);
	KT_EXPECT_EQ(t, kthread_join(threads[1]), 0);
}

/* ------------------------------------------------------------ timers */

static unsigned int timer_calls;

static void count_timer(struct timer_list *timer)
{
	(void)timer;
	timer_calls++;
}

static void test_timers(struct ktest *t)
{
	struct timer_list timer;

	timer_calls = 0;
	timer_setup(&timer, count_timer);
	KT_EXPECT(t, !timer_pending(&timer));
	KT_EXPECT(t, !del_timer(&timer));
	KT_EXPECT(t, !mod_timer(&timer, jiffies + 100000));
	KT_EXPECT(t, timer_pending(&timer));
	KT_EXPECT(t, mod_timer(&timer, jiffies + 200000));
	KT_EXPECT(t, del_timer(&timer));
	KT_EXPECT(t, !timer_pending(&timer));
	mod_timer(&timer, jiffies + 1);
	msleep(30);
	KT_EXPECT_EQ(t, timer_calls, 1u);
	KT_EXPECT(t, !timer_pending(&timer));
	mod_timer(&timer, jiffies - 5); /* the past means soon */
	msleep(20);
	KT_EXPECT_EQ(t, timer_calls, 2u);
}

#define MODEL_TIMERS 500u
#define MODEL_TICKS  40000u

struct model_timer {
	struct timer_list timer;
	unsigned int fired;
	unsigned long fired_at;
};

static struct timer_wheel *model_wheel;

static void model_fires(struct timer_list *timer)
{
	struct model_timer *m = container_of(timer, struct model_timer, timer);

	m->fired++;
	m->fired_at = model_wheel->now - 1;
}

/* Every timer fires once, in the tick that it asked for; the deleted ones never. */
static void check_model(struct ktest *t, struct model_timer *timers, unsigned long start)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < MODEL_TIMERS; i++) {
		struct model_timer *m = &timers[i];
		bool due = m->timer.expires - start < MODEL_TICKS && i % 7 != 0;

		wrong += m->fired != due || timer_pending(&m->timer) != (!due && i % 7 != 0);
		wrong += due && m->fired_at != m->timer.expires;
		wheel_del(model_wheel, &m->timer);
	}
	KT_EXPECT_EQ(t, wrong, 0u);
}

static void run_model(struct ktest *t, struct model_timer *timers, unsigned long start,
		      struct prng *rng)
{
	static const unsigned long spans[] = {70, 5000, 2 * MODEL_TICKS, 0x7fffffff};
	unsigned long flags;

	wheel_init(model_wheel, start);
	for (unsigned int i = 0; i < MODEL_TIMERS; i++) {
		timer_setup(&timers[i].timer, model_fires);
		timers[i].fired = 0;
		wheel_mod(model_wheel, &timers[i].timer, start + 17);
		wheel_mod(model_wheel, &timers[i].timer,
			  start + (unsigned long)prng_next(rng) % spans[i % ARRAY_SIZE(spans)]);
		if (i % 7 == 0)
			wheel_del(model_wheel, &timers[i].timer);
	}
	for (unsigned long done = 0; done < MODEL_TICKS; done += MODEL_TICKS / 16) {
		flags = local_irq_save();
		wheel_run(model_wheel, start + done + MODEL_TICKS / 16 - 1);
		local_irq_restore(flags);
	}
	check_model(t, timers, start);
}

static void test_timer_wheel(struct ktest *t)
{
	static const unsigned long starts[] = {0, 1, 63, 64, 0xffffff00, 0x7ffffff0, 0x00fff001};
	struct model_timer *timers = kmalloc(MODEL_TIMERS * sizeof(*timers), GFP_KERNEL);
	struct prng rng;

	model_wheel = kmalloc(sizeof(*model_wheel), GFP_KERNEL);
	prng_seed(&rng, 20260101);
	KT_EXPECT(t, timers && model_wheel);
	for (unsigned int i = 0; timers && model_wheel && i < ARRAY_SIZE(starts); i++)
		run_model(t, timers, starts[i], &rng);
	kfree(model_wheel);
	kfree(timers);
}

/* ------------------------------------------------------------ threads and families */

static int stoppable_thread(void *arg)
{
	wait_event(queue, kthread_should_stop());
	return (int)(unsigned long)arg;
}

static void test_kthread_stop(struct ktest *t)
{
	struct task_struct *thread;

	thread = kthread_run(stoppable_thread, (void *)42ul, "a rather long name %d", 12345);
	KT_ASSERT(t, !IS_ERR(thread));
	KT_EXPECT_STREQ(t, thread->comm, "a rather long n");
	let_others_sleep();
	KT_EXPECT_EQ(t, kthread_stop(thread), 42);

	/* Stopped before it began: the function is not called. */
	thread = kthread_create(note_thread, NULL, "early");
	KT_ASSERT(t, !IS_ERR(thread));
	KT_EXPECT_EQ(t, kthread_stop(thread), -EINTR);
	KT_EXPECT_EQ(t, order_len, 0u);

	/* Ended by itself long before. */
	thread = kthread_run(note_thread, (void *)3ul, "late");
	KT_ASSERT(t, !IS_ERR(thread));
	let_others_sleep();
	KT_EXPECT_EQ(t, kthread_stop(thread), 0);
	KT_EXPECT_EQ(t, order_len, 1u);
}

static void test_tasks_are_found(struct ktest *t)
{
	struct task_struct *thread, *found, *p;
	unsigned int before = nr_tasks(), listed = 0;
	unsigned long flags;
	pid_t pid;

	thread = kthread_create(note_thread, NULL, "findme");
	KT_ASSERT(t, !IS_ERR(thread));
	pid = thread->pid;
	KT_EXPECT(t, pid > 0 && pid != current->pid);
	KT_EXPECT_EQ(t, nr_tasks(), before + 1);
	found = find_task_by_pid(pid);
	KT_EXPECT(t, found == thread);
	put_task_struct(found);
	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_task (p)
		listed += p == thread || p == &init_task || p == current;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	KT_EXPECT_EQ(t, listed, 3u);
	kthread_stop(thread);
	KT_EXPECT(t, !find_task_by_pid(pid));
	KT_EXPECT_EQ(t, nr_tasks(), before);
}

static int exit_code_task(void *arg)
{
	return (int)(unsigned long)arg;
}

static struct task_struct *grandchild;

static int parent_task(void *arg)
{
	(void)arg;
	grandchild = task_create("grandchild", uninterruptible_waiter, NULL, current);
	if (IS_ERR(grandchild))
		return 1;
	get_task_struct(grandchild);
	wake_up_process(grandchild);
	yield();
	task_exit(99);
}

static void test_parents_and_children(struct ktest *t)
{
	unsigned int before = nr_tasks();
	struct task_struct *children[3];

	for (unsigned int i = 0; i < 3; i++) {
		children[i] = task_create("child", exit_code_task, (void *)(10ul + i), current);
		KT_ASSERT(t, !IS_ERR(children[i]));
		KT_EXPECT(t, children[i]->parent == current);
		wake_up_process(children[i]);
	}
	yield();
	KT_EXPECT_EQ(t, children[1]->state, TASK_ZOMBIE);
	KT_EXPECT_EQ(t, nr_tasks(), before + 3);
	for (int i = 2; i >= 0; i--)
		KT_EXPECT_EQ(t, task_wait(children[i]), 10 + i);
	KT_EXPECT(t, list_empty(&current->children));
	KT_EXPECT_EQ(t, nr_tasks(), before);

	/* An orphan goes to init_task, which never asks: it is released at its end. */
	event = false;
	children[0] = task_create("parent", parent_task, NULL, current);
	KT_ASSERT(t, !IS_ERR(children[0]));
	wake_up_process(children[0]);
	KT_EXPECT_EQ(t, task_wait(children[0]), 99);
	KT_EXPECT(t, grandchild->parent == &init_task);
	KT_EXPECT_EQ(t, nr_tasks(), before + 1);
	event = true;
	wake_up(&queue);
	yield();
	KT_EXPECT_EQ(t, grandchild->state, TASK_DEAD);
	KT_EXPECT(t, !grandchild->stack);
	KT_EXPECT_EQ(t, nr_tasks(), before);
	put_task_struct(grandchild);
}

static int make_and_stop(void *arg)
{
	unsigned int before = nr_tasks();
	struct task_struct *thread = kthread_create(note_thread, arg, "unlucky");

	if (!IS_ERR(thread))
		return kthread_stop(thread) == -EINTR ? 0 : 1;
	return PTR_ERR(thread) == -ENOMEM && nr_tasks() == before ? -ENOMEM : 1;
}

static void test_creation_survives_each_failing_allocation(struct ktest *t)
{
	/* The record, the task_struct, and the stack unless one is kept ready. */
	KT_EXPECT_GE(t, fail_each(t, make_and_stop, NULL), 2u);
}

static int sleeping_thread(void *arg)
{
	msleep((unsigned long)arg % 7);
	return (int)(unsigned long)arg;
}

#define MANY 150

static void test_many_threads(struct ktest *t)
{
	struct task_struct **threads = kmalloc(MANY * sizeof(*threads), GFP_KERNEL);
	unsigned int made, wrong = 0;

	KT_ASSERT(t, threads != NULL);
	for (made = 0; made < MANY; made++) {
		threads[made] = kthread_run(sleeping_thread, (void *)(unsigned long)made, "many");
		if (IS_ERR(threads[made]))
			break;
	}
	for (unsigned int i = 0; i < made; i++)
		wrong += kthread_join(threads[i]) != (int)i;
	kfree(threads);
	KT_EXPECT_EQ(t, made, (unsigned int)MANY);
	KT_EXPECT_EQ(t, wrong, 0u);
}

/* Zombies hold pids but no stacks: there can be as many as there are pids. */
static void test_pids_run_out(struct ktest *t)
{
	unsigned int before = nr_tasks(), made = 0, wrong = 0;
	struct task_struct *child;

	for (;;) {
		child = task_create("zombie", exit_code_task, (void *)1ul, current);
		if (IS_ERR(child))
			break;
		made++;
		wake_up_process(child);
		yield();
	}
	while (!list_empty(&current->children))
		wrong += task_wait(list_first_entry(&current->children, struct task_struct,
						    sibling)) != 1;
	KT_EXPECT_EQ(t, wrong, 0u);
	KT_EXPECT_EQ(t, nr_tasks(), before);
	if (PTR_ERR(child) == -ENOMEM)
		ktest_skip(t, "memory runs out before the pids do");
	KT_EXPECT_EQ(t, PTR_ERR(child), (long)-EAGAIN);
	KT_EXPECT_EQ(t, made, PID_MAX - before); /* pid 0 is the boot task's */
}

#define SWITCH_ROUNDS 1000

static int yielding_thread(void *arg)
{
	(void)arg;
	for (unsigned int i = 0; i < SWITCH_ROUNDS; i++)
		yield();
	return 0;
}

/* Wake the other one, sleep until it wakes us. */
static void hand_over(struct task_struct *other)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	wake_up_process(other);
	schedule();
}

static int hand_over_thread(void *arg)
{
	for (unsigned int i = 1; i < SWITCH_ROUNDS; i++)
		hand_over(arg);
	wake_up_process(arg);
	return 0;
}

/* The costs, for the log: exact under -icount shift=0, where the TSC counts instructions. */
static void test_switch_cost(struct ktest *t)
{
	struct task_struct *thread;
	unsigned long switches;
	u64 begin, cycles;

	if (!boot_cpu_has(X86_FEATURE_TSC))
		ktest_skip(t, "no TSC");
	thread = kthread_run(yielding_thread, NULL, "yielding");
	KT_ASSERT(t, !IS_ERR(thread));
	switches = sched_stat().nr_switches;
	begin = rdtsc();
	for (unsigned int i = 0; i < SWITCH_ROUNDS; i++)
		yield();
	cycles = rdtsc() - begin;
	switches = sched_stat().nr_switches - switches;
	KT_EXPECT_GE(t, switches, 2ul * SWITCH_ROUNDS - 1);
	ktest_log(t, "yield and switch: %lu TSC cycles", (unsigned long)cycles / switches);
	kthread_join(thread);

	thread = kthread_create(hand_over_thread, current, "handing over");
	KT_ASSERT(t, !IS_ERR(thread));
	switches = sched_stat().nr_switches;
	begin = rdtsc();
	for (unsigned int i = 0; i < SWITCH_ROUNDS; i++)
		hand_over(thread);
	cycles = rdtsc() - begin;
	switches = sched_stat().nr_switches - switches;
	KT_EXPECT_GE(t, switches, 2ul * SWITCH_ROUNDS);
	ktest_log(t, "wake, sleep and switch: %lu TSC cycles", (unsigned long)cycles / switches);
	kthread_join(thread);
}

static const struct ktest_case cases[] = {
	KTEST(test_registers),
	KTEST(test_yield_goes_round),
	KTEST(test_yield_lets_worse_tasks_run),
	KTEST(test_better_priority_runs_first),
	KTEST(test_waking_a_better_task_asks_for_the_processor),
	KTEST(test_nice_moves_a_queued_task),
	KTEST(test_thread_local_segments),
	KTEST(test_switch_cost),
};
KTEST_SUITE_WITH(sched, KTEST_QUICK, cases, setup, NULL);

static const struct ktest_case time_cases[] = {
	KTEST(test_time_is_shared),
	KTEST(test_sleepers_get_a_bonus),
};
KTEST_SUITE_WITH(sched_time, 0, time_cases, setup, NULL);

static const struct ktest_case pid_cases[] = {KTEST(test_pids_run_out)};
KTEST_SUITE_WITH(pids, 0, pid_cases, setup_memory, teardown_memory);

static const struct ktest_case wait_cases[] = {
	KTEST(test_exclusive_waiters_in_order),
	KTEST(test_ordinary_waiters_all_wake),
	KTEST(test_signal_ends_an_interruptible_wait),
	KTEST(test_signal_prevents_an_interruptible_sleep),
	KTEST(test_wake_ups_name_states),
	KTEST(test_completions),
	KTEST(test_bit_lock_excludes),
	KTEST(test_bit_waiters_all_see_it),
};
KTEST_SUITE_WITH(wait, KTEST_QUICK, wait_cases, setup, NULL);

static const struct ktest_case timer_cases[] = {
	KTEST(test_timers),
	KTEST(test_timer_wheel),
	KTEST(test_timeouts),
	KTEST(test_early_wake_removes_the_timer),
	KTEST(test_msleep_is_long_enough),
};
KTEST_SUITE_WITH(timers, KTEST_QUICK, timer_cases, setup, NULL);

static const struct ktest_case task_cases[] = {
	KTEST(test_kthread_stop),	  KTEST(test_tasks_are_found),
	KTEST(test_parents_and_children), KTEST(test_creation_survives_each_failing_allocation),
	KTEST(test_many_threads),
};
KTEST_SUITE_WITH(tasks, KTEST_QUICK, task_cases, setup_memory, teardown_memory);
