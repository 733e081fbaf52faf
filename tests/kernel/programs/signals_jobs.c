/*
 * signals_jobs - signals between processes, and between the threads of one: SIGCHLD, stop and
 * continue, groups, permissions, who of several threads takes a signal, and how all end together.
 * The exit status is 0, or tells the line that found a mistake.
 */
#include "tests/kernel/programs/sig.h"

#define SYS_K_fork     2
#define CLD_EXITED     1
#define CLD_KILLED     2
#define CLD_STOPPED    5
#define CLD_CONTINUED  6
#define WNOHANG	       1
#define WUNTRACED      2
#define WCONTINUED     8

#define CLONE_VM       0x100
#define CLONE_FS       0x200
#define CLONE_FILES    0x400
#define CLONE_SIGHAND  0x800
#define CLONE_THREAD   0x10000
#define CLONE_CLEARTID 0x200000
#define THREAD_FLAGS   (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

static volatile int hits, last_sig, last_tid;
static struct kinfo last_info;

static int gettid_(void)
{
	return (int)call4(SYS_gettid, 0, 0, 0, 0);
}

static void note(int sig, struct kinfo *info, void *uc)
{
	(void)uc;
	last_info = *info;
	last_sig = sig;
	last_tid = gettid_();
	hits++;
}

static int fork_(void)
{
	int pid = (int)call4(SYS_K_fork, 0, 0, 0, 0);

	CHECK(pid >= 0);
	return pid;
}

static int wait_for(int pid, int options)
{
	int status = -1;

	CHECK(call4(SYS_wait4, pid, &status, options, 0) == pid);
	return status;
}

static void sleep_ms(int ms)
{
	int ts[2] = {ms / 1000, ms % 1000 * 1000000};

	call4(SYS_nanosleep, ts, ts, 0, 0);
}

static __attribute__((noreturn)) void quit(int status)
{
	for (;;)
		call4(SYS_exit, status, 0, 0, 0);
}

static __attribute__((noreturn)) void pause_for_ever(void)
{
	for (;;)
		call4(SYS_pause, 0, 0, 0, 0);
}

/* Until it has happened: the other process needs its time. */
#define EVENTUALLY(condition)                                    \
	do {                                                     \
		for (int _i = 0; _i < 500 && !(condition); _i++) \
			sleep_ms(10);                            \
		CHECK(condition);                                \
	} while (0)

/* ------------------------------------------------------------ SIGCHLD */

static void test_sigchld(void)
{
	int pid;

	handle(SIGCHLD, note, SA_SIGINFO, 0);
	hits = 0;
	pid = fork_();
	if (!pid)
		quit(7);
	EVENTUALLY(hits == 1);
	CHECK(last_info.signo == SIGCHLD && last_info.code == CLD_EXITED);
	CHECK(last_info.a == (u32)pid && last_info.b == 0 && last_info.c == 7);
	CHECK(wait_for(pid, 0) == 7 << 8);

	pid = fork_();
	if (!pid)
		pause_for_ever();
	CHECK(k_kill(pid, SIGTERM) == 0);
	EVENTUALLY(hits == 2);
	CHECK(last_info.code == CLD_KILLED && last_info.c == SIGTERM);
	CHECK(wait_for(pid, 0) == SIGTERM);
	CHECK_ERRNO(k_kill(pid, SIGTERM), ESRCH);
}

/* A parent that does not want to know: no zombie is left, with SA_NOCLDWAIT after a last signal. */
static void test_autoreap(void)
{
	int pid, status;

	handle(SIGCHLD, K_IGN, 0, 0);
	pid = fork_();
	if (!pid)
		quit(0);
	CHECK_ERRNO(call4(SYS_wait4, pid, &status, 0, 0), ECHILD);
	CHECK_ERRNO(k_kill(pid, 0), ESRCH);
	handle(SIGCHLD, note, SA_SIGINFO | SA_NOCLDWAIT, 0);
	hits = 0;
	pid = fork_();
	if (!pid)
		quit(3);
	EVENTUALLY(hits == 1);
	CHECK(last_info.a == (u32)pid && last_info.c == 3);
	CHECK_ERRNO(call4(SYS_wait4, pid, &status, 0, 0), ECHILD);
	handle(SIGCHLD, K_DFL, 0, 0);
}

/* ------------------------------------------------------------ stop and continue */

static volatile int *shared;

/*
 * A child that counts, in a group of its own: this process is what keeps that from being orphaned.
 */
