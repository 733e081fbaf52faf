/*
 * What a program without privileges might try against others, or against the kernel: each try is to
 * fail, and to leave the kernel as it was. Works in its own folder of the root; installed as
 * /hostile.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define USER	      1000
#define OTHER	      1001
#define O_LARGEFILE_  0100000
#define FUTEX_WAIT    0
#define FUTEX_REQUEUE 3
#define MAX_OFFSET    0x7fffffffffffffffll
#define LARGEST_FILE  0x7ffffffffffll

static void become(int uid)
{
	CHECK(syscall(SYS_setresgid32, uid, uid, uid) == 0);
	CHECK(syscall(SYS_setresuid32, uid, uid, uid) == 0);
}

/* Runs it in a child, which is to end well. */
static void in_child(void (*fn)(void))
{
	int status, pid = fork();

	if (!pid) {
		fn();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(status == 0);
}

static unsigned int mode_of(const char *path)
{
	unsigned int st[24];

	CHECK(syscall(SYS_stat64, path, st) == 0);
	return st[4];
}

/* ---- clone ----------------------------------------------------------------------------------- */

/* The signal at a child's end may be a number that is no signal: then none is sent. */
static void test_exit_signal(void)
{
	static const int numbers[] = {64, 65, 127, 128, 200, 255};
	unsigned int clone3[16] = {0};
	int status;

	signal(64, SIG_IGN);
	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int pid = syscall(SYS_clone, numbers[i], 0, 0, 0, 0);

		if (!pid)
			_exit(7);
		CHECK(pid > 0);
		CHECK(waitpid(pid, &status, 0x40000000) == pid && status == 7 << 8);
	}
	clone3[8] = 65; /* exit_signal */
	CHECK_ERRNO(syscall(SYS_clone3, clone3, 64), EINVAL);
}

/* ---- futexes --------------------------------------------------------------------------------- */

static volatile int *shared;

static void wait_on_shared(void)
{
	syscall(SYS_futex, &shared[0], FUTEX_WAIT, 0, 0, 0, 0);
}

/* Moving waiters to where they are ends, however many may be moved. */
static void test_requeue_to_itself(void)
{
	int pids[3];

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			wait_on_shared();
			_exit(0);
		}
	}
	for (int i = 0; i < 30; i++)
		sched_yield();
	CHECK(syscall(SYS_futex, &shared[0], FUTEX_REQUEUE, 0, 0x7fffffff, &shared[0], 0) == 3);
	CHECK(syscall(SYS_futex, &shared[0], FUTEX_REQUEUE, 1, 0x7fffffff, &shared[1], 0) == 3);
	CHECK(syscall(SYS_futex, &shared[1], FUTEX_REQUEUE, 9, 0, &shared[0], 0) == 2);
	for (int i = 0; i < 3; i++)
		CHECK(waitpid(pids[i], NULL, 0) == pids[i]);
	CHECK(munmap((void *)shared, 4096) == 0);
}

static void ask_for_list(void)
{
	unsigned int head, len;

	become(USER);
	CHECK(syscall(SYS_get_robust_list, 0, &head, &len) == 0);
	CHECK_ERRNO(syscall(SYS_get_robust_list, getppid(), &head, &len), EPERM);
}

/* ---- other people's files -------------------------------------------------------------------- */

static void chown_nothing(void)
{
	become(USER);
	CHECK_ERRNO(syscall(SYS_chown32, "hostile.s", -1, -1), EPERM);
	CHECK_ERRNO(syscall(SYS_lchown32, "hostile.s", -1, -1), EPERM);
	CHECK(syscall(SYS_chown32, "hostile.w", -1, -1) == 0); /* changes nothing */
}

/* Who may write into a file ends its set-user-id by that, though it is not his. */
static void write_into(void)
{
	int fd;

	become(USER);
	fd = open("hostile.w", O_WRONLY);
	CHECK(fd >= 0 && write(fd, "x", 1) == 1 && mode_of("hostile.w") == 0100777);
}

static void truncate_it(void)
{
	become(USER);
	CHECK(syscall(SYS_truncate, "hostile.w", 0) == 0 && mode_of("hostile.w") == 0100777);
}

static void make(const char *path, unsigned int mode)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	CHECK(fd >= 0 && close(fd) == 0 && syscall(SYS_chmod, path, mode) == 0);
}

static void test_set_user_id_of_others(void)
{
	make("hostile.s", 04755);
	make("hostile.w", 0777);
	in_child(chown_nothing);
	CHECK(mode_of("hostile.s") == 0104755);
	CHECK(syscall(SYS_chmod, "hostile.w", 06777) == 0);
	in_child(write_into);
	CHECK(syscall(SYS_chmod, "hostile.w", 06777) == 0);
	in_child(truncate_it);
	CHECK(unlink("hostile.s") == 0 && unlink("hostile.w") == 0);
}

