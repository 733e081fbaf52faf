/* What exec has to do with the other threads of its process. */
#ifndef FOLIO_EXEC_THREAD_H
#define FOLIO_EXEC_THREAD_H

#include "kernel/sched.h"

/*
 * de_thread - end all other threads of the current process; the current one becomes the leader, by
 * whose pid the process is known. 0, or -EAGAIN: the process is ending already. May sleep.
 */
int de_thread(void);

/* change_sighand - the current task has *sighand from now on; *sighand is the one it had. */
void change_sighand(struct sighand_struct **sighand);

/* account_maxrss - note how large the current address space has been, before it goes. */
void account_maxrss(void);

#endif
