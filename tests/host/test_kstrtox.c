/* kernel/lib/kstrtox.c: what is accepted, what is refused and how. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "kernel/lib/kstrtox.h"

static const struct {
	const char *text;
	unsigned int base;
	int error;
	unsigned long value;
} unsigned_cases[] = {
	{"0", 0, 0, 0},
	{"1", 10, 0, 1},
	{"+5", 10, 0, 5},
	{"42\n", 10, 0, 42},
	{"0x1f", 0, 0, 0x1f},
	{"0X1F", 16, 0, 0x1f},
	{"1f", 16, 0, 0x1f},
	{"017", 0, 0, 017},
	{"017", 10, 0, 17},
	{"zz", 36, 0, 1295},
	{"1010", 2, 0, 10},
	{"4294967295", 10, 0, ULONG_MAX},
	{"0xffffffff", 0, 0, ULONG_MAX},
	{"00000000000000000000001", 10, 0, 1},
	{"4294967296", 10, -ERANGE, 0},
	{"0x100000000", 0, -ERANGE, 0},
	{"18446744073709551616", 10, -ERANGE, 0},
	{"99999999999999999999999", 10, -ERANGE, 0},
	{"", 10, -EINVAL, 0},
	{"\n", 10, -EINVAL, 0},
	{"+", 10, -EINVAL, 0},
	{"-1", 10, -EINVAL, 0},
	{"+-1", 10, -EINVAL, 0},
	{"++1", 10, -EINVAL, 0},
	{" 1", 10, -EINVAL, 0},
	{"1 ", 10, -EINVAL, 0},
	{"1\n\n", 10, -EINVAL, 0},
	{"12a", 10, -EINVAL, 0},
	{"08", 0, -EINVAL, 0},
	{"2", 2, -EINVAL, 0},
	{"0x", 0, -EINVAL, 0},
	{"0x", 16, -EINVAL, 0},
	{"0xg", 16, -EINVAL, 0},
	{"x1", 16, -EINVAL, 0},
	{"99999999999999999999999x", 10, -EINVAL, 0},
};

HOST_TEST(unsigned_table, "kstrtoul and kstrtouint: a table of good and bad numbers")
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unsigned_cases); i++) {
		unsigned long value = 0;
		unsigned int narrow = 0;
		int err = kstrtoul(unsigned_cases[i].text, unsigned_cases[i].base, &value);

		if (err != unsigned_cases[i].error || value != unsigned_cases[i].value)
			host_fail(__FILE__, __LINE__, "\"%s\": %d, %lu", unsigned_cases[i].text,
				  err, value);
		err = kstrtouint(unsigned_cases[i].text, unsigned_cases[i].base, &narrow);
		check_eq(err, unsigned_cases[i].error);
		check_eq(narrow, unsigned_cases[i].value);
	}
}

HOST_TEST(limits, "the last number that fits and the first that does not, in every base")
{
	unsigned int base;

	for (base = 2; base <= 36; base++) {
		char text[80], *p = text + sizeof(text) - 1;
		unsigned long long rest = ULLONG_MAX, value = 1;

		*p = '\0';
		for (; rest; rest /= base)
			*--p = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % base];
		check_eq(kstrtoull(p, base, &value), 0);
		check_eq(value, ULLONG_MAX);
		/* One more: the last digit plus one, or a longer number where it is the highest. */
		if (text[sizeof(text) - 2] - '0' + 1u < min(base, 10u))
			text[sizeof(text) - 2]++;
		else
			memcpy(p = text,
			       "1000000000000000000000000000000000000000000000000000000000000000"
			       "0",
			       66);
		check_eq(kstrtoull(p, base, &value), -ERANGE);
		check_eq(value, ULLONG_MAX);
	}
}

HOST_TEST(signed_table, "kstrtol and kstrtoint: signs and limits")
{
	static const struct {
		const char *text;
		int error;
		long value;
	} cases[] = {
		{"-1", 0, -1},
		{"+1", 0, 1},
		{"-0", 0, 0},
		{"2147483647", 0, LONG_MAX},
		{"-2147483648\n", 0, LONG_MIN},
		{"2147483648", -ERANGE, 0},
		{"-2147483649", -ERANGE, 0},
		{"--1", -EINVAL, 0},
		{"-", -EINVAL, 0},
		{"-+1", -EINVAL, 0},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		long value = 0;
		int narrow = 0;

		check_eq(kstrtol(cases[i].text, 10, &value), cases[i].error);
		check_eq(value, cases[i].value);
		check_eq(kstrtoint(cases[i].text, 10, &narrow), cases[i].error);
		check_eq(narrow, cases[i].value);
	}
}

HOST_TEST(random, "simple_strtoull agrees with strtoull over 50,000 random strings")
{
	static const char alphabet[] = "00123456789abcfxXzG";
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	for (step = 0; step < 50000; step++) {
		static const unsigned int bases[] = {0, 2, 8, 10, 16, 36};
		unsigned int base = bases[prng_below(&rng, ARRAY_SIZE(bases))];
		char text[32], *ours, *theirs;
		unsigned int i, len = prng_below(&rng, 26);
		unsigned long long a, b;

		for (i = 0; i < len; i++)
			text[i] = alphabet[prng_below(&rng, sizeof(alphabet) - 1)];
		text[len] = '\0';
		a = simple_strtoull(text, &ours, base);
		b = strtoull(text, &theirs, (int)base);
		if (a != b || ours != theirs)
			host_fail(__FILE__, __LINE__, "\"%s\" base %u: %llu, not %llu", text, base,
				  a, b);
	}
}

HOST_TEST(memparse, "memparse knows K, M and G and saturates")
{
	static const struct {
		const char *text;
		unsigned long long value;
		const char *rest;
	} cases[] = {
		{"64K", 65536, ""},
		{"16M", 16ull << 20, ""},
		{"3g,x", 3ull << 30, ",x"},
		{"0x10k@5", 16384, "@5"},
		{"512", 512, ""},
		{"1MB", 1 << 20, "B"},
		{"K", 0, "K"},
		{"", 0, ""},
		{"12 K", 12, " K"},
		{"16G", 16ull << 30, ""},
		{"17179869184G", ULLONG_MAX, ""},
		{"17179869183G", 17179869183ull << 30, ""},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *end;

		check_eq(memparse(cases[i].text, &end), cases[i].value);
		check_str(end, cases[i].rest);
		check_eq(memparse(cases[i].text, NULL), cases[i].value);
	}
}

HOST_TEST(bool, "kstrtobool takes the usual words and no others")
{
	bool value = false;

	check(kstrtobool("1", &value) == 0 && value);
	check(kstrtobool("off\n", &value) == 0 && !value);
	check(kstrtobool("On", &value) == 0 && value);
	check(kstrtobool("FALSE", &value) == 0 && !value);
	check(kstrtobool("Yes", &value) == 0 && value);
	check_eq(kstrtobool("", &value), -EINVAL);
	check_eq(kstrtobool("2", &value), -EINVAL);
	check_eq(kstrtobool("on ", &value), -EINVAL);
	check(value);
}
