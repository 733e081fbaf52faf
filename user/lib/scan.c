/*
 * The scanf family. The engine walks the format and takes from its source what each
 * conversion accepts, character by character; the first that does not belong is given back.
 * %d %i %u %o %x %p %s %c %[ %n %% with *, a width, and the lengths hh h l ll z t j.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define NO_LIMIT   0x7fffffff
#define NUMBER_MAX 70 /* the longest number: 64 binary digits and a prefix */

struct spec {
	bool suppress; /* *: read, but do not store */
	int width;     /* 0: none given */
	int size;      /* bytes of an integer argument */
	char type;
	const char *set; /* of %[: behind the bracket */
};

struct input {
	struct source *source;
	int read;   /* characters taken */
	int stored; /* conversions stored */
	va_list ap;
};

/* How a conversion went. */
enum outcome { MATCHED, MISMATCH, INPUT_ENDED };

static int take(struct input *in)
{
	int c = in->source->get(in->source);

	if (c != EOF)
		in->read++;
	return c;
}

static void give_back(struct input *in, int c)
{
	if (c != EOF) {
		in->read--;
		in->source->unget(in->source, c);
	}
}

static void skip_spaces(struct input *in)
{
	int c;

	do
		c = take(in);
	while (isspace(c));
	give_back(in, c);
}

/* ---------------------------------------------------------------- numbers */

static int base_of(char type)
{
	switch (type) {
	case 'i':
		return 0;
	case 'o':
		return 8;
	case 'x':
	case 'X':
	case 'p':
		return 16;
	}
	return 10;
}

static bool is_digit(int c, int base)
{
	return base == 16 ? isxdigit(c) : c >= '0' && c < '0' + (base ? base : 10);
}

/* Collects what can be a number into buf; its length. base becomes what the prefix says. */
static int collect(struct input *in, char *buf, int width, int *base)
{
	int len = 0, c = take(in);
	int limit = width && width < NUMBER_MAX ? width : NUMBER_MAX - 1;

	if ((c == '+' || c == '-') && len < limit) {
		buf[len++] = (char)c;
		c = len < limit ? take(in) : EOF;
	}
	if (c == '0' && (*base == 0 || *base == 16) && len < limit) {
		buf[len++] = (char)c;
		c = len < limit ? take(in) : EOF;
		if (c == 'x' || c == 'X') {
			*base = 16;
			buf[len++] = (char)c;
			c = len < limit ? take(in) : EOF;
		} else if (*base == 0) {
			*base = 8;
		}
	}
	while (is_digit(c, *base)) {
		buf[len++] = (char)c;
		c = len < limit ? take(in) : EOF;
	}
	give_back(in, c);
	buf[len] = 0;
	return len;
}

static void store_number(void *where, int size, unsigned long long n)
{
	if (size == sizeof(long long))
		*(unsigned long long *)where = n;
	else if (size == sizeof(short))
		*(unsigned short *)where = (unsigned short)n;
	else if (size == sizeof(char))
		*(unsigned char *)where = (unsigned char)n;
	else
		*(unsigned int *)where = (unsigned int)n;
}

static enum outcome scan_number(struct input *in, const struct spec *spec)
{
	int base = base_of(spec->type), first;
	bool is_signed = strchr("di", spec->type) != NULL;
	char buf[NUMBER_MAX + 1], *end;
	unsigned long long n;

	skip_spaces(in);
	first = take(in);
	if (first == EOF)
		return INPUT_ENDED;
	give_back(in, first);
	if (!collect(in, buf, spec->width, &base))
		return MISMATCH;
	if (spec->size == sizeof(long long))
		n = is_signed ? (unsigned long long)strtoll(buf, &end, base)
			      : strtoull(buf, &end, base);
	else
		n = is_signed ? (unsigned long long)strtol(buf, &end, base)
			      : strtoul(buf, &end, base);
	if (*end || end == buf)
		return MISMATCH;
	if (!spec->suppress) {
		store_number(va_arg(in->ap, void *), spec->type == 'p' ? 4 : spec->size, n);
		in->stored++;
	}
	return MATCHED;
}

/* ---------------------------------------------------------------- text */

/* Does c belong to the set of %[? The set begins behind the bracket. */
static bool in_set(const char *set, int c)
{
	bool not = *set == '^';
	const char *first = set += not ;

	for (; *set && (*set != ']' || set == first); set++) {
		unsigned char low = (unsigned char)*set, high = low;

		if (set[1] == '-' && set[2] && set[2] != ']') {
			high = (unsigned char)set[2];
			set += 2;
		}
		if (c >= low && c <= high)
			return !not ;
	}
	return not ;
}

static bool accepts(const struct spec *spec, int c)
{
	if (spec->type == 'c')
		return true;
	return spec->type == 's' ? !isspace(c) : in_set(spec->set, c);
}

static enum outcome scan_text(struct input *in, const struct spec *spec)
{
	char *to = spec->suppress ? NULL : va_arg(in->ap, char *);
	int limit = spec->width ? spec->width : spec->type == 'c' ? 1 : NO_LIMIT;
	int len = 0, c = 0;

