/* sigdie NAME - one way to be ended by a signal, chosen by name. */
#include "tests/kernel/programs/sig.h"

static char alt[4096] __attribute__((aligned(16)));
static volatile int depth;

static void poke(void)
{
	*(volatile char *)BAD = 1;
}

static void nothing(int sig)
{
	(void)sig;
}

static void blocked(void)
{
	set_mask(~0ull);
	handle(SIGSEGV, nothing, 0, 0);
	poke();
}

static void ignored(void)
{
	handle(SIGSEGV, K_IGN, 0, 0);
	poke();
}

/* A fault in the handler of faults, which are blocked there. */
static void in_handler(void)
{
	handle(SIGSEGV, poke, 0, 0);
	poke();
}

static void handler_nowhere(void)
{
	handle(SIGSEGV, BAD, 0, 0);
	poke();
}

static void no_stack(void)
{
	handle(SIGSEGV, nothing, 0, 0);
	__asm__ volatile(
		"movl $16, %esp\n\tpushl $1\n\tpushl $1\n\tpushl $1\n\tpushl $1\n\tpushl $1");
}

static void no_stack_other(void)
{
	handle(SIGUSR1, nothing, SA_SIGINFO, 0);
	__asm__ volatile("movl %0, %%esp\n\tint $0x80"
			 :
			 : "i"(KERNEL), "a"(SYS_kill), "b"(getpid()), "c"(SIGUSR1));
}

/* The frames meet the lower end of the alternate stack: not one more is put over the others. */
static void again(int sig)
{
	depth++;
	raise_sig(sig);
}

static void alt_overflow(void)
{
	struct kstack stack = {alt, 0, sizeof(alt)};

	CHECK(call4(SYS_sigaltstack, &stack, NULL, 0, 0) == 0);
	handle(SIGUSR1, again, SA_ONSTACK | SA_NODEFER, 0);
	raise_sig(SIGUSR1);
}

static void no_frame(void)
{
	__asm__ volatile("movl %0, %%esp\n\tint $0x80" : : "i"(BAD), "a"(SYS_rt_sigreturn));
}

static void no_plain_frame(void)
{
	__asm__ volatile("movl %0, %%esp\n\tint $0x80" : : "i"(KERNEL), "a"(SYS_sigreturn));
}

/* The FPU's part of a frame is not there. */
static void bad_fpstate(int sig, struct kinfo *info, struct kucontext *uc)
{
	(void)sig;
	(void)info;
	uc->mc.fpstate = BAD;
}

static void no_fpstate(void)
{
	handle(SIGUSR1, bad_fpstate, SA_SIGINFO, 0);
	raise_sig(SIGUSR1);
}

static void quit(void)
{
	raise_sig(SIGQUIT);
}

static void term(void)
{
	raise_sig(SIGTERM);
}

static void killed(void)
{
	set_mask(~0ull);
	raise_sig(SIGKILL);
}

static void real_time(void)
{
	raise_sig(RT0 + 3);
}

static void unblocked(void)
{
	set_mask(~0ull);
	raise_sig(SIGHUP);
	set_mask(0);
}

static void alarm_(void)
{
	call4(SYS_alarm, 1, 0, 0, 0);
	for (;;)
		call4(SYS_pause, 0, 0, 0, 0);
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
	{"blocked", blocked},
	{"ignored", ignored},
	{"in_handler", in_handler},
	{"handler_nowhere", handler_nowhere},
	{"no_stack", no_stack},
	{"no_stack_other", no_stack_other},
	{"alt_overflow", alt_overflow},
	{"no_frame", no_frame},
	{"no_plain_frame", no_plain_frame},
	{"no_fpstate", no_fpstate},
	{"quit", quit},
	{"term", term},
	{"killed", killed},
	{"real_time", real_time},
	{"unblocked", unblocked},
	{"alarm", alarm_},
};

int main(int argc, char **argv)
{
	for (unsigned int i = 0; argc > 1 && i < sizeof(acts) / sizeof(*acts); i++)
		if (!strcmp(argv[1], acts[i].name))
			acts[i].act();
	return 0;
}
