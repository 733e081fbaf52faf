/*
 * signals_wait - waiting for signals, calls that they interrupt, queues and their limit, interval
 * timers. The exit status is 0, or tells the line that found a mistake.
 */
#include "tests/kernel/programs/sig.h"

struct timespec32 {
	int sec, nsec;
};

struct timespec64 {
	long long sec, nsec;
};

struct itimerval {
	int interval_sec, interval_usec, sec, usec;
};

static volatile int hits, last_sig, order[200];
static struct kinfo last_info;

static void count(int sig)
{
	last_sig = sig;
	hits++;
}

static void note(int sig, struct kinfo *info, void *uc)
{
	(void)uc;
	last_info = *info;
	order[hits % 200] = (int)info->c;
	count(sig);
}

static u64 now_ms(void)
{
	struct timespec32 ts;

	CHECK(call4(SYS_clock_gettime, 1, &ts, 0, 0) == 0);
	return (u64)(u32)ts.sec * 1000 + (u32)ts.nsec / 1000000;
}

static int k_setitimer(int which, int ms, int interval_ms, struct itimerval *old)
{
	struct itimerval value = {interval_ms / 1000, interval_ms % 1000 * 1000, ms / 1000,
				  ms % 1000 * 1000};

	return (int)call4(SYS_setitimer, which, &value, old, 0);
}

/* ------------------------------------------------------------ suspend, pause */

static void test_suspend(char *end)
{
	u64 all = ~0ull, none = 0;

	hits = 0;
	handle(SIGUSR1, count, 0, 0);
	handle(SIGUSR2, count, SA_RESTART, 0);
	set_mask(BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGINT));
	raise_sig(SIGUSR1);
	CHECK_ERRNO(call4(SYS_rt_sigsuspend, &none, 8, 0, 0), EINTR);
	CHECK(hits == 1 && last_sig == SIGUSR1);
	CHECK(get_mask() == (BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGINT)));
	raise_sig(SIGUSR2); /* SA_RESTART does not matter here */
	CHECK_ERRNO(call4(SYS_sigsuspend, 0, 0, 0, 0), EINTR);
	CHECK(hits == 2 && last_sig == SIGUSR2);
	CHECK(get_mask() == (BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGINT)));
	CHECK_ERRNO(call4(SYS_rt_sigsuspend, &all, 4, 0, 0), EINVAL);
	for (int cut = 0; cut < 8; cut++)
		CHECK_ERRNO(call4(SYS_rt_sigsuspend, end - cut, 8, 0, 0), EFAULT);
	CHECK(get_mask() == (BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGINT)));
	set_mask(0);
	/* pause() is not ended by what has no handler. */
	handle(SIGUSR1, K_IGN, 0, 0);
	handle(SIGALRM, count, SA_RESTART, 0);
	CHECK(k_setitimer(0, 30, 0, NULL) == 0);
	CHECK_ERRNO(call4(SYS_pause, 0, 0, 0, 0), EINTR);
	CHECK(hits == 3 && last_sig == SIGALRM);
}

/* ------------------------------------------------------------ interrupted calls */

/* nanosleep is not begun anew after a handler, but what was left is told. */
static void test_nanosleep(void)
{
	struct timespec32 ask = {5, 0}, left = {9, 9};

	handle(SIGALRM, count, SA_RESTART, 0);
	CHECK(k_setitimer(0, 30, 0, NULL) == 0);
	CHECK_ERRNO(call4(SYS_nanosleep, &ask, &left, 0, 0), EINTR);
	CHECK(left.sec == 4);
	CHECK_ERRNO(call4(SYS_restart_syscall, 0, 0, 0, 0),
		    EINTR); /* a handler ran: that is over */
}

static int fds[2];

static void count_and_write(int sig)
{
	count(sig);
	if (hits == 3)
		CHECK(call4(SYS_write, fds[1], "x", 1, 0) == 1);
}

