/*
 * fuzz SEED CALLS [root] - a hostile program: system calls of all numbers, with arguments that are
 * partly what they should be and partly not. Children make the calls, since few survive for long;
 * this one counts, and takes a new child when one has died or does not come back.
 *
 * A call got "past the argument checks" unless it failed with an error that says that an argument
 * was no good. With `root` the children are the superuser in a folder of their own; what would end
 * the machine or take it for itself (reboot, real-time scheduling, signals to all) is then left
 * out.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define PAGE	       4096u
#define BUFFER_PAGES   4u
#define CALLS_OF_CHILD 2000u
#define NR_CALLS       450u
#define FIRST_FDS      10

/* What children tell, in memory that they share with the first process. */
struct counts {
	unsigned long calls, successes, past_checks;
	unsigned long by_errno[134];
};

static struct counts *counts;
static uint32_t state;
static char *buffer, *edge; /* pages to point into; behind `edge` is nothing */
static int as_root;
static unsigned long stuck; /* children that did not come back */

static uint32_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static uint32_t below(uint32_t n)
{
	return (uint32_t)((uint64_t)rnd() * n >> 32);
}

/* ---- arguments ------------------------------------------------------------------------- */

static const char *const paths[] = {
	"/",
	".",
	"..",
	"a",
	"b",
	"dir",
	"dir/x",
	"dir/y",
	"link",
	"/tmp/fuzz/in/a",
	"fifo",
	"/dev/null",
	"/dev/zero",
	"/proc",
	"/proc/self/maps",
	"/proc/self/fd",
	"/proc/meminfo",
	"no/such",
	"a/b",
	"",
	"/proc/self/exe",
	"dir/..",
	"./a",
	"//",
};

static long a_path(void)
{
	char *to = buffer + below(PAGE - 64);

	strcpy(to, paths[below(sizeof(paths) / sizeof(*paths))]);
	return (long)to;
}

static long a_pointer(void)
{
	switch (below(12)) {
	case 0:
		return (long)(edge - below(64)); /* ends too early */
	case 1:
		return 0;
	case 2:
		return (long)(0xc0000000u + below(0x40000000));
	case 3:
		return (long)rnd();
	default:
		return (long)(buffer + (below(BUFFER_PAGES * PAGE - 512) & ~3u));
	}
}

static long a_number(void)
{
	static const uint32_t odd[] = {0,	   1,	      0x7fffffff, 0x80000000, 0xffffffff,
				       0xfffff000, PAGE,      PAGE - 1,	  0xc0000000, 0xbffff000,
				       65536,	   0x1000000, 0xfffffffe};

	switch (below(4)) {
	case 0:
		return (long)odd[below(sizeof(odd) / sizeof(*odd))];
	case 1:
		return (long)rnd();
	case 2:
		return (long)(1u << below(32));
	default:
		return (long)below(64);
	}
}

/* One argument, by a letter of the table below. */
static long argument(char kind)
{
	if (below(24) == 0) /* now and then something else altogether */
		return a_number();
	switch (kind) {
	case 'f':
		return below(8) ? FIRST_FDS + (long)below(12) : a_number();
	case 'd':
		return below(4) ? -100 : FIRST_FDS + (long)below(12);
	case 'p':
		return below(12) ? a_path() : a_pointer();
	case 'b':
		return a_pointer();
	case 'n':
		return below(8) ? (long)below(600) : a_number();
	case 'z':
		return below(8) ? 0 : a_number();
	case 'm':
		return (long)(buffer + PAGE * below(BUFFER_PAGES));
	case 'L':
		return (long)(PAGE * (1 + below(4)));
	case 'M':
		return 0x40000000 + (long)(PAGE * below(0x1000));
	case 'P':
		return (long)below(8);
	case 'F':
		return 0x22 | (below(4) ? 0 : 0x10) | (below(8) ? 0 : (long)(rnd() & 0x1fff00));
	case 's':
		return (long)below(66);
	case 'i':
		return below(3) ? 0 : (long)getpid();
	case 'o':
		return (long)(rnd() & 02007703) & ~040000;
	case 't':
		return (long)(buffer + BUFFER_PAGES * PAGE - 512); /* a short time */
	case 'w':
		return 1 | (long)(rnd() & 0x4000000e); /* WNOHANG */
	default:
		return a_number();
	}
}

