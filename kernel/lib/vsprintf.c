/*
 * Formatted output.
 *
 * A format is read one conversion at a time into a `struct spec`; the argument is
 * turned into digits or text, and one function lays it out between padding. All
 * output goes through put(), which counts everything and stores what fits, so
 * that the length of the whole is known even when the buffer is short.
 *
 *	| spaces | sign or 0x | zeros | digits or text | spaces |
 *	  right     prefix      zeros      body            left
 */
#include "kernel/lib/vsprintf.h"
#include "kernel/lib/ctype.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"

enum {
	FLAG_LEFT = 1 << 0,  /* - */
	FLAG_PLUS = 1 << 1,  /* + */
	FLAG_SPACE = 1 << 2, /* space */
	FLAG_ALT = 1 << 3,   /* # */
	FLAG_ZERO = 1 << 4,  /* 0 */
};

/* One conversion. The length is in bytes of the argument. */
struct spec {
	unsigned int flags;
	int width;
	int precision; /* -1: none given */
	unsigned int length;
	char conversion;
};

/* Where the output goes: `pos` counts on past `size`. */
struct out {
	char *buf;
	size_t size;
	size_t pos;
};

static int (*symbol_name)(char *buf, size_t size, unsigned long addr);

void vsprintf_set_symbols(int (*fn)(char *buf, size_t size, unsigned long addr))
{
	symbol_name = fn;
}

static inline void put(struct out *out, char c)
{
	if (out->pos < out->size)
		out->buf[out->pos] = c;
	out->pos++;
}

static void put_many(struct out *out, char c, int count)
{
	for (; count > 0; count--)
		put(out, c);
}

static void put_text(struct out *out, const char *text, int len)
{
	for (; len > 0; len--)
		put(out, *text++);
}

/* Text of @len characters in its field. */
static void put_field(struct out *out, const struct spec *spec, const char *text, int len)
{
	if (!(spec->flags & FLAG_LEFT))
		put_many(out, ' ', spec->width - len);
	put_text(out, text, len);
	if (spec->flags & FLAG_LEFT)
		put_many(out, ' ', spec->width - len);
}

/* A number's parts in its field: a precision says how many digits, and turns the 0 flag off. */
static void put_number(struct out *out, const struct spec *spec, const char *prefix,
		       const char *digits, int len)
{
	int prefix_len = (int)strlen(prefix);
	int zeros = spec->precision - len, pad;

	if (zeros < 0)
		zeros = 0;
	pad = spec->width - prefix_len - zeros - len;
	if ((spec->flags & (FLAG_ZERO | FLAG_LEFT)) == FLAG_ZERO && spec->precision < 0 &&
	    pad > 0) {
		zeros = pad;
		pad = 0;
	}
	if (!(spec->flags & FLAG_LEFT))
		put_many(out, ' ', pad);
	put_text(out, prefix, prefix_len);
	put_many(out, '0', zeros);
	put_text(out, digits, len);
	if (spec->flags & FLAG_LEFT)
		put_many(out, ' ', pad);
}

/* Digits of @value, ending at @end; returns where they begin. Zero has none. */
static char *to_digits(char *end, u64 value, unsigned int base, bool upper)
{
	const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	u32 low;

	while (value >> 32)
		*--end = alphabet[do_div(value, base)];
	for (low = (u32)value; low; low /= base)
		*--end = alphabet[low % base];
	return end;
}

/* An integer argument of the length that the format says, as C promotes and narrows it. */
static s64 signed_argument(const struct spec *spec, va_list *args)
{
	if (spec->length == 8)
		return va_arg(*args, s64);
	switch (spec->length) {
	case 1:
		return (s8)va_arg(*args, int);
	case 2:
		return (s16)va_arg(*args, int);
	default:
		return va_arg(*args, int);
	}
}

static u64 unsigned_argument(const struct spec *spec, va_list *args)
{
	if (spec->length == 8)
		return va_arg(*args, u64);
	switch (spec->length) {
	case 1:
		return (u8)va_arg(*args, unsigned int);
	case 2:
		return (u16)va_arg(*args, unsigned int);
	default:
		return va_arg(*args, unsigned int);
	}
}

static void print_signed(struct out *out, const struct spec *spec, va_list *args)
{
	s64 value = signed_argument(spec, args);
	u64 size = value < 0 ? -(u64)value : (u64)value;
	char buf[24], *end = buf + sizeof(buf), *digits = to_digits(end, size, 10, false);
	const char *sign = "";

	if (value < 0)
		sign = "-";
	else if (spec->flags & FLAG_PLUS)
		sign = "+";
	else if (spec->flags & FLAG_SPACE)
		sign = " ";
	if (value == 0 && spec->precision != 0)
		*--digits = '0';
	put_number(out, spec, sign, digits, (int)(end - digits));
}

