/*
 * system - the calls about time, scheduling, ids, limits, names and the machine: each in its
 * success, its errors, and with bad pointers.
 */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define PAGE	  4096u
#define KERNEL	  ((void *)0xc0000000)
#define CALL(...) syscall(__VA_ARGS__)

static char *edge; /* behind it nothing is mapped */

struct timespec32 {
	int32_t sec, nsec;
};
struct timespec64 {
	int64_t sec, nsec;
};

/*
 * A call that writes `size` bytes to `at` must say EFAULT from each byte that is too near to the
 * edge.
 */
#define CHECK_WRITES(size, ...)                                             \
	do {                                                                \
		for (unsigned int _i = 1; _i <= (size); _i += 1 + _i / 8) { \
			char *at = edge - (size) + _i;                      \
			CHECK_ERRNO(CALL(__VA_ARGS__), EFAULT);             \
		}                                                           \
		{                                                           \
			char *at = KERNEL;                                  \
			CHECK_ERRNO(CALL(__VA_ARGS__), EFAULT);             \
		}                                                           \
		{                                                           \
			char *at = edge - (size);                           \
			CHECK(CALL(__VA_ARGS__) >= 0);                      \
		}                                                           \
	} while (0)

/* ---- time ------------------------------------------------------------------------------------ */

static int64_t now_ns(int clock)
{
	struct timespec64 ts;

	CHECK(CALL(SYS_clock_gettime64, clock, &ts) == 0);
	CHECK(ts.nsec >= 0 && ts.nsec < 1000000000);
	return ts.sec * 1000000000 + ts.nsec;
}

static void check_clocks(void)
{
	static const int clocks[] = {0, 1, 2, 3, 4, 5, 6, 7, 11};
	struct timespec32 old;
	int64_t before, after;

	for (unsigned int i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
		before = now_ns(clocks[i]);
		CHECK(CALL(SYS_clock_gettime, clocks[i], &old) == 0);
		after = now_ns(clocks[i]);
		CHECK(before <= after);
		CHECK((int64_t)old.sec * 1000000000 + old.nsec >= before);
		CHECK(CALL(SYS_clock_getres, clocks[i], &old) == 0 && old.sec == 0 && old.nsec > 0);
		CHECK(CALL(SYS_clock_getres_time64, clocks[i], NULL) == 0);
	}
	CHECK(now_ns(0) > 1577836800ll * 1000000000); /* after 2020 */
	CHECK_ERRNO(CALL(SYS_clock_gettime, 12, &old), EINVAL);
	CHECK_ERRNO(CALL(SYS_clock_gettime64, -1, &old), EINVAL);
	CHECK_ERRNO(CALL(SYS_clock_getres, 99, &old), EINVAL);
	CHECK_WRITES(8, SYS_clock_gettime, 1, at);
	CHECK_WRITES(16, SYS_clock_gettime64, 1, at);
	CHECK_WRITES(8, SYS_clock_getres, 1, at);
	CHECK_WRITES(8, SYS_gettimeofday, at, NULL);
	CHECK_WRITES(8, SYS_gettimeofday, NULL, at);
	CHECK_WRITES(4, SYS_time, at);
	CHECK(CALL(SYS_time, NULL) > 1577836800);
}

