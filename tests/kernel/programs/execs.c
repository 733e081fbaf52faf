/*
 * execs - what a program finds after exec, and when there is none. It is installed as /execs, and
 * execs itself: "/execs MODE ..." then says by its status whether it found what was meant. Other
 * programs: /args; and what it writes itself into /x.
 */
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define PAGE	4096
#define BAD	((char *)0xc0000000)
#define CLOEXEC 02000000
#define EMPTY	0x1000

static char *const no_env[] = {NULL};

/* Status of a child that execs; 1000 + errno when it could not. */
static int run(const char *path, char *const argv[], char *const envp[])
{
	int status, pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		execve(path, argv, envp);
		_exit(errno);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run_words(const char *path, const char *a, const char *b, const char *c)
{
	char *argv[] = {(char *)path, (char *)a, (char *)b, (char *)c, NULL};

	return run(path, argv, no_env);
}

static void write_file(const char *path, const void *data, size_t size, int mode)
{
	int fd;

	unlink(path);
	fd = open(path, O_CREAT | O_WRONLY | O_EXCL, mode);
	CHECK(fd >= 0);
	CHECK(write(fd, data, size) == (ssize_t)size);
	CHECK(fchmod(fd, mode) == 0);
	CHECK(close(fd) == 0);
}

static void write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text), 0755);
}

/* ---- what comes through ---------------------------------------------------------------------- */

static void test_args(void)
{
	char *argv[] = {(char *)"args", (char *)"one", (char *)"two", NULL};
	char *envp[] = {(char *)"A=1", (char *)"B=two words", NULL};

	CHECK(run("/args", argv, envp) == 0);
	CHECK(run_words("/execs", "count", "3", NULL) == 0);
	CHECK(run_words("/execs", "count", "4", "") == 0);
	/* No arguments at all: an empty name is added. */
	CHECK(run("/execs", NULL, NULL) == 99);
	CHECK(run("/execs", no_env, NULL) == 99);
}

/* Too little for two copies of 1.5 MiB of arguments? */
static int memory_is_short(void)
{
	struct sysinfo info;

	CHECK(sysinfo(&info) == 0);
	return info.totalram * info.mem_unit < 9u << 20;
}

/* A long string crosses pages; the longest that is allowed, and one byte more. */
static void test_limits(void)
{
	int status;
	size_t longest = 128 << 10;
	char *big = malloc(longest + 1), *argv[] = {(char *)"/execs", (char *)"length", big, NULL};
	char **many = malloc(200000 * sizeof(char *));

	CHECK(big && many);
	memset(big, 'x', longest);
	big[longest - 1] = 0;
	CHECK(run("/execs", argv, no_env) == 0);
	big[longest - 1] = 'x';
	big[longest] = 0;
	CHECK(run("/execs", argv, no_env) == E2BIG);
	big[5000] = 0;
	CHECK(run("/execs", argv, no_env) == 1); /* another length */
	for (int i = 0; i < 200000; i++)
		many[i] = (char *)"0123456789";
	many[0] = (char *)"/execs";
	many[1] = (char *)"many";
	many[199999] = NULL;
	CHECK(run("/execs", many, no_env) == E2BIG);
	many[100000] = NULL;
	status = run("/execs", many, no_env);
	CHECK(status == 0 || memory_is_short());
	free(many);
	free(big);
}