/* What the better known calls expect. All others get whatever comes. */
static const struct {
	unsigned int number;
	const char *kinds;
} known[] = {
	{SYS_read, "fbn"},
	{SYS_write, "fbn"},
	{SYS_open, "pon"},
	{SYS_close, "f"},
	{SYS_creat, "pn"},
	{SYS_link, "pp"},
	{SYS_unlink, "p"},
	{SYS_chdir, "p"},
	{SYS_mknod, "pxn"},
	{SYS_chmod, "pn"},
	{SYS_lseek, "fnP"},
	{SYS_access, "pP"},
	{SYS_kill, "is"},
	{SYS_rename, "pp"},
	{SYS_mkdir, "pn"},
	{SYS_rmdir, "p"},
	{SYS_dup, "f"},
	{SYS_pipe, "b"},
	{SYS_times, "b"},
	{SYS_brk, "x"},
	{SYS_ioctl, "fxb"},
	{SYS_fcntl, "fnn"},
	{SYS_umask, "n"},
	{SYS_dup2, "ff"},
	{SYS_sigaction, "sbb"},
	{SYS_symlink, "pp"},
	{SYS_readlink, "pbn"},
	{SYS_mmap, "b"},
	{SYS_munmap, "ML"},
	{SYS_truncate, "pn"},
	{SYS_ftruncate, "fn"},
	{SYS_fchmod, "fn"},
	{SYS_statfs, "pb"},
	{SYS_fstatfs, "fb"},
	{SYS_stat, "pb"},
	{SYS_lstat, "pb"},
	{SYS_fstat, "fb"},
	{SYS_wait4, "iwwb"},
	{SYS_sysinfo, "b"},
	{SYS_fsync, "f"},
	{SYS_uname, "b"},
	{SYS_mprotect, "MLP"},
	{SYS_sigprocmask, "Pbb"},
	{SYS_fchdir, "f"},
	{SYS__llseek, "fznbP"},
	{SYS_getdents, "fbn"},
	{SYS__newselect, "Pbbbt"},
	{SYS_flock, "fP"},
	{SYS_msync, "MLP"},
	{SYS_readv, "fbP"},
	{SYS_writev, "fbP"},
	{SYS_mlock, "ML"},
	{SYS_munlock, "ML"},
	{SYS_nanosleep, "tb"},
	{SYS_mremap, "MLLPM"},
	{SYS_poll, "bPz"},
	{SYS_prctl, "nbnnn"},
	{SYS_rt_sigaction, "sbbx"},
	{SYS_rt_sigprocmask, "Pbbx"},
	{SYS_pread64, "fbnnz"},
	{SYS_pwrite64, "fbnnz"},
	{SYS_chown, "pzz"},
	{SYS_getcwd, "bn"},
	{SYS_sigaltstack, "bb"},
	{SYS_sendfile, "ffbn"},
	{SYS_mmap2, "MLPFfz"},
	{SYS_truncate64, "pnz"},
	{SYS_ftruncate64, "fnz"},
	{SYS_stat64, "pb"},
	{SYS_lstat64, "pb"},
	{SYS_fstat64, "fb"},
	{SYS_mincore, "MLb"},
	{SYS_madvise, "MLn"},
	{SYS_getdents64, "fbn"},
	{SYS_fcntl64, "fnn"},
	{SYS_gettid, ""},
	{SYS_tkill, "is"},
	{SYS_sendfile64, "ffbn"},
	{SYS_futex, "bPntbn"},
	{SYS_set_thread_area, "b"},
	{SYS_get_thread_area, "b"},
	{SYS_clock_gettime, "nb"},
	{SYS_clock_getres, "nb"},
	{SYS_statfs64, "pxb"},
	{SYS_fstatfs64, "fxb"},
	{SYS_utimes, "pb"},
	{SYS_waitid, "Pibw"},
	{SYS_openat, "dpon"},
	{SYS_mkdirat, "dpn"},
	{SYS_mknodat, "dpxn"},
	{SYS_fstatat64, "dpbn"},
	{SYS_unlinkat, "dpz"},
	{SYS_renameat, "dpdp"},
	{SYS_linkat, "dpdpz"},
	{SYS_symlinkat, "pdp"},
	{SYS_readlinkat, "dpbn"},
	{SYS_faccessat, "dpP"},
	{SYS_pselect6, "Pbbbt"},
	{SYS_ppoll, "bPt"},
	{SYS_utimensat, "dpbz"},
	{SYS_dup3, "ffo"},
	{SYS_pipe2, "bo"},
	{SYS_preadv, "fbPnz"},
	{SYS_pwritev, "fbPnz"},
	{SYS_prlimit64, "iPbb"},
	{SYS_getrandom, "bnP"},
	{SYS_statx, "dpznb"},
	{SYS_mlock2, "MLP"},
	{SYS_getrusage, "Pb"},
	{SYS_gettimeofday, "bb"},
	{SYS_getpriority, "Pi"},
	{SYS_sched_getparam, "ib"},
	{SYS_getgroups32, "nb"},
	{SYS_sched_yield, ""},
	{SYS_getpid, ""},
	{SYS_getppid, ""},
	{SYS_getuid32, ""},
	{SYS_setitimer, "Ptb"},
	{SYS_getitimer, "Pb"},
	{SYS_rt_sigpending, "bP"},
	{SYS_rt_sigtimedwait, "bbtx"},
};

