/* Addresses that may give SIGBUS: looked at, and survived. */
#ifndef FOLIO_TESTS_PROGRAMS_SIGBUS_H
#define FOLIO_TESTS_PROGRAMS_SIGBUS_H

#include <setjmp.h>
#include <signal.h>

#include "check.h"

static sigjmp_buf after_bus;
static volatile int bus_code; /* si_code of the last one; 0: there was none */

static void on_bus(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	bus_code = info->si_code;
	siglongjmp(after_bus, 1);
}

/* catch_bus - from now on. touches - is this address readable? */
static inline void catch_bus(void)
{
	struct sigaction action = {.sa_sigaction = on_bus, .sa_flags = SA_SIGINFO};

	CHECK(sigaction(SIGBUS, &action, NULL) == 0);
}

static inline int touches(const char *p)
{
	bus_code = 0;
	if (sigsetjmp(after_bus, 1))
		return 0;
	(void)*(const volatile char *)p;
	return 1;
}

#endif