static void test_errors(void)
{
	char *argv[] = {(char *)"x", NULL}, *bad[] = {(char *)"x", BAD, NULL};
	char *page =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char **edge = (char **)(page + PAGE) - 2;

	CHECK_ERRNO(execve("/nowhere", argv, no_env), ENOENT);
	CHECK_ERRNO(execve("", argv, no_env), ENOENT);
	CHECK_ERRNO(execve("/", argv, no_env), EACCES);
	CHECK_ERRNO(execve("/execs/x", argv, no_env), ENOTDIR);
	CHECK_ERRNO(execve(BAD, argv, no_env), EFAULT);
	CHECK_ERRNO(execve("/execs", (char **)BAD, no_env), EFAULT);
	CHECK_ERRNO(execve("/execs", argv, (char **)BAD), EFAULT);
	CHECK_ERRNO(execve("/execs", bad, no_env), EFAULT);
	CHECK_ERRNO(execve("/execs", argv, bad), EFAULT);
	/* The list, and a string, that run into nothing. */
	CHECK(page != MAP_FAILED && munmap(page + PAGE, PAGE) == 0);
	memset(page, 'y', PAGE);
	edge[0] = edge[1] = (char *)"a";
	CHECK_ERRNO(execve("/execs", edge, no_env), EFAULT);
	argv[0] = page + 100;
	memset(page, 'y', PAGE);
	CHECK_ERRNO(execve("/execs", argv, no_env), EFAULT);
	CHECK(munmap(page, PAGE) == 0);

	argv[0] = (char *)"x";
	write_file("/x", "nothing known", 13, 0755);
	CHECK_ERRNO(execve("/x", argv, no_env), ENOEXEC);
	write_file("/x", "", 0, 0755);
	CHECK_ERRNO(execve("/x", argv, no_env), ENOEXEC);
	CHECK(chmod("/x", 0644) == 0);
	CHECK_ERRNO(execve("/x", argv, no_env), EACCES);
	CHECK(unlink("/x") == 0);
}

/* ---- scripts --------------------------------------------------------------------------------- */

static void test_scripts(void)
{
	char text[600];

	write_text("/x", "#!/execs script\n");
	CHECK(run_words("/x", "a", "b", NULL) == 0);
	write_text("/x", "#!  \t/execs\tscript \t\nrest");
	CHECK(run_words("/x", "a", "b", NULL) == 0);
	write_text("/x", "#!/execs script"); /* the file ends with it */
	CHECK(run_words("/x", "a", "b", NULL) == 0);
	/* All that follows the interpreter is one argument. */
	write_text("/x", "#!/execs two words\n");
	CHECK(run_words("/x", NULL, NULL, NULL) == 2);
	write_text("/x", "#!/execs\n");
	CHECK(run_words("/x", "y", NULL, NULL) == 98); /* its mode is "/x" */
	/* A line of 255 bytes is the longest; what is longer is cut, but not within the name. */
	memset(text, 'z', sizeof(text));
	memcpy(text, "#!/execs cut ", 13);
	text[sizeof(text) - 1] = 0;
	write_text("/x", text);
	CHECK(run_words("/x", NULL, NULL, NULL) == 3);
	memset(text + 2, '/', 400);
	write_text("/x", text);
	CHECK(run_words("/x", NULL, NULL, NULL) == ENOEXEC);
	write_text("/x", "#!\n");
	CHECK(run_words("/x", NULL, NULL, NULL) == ENOEXEC);
	write_text("/x", "#!   ");
	CHECK(run_words("/x", NULL, NULL, NULL) == ENOEXEC);
	write_text("/x", "#!/nowhere\n");
	CHECK(run_words("/x", NULL, NULL, NULL) == ENOENT);
	write_text("/x", "#!/x\n"); /* itself, for ever */
	CHECK(run_words("/x", NULL, NULL, NULL) == ELOOP);
	CHECK(unlink("/x") == 0);
}

/* A script that is run by a script ... : four of them, and a fifth. */
static void test_nested_scripts(void)
{
	write_text("/x1", "#!/execs nested\n");
	write_text("/x2", "#!/x1 b\n");
	write_text("/x3", "#!/x2 c\n");
	write_text("/x4", "#!/x3\n");
	write_text("/x5", "#!/x4\n");
	CHECK(run_words("/x4", "last", NULL, NULL) == 0);
	CHECK(run_words("/x5", "last", NULL, NULL) == ELOOP);
	unlink("/x1");
	unlink("/x2");
	unlink("/x3");
	unlink("/x4");
	unlink("/x5");
}

