/*
 * threads - threads as a C library makes them: clone(2) with a stack, a TLS segment and a word
 * that the kernel clears at the end, on which others wait by futex(2). Exec from a thread needs it
 * installed as /threads.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define THREAD_FLAGS                                                                        \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
	 CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)
#define STACK_SIZE 16384
#define FUTEX_WAIT 0
#define FUTEX_WAKE 1
#define MANY	   60

struct user_desc {
	unsigned int entry_number, base_addr, limit;
	unsigned int seg_32bit : 1, contents : 2, read_exec_only : 1, limit_in_pages : 1,
		seg_not_present : 1, useable : 1;
};

/* One thread: its stack and TLS block, and what it is told. */
struct thread {
	struct thread *self; /* first: gs:0 */
	volatile int tid;    /* the kernel clears it */
	int parent_tid;
	int (*fn)(struct thread *);
	int arg;
	char *stack;
};

static unsigned int tls_entry;

/* pid of the new thread, or -errno; it calls fn(thread) on its own stack, and exits. */
int raw_clone(unsigned int flags, void *stack, int *parent_tid, void *tls, volatile int *child_tid);
__asm__(".text\n"
	".globl raw_clone\n"
	"raw_clone:\n"
	"	pushl %ebx\n"
	"	pushl %esi\n"
	"	pushl %edi\n"
	"	movl 16(%esp), %ebx\n"
	"	movl 20(%esp), %ecx\n"
	"	movl 24(%esp), %edx\n"
	"	movl 28(%esp), %esi\n"
	"	movl 32(%esp), %edi\n"
	"	movl $120, %eax\n"
	"	int $0x80\n"
	"	testl %eax, %eax\n"
	"	jz 1f\n"
	"	popl %edi\n"
	"	popl %esi\n"
	"	popl %ebx\n"
	"	ret\n"
	"1:	xorl %ebp, %ebp\n"
	"	popl %eax\n" /* fn */
	"	call *%eax\n"
	"	movl %eax, %ebx\n"
	"	movl $1, %eax\n"
	"	int $0x80\n"
	"	hlt\n");

static struct user_desc data_segment(void *base, unsigned int entry)
{
	struct user_desc d;

	memset(&d, 0, sizeof(d));
	d.entry_number = entry;
	d.base_addr = (unsigned int)base;
	d.limit = 0xfffff;
	d.seg_32bit = d.limit_in_pages = d.useable = 1;
	return d;
}

static struct thread *self(void)
{
	struct thread *t;

	__asm__ volatile("movl %%gs:0, %0" : "=r"(t));
	return t;
}

static int start_thread(struct thread *t, int (*fn)(struct thread *), int arg)
{
	struct user_desc tls = data_segment(t, tls_entry);
	void **top;

	t->self = t;
	t->fn = fn;
	t->arg = arg;
	t->stack =
		mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(t->stack != MAP_FAILED);
	t->tid = -1;
	top = (void **)(t->stack + STACK_SIZE) - 2;
	top[0] = (void *)fn;
	top[1] = t;
	return raw_clone(THREAD_FLAGS, top, &t->parent_tid, &tls, &t->tid);
}

static void start(struct thread *t, int (*fn)(struct thread *), int arg)
{
	CHECK(start_thread(t, fn, arg) > 0);
}

static void join(struct thread *t)
{
	int tid;

	while ((tid = t->tid) != 0)
		syscall(SYS_futex, &t->tid, FUTEX_WAIT, tid, NULL, NULL, 0);
	CHECK(munmap(t->stack, STACK_SIZE) == 0);
}

static int gettid_(void)
{
	return (int)syscall(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

static void yield_some(void)
{
	for (int i = 0; i < 20; i++)
		sched_yield();
}

/* ---- identity and TLS ------------------------------------------------------------------------ */

static int leader_pid;
static volatile int sum;

static int tell(struct thread *t)
{
	if (self() != t || getpid() != leader_pid || gettid_() == leader_pid ||
	    gettid_() != t->parent_tid)
		_exit(3);
	yield_some();
	if (self() != t)
		_exit(4);
	sum += t->arg;
	return 0;
}

static void test_many(void)
{
	static struct thread threads[MANY];

	sum = 0;
	leader_pid = getpid();
	for (int i = 0; i < MANY; i++)
		start(&threads[i], tell, i);
	for (int i = 0; i < MANY; i++)
		join(&threads[i]);
	CHECK(sum == MANY * (MANY - 1) / 2);
	CHECK_ERRNO(waitpid(-1, NULL, 0x40000000), ECHILD); /* threads are no children */
}

static void test_tls_calls(void)
{
	static struct thread main_thread;
	struct user_desc d = data_segment(&main_thread, ~0u), got;
	unsigned int first;

	main_thread.self = &main_thread;
	CHECK(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0) == 0);
	first = tls_entry = d.entry_number;
	CHECK(first >= 6 && first <= 8);
	__asm__ volatile("movw %w0, %%gs" ::"r"(first * 8 + 3));
	CHECK(self() == &main_thread);
	memset(&got, 0, sizeof(got));
	got.entry_number = first;
	CHECK(syscall(SYS_get_thread_area, &got, 0, 0, 0, 0, 0) == 0);
	CHECK(!memcmp(&got, &d, sizeof(d)));
	/* Two more, then none is free. */
	d.entry_number = ~0u;
	CHECK(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0) == 0 && d.entry_number != first);
	d.entry_number = ~0u;
	CHECK(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0) == 0);
	d.entry_number = ~0u;
	CHECK_ERRNO(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0), ESRCH);
	/* Empty again. */
	memset(&d, 0, sizeof(d));
	d.read_exec_only = d.seg_not_present = 1;
	for (unsigned int e = 6; e <= 8; e++) {
		d.entry_number = e;
		CHECK(e == first || syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0) == 0);
	}
}

