/* Output: characters, blocks, strings. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
	__put_bytes(file, data, size * count);
	return __settle(file) ? 0 : count;
}

int fputc(int c, FILE *file)
{
	char byte = (char)c;

	return fwrite(&byte, 1, 1, file) ? (unsigned char)c : EOF;
}

int putc(int c, FILE *file)
{
	return fputc(c, file);
}

int putchar(int c)
{
	return fputc(c, stdout);
}

int fputs(const char *s, FILE *file)
{
	__put_bytes(file, s, strlen(s));
	return __settle(file);
}

int puts(const char *s)
{
	__put_bytes(stdout, s, strlen(s));
	__put_bytes(stdout, "\n", 1);
	return __settle(stdout);
}