/* ---- dynamic linkers ------------------------------------------------------------------------- */

/* Looks for a pair of the auxiliary vector: `key` is the byte that says which. */
#define FIND_PAIR(key)                                                                    \
	0x59, 0x8d, 0x74, 0x8c, 0x04,	      /* pop ecx; lea esi, [esp + ecx * 4 + 4] */ \
		0xad, 0x85, 0xc0, 0x75, 0xfb, /* 1: lodsd; test eax, eax; jnz 1b */       \
		0xad, 0x89, 0xc2, 0xad,	      /* 2: lodsd; mov edx, eax; lodsd */         \
		0x83, 0xfa, key, 0x74, 0x04,  /* cmp edx, key; je 3f */                   \
		0x85, 0xd2, 0x75, 0xf3	      /* test edx, edx; jnz 2b; 3: */

/* Ends with 7 if AT_BASE is where it was loaded, else with 8. */
static const unsigned char looks_for_base[] = {
	FIND_PAIR(7), 0xe8, 0,	  0,	0,    0,    0x5b,    /* call 1f; 1: pop ebx */
	0x81,	      0xe3, 0,	  0xf0, 0xff, 0xff,	     /* and ebx, 0xfffff000 */
	0x39,	      0xc3, 0xbb, 7,	0,    0,    0,	     /* cmp ebx, eax; mov ebx, 7 */
	0x74,	      0x01, 0x43, 0xb8, 1,    0,    0,	  0, /* je 1f; inc ebx; 1: mov eax, 1 */
	0xcd,	      0x80,				     /* int 0x80 */
};

/* Goes on where AT_ENTRY says, with the stack that it found. */
static const unsigned char goes_to_entry[] = {
	0x89, 0xe5, FIND_PAIR(9), 0x89,
	0xec, 0xff, 0xe0, /* mov ebp, esp; ... mov esp, ebp; jmp eax */
};

/* A position-independent file of one page. */
static void write_linker(const char *path, const unsigned char *code, size_t size)
{
	struct {
		Elf32_Ehdr h;
		Elf32_Phdr ph;
		unsigned char code[200];
	} f;

	memset(&f, 0, sizeof(f));
	memcpy(f.h.e_ident, "\177ELF\1\1\1", 7);
	f.h.e_type = 3;
	f.h.e_machine = 3;
	f.h.e_version = 1;
	f.h.e_entry = offsetof(__typeof__(f), code);
	f.h.e_phoff = offsetof(__typeof__(f), ph);
	f.h.e_ehsize = sizeof(f.h);
	f.h.e_phentsize = sizeof(f.ph);
	f.h.e_phnum = 1;
	f.ph.p_type = PT_LOAD;
	f.ph.p_filesz = f.ph.p_memsz = sizeof(f);
	f.ph.p_flags = 5;
	memcpy(f.code, code, size);
	write_file(path, &f, sizeof(f), 0755);
}

/* A copy of a program in which a header that says nothing to the kernel names a dynamic linker. */
static void write_dynamic(const char *path, const char *program, const char *linker)
{
	static char buf[200000];
	int fd = open(program, O_RDONLY);
	ssize_t size = read(fd, buf, sizeof(buf) - 100);
	Elf32_Ehdr *h = (Elf32_Ehdr *)buf;
	Elf32_Phdr *ph = (Elf32_Phdr *)(buf + h->e_phoff);
	int i = 0;

	CHECK(fd >= 0 && size > 0 && size < (ssize_t)sizeof(buf) - 100);
	close(fd);
	while (i < h->e_phnum && ph[i].p_type == PT_LOAD)
		i++;
	CHECK(i < h->e_phnum);
	ph[i].p_type = 3;
	ph[i].p_offset = (unsigned)size;
	ph[i].p_filesz = (unsigned)strlen(linker) + 1;
	strcpy(buf + size, linker);
	write_file(path, buf, (size_t)size + strlen(linker) + 1, 0755);
}