static void print_unsigned(struct out *out, const struct spec *spec, va_list *args)
{
	unsigned int base = spec->conversion == 'u' ? 10 : spec->conversion == 'o' ? 8 : 16;
	u64 value = unsigned_argument(spec, args);
	char buf[24], *end = buf + sizeof(buf);
	char *digits = to_digits(end, value, base, spec->conversion == 'X');
	const char *prefix = "";

	if (value == 0 && spec->precision != 0)
		*--digits = '0';
	if (spec->flags & FLAG_ALT) {
		if (base == 16 && value != 0)
			prefix = spec->conversion == 'X' ? "0X" : "0x";
		/* Octal: one zero more in front, where there is not one already. */
		if (base == 8 && (digits == end || *digits != '0'))
			*--digits = '0';
	}
	put_number(out, spec, prefix, digits, (int)(end - digits));
}

static void print_char(struct out *out, const struct spec *spec, va_list *args)
{
	char c = (char)va_arg(*args, int);

	put_field(out, spec, &c, 1);
}

static void print_string(struct out *out, const struct spec *spec, va_list *args)
{
	const char *s = va_arg(*args, const char *);
	size_t max = spec->precision < 0 ? INT32_MAX : (size_t)spec->precision;

	if (!s)
		s = "(null)";
	put_field(out, spec, s, (int)strnlen(s, max));
}

/* An address; with @symbol as the function it lies in, if that is known. */
static void print_pointer(struct out *out, const struct spec *spec, va_list *args, bool symbol)
{
	unsigned long addr = (unsigned long)va_arg(*args, void *);
	char buf[96];
	int len = 0, i;

	if (symbol && symbol_name)
		len = symbol_name(buf, sizeof(buf), addr);
	if (len <= 0) {
		buf[0] = '0';
		buf[1] = 'x';
		for (i = 0; i < 8; i++)
			buf[2 + i] = "0123456789abcdef"[addr >> (28 - 4 * i) & 15];
		len = 10;
	}
	put_field(out, spec, buf, len);
}

static const char *read_flags(const char *fmt, struct spec *spec)
{
	static const char flags[] = "-+ #0"; /* in the order of the FLAG_ bits */
	const char *flag;

	for (; *fmt && (flag = strchr(flags, *fmt)) != NULL; fmt++)
		spec->flags |= 1u << (flag - flags);
	return fmt;
}

/* A number in the format or, for *, in the arguments. */
static const char *read_number(const char *fmt, int *number, va_list *args)
{
	if (*fmt == '*') {
		*number = va_arg(*args, int);
		return fmt + 1;
	}
	for (*number = 0; isdigit(*fmt); fmt++) {
		if (*number < INT32_MAX / 16)
			*number = *number * 10 + (*fmt - '0');
	}
	return fmt;
}

static const char *read_length(const char *fmt, struct spec *spec)
{
	static const struct {
		char name[3];
		unsigned char length;
	} lengths[] = {
		{"hh", 1},
		{"h", 2},
		{"ll", 8},
		{"j", 8},
		{"l", sizeof(long)},
		{"z", sizeof(size_t)},
		{"t", sizeof(ptrdiff_t)},
	};
	unsigned int i;

	spec->length = sizeof(int);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		size_t n = strlen(lengths[i].name);

		if (strncmp(fmt, lengths[i].name, n) == 0) {
			spec->length = lengths[i].length;
			return fmt + n;
		}
	}
	return fmt;
}

/* Reads what stands between the % and the conversion, and the conversion's letter. */
static const char *read_spec(const char *fmt, struct spec *spec, va_list *args)
{
	*spec = (struct spec){.precision = -1};
	fmt = read_flags(fmt, spec);
	fmt = read_number(fmt, &spec->width, args);
	if (spec->width < 0) {
		spec->flags |= FLAG_LEFT;
		spec->width = -spec->width;
	}
	if (*fmt == '.')
		fmt = read_number(fmt + 1, &spec->precision, args);
	fmt = read_length(fmt, spec);
	spec->conversion = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

/* Prints one conversion, whose text began at @start; returns where the format goes on. */
static const char *convert(struct out *out, const char *start, const struct spec *spec,
			   const char *fmt, va_list *args)
{
	switch (spec->conversion) {
	case 'd':
	case 'i':
		print_signed(out, spec, args);
		break;
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		print_unsigned(out, spec, args);
		break;
	case 'c':
		print_char(out, spec, args);
		break;
	case 's':
		print_string(out, spec, args);
		break;
	case 'p':
		print_pointer(out, spec, args, *fmt == 'S');
		return *fmt == 'S' ? fmt + 1 : fmt;
	case '%':
		put(out, '%');
		break;
	default:
		put_text(out, start, (int)(fmt - start));
	}
	return fmt;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = {.buf = buf, .size = size};
	va_list rest;

	va_copy(rest, args);
	while (*fmt) {
		const char *start = fmt;
		struct spec spec;

		if (*fmt++ != '%') {
			put(&out, *start);
			continue;
		}
		fmt = read_spec(fmt, &spec, &rest);
		fmt = convert(&out, start, &spec, fmt, &rest);
	}
	va_end(rest);
	if (size)
		buf[out.pos < size ? out.pos : size - 1] = '\0';
	return (int)out.pos;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if ((size_t)len < size)
		return len;
	return size ? (int)size - 1 : 0;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}
