/* Numbers from text: one reader of 64 bits, and ranges around it. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

int abs(int n)
{
	return n < 0 ? -n : n;
}

long labs(long n)
{
	return n < 0 ? -n : n;
}

long long llabs(long long n)
{
	return n < 0 ? -n : n;
}

div_t div(int n, int by)
{
	return (div_t){n / by, n % by};
}

/* The value of a digit, or 36 for what is none. */
static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned int)(c - 'a' + 10);
	if (c >= 'A' && c <= 'Z')
		return (unsigned int)(c - 'A' + 10);
	return 36;
}

/* Finds the base and steps over its prefix; 0x counts only before a digit. */
static const char *skip_prefix(const char *s, int *base)
{
	bool hex = s[0] == '0' && (s[1] | 32) == 'x' && digit_value(s[2]) < 16;

	if (hex && (*base == 0 || *base == 16)) {
		*base = 16;
		return s + 2;
	}
	if (*base == 0)
		*base = s[0] == '0' ? 8 : 10;
	return s;
}

/* The digits of a number without its sign; *over is set when they are too many. */
static unsigned long long digits(const char **s, unsigned int base, bool *over)
{
	unsigned long long n = 0, last = ULLONG_MAX / base;

	for (; digit_value(**s) < base; (*s)++) {
		unsigned int digit = digit_value(**s);

		if (n > last || n * base > ULLONG_MAX - digit)
			*over = true;
		n = n * base + digit;
	}
	return n;
}

/* Sign, prefix, digits. Without a digit *end is where the text began. */
static unsigned long long number(const char *text, char **end, int base, bool *negative, bool *over)
{
	const char *s = text, *first;
	unsigned long long n;

	*negative = *over = false;
	if (base < 0 || base == 1 || base > 36) {
		errno = EINVAL;
		if (end)
			*end = (char *)text;
		return 0;
	}
	while (isspace((unsigned char)*s))
		s++;
	*negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	s = first = skip_prefix(s, &base);
	n = digits(&s, (unsigned int)base, over);
	if (end)
		*end = (char *)(s == first ? text : s);
	return n;
}

/* A number from -max - 1 to max; beyond: the end of the range, and ERANGE. */
static long long in_range(const char *s, char **end, int base, unsigned long long max)
{
	bool negative, over;
	unsigned long long n = number(s, end, base, &negative, &over);

	if (over || n > max + negative) {
		errno = ERANGE;
		n = max + negative;
	}
	return (long long)(negative ? -n : n);
}

/* A number from 0 to max, or its negative modulo max + 1. */
static unsigned long long up_to(const char *s, char **end, int base, unsigned long long max)
{
	bool negative, over;
	unsigned long long n = number(s, end, base, &negative, &over);

	if (over || n > max) {
		errno = ERANGE;
		return max;
	}
	return negative ? -n : n;
}

long strtol(const char *s, char **end, int base)
{
	return (long)in_range(s, end, base, LONG_MAX);
}

long long strtoll(const char *s, char **end, int base)
{
	return in_range(s, end, base, LLONG_MAX);
}

unsigned long strtoul(const char *s, char **end, int base)
{
	return (unsigned long)up_to(s, end, base, ULONG_MAX);
}

unsigned long long strtoull(const char *s, char **end, int base)
{
	return up_to(s, end, base, ULLONG_MAX);
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}

long atol(const char *s)
{
	return strtol(s, NULL, 10);
}

long long atoll(const char *s)
{
	return strtoll(s, NULL, 10);
}