static void test_dynamic(void)
{
	write_dynamic("/x", "/execs", "/ld");
	CHECK(run_words("/x", "count", "3", NULL) == ENOENT);
	write_text("/ld", "not a linker");
	CHECK(run_words("/x", "count", "3", NULL) == 80); /* ELIBBAD */
	CHECK(chmod("/ld", 0644) == 0);
	CHECK(run_words("/x", "count", "3", NULL) == EACCES);
	write_linker("/ld", looks_for_base, sizeof(looks_for_base));
	CHECK(run_words("/x", "count", "3", NULL) == 7);
	write_linker("/ld", goes_to_entry, sizeof(goes_to_entry));
	CHECK(run_words("/x", "count", "3", NULL) == 0);
	/* By itself it is a program like others. */
	write_linker("/ld", looks_for_base, sizeof(looks_for_base));
	CHECK(run_words("/ld", NULL, NULL, NULL) == 8);
	unlink("/x");
	unlink("/ld");
}

/* ---- what stays and what goes ---------------------------------------------------------------- */

static void handler(int sig)
{
	(void)sig;
}

static void test_state(void)
{
	int keep = open("/execs", O_RDONLY), gone = open("/execs", O_RDONLY | CLOEXEC);
	char a[4] = {(char)('0' + keep), 0}, b[4] = {(char)('0' + gone), 0};

	CHECK(keep >= 0 && gone > keep && gone < 10);
	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	CHECK(run_words("/execs", "state", a, b) == 0);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
	close(keep);
	close(gone);
}

static int saw_state(int keep, int gone)
{
	struct sigaction act;
	struct stat st;

	if (fstat(keep, &st) || fstat(gone, &st) == 0 || errno != EBADF)
		return 1;
	if (sigaction(SIGUSR1, NULL, &act) || act.sa_handler != SIG_DFL)
		return 2;
	if (sigaction(SIGUSR2, NULL, &act) || act.sa_handler != SIG_IGN)
		return 3;
	return 0;
}

static void test_running_text(void)
{
	char *argv[] = {(char *)"/x", (char *)"busy", NULL};
	int fd;

	write_dynamic("/x", "/execs", "/none");
	fd = open("/x", O_WRONLY);
	CHECK(fd >= 0);
	CHECK_ERRNO(execve("/x", argv, no_env), ETXTBSY);
	close(fd);
	CHECK(run_words("/execs", "busy", NULL, NULL) == ETXTBSY);
	CHECK((fd = open("/execs", O_WRONLY)) >= 0);
	close(fd);
	unlink("/x");
}

static void test_execveat(void)
{
	char *argv[] = {(char *)"n", (char *)"count", (char *)"3", NULL};
	int status, dir = open("/", O_RDONLY), fd = open("/execs", O_RDONLY);

	CHECK(dir >= 0 && fd >= 0);
	CHECK_ERRNO(syscall(SYS_execveat, dir, "execs", argv, no_env, 0x8000, 0), EINVAL);
	CHECK_ERRNO(syscall(SYS_execveat, 77, "execs", argv, no_env, 0, 0), EBADF);
	CHECK_ERRNO(syscall(SYS_execveat, fd, "", argv, no_env, 0, 0), ENOENT);
	CHECK_ERRNO(syscall(SYS_execveat, dir, "nowhere", argv, no_env, 0, 0), ENOENT);
	if (!fork())
		_exit(syscall(SYS_execveat, dir, "execs", argv, no_env, 0, 0) + 100);
	CHECK(wait(&status) > 0 && status == 0);
	if (!fork())
		_exit(syscall(SYS_execveat, fd, "", argv, no_env, EMPTY, 0) + 100);
	CHECK(wait(&status) > 0 && status == 0);
	if (!fork())
		_exit(syscall(SYS_execveat, dir, "/execs", argv, no_env, 0, 0) + 100);
	CHECK(wait(&status) > 0 && status == 0);
	/* A script would be told a name that leads nowhere. */
	write_text("/x", "#!/execs script\n");
	close(fd);
	fd = open("/x", O_RDONLY | CLOEXEC);
	CHECK_ERRNO(syscall(SYS_execveat, fd, "", argv, no_env, EMPTY, 0), ENOENT);
	close(fd);
	close(dir);
	unlink("/x");
}