/* ---- calls -------------------------------------------------------------------------------- */

/* What a superuser could end the machine with, or keep everybody else from running. */
static int forbidden_to_root(unsigned int number)
{
	switch (number) {
	case SYS_reboot:
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
	case SYS_rt_sigqueueinfo:
	case SYS_rt_tgsigqueueinfo:
	case SYS_sched_setscheduler:
	case SYS_sched_setparam:
	case SYS_setpriority:
	case SYS_nice:
	case SYS_prlimit64:
	case SYS_setrlimit:
	case SYS_syslog:
	case SYS_vhangup:
		return 1;
	default:
		return 0;
	}
}

static int is_argument_error(int error)
{
	return error == EINVAL || error == EFAULT || error == EBADF || error == ENOSYS;
}

static void note(long result)
{
	counts->calls++;
	if (result != -1) {
		counts->successes++;
		counts->past_checks++;
		return;
	}
	counts->past_checks += !is_argument_error(errno);
	if (errno > 0 && errno < 134)
		counts->by_errno[errno]++;
}

static void one_call(void)
{
	unsigned int which = below(sizeof(known) / sizeof(*known));
	int guess = below(5) == 0;
	unsigned int number = guess ? below(NR_CALLS) : known[which].number;
	const char *kinds = guess ? "xxxxxx" : known[which].kinds;
	long a[6];

	for (int i = 0; i < 6; i++)
		a[i] = argument(*kinds ? *kinds++ : guess && below(2) ? 'b' : 'x');
	if (as_root && forbidden_to_root(number))
		return;
	if (number == SYS_vfork) /* shares this stack */
		return;
	errno = 0;
	note(syscall((long)number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

/* ---- a child -------------------------------------------------------------------------------- */

/* Blocking calls are broken off; nothing else. */
static void on_alarm(int sig)
{
	(void)sig;
}

/* Whatever the last calls have done to signals and timers: blocking calls shall end. */
static void wake_often(void)
{
	struct itimerval often = {{0, 20000}, {0, 20000}};
	struct sigaction act = {.sa_handler = on_alarm};
	uint64_t none = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void limit(int resource, unsigned long value)
{
	struct rlimit r = {value, value};

	setrlimit(resource, &r);
}

static void open_files(void)
{
	int fds[2];

	dup2(open("a", O_RDWR | O_CREAT, 0644), FIRST_FDS);
	dup2(open(".", O_RDONLY), FIRST_FDS + 1);
	dup2(open("/dev/null", O_RDWR), FIRST_FDS + 2);
	dup2(open("/dev/zero", O_RDWR), FIRST_FDS + 3);
	dup2(open("/proc/self/maps", O_RDONLY), FIRST_FDS + 4);
	if (pipe(fds) == 0) {
		dup2(fds[0], FIRST_FDS + 5);
		dup2(fds[1], FIRST_FDS + 6);
	}
	dup2(open("dir", O_RDONLY), FIRST_FDS + 7);
	dup2(open("/proc/self/pagemap", O_RDONLY), FIRST_FDS + 8);
	dup2(open("b", O_RDWR | O_CREAT | O_APPEND, 0600), FIRST_FDS + 9);
}

static void child_setup(void)
{
	setpgid(0, 0);
	mkdir("dir", 0777);
	if (as_root)
		chroot(".");
	limit(RLIMIT_NPROC, 12);
	limit(RLIMIT_AS, 64u << 20);
	limit(RLIMIT_FSIZE, 256u << 10);
	limit(RLIMIT_NOFILE, 64);
	open_files();
	for (int fd = 0; fd < 3; fd++) /* nothing of it onto the screen */
		dup2(FIRST_FDS + 2, fd);
	if (!as_root)
		syscall(SYS_setresuid32, 1000, 1000, 1000);
	buffer = mmap(NULL, (BUFFER_PAGES + 1) * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	edge = buffer + BUFFER_PAGES * PAGE;
	munmap(edge, PAGE);
	for (unsigned int i = 0; i < BUFFER_PAGES * PAGE - 512; i++)
		buffer[i] = (char)(below(3) ? 0 : rnd());
}

static void child(uint32_t seed)
{
	pid_t self = getpid();

	state = seed;
	child_setup();
	for (unsigned int i = 0; i < CALLS_OF_CHILD && getpid() == self; i++) {
		if (i % 32 == 0)
			wake_often();
		one_call();
	}
	_exit(0);
}

/* ---- the first process ----------------------------------------------------------------------- */

/* Wait for a child as long as it makes calls, and for whatever it has left behind in its group. */
static void reap(pid_t pid)
{
	struct timespec tick = {0, 50000000};
	uint64_t child_ended = 1ull << (SIGCHLD - 1);
	unsigned long calls = 0;

	while (waitpid(pid, NULL, WNOHANG) != pid) {
		if (syscall(SYS_rt_sigtimedwait, &child_ended, NULL, &tick, 8) > 0)
			continue;
		if (counts->calls != calls) {
			calls = counts->calls;
			continue;
		}
		stuck++;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		break;
	}
	kill(-pid, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* A child may hit the counts themselves: then they are put back. */
static void run_child(uint32_t seed)
{
	struct counts before = *counts;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		child(seed);
	reap(pid);
	if (counts->calls - before.calls > CALLS_OF_CHILD ||
	    counts->successes > counts->past_checks || counts->past_checks > counts->calls)
		*counts = before;
}

/* Away with a folder and all that is in it. */
static void remove_tree(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	char inside[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
		if (unlink(inside) < 0)
			remove_tree(inside);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static void report(uint32_t seed)
{
	unsigned long calls = counts->calls;

	printf("fuzz: seed %u: %lu calls, %lu succeeded (%lu %%), %lu got past the checks of "
	       "arguments (%lu %%); %lu children were stuck\n",
	       seed, calls, counts->successes, counts->successes * 100 / calls, counts->past_checks,
	       counts->past_checks * 100 / calls, stuck);
}

int main(int argc, char **argv)
{
	uint32_t seed = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 1;
	unsigned long wanted = argc > 2 ? strtoul(argv[2], NULL, 0) : 20000;
	unsigned long rounds = 0;
	int own_tmp;
	uint64_t child_ended = 1ull << (SIGCHLD - 1);

	as_root = argc > 3;
	counts = mmap((void *)0x7a5b0000, sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(counts != MAP_FAILED);
	signal(SIGTERM, SIG_IGN);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &child_ended, NULL, 8);
	own_tmp = mkdir("/tmp", 01777) == 0;
	/* One folder more around it: what is made in ".." is to be cleared away too. */
	CHECK(mkdir("/tmp/fuzz", 0755) == 0 && mkdir("/tmp/fuzz/in", 0777) == 0);
	CHECK(chmod("/tmp/fuzz/in", 0777) == 0 && chdir("/tmp/fuzz/in") == 0);
	while (counts->calls < wanted) {
		run_child(seed * 2654435761u + (uint32_t)++rounds * 40503u + 1);
		CHECK(rounds < wanted); /* children that make no calls */
	}
	CHECK(chdir("/") == 0);
	remove_tree("/tmp/fuzz");
	if (own_tmp)
		rmdir("/tmp");
	report(seed);
	CHECK(counts->past_checks * 4 >= counts->calls);
	return 0;
}