static void check_setting_time(void)
{
	struct timespec64 ts = {1700000000, 5}, bad = {0, 1000000000};
	int64_t mono = now_ns(1);
	int32_t old[2] = {1600000000, 1000000};

	CHECK(CALL(SYS_clock_settime64, 0, &ts) == 0);
	CHECK(now_ns(0) >= 1700000000ll * 1000000000 && now_ns(0) < 1700000100ll * 1000000000);
	CHECK(now_ns(1) - mono < 10000000000ll);
	CHECK_ERRNO(CALL(SYS_clock_settime64, 0, &bad), EINVAL);
	CHECK_ERRNO(CALL(SYS_clock_settime64, 1, &ts), EINVAL);
	CHECK_ERRNO(CALL(SYS_clock_settime64, 0, KERNEL), EFAULT);
	CHECK_ERRNO(CALL(SYS_settimeofday, old, NULL), EINVAL);
	CHECK_ERRNO(CALL(SYS_settimeofday, edge - 4, NULL), EFAULT);
	old[1] = 0;
	CHECK(CALL(SYS_settimeofday, old, NULL) == 0);
	CHECK(CALL(SYS_time, NULL) - 1600000000 < 100);
	CHECK_ERRNO(CALL(SYS_stime, KERNEL), EFAULT);
	CHECK(CALL(SYS_stime, old) == 0);
}

static void check_sleeping(void)
{
	struct timespec32 req = {0, 15000000}, bad = {-1, 0}, worse = {0, 1000000000};
	struct timespec64 at;
	int64_t start = now_ns(1);

	CHECK(CALL(SYS_nanosleep, &req, NULL) == 0);
	CHECK(now_ns(1) - start >= 15000000);
	start = now_ns(1);
	at.sec = (start + 20000000) / 1000000000;
	at.nsec = (start + 20000000) % 1000000000;
	CHECK(CALL(SYS_clock_nanosleep_time64, 1, 1, &at, NULL) == 0);
	CHECK(now_ns(1) - start >= 20000000);
	CHECK(CALL(SYS_clock_nanosleep_time64, 1, 1, &at, NULL) == 0); /* long ago */
	CHECK_ERRNO(CALL(SYS_nanosleep, &bad, NULL), EINVAL);
	CHECK_ERRNO(CALL(SYS_nanosleep, &worse, NULL), EINVAL);
	CHECK_ERRNO(CALL(SYS_nanosleep, edge - 4, NULL), EFAULT);
	CHECK_ERRNO(CALL(SYS_clock_nanosleep, 99, 0, &req, NULL), EINVAL);
	CHECK_ERRNO(CALL(SYS_clock_nanosleep, 3, 0, &req, NULL), EOPNOTSUPP);
}

static void check_usage(void)
{
	int64_t end = now_ns(1) + 60000000;
	long r[18];

	while (now_ns(1) < end)
		;
	CHECK(CALL(SYS_getrusage, 0, r) == 0);
	CHECK(r[0] * 1000000 + r[1] + r[2] * 1000000 + r[3] >= 20000); /* user and system time */
	CHECK(r[4] > 0 && r[8] > 0);				       /* maxrss, minflt */
	CHECK(CALL(SYS_getrusage, -1, r) == 0 && r[0] == 0);
	CHECK(CALL(SYS_getrusage, 1, r) == 0);
	CHECK_ERRNO(CALL(SYS_getrusage, 2, r), EINVAL);
	CHECK_WRITES(72, SYS_getrusage, 0, at);
	CHECK_WRITES(16, SYS_times, at);
	CHECK(now_ns(2) >= 20000000 && now_ns(3) >= 20000000);
}

/* ---- scheduling ------------------------------------------------------------------------------ */

static void check_nice(void)
{
	CHECK(CALL(SYS_getpriority, 0, 0) == 20);
	CHECK(CALL(SYS_nice, 5) == 0 && CALL(SYS_getpriority, 0, 0) == 15);
	CHECK(CALL(SYS_nice, 1000) == 0 && CALL(SYS_getpriority, 0, getpid()) == 1);
	CHECK(CALL(SYS_setpriority, 0, 0, -7) == 0 && CALL(SYS_getpriority, 0, 0) == 27);
	CHECK(CALL(SYS_setpriority, 0, 0, -700) == 0 && CALL(SYS_getpriority, 0, 0) == 40);
	CHECK(CALL(SYS_setpriority, 0, 0, 0) == 0);
	CHECK_ERRNO(CALL(SYS_getpriority, 3, 0), EINVAL);
	CHECK_ERRNO(CALL(SYS_setpriority, -1, 0, 0), EINVAL);
	CHECK_ERRNO(CALL(SYS_getpriority, 0, 32767), ESRCH);
	CHECK_ERRNO(CALL(SYS_setpriority, 0, 32767, 0), ESRCH);
	CHECK(CALL(SYS_sched_yield) == 0);
}

