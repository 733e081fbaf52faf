/* The end of a program: functions that wished to be called, stdio's buffers, the call. */
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

#define FUNCTIONS 32 /* as many as the C standard promises */

static void (*functions[FUNCTIONS])(void);
static int count;

int atexit(void (*function)(void))
{
	if (count == FUNCTIONS)
		return -1;
	functions[count++] = function;
	return 0;
}

void exit(int status)
{
	while (count)
		functions[--count]();
	if (__stdio_flush)
		__stdio_flush();
	_exit(status);
}