/* A read that waits is begun anew with SA_RESTART, as often as it takes, and not without it. */
static void test_restart(void)
{
	char byte = 0;

	CHECK(call4(SYS_pipe, fds, 0, 0, 0) == 0);
	hits = 0;
	handle(SIGALRM, count_and_write, SA_RESTART, 0);
	CHECK(k_setitimer(0, 20, 20, NULL) == 0);
	CHECK(call4(SYS_read, fds[0], &byte, 1, 0) == 1 && byte == 'x');
	CHECK(hits == 3);
	CHECK(k_setitimer(0, 0, 0, NULL) == 0);
	handle(SIGALRM, count, 0, 0);
	CHECK(k_setitimer(0, 20, 0, NULL) == 0);
	CHECK_ERRNO(call4(SYS_read, fds[0], &byte, 1, 0), EINTR);
	handle(SIGALRM, count, SA_RESTART, 0);
	/* poll is not begun anew by a handler, whatever its flags. */
	CHECK(k_setitimer(0, 20, 0, NULL) == 0);
	CHECK_ERRNO(call4(SYS_poll, NULL, 0, 3000, 0), EINTR);
	CHECK(call4(SYS_close, fds[0], 0, 0, 0) == 0 && call4(SYS_close, fds[1], 0, 0, 0) == 0);
}

/* The mask of ppoll holds while it sleeps, and the one before comes back after the handler. */
static void test_ppoll_mask(void)
{
	struct timespec32 ts = {3, 0}, zero = {0, 0};
	u64 none = 0;

	handle(SIGUSR1, count, 0, 0);
	set_mask(BIT(SIGUSR1));
	hits = 0;
	raise_sig(SIGUSR1);
	CHECK(syscall(SYS_ppoll, NULL, 0, &zero, NULL, 8, 0) == 0);
	CHECK(hits == 0 && get_mask() == BIT(SIGUSR1));
	CHECK_ERRNO(syscall(SYS_ppoll, NULL, 0, &ts, &none, 8, 0), EINTR);
	CHECK(hits == 1 && get_mask() == BIT(SIGUSR1));
	CHECK(syscall(SYS_ppoll, NULL, 0, &zero, &none, 8, 0) == 0);
	CHECK(get_mask() == BIT(SIGUSR1));
	CHECK_ERRNO(syscall(SYS_ppoll, NULL, 0, &zero, &none, 4, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_ppoll, NULL, 0, &zero, BAD, 8, 0), EFAULT);
	set_mask(0);
}

/* ------------------------------------------------------------ sigtimedwait */

static long k_timedwait(u64 set, struct kinfo *info, int ms)
{
	struct timespec32 ts = {ms / 1000, ms % 1000 * 1000000};

	return call4(SYS_rt_sigtimedwait, &set, info, ms < 0 ? NULL : &ts, 8);
}

static void test_timedwait_result(void)
{
	struct timespec64 wide = {0, 0};
	struct kinfo info;
	u64 set = BIT(SIGUSR1), before;

	set_mask(BIT(SIGUSR1) | BIT(RT0) | BIT(RT0 + 1));
	CHECK_ERRNO(k_timedwait(BIT(SIGUSR1), &info, 0), EAGAIN);
	raise_sig(SIGUSR1);
	raise_sig(RT0 + 1);
	raise_sig(RT0);
	CHECK(k_timedwait(BIT(RT0) | BIT(RT0 + 1), &info, -1) == RT0 && info.signo == RT0);
	CHECK(k_timedwait(BIT(RT0) | BIT(RT0 + 1), NULL, -1) == RT0 + 1);
	CHECK(call4(SYS_rt_sigtimedwait_time64, &set, &info, &wide, 8) == SIGUSR1);
	CHECK(info.code == SI_USER && info.a == (u32)getpid());
	CHECK_ERRNO(call4(SYS_rt_sigtimedwait_time64, &set, &info, &wide, 8), EAGAIN);
	before = now_ms();
	CHECK_ERRNO(k_timedwait(BIT(SIGUSR1), &info, 50), EAGAIN);
	CHECK(now_ms() - before >= 49);
	/* What comes during the wait: a wanted one is the result, another one's handler ends it. */
	handle(SIGALRM, count, SA_RESTART, 0);
	CHECK(k_setitimer(0, 20, 0, NULL) == 0);
	CHECK_ERRNO(k_timedwait(BIT(SIGUSR1), &info, 5000), EINTR);
	set_mask(BIT(SIGALRM));
	hits = 0;
	CHECK(k_setitimer(0, 20, 0, NULL) == 0);
	CHECK(k_timedwait(BIT(SIGALRM), &info, -1) == SIGALRM);
	CHECK(info.code == SI_KERNEL && hits == 0);
	CHECK(get_mask() == BIT(SIGALRM));
	/* Even one that is ignored by default waits while it is blocked. */
	set_mask(BIT(SIGCHLD));
	raise_sig(SIGCHLD);
	CHECK(k_timedwait(BIT(SIGCHLD), &info, 0) == SIGCHLD);
	CHECK_ERRNO(k_timedwait(BIT(SIGKILL) | BIT(SIGSTOP), &info, 0), EAGAIN);
	set_mask(0);
}

