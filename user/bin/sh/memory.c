/*
 * What a command allocates, and how an error gets back to the prompt.
 *
 * Trees, expanded words and fields all go when their command has ended: they are taken from a
 * chain of blocks and given back all at once, as far as a mark. An error anywhere jumps to the
 * main loop, which does the same. Running out of memory is such an error.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"
#include "main.h"

struct block {
	struct block *older;
	char bytes[] __attribute__((aligned(8)));
};

static struct block *newest;
volatile int interrupted;

void *grab(size_t size)
{
	struct block *block = malloc(sizeof(*block) + size);

	if (!block)
		give_up(2, "out of memory");
	block->older = newest;
	newest = block;
	return block->bytes;
}

char *grab_string(const char *s, size_t len)
{
	char *copy = grab(len + 1);

	memcpy(copy, s, len);
	copy[len] = 0;
	return copy;
}

void *mark(void)
{
	return newest;
}

void release(void *until)
{
	while (newest != until) {
		struct block *older = newest->older;

		free(newest);
		newest = older;
	}
}

void *keep(void *p)
{
	if (!p)
		give_up(2, "out of memory");
	return p;
}

char *keep_string(const char *s)
{
	return keep(strdup(s));
}

static void message(const char *fmt, va_list args)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", shell_name);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message(fmt, args);
	va_end(args);
}

void give_up(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message(fmt, args);
	va_end(args);
	back_to_prompt(code);
}

void back_to_prompt(int code)
{
	status = code;
	if (in_child || !interactive)
		leave(code);
	longjmp(prompt_env, 1);
}

void check_interrupt(void)
{
	if (!interrupted)
		return;
	interrupted = 0;
	if (interactive)
		putchar('\n');
	back_to_prompt(130);
}
