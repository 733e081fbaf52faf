/*
 * A floating-point number as decimal digits: %f. A double is m * 2^e with m below 2^53. Its
 * whole part and 64 bits of its fraction are integers; each further digit is what a
 * multiplication by ten carries out of the fraction. What is left decides the rounding, ties
 * to the even digit. No floating-point instruction is needed.
 */
#include <string.h>

#include "internal.h"

/* The parts of |x|; bits of the fraction below 2^-64 are dropped. */
static bool split(uint64_t bits, uint64_t *whole, uint64_t *fraction)
{
	int e = (int)(bits >> 52 & 0x7ff) - 1075;
	uint64_t m = (bits & ((1ull << 52) - 1)) | (e > -1075 ? 1ull << 52 : 0);

	*whole = *fraction = 0;
	if (e > 11)
		return false; /* 2^64 or more */
	if (e >= 0)
		*whole = m << e;
	else if (e > -64) {
		*whole = m >> -e;
		*fraction = m << (64 + e);
	} else if (e > -128) {
		*fraction = m >> (-e - 64);
	}
	return true;
}

/* fraction *= 10: returns the digit that comes out. */
static unsigned int next_digit(uint64_t *fraction)
{
	uint64_t low = (*fraction & 0xffffffff) * 10;
	uint64_t high = (*fraction >> 32) * 10 + (low >> 32);

	*fraction = high << 32 | (low & 0xffffffff);
	return (unsigned int)(high >> 32);
}

/* One up in the last digit; true if the carry leaves the front. */
static bool round_up(char *first, char *end)
{
	while (end > first) {
		if (*--end == '.')
			continue;
		if (*end != '9') {
			(*end)++;
			return false;
		}
		*end = '0';
	}
	return true;
}

static size_t put_whole(char *buf, uint64_t n)
{
	char digits[24], *p = digits + sizeof(digits);

	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	memcpy(buf, p, (size_t)(digits + sizeof(digits) - p));
	return (size_t)(digits + sizeof(digits) - p);
}

size_t __decimal(char *buf, double x, int precision)
{
	uint64_t bits, whole, fraction;
	size_t len;
	bool odd;

	memcpy(&bits, &x, sizeof(bits));
	if ((bits >> 52 & 0x7ff) == 0x7ff) {
		memcpy(buf, bits << 12 ? "nan" : "inf", 3);
		return 3;
	}
	if (!split(bits, &whole, &fraction)) {
		memcpy(buf, "huge", 4);
		return 4;
	}
	len = put_whole(buf, whole);
	if (precision > 0)
		buf[len++] = '.';
	for (int i = 0; i < precision && len < DECIMAL_MAX - 1; i++)
		buf[len++] = (char)('0' + next_digit(&fraction));
	odd = (buf[len - 1] - '0') & 1;
	if (fraction > 1ull << 63 || (fraction == 1ull << 63 && odd)) {
		if (round_up(buf, buf + len)) {
			memmove(buf + 1, buf, len++);
			buf[0] = '1';
		}
	}
	return len;
}
