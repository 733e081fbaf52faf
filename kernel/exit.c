/*
 * The end of a process. Files go first, because closing one may still need the
 * process; then the address space, with every page that only it had. The task
 * itself is left to kernel/task.c and whoever waits for it.
 */
#include "kernel/exit.h"
#include "kernel/fs/fdtable.h"
#include "kernel/task.h"
#include "mm/mmap.h"

void do_exit(int status)
{
	current->flags |= PF_EXITING;
	exit_files();
	exit_mm();
	task_exit(status);
}
