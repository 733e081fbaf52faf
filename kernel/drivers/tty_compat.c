/* What the terminals call and another room is about to bring: weak, so that theirs counts. */
#include "kernel/lib/errno.h"
#include "kernel/signal.h"

#define __weak __attribute__((weak))

__weak int kill_pgrp(pid_t pgrp, int sig)
{
	(void)pgrp;
	(void)sig;
	return -ESRCH;
}
