/*
 * signals - handlers, masks, queues, frames, of one process that signals itself. The exit
 * status is 0, or tells the line that found a mistake.
 */
#include "tests/kernel/programs/sig.h"

static volatile int hits, last_sig, order[64];
static volatile u64 mask_inside;
static struct kinfo last_info;
static struct kcontext last_context;
static struct kucontext last_uc;

static void count(int sig)
{
	order[hits % 64] = last_sig = sig;
	hits++;
}

static void note(int sig, struct kinfo *info, struct kucontext *uc)
{
	count(sig);
	last_info = *info;
	last_uc = *uc;
	last_context = uc->mc;
	mask_inside = get_mask();
}

/* ------------------------------------------------------------ sigaction */

static void test_sigaction(char *end)
{
	struct ksigaction act = {(void *)note, SA_SIGINFO | SA_RESTART, NULL, ~0ull}, old;
	struct ksigaction *at;

	CHECK(k_action(SIGUSR1, &act, &old) == 0);
	CHECK(old.handler == K_DFL && old.flags == 0 && old.mask == 0);
	CHECK(k_action(SIGUSR1, NULL, &old) == 0);
	CHECK(old.handler == (void *)note && old.flags == (SA_SIGINFO | SA_RESTART));
	CHECK(old.mask == ~(BIT(SIGKILL) | BIT(SIGSTOP)));
	CHECK_ERRNO(k_action(0, &act, NULL), EINVAL);
	CHECK_ERRNO(k_action(65, &act, NULL), EINVAL);
	CHECK_ERRNO(k_action(-1, &act, NULL), EINVAL);
	CHECK_ERRNO(k_action(SIGKILL, &act, NULL), EINVAL);
	CHECK_ERRNO(k_action(SIGSTOP, &act, NULL), EINVAL);
	CHECK(k_action(SIGKILL, NULL, &old) == 0 && old.handler == K_DFL);
	CHECK(k_action(64, &act, NULL) == 0);
	CHECK_ERRNO(call4(SYS_rt_sigaction, SIGUSR1, &act, NULL, 4), EINVAL);
	CHECK_ERRNO(call4(SYS_rt_sigaction, SIGUSR1, &act, NULL, 128), EINVAL);
	for (int cut = 0; cut < 20; cut++) {
		at = (void *)(end - cut);
		CHECK_ERRNO(k_action(SIGUSR2, at, NULL), EFAULT);
		CHECK_ERRNO(k_action(SIGUSR2, NULL, at), EFAULT);
	}
	CHECK_ERRNO(k_action(SIGUSR2, KERNEL, NULL), EFAULT);
	CHECK_ERRNO(k_action(SIGUSR2, NULL, KERNEL), EFAULT);
	at = (void *)(end - 20);
	CHECK(k_action(SIGUSR2, NULL, at) == 0 && at->handler == K_DFL);
	handle(64, K_DFL, 0, 0);
	handle(SIGUSR1, K_DFL, 0, 0);
}

