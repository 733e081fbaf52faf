/*
 * threadstorm SEED ROUNDS - threads that share everything do, at random, what could get into each
 * other's way: they map, unmap and move the same memory, touch it, let the kernel copy into it,
 * fork, exec, wait on futexes, send signals, cut the file short that is mapped. A round is two such
 * processes at once; each ends by exec, by exit_group in the middle of everything, or is killed.
 * That the kernel survives, and that nothing is lost, is for others to check. Installed as
 * /threadstorm.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define THREADS	   6
#define STEPS	   250
#define ARENA	   0x50000000u
#define PAGES	   1536u /* across two borders of page tables */
#define FIRST	   512u
#define PAGE	   4096u
#define STACK_SIZE 16384
#define CTX_EIP	   14 /* of a signal frame's registers, which begin 20 bytes into the ucontext */
#define FLAGS                                                                               \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
	 0x01000000 /* CHILD_SETTID */ | 0x00200000 /* CHILD_CLEARTID */)

static unsigned int seeds[THREADS + 1], *rnd = &seeds[THREADS];
static volatile int tids[THREADS], words[4];
static char stacks[THREADS][STACK_SIZE] __attribute__((aligned(16)));
static int file, pipes[2], zero;

static unsigned int random_of(unsigned int *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	return *seed ^= *seed << 5;
}

/* Touches a word; after a fault that the kernel does not satisfy it simply returns. */
void touch(void *addr, int write);
extern char touched[];
__asm__(".text\n"
	"touch:	movl 4(%esp), %ecx\n"
	"	cmpl $0, 8(%esp)\n"
	"	jz 1f\n"
	"	lock incl (%ecx)\n"
	"	jmp touched\n"
	"1:	movl (%ecx), %eax\n"
	".globl touched\n"
	"touched: ret\n");

int storm_clone(unsigned int flags, void *stack, volatile int *tid);
__asm__(".text\n"
	"storm_clone:\n"
	"	pushl %ebx\n"
	"	pushl %esi\n"
	"	pushl %edi\n"
	"	movl 16(%esp), %ebx\n"
	"	movl 20(%esp), %ecx\n"
	"	movl 24(%esp), %edi\n"
	"	xorl %edx, %edx\n"
	"	xorl %esi, %esi\n"
	"	movl $120, %eax\n"
	"	int $0x80\n"
	"	testl %eax, %eax\n"
	"	jz 1f\n"
	"	popl %edi\n"
	"	popl %esi\n"
	"	popl %ebx\n"
	"	ret\n"
	"1:	xorl %ebp, %ebp\n"
	"	call *(%esp)\n"
	"	movl $1, %eax\n"
	"	xorl %ebx, %ebx\n"
	"	int $0x80\n"
	"	hlt\n");

static void on_fault(int sig, siginfo_t *info, void *context)
{
	unsigned int *regs = (unsigned int *)((char *)context + 20);

	(void)sig;
	(void)info;
	regs[CTX_EIP] = (unsigned int)touched;
}

static void on_signal(int sig)
{
	(void)sig;
}

/* ---- what a thread may do -------------------------------------------------------------------- */

struct step {
	unsigned int r, page, pages;
	char *at;
	size_t len;
};

static void map(struct step *s)
{
	static const int kinds[] = {MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS,
				    MAP_PRIVATE, MAP_SHARED};
	int kind = kinds[s->r % 4], fd = kind & MAP_ANONYMOUS ? -1 : file;

	if (s->r & 64)
		kind |= 0x8000; /* MAP_POPULATE */
	syscall(SYS_mmap2, s->at, s->len, s->r >> 2 & 3, kind | MAP_FIXED, fd, s->page % 40);
}

