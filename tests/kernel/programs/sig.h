/*
 * Signals without a C library: the kernel's structures as Linux lays them out on i386, and the
 * calls themselves, so that what is tested is the kernel's.
 */
#ifndef FOLIO_TESTS_PROGRAMS_SIG_H
#define FOLIO_TESTS_PROGRAMS_SIG_H

#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/kernel/programs/check.h"

typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;
typedef unsigned long long u64;

#define PAGE	     4096
#define BAD	     ((void *)0x30000000)
#define KERNEL	     ((void *)0xc0100000)

#define SIGHUP	     1
#define SIGINT	     2
#define SIGQUIT	     3
#define SIGILL	     4
#define SIGTRAP	     5
#define SIGABRT	     6
#define SIGBUS	     7
#define SIGFPE	     8
#define SIGKILL	     9
#define SIGUSR1	     10
#define SIGSEGV	     11
#define SIGUSR2	     12
#define SIGPIPE	     13
#define SIGALRM	     14
#define SIGTERM	     15
#define SIGCHLD	     17
#define SIGCONT	     18
#define SIGSTOP	     19
#define SIGTSTP	     20
#define SIGTTIN	     21
#define SIGTTOU	     22
#define SIGURG	     23
#define SIGXCPU	     24
#define SIGVTALRM    26
#define SIGPROF	     27
#define SIGWINCH     28
#define RT0	     34

#define K_DFL	     ((void *)0)
#define K_IGN	     ((void *)1)

#define SA_NOCLDSTOP 0x00000001u
#define SA_NOCLDWAIT 0x00000002u
#define SA_SIGINFO   0x00000004u
#define SA_RESTORER  0x04000000u
#define SA_ONSTACK   0x08000000u
#define SA_RESTART   0x10000000u
#define SA_NODEFER   0x40000000u
#define SA_RESETHAND 0x80000000u

#define SIG_BLOCK    0
#define SIG_UNBLOCK  1
#define SIG_SETMASK  2

#define SI_USER	     0
#define SI_QUEUE     (-1)
#define SI_TKILL     (-6)
#define SI_KERNEL    0x80

struct ksigaction {
	void *handler;
	u32 flags;
	void *restorer;
	u64 mask;
} __attribute__((packed));

struct kinfo {
	int signo, err, code;
	u32 a, b, c; /* pid, uid, value; or the address of a fault */
	u32 rest[26];
};

struct kfpstate {
	u32 cw, sw, tag, ipoff, cssel, dataoff, datasel;
	u8 st[8][10];
	u16 status, magic;
	u8 fx[512]; /* FXSAVE's image, where magic is 0 */
};

struct kcontext {
	u32 gs, fs, es, ds;
	u32 edi, esi, ebp, esp, ebx, edx, ecx, eax;
	u32 trapno, err, eip, cs, eflags, esp_at_signal, ss;
	struct kfpstate *fpstate;
	u32 oldmask, cr2;
};

struct kstack {
	void *sp;
	u32 flags;
	u32 size;
};

struct kucontext {
	u32 flags, link;
	struct kstack stack;
	struct kcontext mc;
	u32 mask[2];
};

#define SS_ONSTACK    1u
#define SS_DISABLE    2u
#define SS_AUTODISARM (1u << 31)

_Static_assert(sizeof(struct ksigaction) == 20, "the ABI's");
_Static_assert(sizeof(struct kinfo) == 128, "the ABI's");
_Static_assert(sizeof(struct kfpstate) == 624, "the ABI's");
_Static_assert(sizeof(struct kcontext) == 88, "the ABI's");
_Static_assert(sizeof(struct kucontext) == 116, "the ABI's");

#define BIT(sig)	     (1ull << ((sig)-1))

#define call4(n, a, b, c, d) syscall(n, a, b, c, d, 0, 0)

static inline int k_action(int sig, const struct ksigaction *act, struct ksigaction *old)
{
	return (int)call4(SYS_rt_sigaction, sig, act, old, 8);
}

static inline void handle(int sig, void *handler, u32 flags, u64 mask)
{
	struct ksigaction act = {.handler = handler, .flags = flags, .mask = mask};

	CHECK(k_action(sig, &act, NULL) == 0);
}

static inline int k_mask(int how, const u64 *set, u64 *old)
{
	return (int)call4(SYS_rt_sigprocmask, how, set, old, 8);
}

static inline void set_mask(u64 mask)
{
	CHECK(k_mask(SIG_SETMASK, &mask, NULL) == 0);
}

static inline u64 get_mask(void)
{
	u64 mask = ~0ull;

	CHECK(k_mask(SIG_SETMASK, NULL, &mask) == 0);
	return mask;
}

static inline u64 get_pending(void)
{
	u64 mask = ~0ull;

	CHECK(call4(SYS_rt_sigpending, &mask, 8, 0, 0) == 0);
	return mask;
}

static inline int k_kill(int pid, int sig)
{
	return (int)call4(SYS_kill, pid, sig, 0, 0);
}

static inline void raise_sig(int sig)
{
	CHECK(k_kill(getpid(), sig) == 0);
}

/* Two pages, of which only the first is there: its end. */
static inline char *edge(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	return p + PAGE;
}

#endif