static void test_timedwait_errors(char *end)
{
	struct timespec32 bad = {0, 1000000000}, negative = {-1, 0}, zero = {0, 0};
	u64 set = BIT(SIGUSR1);

	CHECK_ERRNO(call4(SYS_rt_sigtimedwait, &set, NULL, &bad, 8), EINVAL);
	CHECK_ERRNO(call4(SYS_rt_sigtimedwait, &set, NULL, &negative, 8), EINVAL);
	CHECK_ERRNO(call4(SYS_rt_sigtimedwait, &set, NULL, &zero, 4), EINVAL);
	CHECK_ERRNO(call4(SYS_rt_sigtimedwait_time64, &set, NULL, &zero, 16), EINVAL);
	for (int cut = 0; cut < 8; cut++) {
		CHECK_ERRNO(call4(SYS_rt_sigtimedwait, end - cut, NULL, &zero, 8), EFAULT);
		CHECK_ERRNO(call4(SYS_rt_sigtimedwait, &set, NULL, end - cut, 8), EFAULT);
		CHECK_ERRNO(call4(SYS_rt_sigtimedwait_time64, &set, NULL, end - cut, 8), EFAULT);
	}
	set_mask(BIT(SIGUSR1));
	for (int cut = 0; cut < 128; cut += 7) {
		raise_sig(SIGUSR1);
		CHECK_ERRNO(call4(SYS_rt_sigtimedwait, &set, end - cut, &zero, 8), EFAULT);
	}
	CHECK(get_pending() == 0);
	set_mask(0);
}

/* ------------------------------------------------------------ queues */

static long k_queue(int pid, int sig, int code, u32 value)
{
	struct kinfo info = {.signo = 99, .code = code, .a = 1, .b = 2, .c = value};

	return call4(SYS_rt_sigqueueinfo, pid, sig, &info, 0);
}

static void test_queue(char *end)
{
	struct kinfo info = {.code = SI_QUEUE, .c = 5};
	u32 limit[2] = {200, 200}; /* by default it depends on how much memory there is */
	int me = getpid();

	CHECK(call4(SYS_setrlimit, 11, limit, 0, 0) == 0);
	handle(RT0, note, SA_SIGINFO, 0);
	set_mask(BIT(RT0));
	hits = 0;
	for (u32 i = 0; i < 100; i++)
		CHECK(k_queue(me, RT0, SI_QUEUE, i) == 0);
	set_mask(0);
	/* A handler does not block anything but its own signal: one after the other. */
	CHECK(hits == 100);
	for (int i = 0; i < 100; i++)
		CHECK(order[i] == i);
	CHECK(last_info.signo == RT0 && last_info.code == SI_QUEUE);
	CHECK(last_info.a == 1 && last_info.b == 2 && last_info.c == 99);

	CHECK(k_queue(me, RT0, SI_USER, 0) == 0); /* to itself one may pretend anything */
	CHECK_ERRNO(k_queue(1, 0, SI_USER, 0), EPERM);
	CHECK_ERRNO(k_queue(1, 0, SI_KERNEL, 0), EPERM);
	CHECK_ERRNO(k_queue(1, 0, SI_TKILL, 0), EPERM);
	CHECK_ERRNO(k_queue(30000, SIGUSR1, SI_QUEUE, 0), ESRCH);
	CHECK_ERRNO(k_queue(-1, SIGUSR1, SI_QUEUE, 0), ESRCH);
	CHECK_ERRNO(k_queue(me, 65, SI_QUEUE, 0), EINVAL);
	CHECK(k_queue(me, 0, SI_QUEUE, 0) == 0);
	for (int cut = 0; cut < 128; cut++) {
		CHECK_ERRNO(call4(SYS_rt_sigqueueinfo, me, RT0, end - cut, 0), EFAULT);
		CHECK_ERRNO(call4(SYS_rt_tgsigqueueinfo, me, me, RT0, end - cut), EFAULT);
	}
	hits = 0;
	CHECK(call4(SYS_rt_tgsigqueueinfo, me, me, RT0, &info) == 0);
	CHECK(hits == 1 && last_info.c == 5);
	CHECK_ERRNO(call4(SYS_rt_tgsigqueueinfo, 0, me, RT0, &info), EINVAL);
	CHECK_ERRNO(call4(SYS_rt_tgsigqueueinfo, me, -1, RT0, &info), EINVAL);
	CHECK_ERRNO(call4(SYS_rt_tgsigqueueinfo, 1, me, RT0, &info), ESRCH);
}