/* ---- programs with other ids ----------------------------------------------------------------- */

static int exec_status(const char *what)
{
	char *argv[] = {(char *)"/hostile", (char *)what, NULL}, *envp[] = {NULL};
	int status, pid = fork();

	if (!pid) {
		execve("/hostile", argv, envp);
		_exit(99);
	}
	CHECK(waitpid(pid, &status, 0) == pid && !(status & 0xff));
	return status >> 8;
}

static void without_new_privileges(void)
{
	become(USER);
	CHECK(exec_status("ids") == 1);
	CHECK(syscall(SYS_prctl, 38, 1, 0, 0, 0) == 0);
	CHECK(exec_status("ids") == 0); /* also as a child's child */
}

/* A process with which the folder is shared does not move a program with other ids. */
static void share_folder(void)
{
	char *argv[] = {(char *)"/hostile", (char *)"folder", NULL}, *envp[] = {NULL};
	int status, pid;

	become(USER);
	CHECK(chdir("/") == 0);
	pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
	if (!pid) {
		execve("/hostile", argv, envp);
		_exit(99);
	}
	for (int i = 0; i < 200; i++) {
		sched_yield();
		CHECK(chdir(i & 1 ? "/" : "/boot") == 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* With the owner's ids: the folder and the umask stay as they are. */
static int stays_in_folder(void)
{
	char first[64], now[64];
	int mask = syscall(SYS_umask, 022);

	if (geteuid() || !getcwd(first, sizeof(first)))
		return 1;
	for (int i = 0; i < 100; i++) {
		sched_yield();
		if (!getcwd(now, sizeof(now)) || strcmp(first, now))
			return 2;
	}
	return mask == 022 && chdir("/") == 0 ? 0 : 3;
}

static void test_other_ids(void)
{
	CHECK(syscall(SYS_chmod, "/hostile", 04755) == 0);
	in_child(without_new_privileges);
	in_child(share_folder);
	CHECK(syscall(SYS_chmod, "/hostile", 0755) == 0);
}

/* What a process that has given up its privileges remembers is not for those of its new user. */
static long read_environ(int pid)
{
	char path[40], byte;
	int fd;
	long n;

	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? fd : syscall(SYS_read, fd, &byte, 1);
	syscall(SYS_close, fd);
	return n;
}

static void look_at(int pid, int expected)
{
	int looker = fork(), status;

	if (!looker) {
		become(USER);
		_exit(read_environ(pid) == 1);
	}
	CHECK(waitpid(looker, &status, 0) == looker && status == expected << 8);
}

static void test_secrets(void)
{
	char *argv[] = {(char *)"/hostile", (char *)"wait", NULL};
	char *envp[] = {(char *)"SECRET=1", NULL}, *to_be_seen[] = {(char *)"s", NULL};
	int pid = fork(), status;

	if (!pid) { /* as root; it will become the user then */
		execve("/hostile", argv, envp);
		_exit(99);
	}
	for (int i = 0; i < 20; i++)
		sched_yield();
	look_at(pid, 0);
	CHECK(read_environ(pid) == 1); /* by root */
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
	pid = fork();
	if (!pid) { /* as the user */
		become(USER);
		argv[1] = (char *)"pause";
		execve("/hostile", argv, to_be_seen);
		_exit(99);
	}
	for (int i = 0; i < 20; i++)
		sched_yield();
	look_at(pid, 1);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
}

/* ---- numbers at their ends ------------------------------------------------------------------- */

static long long seek(int fd, long long to, int whence)
{
	long long result = -1;

	if (syscall(SYS__llseek, fd, (int)(to >> 32), (int)to, &result, whence))
		return -1;
	return result;
}

/* Positions beyond the largest number are refused, in all kinds of files. */
static void test_positions(void)
{
	static const char *const names[] = {
		"/",
		"/boot",
		"/hostile",
		"/proc",
		"/proc/stat",
		"/proc/self/maps",
		"/proc/self/pagemap",
		"/proc/self/fd",
		"/proc/kpagecount",
		"/dev/zero",
	};
	char byte[64];

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
		int fd = open(names[i], O_RDONLY | O_LARGEFILE_);

		if (fd < 0)
			continue;
		seek(fd, MAX_OFFSET, 0);
		seek(fd, MAX_OFFSET, 1);
		seek(fd, MAX_OFFSET, 2);
		seek(fd, -MAX_OFFSET - 1, 1);
		seek(fd, MAX_OFFSET - 5, 0);
		syscall(SYS_read, fd, byte, sizeof(byte));
		syscall(SYS_getdents64, fd, byte, sizeof(byte));
		syscall(SYS_pread64, fd, byte, sizeof(byte), -8, 0x7fffffff);
		seek(fd, 0x7fffffff, 0);
		syscall(SYS_getdents64, fd, byte, sizeof(byte));
		seek(fd, 0xffffffffll, 0);
		syscall(SYS_getdents64, fd, byte, sizeof(byte));
		seek(fd, 0x100000001ll, 0);
		syscall(SYS_getdents64, fd, byte, sizeof(byte));
		CHECK(close(fd) == 0);
	}
}

/* What lies between a structure's members is not what the kernel's stack held before. */
static void test_padding(void)
{
	unsigned char stat[32], termio[18], fill[512];
	int fd = open("/dev/ttyS0", O_RDWR | 0400);

	for (int i = 0; i < 4; i++) {
		memset(fill, 0xa5, sizeof(fill));
		syscall(SYS_sigaltstack, fill, fill);
		syscall(SYS_uname, fill);
		memset(stat, 0xff, sizeof(stat));
		if (syscall(SYS_oldstat, "/", stat) == 0)
			CHECK(stat[14] == 0 && stat[15] == 0);
		memset(termio, 0xff, sizeof(termio));
		if (fd >= 0 && syscall(SYS_ioctl, fd, 0x5405, termio) == 0)
			CHECK(termio[17] == 0);
	}
	close(fd);
}

/* sendfile(2) knows how large a file may get. */
static void test_sendfile_limit(void)
{
	int from = open("hostile.f", O_RDWR | O_CREAT | O_LARGEFILE_, 0600);
	int to = open("hostile.t", O_RDWR | O_CREAT | O_LARGEFILE_, 0600), small;
	long long zero = 0;

	CHECK(from >= 0 && to >= 0 && write(from, "abcdefgh", 8) == 8);
	CHECK(seek(to, LARGEST_FILE, 0) == LARGEST_FILE);
	CHECK_ERRNO(syscall(SYS_sendfile64, to, from, &zero, 8), EFBIG);
	CHECK(seek(to, LARGEST_FILE - 4, 0) == LARGEST_FILE - 4);
	CHECK(syscall(SYS_sendfile64, to, from, &zero, 8) == 4 && zero == 4);
	CHECK(seek(to, 0, 2) == LARGEST_FILE);
	CHECK(syscall(SYS_ftruncate, to, 0) == 0);
	small = syscall(SYS_open, "hostile.t", O_WRONLY, 0);
	CHECK(small >= 0 && seek(small, 0x7ffffffe, 0) == 0x7ffffffe);
	zero = 0;
	CHECK(syscall(SYS_sendfile64, small, from, &zero, 8) == 1);
	CHECK(close(from) == 0 && close(to) == 0 && close(small) == 0);
	CHECK(unlink("hostile.f") == 0 && unlink("hostile.t") == 0);
}

/* ---- locks ----------------------------------------------------------------------------------- */

#define MANY_LOCKS 4000

static void lock_bytes(int fd, int first)
{
	struct {
		short type, whence;
		int start, len, pid;
	} lock = {1, 0, 0, 1, 0};

	for (int i = 0; i < MANY_LOCKS; i++) {
		lock.start = first + 2 * i;
		CHECK(syscall(SYS_fcntl, fd, 6, &lock) == 0);
	}
}

/* Many locks of two owners: that of the second goes in one pass, and the first's stay. */
static void test_many_locks(void)
{
	struct {
		short type, whence;
		int start, len, pid;
	} lock = {1, 0, 0, 0, 0};
	int fd = open("hostile.l", O_RDWR | O_CREAT, 0600), pid, status;

	CHECK(fd >= 0);
	lock_bytes(fd, 0);
	pid = fork();
	if (!pid) {
		int own = open("hostile.l", O_RDWR);

		lock_bytes(own, 1);
		_exit(close(own));
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	lock.type = 0; /* reading: all become one */
	CHECK(syscall(SYS_fcntl, fd, 6, &lock) == 0);
	lock.type = 2;
	lock.start = 10;
	lock.len = 5;
	CHECK(syscall(SYS_fcntl, fd, 6, &lock) == 0);
	pid = fork();
	if (!pid) {
		lock.type = 1;
		lock.start = 10;
		CHECK(syscall(SYS_fcntl, fd, 5, &lock) == 0 && lock.type == 2);
		lock.type = 1;
		lock.start = 14;
		lock.len = 0;
		CHECK(syscall(SYS_fcntl, fd, 5, &lock) == 0 && lock.type == 0);
		_exit(lock.start != 15 || lock.len != 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(close(fd) == 0 && unlink("hostile.l") == 0);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "ids"))
		return geteuid() == 0;
	if (argc == 2 && !strcmp(argv[1], "folder"))
		return stays_in_folder();
	if (argc == 2 && !strcmp(argv[1], "wait"))
		become(USER);
	while (argc == 2)
		pause();
	test_exit_signal();
	test_requeue_to_itself();
	in_child(ask_for_list);
	test_set_user_id_of_others();
	test_other_ids();
	test_secrets();
	test_positions();
	test_padding();
	test_sendfile_limit();
	test_many_locks();
	return 0;
}