static void check_policies(void)
{
	int param = 10;
	struct timespec32 ts;
	unsigned long mask = 0;

	CHECK(CALL(SYS_sched_getscheduler, 0) == 0);
	CHECK(CALL(SYS_sched_setscheduler, 0, 2, &param) == 0);
	CHECK(CALL(SYS_sched_getscheduler, getpid()) == 2);
	param = 0;
	CHECK(CALL(SYS_sched_getparam, 0, &param) == 0 && param == 10);
	CHECK(CALL(SYS_sched_rr_get_interval, 0, &ts) == 0 && ts.nsec == 100000000);
	param = 99;
	CHECK(CALL(SYS_sched_setparam, 0, &param) == 0);
	CHECK(CALL(SYS_sched_yield) == 0);
	param = 100;
	CHECK_ERRNO(CALL(SYS_sched_setparam, 0, &param), EINVAL);
	param = 0;
	CHECK_ERRNO(CALL(SYS_sched_setscheduler, 0, 1, &param), EINVAL);
	CHECK_ERRNO(CALL(SYS_sched_setscheduler, 0, 77, &param), EINVAL);
	CHECK_ERRNO(CALL(SYS_sched_setscheduler, 0, -1, &param), EINVAL);
	CHECK_ERRNO(CALL(SYS_sched_setscheduler, -1, 0, &param), EINVAL);
	CHECK_ERRNO(CALL(SYS_sched_setscheduler, 32767, 0, &param), ESRCH);
	CHECK_ERRNO(CALL(SYS_sched_setscheduler, 0, 0, KERNEL), EFAULT);
	CHECK(CALL(SYS_sched_setscheduler, 0, 0, &param) == 0);
	CHECK(CALL(SYS_sched_get_priority_max, 1) == 99 &&
	      CALL(SYS_sched_get_priority_min, 1) == 1);
	CHECK(CALL(SYS_sched_get_priority_max, 0) == 0);
	CHECK_ERRNO(CALL(SYS_sched_get_priority_max, 4), EINVAL);
	CHECK(CALL(SYS_sched_getaffinity, 0, 4, &mask) == 4 && mask == 1);
	CHECK_ERRNO(CALL(SYS_sched_getaffinity, 0, 3, &mask), EINVAL);
	CHECK_ERRNO(CALL(SYS_sched_getaffinity, 0, 4, KERNEL), EFAULT);
	CHECK(CALL(SYS_sched_setaffinity, 0, 4, &mask) == 0);
	mask = 2;
	CHECK_ERRNO(CALL(SYS_sched_setaffinity, 0, 4, &mask), EINVAL);
	CHECK_WRITES(4, SYS_sched_getparam, 0, at);
	CHECK_WRITES(4, SYS_getcpu, at, NULL, NULL);
}

/* ---- names, memory, the machine -------------------------------------------------------------- */

static void check_names(void)
{
	char names[6][65];

	CHECK(CALL(SYS_uname, names) == 0);
	CHECK(!strcmp(names[0], "Linux") && !strcmp(names[4], "i686"));
	CHECK(atoi(names[2]) >= 4);
	CHECK(CALL(SYS_sethostname, "paper", 5) == 0 && CALL(SYS_uname, names) == 0);
	CHECK(!strcmp(names[1], "paper"));
	CHECK(CALL(SYS_sethostname, "folio", 5) == 0);
	CHECK(CALL(SYS_setdomainname, "(none)", 6) == 0);
	CHECK_ERRNO(CALL(SYS_sethostname, "x", -1), EINVAL);
	CHECK_ERRNO(CALL(SYS_sethostname, edge - 64, 65), EINVAL);
	CHECK_ERRNO(CALL(SYS_sethostname, edge - 4, 5), EFAULT);
	CHECK_WRITES(390, SYS_uname, at);
	CHECK_WRITES(325, SYS_olduname, at);
	CHECK_WRITES(45, SYS_oldolduname, at);
}

