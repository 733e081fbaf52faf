/* Numbers from text. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

int abs(int n)
{
	return n < 0 ? -n : n;
}

int atoi(const char *s)
{
	return (int)strtol(s, NULL, 10);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
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
static unsigned long digits(const char **s, unsigned int base, bool *over)
{
	unsigned long n = 0;

	for (; digit_value(**s) < base; (*s)++) {
		unsigned int digit = digit_value(**s);

		if (n > (ULONG_MAX - digit) / base)
			*over = true;
		n = n * base + digit;
	}
	return n;
}

/* Sign, prefix, digits. Without a digit *end is where the text began. */
static unsigned long number(const char *text, char **end, int base, bool *negative, bool *over)
{
	const char *s = text, *first;
	unsigned long n;

	while (is_space(*s))
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

unsigned long strtoul(const char *s, char **end, int base)
{
	bool negative, over = false;
	unsigned long n = number(s, end, base, &negative, &over);

	if (over) {
		errno = ERANGE;
		return ULONG_MAX;
	}
	return negative ? -n : n;
}

long strtol(const char *s, char **end, int base)
{
	bool negative, over = false;
	unsigned long n = number(s, end, base, &negative, &over);

	if (over || n > (unsigned long)LONG_MAX + negative) {
		errno = ERANGE;
		return negative ? LONG_MIN : LONG_MAX;
	}
	return (long)(negative ? -n : n);
}