/* The calls of old, with one word of mask, and System V's. */
static void test_old_calls(char *end)
{
	u32 act[4] = {(u32)count, (u32)BIT(SIGUSR2), SA_NODEFER, 0x1234}, old[4];
	u32 word;

	CHECK(call4(SYS_sigaction, SIGUSR1, act, NULL, 0) == 0);
	CHECK(call4(SYS_sigaction, SIGUSR1, NULL, old, 0) == 0);
	CHECK(!memcmp(act, old, sizeof(act)));
	CHECK_ERRNO(call4(SYS_sigaction, SIGKILL, act, NULL, 0), EINVAL);
	for (int cut = 0; cut < 16; cut++) {
		CHECK_ERRNO(call4(SYS_sigaction, SIGUSR1, end - cut, NULL, 0), EFAULT);
		CHECK_ERRNO(call4(SYS_sigaction, SIGUSR1, NULL, end - cut, 0), EFAULT);
	}
	CHECK(call4(SYS_signal, SIGUSR1, count, 0, 0) == (long)count);
	CHECK_ERRNO(call4(SYS_signal, SIGSTOP, count, 0, 0), EINVAL);
	hits = 0;
	raise_sig(SIGUSR1);
	CHECK(hits == 1);
	CHECK(call4(SYS_signal, SIGUSR1, K_DFL, 0, 0) == (long)K_DFL); /* once only */

	CHECK(call4(SYS_ssetmask, (u32)BIT(SIGINT) | (u32)BIT(SIGKILL), 0, 0, 0) == 0);
	CHECK(call4(SYS_sgetmask, 0, 0, 0, 0) == (long)BIT(SIGINT));
	word = (u32)BIT(SIGHUP);
	CHECK(call4(SYS_sigprocmask, SIG_BLOCK, &word, &old[0], 0) == 0);
	CHECK(old[0] == (u32)BIT(SIGINT));
	CHECK(get_mask() == (BIT(SIGINT) | BIT(SIGHUP)));
	set_mask(BIT(40) | BIT(SIGHUP));
	word = (u32)BIT(SIGUSR1);
	CHECK(call4(SYS_sigprocmask, SIG_SETMASK, &word, NULL, 0) == 0);
	CHECK(get_mask() == (BIT(40) | BIT(SIGUSR1))); /* the upper half is not its business */
	CHECK_ERRNO(call4(SYS_sigprocmask, 3, &word, NULL, 0), EINVAL);
	raise_sig(SIGUSR1);
	CHECK(call4(SYS_sigpending, &word, 0, 0, 0) == 0 && word == (u32)BIT(SIGUSR1));
	for (int cut = 0; cut < 4; cut++) {
		CHECK_ERRNO(call4(SYS_sigpending, end - cut, 0, 0, 0), EFAULT);
		CHECK_ERRNO(call4(SYS_sigprocmask, SIG_BLOCK, end - cut, NULL, 0), EFAULT);
		CHECK_ERRNO(call4(SYS_sigprocmask, SIG_BLOCK, NULL, end - cut, 0), EFAULT);
	}
	handle(SIGUSR1, K_IGN, 0, 0);
	set_mask(0);
}

/* ------------------------------------------------------------ masks and pending signals */

static void test_masks(char *end)
{
	u64 set = ~0ull, old;

	CHECK(k_mask(SIG_SETMASK, &set, &old) == 0 && old == 0);
	CHECK(get_mask() == ~(BIT(SIGKILL) | BIT(SIGSTOP)));
	set = BIT(SIGUSR1) | BIT(63);
	CHECK(k_mask(SIG_UNBLOCK, &set, &old) == 0 && old == ~(BIT(SIGKILL) | BIT(SIGSTOP)));
	CHECK(get_mask() == ~(BIT(SIGKILL) | BIT(SIGSTOP) | BIT(SIGUSR1) | BIT(63)));
	set_mask(BIT(5));
	set = BIT(7);
	CHECK(k_mask(SIG_BLOCK, &set, NULL) == 0 && get_mask() == (BIT(5) | BIT(7)));
	CHECK_ERRNO(k_mask(3, &set, NULL), EINVAL);
	CHECK_ERRNO(k_mask(-1, &set, NULL), EINVAL);
	CHECK(k_mask(99, NULL, &old) == 0 && old == (BIT(5) | BIT(7)));
	CHECK_ERRNO(call4(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), EINVAL);
	for (int cut = 0; cut < 8; cut++) {
		CHECK_ERRNO(k_mask(SIG_BLOCK, (void *)(end - cut), NULL), EFAULT);
		CHECK_ERRNO(k_mask(SIG_BLOCK, NULL, (void *)(end - cut)), EFAULT);
		CHECK_ERRNO(call4(SYS_rt_sigpending, end - cut, 8, 0, 0), EFAULT);
	}
	CHECK_ERRNO(call4(SYS_rt_sigpending, &set, 9, 0, 0), EINVAL);
	set = ~0ull;
	CHECK(call4(SYS_rt_sigpending, &set, 4, 0, 0) == 0 && set == 0xffffffff00000000ull);
	set_mask(0);
}