static int start_job(void)
{
	int pid = fork_();

	if (!pid)
		for (;;)
			++*shared;
	CHECK(call4(SYS_setpgid, pid, pid, 0, 0) == 0);
	return pid;
}

static void test_stop(int sig)
{
	int pid, seen;

	handle(SIGCHLD, note, SA_SIGINFO, 0);
	hits = 0;
	*shared = 0;
	pid = start_job();
	CHECK(k_kill(pid, sig) == 0);
	CHECK(wait_for(pid, WUNTRACED) == (sig << 8 | 0x7f));
	EVENTUALLY(hits == 1);
	CHECK(last_info.code == CLD_STOPPED && last_info.c == (u32)sig && last_info.a == (u32)pid);
	seen = *shared;
	sleep_ms(30);
	CHECK(*shared == seen);
	CHECK(call4(SYS_wait4, pid, &seen, WNOHANG | WUNTRACED, 0) == 0); /* told once */
	CHECK(k_kill(pid, SIGUSR1) == 0); /* deadly, but a stopped process does not take it */
	sleep_ms(20);
	CHECK(call4(SYS_wait4, pid, &seen, WNOHANG, 0) == 0);
	CHECK(k_kill(pid, SIGCONT) == 0);
	EVENTUALLY(hits >= 2);
	CHECK(wait_for(pid, 0) == SIGUSR1);

	pid = start_job();
	CHECK(k_kill(pid, sig) == 0 && wait_for(pid, WUNTRACED) == (sig << 8 | 0x7f));
	hits = 0;
	CHECK(k_kill(pid, SIGCONT) == 0 && wait_for(pid, WCONTINUED) == 0xffff);
	EVENTUALLY(hits == 1);
	CHECK(last_info.code == CLD_CONTINUED && last_info.c == SIGCONT);
	seen = *shared;
	EVENTUALLY(*shared != seen);
	CHECK(k_kill(pid, sig) == 0 && wait_for(pid, WUNTRACED) == (sig << 8 | 0x7f));
	CHECK(k_kill(pid, SIGKILL) == 0 && wait_for(pid, 0) == SIGKILL);
	handle(SIGCHLD, K_DFL, 0, 0);
}

/* With SA_NOCLDSTOP only the end is told. Stop and continue take each other back. */
static void test_stop_told(void)
{
	u64 both = BIT(SIGCONT) | BIT(SIGTSTP);
	int pid;

	handle(SIGCHLD, note, SA_SIGINFO | SA_NOCLDSTOP, 0);
	hits = 0;
	pid = fork_();
	if (!pid)
		pause_for_ever();
	CHECK(k_kill(pid, SIGSTOP) == 0 && wait_for(pid, WUNTRACED) == (SIGSTOP << 8 | 0x7f));
	CHECK(k_kill(pid, SIGCONT) == 0 && wait_for(pid, WCONTINUED) == 0xffff);
	CHECK(hits == 0);
	CHECK(k_kill(pid, SIGKILL) == 0 && wait_for(pid, 0) == SIGKILL);
	handle(SIGCHLD, K_DFL, 0, 0);
	set_mask(both);
	raise_sig(SIGTSTP);
	CHECK(get_pending() == BIT(SIGTSTP));
	handle(SIGCONT, note, SA_SIGINFO, 0);
	raise_sig(SIGCONT);
	CHECK(get_pending() == BIT(SIGCONT));
	raise_sig(SIGTSTP);
	CHECK(get_pending() == BIT(SIGTSTP));
	raise_sig(SIGCONT);
	hits = 0;
	set_mask(0);
	CHECK(hits == 1 && last_sig == SIGCONT);
	handle(SIGCONT, K_DFL, 0, 0);
}

/* An interrupted sleep goes on for what is left of it after a stop without handlers. */
static void test_restarted_sleep(void)
{
	int ask[2] = {0, 200000000}, pid = fork_();

	if (!pid)
		quit(call4(SYS_nanosleep, ask, NULL, 0, 0) == 0 ? 0 : 1);
	sleep_ms(30);
	CHECK(k_kill(pid, SIGSTOP) == 0 && wait_for(pid, WUNTRACED) == (SIGSTOP << 8 | 0x7f));
	CHECK(k_kill(pid, SIGCONT) == 0);
	CHECK(wait_for(pid, 0) == 0);
}

