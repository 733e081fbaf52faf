/*
 * The engine of the printf family: walks the format, turns each conversion into
 * text and hands the pieces to a sink, which is a file or a buffer.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* One conversion: %[flags][width][.precision][length]type */
struct spec {
	bool left, plus, space, alt, zero; /* - + blank # 0 */
	int width;
	int precision; /* -1: none */
	int size;      /* bytes of an integer argument */
	char type;
};

struct output {
	struct sink *sink;
	int total;
};

static void put(struct output *out, const char *s, size_t len)
{
	out->sink->put(out->sink, s, len);
	out->total += (int)len;
}

static void pad(struct output *out, char c, int count)
{
	for (; count > 0; count--)
		put(out, &c, 1);
}

/* [sign or 0x][zeros][text], padded to the width on the side the flags say. */
static void put_field(struct output *out, const struct spec *spec, const char *prefix, int zeros,
		      const char *text, int len)
{
	int prefix_len = (int)strlen(prefix);
	int rest = spec->width - prefix_len - zeros - len;

	if (!spec->left)
		pad(out, ' ', rest);
	put(out, prefix, (size_t)prefix_len);
	pad(out, '0', zeros);
	put(out, text, (size_t)len);
	if (spec->left)
		pad(out, ' ', rest);
}

/* Divides *n by base and returns the remainder: two 32-bit divisions in a row. */
static unsigned int div_step(uint64_t *n, unsigned int base)
{
	uint32_t high = (uint32_t)(*n >> 32), low = (uint32_t)*n;
	uint32_t quotient_high = high / base, rest = high % base;

	__asm__("divl %2" : "+a"(low), "+d"(rest) : "rm"(base));
	*n = (uint64_t)quotient_high << 32 | low;
	return rest;
}

static void put_number(struct output *out, const struct spec *spec, uint64_t n, const char *prefix)
{
	const char *digits = spec->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int base = spec->type == 'o' ? 8 : strchr("xXp", spec->type) ? 16 : 10;
	char buf[24];
	char *p = buf + sizeof(buf);
	int len, zeros;

	while (n)
		*--p = digits[div_step(&n, base)];
	if (p == buf + sizeof(buf) && spec->precision != 0)
		*--p = '0';
	len = (int)(buf + sizeof(buf) - p);
	zeros = spec->precision - len;
	if (spec->precision < 0 && spec->zero && !spec->left)
		zeros = spec->width - (int)strlen(prefix) - len;
	if (spec->type == 'o' && spec->alt && zeros < 1 && *p != '0')
		zeros = 1;
	put_field(out, spec, prefix, zeros > 0 ? zeros : 0, p, len);
}

static void put_signed(struct output *out, const struct spec *spec, int64_t n)
{
	const char *sign = n < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";

	put_number(out, spec, n < 0 ? -(uint64_t)n : (uint64_t)n, sign);
}

static void put_unsigned(struct output *out, const struct spec *spec, uint64_t n)
{
	const char *prefix = "";

	if (spec->type == 'p' || (spec->alt && n && spec->type == 'x'))
		prefix = "0x";
	else if (spec->alt && n && spec->type == 'X')
		prefix = "0X";
	put_number(out, spec, n, prefix);
}

/* %f: six places unless told otherwise; the sign stands before the zeros. */
static void put_double(struct output *out, const struct spec *spec, double x)
{
	char buf[DECIMAL_MAX];
	int places = spec->precision < 0 ? 6 : spec->precision;
	int len = (int)__decimal(buf, x, places);
	bool number = buf[0] <= '9';
	const char *sign = __builtin_signbit(x) ? "-" : spec->plus ? "+" : spec->space ? " " : "";
	int zeros = 0;

	if (number && spec->zero && !spec->left)
		zeros = spec->width - (int)strlen(sign) - len;
	put_field(out, spec, sign, zeros > 0 ? zeros : 0, buf, len);
}