static void test_kill_errors(void)
{
	int me = getpid();

	CHECK(k_kill(me, 0) == 0);
	CHECK_ERRNO(k_kill(me, 65), EINVAL);
	CHECK_ERRNO(k_kill(me, -1), EINVAL);
	CHECK_ERRNO(k_kill(30000, SIGUSR1), ESRCH);
	CHECK_ERRNO(k_kill(-30000, SIGUSR1), ESRCH);
	CHECK_ERRNO(k_kill((int)0x80000000, SIGUSR1), ESRCH);
	CHECK_ERRNO(call4(SYS_tkill, 0, SIGUSR1, 0, 0), EINVAL);
	CHECK_ERRNO(call4(SYS_tkill, -5, SIGUSR1, 0, 0), EINVAL);
	CHECK_ERRNO(call4(SYS_tkill, 30000, SIGUSR1, 0, 0), ESRCH);
	CHECK_ERRNO(call4(SYS_tkill, me, 65, 0, 0), EINVAL);
	CHECK_ERRNO(call4(SYS_tgkill, me, 0, SIGUSR1, 0), EINVAL);
	CHECK_ERRNO(call4(SYS_tgkill, -1, me, SIGUSR1, 0), EINVAL);
	CHECK_ERRNO(call4(SYS_tgkill, me + 1, me, SIGUSR1, 0), ESRCH);
	CHECK(call4(SYS_tgkill, me, me, 0, 0) == 0);
}

/* RLIMIT_SIGPENDING is for what programs queue; kill(2) is not refused. */
static void test_queue_limit(void)
{
	u32 limit[2], small[2] = {5, 5};
	int me = getpid();

	CHECK(call4(SYS_getrlimit, 11, limit, 0, 0) == 0);
	small[1] = limit[1];
	CHECK(call4(SYS_setrlimit, 11, small, 0, 0) == 0);
	set_mask(~0ull);
	for (int i = 0; i < 5; i++)
		CHECK(k_queue(me, RT0, SI_QUEUE, 0) == 0);
	CHECK_ERRNO(k_queue(me, RT0, SI_QUEUE, 0), EAGAIN);
	CHECK_ERRNO(call4(SYS_tkill, me, RT0 + 1, 0, 0), EAGAIN);
	CHECK(k_queue(me, SIGUSR1, SI_QUEUE, 0) == 0); /* goes, and loses its siginfo */
	CHECK(k_kill(me, SIGUSR2) == 0);
	handle(RT0, K_IGN, 0, 0); /* drops them: there is room again */
	CHECK(k_queue(me, RT0 + 1, SI_QUEUE, 0) == 0);
	handle(RT0 + 1, K_IGN, 0, 0);
	hits = 0;
	handle(SIGUSR1, note, SA_SIGINFO, ~0ull);
	handle(SIGUSR2, K_IGN, 0, 0);
	set_mask(0);
	CHECK(hits == 1 && last_info.signo == SIGUSR1 && last_info.code == 0 && last_info.a == 0);
	CHECK(call4(SYS_setrlimit, 11, limit, 0, 0) == 0);
}

/* ------------------------------------------------------------ timers */

