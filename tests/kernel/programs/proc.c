/* proc - what /proc says about this process and the machine, held against what it must be. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define PAGE 4096u

static char text[65536];

/* All of a file, in pieces of `step` bytes. Its length. */
static size_t slurp(const char *path, size_t step)
{
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		printf("%s\n", path);
	CHECK(fd >= 0);
	while ((n = read(fd, text + len, step)) > 0) {
		len += (size_t)n;
		CHECK(len + step < sizeof(text));
	}
	CHECK(n == 0);
	text[len] = 0;
	CHECK(close(fd) == 0);
	return len;
}

/* The number behind `name` at the beginning of a line; -1: it is not there. */
static long field(const char *name)
{
	const char *at = text;
	size_t len = strlen(name);

	while (at) {
		if (!strncmp(at, name, len)) {
			at += len;
			at += strspn(at, ": \t");
			return strtol(at, NULL, 10);
		}
		at = strchr(at, '\n');
		if (at)
			at++;
	}
	return -1;
}

/* ---- this process --------------------------------------------------------------------- */

static void check_status(void)
{
	unsigned long size, resident;
	char *end;

	slurp("/proc/self/status", 4096);
	CHECK(!strncmp(text, "Name:\tproc\n", 11));
	CHECK(field("Pid") == getpid() && field("Tgid") == getpid());
	CHECK(field("Threads") == 1 && field("Uid") == 0);
	CHECK(strstr(text, "\nState:\tR (running)\n"));
	CHECK(field("VmSize") > 0 && field("VmPeak") >= field("VmSize"));
	CHECK(field("VmRSS") > 0 && field("VmRSS") <= field("VmSize"));
	CHECK(field("VmPTE") >= 8); /* one table for the program, one for the stack */
	size = (unsigned long)field("VmSize");
	slurp("/proc/self/statm", 4096);
	CHECK(strtoul(text, &end, 10) * (PAGE / 1024) == size);
	resident = strtoul(end, NULL, 10);
	CHECK(resident > 3 && resident < 100);
}

/* What is mapped shows at once; what is touched is resident. */
static void check_growth(void)
{
	long size, rss;
	char *p;

	slurp("/proc/self/status", 4096);
	size = field("VmSize");
	rss = field("VmRSS");
	p = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	slurp("/proc/self/status", 4096);
	CHECK(field("VmSize") == size + 256 && field("VmRSS") < rss + 64);
	rss = field("VmRSS");
	memset(p, 1, 64 * PAGE);
	slurp("/proc/self/status", 4096);
	CHECK(field("VmRSS") >= rss + 256);
	CHECK(munmap(p, 64 * PAGE) == 0);
	slurp("/proc/self/status", 4096);
	CHECK(field("VmSize") == size);
}

/* 52 fields; the second may hold anything between its brackets. */
static void check_stat(void)
{
	int fields = 2;
	char *at;

	slurp("/proc/self/stat", 4096);
	CHECK(strtol(text, &at, 10) == getpid());
	CHECK(!strncmp(at, " (proc) R ", 10));
	for (at += 7; *at; at++)
		fields += *at == ' ';
	CHECK(fields == 52);
}

static void check_strings(char **argv)
{
	char path[256], *at = text;
	size_t len = slurp("/proc/self/cmdline", 4096);
	ssize_t n;

	for (int i = 0; argv[i]; at += strlen(at) + 1, i++)
		CHECK(!strcmp(at, argv[i]));
	CHECK(at == text + len);
	len = slurp("/proc/self/environ", 1);
	CHECK(len == sizeof("A=1") + sizeof("B=two words"));
	CHECK(!memcmp(text, "A=1\0B=two words", len));
	CHECK(slurp("/proc/self/comm", 4096) == 5 && !strcmp(text, "proc\n"));
	n = readlink("/proc/self/exe", path, sizeof(path));
	CHECK(n > 5 && !strncmp(path + n - 5, "/proc", 5));
	n = readlink("/proc/self", path, sizeof(path) - 1);
	CHECK(n > 0);
	path[n] = 0;
	CHECK(atoi(path) == getpid());
	CHECK(readlink("/proc/self/cwd", path, sizeof(path)) == 1 && path[0] == '/');
}

