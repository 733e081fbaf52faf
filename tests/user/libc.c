/*
 * libc - calls of the C library whose results are printed. Built with Folio's library and with
 * the host's: both must print the same.
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_printf(void)
{
	static const char *const ints[] = {"%d",      "%5d", "%-5d|", "%05d", "%+d",	"% d",
					   "%x",      "%#x", "%#o",   "%X",   "%.3d",	"%8.3d",
					   "%-8.3d|", "%u",  "%hhd",  "%hd",  "%#010x", "%.0d"};
	static const int values[] = {0, 1, -1, 42, -12345, INT_MAX, INT_MIN};
	static const char *const floats[] = {"%f",	 "%.0f",  "%.2f",   "%10.3f|",
					     "%-10.1f|", "%+.1f", "%08.2f", "%.9f"};
	static const double reals[] = {0,
				       1,
				       -1,
				       0.5,
				       1.5,
				       2.5,
				       0.125,
				       0.375,
				       1.005,
				       99.995,
				       9.9999999,
				       1e-9,
				       123456789.125,
				       1e15,
				       -0.0001,
				       3.14159265358979,
				       1e-30,
				       18446744073709549568.0};

	for (size_t i = 0; i < COUNT(ints); i++) {
		for (size_t j = 0; j < COUNT(values); j++) {
			printf(ints[i], values[j]);
			putchar(' ');
		}
		putchar('\n');
	}
	for (size_t i = 0; i < COUNT(floats); i++) {
		for (size_t j = 0; j < COUNT(reals); j++) {
			printf(floats[i], reals[j]);
			putchar(' ');
		}
		putchar('\n');
	}
	printf("%lld %llu %llx %llo\n", LLONG_MIN, ULLONG_MAX, ULLONG_MAX, ULLONG_MAX);
	printf("[%s] [%10s] [%-10s] [%.2s] [%*s] [%.*s] [%c%c]\n", "abc", "abc", "abc", "abc", 6,
	       "abc", 1, "abc", 'x', 'y');
	printf("%p %zu %td %jd %%\n", (void *)0x1234, sizeof(int), (ptrdiff_t)-3, (intmax_t)-4);
	printf("%5c|%-5c|\n", 'a', 'b');
}

static void test_snprintf(void)
{
	char buf[8] = "xxxxxxx";
	int n = 0, len = snprintf(buf, sizeof(buf), "%d%n-%s", 123, &n, "abcdefgh");

	printf("%d %d %s\n", len, n, buf);
	printf("%d\n", snprintf(NULL, 0, "%050d", 1));
	printf("%d %d\n", snprintf(buf, 1, "abc"), buf[0]);
}

static void one_scan(const char *text, const char *fmt)
{
	int a = -1, b = -1, c = -1, n = -1;
	int result;

	errno = 0;
	result = sscanf(text, fmt, &a, &b, &c, &n);
	printf("\"%s\" \"%s\": %d: %d %d %d %d\n", text, fmt, result, a, b, c, n);
}

static void one_word(const char *text, const char *fmt)
{
	char a[32] = "-", b[32] = "-";
	int result = sscanf(text, fmt, a, b);

	printf("\"%s\" \"%s\": %d: %s %s\n", text, fmt, result, a, b);
}

static void test_scanf(void)
{
	unsigned long long big = 0;
	short s = 7;
	char c[4] = "...";

	one_scan("1 2 3", "%d %d %d");
	one_scan("1,2,3", "%d,%d,%d%n");
	one_scan("", "%d");
	one_scan("   ", "%d");
	one_scan("x", "%d");
	one_scan("12x", "%d%d");
	one_scan("-12 +34 0", "%d%d%d%n");
	one_scan("0x1f 017 19", "%i%i%i");
	one_scan("ff FF 0xff", "%x%x%x");
	one_scan("123456", "%2d%3d%1d%n");
	one_scan("1 2 3", "%*d %d %d");
	one_scan("5%6", "%d%%%d");
	one_scan("08048000-0804a000 r-xp", "%x-%x %n");
	one_scan("99999999999", "%d");
	one_scan("4294967295", "%u");
	one_scan("10:20", "%d:%d:%d");
	one_scan("0x", "%d%n");
	one_word("hello world", "%s %s");
	one_word("hello world", "%3s%s");
	one_word("key=value", "%[^=]=%s");
	one_word("abc123", "%[a-z]%[0-9]");
	one_word("]x", "%[]x]");
	one_word("1 (name with) S", "%*d (%[^)]) %s");
	one_word("", "%s");
	printf("%d %llu\n", sscanf("18446744073709551615", "%llu", &big), big);
	printf("%d %d\n", sscanf("70000", "%hd", &s), s);
	printf("%d %s\n", sscanf("abc", "%3c", c), c);
}

static void test_strtol(void)
{
	static const char *const texts[] = {"0",
					    "12",
					    " -12x",
					    "+7",
					    "0x1F",
					    "0x",
					    "08",
					    "z",
					    "-",
					    "",
					    "2147483647",
					    "2147483648",
					    "-2147483648",
					    "-2147483649",
					    "4294967295",
					    "4294967296",
					    "-1",
					    "9223372036854775807",
					    "9223372036854775808",
					    "-9223372036854775808",
					    "18446744073709551615",
					    "18446744073709551616",
					    "zz"};
	static const int bases[] = {0, 2, 8, 10, 16, 36};

	for (size_t i = 0; i < COUNT(texts); i++) {
		for (size_t j = 0; j < COUNT(bases); j++) {
			char *end;
			int base = bases[j];

			errno = 0;
			printf("%s/%d:", texts[i], base);
			printf(" %ld", (long)(int)strtoll(texts[i], &end, base));
			printf(" %d %d", (int)(end - texts[i]), errno);
			errno = 0;
			printf(" %lld %d", strtoll(texts[i], &end, base), errno);
			errno = 0;
			printf(" %llu %d\n", strtoull(texts[i], &end, base), errno);
		}
	}
	errno = 0;
	if (sizeof(long) == 4)
		printf("%ld %d\n", strtol("99999999999", NULL, 10), errno);
}

static void test_strings(void)
{
	char buf[64] = "one, two;three", *rest, *word;

	for (word = strtok_r(buf, ", ;", &rest); word; word = strtok_r(NULL, ", ;", &rest))
		printf("<%s>", word);
	strcpy(buf, "a::b");
	rest = buf;
	while ((word = strsep(&rest, ":")))
		printf("<%s>", word);
	printf("\n%zu %zu %s %s\n", strspn("aabbc", "ab"), strcspn("aabbc", "c"),
	       strpbrk("hello", "xl"), strstr("hello", "ll"));
	printf("%d %d %d\n", strcasecmp("HeLLo", "hEllO"), strncasecmp("abX", "ABy", 2),
	       strcmp("a", "b") < 0);
	strcpy(buf, "12345");
	memmove(buf + 1, buf, 5);
	printf("%s %s\n", buf, strncat(strcpy(buf + 32, "ab"), "cdef", 2));
	printf("%s %s\n", strchr("path/to", '/'), strrchr("path/to/x", '/'));
	for (int e = 0; e < 134; e++)
		printf("%s|", strerror(e));
	for (int s = 1; s < 32; s++)
		printf("%s|", strsignal(s));
	for (int c = 0; c < 128; c++)
		printf("%d", !!isalnum(c) + 2 * !!ispunct(c) + 4 * !!isspace(c) + !!isxdigit(c) +
				     !!iscntrl(c) + !!isprint(c) + toupper(c) + tolower(c));
	printf("\n");
}

static void test_fnmatch(void)
{
	static const char *const cases[][2] = {
		{"*", ""},	   {"*", "abc"},  {"a*c", "abc"},   {"a*c", "abd"},
		{"?", "a"},	   {"?", ""},	  {"[a-c]x", "bx"}, {"[!a-c]x", "bx"},
		{"[]]", "]"},	   {"[", "["},	  {"\\*", "*"},	    {"\\*", "a"},
		{"*.c", "x.c"},	   {"*.c", ".c"}, {"a**b", "ab"},   {"*a*b*", "xaybz"},
		{"*a*b", "xaybz"}, {"[a-]", "-"}, {"", ""},	    {"a", ""}};

	for (size_t i = 0; i < COUNT(cases); i++)
		printf("%d%d%d ", !fnmatch(cases[i][0], cases[i][1], 0),
		       !fnmatch(cases[i][0], cases[i][1], FNM_PERIOD),
		       !fnmatch(cases[i][0], cases[i][1], FNM_PATHNAME));
	printf("\n");
}

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void test_sort(void)
{
	int n[200], key = 77, found = 0;
	unsigned int seed = 1;

	for (int size = 0; size < 200; size++) {
		for (int i = 0; i < size; i++) {
			seed = seed * 1103515245u + 12345u;
			n[i] = (int)(seed >> 16 & 127);
		}
		qsort(n, (size_t)size, sizeof(n[0]), by_value);
		for (int i = 1; i < size; i++) {
			if (n[i - 1] > n[i])
				printf("wrong at %d of %d\n", i, size);
		}
		found += bsearch(&key, n, (size_t)size, sizeof(n[0]), by_value) != NULL;
	}
	printf("found %d\n", found);
}

static void test_dates(void)
{
	static const time_t times[] = {0,	   951782400,  951868799, 1709164800,
				       1735603200, 2147483647, -1};

	for (size_t i = 0; i < COUNT(times); i++) {
		struct tm *tm = gmtime(&times[i]);
		char buf[64];

		strftime(buf, sizeof(buf), "%a %b %e %H:%M:%S %Y %j %F", tm);
		printf("%s %ld\n", buf, (long)timegm(tm));
	}
}

static void test_environment(void)
{
	putenv((char *)"ONE=1");
	setenv("TWO", "2", 1);
	setenv("TWO", "two", 0);
	setenv("THREE", "3", 1);
	setenv("THREE", "three", 1);
	unsetenv("ONE");
	printf("%s %s %s\n", getenv("ONE") ? "?" : "-", getenv("TWO"), getenv("THREE"));
	printf("%d %d\n", setenv("A=B", "", 1), setenv("", "", 1));
}

static void test_getopt(void)
{
	char *words[] = {(char *)"me",	 (char *)"-ab", (char *)"-ovalue", (char *)"-o",
			 (char *)"next", (char *)"--",	(char *)"-x",	   NULL};
	int c;

	opterr = 0;
	while ((c = getopt(7, words, "abo:")) != -1)
		printf("%c%s ", c, optarg && c == 'o' ? optarg : "");
	printf("%d\n", optind);
}

static void test_files(const char *path)
{
	char line[16], *long_line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "w+");

	if (!file)
		return perror(path);
	for (int i = 0; i < 2000; i++)
		fprintf(file, "line %d\n", i);
	printf("%ld ", ftell(file));
	fseek(file, 7, SEEK_SET);
	printf("%s", fgets(line, sizeof(line), file));
	printf("%c ", ungetc(fgetc(file), file));
	printf("%ld ", ftell(file));
	fseek(file, -10, SEEK_END);
	printf("%d ", (int)getline(&long_line, &size, file));
	printf("%d %d\n", fgetc(file), feof(file));
	rewind(file);
	fputs("LINE", file);
	rewind(file);
	printf("%d %s", (int)getline(&long_line, &size, file), long_line);
	fclose(file);
	free(long_line);
	file = fopen(path, "a");
	fputs("end\n", file);
	fclose(file);
	file = fopen(path, "r");
	fseek(file, -4, SEEK_END);
	printf("%d %s", (int)fread(line, 1, 10, file), line[0] == 'e' ? "end\n" : "?\n");
	fclose(file);
	unlink(path);
	printf("%d %s\n", fopen("/nowhere/x", "r") == NULL, strerror(errno));
}

static jmp_buf back;
static volatile int caught;
static volatile int *volatile const nowhere = (volatile int *)8;

static void handler(int sig)
{
	caught = sig;
}

static void jumper(int sig)
{
	siglongjmp(back, sig);
}

static void test_signals(void)
{
	volatile int times = 0;
	struct sigaction act = {.sa_handler = handler};
	sigset_t set;
	int status;
	pid_t pid;

	sigaction(SIGUSR1, &act, NULL);
	raise(SIGUSR1);
	printf("%d ", caught);
	signal(SIGSEGV, jumper);
	while (times++ < 3) {
		if (!sigsetjmp(back, 1))
			*nowhere = 0;
		sigprocmask(SIG_BLOCK, NULL, &set);
		printf("%d ", sigismember(&set, SIGSEGV));
	}
	if (!setjmp(back))
		longjmp(back, 0);
	fflush(stdout);
	pid = fork();
	if (!pid)
		abort();
	waitpid(pid, &status, 0);
	printf("%d ", WTERMSIG(status));
	pid = vfork();
	if (!pid)
		_exit(7);
	waitpid(pid, &status, 0);
	printf("%d\n", WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	test_printf();
	test_snprintf();
	test_scanf();
	test_strtol();
	test_strings();
	test_fnmatch();
	test_sort();
	test_dates();
	test_environment();
	test_getopt();
	test_files(argc > 1 ? argv[1] : "/tmp/libc-test");
	test_signals();
	return 0;
}
