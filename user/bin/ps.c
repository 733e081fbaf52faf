/*
 * ps - list all processes. VSZ: address space, RSS: what of it is in memory (KiB).
 * STAT: R runs, S sleeps, D sleeps and is not to be disturbed, T stopped, Z ended; l has threads.
 */
#include <err.h>
#include <procinfo.h>
#include <stdio.h>
#include <stdlib.h>

static void print(const struct proc_stat *st)
{
	unsigned long seconds = (st->utime + st->stime) / 100;
	char command[128], state[4] = {st->state};
	char *flag = state + 1;

	if (st->nice)
		*flag++ = st->nice < 0 ? '<' : 'N';
	if (st->threads > 1)
		*flag = 'l';
	proc_command(st, command, sizeof(command));
	printf("%5d %5d %5d %5d %-4s %8lu %7ld %3lu:%02lu %s\n", st->pid, st->ppid, st->pgrp,
	       st->session, state, st->vsize / 1024, st->rss * 4, seconds / 60, seconds % 60,
	       command);
}

int main(void)
{
	pid_t *pids;
	int count = proc_pids(&pids);

	if (count < 0)
		err(1, "/proc");
	printf("%5s %5s %5s %5s %-4s %8s %7s %6s %s\n", "PID", "PPID", "PGRP", "SID", "STAT", "VSZ",
	       "RSS", "TIME", "COMMAND");
	for (int i = 0; i < count; i++) {
		struct proc_stat st;

		if (proc_stat(pids[i], &st)) /* it may have ended meanwhile */
			print(&st);
	}
	free(pids);
	return 0;
}