/* Reading in small pieces, and from the middle, gives the same text. */
static void check_positions(void)
{
	static char whole[8192], piece[64];
	int fd;

	slurp("/proc/self/maps", 4096);
	strcpy(whole, text);
	slurp("/proc/self/maps", 7);
	CHECK(!strcmp(whole, text));
	fd = open("/proc/self/maps", O_RDONLY);
	CHECK(lseek(fd, 100, SEEK_SET) == 100);
	CHECK(read(fd, piece, sizeof(piece)) == sizeof(piece));
	CHECK(!memcmp(piece, whole + 100, sizeof(piece)));
	CHECK(lseek(fd, 10, SEEK_SET) == 10);
	CHECK(read(fd, piece, sizeof(piece)) == sizeof(piece));
	CHECK(!memcmp(piece, whole + 10, sizeof(piece)));
	CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
	CHECK_ERRNO(read(fd, (void *)0xc0000000, 1), EFAULT);
	CHECK(close(fd) == 0);
}

static uint64_t pagemap_word(int fd, const void *address)
{
	uint64_t word;
	off_t at = (off_t)((uintptr_t)address / PAGE * sizeof(word));

	CHECK(lseek(fd, at, SEEK_SET) == at);
	CHECK(read(fd, &word, sizeof(word)) == sizeof(word));
	return word;
}

/* A frame's number, how often it is mapped, and what it is. */
static void check_pagemap(void)
{
	char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY), counts, flags;
	uint64_t word, other, count, flag;
	off_t at;

	CHECK(p != MAP_FAILED && fd >= 0);
	CHECK(pagemap_word(fd, p) == 0);
	p[0] = 1;
	word = pagemap_word(fd, p);
	CHECK(word >> 63 && !(word >> 61 & 1)); /* present, anonymous */
	CHECK(pagemap_word(fd, p + PAGE) == 0);
	p[PAGE] = 1;
	other = pagemap_word(fd, p + PAGE);
	CHECK((word & 0xffffffff) != (other & 0xffffffff));
	CHECK(pagemap_word(fd, check_pagemap) >> 61 & 1); /* the program's text: of a file */
	counts = open("/proc/kpagecount", O_RDONLY);
	flags = open("/proc/kpageflags", O_RDONLY);
	at = (off_t)(word & 0xffffffff) * 8;
	CHECK(pread(counts, &count, 8, at) == 8 && count == 1);
	CHECK(pread(flags, &flag, 8, at) == 8);
	CHECK((flag & 1 << 11) && (flag & 1 << 12) && (flag & 1 << 5)); /* mapped, anonymous, LRU */
	CHECK_ERRNO(pread(flags, &flag, 7, at), EINVAL);
	CHECK_ERRNO(pread(fd, &flag, 8, 4), EINVAL);
	CHECK(close(fd) == 0 && close(counts) == 0 && close(flags) == 0);
	CHECK(munmap(p, 2 * PAGE) == 0);
}

static void check_smaps(void)
{
	char *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char start[16], *at;

	p[0] = p[PAGE] = 1;
	slurp("/proc/self/smaps", 4096);
	sprintf(start, "%08lx-", (unsigned long)p);
	at = strstr(text, start);
	CHECK(at);
	memmove(text, at, strlen(at) + 1);
	CHECK(field("Size") == 16 && field("Rss") == 8 && field("Pss") == 8);
	CHECK(field("Private_Dirty") == 8 && field("Anonymous") == 8 && field("Shared_Clean") == 0);
	CHECK(strstr(text, "\nVmFlags: rd wr mr mw me"));
	CHECK(munmap(p, 4 * PAGE) == 0);
}

/* ---- folders --------------------------------------------------------------------------- */

static int find_name(const char *folder, const char *name)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int found = 0;

	CHECK(dir);
	while ((entry = readdir(dir)))
		found += !strcmp(entry->d_name, name);
	CHECK(closedir(dir) == 0);
	return found;
}

