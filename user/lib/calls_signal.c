/*
 * Signals. A handler returns into a trampoline that asks the kernel to put the interrupted
 * registers back: by sigreturn for the plain frame, by rt_sigreturn for the one with siginfo.
 * sigaction() hands the right one to the kernel as sa_restorer.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGSET_BYTES 8 /* the kernel checks it */

void __sigreturn(void);
void __rt_sigreturn(void);
__asm__(".section .text\n"
	".globl __sigreturn\n"
	".type __sigreturn, @function\n"
	"__sigreturn:\n"
	"	popl %eax\n" /* the signal's number: sigreturn wants it gone */
	"	movl $119, %eax\n"
	"	int $0x80\n"
	".size __sigreturn, . - __sigreturn\n"
	".globl __rt_sigreturn\n"
	".type __rt_sigreturn, @function\n"
	"__rt_sigreturn:\n"
	"	movl $173, %eax\n"
	"	int $0x80\n"
	".size __rt_sigreturn, . - __rt_sigreturn\n");

int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction copy;

	if (act) {
		copy = *act;
		copy.sa_flags |= SA_RESTORER;
		copy.sa_restorer = act->sa_flags & SA_SIGINFO ? __rt_sigreturn : __sigreturn;
		act = &copy;
	}
	return (int)syscall(SYS_rt_sigaction, sig, act, old, SIGSET_BYTES);
}

sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;

	return sigaction(sig, &act, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return (int)syscall(SYS_rt_sigprocmask, how, set, old, SIGSET_BYTES);
}

int sigpending(sigset_t *set)
{
	return (int)syscall(SYS_rt_sigpending, set, SIGSET_BYTES);
}

int sigsuspend(const sigset_t *mask)
{
	return (int)syscall(SYS_rt_sigsuspend, mask, SIGSET_BYTES);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	return (int)syscall(SYS_rt_sigtimedwait, set, info, timeout, SIGSET_BYTES);
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	return sigtimedwait(set, info, NULL);
}

int sigqueue(pid_t pid, int sig, union sigval value)
{
	siginfo_t info = {.si_signo = sig, .si_code = SI_QUEUE};

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value = value;
	return (int)syscall(SYS_rt_sigqueueinfo, pid, sig, &info);
}

int sigaltstack(const stack_t *stack, stack_t *old)
{
	return (int)syscall(SYS_sigaltstack, stack, old);
}

int kill(pid_t pid, int sig)
{
	return (int)syscall(SYS_kill, pid, sig);
}

int killpg(pid_t pgrp, int sig)
{
	return kill(-pgrp, sig);
}

int tgkill(pid_t tgid, pid_t tid, int sig)
{
	return (int)syscall(SYS_tgkill, tgid, tid, sig);
}

int raise(int sig)
{
	return tgkill(getpid(), gettid(), sig);
}

/* A handler may catch it once; then it is the default action, and at last a bad instruction. */
void abort(void)
{
	raise(SIGABRT);
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	for (;;)
		__asm__ volatile("ud2");
}

int pause(void)
{
	return (int)syscall(SYS_pause);
}

unsigned int alarm(unsigned int seconds)
{
	return (unsigned int)syscall(SYS_alarm, seconds);
}

int sigemptyset(sigset_t *set)
{
	set->bits[0] = set->bits[1] = 0;
	return 0;
}

int sigfillset(sigset_t *set)
{
	set->bits[0] = set->bits[1] = ~0ul;
	return 0;
}

/* The word of a signal's bit, or NULL and EINVAL. */
static unsigned long *word(const sigset_t *set, int sig)
{
	if (sig < 1 || sig >= NSIG) {
		errno = EINVAL;
		return NULL;
	}
	return (unsigned long *)&set->bits[(sig - 1) / 32];
}

static unsigned long bit(int sig)
{
	return 1ul << (sig - 1) % 32;
}

int sigaddset(sigset_t *set, int sig)
{
	unsigned long *w = word(set, sig);

	if (!w)
		return -1;
	*w |= bit(sig);
	return 0;
}

int sigdelset(sigset_t *set, int sig)
{
	unsigned long *w = word(set, sig);

	if (!w)
		return -1;
	*w &= ~bit(sig);
	return 0;
}

int sigismember(const sigset_t *set, int sig)
{
	unsigned long *w = word(set, sig);

	return w ? (*w & bit(sig)) != 0 : -1;
}
