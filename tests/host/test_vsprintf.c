/* kernel/lib/vsprintf.c against the host's snprintf. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

/* The kernel's, as rename_printf.h calls them: the names must not be taken for builtins. */
int folio_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int folio_snprintf(char *buf, size_t size, const char *fmt, ...);
int scnprintf(char *buf, size_t size, const char *fmt, ...);
void vsprintf_set_symbols(int (*fn)(char *buf, size_t size, unsigned long addr));

/* The formats are made at run time here, which is the point. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

/* Both print the same into a buffer that is large enough, and into each shorter one. */
static void compare(const char *fmt, ...)
{
	char theirs[600], ours[600];
	int a, b, size;
	va_list args;

	va_start(args, fmt);
	a = vsnprintf(theirs, sizeof(theirs), fmt, args);
	va_end(args);
	va_start(args, fmt);
	b = folio_vsnprintf(ours, sizeof(ours), fmt, args);
	va_end(args);
	if (a != b || strcmp(theirs, ours) != 0)
		host_fail(__FILE__, __LINE__, "\"%s\": \"%s\" (%d), not \"%s\" (%d)", fmt, ours, b,
			  theirs, a);
	for (size = 0; size <= a && size < 12; size++) {
		char *cut = malloc((size_t)size);

		va_start(args, fmt);
		b = folio_vsnprintf(cut, (size_t)size, fmt, args);
		va_end(args);
		check_eq(b, a);
		if (size)
			check(strlen(cut) == (size_t)size - 1 &&
			      strncmp(cut, theirs, strlen(cut)) == 0);
		free(cut);
	}
}

static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z", "t", "j"};
static const char conversions[] = "diuoxX";

static bool is_wide(const char *length)
{
	return strcmp(length, "ll") == 0 || strcmp(length, "j") == 0;
}

static void compare_number(const char *fmt, const char *length, long long value)
{
	if (is_wide(length))
		compare(fmt, value);
	else
		compare(fmt, (int)value);
}

static const long long values[] = {
	0,
	1,
	-1,
	7,
	8,
	9,
	10,
	99,
	100,
	127,
	128,
	-128,
	255,
	256,
	32767,
	-32768,
	65535,
	123456789,
	2147483647,
	-2147483647 - 1,
	4294967295ll,
	4294967296ll,
	99999999999ll,
	-99999999999ll,
	9223372036854775807ll,
	-9223372036854775807ll - 1,
};

HOST_TEST(table, "every conversion with every length, flag and a choice of widths and precisions")
{
	static const char *const widths[] = {"", "1", "5", "25"};
	static const char *const precisions[] = {"", ".", ".0", ".1", ".6", ".22"};
	unsigned int flags, w, p, l, c, v, count = 0;
	char fmt[32];

	for (flags = 0; flags < 32; flags++) {
		for (w = 0; w < ARRAY_SIZE(widths); w++) {
			for (p = 0; p < ARRAY_SIZE(precisions); p++) {
				for (l = 0; l < ARRAY_SIZE(lengths); l++) {
					for (c = 0; conversions[c]; c++) {
						snprintf(fmt, sizeof(fmt), "<%%%s%s%s%s%s%s%s%s%c>",
							 flags & 1 ? "-" : "", flags & 2 ? "+" : "",
							 flags & 4 ? " " : "", flags & 8 ? "#" : "",
							 flags & 16 ? "0" : "", widths[w],
							 precisions[p], lengths[l], conversions[c]);
						v = count++ % ARRAY_SIZE(values);
						compare_number(fmt, lengths[l], values[v]);
						v = (v + 7) % ARRAY_SIZE(values);
						compare_number(fmt, lengths[l], values[v]);
						compare_number(fmt, lengths[l], 0);
					}
				}
			}
		}
	}
	host_note("%u formats", count);
}