/* Standard signals wait once, those of real time each, lowest number first; in order. */
static void test_pending(void)
{
	hits = 0;
	handle(SIGUSR1, count, 0, ~0ull);
	handle(SIGUSR2, count, 0, ~0ull);
	handle(RT0, count, 0, ~0ull);
	set_mask(~0ull);
	for (int i = 0; i < 3; i++) {
		raise_sig(RT0);
		raise_sig(SIGUSR2);
		raise_sig(SIGUSR1);
	}
	CHECK(hits == 0);
	CHECK(get_pending() == (BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(RT0)));
	set_mask(0);
	CHECK(hits == 5);
	/* Each handler blocks all: the next one begins when it has returned, the lowest first. */
	CHECK(order[0] == SIGUSR1 && order[1] == SIGUSR2 && order[2] == RT0 && order[4] == RT0);
	CHECK(get_pending() == 0);

	/* To ignore a signal drops it; so does a default that does nothing. */
	set_mask(BIT(SIGUSR1) | BIT(RT0) | BIT(SIGCHLD));
	raise_sig(SIGUSR1);
	raise_sig(RT0);
	raise_sig(RT0);
	raise_sig(SIGCHLD);
	CHECK(get_pending() == (BIT(SIGUSR1) | BIT(RT0) | BIT(SIGCHLD)));
	handle(SIGUSR1, K_IGN, 0, 0);
	handle(RT0, K_IGN, 0, 0);
	handle(SIGCHLD, K_DFL, 0, 0);
	CHECK(get_pending() == 0);
	set_mask(0);
	raise_sig(SIGUSR1);
	raise_sig(SIGURG);
	raise_sig(SIGWINCH);
	raise_sig(SIGCONT);
	CHECK(hits == 5);
}

/* ------------------------------------------------------------ what a handler sees */

static void test_delivery(void)
{
	hits = 0;
	handle(SIGUSR1, note, SA_SIGINFO, BIT(SIGHUP));
	set_mask(BIT(SIGINT));
	raise_sig(SIGUSR1);
	CHECK(hits == 1 && last_sig == SIGUSR1);
	CHECK(last_info.signo == SIGUSR1 && last_info.err == 0 && last_info.code == SI_USER);
	CHECK(last_info.a == (u32)getpid() && last_info.b == 0);
	CHECK(mask_inside == (BIT(SIGINT) | BIT(SIGHUP) | BIT(SIGUSR1)));
	CHECK(get_mask() == BIT(SIGINT));
	CHECK(last_uc.flags == 0 && last_uc.link == 0 && last_uc.mask[0] == (u32)BIT(SIGINT));
	CHECK(last_context.oldmask == (u32)BIT(SIGINT));
	CHECK(last_uc.stack.flags == SS_DISABLE);
	CHECK(last_context.cs == 0x73 && last_context.ss == 0x7b && last_context.ds == 0x7b);
	CHECK(last_context.eax == 0 && last_context.esp == last_context.esp_at_signal);
	handle(SIGUSR1, note, SA_SIGINFO | SA_NODEFER | SA_RESETHAND, 0);
	raise_sig(SIGUSR1);
	CHECK(hits == 2 && mask_inside == BIT(SIGINT));
	struct ksigaction old;
	CHECK(k_action(SIGUSR1, NULL, &old) == 0 && old.handler == K_DFL);
	CHECK(old.flags == (SA_SIGINFO | SA_NODEFER | SA_RESETHAND));
	set_mask(0);
	CHECK(call4(SYS_tkill, getpid(), RT0, 0, 0) == 0);
	handle(RT0, note, SA_SIGINFO, 0);
	CHECK(call4(SYS_tkill, getpid(), RT0, 0, 0) == 0);
	CHECK(hits == 3 && last_info.code == SI_TKILL && last_info.a == (u32)getpid());
	CHECK(call4(SYS_tgkill, getpid(), getpid(), RT0, 0) == 0);
	CHECK(hits == 4 && last_info.code == SI_TKILL);
	handle(RT0, K_IGN, 0, 0);
}

int main(int argc, char **argv)
{
	char *end = edge();

	(void)argc;
	(void)argv;
	test_sigaction(end);
	test_old_calls(end);
	test_masks(end);
	test_pending();
	test_delivery();
	return 0;
}