static void check_machine(void)
{
	unsigned long info[16];
	char log[256], bytes[300] = "";
	unsigned int zeros = 0;

	CHECK(CALL(SYS_sysinfo, info) == 0);
	CHECK(info[4] > 1000 && info[5] > 0 && info[5] < info[4] && info[13] == PAGE);
	CHECK_WRITES(64, SYS_sysinfo, at);
	CHECK(CALL(SYS_getrandom, bytes, sizeof(bytes), 0) == sizeof(bytes));
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		zeros += !bytes[i];
	CHECK(zeros < 20);
	CHECK(CALL(SYS_getrandom, bytes, 0, 1) == 0);
	CHECK_ERRNO(CALL(SYS_getrandom, bytes, 1, 8), EINVAL);
	CHECK_ERRNO(CALL(SYS_getrandom, KERNEL, 1, 0), EFAULT);
	CHECK(CALL(SYS_syslog, 3, log, sizeof(log)) == sizeof(log));
	CHECK(CALL(SYS_syslog, 10, NULL, 0) >= 4096);
	CHECK_ERRNO(CALL(SYS_syslog, 3, KERNEL, 10), EFAULT);
	CHECK_ERRNO(CALL(SYS_syslog, 3, NULL, 10), EINVAL);
	CHECK_ERRNO(CALL(SYS_syslog, 77, log, 1), EINVAL);
	CHECK_ERRNO(CALL(SYS_reboot, 1, 2, 3, 4), EINVAL);
	CHECK_ERRNO(CALL(SYS_reboot, 0xfee1dead, 672274793, 5, NULL), EINVAL);
	CHECK(CALL(SYS_reboot, 0xfee1dead, 672274793, 0, NULL) == 0);
}