/* Nobody could continue the members of an orphaned group: only SIGSTOP stops them. */
static void test_orphaned(void)
{
	int pid = fork_();

	if (!pid) {
		CHECK(call4(SYS_setsid, 0, 0, 0, 0) > 0);
		raise_sig(SIGTSTP);
		raise_sig(SIGTTIN);
		raise_sig(SIGTTOU);
		quit(5);
	}
	CHECK(wait_for(pid, WUNTRACED) == 5 << 8);
}

/* ------------------------------------------------------------ groups and permissions */

static void test_groups(void)
{
	int pids[3];

	for (int i = 0; i < 3; i++) {
		pids[i] = fork_();
		if (!pids[i])
			pause_for_ever();
		CHECK(call4(SYS_setpgid, pids[i], pids[0], 0, 0) == 0);
	}
	CHECK(k_kill(-pids[0], 0) == 0);
	CHECK(k_kill(-pids[0], SIGTERM) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(wait_for(pids[i], 0) == SIGTERM);
	CHECK_ERRNO(k_kill(-pids[0], SIGTERM), ESRCH);
	pids[0] = fork_();
	if (!pids[0]) { /* a group of its own, for kill(0) */
		call4(SYS_setpgid, 0, 0, 0, 0);
		if (!fork_())
			pause_for_ever();
		k_kill(0, SIGUSR1);
		quit(1);
	}
	CHECK(wait_for(pids[0], 0) == SIGUSR1);
}

static void test_permission(void)
{
	int victim = fork_(), pid;

	if (!victim)
		pause_for_ever();
	pid = fork_();
	if (!pid) {
		struct kinfo info = {.code = SI_QUEUE};

		CHECK(call4(SYS_setuid32, 1000, 0, 0, 0) == 0);
		CHECK_ERRNO(k_kill(victim, SIGTERM), EPERM);
		CHECK_ERRNO(k_kill(victim, 0), EPERM);
		CHECK_ERRNO(k_kill(victim, 65), EINVAL);
		CHECK_ERRNO(call4(SYS_tkill, victim, SIGTERM, 0, 0), EPERM);
		CHECK_ERRNO(call4(SYS_tgkill, victim, victim, SIGTERM, 0), EPERM);
		CHECK_ERRNO(call4(SYS_rt_sigqueueinfo, victim, SIGTERM, &info, 0), EPERM);
		CHECK_ERRNO(k_kill(-1, SIGTERM), EPERM);
		CHECK(k_kill(victim, SIGCONT) == 0); /* of the same session */
		CHECK(k_kill(getpid(), 0) == 0);
		quit(0);
	}
	CHECK(wait_for(pid, 0) == 0);
	CHECK(k_kill(victim, SIGKILL) == 0 && wait_for(victim, 0) == SIGKILL);
}

/* ------------------------------------------------------------ threads */

static char stacks[4][8192] __attribute__((aligned(16)));
static volatile int tids[4], counts[4], go;

/* int start(int flags, void *stack_top, void (*fn)(int), int arg): a thread that runs fn(arg). */
int start(int flags, void *stack_top, void (*fn)(int), int arg);
__asm__(".text\n"
	"start:\n"
	"	pushl %ebx\n"
	"	pushl %esi\n"
	"	movl 12(%esp), %ebx\n"
	"	movl 16(%esp), %ecx\n"
	"	movl 20(%esp), %eax\n"
	"	movl 24(%esp), %edx\n"
	"	subl $16, %ecx\n"
	"	movl %eax, 4(%ecx)\n"
	"	movl %edx, (%ecx)\n"
	"	movl $120, %eax\n"
	"	xorl %edx, %edx\n"
	"	xorl %esi, %esi\n"
	"	int $0x80\n"
	"	testl %eax, %eax\n"
	"	jz 1f\n"
	"	popl %esi\n"
	"	popl %ebx\n"
	"	ret\n"
	"1:	call *4(%esp)\n"
	"	movl $1, %eax\n"
	"	xorl %ebx, %ebx\n"
	"	int $0x80\n");

static int start_thread(int i, void (*fn)(int))
{
	int tid = start(THREAD_FLAGS, stacks[i] + sizeof(stacks[i]), fn, i);

	CHECK(tid > 0);
	return tid;
}

static void spin(int i)
{
	tids[i] = gettid_();
	while (!go)
		counts[i]++;
	tids[i] = 0;
}

static void sleeper(int i)
{
	tids[i] = gettid_();
	pause_for_ever();
}

static void all_run(int n)
{
	int seen[4];

	for (int i = 0; i < n; i++)
		seen[i] = counts[i];
	for (int i = 0; i < n; i++)
		EVENTUALLY(counts[i] != seen[i]);
}

/* To one thread, or to the process: then any that does not block it. */
static void test_thread_choice(void)
{
	go = 0;
	handle(SIGUSR1, note, SA_SIGINFO, 0);
	set_mask(BIT(SIGUSR1)); /* the threads inherit it */
	for (int i = 0; i < 2; i++)
		start_thread(i, spin);
	all_run(2);
	hits = 0;
	CHECK(call4(SYS_tgkill, getpid(), tids[1], SIGUSR1, 0) == 0);
	CHECK_ERRNO(call4(SYS_tgkill, tids[1], tids[1], SIGUSR1, 0), ESRCH);
	sleep_ms(20);
	CHECK(hits == 0 && get_pending() == 0); /* pending with that thread, not here */
	raise_sig(SIGUSR1);
	CHECK(get_pending() == BIT(SIGUSR1));
	set_mask(0);
	CHECK(hits == 1 && last_tid == getpid());
	raise_sig(SIGUSR1);
	CHECK(hits == 2 && last_tid == getpid());
	go = 1;
	EVENTUALLY(!tids[0] && !tids[1]);
	/* The sender blocks it, a thread does not: that one takes it out of its sleep. */
	start_thread(2, sleeper);
	EVENTUALLY(tids[2]);
	sleep_ms(20);
	set_mask(BIT(SIGUSR1));
	raise_sig(SIGUSR1);
	EVENTUALLY(hits == 3);
	CHECK(last_tid == tids[2]);
	set_mask(0);
	handle(SIGUSR1, K_DFL, 0, 0);
}

static void bad_thread(int i)
{
	(void)i;
	*(volatile int *)BAD = 1;
}

static void run_nothing(int i)
{
	static char *const argv[] = {"nothing", NULL}, *const envp[] = {NULL};

	(void)i;
	call4(SYS_execve, "/boot/nothing", argv, envp, 0);
}

/* Exec ends the other threads, not the process; whichever thread calls it. */
static void test_exec_of_threads(int leader)
{
	int pid;

	go = 0;
	pid = fork_();
	if (!pid) {
		for (int i = 0; i < 2; i++)
			start_thread(i, i ? sleeper : spin);
		EVENTUALLY(tids[0] && tids[1]);
		if (leader)
			run_nothing(0);
		start_thread(2, run_nothing);
		pause_for_ever();
	}
	CHECK(wait_for(pid, 0) == 0);
}

/* What ends one by a signal ends all; so do exit_group and a stop. */
static void test_threads_together(void)
{
	int pid, seen;

	go = 0;
	pid = fork_();
	if (!pid) {
		for (int i = 0; i < 3; i++)
			start_thread(i, spin);
		all_run(3);
		start_thread(3, bad_thread);
		pause_for_ever();
	}
	CHECK(wait_for(pid, 0) == SIGSEGV);
	pid = fork_();
	if (!pid) {
		for (int i = 0; i < 3; i++)
			start_thread(i, spin);
		all_run(3);
		call4(SYS_exit_group, 9, 0, 0, 0);
	}
	CHECK(wait_for(pid, 0) == 9 << 8);
	pid = fork_();
	if (!pid) {
		for (int i = 0; i < 3; i++)
			start_thread(i, i == 2 ? sleeper : spin);
		for (;;)
			++*shared;
	}
	sleep_ms(50);
	CHECK(k_kill(pid, SIGSTOP) == 0 && wait_for(pid, WUNTRACED) == (SIGSTOP << 8 | 0x7f));
	seen = *shared;
	sleep_ms(30);
	CHECK(*shared == seen);
	CHECK(k_kill(pid, SIGCONT) == 0);
	EVENTUALLY(*shared != seen);
	CHECK(k_kill(pid, SIGTERM) == 0 && wait_for(pid, 0) == SIGTERM);
}

int main(void)
{
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	test_sigchld();
	test_autoreap();
	test_stop(SIGSTOP);
	test_stop(SIGTSTP);
	test_stop_told();
	test_restarted_sleep();
	test_orphaned();
	test_groups();
	test_permission();
	test_thread_choice();
	test_exec_of_threads(1);
	test_exec_of_threads(0);
	test_threads_together();
	return 0;
}