HOST_TEST(random, "50,000 random formats and values")
{
	struct prng rng;
	unsigned int step;
	char fmt[64];

	host_seed(&rng);
	for (step = 0; step < 50000; step++) {
		const char *length = lengths[prng_below(&rng, ARRAY_SIZE(lengths))];
		unsigned long long value = (u64)prng_next(&rng) << 32 | prng_next(&rng);
		char width[8] = "", precision[8] = "", flags[6] = "";
		unsigned int i;

		for (i = 0; i < prng_below(&rng, 6); i++)
			flags[i] = "-+ #0"[prng_below(&rng, 5)];
		if (prng_below(&rng, 2))
			snprintf(width, sizeof(width), "%u", 1 + prng_below(&rng, 40));
		if (prng_below(&rng, 2))
			snprintf(precision, sizeof(precision), ".%u", prng_below(&rng, 40));
		snprintf(fmt, sizeof(fmt), "%%%s%s%s%s%c", flags, width, precision, length,
			 conversions[prng_below(&rng, 6)]);
		compare_number(fmt, length, (long long)(value >> prng_below(&rng, 64)));
	}
}

HOST_TEST(text, "strings, characters, percent signs and arguments for width and precision")
{
	compare("");
	compare("plain");
	compare("100%%");
	compare("%c|%5c|%-5c|", 'a', 'b', 'c');
	compare("%s|%10s|%-10s|%.2s|%10.2s|%-10.2s|%.0s|%.20s|", "one", "two", "three", "four",
		"five", "six", "seven", "eight");
	compare("%*d|%-*d|%*d|", 6, 42, 6, 42, -6, 42);
	compare("%.*d|%.*d|%.*s|%.*s|", 4, 42, -1, 42, 2, "abc", -3, "abc");
	compare("%*.*d|%-*.*d|", 8, 3, 7, 8, 3, 7);
	compare("%s", (char *)NULL);
	compare("%d %s %x %c %llu %s", 1, "a", 0xbeef, 'z', 123456789012345ull, "end");
	compare("%08lx-%08lx %5lu kB", 0xc0000000ul, 0xf7ffffffu, 12345ul);
	compare("%zu %zd %td", sizeof(int), (ssize_t)-1, (ptrdiff_t)-5);
}

HOST_TEST(no_end, "%.*s reads no further than the precision")
{
	char *text = malloc(3);

	memcpy(text, "abc", 3);
	compare("%.3s", text);
	compare("%.*s", 2, text);
	free(text);
}

static int name_of(char *buf, size_t size, unsigned long addr)
{
	if (addr < 0xc0100000ul)
		return 0;
	return folio_snprintf(buf, size, "kmain+0x%lx/0x%x", addr - 0xc0100000ul, 0x40);
}

static void print(const char *want, const char *fmt, ...)
{
	char buf[128];
	va_list args;

	va_start(args, fmt);
	check_eq(folio_vsnprintf(buf, sizeof(buf), fmt, args), strlen(want));
	va_end(args);
	check_str(buf, want);
}

HOST_TEST(pointers, "%p has eight digits, %pS a name when one is known")
{
	print("0xc0101234", "%p", (void *)0xc0101234ul);
	print("0x00000000|", "%p|", NULL);
	print("[   0x00000001]", "[%13p]", (void *)1);
	print("0xc0100004 x", "%pS x", (void *)0xc0100004ul);
	vsprintf_set_symbols(name_of);
	print("kmain+0x4/0x40 x", "%pS x", (void *)0xc0100004ul);
	print("kmain+0x4/0x40      |", "%-20pS|", (void *)0xc0100004ul);
	print("0x00000010S", "%pSS", (void *)0x10);
	print("0xc0100004", "%p", (void *)0xc0100004ul);
}

HOST_TEST(unknown, "an unknown conversion is printed as it stands")
{
	print("%y 7", "%y %d", 7);
	print("%5", "%5");
	print("%-08.3lk!", "%-08.3lk!");
	print("%", "%");
}

HOST_TEST(scn, "scnprintf returns what is in the buffer")
{
	char buf[8];

	check_eq(scnprintf(buf, sizeof(buf), "%s", "1234567890"), 7);
	check_str(buf, "1234567");
	check_eq(scnprintf(buf, sizeof(buf), "%s", "123"), 3);
	check_eq(scnprintf(buf, 0, "%s", "123"), 0);
	check_str(buf, "123");
}