static void check_folders(void)
{
	struct stat st;
	char path[64], name[16];
	int fd = dup2(open("/proc/self/maps", O_RDONLY),
		      50); /* a number that opendir() will not get */

	sprintf(name, "%d", getpid());
	CHECK(find_name("/proc", name) == 1 && find_name("/proc", "meminfo") == 1);
	CHECK(find_name("/proc/self", "maps") == 1);
	CHECK(find_name("/proc/self/task", name) == 1);
	CHECK(find_name("/proc/sys/vm", "overcommit_memory") == 1);
	sprintf(name, "%d", fd);
	CHECK(find_name("/proc/self/fd", name) == 1);
	sprintf(path, "/proc/self/fd/%d", fd);
	CHECK(lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
	CHECK(close(fd) == 0);
	CHECK(find_name("/proc/self/fd", name) == 0);
	CHECK_ERRNO(lstat(path, &st), ENOENT);
	CHECK_ERRNO(stat("/proc/32767", &st), ENOENT);
	CHECK_ERRNO(stat("/proc/01", &st), ENOENT);
	CHECK_ERRNO(open("/proc/meminfo", O_WRONLY | O_CREAT | O_EXCL, 0600), EEXIST);
	CHECK(open("/proc/none", O_WRONLY | O_CREAT, 0600) == -1);
	CHECK(mkdir("/proc/new", 0700) == -1);
	CHECK(stat("/proc", &st) == 0 && S_ISDIR(st.st_mode));
	CHECK(stat("/proc/self/maps", &st) == 0 && st.st_mode == (S_IFREG | 0444));
}

/* ---- the machine --------------------------------------------------------------------------- */

static void check_machine(void)
{
	static const char *const files[] = {
		"buddyinfo", "zoneinfo",    "pagetypeinfo", "slabinfo", "vmallocinfo", "vmstat",
		"iomem",     "cpuinfo",	    "stat",	    "uptime",	"loadavg",     "version",
		"mounts",    "filesystems", "interrupts",   "cmdline",
	};
	char path[64];

	for (unsigned int i = 0; i < sizeof(files) / sizeof(*files); i++) {
		sprintf(path, "/proc/%s", files[i]);
		CHECK(slurp(path, 512) > 0 || !strcmp(files[i], "vmallocinfo"));
		CHECK(text[0] == 0 || text[strlen(text) - 1] == '\n');
	}
	slurp("/proc/meminfo", 4096);
	CHECK(field("MemTotal") > 4096 && field("MemFree") > 0);
	CHECK(field("MemFree") + field("Cached") < field("MemTotal"));
	CHECK(field("MemAvailable") <= field("MemFree"));
	CHECK(field("HighTotal") + field("LowTotal") == field("MemTotal"));
	CHECK(field("AnonPages") > 0 && field("Mapped") > 0 && field("PageTables") > 0);
	CHECK(field("Slab") > 0 && field("KernelStack") > 0 && field("Committed_AS") > 0);
	slurp("/proc/slabinfo", 4096);
	CHECK(!strncmp(text, "slabinfo - version: 2.1\n", 24) && field("task_struct") > 0);
	slurp("/proc/iomem", 4096);
	CHECK(strstr(text, " : System RAM\n") && strstr(text, " : Kernel code\n"));
	slurp("/proc/version", 4096);
	CHECK(!strncmp(text, "Linux version 4.", 16));
	slurp("/proc/filesystems", 4096);
	CHECK(strstr(text, "nodev\tproc\n") && strstr(text, "nodev\tramfs\n"));
	slurp("/proc/mounts", 4096);
	CHECK(strstr(text, " /proc proc rw"));
	slurp("/proc/self/mounts", 4096);
	CHECK(strstr(text, " /proc proc rw"));
}

static void check_kallsyms(void)
{
	int fd = open("/proc/kallsyms", O_RDONLY);
	ssize_t n, total = 0;

	CHECK(fd >= 0);
	while ((n = read(fd, text, sizeof(text))) > 0)
		total += n;
	CHECK(n == 0 && total > 20000);
	CHECK(close(fd) == 0);
}

/* ---- settings ------------------------------------------------------------------------------- */

static long write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	long n = write(fd, value, strlen(value));

	CHECK(fd >= 0 && close(fd) == 0);
	return n;
}

static void check_settings(void)
{
	const char *const ratio = "/proc/sys/vm/overcommit_ratio";

	slurp(ratio, 4096);
	CHECK(atoi(text) == 50);
	CHECK(write_setting(ratio, "60\n") == 3);
	slurp(ratio, 1);
	CHECK(!strcmp(text, "60\n"));
	CHECK(write_setting(ratio, "50") == 2);
	CHECK_ERRNO(write_setting(ratio, "many"), EINVAL);
	CHECK_ERRNO(write_setting("/proc/sys/vm/overcommit_memory", "3"), EINVAL);
}

int main(int argc, char **argv)
{
	(void)argc;
	check_status();
	check_growth();
	check_stat();
	check_strings(argv);
	check_positions();
	check_pagemap();
	check_smaps();
	check_folders();
	check_machine();
	check_kallsyms();
	check_settings();
	return 0;
}