/* %n: how much there is so far, into a variable of the size given. */
static void store_total(const struct output *out, const struct spec *spec, void *where)
{
	if (spec->size == sizeof(long long))
		*(long long *)where = out->total;
	else if (spec->size == sizeof(short))
		*(short *)where = (short)out->total;
	else if (spec->size == sizeof(char))
		*(signed char *)where = (signed char)out->total;
	else
		*(int *)where = out->total;
}

static void put_string(struct output *out, const struct spec *spec, const char *s)
{
	if (!s)
		s = "(null)";
	put_field(out, spec, "", 0, s,
		  (int)(spec->precision < 0 ? strlen(s) : strnlen(s, (size_t)spec->precision)));
}

static const char *parse_flags(struct spec *spec, const char *fmt)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			spec->left = true;
			break;
		case '+':
			spec->plus = true;
			break;
		case ' ':
			spec->space = true;
			break;
		case '#':
			spec->alt = true;
			break;
		case '0':
			spec->zero = true;
			break;
		default:
			return fmt;
		}
	}
}

static const char *parse_count(int *count, const char *fmt, va_list *args)
{
	if (*fmt == '*') {
		*count = va_arg(*args, int);
		return fmt + 1;
	}
	for (*count = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
		*count = *count * 10 + (*fmt - '0');
	return fmt;
}

static const char *parse_size(struct spec *spec, const char *fmt)
{
	spec->size = sizeof(int);
	for (; *fmt && strchr("hlzjt", *fmt); fmt++) {
		if (*fmt == 'h')
			spec->size /= 2;
		else if (*fmt == 'j' || (*fmt == 'l' && fmt[1] == 'l'))
			spec->size = sizeof(long long);
	}
	return fmt;
}

static const char *parse_spec(struct spec *spec, const char *fmt, va_list *args)
{
	*spec = (struct spec){.precision = -1};
	fmt = parse_flags(spec, fmt);
	fmt = parse_count(&spec->width, fmt, args);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	if (*fmt == '.')
		fmt = parse_count(&spec->precision, fmt + 1, args);
	fmt = parse_size(spec, fmt);
	spec->type = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

static int64_t signed_arg(const struct spec *spec, va_list *args)
{
	if (spec->size == sizeof(long long))
		return va_arg(*args, long long);
	if (spec->size == sizeof(short))
		return (short)va_arg(*args, int);
	if (spec->size == sizeof(char))
		return (signed char)va_arg(*args, int);
	return va_arg(*args, int);
}

static uint64_t unsigned_arg(const struct spec *spec, va_list *args)
{
	if (spec->size == sizeof(long long))
		return va_arg(*args, unsigned long long);
	if (spec->size == sizeof(short))
		return (unsigned short)va_arg(*args, unsigned int);
	if (spec->size == sizeof(char))
		return (unsigned char)va_arg(*args, unsigned int);
	return va_arg(*args, unsigned int);
}

static void convert(struct output *out, const struct spec *spec, va_list *args)
{
	char c;

	switch (spec->type) {
	case 'd':
	case 'i':
		put_signed(out, spec, signed_arg(spec, args));
		break;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		put_unsigned(out, spec, unsigned_arg(spec, args));
		break;
	case 'p':
		put_unsigned(out, spec, (uintptr_t)va_arg(*args, void *));
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_field(out, spec, "", 0, &c, 1);
		break;
	case 's':
		put_string(out, spec, va_arg(*args, const char *));
		break;
	case 'f':
	case 'F':
		put_double(out, spec, va_arg(*args, double));
		break;
	case 'n':
		store_total(out, spec, va_arg(*args, void *));
		break;
	default:
		put(out, &spec->type, 1);
		break;
	}
}

int __format(struct sink *sink, const char *fmt, va_list args)
{
	struct output out = {sink, 0};
	struct spec spec;
	va_list ap;

	va_copy(ap, args);
	while (*fmt) {
		const char *plain = fmt;

		while (*fmt && *fmt != '%')
			fmt++;
		if (fmt != plain)
			put(&out, plain, (size_t)(fmt - plain));
		if (!*fmt)
			break;
		fmt = parse_spec(&spec, fmt + 1, &ap);
		if (spec.type)
			convert(&out, &spec, &ap);
	}
	va_end(ap);
	return out.total;
}