/* Set-user-id: the program acts for its owner. */
static void test_suid(void)
{
	int status, pid;

	CHECK(chown("/execs", 1000, 1001) == 0);
	CHECK(chmod("/execs", 06755) == 0);
	CHECK(run_words("/execs", "ids", "0:1000", "0:1001") == 0);
	pid = fork();
	if (!pid) {
		if (setgid(5) || setuid(6))
			_exit(50);
		_exit(run_words("/execs", "ids", "6:1000", "5:1001"));
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(chown("/execs", 0, 0) == 0);
	CHECK(chmod("/execs", 0755) == 0);
	CHECK(run_words("/execs", "ids", "0:0", "0:0") == 0);
}

static int saw_ids(const char *uids, const char *gids)
{
	char buf[40];
	int secure = getuid() != geteuid() || getgid() != getegid();

	snprintf(buf, sizeof(buf), "%d:%d", (int)getuid(), (int)geteuid());
	if (strcmp(buf, uids))
		return 1;
	snprintf(buf, sizeof(buf), "%d:%d", (int)getgid(), (int)getegid());
	if (strcmp(buf, gids))
		return 2;
	if (getauxval(AT_UID) != getuid() || getauxval(AT_EUID) != geteuid() ||
	    getauxval(AT_GID) != getgid() || getauxval(AT_EGID) != getegid())
		return 3;
	return getauxval(AT_SECURE) == (unsigned long)secure ? 0 : 4;
}

/* ---- */

static int many_are_right(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "0123456789"))
			return 1;
	return argc == 100000 ? 0 : 2;
}

static int words_are(int argc, char **argv, int count, const char *const words[])
{
	if (argc != count)
		return 10 + argc;
	for (int i = 0; i < count; i++)
		if (strcmp(argv[i], words[i]))
			return 20 + i;
	return 0;
}

/* As the program that was run: what did it find? */
static int found(int argc, char **argv)
{
	static const char *const script[] = {"/execs", "script", "/x", "a", "b"};
	static const char *const nested[] = {"/execs", "nested", "/x1", "b",   "/x2",
					     "c",      "/x3",	 "/x4", "last"};
	const char *mode = argv[1];

	if (!strcmp(mode, "count"))
		return argc == argv[2][0] - '0' ? 0 : 10 + argc;
	if (!strcmp(mode, "length"))
		return strlen(argv[2]) == (128 << 10) - 1 ? 0 : 1;
	if (!strcmp(mode, "many"))
		return many_are_right(argc, argv);
	if (!strcmp(mode, "script"))
		return words_are(argc, argv, 5, script);
	if (!strcmp(mode, "nested"))
		return words_are(argc, argv, 9, nested);
	if (!strcmp(mode, "two words"))
		return argc == 3 && !strcmp(argv[2], "/x") ? 2 : 0;
	if (!strncmp(mode, "cut zzz", 7))
		return strlen(mode) == 255 - strlen("#!/execs ") ? 3 : 0;
	if (!strcmp(mode, "state"))
		return saw_state(argv[2][0] - '0', argv[3][0] - '0');
	if (!strcmp(mode, "busy"))
		return open("/execs", O_WRONLY) < 0 ? errno : 0;
	if (!strcmp(mode, "ids"))
		return saw_ids(argv[2], argv[3]);
	return 98;
}

int main(int argc, char **argv)
{
	if (argc == 1 && !argv[0][0])
		return 99;
	if (argc > 1)
		return found(argc, argv);
	test_args();
	test_limits();
	test_errors();
	test_scripts();
	test_nested_scripts();
	test_dynamic();
	test_state();
	test_running_text();
	test_execveat();
	test_suid();
	return 0;
}