static void map_writable(struct step *s)
{
	int kind = s->r & 1 ? MAP_PRIVATE : MAP_SHARED;

	syscall(SYS_mmap2, s->at, s->len, 3, kind | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
}

static void unmap(struct step *s)
{
	munmap(s->at, s->len);
}

static void remap(struct step *s)
{
	char *to = (char *)ARENA + (s->r >> 8) % PAGES * PAGE;

	syscall(SYS_mremap, s->at, s->len, (s->r & 7) * PAGE + s->len / 2, s->r & 8 ? 3 : 0, to);
}

static void protect(struct step *s)
{
	mprotect(s->at, s->len, (int)(s->r & 7));
}

static void advise(struct step *s)
{
	static const int advices[] = {0, 1, 3, 4, 4, 8, 10, 11};

	syscall(SYS_madvise, s->at, s->len, advices[s->r & 7]);
}

static void lock(struct step *s)
{
	syscall(s->r & 1 ? SYS_mlock : SYS_munlock, s->at, s->len);
	if (s->r % 64 == 2)
		syscall(SYS_munlockall);
}

static void touch_some(struct step *s)
{
	for (size_t i = 0; i < s->len; i += PAGE)
		touch(s->at + i, (int)(s->r & 1));
}

static void copy(struct step *s)
{
	switch (s->r & 7) {
	case 0:
		syscall(SYS_read, zero, s->at, s->len);
		break;
	case 1:
		syscall(SYS_pwrite64, file, s->at, s->len, (s->r >> 3 & 31) * PAGE + 100, 0);
		break;
	case 2:
		syscall(SYS_pread64, file, s->at, s->len, (s->r >> 3 & 31) * PAGE, 0);
		break;
	case 3:
		syscall(SYS_write, pipes[1], s->at, s->len);
		break;
	case 4:
		syscall(SYS_read, pipes[0], s->at, s->len);
		break;
	case 5:
		syscall(SYS_sendfile, pipes[1], file, 0, s->len);
		break;
	case 6:
		syscall(SYS_getcwd, s->at + PAGE - 4, 4096);
		break;
	default:
		syscall(SYS_mincore, ARENA, PAGES * PAGE / 2, s->at);
	}
}

static void cut(struct step *s)
{
	syscall(SYS_ftruncate, file, (s->r & 31) * PAGE + (s->r >> 5 & PAGE));
}

static void read_proc(struct step *s)
{
	static const char *const names[] = {"/proc/self/maps",	  "/proc/self/smaps",
					    "/proc/self/pagemap", "/proc/self/status",
					    "/proc/self/environ", "/proc/self/cmdline"};
	int fd = open(names[s->r % 6], O_RDONLY);

	syscall(SYS__llseek, fd, 0, (ARENA >> 9) & -8u, words, 0);
	syscall(SYS_read, fd, s->at, s->len & -8u);
	close(fd);
}

/* A stopped child whose parent goes away: nobody could continue it, so the kernel ends it. */
static void child(const struct step *s, int shares)
{
	char *argv[] = {(char *)"/threadstorm", NULL}, *envp[] = {NULL};

	/* The handlers are for the threads of the storm: here a fault would be taken for ever. */
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	if (s->r & 2)
		touch(s->at, (int)(s->r & 4));
	if (!(s->r & 0x70))
		execve("/threadstorm", argv, envp);
	if (!shares && (s->r & 0x70) == 0x10 && syscall(SYS_setpgid, 0, 0) == 0)
		syscall(SYS_kill, syscall(SYS_getpid), SIGTSTP); /* SIGSTOP would not ask */
	syscall(SYS_exit_group, 0);
}

static void fork_some(struct step *s)
{
	int shares = !(s->r & 1), pid = (int)syscall(shares ? SYS_vfork : SYS_fork);

	if (!pid)
		child(s, shares);
	if (pid > 0 && (s->r & 8) && (s->r & 0x70) != 0x10)
		waitpid(pid, NULL, 0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void futex(struct step *s)
{
	struct timespec soon = {0, 2000000};
	volatile int *a = &words[s->r & 1],
		     *b = (volatile int *)(s->r & 2 ? (char *)s->at : (char *)&words[2]);

	switch (s->r >> 2 & 7) {
	case 0:
	case 1:
	case 2:
		syscall(SYS_futex, s->r & 32 ? a : b, s->r & 64 ? 128 : 0, 0, &soon, 0, 0);
		break;
	case 3:
		syscall(SYS_futex, a, 3, 1, 1, b, 0);
		break;
	case 4:
		syscall(SYS_futex, b, 3, 0, 100, a, 0);
		break;
	case 5:
		syscall(SYS_futex, a, 5, 1, 1, b, s->r & 0x11000000);
		break;
	default:
		syscall(SYS_futex, s->r & 32 ? a : b, 1, 1 + (s->r >> 8 & 3), 0, 0, 0);
	}
}

static void signal_some(struct step *s)
{
	static const int numbers[] = {SIGUSR1, SIGUSR2, SIGUSR1, 34, SIGCONT, SIGTSTP};
	int sig = numbers[s->r % 6], tid = tids[s->r / 6 % THREADS];

	if (tid > 0)
		syscall(SYS_tgkill, getpid(), tid, sig);
	if (sig == SIGTSTP)
		syscall(SYS_kill, getpid(), SIGCONT);
}

static void grow_heap(struct step *s)
{
	unsigned int now = (unsigned int)syscall(SYS_brk, 0);

	syscall(SYS_brk, s->r & 1 ? now + s->len : now - s->len / 2);
}

static void descriptors(struct step *s)
{
	int fd = (int)syscall(SYS_dup, s->r & 1 ? file : pipes[0]);

	syscall(SYS_fcntl, fd, 1030, 40); /* F_DUPFD_CLOEXEC */
	syscall(SYS_dup2, file, 30 + s->r % 7);
	syscall(SYS_close, 30 + s->r / 7 % 7);
	syscall(SYS_close, fd);
	syscall(SYS_close, 40 + s->r / 49 % 4);
}

static void new_thread(struct step *s);

static void end_all(struct step *s)
{
	char *argv[] = {(char *)"/threadstorm", NULL}, *envp[] = {NULL};

	if (s->r & 0xf70)
		return;
	if (s->r & 0x80)
		execve("/threadstorm", argv, envp);
	else
		syscall(SYS_exit_group, 0);
}

static void (*const acts[])(struct step *s) = {
	map,	     map_writable, map_writable, unmap,	     remap,	 remap,
	protect,     advise,	   lock,	 touch_some, touch_some, copy,
	copy,	     cut,	   read_proc,	 fork_some,  futex,	 futex,
	signal_some, grow_heap,	   descriptors,	 new_thread, touch_some, end_all,
};

static void run_thread(unsigned int number)
{
	unsigned int *seed = &seeds[number];

	for (int i = 0; i < STEPS; i++) {
		struct step s = {.r = random_of(seed) >> 3};
		unsigned int act = random_of(seed) >> 7;

		s.page = FIRST + (random_of(seed) >> 4) % 64 * (s.r & 256 ? 1 : 16);
		s.pages = 1 + (random_of(seed) >> 5) % (s.r & 512 ? 5 : 40);
		s.at = (char *)ARENA + s.page % PAGES * PAGE;
		s.len = s.pages * PAGE;
		acts[act % (sizeof(acts) / sizeof(*acts))](&s);
	}
}

#define ENTRY(n)                     \
	static void thread_##n(void) \
	{                            \
		run_thread(n);       \
	}
ENTRY(0)
ENTRY(1)
ENTRY(2)
ENTRY(3)
ENTRY(4)
ENTRY(5)
static void (*const entries[THREADS])(void) = {thread_0, thread_1, thread_2,
					       thread_3, thread_4, thread_5};

static void start(unsigned int number)
{
	void **top = (void **)(stacks[number] + STACK_SIZE) - 4;

	*top = (void *)entries[number];
	storm_clone(FLAGS, top, &tids[number]);
}

/* One that has ended begins anew: the kernel has cleared its word. */
static void new_thread(struct step *s)
{
	unsigned int number = 1 + s->r % (THREADS - 1);

	if (__sync_bool_compare_and_swap(&tids[number], 0, -1))
		start(number);
}

/* ---- a round --------------------------------------------------------------------------------- */

static void handle(int sig, void (*fn)(int, siginfo_t *, void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = fn;
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	CHECK(sigaction(sig, &action, NULL) == 0);
}

static void storm(void)
{
	handle(SIGSEGV, on_fault);
	handle(SIGBUS, on_fault);
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	signal(34, on_signal);
	signal(SIGPIPE, SIG_IGN);
	CHECK(syscall(SYS_pipe2, pipes, 04000) == 0);
	file = open("storm.f", O_RDWR | O_CREAT, 0600);
	zero = open("/dev/zero", O_RDWR);
	CHECK(file >= 0 && zero >= 0);
	for (unsigned int i = 1; i < THREADS; i++) {
		tids[i] = -1;
		start(i);
	}
	tids[0] = getpid();
	run_thread(0);
	if (random_of(&seeds[0]) & 1)
		syscall(SYS_exit, 0); /* the leader alone */
	syscall(SYS_exit_group, 0);
}

static void give_up(int pid, unsigned int tries)
{
	int status;

	for (unsigned int i = 0; i < tries; i++) {
		struct timespec soon = {0, 5000000};

		if (waitpid(pid, &status, WNOHANG) == pid)
			return;
		nanosleep(&soon, NULL);
		syscall(SYS_kill, pid, i % 7 == 3 ? SIGSTOP : SIGCONT);
	}
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid);
}

int main(int argc, char **argv)
{
	unsigned int rounds;

	if (argc < 3)
		return 0; /* by exec */
	*rnd = (unsigned int)strtoul(argv[1], NULL, 10) | 1;
	rounds = (unsigned int)atoi(argv[2]);
	while (rounds--) {
		int pids[2];

		for (int i = 0; i < 2; i++) {
			for (int k = 0; k < THREADS; k++)
				seeds[k] = random_of(rnd) | 1;
			pids[i] = fork();
			if (!pids[i])
				storm();
			CHECK(pids[i] > 0);
		}
		for (int i = 0; i < 2; i++)
			give_up(pids[i], 20 + random_of(rnd) % 60);
	}
	unlink("storm.f");
	return 0;
}
