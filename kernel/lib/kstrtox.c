/*
 * Strings to numbers. One scanner finds the base, the digits and whether they
 * fit 64 bits; the functions around it differ in what they accept before and
 * after the digits and in which range the result must lie.
 */
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/ctype.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"

/* The value of a digit, or 36 and more if it is none in any base. */
static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return (unsigned int)(c - '0');
	if (isalpha(c))
		return (unsigned int)(tolower(c) - 'a' + 10);
	return 36;
}

/* Settles base 0 and steps over a prefix: "0x" counts only with a digit behind it. */
static const char *scan_base(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/*
 * Reads the digits at @s. Returns where they end (@s itself if there are none);
 * *@res gets the value, ULLONG_MAX if it does not fit, and then *@overflow is set.
 */
static const char *scan_digits(const char *s, unsigned int base, u64 *res, bool *overflow)
{
	const char *p = scan_base(s, &base), *first = p;
	u64 value = 0, limit = div_u64(UINT64_MAX, base);
	unsigned int digit;

	*overflow = false;
	for (; (digit = digit_value(*p)) < base; p++) {
		if (value > limit || value * base > UINT64_MAX - digit)
			*overflow = true;
		value = value * base + digit;
	}
	*res = *overflow ? UINT64_MAX : value;
	return p == first ? s : p;
}

/* A whole string: digits, then at most a newline. */
static int parse_unsigned(const char *s, unsigned int base, u64 *res)
{
	bool overflow;
	const char *end = scan_digits(s, base, res, &overflow);

	if (end == s)
		return -EINVAL;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	return overflow ? -ERANGE : 0;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	u64 value;
	int err = parse_unsigned(*s == '+' ? s + 1 : s, base, &value);

	if (!err)
		*res = value;
	return err;
}

int kstrtoul(const char *s, unsigned int base, unsigned long *res)
{
	unsigned long long value;
	int err = kstrtoull(s, base, &value);

	if (err)
		return err;
	if (value > UINT32_MAX)
		return -ERANGE;
	*res = (unsigned long)value;
	return 0;
}

int kstrtol(const char *s, unsigned int base, long *res)
{
	bool negative = *s == '-';
	u64 value;
	int err = parse_unsigned(negative || *s == '+' ? s + 1 : s, base, &value);

	if (err)
		return err;
	if (value > (u64)INT32_MAX + (negative ? 1 : 0))
		return -ERANGE;
	*res = (long)(negative ? -(u32)value : (u32)value);
	return 0;
}

int kstrtouint(const char *s, unsigned int base, unsigned int *res)
{
	unsigned long value;
	int err = kstrtoul(s, base, &value);

	if (!err)
		*res = (unsigned int)value;
	return err;
}

int kstrtoint(const char *s, unsigned int base, int *res)
{
	long value;
	int err = kstrtol(s, base, &value);

	if (!err)
		*res = (int)value;
	return err;
}

static bool same_word(const char *s, const char *word)
{
	for (; *word; s++, word++) {
		if (tolower(*s) != *word)
			return false;
	}
	return *s == '\0' || (s[0] == '\n' && s[1] == '\0');
}

int kstrtobool(const char *s, bool *res)
{
	static const char *const words[][2] = {
		{"0", "1"}, {"n", "y"}, {"no", "yes"}, {"off", "on"}, {"false", "true"},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words) * 2; i++) {
		if (same_word(s, words[i / 2][i % 2])) {
			*res = i % 2;
			return 0;
		}
	}
	return -EINVAL;
}

unsigned long long simple_strtoull(const char *s, char **end, unsigned int base)
{
	bool overflow;
	u64 value;
	const char *stop = scan_digits(s, base, &value, &overflow);

	if (end)
		*end = (char *)stop;
	return value;
}

unsigned long long memparse(const char *s, char **end)
{
	static const char suffixes[] = "kmg";
	char *stop;
	unsigned long long value = simple_strtoull(s, &stop, 0);
	const char *suffix = *stop ? strchr(suffixes, tolower(*stop)) : NULL;

	if (stop != s && suffix) {
		unsigned int shift = (unsigned int)(suffix - suffixes + 1) * 10;

		value = value > UINT64_MAX >> shift ? UINT64_MAX : value << shift;
		stop++;
	}
	if (end)
		*end = stop;
	return value;
}