static void check_process(void)
{
	char name[16];

	CHECK(CALL(SYS_prctl, 15, "a name that is too long", 0, 0, 0) == 0);
	CHECK(CALL(SYS_prctl, 16, name, 0, 0, 0) == 0 && !strcmp(name, "a name that is "));
	CHECK_ERRNO(CALL(SYS_prctl, 15, KERNEL, 0, 0, 0), EFAULT);
	CHECK_ERRNO(CALL(SYS_prctl, 16, edge - 15, 0, 0, 0), EFAULT);
	CHECK_ERRNO(CALL(SYS_prctl, 9999, 0, 0, 0, 0), EINVAL);
	CHECK(CALL(SYS_prctl, 39, 0, 0, 0, 0) == 0);
	CHECK_ERRNO(CALL(SYS_prctl, 38, 0, 0, 0, 0), EINVAL);
	CHECK(CALL(SYS_prctl, 38, 1, 0, 0, 0) == 0 && CALL(SYS_prctl, 39, 0, 0, 0, 0) == 1);
	CHECK(CALL(SYS_personality, 0xffffffff) == 0);
	CHECK(CALL(SYS_personality, 8) == 0 && CALL(SYS_personality, 0) == 8);
	CHECK_ERRNO(CALL(SYS_personality, 5), EINVAL);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void check_limits(void)
{
	unsigned long limit[2], old[2];
	uint64_t wide[2], was[2];

	CHECK(CALL(SYS_ugetrlimit, 7, limit) == 0 && limit[0] >= 256 && limit[1] >= limit[0]);
	limit[0] = 64;
	CHECK(CALL(SYS_setrlimit, 7, limit) == 0);
	CHECK(CALL(SYS_getrlimit, 7, old) == 0 && old[0] == 64);
	CHECK(CALL(SYS_ugetrlimit, 9, limit) == 0 && limit[0] == ~0ul);
	CHECK(CALL(SYS_getrlimit, 9, old) == 0 && old[0] == 0x7fffffff);
	CHECK(CALL(SYS_prlimit64, 0, 9, NULL, was) == 0 && was[0] == ~0ull && was[1] == ~0ull);
	wide[0] = 1ull << 30;
	wide[1] = ~0ull;
	CHECK(CALL(SYS_prlimit64, getpid(), 9, wide, was) == 0 && was[0] == ~0ull);
	CHECK(CALL(SYS_prlimit64, 0, 9, was, wide) == 0 && wide[0] == 1ull << 30);
	limit[0] = 2;
	limit[1] = 1;
	CHECK_ERRNO(CALL(SYS_setrlimit, 0, limit), EINVAL);
	CHECK_ERRNO(CALL(SYS_setrlimit, 16, limit), EINVAL);
	CHECK_ERRNO(CALL(SYS_ugetrlimit, 99, limit), EINVAL);
	CHECK_ERRNO(CALL(SYS_prlimit64, 32767, 9, NULL, was), ESRCH);
	CHECK_ERRNO(CALL(SYS_setrlimit, 0, edge - 4), EFAULT);
	CHECK_ERRNO(CALL(SYS_prlimit64, 0, 0, edge - 8, NULL), EFAULT);
	CHECK_WRITES(8, SYS_ugetrlimit, 0, at);
	CHECK_WRITES(16, SYS_prlimit64, 0, 0, NULL, at);
	limit[0] = limit[1] = 2u << 20;
	CHECK_ERRNO(CALL(SYS_setrlimit, 7, limit), EPERM); /* more files than anybody may have */
}

/* ---- futex, alone ---------------------------------------------------------------------------- */

static void check_futex(void)
{
	uint32_t word = 5, other = 6;
	struct timespec32 soon = {0, 20000000}, bad = {0, -1};
	int64_t start = now_ns(1);

	CHECK_ERRNO(CALL(SYS_futex, &word, 0, 4, NULL, NULL, 0), EAGAIN);
	CHECK_ERRNO(CALL(SYS_futex, &word, 0, 5, &soon, NULL, 0), ETIMEDOUT);
	CHECK(now_ns(1) - start >= 20000000);
	CHECK_ERRNO(CALL(SYS_futex, &word, 128, 5, &soon, NULL, 0), ETIMEDOUT);
	CHECK_ERRNO(CALL(SYS_futex, &word, 9, 5, &soon, NULL, ~0u), ETIMEDOUT); /* absolute */
	CHECK_ERRNO(CALL(SYS_futex, &word, 9, 5, &soon, NULL, 0), EINVAL);
	CHECK_ERRNO(CALL(SYS_futex, &word, 0, 5, &bad, NULL, 0), EINVAL);
	CHECK(CALL(SYS_futex, &word, 1, 1, NULL, NULL, 0) == 0);
	CHECK(CALL(SYS_futex, &word, 3, 1, (void *)1, &other, 0) == 0);
	CHECK_ERRNO(CALL(SYS_futex, &word, 4, 1, (void *)1, &other, 4), EAGAIN);
	CHECK(CALL(SYS_futex, &word, 5, 1, (void *)1, &other, 1 << 28 | 3 << 12) == 0);
	CHECK(other == 9); /* 6 + 3 */
	CHECK_ERRNO(CALL(SYS_futex, (char *)&word + 1, 1, 1, NULL, NULL, 0), EINVAL);
	CHECK_ERRNO(CALL(SYS_futex, edge, 0, 5, NULL, NULL, 0), EFAULT);
	CHECK_ERRNO(CALL(SYS_futex, KERNEL, 128, 5, NULL, NULL, 0), EFAULT);
	CHECK_ERRNO(CALL(SYS_futex, &word, 0, 5, edge - 4, NULL, 0), EFAULT);
	CHECK_ERRNO(CALL(SYS_futex, &word, 77, 5, NULL, NULL, 0), ENOSYS);
	CHECK(CALL(SYS_set_robust_list, edge - 12, 12) == 0);
	CHECK_ERRNO(CALL(SYS_set_robust_list, edge - 12, 11), EINVAL);
	CHECK_WRITES(4, SYS_get_robust_list, 0, at, &other);
}

/* ---- restartable sequences ------------------------------------------------------------------- */

/*
 * Counts in a sequence that takes long enough to be preempted in; at least once the kernel must
 * have sent it to the abort handler, and no count may be lost.
 */
static void check_rseq(void)
{
	static struct {
		uint32_t start, cpu;
		uint64_t cs;
		uint32_t flags, rest[3];
	} __attribute__((aligned(32))) area;
	static struct {
		uint32_t version, flags;
		uint64_t start, length, abort;
	} __attribute__((aligned(32))) sequence;
	volatile unsigned long count = 0, aborts = 0;

	CHECK_ERRNO(CALL(SYS_rseq, &area, 31, 0, 0x53053053), EINVAL);
	CHECK_ERRNO(CALL(SYS_rseq, (char *)&area + 4, 32, 0, 0x53053053), EINVAL);
	CHECK_ERRNO(CALL(SYS_rseq, &area, 32, 2, 0x53053053), EINVAL);
	CHECK_ERRNO(CALL(SYS_rseq, KERNEL, 32, 0, 0x53053053), EFAULT);
	CHECK(CALL(SYS_rseq, &area, 32, 0, 0x53053053) == 0 && area.cpu == 0);
	CHECK_ERRNO(CALL(SYS_rseq, &area, 32, 0, 0x53053053), EBUSY);
	CHECK_ERRNO(CALL(SYS_rseq, &area, 32, 0, 1), EPERM);
	CHECK_ERRNO(CALL(SYS_rseq, &sequence, 32, 0, 0x53053053), EINVAL);
	if (fork() == 0) { /* somebody to lose the processor to */
		for (volatile long i = 0; i < 100000000; i++)
			;
		_exit(0);
	}
	for (unsigned int i = 0; i < 400 && !aborts; i++) {
		unsigned long aborted = 0;

		__asm__ volatile("	movl $1f, 8(%2)\n"
				 "	movl $0, 12(%2)\n"
				 "	movl $2f-1f, 16(%2)\n"
				 "	movl $0, 20(%2)\n"
				 "	movl $3f, 24(%2)\n"
				 "	movl $0, 28(%2)\n"
				 "	movl %2, 8(%1)\n"
				 "1:	movl $1000000, %%ecx\n"
				 "4:	decl %%ecx\n"
				 "	jnz 4b\n"
				 "	incl %3\n"
				 "2:	jmp 5f\n"
				 "	.long 0x53053053\n"
				 "3:	movl $1, %0\n"
				 "5:	movl $0, 8(%1)\n"
				 : "+r"(aborted)
				 : "r"(&area), "r"(&sequence), "m"(count)
				 : "ecx", "memory");
		CHECK(count == i - aborts + !aborted);
		aborts += aborted;
	}
	CHECK(aborts);
	CHECK_ERRNO(CALL(SYS_rseq, &area, 32, 1, 1), EPERM);
	CHECK(CALL(SYS_rseq, &area, 32, 1, 0x53053053) == 0 && area.cpu == ~0u);
	CHECK_ERRNO(CALL(SYS_rseq, &area, 32, 1, 0x53053053), EINVAL);
	while (CALL(SYS_waitpid, -1, NULL, 0) > 0)
		;
}

/* ---- ids: last, since nothing brings root back ----------------------------------------------- */

static void check_ids(void)
{
	uint32_t r, e, s, groups[3] = {30, 10, 20}, got[3];
	uint16_t small[3];

	CHECK(CALL(SYS_getuid32) == 0 && CALL(SYS_geteuid) == 0 && CALL(SYS_getgid32) == 0);
	CHECK(CALL(SYS_setgroups32, 3, groups) == 0 && CALL(SYS_getgroups32, 0, NULL) == 3);
	CHECK(CALL(SYS_getgroups32, 3, got) == 3 && got[0] == 10 && got[2] == 30);
	CHECK(CALL(SYS_getgroups, 3, small) == 3 && small[1] == 20);
	CHECK_ERRNO(CALL(SYS_getgroups32, 2, got), EINVAL);
	CHECK_ERRNO(CALL(SYS_getgroups32, -1, got), EINVAL);
	CHECK_ERRNO(CALL(SYS_setgroups32, 1000000, groups), EINVAL);
	memset(edge - 8, 0, 8);
	CHECK_ERRNO(CALL(SYS_setgroups32, 3, edge - 8), EFAULT);
	CHECK_WRITES(12, SYS_getgroups32, 3, at);
	CHECK(CALL(SYS_setgroups, 0, NULL) == 0 && CALL(SYS_getgroups32, 0, NULL) == 0);
	CHECK(CALL(SYS_setresgid32, 100000, 200, 300) == 0);
	CHECK(CALL(SYS_getgid) == 65534 && CALL(SYS_getegid) == 200);
	CHECK(CALL(SYS_setresuid32, 1000, 2000, 0) == 0);
	CHECK(CALL(SYS_getresuid32, &r, &e, &s) == 0 && r == 1000 && e == 2000 && s == 0);
	CHECK_WRITES(4, SYS_getresuid32, at, &r, &r);
	CHECK_WRITES(4, SYS_getresgid32, &r, &r, at);
	CHECK(CALL(SYS_setfsuid32, 1000) == 2000 && CALL(SYS_setfsuid32, 5) == 1000);
	CHECK_ERRNO(CALL(SYS_setuid32, 5), EPERM);
	CHECK_ERRNO(CALL(SYS_setgid32, 5), EPERM);
	CHECK_ERRNO(CALL(SYS_setgroups32, 1, groups), EPERM);
	CHECK_ERRNO(CALL(SYS_sethostname, "x", 1), EPERM);
	CHECK_ERRNO(CALL(SYS_reboot, 0xfee1dead, 672274793, 0, NULL), EPERM);
	CHECK_ERRNO(CALL(SYS_nice, -1), EPERM);
	CHECK_ERRNO(CALL(SYS_setpriority, 0, 1, 0), EPERM);
	CHECK(CALL(SYS_setuid32, 0) == 0); /* the saved id */
	CHECK(CALL(SYS_geteuid32) == 0 && CALL(SYS_getuid32) == 1000);
	CHECK(CALL(SYS_setreuid32, -1, 1000) == 0 && CALL(SYS_geteuid32) == 1000);
	CHECK(CALL(SYS_setuid, 0) == 0);
	CHECK(CALL(SYS_setuid32, 7) == 0); /* root's word: all three */
	CHECK(CALL(SYS_getresuid32, &r, &e, &s) == 0 && r == 7 && e == 7 && s == 7);
	CHECK_ERRNO(CALL(SYS_setuid32, 0), EPERM);
	CHECK_ERRNO(CALL(SYS_setuid32, -1), EINVAL);
}

int main(void)
{
	edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(edge != MAP_FAILED);
	edge += PAGE;
	CHECK(munmap(edge, PAGE) == 0);
	check_clocks();
	check_setting_time();
	check_sleeping();
	check_usage();
	check_nice();
	check_policies();
	check_names();
	check_machine();
	check_process();
	check_limits();
	check_futex();
	check_rseq();
	check_ids();
	return 0;
}