	if (spec->type == 's')
		skip_spaces(in);
	for (; len < limit; len++) {
		c = take(in);
		if (c == EOF || !accepts(spec, c)) {
			give_back(in, c);
			break;
		}
		if (to)
			to[len] = (char)c;
	}
	if (!len || (spec->type == 'c' && len < limit))
		return c == EOF ? INPUT_ENDED : MISMATCH;
	if (to) {
		if (spec->type != 'c')
			to[len] = 0;
		in->stored++;
	}
	return MATCHED;
}

/* ---------------------------------------------------------------- the format */

static const char *parse_set(struct spec *spec, const char *fmt)
{
	spec->set = fmt;
	if (*fmt == '^')
		fmt++;
	if (*fmt == ']')
		fmt++;
	while (*fmt && *fmt != ']')
		fmt++;
	return *fmt ? fmt + 1 : fmt;
}

static const char *parse_spec(struct spec *spec, const char *fmt)
{
	*spec = (struct spec){.size = sizeof(int)};
	if (*fmt == '*') {
		spec->suppress = true;
		fmt++;
	}
	for (; isdigit((unsigned char)*fmt); fmt++)
		spec->width = spec->width * 10 + (*fmt - '0');
	for (; *fmt && strchr("hlzjt", *fmt); fmt++) {
		if (*fmt == 'h')
			spec->size /= 2;
		else if (*fmt == 'j' || (*fmt == 'l' && fmt[1] == 'l'))
			spec->size = sizeof(long long);
	}
	spec->type = *fmt;
	if (*fmt)
		fmt++;
	return spec->type == '[' ? parse_set(spec, fmt) : fmt;
}

static enum outcome match(struct input *in, char wanted)
{
	int c = take(in);

	if (c == (unsigned char)wanted)
		return MATCHED;
	give_back(in, c);
	return c == EOF ? INPUT_ENDED : MISMATCH;
}

static enum outcome convert(struct input *in, const struct spec *spec)
{
	switch (spec->type) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
	case 'p':
		return scan_number(in, spec);
	case 's':
	case 'c':
	case '[':
		return scan_text(in, spec);
	case 'n':
		store_number(va_arg(in->ap, void *), spec->size, (unsigned long long)in->read);
		return MATCHED;
	case '%':
		skip_spaces(in);
		return match(in, '%');
	}
	return MISMATCH;
}

int __scan(struct source *source, const char *fmt, va_list args)
{
	struct input in = {.source = source};
	enum outcome outcome = MATCHED;
	struct spec spec;

	va_copy(in.ap, args);
	while (*fmt && outcome == MATCHED) {
		if (isspace((unsigned char)*fmt)) {
			skip_spaces(&in);
			fmt++;
		} else if (*fmt != '%') {
			outcome = match(&in, *fmt++);
		} else {
			fmt = parse_spec(&spec, fmt + 1);
			outcome = convert(&in, &spec);
		}
	}
	va_end(in.ap);
	return outcome == INPUT_ENDED && !in.stored ? EOF : in.stored;
}

/* ---------------------------------------------------------------- the family */

struct file_source {
	struct source source; /* first: the engine hands back a pointer to it */
	FILE *file;
};

static int get_from_file(struct source *source)
{
	return fgetc(((struct file_source *)source)->file);
}

static void unget_to_file(struct source *source, int c)
{
	ungetc(c, ((struct file_source *)source)->file);
}

int vfscanf(FILE *file, const char *fmt, va_list args)
{
	struct file_source source = {{get_from_file, unget_to_file}, file};

	return __scan(&source.source, fmt, args);
}

struct string_source {
	struct source source; /* first, as above */
	const char *next;
};

static int get_from_string(struct source *source)
{
	struct string_source *s = (struct string_source *)source;

	return *s->next ? (unsigned char)*s->next++ : EOF;
}

static void unget_to_string(struct source *source, int c)
{
	(void)c;
	((struct string_source *)source)->next--;
}

int vsscanf(const char *s, const char *fmt, va_list args)
{
	struct string_source source = {{get_from_string, unget_to_string}, s};

	return __scan(&source.source, fmt, args);
}

int vscanf(const char *fmt, va_list args)
{
	return vfscanf(stdin, fmt, args);
}

int scanf(const char *fmt, ...)
{
	va_list args;
	int count;

	va_start(args, fmt);
	count = vfscanf(stdin, fmt, args);
	va_end(args);
	return count;
}

int fscanf(FILE *file, const char *fmt, ...)
{
	va_list args;
	int count;

	va_start(args, fmt);
	count = vfscanf(file, fmt, args);
	va_end(args);
	return count;
}

int sscanf(const char *s, const char *fmt, ...)
{
	va_list args;
	int count;

	va_start(args, fmt);
	count = vsscanf(s, fmt, args);
	va_end(args);
	return count;
}
