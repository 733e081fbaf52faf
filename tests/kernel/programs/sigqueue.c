/*
 * sigqueue - signals when there is no memory for them: one that must not lose its value is refused
 * with EAGAIN, any other one comes without its siginfo_t. The status is 0 if that is so.
 */
#include "tests/kernel/programs/sig.h"

static volatile int hits;
static struct kinfo last;

static void note(int sig, struct kinfo *info, void *uc)
{
	(void)sig;
	(void)uc;
	last = *info;
	hits++;
}

int main(void)
{
	struct kinfo info = {.code = SI_QUEUE, .c = 77};
	long sent;

	handle(SIGUSR1, note, SA_SIGINFO, 0);
	handle(RT0, note, SA_SIGINFO, 0);
	raise_sig(SIGUSR1);
	CHECK(hits == 1 && last.signo == SIGUSR1 && last.code == SI_USER);
	CHECK(last.a == (u32)getpid() || last.a == 0);
	sent = call4(SYS_rt_sigqueueinfo, getpid(), RT0, &info, 0);
	if (sent == 0)
		CHECK(hits == 2 && last.code == SI_QUEUE && last.c == 77);
	else
		CHECK(errno == EAGAIN && hits == 1);
	CHECK(call4(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info, 0) == 0);
	CHECK(last.signo == SIGUSR1 && (last.c == 77 || last.code == SI_USER));
	return 0;
}