static void burn(int until_hits)
{
	u64 end = now_ms() + 3000;

	while (hits < until_hits && now_ms() < end)
		for (volatile int i = 0; i < 1000; i++)
			;
}

/* RLIMIT_CPU: SIGXCPU at the soft limit and a second later again, SIGKILL at the hard one. */
static void test_cpu_limit(void)
{
	u32 limit[2] = {1, 2};
	int status = 0, child = fork();

	CHECK(child >= 0);
	if (!child) {
		CHECK(call4(SYS_setrlimit, 0, limit, 0, 0) == 0);
		hits = 0;
		handle(SIGXCPU, note, SA_SIGINFO, 0);
		burn(1);
		if (hits != 1)
			_exit(1);
		for (;;)
			;
	}
	CHECK(call4(SYS_wait4, child, &status, 0, 0) == child);
	CHECK(status == SIGKILL);
}

static void test_alarm(void)
{
	struct itimerval value;

	handle(SIGALRM, count, 0, 0);
	CHECK(call4(SYS_alarm, 0, 0, 0, 0) == 0);
	CHECK(call4(SYS_alarm, 100, 0, 0, 0) == 0);
	CHECK(call4(SYS_getitimer, 0, &value, 0, 0) == 0);
	CHECK(value.interval_sec == 0 && value.interval_usec == 0);
	CHECK((value.sec == 99 && value.usec > 0) || (value.sec == 100 && value.usec == 0));
	CHECK(call4(SYS_alarm, 50, 0, 0, 0) == 100);
	CHECK(k_setitimer(0, 0, 0, &value) == 0 && value.sec >= 49);
	CHECK(call4(SYS_alarm, 0, 0, 0, 0) == 0);
	CHECK(k_setitimer(0, 300, 0, NULL) == 0);
	CHECK(call4(SYS_alarm, 0, 0, 0, 0) == 1); /* less than a second is not nothing */
}

static void test_itimers(char *end)
{
	static const int signals[3] = {SIGALRM, SIGVTALRM, SIGPROF};
	struct itimerval value, bad = {0, 1000000, 0, 0}, worse = {0, 0, -1, 0};
	u64 before;

	for (int which = 0; which < 3; which++) {
		handle(signals[which], note, SA_SIGINFO, 0);
		hits = 0;
		before = now_ms();
		CHECK(k_setitimer(which, 20, 20, NULL) == 0);
		CHECK(call4(SYS_getitimer, which, &value, 0, 0) == 0);
		CHECK(value.interval_usec == 20000 && value.usec > 0);
		burn(3);
		CHECK(hits >= 3 && last_sig == signals[which] && last_info.code == SI_KERNEL);
		if (which == 0)
			CHECK(now_ms() - before >= 59);
		CHECK(k_setitimer(which, 0, 0, &value) == 0 && value.interval_usec == 20000);
		CHECK(call4(SYS_getitimer, which, &value, 0, 0) == 0 && !value.sec && !value.usec);
		hits = 0;
		for (int cut = 0; cut < 16; cut++) {
			CHECK_ERRNO(call4(SYS_setitimer, which, end - cut, NULL, 0), EFAULT);
			CHECK_ERRNO(call4(SYS_getitimer, which, end - cut, 0, 0), EFAULT);
		}
		CHECK_ERRNO(call4(SYS_setitimer, which, &bad, NULL, 0), EINVAL);
		CHECK_ERRNO(call4(SYS_setitimer, which, &worse, NULL, 0), EINVAL);
	}
	CHECK_ERRNO(k_setitimer(3, 0, 0, NULL), EINVAL);
	CHECK_ERRNO(k_setitimer(-1, 0, 0, NULL), EINVAL);
	CHECK_ERRNO(call4(SYS_getitimer, 3, &value, 0, 0), EINVAL);
	CHECK(hits == 0);
}

int main(void)
{
	char *end = edge();

	test_suspend(end);
	test_nanosleep();
	test_restart();
	test_ppoll_mask();
	test_timedwait_result();
	test_timedwait_errors(end);
	test_queue(end);
	test_kill_errors();
	test_queue_limit();
	test_cpu_limit();
	test_alarm();
	test_itimers(end);
	return 0;
}