static void test_tls_errors(void)
{
	struct user_desc d = data_segment(NULL, 5);

	CHECK_ERRNO(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0), EINVAL);
	d.entry_number = 9;
	CHECK_ERRNO(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_get_thread_area, &d, 0, 0, 0, 0, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_set_thread_area, 0xc0000000, 0, 0, 0, 0, 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_get_thread_area, 0xc0000000, 0, 0, 0, 0, 0), EFAULT);
	CHECK_ERRNO(syscall(SYS_set_thread_area, 0xbffffff8, 0, 0, 0, 0, 0), EFAULT);
	d.entry_number = 8;
	d.contents = 2; /* code */
	CHECK_ERRNO(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0), EINVAL);
	d.contents = 0;
	d.seg_32bit = 0;
	CHECK_ERRNO(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0), EINVAL);
	d.seg_32bit = 1;
	d.seg_not_present = 1;
	CHECK_ERRNO(syscall(SYS_set_thread_area, &d, 0, 0, 0, 0, 0), EINVAL);
	/* clone: the entry must be named. */
	d = data_segment(NULL, ~0u);
	CHECK(raw_clone(CLONE_SETTLS | 17, NULL, NULL, &d, NULL) == -EINVAL);
	CHECK(raw_clone(CLONE_SETTLS | 17, NULL, NULL, (void *)0xc0000000, NULL) == -EFAULT);
}

/* ---- what threads share ---------------------------------------------------------------------- */

static int share(struct thread *t)
{
	int fd = open("/", O_RDONLY);

	if (fd < 0 || chdir("/boot"))
		return 1;
	t->arg = fd;
	return 0;
}

static void test_sharing(void)
{
	struct thread t;
	char cwd[64];

	CHECK(chdir("/") == 0);
	start(&t, share, 0);
	join(&t);
	CHECK(fcntl(t.arg, F_GETFD) == 0 && close(t.arg) == 0);
	CHECK(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, "/boot"));
	CHECK(chdir("/") == 0);
}

static int fork_in_thread(struct thread *t)
{
	int pid = fork();

	if (!pid)
		_exit(getppid() == leader_pid ? 21 : 1);
	t->arg = pid;
	return 0;
}

static int wait_in_thread(struct thread *t)
{
	int status;

	if (waitpid(t->arg, &status, 0) != t->arg || status != 22 << 8)
		t->arg = 0;
	return 0;
}

/* A child belongs to the process: any thread may wait for it. */
static void test_children(void)
{
	struct thread t;
	int status, pid;

	leader_pid = getpid();
	start(&t, fork_in_thread, 0);
	join(&t);
	CHECK(waitpid(t.arg, &status, 0) == t.arg && status == 21 << 8);
	pid = fork();
	if (!pid) {
		yield_some();
		_exit(22);
	}
	start(&t, wait_in_thread, pid);
	join(&t);
	CHECK(t.arg == pid);
	CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static int sleep_for_ever(struct thread *t)
{
	static int word;

	while (t)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	return 1;
}

static int end_all(struct thread *t)
{
	yield_some();
	_exit(t->arg);
}

static int outlive(struct thread *t)
{
	yield_some();
	return t->arg;
}

static void test_ends(void)
{
	static struct thread a, b, c;
	int status, pid = fork();

	if (!pid) { /* a thread ends the process */
		start(&a, sleep_for_ever, 0);
		start(&b, end_all, 31);
		sleep_for_ever(&c);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 31 << 8);
	pid = fork();
	if (!pid) { /* the leader ends it, while others sleep */
		start(&a, sleep_for_ever, 0);
		start(&b, sleep_for_ever, 0);
		yield_some();
		_exit(32);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 32 << 8);
	pid = fork();
	if (!pid) { /* the leader alone ends; the process with the last thread */
		start(&a, outlive, 34);
		syscall(SYS_exit, 33, 0, 0, 0, 0, 0);
	}
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 33 << 8);
}

/* ---- exec ------------------------------------------------------------------------------------ */

static int exec_self(struct thread *t)
{
	char number[16];
	char *argv[] = {(char *)"/threads", number, NULL}, *envp[] = {NULL};

	(void)t;
	snprintf(number, sizeof(number), "%d", (int)getpid());
	execve("/threads", argv, envp);
	_exit(errno);
}

static void test_exec(void)
{
	static struct thread a, b, c;
	int status, pid = fork();

	if (!pid) { /* a thread execs: it goes by the process's pid */
		start(&a, sleep_for_ever, 0);
		start(&b, exec_self, 0);
		sleep_for_ever(&c);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 41 << 8);
	pid = fork();
	if (!pid) { /* the leader does */
		start(&a, sleep_for_ever, 0);
		start(&b, sleep_for_ever, 0);
		exec_self(&c);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 41 << 8);
	pid = fork();
	if (!pid) { /* the leader has ended before */
		start(&a, outlive, 0);
		start(&b, exec_self, 0);
		syscall(SYS_exit, 1, 0, 0, 0, 0, 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 41 << 8);
}

static int after_exec(const char *pid)
{
	return getpid() == atoi(pid) && gettid_() == getpid() ? 41 : 42;
}

int main(int argc, char **argv)
{
	if (argc == 2)
		return after_exec(argv[1]);
	test_tls_calls();
	test_tls_errors();
	test_many();
	test_sharing();
	test_children();
	test_ends();
	test_exec();
	return 0;
}
